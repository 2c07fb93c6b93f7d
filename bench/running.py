"""Runs built benchmarks and returns what they measured."""

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict

TO_NS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}


def progress(text):
    print(text, file=sys.stderr, flush=True)


def with_preload(library):
    return dict(os.environ, LD_PRELOAD=library) if library else None


def google_benchmark_entries(program, pattern, min_time, repetitions, *first, preload=None):
    """Returns Google Benchmark's entries of single measurements."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        command = [program, *first, f"--benchmark_filter={pattern}", f"--benchmark_min_time={min_time}",
                   f"--benchmark_repetitions={repetitions}", "--benchmark_enable_random_interleaving=true",
                   f"--benchmark_out={out.name}", "--benchmark_out_format=json"]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
                              env=with_preload(preload))
        if done.returncode != 0:
            sys.exit(f"bench: {preload or ''} {' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
        report = json.load(open(out.name, encoding="utf-8"))
    entries = [entry for entry in report["benchmarks"] if entry["run_type"] == "iteration"]
    for entry in entries:
        if entry.get("error_occurred"):
            sys.exit(f"bench: {entry['name']}: {entry['error_message']}")
    return entries


def real_ns(entry):
    return entry["real_time"] * TO_NS[entry["time_unit"]] * entry["threads"]


def processor_ns(entry):
    return entry["cpu_time"] * TO_NS[entry["time_unit"]]


def run_google_benchmark(program, pattern, min_time, repetitions, *first):
    """Returns {benchmark name: [nanoseconds per step, one for each repetition]}, per thread."""
    times = defaultdict(list)
    for entry in google_benchmark_entries(program, pattern, min_time, repetitions, *first):
        name = "/".join(entry["name"].split("/")[:3])  # without the suffixes Google Benchmark adds
        times[name].append(real_ns(entry))
    return times


def read_figures(text, kind):
    """{name: value} of lines "name<tab>value"."""
    return {name: kind(value) for name, value in (line.split("\t") for line in text.split("\n") if line)}


def run_wine(program, prefix, milliseconds):
    """Wine's own threads may take an address just found free, so a failed run is tried again."""
    environment = dict(os.environ, WINEPREFIX=prefix, WINEDEBUG="-all")
    command = ["wine", program, "--milliseconds", str(milliseconds)]
    for _ in range(3):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return read_figures(done.stdout, float)
    sys.exit(f"bench: {' '.join(command)} failed three times:\n{done.stderr}")


def prepare_wine(program, wanted):
    """Returns the prefix to run in, made and warmed up, or None where there is no Wine."""
    if not wanted or not os.path.exists(program) or shutil.which("wine") is None:
        return None
    prefix = os.path.join(os.path.dirname(os.path.abspath(program)), "wine-prefix")
    progress("starting Wine")
    run_wine(program, prefix, 1)
    return prefix


def run_for_figures(program, preload=None):
    done = subprocess.run([program], stdout=subprocess.PIPE, text=True, check=False, env=with_preload(preload))
    figures = read_figures(done.stdout, int)
    if not figures:
        sys.exit(f"bench: {program} printed nothing")
    return figures


def median(values):
    return statistics.median(values) if values else None


def geomean(values):
    return statistics.geometric_mean(values) if values else None


def machine():
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8")
                  if line.startswith("model name")), "unknown")
    return {"kernel": platform.release(), "processor": model, "cpus": os.cpu_count()}
