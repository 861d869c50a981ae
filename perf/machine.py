"""One JSON line about the machine and the versions of what is compared:  python3 machine.py REPOSITORY"""
import json, os, platform, subprocess, sys
from importlib import import_module


def first_line(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, cwd=sys.argv[1]).stdout.strip().split("\n")[0]
    except OSError:
        return None


def version(module):
    try:
        return import_module(module).__version__
    except ImportError:
        return None


def blas():
    try:
        import numpy  # noqa: F401  (loads the library that is asked about)
        from threadpoolctl import threadpool_info
    except ImportError:
        return None
    found = [i for i in threadpool_info() if i["user_api"] == "blas"]
    return "; ".join(f"{i['internal_api']} {i['version']} ({i.get('architecture')} kernels)" for i in found)


cpu = [line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
flags = next(line for line in open("/proc/cpuinfo") if line.startswith("flags")).split()
memory = next(line for line in open("/proc/meminfo") if line.startswith("MemTotal"))
runtimes = subprocess.run(["dotnet", "--list-runtimes"], capture_output=True, text=True).stdout.split("\n")
print(json.dumps({
    "machine": cpu[0], "cores": len(cpu), "avx512": "avx512f" in flags, "ram_gb": round(int(memory.split()[1]) / 2 ** 20, 1),
    "system": platform.system() + " " + platform.machine(),
    "dotnet": max((r.split()[1] for r in runtimes if r.startswith("Microsoft.NETCore.App 10.")), default=None),
    "python": platform.python_version(), "sklearn": version("sklearn"), "numpy": version("numpy"), "scipy": version("scipy"),
    "torch": version("torch"), "blas": blas(), "gcc": first_line("gcc", "--version")}))
