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
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
KEY = "bench-key"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def cpu_ticks(pid):
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def pids_of(pattern):
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[1]
            except OSError:
                continue
            found.append((int(entry.name), int(parent), words))
    roots = {pid for pid, _, words in found if re.search(pattern, words) and "python" not in words}
    return roots | {pid for pid, parent, _ in found if parent in roots}


def rss_mib(pids):
    total = 0
    for pid in pids:
        try:
            total += int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096
        except OSError:
            pass
    return total / 2**20


class Lab:
    def __init__(self, options):
        self.options = options
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ohmstead-bench."))
        self.folder.chmod(0o755)
        self.processes = {}
        self.services = []

    def __enter__(self):
        self.rest = free_port()
        self.ws = [free_port(), free_port()]
        self.environment = dict(os.environ, OHM_ADMIN_KEY=KEY, OHM_LOG_LEVEL="warn", OHM_BIND_ADDRESS="127.0.0.1",
                                OHM_MESSAGE_LOG=self.options.message_log, OHM_DATA_DIR=str(self.folder / "data"))
        if self.options.embedded:
            self.start("ohmstead", "all", WS_SERVER_PORT=self.ws[0], HTTP_SERVER_PORT=self.rest)
            self.ws = self.ws[:1]
        else:
            self.start_services()
            self.start("api", "api", HTTP_SERVER_PORT=self.rest)
            for i, port in enumerate(self.ws):
                self.start(f"worker{i + 1}", "worker", WS_SERVER_PORT=port, OHM_WORKER_HTTP_PORT=free_port(),
                           OHM_WORKER_ID=f"bench-{i + 1}", OHM_WORKER_THREADS=1)
        self.wait_until_ready()
        return self

    def __exit__(self, *_):
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
        for script, folder in reversed(self.services):
            subprocess.run(["sh", script, "stop", folder], check=False, stdout=subprocess.DEVNULL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start_services(self):
        ports = []
        for name in ("postgres", "rabbitmq"):
            script, folder = str(ROOT / f"tests/lab/{name}.sh"), str(self.folder / name)
            self.services.append((script, folder))
            out = subprocess.run(["sh", script, "start", folder], check=True, capture_output=True, text=True).stdout
            ports.append(out.split()[-1])
        self.environment.update(DB_HOST="127.0.0.1", DB_PORT=ports[0], DB_USER="ohm", DB_PASSWORD="ohm", DB_NAME="ohm",
                                RABBITMQ_HOST="127.0.0.1", RABBITMQ_PORT=ports[1])

    def start(self, name, role, **settings):
        log = open(self.folder / f"{name}.log", "w")
        environment = dict(self.environment, **{key: str(value) for key, value in settings.items()})
        self.processes[name] = subprocess.Popen([self.options.binary, role], env=environment, stderr=log, stdout=log)

    def wait_until_ready(self):
        time.sleep(5 if not self.options.embedded else 1)
        for _ in range(100):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.rest}/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        break
            except OSError:
                pass
            time.sleep(0.3)
        else:
            sys.exit("the api did not become ready; see " + str(self.folder))
        time.sleep(3)  # partitions are claimed after one lease

    def parts(self):
        parts = {name: {process.pid} for name, process in self.processes.items()}
        if not self.options.embedded:
            parts["postgres"] = pids_of(re.escape(str(self.folder / "postgres")))
            parts["rabbitmq"] = pids_of("beam.smp.*" + re.escape(str(self.folder / "rabbitmq")))
        return parts

    def load(self, stations, mix):
        ports = self.ws if len(self.ws) == 1 else self.ws
        share = stations // len(ports)
        active = max(1, min(self.options.active, stations) // len(ports))
        before = {name: sum(cpu_ticks(pid) for pid in pids) for name, pids in self.parts().items()}
        generators = []
        for i, port in enumerate(ports):
            generators.append(subprocess.Popen(
                [self.options.binary, "sim", "--url", f"ws://127.0.0.1:{port}", "--rest", f"http://127.0.0.1:{self.rest}",
                 "--key", KEY, "--stations", str(share), "--prefix", f"B{i}X{stations}X", "--mix", mix, "--active", str(active),
                 "--connect-rate", "4000", "--duration", str(self.options.seconds), "--json"],
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True))
        reports = [json.loads(generator.communicate()[0]) for generator in generators]
        parts = self.parts()
        used = {name: sum(cpu_ticks(pid) for pid in pids) - before.get(name, 0) for name, pids in parts.items()}
        return reports, {name: ticks / TICKS_PER_S for name, ticks in used.items()}, {n: rss_mib(p) for n, p in parts.items()}


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
    port = free_port()
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
    with Lab(options) as lab:
        for stations in map(int, options.stations.split(",")):
            for mix in options.mixes.split(","):
                row(stations, mix, *lab.load(stations, mix))
    if options.echo:
        for stations in map(int, options.stations.split(",")):
            echo_rate(options.echo, min(stations, options.active), options.seconds)


if __name__ == "__main__":
    main()
