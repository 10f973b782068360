#!/usr/bin/env python3
"""Kills services with SIGKILL at random moments while county files come in, on either engine. At the end every row that was
acknowledged is there, once, every figure is its recount, and the audit logs are whole. Replay a run with ANJU_KILL_SEED."""

import csv
import json
import os
import pathlib
import random
import signal
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))
from whole import PROGRAMS, SERVICES, Anju  # noqa: E402

COUNTY, VILLAGE, MONTH = "450481", "450481100201", "2018-10"
# The supervisor puts up with 10 ends within a minute.
KILLS = 9
KILLED = ("registry", "registry", "microcredit", "microcredit", "gateway")
ROWS = 2000
HOUSEHOLDS = ["household_no", "village", "household_class", "registered_on"]
RATINGS = ["household_no", "rating_no", "rated_on", "credit_score", "labour_score", "asset_score"]
PATIENCE_S = 60


class Kills:
    """What holds on either engine."""

    engine = None

    @classmethod
    def setUpClass(cls):
        cls.anju = Anju(cls.engine)
        cls.addClassCleanup(cls.anju.remove)
        cls.anju.up(demo=False)
        cls.officer = cls.anju.token_file(f"officer-{COUNTY}")
        cls.seed = int(os.environ.get("ANJU_KILL_SEED", time.time_ns() % 1_000_000))
        print(f"{cls.engine}: ANJU_KILL_SEED={cls.seed}", flush=True)

    def retry(self, *words):
        """Like a county's system: again until it is through."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            done = self.anju.ctl(self.officer, *words, check=False)
            if done.returncode == 0:
                return json.loads(done.stdout)
            if time.monotonic() > deadline:
                raise AssertionError(f"anjuctl {words}: {done.stdout} {done.stderr}")
            time.sleep(0.2)

    def imports(self, method, name, header, rows):
        """Imports a new file. The answer tells of all of it, however often the connection broke."""
        path = self.anju.data / f"{name}.csv"
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([header, *rows])
        receipt = self.retry("import", *method, path, "--division", COUNTY, "--batch", "100")
        if (receipt["refused"], receipt["added"] + receipt["unchanged"]) != (0, len(rows)):
            raise AssertionError(f"{name}: {receipt}")

    def figure(self, indicator):
        """What the service itself says now, exact after every commit."""
        answer = self.retry("call", "anju.indicators.v1.Indicators/QueryIndicators",
                            json.dumps({"divisions": [COUNTY], "to_month": MONTH, "indicators": [indicator]}),
                            "--service", indicator.split(".")[0])
        # A figure that is nothing yet has no cell.
        return sum(int(cell["value"]) for cell in answer.get("cells", []))

    def send(self, sender, acknowledged, over):
        for n in range(1000):
            if over.is_set():
                return
            name = f"{sender}{n}"
            numbers = [f"{name}-{row}" for row in range(ROWS)]
            self.imports(("registry", "ImportHouseholds"), name, HOUSEHOLDS,
                         [[number, VILLAGE, "HOUSEHOLD_CLASS_REGISTERED_POOR", "2016-01-15"] for number in numbers])
            acknowledged["registry.households"].extend(numbers)
            self.imports(("microcredit", "ImportRatings"), f"{name}-ratings", RATINGS,
                         [[number, f"r-{number}", "2017-01-15", 80, 70, 60] for number in numbers])
            acknowledged["microcredit.rated_households"].extend(numbers)

    def test_nothing_that_was_acknowledged_is_lost(self):
        chance = random.Random(self.seed)
        acknowledged = {"registry.households": [], "microcredit.rated_households": []}
        over, failures, killed = threading.Event(), [], 0

        def sending(sender):
            try:
                self.send(sender, acknowledged, over)
            except BaseException as failure:  # Shown by the main thread.
                failures.append(failure)

        # Two senders of one county at once, with one token.
        threads = [threading.Thread(target=sending, args=(sender,)) for sender in "ab"]
        for thread in threads:
            thread.start()
        try:
            for _ in range(KILLS):
                time.sleep(chance.uniform(0.3, 2.0))
                before = {indicator: self.figure(indicator) for indicator in acknowledged}
                victim = chance.choice(KILLED)
                killed += self.kill(victim)
                for indicator, figure in before.items():
                    self.assertGreaterEqual(self.figure(indicator), figure, f"{indicator} after {victim} was killed")
        finally:
            over.set()
            for thread in threads:
                thread.join()
        self.assertEqual([], failures)
        self.assertGreater(killed, KILLS // 2)
        for indicator, numbers in acknowledged.items():
            self.assertGreater(len(numbers), 0)
            self.assertEqual(len(numbers), self.figure(indicator), indicator)
            self.assertEqual(sorted(numbers), sorted(self.contributors(indicator)), indicator)
        for service in SERVICES:
            proof = self.retry("call", "anju.indicators.v1.Indicators/Recount", "{}", "--service", service)
            self.assertTrue(proof["agrees"], proof)
        verified = self.anju.ctl(self.anju.new_token("auditor", "*"), "audit", "verify")
        self.assertEqual(len(SERVICES), len([one for one in verified["services"] if one["intact"]]), verified)
        print(f"{self.engine}: {killed} kills, {({i: len(n) for i, n in acknowledged.items()})}", flush=True)

    def kill(self, name):
        """False when it has ended and not begun again."""
        pid = self.anju.pid(name)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        return pid is not None

    def contributors(self, indicator):
        """The numbers of the households behind a figure."""
        found, page = [], ""
        while True:
            answer = self.retry("call", "anju.indicators.v1.Indicators/ListContributors",
                                json.dumps({"indicator": indicator, "division": COUNTY, "to_month": MONTH, "page_size": 1000,
                                            "page_token": page}), "--service", indicator.split(".")[0])
            found += [contributor["key"].rsplit("/", 1)[1] for contributor in answer.get("contributors", [])]
            page = answer.get("next_page_token", "")
            if not page:
                return found


class SqliteKills(Kills, unittest.TestCase):
    engine = "sqlite"


class PostgresqlKills(Kills, unittest.TestCase):
    engine = "postgresql"


if __name__ == "__main__":
    assert (PROGRAMS / "gateway").exists(), "build first"
    unittest.main(verbosity=2)
