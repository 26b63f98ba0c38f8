#!/usr/bin/env python3
"""Stored and answered messages a second, end to end, with the CPU of each part beside a bare echo in the same run.

    python3 tests/bench/end_to_end.py [--stations 100,1000,10000] [--seconds 10] [--message-log all] [--embedded]

Starts a PostgreSQL (fsync and synchronous_commit on), a RabbitMQ, an api and two workers of its own on loopback, or one
embedded process, puts load on them with `ohmstead sim`, and stops everything. Every simulated station has one CALL in
flight; `--active` stations send. CPU is user plus system time of the processes of a part, divided by answered messages.
The load generator shares the machine.
"""
import argparse
import json
import os
import subprocess
import sys
import time

from bench_lab import KEY, ROOT, Lab, free_ports


def load(lab, options, stations, mix):
    """One generator a worker; their reports, and the CPU seconds and the memory of each part."""
    share = stations // len(lab.urls)
    active = max(1, min(options.active, stations) // len(lab.urls))
    before = lab.used_s()
    generators = [subprocess.Popen(
        [options.binary, "sim", "--url", url, "--rest", lab.rest_url, "--key", KEY, "--stations", str(share),
         "--prefix", f"B{i}X{stations}X", "--mix", mix, "--active", str(active), "--connect-rate", "4000",
         "--duration", str(options.seconds), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) for i, url in enumerate(lab.urls)]
    reports = [json.loads(generator.communicate()[0]) for generator in generators]
    used = {name: seconds - before.get(name, 0) for name, seconds in lab.used_s().items()}
    return reports, used, {name: size / 2**20 for name, size in lab.memory().items()}


def row(stations, mix, reports, cpu_s, memory):
    # Set-up (provisioning, connecting, boots) is part of the CPU: all answered messages share it.
    answered = sum(report["total"]["answered"] for report in reports)
    rate = sum(report["messages_per_s"] for report in reports)
    p50 = max(report["latency"]["p50_us"] for report in reports) / 1000
    p99 = max(report["latency"]["p99_us"] for report in reports) / 1000
    failed = sum(report["total"][key] for report in reports for key in ("call_errors", "timed_out", "dropped"))
    parts = "  ".join(f"{name} {1e6 * seconds / max(1, answered):.1f}" for name, seconds in cpu_s.items())
    mib = "  ".join(f"{name} {value:.0f}" for name, value in memory.items())
    sim = sum(report["cpu_us_per_message"] for report in reports) / len(reports)
    print(f"| {stations:>6} | {mix} | {rate:,.0f} | {p50:.1f} / {p99:.1f} | {parts}  sim {sim:.1f} | {mib} | {failed} |", flush=True)


def echo_rate(echo, sockets, seconds):
    port = free_ports(1)[0]
    server = subprocess.Popen([echo, "serve", str(port), "1"], stdout=subprocess.PIPE, text=True)
    try:
        time.sleep(0.5)
        out = subprocess.run([echo, "load", str(port), str(sockets), str(seconds)], capture_output=True, text=True).stdout
        print(f"| {sockets:>6} | bare echo | {out.strip().splitlines()[-1] if out.strip() else 'no figure'} |", flush=True)
    finally:
        server.terminate()
        server.wait(10)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "build/release/ohmstead"))
    parser.add_argument("--echo", default="", help="the net_echo program; without it no echo is measured")
    parser.add_argument("--stations", default="100,1000,10000")
    parser.add_argument("--active", type=int, default=1000, help="so many stations send")
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--mixes", default="status,heartbeat")
    parser.add_argument("--message-log", default="errors", choices=["off", "errors", "all"])
    parser.add_argument("--embedded", action="store_true")
    options = parser.parse_args()
    print(f"load average before: {os.getloadavg()[0]:.2f}; message log: {options.message_log}; "
          f"{'embedded' if options.embedded else 'distributed, 2 workers'}; {options.active} stations send")
    print("| stations | message | answered/s | p50 / p99 ms | CPU µs a message by part | MiB by part | failed |")
    print("| --- | --- | --- | --- | --- | --- | --- |", flush=True)
    with Lab(options.binary, embedded=options.embedded, message_log=options.message_log) as lab:
        for stations in map(int, options.stations.split(",")):
            for mix in options.mixes.split(","):
                row(stations, mix, *load(lab, options, stations, mix))
    if options.echo:
        for stations in map(int, options.stations.split(",")):
            echo_rate(options.echo, min(stations, options.active), options.seconds)


if __name__ == "__main__":
    main()
