#!/usr/bin/env python3
"""The micro benches beside their baseline: each as a ratio to what tests/bench/baseline.json has, regressions marked.

    ./dev bench --compare            runs wire_codec and compares
    ./dev bench --compare --write    makes what was measured the new baseline

Times are CPU nanoseconds, the smallest of several rounds: the least disturbed one. Machines differ, so the whole run is
first scaled by the median of all ratios: a benchmark stands out when it is slower than the others have become. Nothing
fails because of a time; what is slower by more than a quarter is marked.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys

from bench_lab import ROOT, machine

BASELINE = ROOT / "tests/bench/baseline.json"
MARKED = 1.25


def measure(program, rounds, wanted):
    best = {}
    for _ in range(rounds):
        out = subprocess.run([str(program), "--benchmark_format=json", "--benchmark_min_time=0.05", f"--benchmark_filter={wanted}"],
                             check=True, capture_output=True, text=True).stdout
        for row in json.loads(out)["benchmarks"]:
            if "error_occurred" in row:
                sys.exit(f"{row['name']}: {row.get('error_message')}")
            best[row["name"]] = min(best.get(row["name"], float("inf")), row["cpu_time"])
    return best


def show(now, before):
    """How many are marked."""
    ratios = {name: now[name] / before[name] for name in now if name in before}
    machine_ratio = statistics.median(ratios.values()) if ratios else 1.0
    print(f"this run is {machine_ratio:.2f} times the baseline in the median; ratios below are beside that")
    marked = 0
    for name in sorted(now):
        if name not in ratios:
            print(f"  {name:<52} {now[name]:>10.0f} ns  new")
            continue
        ratio = ratios[name] / machine_ratio
        slower = ratio > MARKED
        marked += slower
        print(f"{'!' if slower else ' '} {name:<52} {now[name]:>10.0f} ns  {ratio:5.2f}{'  SLOWER' if slower else ''}")
    for name in sorted(set(before) - set(now)):
        print(f"  {name:<52} {'':>13}  gone")
    return marked


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/tests/bench/wire_codec")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--filter", default=".*")
    parser.add_argument("--write", action="store_true", help="make this the baseline")
    options = parser.parse_args()
    now = measure(options.program, options.rounds, options.filter)
    if options.write:
        BASELINE.write_text(json.dumps({"machine": machine(), "cpu_ns": {name: round(ns, 1) for name, ns in sorted(now.items())}}, indent=1) + "\n")
        print(f"wrote {BASELINE}: {len(now)} benchmarks")
        return 0
    marked = show(now, json.loads(BASELINE.read_text())["cpu_ns"])
    print(f"{marked} of {len(now)} are slower than before" if marked else "none is slower than before")
    return 0


if __name__ == "__main__":
    sys.exit(main())
