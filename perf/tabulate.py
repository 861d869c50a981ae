"""RESULTS.md from the JSON lines that compare.sh collected:  python3 tabulate.py WORK RESULTS.md
Writes the section of the instruction set that was measured and leaves those of others as they are.
Every number comes from those lines; the targets and the words around them are below."""
import contextlib, io, json, os, re, sys, textwrap
from pathlib import Path

MB = 2.0 ** 20
FACE, GAMMA, SPEC, SPEC2, LDA = "face_2429x361", "gamma_10000x2000", "spec_3000x513", "spec_6000x513", "lda_30991x15276"
NAMES = {1: "KL", 0: "IS", 2: "Frobenius"}
MU, MM, HALS, AUTO = "mlnmf-multiplicativeupdate", "mlnmf-majorizationminimization", "mlnmf-hals", "mlnmf-auto"

PARTS = ["machine", "peak", "kl", "is", "beta", "fro", "skl", "sfro", "transform", "growth", "first", "onnx"]
files = {p: Path(sys.argv[1], p + ".jsonl") for p in PARTS}
lines = {p: [json.loads(l) for l in f.read_text().splitlines() if l.strip()] if f.exists() else [] for p, f in files.items()}
every = [l for p in PARTS for l in lines[p]]
fits = [l for l in every if l.get("traj")]

# What runs beside what: case, beta, rank, our solver with the peer's update, the peer, least ratio per iteration, least ratio of the time
# to the peer's objective (None: no target).
PAIRS = [
    (FACE, 1, 49, MU, "sklearn-mu", 1.7, 8), (GAMMA, 1, 50, MU, "sklearn-mu", 3, 8),
    (SPEC, 0, 20, MM, "sklearn-mu", 4, 8), (SPEC2, 0, 20, MM, "sklearn-mu", 4, None),
    (FACE, 0.5, 49, MM, "sklearn-mu", 12, None), (FACE, 1.3, 49, MU, "sklearn-mu", 12, None),
    (FACE, 2, 49, HALS, "sklearn-cd", 1.3, 3), (GAMMA, 2, 50, HALS, "sklearn-cd", 1.3, 3),
    (LDA, 1, 20, MU, "sklearn-mu", 25, 50), (LDA, 1, 200, MU, "sklearn-mu", 15, None),
    (LDA, 2, 20, HALS, "sklearn-cd", 3, 3),
]
# Least ratios of the time to the peer's objective, for the better of the default start and a start on a sketch of the data, which is an option.
SKETCHED = [
    (FACE, 1, 49, "sklearn-mu", 25), (GAMMA, 1, 50, "sklearn-mu", 100), (SPEC, 0, 20, "sklearn-mu", 30), (SPEC2, 0, 20, "sklearn-mu", 1),
    (FACE, 2, 49, "sklearn-cd", 25), (GAMMA, 2, 50, "sklearn-cd", 10), (LDA, 1, 20, "sklearn-mu", 150), (LDA, 1, 200, "sklearn-mu", 100),
    (LDA, 2, 20, "sklearn-cd", 25),
]
FIRST = {"digits": "digits 1,797 x 64, K=10, Frobenius", "documents": "5,000 titles, K=20, KL"}
ONNX = {"block": "block of 1,000: Transform, OnnxRuntime", "single": "single rows: PredictionEngine, OnnxRuntime",
        "view": "rows of a view: Transform, ApplyOnnxModel"}
MEMORY_SLACK = 64
SLACK = 1e-6


def title(case, beta, k):
    return f"{NAMES.get(beta, f'β = {beta:g}')}, {case} K={k}"


def seconds(run):
    """Seconds per iteration: best chunk; CPU time counts on one thread, where the neighbours' share of the clock is no part of it."""
    return min(x for x in (run["sec_per_iter_min"], run.get("cpu_per_iter_min") if run["threads"] == 1 else None) if x)


def select(case, beta, k, peer):
    return [r for r in fits if (r["case"], r["beta"], r["k"], r["peer"]) == (case, beta, k, peer)]


def fastest(runs):
    return min(runs, key=seconds, default=None)


def short(x, digits=3):
    return "–" if x is None else f"{x:.{digits}g}" if abs(x) < 1000 else f"{x:,.0f}"


def duration(s):
    return "–" if s is None else f"{s:.3g} s" if s >= 1 else f"{1e3 * s:.3g} ms" if s >= 1e-3 else f"{1e6 * s:.3g} µs"


def table(head, rows):
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for r in rows:
        print("| " + " | ".join(r) + " |")
    print()


def verdict(met):
    return "not measured" if met is None else "**met**" if met else "missed"


def reach(run, objective):
    """Seconds until a run is at or below an objective, linear between the scored points, with what it took to set the solver up."""
    at, before = (3 if run["threads"] == 1 else 1), None
    for point in run["traj"]:
        if point[2] is not None and point[2] <= objective:
            t = point[at]
            if before and before[2] > objective:
                t = before[at] + (point[at] - before[at]) * (before[2] - objective) / (before[2] - point[2])
            return t + run.get("setup_s", 0), point[0]
        before = point
    return None


def to_objective(case, beta, k, peer, ours=AUTO):
    """The peer's longest run up to 200 iterations sets the objective; a relative 1e-6 above it counts as there, for both sides."""
    theirs, mine = select(case, beta, k, peer), select(case, beta, k, ours)
    if not theirs or not mine:
        return None
    longest = max(theirs, key=lambda r: min(r["iters"], 200))
    last = max((p for p in longest["traj"] if p[0] <= 200 and p[2] == p[2]), key=lambda p: p[0])
    objective = last[2] * (1 + SLACK)
    before, at = None, last[0]
    for point in longest["traj"]:
        if point[2] <= objective:
            at = point[0] if before is None else before[0] + (point[0] - before[0]) * (before[2] - objective) / (before[2] - point[2])
            break
        before = point
    times = [(t[0], r["threads"], t[1]) for r in mine if (t := reach(r, objective))]
    return {"ours": min(times, default=None), "theirs": at * seconds(fastest(theirs)), "at": at, "last": last[0], "objective": last[2],
            "solver": mine[0]["solver"]}


def deviation(ours, theirs):
    """Largest relative difference of the objective at equal iterations."""
    mine = {p[0]: p[2] for r in ours for p in r["traj"]}
    return max((abs(mine[p[0]] / p[2] - 1) for r in theirs for p in r["traj"] if mine.get(p[0]) and p[2] and p[2] == p[2]), default=None)


def peak(dtype, threads):
    found = [l["gflops"] for l in every if l.get("peer") == "mlnmf-fma" and (l["dtype"], l["threads"]) == (dtype, threads)]
    return max(found, default=None)


def shares(ranks, threads):
    """GFLOP/s over the multiply-add peak by rank."""
    top, found = peak("f32", threads), {}
    for k in ranks:
        runs = [r for r in select(GAMMA, 1, k, MU) if r["threads"] == threads]
        if runs and top:
            found[k] = 8.0 * runs[0]["rows"] * runs[0]["cols"] * k / seconds(fastest(runs)) / 1e9 / top
    return found


def roof(k, threads):
    """Time of the C kernel over ours."""
    kernel = [l for l in lines["skl"] if l.get("peer") == "roof_sparse_kl.c" and (l["k"], l["threads"]) == (k, threads)]
    limit = min((l["sec_per_iter"] for l in kernel), default=None)
    ours = fastest([r for r in select(LDA, 1, k, MU) if r["threads"] == threads])
    return limit / seconds(ours) if limit and ours else None


def transforms(peer, case, beta, mode="default"):
    wanted = (peer, "transform_" + case, beta, mode)
    return [l for l in lines["transform"] if (l.get("peer"), l.get("case"), l.get("beta"), l.get("mode")) == wanted]


def block_seconds(l):
    return min(l["seconds"], l["cpu_s"]) if l["threads"] == 1 else l["seconds"]


def memory(run):
    size = 4 if run["dtype"] == "f32" else 8
    sparse = run["case"] == LDA
    # Sparse data are kept twice: by rows for the activations, by columns for the dictionary.
    v = 2 * run["nnz"] * (4 + size) + 8 * (run["rows"] + run["cols"] + 2) if sparse else run["rows"] * run["cols"] * size
    factors = (run["rows"] + run["cols"]) * run["k"] * size
    return v / MB, factors / MB


def once(run):
    """What the limit would be for sparse data kept once, by rows."""
    size = 4 if run["dtype"] == "f32" else 8
    return (run["nnz"] * (4 + size) + 8 * (run["rows"] + 1)) / MB + memory(run)[1]


def must_reach():
    rows = []

    def row(what, target, measured, met):
        rows.append((what, target, measured or "–", verdict(met)))

    def ratio_row(what, least, ratio, otherwise="–"):
        row(what, f"≥ {least:g}x", f"{short(ratio)}x" if ratio else otherwise, ratio >= least if ratio else None if otherwise == "–" else False)

    for ranks, threads, least in (((48, 96, 200), 1, 0.65), ((48, 96, 200), 2, 0.60), ((8, 16, 20), 1, 0.40), ((8, 16, 20), 2, 0.40)):
        found = shares(ranks, threads)
        row(f"Dense KL step, share of the multiply-add peak, K = {', '.join(map(str, ranks))}, {threads} thread{'s' * (threads > 1)}",
            f"≥ {least:.0%}", ", ".join(f"{s:.0%}" for s in found.values()), min(found.values()) >= least if found else None)
    for case, beta, k, ours, peer, least, _ in PAIRS:
        a, b = fastest(select(case, beta, k, ours)), fastest(select(case, beta, k, peer))
        ratio_row(f"Per iteration against {peer}: {title(case, beta, k)}", least, seconds(b) / seconds(a) if a and b else None)
    for k in (20, 200):
        found = {t: s for t in (1, 2) if (s := roof(k, t))}
        row(f"Sparse KL step, share of the C kernel's speed, {LDA} K={k}", "≥ 80%",
            ", ".join(f"{s:.0%} ({t} thr)" for t, s in found.items()), min(found.values()) >= 0.8 if found else None)
    for case, beta, k, _, peer, _, least in PAIRS:
        if least:
            found = to_objective(case, beta, k, peer)
            ours = found and found["ours"]
            ratio_row(f"Time to the objective of {found['last'] if found else 200} iterations of {peer}: {title(case, beta, k)}", least,
                      found["theirs"] / ours[0] if ours else None, "not reached" if found else "–")
    for case, beta, k, peer, least in SKETCHED:
        if select(case, beta, k, AUTO + "-sketch"):
            both = [f for name in (AUTO, AUTO + "-sketch") if (f := to_objective(case, beta, k, peer, name))]
            times = [f["theirs"] / f["ours"][0] for f in both if f["ours"]]
            ratio_row(f"The same or on a sketch first, the sooner: {title(case, beta, k)}", least, max(times, default=None), "not reached")
    for case, beta, what in ((FACE, 1, "F=361 K=49, KL"), (FACE, 2, "F=361 K=49, Frobenius"), (LDA, 1, "a document of 100 terms, K=20, KL"),
                             (LDA, 2, "a document of 100 terms, K=20, Frobenius")):
        found = min(transforms("mlnmf-transform", case, beta), key=lambda l: l["row_ms_median"], default=None)
        row(f"One row, median: {what}", "< 50 µs, 0 B", found and f"{duration(found['row_ms_median'] / 1e3)}, {found['row_bytes']:g} B",
            found["row_ms_median"] < 0.05 and found["row_bytes"] == 0 if found else None)
    for case, beta, peer in ((GAMMA, 1, "sklearn-mu"), (LDA, 1, "sklearn-mu"), (LDA, 2, "sklearn-cd")):
        a, b = (min(transforms(p, case, beta), key=block_seconds, default=None) for p in ("mlnmf-transform", peer))
        ratio_row(f"10,000 rows against {peer}.transform: {NAMES[beta]}, {case}", 10, block_seconds(b) / block_seconds(a) if a and b else None)
    for case, beta, k, ours, *_ in PAIRS:
        for solver, name in ((ours, "plain"), (AUTO, "default")):
            worst = max((r for r in select(case, beta, k, solver) if r.get("rss_fit_mb")), key=lambda r: r["rss_fit_mb"], default=None)
            if beta in NAMES and worst:
                limit = sum(memory(worst)) + MEMORY_SLACK
                views = "V"
                if case == LDA:
                    views = f"V twice (once: {once(worst) + MEMORY_SLACK:.0f} MB)"
                row(f"Peak memory, {name} solver: {title(case, beta, k)}", f"{views} + factors + {MEMORY_SLACK} MB = {limit:.0f} MB",
                    f"{worst['rss_fit_mb']:.0f} MB", worst["rss_fit_mb"] <= limit)
    for axis in dict.fromkeys(l["case"] for l in lines["growth"] if "per_unit" in l):
        worst = max(l["per_unit"] for l in lines["growth"] if l.get("case") == axis)
        row(f"Growth of one iteration over 16 times the size: {axis.removeprefix('growth_').replace('_', ', ')}",
            "time per unit ≤ 1.15 of the smallest", f"≤ {worst:.2f}", worst <= 1.15)
    for case, what in FIRST.items():
        a, b = first_seconds("mlnmf-first", case), first_seconds("sklearn-first", case)
        ratio_row(f"Fresh process to saved model against Python: {what}", 3, b / a if a and b else None)
        if published := first_seconds("mlnmf-first-published", case):
            ratio_row(f"The same, published compiled ahead: {what}", 3, b / published if b else None)
    for l in (l for l in lines["onnx"] if l.get("peer") == "mlnmf-onnx"):
        for kind, most in (("block", 5), ("single", 20)):
            ratio = l[f"{kind}_graph_us"] / l[f"{kind}_us"]
            row(f"ONNX, {ONNX[kind]}, against the library: {NAMES[l['beta']]}, {l['case']}, K={l['k']}", f"≤ {most}x", f"{short(ratio)}x",
                ratio <= most)
    counted = [r for r in rows if r[3] != "not measured"]
    left = f", {len(rows) - len(counted)} not measured" if len(rows) > len(counted) else ""
    print(f"{sum(r[3] == '**met**' for r in counted)} of {len(counted)} met{left}.\n")
    table(("What", "Target", "Measured", ""), rows)


def iterations():
    print("### Seconds per iteration\n\nBest chunk over all turns, by threads; the same start, float32. \"Same objective\" is the largest relative "
          "difference of the\nobjective at equal iterations between the library and scikit-learn, which do the same update: rounding, and what each "
          "does\nwith tiny values (for β ≤ 1 scikit-learn sets entries below 2.2e-16 to zero).\n")
    for case, beta, k, ours, peer, *_ in PAIRS:
        runs = [r for r in fits if (r["case"], r["beta"], r["k"]) == (case, beta, k)]
        if not runs:
            continue
        keep = {}
        for r in runs:
            key = (r["peer"], r["threads"], r["dtype"])
            keep[key] = min(keep.get(key, r), r, key=seconds)
        apart = deviation(select(case, beta, k, ours), select(case, beta, k, peer))
        print(f"**{title(case, beta, k)}**, same objective within {short(apart, 2)}\n")
        table(("program", "threads", "per iteration", "GFLOP/s (nominal)", "peak memory MB", "load"),
              [(p, str(t), duration(seconds(r)), short(r["gflops"]), short(r["peak_rss_mb"]), str(r.get("load1")))
               for (p, t, _), r in sorted(keep.items(), key=lambda i: seconds(i[1]))])


def objectives():
    print("### Time to scikit-learn's objective\n\nThe objective after 200 iterations of scikit-learn, or as many as there was time for; a relative "
          "1e-6 above it\ncounts as there, for both. scikit-learn: the iterations that it took times its best seconds per iteration, so its slow\n"
          "minutes do not count. The library: from the same start, set-up included, as the clock ran; the default solver first, then\nothers; where a sketch of the data comes first, making it and its iterations are part of the set-up.\n")
    rows = []
    for case, beta, k, _, peer, *_ in PAIRS:
        here = [r for r in fits if (r["case"], r["beta"], r["k"]) == (case, beta, k)]
        for name in [AUTO] + sorted({r["peer"] for r in here if r.get("tag") == "solver"}):
            if found := to_objective(case, beta, k, peer, name):
                ours = found["ours"]
                rows.append((title(case, beta, k), f"{found['objective']:.7g} ({found['last']} its)",
                             f"{found['at']:.0f} its, {duration(found['theirs'])}", found["solver"] + " (default)" * (name == AUTO),
                             f"{ours[2]} its, {duration(ours[0])}, {ours[1]} thr" if ours else "not reached",
                             f"{short(found['theirs'] / ours[0])}x" if ours else "–"))
    table(("Case", "objective", peer_heading(), "solver", "library", "ratio"), rows)


def peer_heading():
    return "scikit-learn " + next((m["sklearn"] for m in lines["machine"] if m.get("sklearn")), "")


def transform():
    if not any(l.get("mode") for l in lines["transform"]):
        return
    print("### Transform\n\nDefault settings of both programs; the dictionary is the same. The objective is that of the block.\n")
    rows = [(l["peer"], l["case"].removeprefix("transform_") + f" K={l['k']} {NAMES[l['beta']]}", str(l["threads"]), f"{l['rows']:,}",
             duration(block_seconds(l)), duration(l["row_ms_median"] / 1e3), duration(l["row_ms_p99"] / 1e3) if "row_ms_p99" in l else "–",
             f"{l['row_bytes']:g}" if "row_bytes" in l else "–", f"{l['objective']:.7g}")
            for l in lines["transform"] if l.get("mode") == "default"]
    table(("program", "case", "threads", "rows", "block", "one row, median", "p99", "bytes", "objective"),
          sorted(rows, key=lambda r: (r[1], r[0], r[2])))


def growth():
    rows = [l for l in lines["growth"] if "per_unit" in l]
    if not rows:
        return
    print("### Growth\n\nKL, float32, one thread, generated data: time per iteration divided by the size, relative to the smallest size. Below 1: "
          "overheads of the\nsmall size are spread; above 1: the data have left a cache.\n\n![time per iteration over size]("
          f"{'growth' if instruction_set() == 'AVX-512' else 'growth-avx2'}.png)\n")
    shown = []
    for axis in dict.fromkeys(r["case"] for r in rows):
        points = [r for r in rows if r["case"] == axis]
        first = points[0]
        shown.append((axis.removeprefix("growth_").replace("_", ", "),
                      f"{first['rows']} x {first['cols']}, K={first['k']}, {first['nnz']:,} entries", duration(first["sec_per_iter_min"]),
                      *(f"{r['per_unit']:.2f}" for r in points)))
    table(("axis", "smallest", "its time", *(f"{s}x" for s in (1, 2, 4, 8, 16))), shown)


def first_seconds(peer, case):
    return min((l["seconds"] for l in lines["first"] if (l.get("peer"), l.get("case")) == (peer, case)), default=None)


def first():
    runs = [l for l in lines["first"] if "seconds" in l]
    if not runs:
        return
    print("### Fresh process\n\nFrom the start of the process to the saved model, least of several runs: `perf/FirstFit` and "
          "`perf/first_fit_sklearn.py`.\n")
    table(("program", "case", "seconds", "CPU"),
          [(p, what, duration(first_seconds(p, case)), duration(min((l["cpu_s"] for l in runs if (l["peer"], l["case"]) == (p, case)), default=None)))
           for case, what in FIRST.items() for p in ("mlnmf-first", "mlnmf-first-published", "sklearn-first")
           if first_seconds(p, case)])


def onnx():
    runs = [l for l in lines["onnx"] if l.get("peer") == "mlnmf-onnx"]
    if not runs:
        return
    print("### ONNX\n\nMicroseconds a row on one thread: library, graph. Difference: largest of an activation, relative to the largest of its "
          "row, from what the\nlibrary converges to, in all rows and in 99 %.\n")
    table(("case", "file", *ONNX.values(), "difference"),
          [(f"{NAMES[l['beta']]}, {l['case']}, K={l['k']}", f"{l['bytes'] / 1024:.0f} kB",
            *(f"{short(l[k + '_us'])}, {short(l[k + '_graph_us'])}" for k in ONNX), f"{l['worst']:.0e}, {l['worst_99']:.0e}") for l in runs])


def instruction_set():
    """What was computed with: the processor's, unless compare.sh was told to do without."""
    return "AVX2" if os.environ.get("AVX2") or not any(m.get("avx512") for m in lines["machine"]) else "AVX-512"


def section():
    print(f"## {instruction_set()}\n")
    unused = ", AVX-512" + (", of which no program made use" if instruction_set() == "AVX2" else "")
    for m in (m for m in lines["machine"] if m.get("machine")):
        print(f"Machine: {m['machine']}, {m['cores']} cores{unused * m['avx512']}, {m['ram_gb']} GB, shared and virtual; "
              f".NET {m['dotnet']}; Python {m['python']}, scikit-learn {m['sklearn']}, numpy {m['numpy']}, scipy {m['scipy']}, {m['blas']}; {m['gcc']}.")
    fma = {f"{d} x{t}": peak(d, t) for d in ("f32", "f64") for t in (1, 2) if peak(d, t)}
    print("Multiply-add peak, GFLOP/s by threads: " + ", ".join(f"{k} {v:.0f}" for k, v in fma.items()) + ".")
    for l in (l for l in lines["machine"] if l.get("peer") == "mlnmf-triad"):
        print(f"Memory, {l['threads']} thread{'s' * (l['threads'] > 1)}: triad {l['triad_gbs']:.0f} GB/s, read {l['read_gbs']:.0f} GB/s.")
    print("Measured (UTC): " + ", ".join(f"{l['part']} {l['date']} at {l['commit']}" for l in every if "part" in l) + ".\n")
    must_reach()
    iterations()
    objectives()
    transform()
    growth()
    first()
    onnx()
    failed = [l for l in every if "failed" in l]
    if failed:
        print("### Failed runs\n\n" + "\n".join(f"* `{l['failed']}`" for l in failed) + "\n")


def wrapped(text):
    """Paragraphs in lines of at most 120 columns; headings, tables, lists and pictures as they are."""
    return "\n\n".join(
        part if part[:1] in "#|*!" else textwrap.fill(" ".join(part.split()), 120, break_long_words=False, break_on_hyphens=False)
        for part in text.split("\n\n"))


INTRODUCTION = """# The library beside its peers

Written by `perf/compare.sh`, one section for each instruction set; what is measured and how is in [README.md](README.md). The misses:
profiles and what was tried are in [README.md](README.md#missed-targets-profile-and-what-was-tried). Do not edit."""


def main():
    with contextlib.redirect_stdout(io.StringIO()) as text:
        section()
    path = Path(sys.argv[2])
    old = path.read_text() if path.exists() else ""
    # From one heading of an instruction set to the next.
    sections = {part.split("\n", 1)[0]: part.strip() for part in re.split(r"^## (?=AVX)", old, flags=re.M)[1:]}
    sections[instruction_set()] = wrapped(text.getvalue().strip()).removeprefix("## ")
    path.write_text(wrapped(INTRODUCTION) + "".join(f"\n\n## {sections[name]}" for name in sorted(sections, reverse=True)) + "\n")


main()
