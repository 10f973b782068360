#!/usr/bin/env python3
"""Calls from outside, through nginx, and what strangers may try there: each is refused, and another caller does not notice."""

import http.client
import json
import os
import socket
import ssl
import statistics
import struct
import subprocess
import threading
import time
import unittest

from frames import CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, RST_STREAM, Frames
from whole import PROGRAMS, Anju, free_ports

COUNTY, VILLAGE = "450328", "450328101202"
SLOW = 1000
# The edge counts by address, and callers are not to share the attackers'.
ROGUE = "127.0.0.2"


class EdgeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.anju = Anju()
        cls.addClassCleanup(cls.anju.remove)
        (cls.port,) = free_ports(1)
        cls.output = cls.anju.up(False, "--edge", "--edge-port", str(cls.port))
        cls.ca = cls.anju.data / "keys/edge-ca.pem"
        cls.officer = cls.anju.token_file(f"officer-{COUNTY}")

    def ctl(self, *words):
        return subprocess.run([PROGRAMS / "anjuctl", "--gateway", f"localhost:{self.port}", "--tls-ca", self.ca, "--token-file",
                               self.officer, "--output", "json", "--timeout", "10", *words], capture_output=True, text=True, timeout=60)

    def get(self, path, **headers):
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=30, context=ssl.create_default_context(cafile=self.ca))
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer, body

    def overview(self):
        return self.get(f"/v1/overview?division={COUNTY}&month=2018-10", Authorization="Bearer " + self.officer.read_text().strip())

    def times(self, count):
        """How long a caller on a connection of its own waits for each of so many answers."""
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=30, context=ssl.create_default_context(cafile=self.ca))
        token = "Bearer " + self.officer.read_text().strip()
        took = []
        for _ in range(count):
            start = time.monotonic()
            connection.request("GET", f"/v1/overview?division={COUNTY}&month=2018-10", headers={"Authorization": token})
            answer = connection.getresponse()
            answer.read()
            self.assertEqual(200, answer.status)
            took.append(time.monotonic() - start)
        connection.close()
        return took

    def during(self, attack):
        """What a caller waits at the median and at most while `attack` goes on."""
        over = threading.Event()
        failures = []

        def attacking():
            try:
                while not over.is_set():
                    attack()
            except BaseException as failure:  # Shown by the main thread.
                failures.append(failure)

        attacker = threading.Thread(target=attacking)
        attacker.start()
        try:
            took = self.times(100)
        finally:
            over.set()
            attacker.join()
        self.assertEqual([], failures)
        return statistics.median(took), max(took)

    def test_grpc_and_https_come_through_one_port(self):
        self.assertIn(f"https://127.0.0.1:{self.port}", self.output)
        health = self.ctl("health")
        self.assertTrue(json.loads(health.stdout)["serving"], health.stderr)
        answer, body = self.overview()
        self.assertEqual(200, answer.status, body)
        self.assertEqual(COUNTY, json.loads(body)["division"])
        self.assertTrue(answer.headers["X-Request-Id"])
        self.assertEqual("nginx", answer.headers["Server"], "no version")
        # A refusal keeps its reason, a stranger stays one, and nobody gets in without TLS.
        refused = self.ctl("call", "anju.registry.v1.Registry/GetHousehold", '{"id":"none"}')
        self.assertIn("HOUSEHOLD_NOT_FOUND", refused.stderr)
        self.assertEqual(401, self.get("/v1/overview?division=450328&month=2018-10")[0].status)
        with self.assertRaises((http.client.HTTPException, OSError, AssertionError)):
            plain = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            plain.request("GET", "/healthz")
            self.assertEqual(200, plain.getresponse().status)

    def test_an_import_streams_through(self):
        path = self.anju.data / "households.csv"
        rows = [f"e{i},{VILLAGE},建档立卡贫困户,2016-01-01" for i in range(5000)]
        path.write_text("\n".join(["household_no,village,household_class,registered_on", *rows, ""]))
        done = self.ctl("import", "registry", "ImportHouseholds", path, "--division", COUNTY, "--source", "county")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertEqual(5000, json.loads(done.stdout)["added"], done.stdout)

    def test_what_a_caller_says_of_its_address_is_not_believed(self):
        # The gateway counts strangers by the address that the edge saw; 200 at once are let be told what they lack.
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=30, context=ssl.create_default_context(cafile=self.ca))
        outcomes = set()
        for i in range(900):
            connection.request("GET", "/v1/overview?division=450328&month=2018-10", headers={"X-Real-IP": f"10.0.{i // 250}.{i % 250}"})
            answer = connection.getresponse()
            answer.read()
            outcomes.add(answer.status)
            if answer.status == 429:
                break
        connection.close()
        self.assertEqual({401, 429}, outcomes)
        self.assertEqual(200, self.overview()[0].status, "who has a token is not a stranger")

    def test_too_much_from_one_address_is_429_in_the_caller_s_own_words(self):
        # Beyond the 2,000 at once that the edge lets through.
        done = subprocess.run(["h2load", "-n", "12000", "-c", "20", "-m", "20", f"https://localhost:{self.port}/healthz"],
                              capture_output=True, text=True, timeout=120)
        self.assertRegex(done.stdout, r"status codes: [1-9]\d* 2xx, \d+ 3xx, [1-9]\d* 4xx, 0 5xx")
        time.sleep(2)
        self.assertEqual(200, self.overview()[0].status)

    def test_rapid_resets_end_their_connection_and_hurt_nobody(self):
        def attack():
            frames = Frames(self.port, self.ca, address=ROGUE)
            sent = 0
            try:
                for stream in range(1, 8001, 2):
                    frames.socket.sendall(Frames.frame(HEADERS, END_STREAM | END_HEADERS, stream, frames.request()) +
                                          Frames.frame(RST_STREAM, 0, stream, struct.pack(">I", 8)))
                    sent += 1
            except OSError:
                pass
            self.assertTrue(sent < 4000 or frames.ended())
            frames.close()
            self.attacks += 1

        self.attacks = 0
        self.calm()
        median, longest = self.during(attack)
        self.assertGreater(self.attacks, 0)
        self.assertLess(median, 0.1)
        self.assertLess(longest, 2)

    def test_floods_of_headers_are_refused(self):
        big = b"".join(Frames.literal(f"x-h{i}", "v" * 1000) for i in range(12))

        def flood(first, kind):
            frames = Frames(self.port, self.ca, address=ROGUE)
            try:
                frames.socket.sendall(Frames.frame(HEADERS, END_STREAM, 1, frames.request() + first))
                for _ in range(2000):
                    frames.socket.sendall(Frames.frame(kind, 0, 1, big))
            except OSError:
                frames.close()
                return True
            ended = frames.ended()
            frames.close()
            return ended

        self.calm()
        self.assertTrue(flood(b"", CONTINUATION))
        self.assertTrue(flood(b"", DATA), "nothing may come between HEADERS and its CONTINUATION")
        # One table entry of 4,000 bytes, named again and again: an HPACK bomb.
        bomb = Frames(self.port, self.ca)
        try:
            entry = b"\x40" + Frames.literal("x-b", "v" * 3900)[1:]
            bomb.socket.sendall(Frames.frame(HEADERS, END_STREAM | END_HEADERS, 1, bomb.request() + entry + b"\xbe" * 12000))
            self.assertTrue(bomb.ended())
        except OSError:
            pass
        bomb.close()
        median, longest = self.during(lambda: flood(b"", CONTINUATION))
        self.assertLess(median, 0.1)
        self.assertLess(longest, 2)
        self.assertIn(self.get("/healthz", **{"X-Large": "v" * 70_000})[0].status, (400, 431))

    def test_a_thousand_slow_connections_block_nobody(self):
        slow = []
        context = ssl.create_default_context(cafile=self.ca)
        try:
            for i in range(SLOW):
                connection = socket.create_connection(("127.0.0.1", self.port), timeout=10)
                slow.append(connection)
                # Half of them not even a handshake, half a head that does not end.
                if i % 2:
                    slow[-1] = context.wrap_socket(connection, server_hostname="localhost")
                    slow[-1].sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
            took = self.times(100)
            self.assertLess(statistics.median(took), 0.1)
            self.assertLess(max(took), 2)
            # They are let go when their time is over.
            deadline = time.monotonic() + 30
            slow[-1].settimeout(30)
            try:
                while slow[-1].recv(4096):
                    pass
            except ConnectionError:
                pass
            self.assertLess(time.monotonic(), deadline)
        finally:
            for connection in slow:
                connection.close()

    def calm(self):
        """Other tests may have used up what this address may ask for at once."""
        time.sleep(4)

    def test_its_log_names_no_path(self):
        self.get("/v1/persons:search?q=zhangsan", Authorization="Bearer " + self.officer.read_text().strip())
        log = (self.anju.data / "logs/edge.log").read_text()
        self.assertTrue(log)
        for line in log.splitlines():
            self.assertEqual("edge", json.loads(line)["service"], line)
        self.assertNotIn("zhangsan", log)

    def test_the_certificate_is_kept_and_its_key_is_its_owner_s(self):
        for name in ("edge.key", "edge-ca.key"):
            self.assertEqual(0o600, os.stat(self.anju.data / "keys" / name).st_mode & 0o777)


if __name__ == "__main__":
    unittest.main()
