#!/usr/bin/env python3
"""System calls and allocations a message, of worker and api, while mix `fleet` goes as fast as it is answered.

    python3 tests/bench/per_message.py [--stations 2000] [--seconds 12]

System calls are counted by `perf stat` on tracepoints (root) in a window of the load and divided by the CALLs that the worker took in
it; allocations are jemalloc's own count at the end of each process, divided by all CALLs, boots and connections included.
"""
import argparse
import re
import signal
import subprocess
import sys
import time

from bench_lab import ROOT, Lab

CALLS = ("recvfrom", "sendto", "read", "write", "readv", "writev", "sendmsg", "recvmsg", "epoll_wait", "epoll_ctl", "poll", "ppoll", "futex",
         "getrandom", "clock_nanosleep")


def taken(lab):
    """Frames that all workers took since they began: CALLs, as nobody commands."""
    return sum(value for i in range(lab.worker_count) for name, value in lab.worker_samples(i).items()
               if name.startswith("ohm_worker_frames_total") and 'direction="in"' in name)


def system_calls(pids, seconds):
    names = [f"syscalls:sys_enter_{name}" for name in CALLS]
    out = subprocess.run(["perf", "stat", "-x,", "-e", ",".join(["raw_syscalls:sys_enter", *names]), "-p", ",".join(map(str, sorted(pids))),
                          "--", "sleep", str(seconds)], capture_output=True, text=True, check=True).stderr
    counts = {}
    for line in out.splitlines():
        words = line.split(",")
        if len(words) > 2 and words[0].isdigit():
            counts[words[2].split(":")[-1].removeprefix("sys_enter_") if "raw" not in words[2] else "all"] = int(words[0])
    return counts


def allocations(text):
    """`small:` and `large:` of jemalloc's report: bytes, then pairs of a count and its rate; the third pair is of requests."""
    found = re.findall(r"^(?:small|large):\s+\d+\s+\d+\s+\d+\s+\d+\s+\d+\s+(\d+)", text, re.M)
    return sum(map(int, found[:2]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "build/release/ohmstead"))
    parser.add_argument("--stations", type=int, default=2000)
    parser.add_argument("--seconds", type=int, default=12)
    options = parser.parse_args()
    with Lab(options.binary, workers=1, environment={"MALLOC_CONF": "stats_print:true"}) as lab:
        sim = subprocess.Popen(lab.sim_words("--stations", options.stations, "--tokens", 1000, "--mix", "fleet", "--duration", options.seconds),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while lab.sql("select count(*) from station_state where connection is not null")[0][0] != str(options.stations):
            time.sleep(0.2)
        time.sleep(2)
        for part in ("worker", "api"):
            before = taken(lab)
            counts = system_calls(lab.parts()[part], 3)
            messages = max(1, taken(lab) - before)
            shown = "  ".join(f"{name} {count / messages:.2f}" for name, count in counts.items() if count / messages >= 0.005)
            print(f"{part}: system calls a message: {shown}  ({messages:.0f} messages)", flush=True)
        sim.wait(120)
        messages = max(1, taken(lab))
        for name in ("worker1", "api"):
            lab.processes[name].send_signal(signal.SIGTERM)
            lab.processes[name].wait(60)
            count = allocations((lab.folder / f"{name}.log").read_text(errors="replace"))
            print(f"{name}: allocations a message: {count / messages:.1f}  ({messages:.0f} messages)", flush=True)


if __name__ == "__main__":
    sys.exit(main())
