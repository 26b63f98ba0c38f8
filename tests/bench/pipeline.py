#!/usr/bin/env python3
"""The whole program beside a bare pipeline of the same libraries, in one run; latency at half of that load; REST commands.

    python3 tests/bench/pipeline.py --bare build/release/tests/bench/bare_pipeline [--stations 2000] [--seconds 10]

The services are those of bench_lab.py: PostgreSQL with fsync and synchronous_commit on, RabbitMQ, all on this machine. OHM_SHARDS
and OHM_PARTITIONS are the program's own settings; --shards is the bare pipeline's.
Steps: fdatasync of the disk; `fleet` as fast as it is answered, with the message log of --message-logs; `fleet` at half of the
rate that was reached, latency from when each message was due; commands through REST to connected stations and back, one after
the other; the bare pipeline (one insert, one update a message). With --ledger the stations write down what they sent and what was
answered, and after the spans that is compared with the database: it costs the generators some of their rate. `stolen` is the share
of the span in which the host of a virtual machine gave its processors to others.
"""
import argparse
import http.client
import json
import os
import signal
import subprocess
import time

from bench_lab import KEY, ROOT, Lab, cpu_s, free_ports, percentile, stolen_s

TRIGGER = json.dumps({"message": "Heartbeat"})


def fdatasync_ms(folder):
    times, path = [], folder / "fdatasync"
    with open(path, "wb") as file:
        for _ in range(300):
            file.write(b"x" * 8192)
            file.flush()
            begin = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(1000 * (time.perf_counter() - begin))
    path.unlink()
    return percentile(times, 0.5), percentile(times, 0.99)


def sim(lab, options, prefix, *words):
    """Generators, one a worker."""
    share = options.stations // len(lab.urls)
    return [subprocess.Popen(
        [options.binary, "sim", "--url", url, "--rest", lab.rest_url, "--key", KEY, "--stations", str(share),
         "--prefix", f"{prefix}{i}X", "--tokens", "1000", "--connect-rate", "2000", "--json",
         *(["--ledger", str(lab.folder / f"{prefix}{i}.ledger")] if options.ledger else []), *words],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) for i, url in enumerate(lab.urls)]


def reports_of(running):
    return [json.loads(generator.communicate(timeout=600)[0]) for generator in running]


def row(what, rate, p50, p99, cpu_us, failed, stolen=""):
    parts = "  ".join(f"{name} {value:.1f}" for name, value in cpu_us.items())
    print(f"| {what} | {rate:,.0f} | {p50:.1f} / {p99:.1f} | {parts} | {failed} | {stolen} |", flush=True)


def fleet(lab, options, what, prefix, *words):
    before, began, stolen = lab.used_s(), time.monotonic(), stolen_s()
    reports = reports_of(sim(lab, options, prefix, "--mix", "fleet", "--duration", str(options.seconds), "--warm-up", str(options.warm_up),
                             *words))
    after, stolen = lab.used_s(), (stolen_s() - stolen) / (time.monotonic() - began) / os.cpu_count()
    answered = sum(report["total"]["answered"] for report in reports)
    cpu = {name: 1e6 * (after[name] - before.get(name, 0)) / max(1, answered) for name in after}
    cpu["sim"] = sum(report["cpu_us_per_message"] for report in reports) / len(reports)
    rate = sum(report["messages_per_s"] for report in reports)
    failed = sum(report["total"][key] for report in reports for key in ("call_errors", "timed_out", "dropped"))
    row(what, rate, max(r["latency"]["p50_us"] for r in reports) / 1000, max(r["latency"]["p99_us"] for r in reports) / 1000,
        cpu, failed, f"{100 * stolen:.1f} %")
    return rate


def compare_ledgers(lab):
    """What was answered is in the database exactly once, and nothing else is; ends the run where that is not so."""
    files = sorted(str(path) for path in lab.folder.glob("*.ledger"))
    done = subprocess.run(["node", str(ROOT / "tests/e2e/ledger.mjs"), lab.environment["DB_PORT"], *files],
                          capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        raise SystemExit(f"the ledger and the database differ\n{done.stdout[-4000:]}{done.stderr[-2000:]}")
    found = json.loads(done.stdout)
    print(f"ledger: {found['answered_of_any_kind']:,} answers; {found['checked']:,} messages of billing, {found['sessions']:,} sessions "
          f"({found['energy_kwh']:,.0f} kWh), {found['authorizes']:,} decisions, {found['connectors']:,} connectors: "
          f"{len(found['faults'])} differ", flush=True)


def bare(lab, options):
    """In place of the program, whose queues it uses: the same database and broker."""
    for process in lab.processes.values():
        process.terminate()
    for process in lab.processes.values():
        process.wait(20)
    port = free_ports(1)[0]
    environment = dict(os.environ, OHM_TEST_PG_PORT=lab.environment["DB_PORT"])
    broker = lab.environment["RABBITMQ_PORT"]
    started = []
    try:
        for words in (["api", broker, str(options.shards)], ["worker", str(port), broker]):
            started.append(subprocess.Popen([options.bare, *words], env=environment))
            time.sleep(3)
        parts = {"bare api": {started[0].pid}, "bare worker": {started[1].pid},
                 **{name: pids for name, pids in lab.parts().items() if name in ("postgres", "rabbitmq")}}
        before = {name: sum(cpu_s(pids)) for name, pids in parts.items()}
        out = subprocess.run([options.bare, "load", str(port), str(options.stations), str(options.seconds)], env=environment,
                             capture_output=True, text=True, timeout=120, check=True).stdout
        after = {name: sum(cpu_s(pids)) for name, pids in parts.items()}
        report = json.loads(out)
        count = max(1, report["messages_per_s"] * (options.seconds + 2))
        row("bare pipeline", report["messages_per_s"], report["p50_ms"], report["p99_ms"],
            {name: 1e6 * (after[name] - before[name]) / count for name in after}, 0)
        return report["messages_per_s"]
    finally:
        for process in started:
            process.terminate()
        for process in started:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


def commands(lab, options, count):
    """REST, station, REST: how long until an operator has the answer of a station."""
    running = sim(lab, options, "C", "--mix", "none", "--duration", "600")
    try:
        connection = http.client.HTTPConnection("127.0.0.1", lab.rest, timeout=30)
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json", "Prefer": "wait=20"}

        def ask(method, path, body=None):
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()

        for _ in range(120):  # until all are connected
            status, body = ask("GET", "/api/v1/stations?connectivity=online&limit=1&total=exact")
            if status == 200 and json.loads(body).get("total", 0) >= options.stations:
                break
            time.sleep(1)
        stations, cursor = [], ""
        while len(stations) < count:
            body = json.loads(ask("GET", f"/api/v1/stations?connectivity=online&limit=500{cursor}")[1])
            stations += [one["id"] for one in body["data"]]
            if not body.get("next_cursor"):
                break
            cursor = "&cursor=" + body["next_cursor"]
        times, other = [], 0
        for station in stations[:count]:
            begin = time.perf_counter()
            status, _ = ask("POST", f"/api/v1/stations/{station}/commands/trigger-message", TRIGGER)
            times.append(1000 * (time.perf_counter() - begin))
            other += status != 200
        row(f"REST command, {options.stations} stations, {len(times)} asked", len(times) * 1000 / max(1, sum(times)),
            percentile(times, 0.5), percentile(times, 0.99), {}, other)
    finally:
        for generator in running:
            generator.send_signal(signal.SIGINT)
        for generator in running:
            try:
                generator.communicate(timeout=30)
            except subprocess.TimeoutExpired:
                generator.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "build/release/ohmstead"))
    parser.add_argument("--bare", default="", help="the bare_pipeline program; without it no ratio")
    parser.add_argument("--stations", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--shards", type=int, default=2)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--warm-up", type=int, default=3, help="seconds of each span before it is measured: the sessions of a new "
                        "fleet all begin at once, and only then do the messages have the shares of the mix")
    parser.add_argument("--message-logs", default="errors,all")
    parser.add_argument("--rates", default="", help="messages a second, one span each, in place of all other steps")
    parser.add_argument("--command-stations", type=int, default=0, help="0: no commands")
    parser.add_argument("--commands", type=int, default=1000)
    parser.add_argument("--embedded", action="store_true")
    parser.add_argument("--new-database", action="store_true", help="PostgreSQL as initdb leaves it, without files of its log to use again")
    parser.add_argument("--ledger", action="store_true", help="compare what was answered with the database; needs node, not --embedded")
    options = parser.parse_args()
    print("| what | messages/s | p50 / p99 ms | CPU µs a message by part | failed | stolen |\n| --- | --- | --- | --- | --- | --- |")
    for level in options.message_logs.split(","):
        with Lab(options.binary, workers=options.workers, embedded=options.embedded, message_log=level) as lab:
            if not options.embedded and not options.new_database:
                lab.keep_wal()
            print(f"fdatasync p50 / p99: {' / '.join(f'{ms:.2f}' for ms in fdatasync_ms(lab.folder))} ms")
            if options.rates:
                for i, rate in enumerate(options.rates.split(",")):
                    fleet(lab, options, f"fleet, {rate}/s offered", f"R{i}", "--rate", f"{int(rate) / len(lab.urls):.0f}")
                if options.ledger:
                    compare_ledgers(lab)
                continue
            rate = fleet(lab, options, f"fleet, message log {level}", "F")
            half = rate / 2 / len(lab.urls)
            fleet(lab, options, "fleet at half of that", "H", "--rate", f"{half:.0f}")
            if options.ledger:
                compare_ledgers(lab)
            if options.command_stations:
                options.stations, before = options.command_stations, options.stations
                commands(lab, options, options.commands)
                options.stations = before
            if options.bare and not options.embedded:
                ratio = rate / max(1, bare(lab, options))
                print(f"of the bare pipeline: {100 * ratio:.0f} %", flush=True)


if __name__ == "__main__":
    main()
