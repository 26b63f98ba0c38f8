#!/usr/bin/env python3
"""Much data: how fast it comes in, how long lists take, what a day's end costs, how long the api takes to start over it.

    python3 tests/bench/storage.py --dir DIR [--samples 10000000] [--stations 100000] [--transactions 1000000]

DIR keeps the database (PostgreSQL, fsync and synchronous_commit on), so that a later run goes on where this one ended:
rows come in slices of --slice rows, each a transaction that notes its number. Rows are of the api's own making: a short
`ohmstead sim` leaves some, and slices repeat them for other stations and times, in order of time as stations send them.
--days days are filled evenly. `--skip` names steps to leave out: samples, rows, lists, retention, cold.
"""
import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.request

from bench_lab import KEY, ROOT, free_ports

DAY_US = 86_400_000_000


class Store:
    def __init__(self, options):
        self.options, self.folder = options, pathlib.Path(options.dir)
        self.script = str(ROOT / "tests/lab/postgres.sh")
        self.processes = []

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        out = subprocess.run(["sh", self.script, "start", str(self.folder / "postgres")], check=True, capture_output=True,
                             text=True).stdout
        self.port = out.split()[-1]
        return self

    def __exit__(self, *_):
        self.stop()
        self.sql("checkpoint")
        subprocess.run(["sh", self.script, "stop", str(self.folder / "postgres")], check=False, stdout=subprocess.DEVNULL)

    def sql(self, text, timeout=600):
        ran = subprocess.run(["psql", "-h", "127.0.0.1", "-p", self.port, "-U", "ohm", "-d", "ohm", "-qAtX", "-v",
                              "ON_ERROR_STOP=1", "-c", text], env=dict(os.environ, PGPASSWORD="ohm"), capture_output=True,
                             text=True, timeout=timeout)
        if ran.returncode != 0:
            sys.exit(f"{ran.stderr}\n{text}")
        return ran.stdout.strip()

    def first_no(self):
        return int(self.sql("select first_no from bench_numbers"))

    def start(self):
        """The whole program in one process per part but the broker: `all` speaks SQLite, so an api and a worker."""
        self.rest, self.ws, worker_http = free_ports(3)
        environment = dict(os.environ, OHM_ADMIN_KEY=KEY, OHM_LOG_LEVEL="warn", OHM_BIND_ADDRESS="127.0.0.1",
                           DB_HOST="127.0.0.1", DB_PORT=self.port, DB_USER="ohm", DB_PASSWORD="ohm", DB_NAME="ohm",
                           OHM_DATA_DIR=str(self.folder / "data"), RABBITMQ_HOST="127.0.0.1", RABBITMQ_PORT=self.broker())
        for role, more in (("api", {"HTTP_SERVER_PORT": str(self.rest)}),
                           ("worker", {"WS_SERVER_PORT": str(self.ws), "OHM_WORKER_THREADS": "1", "OHM_WORKER_ID": "st",
                                       "OHM_WORKER_HTTP_PORT": str(worker_http)})):
            log = open(self.folder / f"{role}.log", "w")
            self.processes.append(subprocess.Popen([self.options.binary, role], env=dict(environment, **more), stdout=log,
                                                   stderr=log))

    def broker(self):
        script = str(ROOT / "tests/lab/rabbitmq.sh")
        if not hasattr(self, "broker_port"):
            self.broker_port = subprocess.run(["sh", script, "start", str(self.folder / "rabbitmq")], check=True,
                                              capture_output=True, text=True).stdout.split()[-1]
        return self.broker_port

    def stop(self):
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
        self.processes = []
        if hasattr(self, "broker_port"):
            subprocess.run(["sh", str(ROOT / "tests/lab/rabbitmq.sh"), "stop", str(self.folder / "rabbitmq")],
                           check=False, stdout=subprocess.DEVNULL)
            del self.broker_port

    def get(self, path, timeout=60):
        request = urllib.request.Request(f"http://127.0.0.1:{self.rest}{path}", headers={"Authorization": f"Bearer {KEY}"})
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return json.load(answer)

    def wait_until_ready(self, deadline_s=120):
        end = time.monotonic() + deadline_s
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.rest}/readyz", timeout=2):
                    return
            except OSError:
                time.sleep(0.05)
        sys.exit("the api did not become ready; see " + str(self.folder))

    def sim(self, *words, timeout=300):
        subprocess.run([self.options.binary, "sim", "--url", f"ws://127.0.0.1:{self.ws}", "--rest",
                        f"http://127.0.0.1:{self.rest}", "--key", KEY, *words], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=timeout)


def make_samples_of_our_own(store):
    """Real rows to repeat, and the tables."""
    store.start()
    store.wait_until_ready()
    time.sleep(6)
    store.sim("--stations", "20", "--prefix", "TEMPLATE", "--mix", "fleet", "--duration", "3", "--tokens", "20")
    store.stop()
    store.sql("create table bench_slices (what text, n bigint, ms bigint, primary key (what, n));"
              "create table bench_samples as select row_number() over () - 1 as place, m.* from (select said_id, flags, samples, "
              "raw, octet_length(samples) from meter_values order by at limit 64) m;"
              "create table bench_transaction as select * from transactions where state = 'ended' limit 1;"
              "analyze bench_samples")
    create_stations(store)


def create_stations(store):
    """Over REST. Their numbers follow each other, but for a few."""
    store.start()
    store.wait_until_ready()
    time.sleep(6)
    begin = time.monotonic()
    store.sim("--stations", str(store.options.stations), "--prefix", "LOAD", "--profile", "0", "--provision-only", timeout=900)
    print(f"stations: {store.options.stations / (time.monotonic() - begin):,.0f}/s over REST", flush=True)
    store.stop()
    store.sql("create table bench_numbers as select min(station_no) as first_no, count(*) from charge_points where id like 'LOAD%'")


def slices(store, what, total, text_of):
    """Runs those that are not there yet; text_of(first, last) inserts rows [first, last)."""
    size = store.options.slice
    done = {int(n) for n in store.sql(f"select n from bench_slices where what = '{what}'").split()}
    rates = []
    for n in range((total + size - 1) // size):
        if n in done or time.monotonic() > store.deadline:
            continue
        first, last = n * size, min(total, (n + 1) * size)
        begin = time.monotonic()
        store.sql(f"begin; {text_of(first, last)}; insert into bench_slices values ('{what}', {n}, 0); commit")
        elapsed = time.monotonic() - begin
        store.sql(f"update bench_slices set ms = {int(1000 * elapsed)} where what = '{what}' and n = {n}")
        rates.append((last - first) / elapsed)
        if n % 10 == 0:
            print(f"{what}: slice {n}, {rates[-1]:,.0f} rows/s", flush=True)
    there = int(store.sql(f"select count(*) from bench_slices where what = '{what}'"))
    if rates:
        tenth = max(1, len(rates) // 10)
        begin, end = (sum(part) / len(part) for part in (rates[:tenth], rates[-tenth:]))
        print(f"{what}: {there} slices of {size:,} are there; first tenth of this run {begin:,.0f} rows/s, last tenth "
              f"{end:,.0f} rows/s", flush=True)
    return there * size


def columns_of(store, table):
    return store.sql(f"select string_agg(attname, ',' order by attnum) from pg_attribute where attrelid = '{table}'::regclass "
                     "and attnum > 0 and not attisdropped").split(",")


def repeated(store, table, template, values, first, last):
    """insert … select: the template's row for each i, with some columns of its own."""
    names = columns_of(store, table)
    cells = ", ".join(values.get(name, f"t.{name}") for name in names)
    return (f"insert into {table} ({', '.join(names)}) select {cells} from {template} t, "
            f"generate_series({first}, {last - 1}) i")


def load_rows(store):
    options = store.options
    now = int(time.time() * 1e6)
    at = f"{now} - 400 * {DAY_US} + i * (399 * {DAY_US} / {max(1, options.transactions)})"
    ulid = f"decode(lpad(to_hex(({at}) / 1000), 12, '0') || lpad(to_hex(i), 20, '0'), 'hex')"
    slices(store, "transactions", options.transactions, lambda first, last: repeated(
        store, "transactions", "bench_transaction",
        {"id": ulid, "station_no": f"{store.first_no()} + (i::bigint * 7919) % {options.stations}", "ocpp_id": "'L' || i",
         "start_key": "null", "token_key": "'token' || (i % 1000)", "started_at": at, "ended_at": f"{at} + 3600000000",
         "received_at": at, "ended_received_at": f"{at} + 3600000000", "meter_from_at": at, "meter_to_at": f"{at} + 3600000000",
         "superseded_by": "null"}, first, last))


def load_samples(store):
    options = store.options
    a_row = float(store.sql("select avg(octet_length(samples)) from bench_samples"))
    samples_a_row = options.samples_per_row
    rows = options.samples // samples_a_row
    begin_us = (int(time.time() * 1e6) // DAY_US - options.days) * DAY_US
    for day in range(options.days + 1):
        number = begin_us // DAY_US + day
        store.sql(f"do $$ begin if to_regclass('meter_values_d{number}') is null then create table meter_values_d{number} "
                  f"partition of meter_values for values from ({number * DAY_US}) to ({(number + 1) * DAY_US}); end if; end $$")
    step = options.days * DAY_US // max(1, rows)
    stored = slices(store, "samples", rows, lambda first, last: (
        "insert into meter_values (station_no, at, evse, hash, transaction_id, received_at, said_id, flags, samples, raw) select "
        f"{store.first_no()} + i % {options.stations}, {begin_us} + i * {step}, 1, substr(sha256(int8send(i)), 1, 12), "
        f"substr(sha256(int8send(i % {options.stations})), 1, 16), {begin_us} + i * {step} + 1000000, s.said_id, s.flags, s.samples, "
        f"s.raw from generate_series({first}::bigint, {last - 1}) i join bench_samples s on s.place = i % 64"))
    size = int(store.sql("select coalesce(sum(pg_total_relation_size(inhrelid)), 0) from pg_inherits where inhparent = "
                         "'meter_values'::regclass"))
    if stored:
        print(f"{stored:,} rows of {samples_a_row} samples ({a_row:.0f} bytes packed): {size / stored:.0f} bytes a row, "
              f"{size / stored / samples_a_row:.1f} bytes a sample, with indexes", flush=True)


def lists(store):
    store.sql("vacuum (analyze) meter_values", timeout=1800)
    store.sql("analyze", timeout=900)
    station = "LOAD000007"
    transaction = store.get("/api/v1/transactions?limit=1")["data"]
    paths = ["/api/v1/stations", f"/api/v1/stations?q=LOAD00001", "/api/v1/transactions", "/api/v1/transactions?state=active",
             "/api/v1/transactions?token=token7", f"/api/v1/stations/{station}/transactions",
             f"/api/v1/stations/{station}/meter-values", "/api/v1/authorizations", f"/api/v1/authorizations?station_id={station}",
             "/api/v1/tokens", "/api/v1/tokens?q=token1", "/api/v1/alerts", "/api/v1/locations", "/api/v1/commands", f"/api/v1/stations/{station}/events"]
    if transaction:
        paths += [f"/api/v1/transactions/{transaction[0]['id']}/meter-values",
                  f"/api/v1/transactions/{transaction[0]['id']}/events"]
    for path in paths:
        times = []
        for _ in range(store.options.requests):
            begin = time.perf_counter()
            try:
                store.get(path)
            except OSError as error:
                times = [f"{error}"]
                break
            times.append(1000 * (time.perf_counter() - begin))
        if isinstance(times[0], str):
            print(f"| {path} | {times[0]} |", flush=True)
            continue
        times.sort()
        print(f"| {path} | p50 {times[len(times) // 2]:.1f} ms | p99 {times[int(len(times) * 0.99)]:.1f} ms |", flush=True)


def retention(store):
    """The oldest day, as the keeper drops it."""
    oldest = store.sql("select min(c.relname) from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = "
                       "'meter_values'::regclass and c.relname like 'meter_values_d%' and c.reltuples > 0")
    if not oldest:
        return
    rows = store.sql(f"select count(*) from {oldest}")
    begin = time.monotonic()
    store.sql(f"drop table {oldest}")
    print(f"a day of {int(rows):,} rows dropped in {time.monotonic() - begin:.3f} s", flush=True)


def cold_start(store):
    counts = store.sql("select (select count(*) from charge_points), (select count(*) from transactions)")
    store.broker()
    began = time.monotonic()
    store.start()
    store.wait_until_ready()
    ready = time.monotonic() - began
    store.sim("--stations", "1", "--prefix", "COLD", "--profile", "0", "--mix", "none", "--duration", "1", "--connect-rate",
              "1000", timeout=60)
    first = store.sql("select coalesce(min(connected_at), 0) - extract(epoch from clock_timestamp()) * 0 from station_state s join "
                      "charge_points p using (station_no) where p.id like 'COLD%'")
    accepted = float(first or 0) / 1e6 - (time.time() - (time.monotonic() - began))
    print(f"cold start over {counts} stations and transactions: ready after {ready:.1f} s, first station accepted after "
          f"{accepted:.1f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", required=True)
    parser.add_argument("--binary", default=str(ROOT / "build/release/ohmstead"))
    parser.add_argument("--samples", type=int, default=10_000_000)
    parser.add_argument("--samples-per-row", type=int, default=1, help="as many as the rows that are repeated have")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--stations", type=int, default=100_000)
    parser.add_argument("--transactions", type=int, default=1_000_000)
    parser.add_argument("--slice", type=int, default=250_000)
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=60, help="no slice begins later")
    parser.add_argument("--skip", default="")
    options = parser.parse_args()
    skipped = set(options.skip.split(","))
    with Store(options) as store:
        store.deadline = time.monotonic() + 60 * options.minutes
        if store.sql("select to_regclass('bench_slices') is null") == "t":
            make_samples_of_our_own(store)
        if "rows" not in skipped:
            load_rows(store)
        if "samples" not in skipped:
            load_samples(store)
        if "cold" not in skipped:
            cold_start(store)
        if "lists" not in skipped:
            if not store.processes:
                store.start()
                store.wait_until_ready()
            lists(store)
        if "retention" not in skipped:
            retention(store)


if __name__ == "__main__":
    main()
