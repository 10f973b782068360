#!/usr/bin/env python3
"""Calls from outside, through nginx, and what strangers may try there: each is refused, and another caller has all their answers meanwhile;
how much later is what tests/bench/edge_bench.py prints."""

import http.client
import json
import os
import pathlib
import re
import ssl
import subprocess
import sys
import time
import unittest

import attacker
from whole import PROGRAMS, Anju, free_ports, is_sanitized

COUNTY, VILLAGE = "450328", "450328101202"
# How many answers another caller has during an attack, and within how many seconds each.
CALLS, PATIENCE_S = 500, 10
# The gateway's --import_calls.
IMPORTS_AT_ONCE = 32


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

    def be_answered(self):
        """Another caller's calls, on a connection of their own."""
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=PATIENCE_S, context=ssl.create_default_context(cafile=self.ca))
        token = "Bearer " + self.officer.read_text().strip()
        for _ in range(CALLS):
            connection.request("GET", f"/v1/overview?division={COUNTY}&month=2018-10", headers={"Authorization": token})
            answer = connection.getresponse()
            answer.read()
            self.assertEqual(200, answer.status)
            time.sleep(0.002)
        connection.close()

    def edge_kib(self):
        """What the edge's processes hold."""
        master = (self.anju.data / "run/edge.pid").read_text().strip()
        workers = pathlib.Path(f"/proc/{master}/task/{master}/children").read_text().split()
        status = "".join(pathlib.Path(f"/proc/{worker}/status").read_text() for worker in workers)
        return sum(int(size) for size in re.findall(r"VmRSS:\s+(\d+) kB", status))

    def attack(self, kind, until=None):
        """What came of an attack, while another caller is answered, and neither the edge nor its log grows."""
        self.be_answered()
        log = self.anju.data / "logs/edge.log"
        held, written = self.edge_kib(), log.stat().st_size
        words = [sys.executable, attacker.__file__, kind, str(self.port), self.ca, self.officer.read_text().strip()]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            self.assertEqual("begun\n", process.stdout.readline())
            self.be_answered()
            if until is not None:
                process.wait(until)
            process.stdin.close()
            outcomes = json.loads(process.stdout.read())
        self.assertLess(log.stat().st_size - written, 8 << 20)
        if not is_sanitized():
            # What a thousand connections hold, and nothing beside.
            self.assertLess(self.edge_kib() - held, 96 * attacker.CROWD)
        return outcomes

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

    def test_a_flood_ends_its_connection_and_hurts_nobody(self):
        for kind in attacker.FLOODS:
            with self.subTest(kind):
                self.assertEqual({"ended"}, set(self.attack(kind)))

    def test_a_thousand_who_do_not_finish_are_let_go_and_hurt_nobody(self):
        for kind, until in (("slow handshakes", 30), ("slow heads", 30), ("slow heads of HTTP/2", 60)):
            with self.subTest(kind):
                self.assertEqual({"ended": attacker.CROWD, "held": 0}, self.attack(kind, until))

    def test_a_thousand_slow_bodies_hurt_nobody(self):
        outcomes = self.attack("slow bodies")
        # One caller has so many imports under way and not more, from however many addresses.
        self.assertLessEqual(outcomes["held"], IMPORTS_AT_ONCE)
        self.assertEqual(attacker.CROWD, outcomes["held"] + outcomes["ended"])
        self.assertGreater(outcomes["status 429"], attacker.CROWD / 2)

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
