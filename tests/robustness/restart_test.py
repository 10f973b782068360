#!/usr/bin/env python3
"""Kills a service again and again while many read and write through the gateway: no call that may be repeated fails."""

import http.client
import json
import os
import pathlib
import signal
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))
from whole import PROGRAMS, Anju  # noqa: E402

COUNTY = "450328"
CALLERS = 8
KILLS = 4


class RestartTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.anju = Anju()
        cls.addClassCleanup(cls.anju.remove)
        cls.anju.up(demo=False)
        cls.token = "Bearer " + cls.anju.token_file(f"officer-{COUNTY}").read_text().strip()

    def call(self, number, over):
        """Reads and writes in turn until it is over, as a county's system does that tries nothing twice."""
        connection = http.client.HTTPConnection("127.0.0.1", self.anju.http, timeout=60)
        for n in range(1_000_000):
            if over.is_set():
                return
            if n % 4:
                connection.request("GET", f"/v1/divisions/{COUNTY}", headers={"Authorization": self.token})
            else:
                figure = {"indicator": "registry.households", "division": COUNTY, "month": "2018-10", "value": str(n), "precision": "1",
                          "source": f"caller {number}"}
                connection.request("POST", "/v1/indicators:report", json.dumps({"division": COUNTY, "figure": figure}),
                                   {"Authorization": self.token, "X-Anju-Service": "registry", "Content-Type": "application/json"})
            answer = connection.getresponse()
            body = answer.read()
            self.counts[answer.status] = self.counts.get(answer.status, 0) + 1
            if answer.status != 200:
                self.failed.append((answer.status, body[:300]))

    def test_no_call_fails_while_its_service_restarts(self):
        self.counts, self.failed, over = {}, [], threading.Event()
        callers = [threading.Thread(target=self.call, args=(number, over)) for number in range(CALLERS)]
        for caller in callers:
            caller.start()
        try:
            for word in [signal.SIGKILL, signal.SIGTERM] * (KILLS // 2):
                self.await_more(300)
                pid = self.anju.pid("registry")
                os.kill(pid, word)
                deadline = time.monotonic() + 60
                while self.anju.pid("registry") in (pid, None) or not self.serves():
                    self.assertLess(time.monotonic(), deadline)
                    time.sleep(0.1)
            self.await_more(300)
        finally:
            over.set()
            for caller in callers:
                caller.join()
        print(f"{KILLS} kills, {self.counts}", flush=True)
        self.assertEqual([], self.failed[:3])
        self.assertGreater(self.counts[200], 1000)

    def await_more(self, calls):
        before, deadline = sum(self.counts.values()), time.monotonic() + 60
        while sum(self.counts.values()) < before + calls:
            self.assertLess(time.monotonic(), deadline, self.counts)
            time.sleep(0.05)

    def serves(self):
        return self.anju.get(f"/v1/divisions/{COUNTY}", self.anju.token_file(f"officer-{COUNTY}"))[0] == 200


if __name__ == "__main__":
    assert (PROGRAMS / "gateway").exists(), "build first"
    unittest.main(verbosity=2)
