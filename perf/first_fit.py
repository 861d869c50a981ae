"""A fit in a fresh process, from its start to the saved model, library and scikit-learn in turn: a JSON line for each run.

python3 first_fit.py DATA ROUNDS [PUBLISHED]

DATA       the folder of shared data, with images/digits.csv.gz and text/m10/corpus.tsv
PUBLISHED  a folder into which FirstFit was published (dotnet publish -c Release -p:Published=true -o PUBLISHED): takes its turn, too"""
import gzip, json, os, subprocess, sys, tempfile, time
from pathlib import Path

here = Path(__file__).resolve().parent
data, rounds = Path(sys.argv[1]), int(sys.argv[2])
programs = [("mlnmf-first", ["dotnet", str(here / "FirstFit/bin/Release/net10.0/FirstFit.dll")]),
            ("sklearn-first", [sys.executable, "-W", "ignore", str(here / "first_fit_sklearn.py")])]
if len(sys.argv) > 3:
    programs.append(("mlnmf-first-published", [str(Path(sys.argv[3]).resolve() / "FirstFit")]))


def run(name, program, what, file, saved):
    if saved.exists():
        saved.unlink()
    before, start = os.times(), time.perf_counter()
    subprocess.run([*program, what, str(file), str(saved)], check=True)
    seconds, after = time.perf_counter() - start, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return {"case": what, "peer": name, "seconds": round(seconds, 3), "cpu_s": round(cpu, 3), "model_bytes": saved.stat().st_size}


with tempfile.TemporaryDirectory() as folder:
    digits, documents = Path(folder, "digits.csv"), Path(folder, "documents.tsv")
    with gzip.open(data / "images/digits.csv.gz", "rt") as lines:
        digits.write_text("".join(",".join(line.split(",")[:64]) + "\n" for line in lines if line[0].isdigit()))
    with open(data / "text/m10/corpus.tsv", encoding="utf-8") as lines:
        documents.write_text("".join(line for _, line in zip(range(5000), lines)), encoding="utf-8")
    for what, file in (("digits", digits), ("documents", documents)):
        for _ in range(rounds):
            for name, program in programs:
                print(json.dumps(run(name, program, what, file, Path(folder, "model"))), flush=True)
