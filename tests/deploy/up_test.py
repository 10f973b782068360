#!/usr/bin/env python3
"""deploy/up, deploy/down and deploy/supervise with fake programs: a real Redis, a real PostgreSQL, and no build."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = ("registry", "relocation", "microcredit", "workshops", "channels", "gateway", "anjuctl")
LIMIT_S = 60


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(condition, what: str) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {LIMIT_S} s: {what}")
        time.sleep(0.05)


def ended(pid: int) -> bool:
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


class UpTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="anju-up.", dir="/tmp"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        # PostgreSQL's user must be able to pass through.
        self.folder.chmod(0o755)
        self.programs = self.folder / "programs"
        self.programs.mkdir()
        for name in PROGRAMS:
            shutil.copy(ROOT / "tests/deploy/fake_program", self.programs / name)
        self.data = self.folder / "data of anju"
        self.ports = [f"--http-port={free_port()}", f"--grpc-port={free_port()}"]
        self.started = []
        self.addCleanup(self.down)
        self.addCleanup(self.end_started)

    def end_started(self):
        (self.folder / "held").unlink(missing_ok=True)
        for process, out in self.started:
            out.close()
            if process.poll() is None:
                process.kill()
                process.wait()

    def said(self, process) -> str:
        return next((self.folder / f"said.{n}").read_text(encoding="utf-8") for n, (one, _) in enumerate(self.started) if one is process)

    def command(self, *options) -> list:
        return [ROOT / "deploy/up", "--programs", self.programs, "--data", self.data, "--no-demo", *self.ports, *options]

    def up(self, *options, **environment) -> subprocess.CompletedProcess:
        return subprocess.run(self.command(*options), capture_output=True, text=True, timeout=LIMIT_S, check=False,
                              env={**os.environ, **environment})

    def down(self) -> subprocess.CompletedProcess:
        return subprocess.run([ROOT / "deploy/down", "--data", self.data], capture_output=True, text=True, timeout=LIMIT_S,
                              check=True)

    def pid(self, name: str) -> int:
        return int((self.data / f"run/{name}.pid").read_text(encoding="utf-8"))

    def pids(self) -> list:
        return [int(path.read_text(encoding="utf-8")) for path in (self.data / "run").glob("*.pid")]

    def log(self, name: str) -> str:
        return (self.data / f"logs/{name}.log").read_text(encoding="utf-8")

    def test_starts_all_says_where_and_stops_all(self):
        started = self.up("--detach")
        self.assertEqual(started.returncode, 0, started.stderr)
        self.assertIn(self.ports[0].split("=")[1], started.stdout)
        self.assertIn("/v1/overview?division=450328&month=2018-10", started.stdout)
        pids = self.pids()
        self.assertEqual(len(pids), 8, "redis, five services, the gateway and their supervisor")

        again = self.up("--detach")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertIn("already running", again.stdout)
        self.assertEqual(self.pids(), pids)

        self.assertIn("stopped", self.down().stdout)
        # The supervisor lets go of its lock a moment before it has ended.
        for pid in pids:
            wait_until(lambda pid=pid: ended(pid), f"{pid} has ended")
        self.assertIn("not running", self.down().stdout)

    def start(self, *options, demo=False, **environment) -> subprocess.Popen:
        """deploy/up as from a terminal of its own; what it says is read by `said`."""
        command = [word for word in self.command(*options) if not demo or word != "--no-demo"]
        out = open(self.folder / f"said.{len(self.started)}", "w+", encoding="utf-8")
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
                                   env={**os.environ, "FAKE_CALLS": str(self.folder / "calls"), **environment})
        self.started.append((process, out))
        return process

    def test_a_second_up_waits_until_the_first_is_healthy(self):
        held = self.folder / "held"
        held.touch()
        first = self.start("--detach", FAKE_HELD=str(held))
        wait_until(lambda: (self.data / "run/gateway.pid").exists(), "the first has started everything")
        second = self.start("--detach")
        wait_until(lambda: "waiting for it" in self.said(second), "the second sees the first")
        self.assertIsNone(second.poll())
        held.unlink()
        self.assertEqual([process.wait(LIMIT_S) for process in (first, second)], [0, 0], self.said(second))
        self.assertIn("already running", self.said(second))
        self.assertIn("anju is up", self.said(second))
        self.assertEqual(len(self.pids()), 8)

    def test_a_second_up_goes_on_where_a_first_was_killed(self):
        held = self.folder / "held"
        held.touch()
        first = self.start("--detach", FAKE_HELD=str(held))
        wait_until(lambda: (self.data / "run/gateway.pid").exists(), "the first has started everything")
        first.kill()
        held.unlink()
        second = self.start("--detach")
        self.assertEqual(second.wait(LIMIT_S), 0, self.said(second))
        # Else the supervisor would take the next end of a process for a failed start.
        self.assertTrue((self.data / "run/ready").exists())

    def test_a_second_up_loads_the_demo_that_the_first_left_out(self):
        self.assertEqual(self.up("--detach").returncode, 0)
        pids = self.pids()
        (self.folder / "held").touch()
        second = self.start(demo=True, FAKE_HELD=str(self.folder / "held"))
        wait_until(lambda: (self.folder / "calls").exists(), "the demo is being loaded")
        # Ctrl-C ends the loading, and not what another deploy/up has started.
        os.killpg(second.pid, signal.SIGINT)
        self.assertEqual(second.wait(LIMIT_S), 0)
        self.assertIn("goes on running", self.said(second))
        self.assertNotIn("Traceback", self.said(second))
        self.assertEqual(self.pids(), pids)
        self.assertFalse(any(map(ended, pids)))

    def test_a_running_folder_is_what_it_was_started_as(self):
        self.assertEqual(self.up("--detach").returncode, 0)
        ports, self.ports = self.ports, []
        other = free_port()
        for options, why in ((["--http-port", str(other)], f"with {ports[0].split('=')[1]} for --http-port, not {other}"),
                             (["--grpc-port", str(other)], f"with {ports[1].split('=')[1]} for --grpc-port, not {other}"),
                             (["--edge"], "without --edge"), (["--database", "postgresql"], "was made with --database sqlite")):
            refused = self.up("--detach", *options)
            self.assertEqual(refused.returncode, 1, options)
            self.assertIn(why, refused.stderr)
        self.assertEqual(self.up("--detach", *ports, "--database", "sqlite").returncode, 0)
        self.down()
        port = free_port()
        self.assertEqual(self.up("--detach", "--edge", f"--edge-port={port}").returncode, 0)
        self.assertIn("--edge-port, not", self.up("--detach", "--edge", f"--edge-port={other}").stderr)
        self.assertIn(f"https://127.0.0.1:{port}", self.up("--detach").stdout)

    def test_what_it_prints_can_be_given_to_a_shell(self):
        for name in ("data", "it's $HOME"):
            self.data = self.folder / name
            self.addCleanup(self.down)
            said = self.up("--detach").stdout
            if name == "data":
                self.assertNotIn("\\", said.replace("\\\n", ""), "an ordinary path is printed as it is")
            commands = re.findall(r"^ +((?:curl|/).*(?:\\\n.*)?)$", said, re.M)
            self.assertEqual(len(commands), 3, said)
            words = [subprocess.run(["bash", "-euc", f"show() {{ printf '%s\\n' \"$@\"; }}; show {command}"], capture_output=True, text=True,
                                    check=True).stdout.splitlines() for command in commands]
            self.assertIn("Authorization: Bearer token officer-450328 officer 450328", words[0])
            self.assertIn(str(self.data / "tokens/officer-450328.jwt"), words[1])
            self.assertEqual(words[2], [str(ROOT / "deploy/demo/check"), "--data", str(self.data)])
            stop = re.search(r"^stop it with: (.*)$", said, re.M)[1]
            self.assertIn("stopped", subprocess.run(["bash", "-euc", stop], cwd="/", capture_output=True, text=True, check=True).stdout)

    def test_an_edge_has_tls_and_is_stopped_with_the_others(self):
        port = free_port()
        started = self.up("--detach", "--edge", f"--edge-port={port}")
        self.assertEqual(started.returncode, 0, started.stderr)
        self.assertIn(f"https://127.0.0.1:{port}", started.stdout)
        context = ssl.create_default_context(cafile=self.data / "keys/edge-ca.pem")
        with context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="localhost") as connection:
            self.assertIn(connection.version(), ("TLSv1.2", "TLSv1.3"))
        certificate = (self.data / "keys/edge.pem").read_bytes()
        edge = self.pid("edge")
        self.assertIn("--edge=127.0.0.1", self.log("gateway"))
        self.down()
        wait_until(lambda: ended(edge), "the edge has ended")
        # Without --edge there is none, and the certificate stays for the next time.
        self.assertEqual(self.up("--detach").returncode, 0)
        self.assertFalse((self.data / "run/edge.pid").exists())
        self.assertNotIn("--edge", (self.data / "run/processes").read_text(encoding="utf-8"))
        self.down()
        self.assertEqual(self.up("--detach", "--edge").returncode, 0)
        self.assertEqual((self.data / "keys/edge.pem").read_bytes(), certificate)

    def test_beyond_loopback_only_the_edge_listens(self):
        for options, why in (
            (["--edge-address=0.0.0.0"], "--edge-… needs --edge"),
            (["--edge", "--edge-address=example.org"], "is an address such as"),
            (["--http-port=0.0.0.0:8080"], "is a number from 1 to 65535"),
            (["--edge", f"--edge-cert={__file__}"], "go together"),
        ):
            refused = self.up("--detach", *options)
            self.assertEqual(refused.returncode, 1, options)
            self.assertIn(why, refused.stderr)

    def test_tokens_are_for_their_owner_only(self):
        self.assertEqual(self.up("--detach").returncode, 0)
        tokens = {path.name: path for path in (self.data / "tokens").iterdir()}
        for name in ("province-45", "province-36", "officer-450328", "approver-360731", "auditor-45", "service-gateway"):
            self.assertEqual(stat.S_IMODE(tokens[f"{name}.jwt"].stat().st_mode), 0o600, name)
        self.assertEqual(tokens["officer-450328.jwt"].read_text(encoding="utf-8"), "token officer-450328 officer 450328\n")
        self.assertEqual(tokens["service-gateway.jwt"].read_text(encoding="utf-8"), "token service-gateway service *\n")

    def test_a_second_run_keeps_ports_and_keys(self):
        self.assertEqual(self.up("--detach").returncode, 0)
        first = (self.data / "run/processes").read_text(encoding="utf-8")
        self.down()
        self.ports = []
        self.assertEqual(self.up("--detach").returncode, 0)
        self.assertEqual((self.data / "run/processes").read_text(encoding="utf-8"), first)

    def test_an_inner_port_that_is_taken_is_replaced_everywhere(self):
        self.assertEqual(self.up("--detach").returncode, 0)
        self.down()
        taken = (self.data / "run/port.registry").read_text(encoding="utf-8").strip()
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", int(taken)))
            listener.listen()
            self.assertEqual(self.up("--detach").returncode, 0)
        processes = (self.data / "run/processes").read_text(encoding="utf-8")
        self.assertNotRegex(processes, rf":{taken}\b")

    def test_a_taken_gateway_port_is_refused(self):
        port = self.ports[0].split("=")[1]
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", int(port)))
            listener.listen()
            refused = self.up("--detach")
        self.assertEqual(refused.returncode, 1)
        self.assertIn(f"port {port} is taken", refused.stderr)

    def test_a_service_that_ends_while_starting_fails_the_start_with_its_last_lines(self):
        for options in ((), ("--detach",)):
            failed = self.up(*options, FAKE_BROKEN="workshops")
            self.assertEqual(failed.returncode, 1)
            self.assertIn("workshops cannot read its database", failed.stdout + failed.stderr)
            self.assertEqual(self.pids(), [])

    def test_a_process_that_dies_later_is_started_again(self):
        self.assertEqual(self.up("--detach").returncode, 0)
        for name in ("microcredit", "redis"):
            killed = self.pid(name)
            os.kill(killed, signal.SIGKILL)
            wait_until(lambda: self.pid(name) != killed and not ended(self.pid(name)), f"{name} is back")
        self.assertIn("microcredit ended with status 137", self.log("supervise"))

    def test_processes_that_die_while_another_is_started_are_started_again_too(self):
        self.assertEqual(self.up("--detach").returncode, 0)
        before = {name: self.pid(name) for name in ("registry", "workshops", "gateway")}
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)
        for name, pid in before.items():
            wait_until(lambda name=name, pid=pid: self.pid(name) != pid and not ended(self.pid(name)), f"{name} is back")

    def test_when_the_supervisor_is_killed_nothing_is_left_and_the_next_start_works(self):
        self.assertEqual(self.up("--detach").returncode, 0)
        pids = self.pids()
        os.kill(self.pid("supervise"), signal.SIGKILL)
        wait_until(lambda: all(map(ended, pids)), "every process has followed")
        self.assertEqual(self.up("--detach").returncode, 0)

    def test_postgresql_comes_back_after_the_supervisor_was_killed(self):
        self.data = self.folder / "data"
        self.assertEqual((started := self.up("--detach", "--database", "postgresql")).returncode, 0, started.stderr)
        self.assertIn(f"host={self.data}/postgresql ", self.log("registry"))
        os.kill(self.pid("supervise"), signal.SIGKILL)
        again = self.up("--detach")
        self.assertEqual(again.returncode, 0, again.stderr)

    def test_ctrl_c_stops_everything(self):
        with subprocess.Popen(self.command(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              start_new_session=True) as process:
            for line in process.stdout:
                if "Ctrl-C" in line:
                    break
            pids = self.pids()
            self.assertEqual(len(pids), 8)
            # As a terminal does: to the whole group.
            os.killpg(process.pid, signal.SIGINT)
            rest = process.stdout.read()
            self.assertEqual(process.wait(LIMIT_S), 0, rest)
        self.assertIn("stopped", rest)
        for pid in pids:
            self.assertTrue(ended(pid))
        for name in PROGRAMS[:-1]:
            self.assertIn(f"{name} drained", self.log(name))

    def remove_sockets(self):
        sockets = self.data / "run/sockets"
        if sockets.exists():
            shutil.rmtree(sockets.read_text(encoding="utf-8").strip(), ignore_errors=True)

    def test_postgresql_has_a_database_for_each_service_and_stays_the_engine(self):
        # The folder's name has spaces, so the socket stands elsewhere.
        self.addCleanup(self.remove_sockets)
        self.addCleanup(self.down)
        started = self.up("--detach", "--database", "postgresql")
        self.assertEqual(started.returncode, 0, started.stderr)
        url = re.search(r"--database=postgresql://(host=\S+ port=5432 user=anju dbname=anju_channels)", self.log("channels"))
        asked = subprocess.run(["psql", "-At", url[1], "-c", "SELECT datname FROM pg_database WHERE datname LIKE 'anju_%'"],
                               capture_output=True, text=True, check=True)
        self.assertEqual(sorted(asked.stdout.split()), sorted(f"anju_{name}" for name in PROGRAMS[:5]))
        self.down()

        refused = self.up("--detach", "--database", "sqlite")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("postgresql", refused.stderr)
        self.assertEqual(self.up("--detach").returncode, 0)
        self.assertFalse(ended(self.pid("postgresql")))

    def test_options_that_make_no_sense_are_refused(self):
        for options in (["--http-port", "0"], ["--grpc-port=65536"], ["--database", "mysql"], ["--data"], ["--fast"]):
            refused = subprocess.run([ROOT / "deploy/up", *options], capture_output=True, text=True, check=False)
            self.assertEqual(refused.returncode, 1, options)
            self.assertIn(options[0].split("=")[0], refused.stderr)


class LoadTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="anju-load."))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        shutil.copy(ROOT / "tests/deploy/fake_program", self.folder / "anjuctl")
        for role in ("officer", "approver"):
            (self.folder / f"{role}-450328.jwt").write_text(f"{role}\n", encoding="utf-8")
        self.write("a.csv", "good", "good")
        self.write("b.csv", "good", "bad")
        county = {"division": "450328", "service": "microcredit", "method": "ImportLoans", "source": "county"}
        self.plan = [
            {"file": "a.csv", **county},
            {"call": "anju.microcredit.v1.Microcredit/CreateSubsidyRun", "division": "450328", "role": "officer",
             "body": {"division": "450328", "period": "2016Q2"}},
            {"call": "anju.microcredit.v1.Microcredit/ApproveSubsidyRun", "division": "450328", "role": "approver",
             "body": {"name": ["subsidyRuns/${last.id}"]}, "service": "microcredit"},
            {"file": "b.csv", **county, "refused": 1},
        ]

    def write(self, name: str, *ids: str) -> None:
        (self.folder / name).write_text("id\n" + "".join(f"{one}\n" for one in ids), encoding="utf-8")

    def load(self) -> subprocess.CompletedProcess:
        return subprocess.run(self.command(), capture_output=True, text=True, check=False, env=self.environment())

    def command(self) -> list:
        (self.folder / "plan.json").write_text(json.dumps(self.plan), encoding="utf-8")
        return [ROOT / "deploy/demo/load", self.folder, "--anjuctl", self.folder / "anjuctl", "--gateway", "127.0.0.1:1",
                "--tokens", self.folder, "--done", self.folder / "done"]

    def environment(self, **more) -> dict:
        return {**os.environ, "FAKE_CALLS": str(self.folder / "calls"), **more}

    def calls(self) -> list:
        path = self.folder / "calls"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []

    def test_carries_out_each_step_once_and_in_order(self):
        loaded = self.load()
        self.assertEqual(loaded.returncode, 0, loaded.stderr)
        self.assertIn("100% b.csv: 2 received, 1 added", loaded.stdout)
        calls = self.calls()
        self.assertEqual([call.get("file") or call["call"].rsplit("/", 1)[1] for call in calls],
                         ["a.csv", "CreateSubsidyRun", "ApproveSubsidyRun", "b.csv"])
        self.assertEqual(calls[0]["token"], "officer")
        self.assertEqual(calls[2]["body"], {"name": ["subsidyRuns/run-1"]})
        self.assertEqual(calls[2]["service"], "microcredit")

        again = self.load()
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(self.calls(), calls)

    def test_a_row_refused_that_the_plan_does_not_expect_stops_the_load_and_the_next_goes_on_there(self):
        self.write("b.csv", "bad", "bad")
        failed = self.load()
        self.assertEqual(failed.returncode, 1)
        self.assertIn("b.csv: 2 rows refused, 1 expected", failed.stderr)
        self.write("b.csv", "bad", "good")
        self.assertEqual(self.load().returncode, 0)
        self.assertEqual([call.get("file") for call in self.calls()], ["a.csv", None, None, "b.csv", "b.csv"])

    def test_an_id_is_remembered_where_a_load_broke_off_between_two_calls(self):
        whole = self.plan
        self.plan = whole[:2]
        self.assertEqual(self.load().returncode, 0)
        with (self.folder / "done").open("a", encoding="utf-8") as journal:
            journal.write('{"digest": "cut o')
        self.plan = whole
        self.assertEqual(self.load().returncode, 0)
        self.assertEqual(self.calls()[2]["body"], {"name": ["subsidyRuns/run-1"]})
        self.assertEqual(len(self.calls()), 4)

    def test_a_step_put_in_between_makes_no_other_step_new(self):
        self.assertEqual(self.load().returncode, 0)
        self.plan[1:1] = [{**self.plan[1], "body": {"division": "450328", "period": "2016Q1"}}, self.plan[0]]
        self.assertEqual(self.load().returncode, 0)
        self.assertEqual([call["body"]["period"] for call in self.calls()[4:]], ["2016Q1"])

    def test_ctrl_c_and_a_stop_end_it_without_a_word_and_the_next_goes_on_there(self):
        held = self.folder / "held"
        held.touch()
        self.addCleanup(held.unlink, missing_ok=True)
        for done, number in enumerate((signal.SIGINT, signal.SIGTERM), 1):
            with subprocess.Popen(self.command(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                  env=self.environment(FAKE_HELD=str(held))) as process:
                wait_until(lambda done=done: len(self.calls()) == done, "the first file is being imported")
                process.send_signal(number)
                said = process.communicate(timeout=LIMIT_S)
            self.assertEqual((process.returncode, *said), (128 + number, "", ""))
        held.unlink()
        self.assertEqual(self.load().returncode, 0)
        self.assertEqual([call.get("file") for call in self.calls()], ["a.csv", "a.csv", "a.csv", None, None, "b.csv"])

    def test_a_changed_file_is_imported_again(self):
        self.assertEqual(self.load().returncode, 0)
        self.write("a.csv", "good", "good", "good")
        self.assertEqual(self.load().returncode, 0)
        self.assertEqual(self.calls()[4]["rows"], 3)


if __name__ == "__main__":
    # Whoever is started in the background ignores Ctrl-C, and so would all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    unittest.main()
