"""PostgreSQL, RabbitMQ, an api and workers of one's own on loopback, and what each of them uses. For the benches."""
import concurrent.futures
import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
KEY = "bench-key"


def free_ports(count):
    """All different: each stays bound until all are known. Below the range that the kernel gives to clients."""
    first = 10000 + os.getpid() * 97 % 15000
    ports = []
    with contextlib.ExitStack() as stack:
        for port in range(first, 32000):
            s = stack.enter_context(socket.socket())
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
            ports.append(port)
            if len(ports) == count:
                return ports
    raise SystemExit("there are not enough free ports")


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else None


def stat_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None


def cpu_s(pids):
    """User and system seconds of processes, those of ended children not included."""
    user = system = 0
    for pid in pids:
        fields = stat_of(pid)
        if fields:
            user, system = user + int(fields[11]), system + int(fields[12])
    return user / TICKS_PER_S, system / TICKS_PER_S


def stolen_s():
    """What this machine's processors wanted and its host gave to others, since it began."""
    return int(pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[8]) / TICKS_PER_S


def rss_bytes(pids):
    total = 0
    for pid in pids:
        try:
            total += int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
        except OSError:
            pass
    return total


def pss_bytes(pids):
    """Of pages that several processes share, each has its part: right for PostgreSQL."""
    total = 0
    for pid in pids:
        try:
            text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += 1024 * int(re.search(r"^Pss:\s+(\d+)", text, re.M).group(1))
    return total


def memory_info():
    text = pathlib.Path("/proc/meminfo").read_text()
    return {name: int(kib) * 1024 for name, kib in re.findall(r"^(\w+):\s+(\d+) kB", text, re.M)}


def descendants(pattern):
    """Processes whose command line matches, and all below them; never this program."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        fields = stat_of(entry.name) if entry.name.isdigit() else None
        if not fields:
            continue
        try:
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        found.append((int(entry.name), int(fields[1]), words))
    pids = {pid for pid, _, words in found if re.search(pattern, words) and "python" not in words}
    grown = True
    while grown:
        more = {pid for pid, parent, _ in found if parent in pids} - pids
        pids |= more
        grown = bool(more)
    return pids


def machine():
    def first(path, pattern, otherwise="?"):
        try:
            found = re.search(pattern, pathlib.Path(path).read_text(), re.M)
        except OSError:
            return otherwise
        return found.group(1).strip() if found else otherwise

    def sysctl(name):
        return " ".join(first("/proc/sys/" + name.replace(".", "/"), r"(.*)").split())

    import resource
    return {"date": time.strftime("%Y-%m-%d"), "cores": os.cpu_count(),
            "cpu": first("/proc/cpuinfo", r"^model name\s*: (.*)$"),
            "memory_gib": round(memory_info()["MemTotal"] / 2**30, 1), "kernel": os.uname().release,
            "files_a_process": resource.getrlimit(resource.RLIMIT_NOFILE)[1],
            **{name: sysctl(name) for name in ("fs.file-max", "net.ipv4.ip_local_port_range", "net.core.somaxconn",
                                               "net.netfilter.nf_conntrack_max", "net.netfilter.nf_conntrack_count")}}


class Lab:
    """with Lab(binary, workers=2) as lab: lab.urls, lab.rest_url, lab.parts(), lab.sim([...])"""

    def __init__(self, binary, workers=2, embedded=False, message_log="errors", environment=None, tls=None,
                 worker_threads=1, apis=1):
        self.binary, self.worker_count, self.embedded, self.tls = binary, workers, embedded, tls
        self.worker_threads, self.api_count = worker_threads, apis
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ohmstead-bench."))
        self.folder.chmod(0o755)
        self.environment = dict(os.environ, OHM_ADMIN_KEY=KEY, OHM_LOG_LEVEL="warn", OHM_BIND_ADDRESS="127.0.0.1",
                                OHM_MESSAGE_LOG=message_log, OHM_DATA_DIR=str(self.folder / "data"), **(environment or {}))
        self.processes, self.services, self.settings = {}, [], {}

    def __enter__(self):
        try:
            return self.begin()
        except BaseException:
            self.__exit__()
            raise

    def begin(self):
        count = self.worker_count
        ports = free_ports(3 * count + self.api_count)
        plain, tls, http = ports[:count], ports[count:2 * count], ports[2 * count:3 * count]
        rests = ports[3 * count:]
        self.rest, self.worker_http = rests[0], http
        self.urls = [f"ws://127.0.0.1:{port}" for port in plain]
        if self.tls:
            self.urls = [f"wss://127.0.0.1:{port}" for port in tls]
            self.environment.update(self.tls)
        if self.embedded:
            self.start("ohmstead", "all", WS_SERVER_PORT=plain[0], OHM_TLS_PORT=tls[0], HTTP_SERVER_PORT=self.rest)
            self.urls = self.urls[:1]
        else:
            self.start_services()
            for i, port in enumerate(rests):
                self.start(f"api{i + 1}" if i else "api", "api", HTTP_SERVER_PORT=port)
            self.wait_until(f"http://127.0.0.1:{self.rest}/readyz", 60)
            for i in range(count):
                self.start(f"worker{i + 1}", "worker", WS_SERVER_PORT=plain[i], OHM_TLS_PORT=tls[i],
                           OHM_WORKER_HTTP_PORT=http[i], OHM_WORKER_ID=f"bench-{i + 1}",
                           OHM_WORKER_THREADS=self.worker_threads)
        ready = [f"http://127.0.0.1:{port}/readyz" for port in ([self.rest] if self.embedded else rests + http)]
        for url in ready:
            self.wait_until(url, 60)
        time.sleep(1)
        return self

    def __exit__(self, *_):
        for name, process in self.processes.items():
            process.send_signal(signal.SIGKILL if name.startswith("worker") else signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
        for script, folder in reversed(self.services):
            subprocess.run(["sh", script, "stop", folder], check=False, stdout=subprocess.DEVNULL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start_services(self):
        # As docs/OPERATIONS.md has it for a machine of its own; fsync and synchronous_commit stay on.
        os.environ.setdefault("POSTGRES_OPTIONS", "-c shared_buffers=1GB -c min_wal_size=4GB -c max_wal_size=8GB")

        def start(name):
            script, folder = str(ROOT / f"tests/lab/{name}.sh"), str(self.folder / name)
            self.services.append((script, folder))
            started = subprocess.run(["sh", script, "start", folder], stdout=subprocess.PIPE, text=True)
            if started.returncode != 0:
                raise SystemExit(f"{name} does not start; what it said stands above")
            return started.stdout.split()[-1]

        with concurrent.futures.ThreadPoolExecutor() as pool:
            postgres, rabbitmq = pool.map(start, ("postgres", "rabbitmq"))
        self.environment.update(DB_HOST="127.0.0.1", DB_PORT=postgres, DB_USER="ohm", DB_PASSWORD="ohm", DB_NAME="ohm",
                                RABBITMQ_HOST="127.0.0.1", RABBITMQ_PORT=rabbitmq)

    def start(self, name, role, **settings):
        self.settings[name] = (role, settings)
        with open(self.folder / f"{name}.log", "w") as log:
            environment = dict(self.environment, **{key: str(value) for key, value in settings.items()})
            self.processes[name] = subprocess.Popen([self.binary, role], env=environment, stderr=log, stdout=log)

    def restart(self, name):
        """A fresh process: what an earlier stage made it allocate is gone."""
        self.processes[name].terminate()
        self.processes[name].wait(60)
        role, settings = self.settings[name]
        self.start(name, role, **settings)
        for port in [self.rest, *self.worker_http]:
            self.wait_until(f"http://127.0.0.1:{port}/readyz", 90)

    def wait_until(self, url, seconds):
        for _ in range(seconds * 5):
            try:
                with urllib.request.urlopen(url, timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                pass
            time.sleep(0.2)
        raise SystemExit(f"{url} did not become ready\n{self.last_words()}")

    def last_words(self):
        lines = []
        for name in self.processes:
            text = (self.folder / f"{name}.log").read_text(errors="replace").splitlines()
            lines += [f"{name}: {line}" for line in text[-3:]]
        return "\n".join(lines[-40:])

    @property
    def rest_url(self):
        return f"http://127.0.0.1:{self.rest}"

    def parts(self):
        """Part to process ids; all workers are one part."""
        parts = {}
        for name, process in self.processes.items():
            parts.setdefault(re.sub(r"\d+$", "", name), set()).add(process.pid)
        if not self.embedded:
            parts["postgres"] = descendants(re.escape(str(self.folder / "postgres")))
            parts["rabbitmq"] = descendants("beam.smp.*" + re.escape(str(self.folder / "rabbitmq")))
        return parts

    def cpu(self):
        return {name: cpu_s(pids) for name, pids in self.parts().items()}

    def used_s(self):
        """CPU seconds of each part, user and system together."""
        return {name: sum(used) for name, used in self.cpu().items()}

    def memory(self):
        parts = self.parts()
        return {name: pss_bytes(pids) if name == "postgres" else rss_bytes(pids) for name, pids in parts.items()}

    def sim_words(self, *words):
        return [self.binary, "sim", "--url", ",".join(self.urls), "--rest", self.rest_url, "--key", KEY,
                *(["--tls-ca", "-"] if self.tls else []), *map(str, words)]

    def sim(self, *words, **options):
        """Runs `ohmstead sim` to its end; its report."""
        done = subprocess.run(self.sim_words(*words, "--json"), capture_output=True, text=True, **options)
        if not done.stdout.strip().startswith("{"):
            raise SystemExit(f"ohmstead sim: {done.stderr[-2000:]}\n{self.last_words()}")
        return json.loads(done.stdout)

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.rest, timeout=60)

    def ask(self, method, path, body=None, headers=None, connection=None):
        connection = connection or self.connection()
        connection.request(method, path, None if body is None else json.dumps(body),
                           {"authorization": f"Bearer {KEY}", "content-type": "application/json", **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.read()

    def worker_samples(self, index):
        """Of a worker's /metrics: name and labels, without the worker's own, to the value."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.worker_http[index]}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        return {re.sub(r'worker="[^"]*",?', "", line.rsplit(" ", 1)[0]): float(line.rsplit(" ", 1)[1])
                for line in lines if line and not line.startswith("#")}

    def keep_wal(self, files=192):
        """As after a day of work: PostgreSQL has files of its log to use again. A new database writes and syncs 16 MiB of
        zeros each time one is full, which a commit then waits for."""
        self.sql(f"do $$ begin for i in 1..{files} loop perform pg_logical_emit_message(false, '', repeat(' ', 16000000)); end loop; end $$")
        self.sql("checkpoint")

    def sql(self, statement):
        """Rows of text, of the database that the api writes."""
        if self.embedded:
            import sqlite3
            file = next(iter((self.folder / "data").glob("*.db")))
            with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
                return [[str(value) for value in row] for row in database.execute(statement)]
        out = subprocess.run(["psql", "-h", "127.0.0.1", "-p", self.environment["DB_PORT"], "-U", "ohm", "-d", "ohm", "-qtAF\t",
                              "-c", statement], env=dict(os.environ, PGPASSWORD="ohm"), capture_output=True, text=True, check=True)
        return [line.split("\t") for line in out.stdout.splitlines()]

