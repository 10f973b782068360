#!/usr/bin/env python3
"""Two gateways that share a Redis, as real processes: what a caller may ask for is theirs once, and a refusal says when to come back."""

import http.client
import json
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.request

from whole import PROGRAMS, ROOT, check_logs, free_ports, reason

BURST = 60
PATH = "/v1/divisions/450328"


class LimitsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="anju-limits-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.addClassCleanup(check_logs, cls.folder)
        subprocess.run([PROGRAMS / "anjuctl", "token", "init", cls.folder], check=True, capture_output=True)
        registry, redis, *cls.http = free_ports(4)
        grpc_and_metrics = free_ports(4)
        cls.metrics = grpc_and_metrics[2:]
        cls.start("redis-server", "--port", str(redis), "--bind", "127.0.0.1", "--save", "", "--dir", str(cls.folder))
        cls.registry = cls.start(PROGRAMS / "registry", f"--jwks={cls.folder}/jwks.json", f"--listen=127.0.0.1:{registry}",
                                 f"--database=sqlite:{cls.folder}/registry.db", f"--divisions={ROOT}/services/registry/divisions")
        cls.gateways = [
            cls.start(PROGRAMS / "gateway", f"--jwks={cls.folder}/jwks.json", f"--http=127.0.0.1:{cls.http[i]}",
                      f"--grpc=127.0.0.1:{grpc_and_metrics[i]}", f"--metrics=127.0.0.1:{cls.metrics[i]}",
                      f"--services=registry=127.0.0.1:{registry}", f"--cache=redis://127.0.0.1:{redis}/0", "--caller_rate=0.1",
                      f"--caller_burst={BURST}") for i in range(2)]
        warm = cls.token("warm")
        for port in cls.http:
            deadline = time.monotonic() + 60
            while cls.status(port, warm) != 200:
                assert time.monotonic() < deadline
                time.sleep(0.2)

    @classmethod
    def start(cls, *words):
        with open(cls.folder / f"{len(list(cls.folder.glob('*.log')))}.log", "wb") as log:
            process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=log)
        cls.addClassCleanup(process.wait)
        cls.addClassCleanup(process.terminate)
        return process

    @classmethod
    def token(cls, subject):
        done = subprocess.run([PROGRAMS / "anjuctl", "token", "make", "--keys", cls.folder, "--role", "officer", "--division", "45",
                               "--subject", subject], check=True, capture_output=True, text=True)
        return done.stdout.strip()

    @staticmethod
    def ask(port, token):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", PATH, headers={"Authorization": "Bearer " + token})
        answer = connection.getresponse()
        body = json.loads(answer.read())
        connection.close()
        return answer, body

    @classmethod
    def status(cls, port, token):
        try:
            return cls.ask(port, token)[0].status
        except OSError:
            return None

    @staticmethod
    def is_open(port):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except (ConnectionRefusedError, ConnectionResetError):
            # The second for who waited to be taken when the door was shut.
            return False
        return True

    def admitted(self, port, token, calls):
        return sum(self.status(port, token) == 200 for _ in range(calls))

    def test_a_refusal_says_when_to_come_back(self):
        token = self.token("wei")
        self.assertGreaterEqual(self.admitted(self.http[0], token, BURST + 5), BURST)
        answer, body = self.ask(self.http[0], token)
        self.assertEqual(429, answer.status)
        self.assertEqual("RATE_LIMITED", reason(body))
        self.assertIn(int(answer.headers["Retry-After"]), range(1, 11))
        details = body.get("details", body.get("error", {}).get("details", []))
        self.assertIn("google.rpc.RetryInfo", [detail["@type"].split("/")[-1] for detail in details])
        self.assertEqual(200, self.status(self.http[0], self.token("li")), "somebody else")
        page = urllib.request.urlopen(f"http://127.0.0.1:{self.metrics[0]}/metrics", timeout=10).read().decode()
        self.assertRegex(page, r'anju_gateway_refused_total\{reason="RATE_LIMITED"\} \d')
        for line in ('grpc_server_handled_total{grpc_code="OK",grpc_method="GetDivision",grpc_service="anju.registry.v1.Registry",grpc_type="unary"}',
                     'grpc_server_started_total{grpc_method="GetDivision"', 'grpc_server_handling_seconds_bucket{grpc_method="GetDivision"',
                     'grpc_server_msg_received_total{', 'grpc_server_msg_sent_total{', 'anju_cache_answers_total{result="hit"}',
                     'anju_cache_answers_total{result="error"}'):
            self.assertIn(line, page)

    def test_what_is_taken_at_one_gateway_is_gone_at_the_other(self):
        token = self.token("zhang")
        first = self.admitted(self.http[0], token, BURST // 2)
        self.assertEqual(BURST // 2, first)
        # The second learns of it with its first settlement, some calls later.
        time.sleep(0.3)
        self.assertEqual(1, self.admitted(self.http[1], token, 1))
        time.sleep(0.3)
        second = self.admitted(self.http[1], token, BURST)
        self.assertLessEqual(first + 1 + second, BURST + 3)
        self.assertGreaterEqual(first + 1 + second, BURST - 3)

    def test_accepted_calls_finish_when_a_gateway_is_told_to_end(self):
        port, grpc_port, metrics = free_ports(3)
        words = [word for word in self.gateways[0].args if not str(word).startswith(("--http", "--grpc", "--metrics"))]
        gateway = self.start(*words, f"--http=127.0.0.1:{port}", f"--grpc=127.0.0.1:{grpc_port}", f"--metrics=127.0.0.1:{metrics}")
        token = self.token("chen")
        deadline = time.monotonic() + 60
        while self.status(port, token) != 200:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)
        # The registry stands still: the call is under way when the signal comes.
        self.registry.send_signal(signal.SIGSTOP)
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", PATH, headers={"Authorization": "Bearer " + token})
            time.sleep(0.5)
            gateway.terminate()
            deadline = time.monotonic() + 5
            # No call is sent: one that was taken just before the signal would wait for the registry like the first.
            while self.is_open(port):
                self.assertLess(time.monotonic(), deadline, "new connections are still taken")
                time.sleep(0.05)
            self.assertIsNone(gateway.poll(), "it waits for the call")
        finally:
            self.registry.send_signal(signal.SIGCONT)
        answer = connection.getresponse()
        self.assertEqual(200, answer.status, answer.read())
        connection.close()
        self.assertEqual(0, gateway.wait(timeout=20))


if __name__ == "__main__":
    unittest.main()
