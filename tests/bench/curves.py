#!/usr/bin/env python3
"""What a message costs as stations and workers grow, beside a bare echo of the same net code; heartbeats; routing; TLS.

    python3 tests/bench/curves.py --build build/release [--what heartbeats,stations,workers,routing,tls] [--json FILE]

  heartbeats  a worker that answers Heartbeats, alone on core 0, beside the echo in its place; the same client on core 1
  stations    the same rate of stored messages with 100 to 100,000 stations connected; the echo likewise
  workers     the same rate and stations with 1 to 16 workers
  routing     downlinks by direct routing and by fanout, with 1, 4 and 16 workers (bus_routing)
  tls         handshakes of our server beside bare OpenSSL ones (tls_handshakes)

CPU is what the kernel charged to the processes of a part in a window of the load, divided by the messages in it.
"""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

from bench_lab import ROOT, Lab, cpu_s, descendants, free_ports, machine, rss_bytes
from million import FILES_PER_WORKER, Progress

PASSWORD = "0123456789abcdef0123456789abcdef"


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def pin(pid, core):
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), {core})


def window(pids, seconds):
    """CPU seconds (user, system) of processes in a span of time, and the span."""
    begun, before = time.monotonic(), cpu_s(pids)
    time.sleep(seconds)
    after, span = cpu_s(pids), time.monotonic() - begun
    return after[0] - before[0], after[1] - before[1], span


def program(options, name):
    path = options.build / "tests/bench" / name
    if not path.exists():
        raise SystemExit(f"{path} is not there; cmake --build {options.build} --target {name} makes it")
    return str(path)


def net_echo(options, *words, core=None):
    command = [program(options, "net_echo"), *map(str, words)]
    if core is not None:
        command = ["taskset", "-c", str(core), *command]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def closed_loop(client, server, sockets, seconds):
    """The client's own rate, while all its sockets are open, and the server's CPU a message."""
    time.sleep(2)
    user, system, span = window({server}, seconds - 4)
    out = client.communicate(timeout=60)[0]
    rates = [int(found.group(2)) for found in re.finditer(r"open (\d+) .*messages/s (\d+)", out) if int(found.group(1)) >= sockets]
    if not rates:
        raise SystemExit(f"the client measured nothing: {out[-300:]}")
    rate = statistics.median(rates[1:-1] or rates)
    return {"per_s": round(rate), "server_user_us": round(1e6 * user / span / rate, 2),
            "server_system_us": round(1e6 * system / span / rate, 2), "server_cores": round((user + system) / span, 3),
            "per_s_a_core": round(rate * span / (user + system))}


def heartbeats(options):
    rows = []
    with Lab(str(options.binary), workers=1) as lab:
        words = ("--stations", 10_000, "--prefix", "H", "--versions", "1.6", "--password", PASSWORD, "--connectors", 1)
        lab.sim(*words, "--connect-rate", 2_000, "--duration", 3)
        worker = lab.processes["worker1"].pid
        pin(worker, 0)
        port = int(lab.urls[0].rsplit(":", 1)[1])
        for sockets in (100, 1_000, 10_000):
            echo_port = free_ports(200)[-1]
            server = net_echo(options, "serve", echo_port, 1, core=0)
            time.sleep(0.5)
            client = net_echo(options, "load", echo_port, sockets, options.seconds, "127.0.0.1", 22, core=1)
            echo = closed_loop(client, server.pid, sockets, options.seconds)
            server.terminate()
            server.wait(10)
            client = net_echo(options, "beats", port, sockets, options.seconds, "127.0.0.1", "H", PASSWORD, core=1)
            beats = closed_loop(client, worker, sockets, options.seconds)
            # Where the client has no more to give, neither server's core is full: then the ratio a core is the one that counts.
            rows.append({"sockets": sockets, "echo": echo, "worker": beats, "ratio": round(beats["per_s"] / echo["per_s"], 3),
                         "ratio_a_core": round(beats["per_s_a_core"] / echo["per_s_a_core"], 3)})
            say(rows[-1])
    return rows


def echo_at_rate(options, sockets, rate):
    """CPU a message of echo servers, as many processes as the limit of open files asks for."""
    count = -(-sockets // FILES_PER_WORKER)
    ports = free_ports(count + 300)[-count:]
    servers = [net_echo(options, "serve", port, 1) for port in ports]
    time.sleep(0.5)
    connecting = 3 + sockets / 8_000
    clients = [net_echo(options, "paced", port, sockets // count, int(connecting + options.seconds + 3), f"127.0.0.{i + 1}", rate / count)
               for i, port in enumerate(ports)]
    time.sleep(connecting)
    user, system, span = window({server.pid for server in servers}, options.seconds)
    outs = [client.communicate(timeout=60)[0] for client in clients]
    for server in servers:
        server.terminate()
        server.wait(10)
    sent = sum(statistics.median([int(n) for n in re.findall(r"messages/s (\d+)", out)][-4:]) for out in outs)
    return {"user_us": round(1e6 * user / span / rate, 2), "system_us": round(1e6 * system / span / rate, 2), "per_s": round(sent)}


def loaded(options, lab, stations, rate):
    """CPU of every part a message, at that rate, while so many stations are connected."""
    # As many generators for few stations as for many: how bunched messages are sent decides how many share an envelope.
    words = ("--stations", stations, "--prefix", f"S{stations}X", "--connectors", 1, "--processes", min(stations, options.processes))
    subprocess.run(lab.sim_words(*words, "--provision-only"), check=True)
    extra = 4 + options.settle
    sim = subprocess.Popen(lab.sim_words(*words, "--no-provision", "--connect-rate", 4_000, "--patience", 200, "--mix", options.mix,
                                         "--rate", rate, "--duration", options.seconds + 4 + extra, "--json"),
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    progress = Progress(sim)
    progress.start()
    while progress.accepted < stations and sim.poll() is None:
        time.sleep(0.1)
    time.sleep(extra)
    begun, before, bus_before = time.monotonic(), lab.cpu(), bus_figures(lab)
    time.sleep(options.seconds - 5)  # the lines that say how many are accepted come every 5 s
    after, bus_after, span = lab.cpu(), bus_figures(lab), time.monotonic() - begun
    memory = lab.memory()
    report = json.loads(sim.communicate(timeout=120)[0])
    messages = rate * span
    row = {"stations": stations, "workers": lab.worker_count, "rate": rate, "answered_per_s": round(report["messages_per_s"]),
           "failed": report["measured"]["missed"] + report["measured"]["timed_out"] + report["measured"]["call_errors"],
           "p50_ms": report["latency"]["p50_us"] / 1000, "p99_ms": report["latency"]["p99_us"] / 1000,
           "user_us": {name: round(1e6 * (after[name][0] - before[name][0]) / messages, 1) for name in after},
           "system_us": {name: round(1e6 * (after[name][1] - before[name][1]) / messages, 1) for name in after},
           "mib": {name: round(value / 2**20) for name, value in memory.items()}}
    row["own_user_us"] = round(row["user_us"]["api"] + row["user_us"]["worker"], 1)
    row["own_total_us"] = round(row["own_user_us"] + row["system_us"]["api"] + row["system_us"]["worker"], 1)
    grown = {name: bus_after[name] - bus_before[name] for name in bus_after}
    row["envelopes_per_message_up"] = round(grown["up_envelopes"] / max(1, grown["up_messages"]), 1)
    row["envelopes_per_message_down"] = round(grown["down_envelopes"] / max(1, grown["down_messages"]), 1)
    say({key: value for key, value in row.items() if key != "mib"})
    return row


def bus_figures(lab):
    sums = {}
    for i in range(lab.worker_count):
        for key, value in lab.worker_samples(i).items():
            sums[key] = sums.get(key, 0) + value
    return {f"{direction}_{what}": next((value for key, value in sums.items()
                                         if key.startswith(f"ohm_worker_bus_{what}_total") and f'direction="{direction}"' in key), 0)
            for direction in ("up", "down") for what in ("envelopes", "messages")}


def stations_curve(options):
    rows, echoes = [], []
    most = max(options.counts)
    with Lab(str(options.binary), workers=-(-most // FILES_PER_WORKER), environment=long_intervals()) as lab:
        for count in options.counts:
            rows.append(loaded(options, lab, count, options.rate))
    for count in options.counts:
        echoes.append({"sockets": count, **echo_at_rate(options, count, options.rate)})
        say(echoes[-1])
    return {"mix": options.mix, "rows": rows, "echo": echoes}


def long_intervals():
    return {"OHM_PING_INTERVAL_S": "300", "HEARTBEAT_INTERVAL": "300"}


def workers_curve(options):
    rows = []
    for count in (1, 4, 16):
        with Lab(str(options.binary), workers=count, environment=long_intervals()) as lab:
            rows.append(loaded(options, lab, options.worker_stations, options.rate))
    return {"mix": options.mix, "rows": rows}


def lines_of(command):
    out = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True, timeout=400).stdout
    rows = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    for row in rows:
        say(row)
    return rows


def routing(options):
    with Lab(str(options.binary), workers=1) as lab:
        for process in lab.processes.values():
            process.terminate()
            process.wait(30)
        broker = min(descendants("beam.smp.*" + re.escape(str(lab.folder / "rabbitmq"))))
        return lines_of([program(options, "bus_routing"), lab.environment["RABBITMQ_PORT"], broker, options.rate, 6])


def tls(options):
    return lines_of([program(options, "tls_handshakes"), 5, 8])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=ROOT / "build/release", type=pathlib.Path)
    parser.add_argument("--what", default="heartbeats,stations,workers,routing,tls")
    parser.add_argument("--seconds", type=int, default=12)
    parser.add_argument("--rate", type=int, default=2_000, help="messages a second")
    parser.add_argument("--settle", type=int, default=60, help="seconds under load before the window: what connecting left to count is counted")
    parser.add_argument("--processes", type=int, default=6, help="of the load generator")
    parser.add_argument("--mix", default="status")
    parser.add_argument("--counts", default="100,1000,10000,100000", help="stations")
    parser.add_argument("--worker-stations", type=int, default=10_000, help="stations while workers grow")
    parser.add_argument("--json", default="", help="write the figures to this file")
    options = parser.parse_args()
    options.counts = [int(count) for count in options.counts.split(",")]
    options.binary = options.build / "ohmstead"
    result = {"machine": machine()}
    curves = {"heartbeats": heartbeats, "stations": stations_curve, "workers": workers_curve, "routing": routing, "tls": tls}
    for name in options.what.split(","):
        say(name)
        result[name] = curves[name](options)
        if options.json:
            pathlib.Path(options.json).write_text(json.dumps(result, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
