"""What the benches share: h2load (Debian's nghttp2-client), nginx, and processes that are gone afterwards."""

import contextlib
import pathlib
import re
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))
from whole import PROGRAMS, Anju, free_ports  # noqa: E402

GRPC_HEADERS = ("content-type: application/grpc", "te: trailers")


def frame(message):
    """A message as gRPC sends it."""
    return b"\0" + struct.pack(">I", len(message)) + message


def field(number, text):
    """A short string field of a protobuf message."""
    return bytes([number << 3 | 2, len(text)]) + text.encode()


class Answers:
    """What h2load saw: answers a second, bytes of one, and how long each took in microseconds."""

    def __init__(self, rate, size, times):
        self.rate, self.size, self.times = rate, size, times


def load(url, token=None, body=None, headers=(), requests=30_000, clients=4, streams=10, http1=False):
    with tempfile.NamedTemporaryFile() as log:
        command = ["h2load", "-n", str(requests), "-c", str(clients), "-m", str(1 if http1 else streams), f"--log-file={log.name}"]
        command += ["--h1"] if http1 else []
        command += ["-d", body] if body else []
        for header in (*headers, *([f"authorization: Bearer {token}"] if token else [])):
            command += ["-H", header]
        done = subprocess.run([*command, url], capture_output=True, text=True, check=True, timeout=600)
        times = sorted(int(line.split()[2]) for line in log.read().decode().splitlines())
    answered = int(re.search(r"status codes: (\d+) 2xx", done.stdout).group(1))
    if answered != requests:
        raise AssertionError(f"{requests - answered} of {requests} were not answered:\n{done.stdout}")
    size = int(re.search(r"\((\d+)\) data", done.stdout).group(1)) / requests
    return Answers(float(re.search(r"finished in .*?, ([\d.]+) req/s", done.stdout).group(1)), size, times)


def grpc(port, method, body, token=None, **more):
    return load(f"http://127.0.0.1:{port}{method}", token=token, body=body, headers=GRPC_HEADERS, **more)


def in_turn(rounds, **contestants):
    """Lets each run once a round and answers the medians of their rates."""
    rates = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            rates[name].append(run().rate)
    return {name: statistics.median(seen) for name, seen in rates.items()}


def wait_for(port):
    deadline = time.monotonic() + 30
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if time.monotonic() > deadline:
            raise AssertionError(f"nothing listens on {port}")
        time.sleep(0.05)


class Bench(contextlib.ExitStack):
    """A folder and processes that are gone when the bench ends."""

    def __init__(self):
        super().__init__()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="anju-bench-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.callback(shutil.rmtree, self.folder, ignore_errors=True)

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def start(self, *command, ports=(), **more):
        process = subprocess.Popen([str(word) for word in command], **more)
        self.callback(process.wait)
        self.callback(process.terminate)
        for port in ports:
            wait_for(port)
        return process

    def anju(self):
        """A whole anju without data; the bench is one caller and more than one caller may ask for."""
        whole = Anju()
        whole.environment.update(ANJU_CALLER_RATE="1e9", ANJU_CALLER_BURST="1e9")
        self.callback(whole.remove)
        whole.up(demo=False)
        return whole

    def echo(self, payload):
        """A bare gRPC server that answers these bytes to everything; answers its port."""
        (port,) = free_ports(1)
        self.start(PROGRAMS / "echo_server", f"127.0.0.1:{port}", self.file("payload", payload), ports=[port])
        return port

    def nginx(self, name, servers, ports, workers="auto"):
        """nginx with these server blocks."""
        home = self.folder / name
        home.mkdir()
        temporary = "\n".join(f"{kind}_temp_path {home}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        configuration = self.file(f"{name}.conf", f"""
            daemon off; pid {home}/pid; error_log {home}/error.log; worker_processes {workers};
            events {{ worker_connections 4096; }}
            http {{ access_log off; keepalive_requests 100000000; http2_max_concurrent_streams 1000; {temporary}
                   default_type application/json; {servers} }}""")
        self.start("nginx", "-c", configuration, "-e", home / "error.log", ports=ports)
