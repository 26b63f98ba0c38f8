#!/usr/bin/env python3
"""A fleet of stations connected at once, end to end, in stages; every figure is measured and checked against the store.

    python3 tests/bench/million.py --stations 1000000 [--hold 120] [--stages connect,commands,boots,storm] [--json FILE]

Starts PostgreSQL (fsync and synchronous_commit on), RabbitMQ, one api, as many workers as the limit of open files asks
for, and as many simulator processes, all on loopback:

  provision   the stations are created over REST, with passwords
  connect     all connect with Basic, boot, report the status of their connector; memory of each part as they come
  commands    while all are connected and heartbeat: TriggerMessage to random stations over REST, until the answer is there
  boots       BootNotification again, from --active stations at once (closed loop)
  storm       every TCP connection is reset at once, all come back with Basic

A million needs about 16 GiB, 10 minutes, and `fs.file-max` above 2.1 million.
"""
import argparse
import json
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

from bench_lab import ROOT, Lab, machine, memory_info, percentile

FILES_PER_WORKER = 17_800


class Progress(threading.Thread):
    """Reads the lines of `ohmstead sim`: how many are on line and accepted now."""

    def __init__(self, process):
        super().__init__(daemon=True)
        self.process, self.online, self.accepted, self.text = process, 0, 0, []

    def run(self):
        for line in self.process.stderr:
            words = line.split()
            if "on line," in line:
                self.online = int(words[2].split("/")[0].replace(",", ""))
                self.accepted = int(words[words.index("accepted,") - 1].replace(",", ""))
            else:
                self.text.append(line.strip())


def slope(points, name):
    """Bytes a station, by least squares over (stations, memory of parts), from the first tenth on: what the first
    connections of a process allocate for good is no part of it."""
    points = [(count, parts[name]) for count, parts in points if name in parts and count > 0]
    if len(points) < 2:
        return None
    mean_x, mean_y = (sum(column) / len(points) for column in zip(*points))
    square = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / square if square else None


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


class Run:
    def __init__(self, options, lab):
        self.options, self.lab = options, lab
        self.count = options.stations
        self.result = {"machine": machine(), "stations": self.count, "workers": lab.worker_count}
        self.points = []
        self.prefix = "M"

    def words(self, *more):
        return ("--stations", self.count, "--prefix", self.prefix, "--connectors", 1, "--call-timeout", 60, *more)

    def note_memory(self, online):
        self.points.append((online, self.lab.memory()))

    def provision(self):
        begun = time.monotonic()
        subprocess.run(self.lab.sim_words(*self.words("--provision-only")), check=True)
        took = time.monotonic() - begun
        self.result["provision"] = {"seconds": round(took, 1), "per_s": round(self.count / took)}
        say(f"provisioned {self.count:,} in {took:.0f} s")
        self.lab.restart("api")
        time.sleep(6)  # the partitions are claimed after a lease

    def connect(self):
        self.before = {"memory": self.lab.memory(), "info": memory_info(), "cpu": self.lab.cpu()}
        self.note_memory(0)
        duration = self.options.hold + 5
        words = self.lab.sim_words(*self.words("--no-provision", "--connect-rate", self.options.connect_rate, "--patience", self.options.connect_deadline,
                                               "--duration", duration, "--json", "--arrival", "rush" if self.options.rush else "flat"))
        self.begun = time.monotonic()
        self.sim = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.progress = Progress(self.sim)
        self.progress.start()
        next_point = step = max(1, self.count // 10)
        while self.progress.accepted < self.count and self.sim.poll() is None:
            time.sleep(0.5)
            if self.progress.accepted >= next_point:
                self.note_memory(self.progress.accepted)
                next_point = self.progress.accepted + step
                say(f"{self.progress.accepted:,} accepted after {time.monotonic() - self.begun:.0f} s")
            if time.monotonic() - self.begun > self.options.connect_deadline:
                break
        took = time.monotonic() - self.begun
        say(f"{self.progress.accepted:,} of {self.count:,} accepted after {took:.0f} s")
        say(f"cores: {self.cores_since(self.before['cpu'], took)}")
        self.result["connect"] = {"accepted": self.progress.accepted, "seconds": round(took, 1),
                                  "per_s": round(self.progress.accepted / took)}

    def cores_since(self, before, span):
        return {name: round((sum(after) - sum(before[name])) / span, 2) for name, after in self.lab.cpu().items()}

    def settle(self):
        """Statuses that are still on their way; then memory and CPU while nothing but heartbeats and pings happens."""
        time.sleep(min(15, self.options.hold / 4))
        self.note_memory(self.progress.accepted)

    def commands(self):
        latencies, failures = [], []
        numbers = random.Random(7)
        end = time.monotonic() + self.options.command_seconds
        cpu_before, begun = self.lab.cpu(), time.monotonic()

        def one_after_the_other():
            connection = self.lab.connection()
            while time.monotonic() < end:
                station = f"{self.prefix}{numbers.randrange(self.count) + 1:06d}"
                at = time.monotonic()
                status, body = self.lab.ask("POST", f"/api/v1/stations/{station}/commands/trigger-message", {"message": "Heartbeat"},
                                            {"prefer": "wait=20"}, connection)
                took = time.monotonic() - at
                state = json.loads(body).get("state") if status in (200, 201, 202) else body[:200].decode()
                if status == 200 and state == "answered":
                    latencies.append(took)
                else:
                    failures.append((status, state))
                time.sleep(max(0, 1 / self.options.command_rate * self.options.command_clients - took))

        threads = [threading.Thread(target=one_after_the_other) for _ in range(self.options.command_clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        span = time.monotonic() - begun
        cores = self.cores_since(cpu_before, span)
        ms = {f"p{share * 100:g}_ms": round(1000 * percentile(latencies, share), 1) for share in (0.5, 0.9, 0.99)} if latencies else {}
        self.result["commands"] = {"sent": len(latencies) + len(failures), "answered": len(latencies), "seconds": round(span),
                                   "failures": failures[:5], **ms, "cores_meanwhile": cores}
        say(f"commands: {self.result['commands']}")

    def finish_connect(self):
        # The rows first: afterwards the stations leave.
        store = dict(self.store())
        info, memory = memory_info(), self.lab.memory()
        self.result["store"] = store
        self.result["memory"] = {
            "mib_by_part": {name: round(value / 2**20) for name, value in memory.items()},
            "mib_by_part_before": {name: round(value / 2**20) for name, value in self.before["memory"].items()},
            "bytes_a_station_slope": {name: round(slope(self.points, name) or 0) for name in ("worker", "api")},
            "points": [[count, {name: value for name, value in parts.items()}] for count, parts in self.points],
            "kernel_slab_mib_grown": round((info["Slab"] - self.before["info"]["Slab"]) / 2**20),
            "available_mib_taken": round((self.before["info"]["MemAvailable"] - info["MemAvailable"]) / 2**20)}
        cpu = self.lab.cpu()
        self.result["cpu_s_since_provision"] = {
            name: {"user": round(u - self.before["cpu"][name][0], 1), "system": round(s - self.before["cpu"][name][1], 1)}
            for name, (u, s) in cpu.items()}
        out = self.sim.communicate(timeout=self.options.hold + 300)[0]
        report = json.loads(out)
        self.result["sim"] = {key: report[key] for key in ("stations", "online", "accepted", "unanswered", "connecting_s", "total",
                                                            "boot_latency", "failures", "cpu_cores", "rss_mib")}
        self.result["connect"].update(seconds=report["connecting_s"], per_s=round(self.count / max(0.1, report["connecting_s"])))
        say(f"sim: {self.result['sim']}")
        total = report["total"]
        failed = total["call_errors"] + total["timed_out"] + total["dropped"] + total["strays"] + sum(f["count"] for f in report["failures"])
        self.check("all accepted", report["accepted"] == self.count and report["online"] == self.count)
        self.check("no failure", failed == 0 and total["connects"] == self.count and total["disconnects"] == 0)

    def store(self):
        boots = self.lab.sql("select count(distinct station_no) from boots")[0][0]
        online = self.lab.sql("select count(*) from station_state where connection is not null")[0][0]
        return {"stations_with_a_boot": int(boots), "stations_on_line": int(online)}

    def check(self, what, true):
        self.result.setdefault("checks", {})[what] = bool(true)
        say(f"{'ok' if true else 'FAILED'}: {what}")

    def boots(self):
        report = self.lab.sim(*self.words("--no-provision", "--connect-rate", self.options.connect_rate, "--patience", 300, "--mix", "boot",
                                          "--active", min(self.options.active, self.count), "--duration", self.options.load_seconds))
        self.result["boots"] = {key: report[key] for key in ("messages_per_s", "measured", "latency", "cpu_us_per_message", "cpu_cores")}
        say(f"boots: {self.result['boots']}")
        self.check("no boot failed", report["measured"]["call_errors"] + report["measured"]["timed_out"] == 0)

    def storm(self):
        report = self.lab.sim(*self.words("--no-provision", "--connect-rate", self.options.connect_rate, "--patience", 300, "--mix", "none",
                                          "--arrival", "storm", "--drop-all-after", 3, "--back-off-min", 0, "--back-off-random", 0,
                                          "--duration", self.options.storm_seconds))
        again = report["recovering_s"]
        self.result["storm"] = {"first_connect_and_boot_s": report["connecting_s"], "again_s": again,
                                "connects_per_s": round(self.count / again) if again else None, "failures": report["failures"],
                                "total": report["total"]}
        say(f"storm: {self.result['storm']}")
        self.check("all came back", again > 0 and report["online"] == self.count)


def refuse_what_cannot_be(options, lab_workers):
    info = machine()
    if options.stations * 2 > int(info["fs.file-max"]) * 0.95:
        sys.exit(f"fs.file-max is {info['fs.file-max']}: too few open files for both ends")
    needed = options.stations * 13_000 + lab_workers * 40e6 + 1e9  # both ends, kernel and user space, as measured
    if memory_info()["MemAvailable"] < needed:
        sys.exit(f"{needed / 2**30:.0f} GiB of free memory are needed")


def own_certificate():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ohmstead-bench-tls."))
    files = {"OHM_TLS_CERT_FILE": str(folder / "server.pem"), "OHM_TLS_KEY_FILE": str(folder / "server.key")}
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                    "/CN=localhost", "-out", files["OHM_TLS_CERT_FILE"], "-keyout", files["OHM_TLS_KEY_FILE"]], check=True, capture_output=True)
    return files


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "build/release/ohmstead"))
    parser.add_argument("--stations", type=int, default=20_000)
    parser.add_argument("--stages", default="connect,commands")
    parser.add_argument("--connect-rate", type=int, default=10_000)
    parser.add_argument("--rush", action="store_true", help="begin slowly, end at twice the connect rate")
    parser.add_argument("--connect-deadline", type=int, default=400, help="seconds")
    parser.add_argument("--hold", type=int, default=60, help="seconds of the stage commands and of heartbeats")
    parser.add_argument("--command-rate", type=float, default=50, help="commands a second")
    parser.add_argument("--command-clients", type=int, default=4)
    parser.add_argument("--active", type=int, default=1000, help="stations that boot again at once")
    parser.add_argument("--load-seconds", type=int, default=15)
    parser.add_argument("--storm-seconds", type=int, default=40)
    parser.add_argument("--tls", action="store_true", help="stations connect over TLS (ECDSA P-256)")
    parser.add_argument("--workers", type=int, default=0, help="0: as many as the files ask for")
    parser.add_argument("--partitions", type=int, default=4)
    parser.add_argument("--json", default="", help="write the figures to this file")
    options = parser.parse_args()
    options.command_seconds = options.hold * 0.6
    stages = options.stages.split(",")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # so that the lab is taken down
    workers = options.workers or -(-options.stations // FILES_PER_WORKER)
    refuse_what_cannot_be(options, workers)
    tls = own_certificate() if options.tls else None
    settings = {"OHM_PING_INTERVAL_S": "300", "HEARTBEAT_INTERVAL": "300", "OHM_PARTITIONS": str(options.partitions)}
    with Lab(options.binary, workers=workers, environment=settings, tls=tls) as lab:
        run = Run(options, lab)
        try:
            run.provision()
            if "connect" in stages or "commands" in stages:
                run.connect()
                run.settle()
                if "commands" in stages:
                    run.commands()
                    run.check("commands p99 within 250 ms", (run.result["commands"].get("p99_ms") or 1e9) <= 250) if options.stations >= 1_000_000 else None
                    run.check("every command was answered", not run.result["commands"]["failures"])
                run.finish_connect()
                run.check("every station's boot is stored", run.result["store"]["stations_with_a_boot"] == options.stations)
                run.check("the store has all on line", run.result["store"]["stations_on_line"] == options.stations)
            for stage in ("boots", "storm"):
                if stage in stages:
                    getattr(run, stage)()
        finally:
            if options.json:
                pathlib.Path(options.json).write_text(json.dumps(run.result, indent=1) + "\n")
    print(json.dumps({key: value for key, value in run.result.items() if key != "memory"}, indent=1))
    print(json.dumps({key: value for key, value in run.result.get("memory", {}).items() if key != "points"}, indent=1))
    return 0 if all(run.result.get("checks", {"none": False}).values()) else 1


if __name__ == "__main__":
    sys.exit(main())
