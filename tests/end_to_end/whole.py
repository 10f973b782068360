"""A whole anju for a test: started by deploy/up on free ports, in a folder of its own. Its programs are those in build/default/bin, or in
the folder that ANJU_PROGRAMS names: with build/asan/bin every test here also finds what AddressSanitizer finds."""

import contextlib
import datetime
import json
import os
import pathlib
import random
import re
import shutil
import socket
import sqlite3
import struct
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(os.environ.get("ANJU_PROGRAMS", ROOT / "build/default/bin")).resolve()
PROTOSET = PROGRAMS.parent / "anju.protoset"
# Gives the processes that load it another time of day; see tests/support/travel.c.
TRAVEL = ROOT / "build/default/lib/libtravel.so"
SERVICES = ("registry", "relocation", "microcredit", "workshops", "channels")

# What a sanitizer says in the log of a program.
FOUND = re.compile(r"ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|: runtime error: ")


def is_sanitized():
    """Whether the programs are built with a sanitizer: how long they take and what they hold says nothing then."""
    needed = subprocess.run(["readelf", "-d", PROGRAMS / "gateway"], capture_output=True, text=True, check=True).stdout
    return re.search(r"\[lib[at]san\.", needed) is not None


def check_logs(folder):
    """Fails if a sanitizer said something in a log of this folder."""
    logs = {path.name: path.read_text(errors="replace") for path in pathlib.Path(folder).glob("*.log")}
    found = {name: log[match.start():][:6000] for name, log in logs.items() if (match := FOUND.search(log))}
    if found:
        raise AssertionError("\n".join(f"{name}: {log}" for name, log in found.items()))


def free_ports(count):
    """Below those that outgoing connections are given, so that a process that is killed finds its port again."""
    held = []
    for port in random.sample(range(10_000, 32_000), 1000):
        listener = socket.socket()
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            listener.close()
            continue
        held.append(listener)
        if len(held) == count:
            break
    ports = [listener.getsockname()[1] for listener in held]
    for listener in held:
        listener.close()
    return ports


class Authority:
    """A CA of a test, as a county would have one, and what it signs."""

    def __init__(self, folder):
        self.folder, self.ca = pathlib.Path(folder), pathlib.Path(folder) / "ca.pem"
        self.request("ca")

    def certify(self, name):
        """The files with a certificate for localhost and with its key."""
        self.request(name, "-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "basicConstraints=critical,CA:FALSE",
                     "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost")
        return self.folder / f"{name}.pem", self.folder / f"{name}.key"

    def request(self, name, *words):
        subprocess.run(["openssl", "req", "-x509", "-days", "1", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                        "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem", *words],
                       cwd=self.folder, check=True, capture_output=True)


class Anju:
    def __init__(self, engine="sqlite", begins=None):
        """With `begins`, a day: all its processes believe that it is that day, and `travel` takes them on."""
        self.engine = engine
        self.environment = dict(os.environ)
        self.data = pathlib.Path(tempfile.mkdtemp(prefix="anju-e2e-", dir="/tmp"))
        self.data.chmod(0o755)
        # What programs keep for their user: other tests had other logs behind the same ports.
        self.environment["XDG_STATE_HOME"] = str(self.data / "state")
        self.http, self.grpc = free_ports(2)
        self.clock = self.data / "clock"
        if begins is not None:
            ten_in_china = datetime.datetime.fromisoformat(begins + "T10:00:00+08:00")
            self.set_clock(int(ten_in_china.timestamp() - time.time()))
            self.environment.update(LD_PRELOAD=str(TRAVEL), ANJU_TRAVEL=str(self.clock))

    def set_clock(self, ahead_s):
        self.ahead_s = ahead_s
        with open(self.clock, "r+b" if self.clock.exists() else "wb") as clock:
            clock.write(struct.pack("=q", ahead_s))

    def travel(self, days):
        """Some days later; answers once everything has got over the jump."""
        self.set_clock(self.ahead_s + days * 86_400)
        # Processes look at the clock every two seconds, and count by their stop-watches in between.
        time.sleep(3)
        deadline = time.monotonic() + 60
        token = self.long_token("reader", "45")
        while self.ctl(token, "health", check=False).returncode != 0:
            if time.monotonic() > deadline:
                raise AssertionError("anju has not got over a jump of its clock")
            time.sleep(0.2)

    def up(self, demo, *options):
        command = [ROOT / "deploy/up", "--detach", "--programs", PROGRAMS, "--data", self.data]
        command += ["--http-port", str(self.http), "--grpc-port", str(self.grpc), "--database", self.engine, *options]
        done = subprocess.run(command + ([] if demo else ["--no-demo"]), capture_output=True, text=True, timeout=900, env=self.environment)
        if done.returncode != 0:
            raise AssertionError(f"deploy/up failed:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}\n{self.faults()}")
        return done.stdout

    def faults(self):
        """The last lines of the logs that tell of something broken, as the folder is gone when somebody reads of it."""
        lines = [f"{log.name}: {line}" for log in sorted((self.data / "logs").glob("*.log")) for line in log.read_text(errors="replace").splitlines()
                 if re.search(r'"level":"(error|critical)"|"code":"INTERNAL"|FATAL|PANIC|ERROR:  (?!could not serialize)', line)]
        return "\n".join(lines[-20:])

    def down(self):
        subprocess.run([ROOT / "deploy/down", "--data", self.data], capture_output=True, check=False, timeout=120)

    def remove(self):
        self.down()
        try:
            check_logs(self.data / "logs")
        finally:
            shutil.rmtree(self.data, ignore_errors=True)

    def pid(self, name):
        """Of the program of that name; None when it has ended and not begun again: its number may be another process by now."""
        number = (self.data / f"run/{name}.pid").read_text().strip()
        try:
            return int(number) if os.readlink(f"/proc/{number}/exe") == str(PROGRAMS / name) else None
        except OSError:
            return None

    def token_file(self, name):
        return self.data / "tokens" / f"{name}.jwt"

    def new_token(self, role, division, made="now"):
        """Signs one for an hour with the keys of this anju, as if it had been `made` then; answers the file that holds it."""
        name = f"{role}-{division}-{made}".replace("*", "all").replace(" ", "-")
        done = subprocess.run(
            ["faketime", made, PROGRAMS / "anjuctl", "token", "make", "--keys", self.data / "keys", "--role", role,
             "--division", division, "--subject", name, "--hours", "1"], capture_output=True, text=True, check=True, timeout=30)
        path = self.data / f"{name}.jwt"
        path.write_text(done.stdout)
        return path

    def long_token(self, role, division):
        """Good for a year, for who travels; answers the file that holds it."""
        done = subprocess.run(
            [PROGRAMS / "anjuctl", "token", "make", "--keys", self.data / "keys", "--role", role, "--division", division,
             "--subject", f"{role}-{division}", "--hours", str(24 * 366)],
            capture_output=True, text=True, check=True, timeout=30, env=self.environment)
        path = self.data / f"{role}-{division}-long.jwt"
        path.write_text(done.stdout)
        return path

    def command(self, token, *words):
        return [PROGRAMS / "anjuctl", "--gateway", f"127.0.0.1:{self.grpc}", "--token-file", token, "--output", "json", *words]

    def ctl(self, token, *words, check=True):
        """Runs anjuctl and answers what it printed as JSON; the CompletedProcess itself when `check` is off."""
        done = subprocess.run(self.command(token, *words), capture_output=True, text=True, timeout=300, env=self.environment)
        if not check:
            return done
        if done.returncode != 0:
            raise AssertionError(f"anjuctl {words}: {done.stdout[-2000:]} {done.stderr[-2000:]}")
        return json.loads(done.stdout)

    def imports(self, plan_folder, step, token=None):
        return self.ctl(
            token or self.token_file(f"officer-{step['file'].split('/')[0]}"),
            "import", step["service"], step["method"], plan_folder / step["file"],
            "--division", step["division"], "--source", step["source"])

    def get(self, path, token, **headers):
        """The HTTP status and the JSON that came with it."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.http}{path}",
                                         headers={name.replace("_", "-"): value for name, value in headers.items()})
        if token is not None:
            text = token.read_text() if isinstance(token, pathlib.Path) else token
            request.add_header("Authorization", "Bearer " + text.strip())
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    @staticmethod
    def settle():
        """Answers may be a second old; afterwards they tell of everything that was committed before."""
        time.sleep(1.5)

    def overview(self, division, month, token=None):
        status, answer = self.get(f"/v1/overview?division={division}&month={month}",
                                  token or self.token_file("province-" + division[:2]))
        if status != 200:
            raise AssertionError(f"overview of {division}: {status} {answer}")
        return answer

    def figures(self, division, month, token=None):
        """The overview as {indicator: value}."""
        return {figure["id"]: figure.get("value") for figure in self.overview(division, month, token)["indicators"]}

    def alter(self, service, *statements):
        """Writes to a service's database behind its back, as somebody would who has got hold of it."""
        if self.engine == "sqlite":
            with contextlib.closing(sqlite3.connect(self.data / f"sqlite/{service}.db", timeout=30)) as database:
                for statement in statements:
                    database.execute(statement)
                database.commit()
            return
        sockets = (self.data / "run/sockets").read_text().strip()
        words = [word for statement in statements for word in ("-c", statement)]
        subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", sockets, "-U", "anju", "-d", f"anju_{service}", *words],
                       capture_output=True, check=True, timeout=60)

    def redis_port(self):
        return (self.data / "run/port.redis").read_text().strip()


def reason(answer):
    """The reason of a google.rpc.Status in JSON."""
    for detail in answer.get("details", answer.get("error", {}).get("details", [])):
        if "reason" in detail:
            return detail["reason"]
    return None
