#!/usr/bin/env python3
"""Ten thousand random operations on households and cases over HTTP, by four officers at once, while services are killed. An operation
whose answer was lost is sent again with its request_id. At the end every service's figures are their recount, every journal balances,
and what was acknowledged is there. Replay the choices with ANJU_OPERATIONS_SEED; their order among the officers is the machine's."""

import collections
import http.client
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
from whole import PROGRAMS, SERVICES, Anju, reason  # noqa: E402

COUNTY = "450328"
VILLAGES = ("450328101202", "450328102201")
HOUSEHOLDS, UNITS = 200, 60
OFFICERS, OPERATIONS = 4, 10_000
# The supervisor puts up with 10 ends within a minute.
KILLED, MOST_KILLS = ("registry", "relocation", "relocation", "gateway"), 9
# Meanwhile days pass, because notices hang for days.
BEGINS, DAYS_AT_ONCE = "2018-03-01", 2
PATIENCE_S = 60
CLASSES = ("REGISTERED_POOR", "BORDERLINE", "GENERAL")


class Officer:
    """One caller with a connection of their own and the role that a step needs."""

    def __init__(self, anju, tokens, name):
        self.tokens, self.name, self.sent = tokens, name, 0
        self.connection = http.client.HTTPConnection("127.0.0.1", anju.http, timeout=30)

    def send(self, role, path, body):
        """Until it is answered, like a county's system. The status and the answer."""
        self.sent += 1
        body = json.dumps(dict(body, request_id=f"{self.name}-{self.sent}"))
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                self.connection.request("POST", path, body, {"Authorization": "Bearer " + self.tokens[role], "Content-Type": "application/json"})
                response = self.connection.getresponse()
                answer = json.loads(response.read())
                # A service that is away, or that two have asked for the same at once, is asked again.
                if response.status not in (499, 500, 503, 504) and reason(answer) != "ABORTED":
                    return response.status, answer
                last = answer
            except (OSError, http.client.HTTPException, ValueError) as error:
                self.connection.close()
                last = error
            if time.monotonic() > deadline:
                raise AssertionError(f"{path}: no answer in {PATIENCE_S} s, but {last}")
            time.sleep(0.05)

    def close(self):
        self.connection.close()


class Operations:
    """What holds on either engine."""

    engine = None

    @classmethod
    def setUpClass(cls):
        cls.anju = Anju(cls.engine, BEGINS)
        cls.addClassCleanup(cls.anju.remove)
        cls.anju.up(demo=False)
        cls.seed = int(os.environ.get("ANJU_OPERATIONS_SEED", time.time_ns() % 1_000_000))
        print(f"{cls.engine}: ANJU_OPERATIONS_SEED={cls.seed}", flush=True)
        cls.files = {role: cls.anju.long_token(role, COUNTY) for role in ("officer", "approver", "auditor")}
        cls.tokens = {role: path.read_text().strip() for role, path in cls.files.items()}
        cls.send("registry", "ImportHouseholds", "household_no,village,household_class,registered_on",
                 [f"h{i},{VILLAGES[i % 2]},建档立卡贫困户,2016-01-01" for i in range(HOUSEHOLDS)])
        cls.send("registry", "ImportPersons", "household_no,person_no,name,relation,labour,joined_on",
                 [f"h{i},p{i}-{j},韦一,{'子女' if j else '户主'},普通劳动力,2016-01-01" for i in range(HOUSEHOLDS) for j in range(i % 4 + 1)])
        cls.send("relocation", "ImportSites", "site_no,name,tier,location,started_on", ["s1,示例,县城,450328100,2016-05-06"])
        cls.send("relocation", "ImportUnits", "unit_no,site_no,area_centi_sqm,cost_price_fen",
                 [f"u{i},s1,{2500 * (i % 4 + 1)},{4_200_000 * (i % 4 + 1)}" for i in range(UNITS)])
        cls.send("relocation", "ImportMilestones", "milestone_no,site_no,kind,planned_on,reached_on", ["m1,s1,验收,2017-12-01,2017-12-20"])
        time.sleep(2)
        # A third of the cases come from another system, with days in the past: only they can go on without waiting for notices.
        cls.send("relocation", "ImportCases", "case_no,household_no,declared_on,verified_on,approved_on,site_no",
                 [f"c{i},h{i},2016-02-10,2016-03-01,2016-04-01,s1" for i in range(0, HOUSEHOLDS, 3)])
        answer = cls.anju.ctl(cls.files["officer"], "call", "anju.registry.v1.Registry/ListHouseholds",
                              json.dumps({"division": COUNTY, "page_size": 1000}))
        cls.households = [household["id"] for household in answer["households"]]

    @classmethod
    def send(cls, service, method, heading, rows):
        path = cls.anju.data / f"{method}.csv"
        path.write_text("\n".join([heading, *rows, ""]))
        receipt = cls.anju.ctl(cls.files["officer"], "import", service, method, path, "--division", COUNTY, "--source", "county")
        assert receipt["added"] == len(rows), receipt

    def today(self):
        return time.strftime("%Y-%m-%d", time.gmtime(time.time() + self.anju.ahead_s + 8 * 3600))

    def cases(self):
        answer = self.anju.ctl(self.files["officer"], "call", "anju.relocation.v1.Relocation/ListCases",
                               json.dumps({"division": COUNTY, "page_size": 1000}))
        return answer["cases"]

    def choose(self, chance, number):
        """A random operation: the role that may, the address and the body. Many are possible, most are not."""
        household, case = chance.choice(self.households), chance.choice(list(self.known))
        # Somebody else may have moved it on since.
        state, notices, key = self.known[case]
        notice = max(notices, 1)
        day = f"2018-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
        registry = (
            ("officer", f"/v1/households/{household}:reclassify", {"household_class": f"HOUSEHOLD_CLASS_{chance.choice(CLASSES)}", "since": day}),
            ("officer", f"/v1/households/{household}:recordBirth",
             {"person_no": f"b{number}", "name": "韦二", "born_on": day, "sex": "SEX_FEMALE", "relation": "RELATION_CHILD"}),
            ("officer", f"/v1/households/{household}:recordDeath", {"person_no": f"p{chance.randrange(HOUSEHOLDS)}-1", "died_on": day}),
            ("officer", f"/v1/households/{household}:exitPoverty", {"happened_on": day}),
            ("officer", f"/v1/households/{household}:fallBack", {"happened_on": day}),
            ("officer", f"/v1/households/{household}:transfer", {"happened_on": day, "village": chance.choice(VILLAGES)}),
            ("officer", f"/v1/households/{household}:merge", {"into": chance.choice(self.households), "happened_on": day}),
        )
        declare = ("officer", "/v1/cases:declare", {"division": COUNTY, "case_no": f"d{number}", "household": f"{COUNTY}/county/h{chance.randrange(HOUSEHOLDS)}"})
        back = ("approver", f"/v1/cases/{case}:stepBack", {"from": f"CASE_STATE_{state}", "reason": "有误"})
        closing = (
            ("officer", f"/v1/cases/{case}:fileObjection", {"notice_no": notice, "filed_by": "信访", "text": "有房"}),
            ("approver", f"/v1/cases/{case}:decideObjection",
             {"notice_no": notice, "objection_no": 1, "outcome": f"OBJECTION_OUTCOME_{chance.choice(('UPHELD', 'DISMISSED'))}", "reason": "查实"}),
            ("officer", f"/v1/cases/{case}:closeNotice", {"notice_no": notice}),
            ("officer", f"/v1/cases/{case}:closeNotice", {"notice_no": notice}),
        )
        ending = (("officer", f"/v1/cases/{case}:withdraw", {"reason": "不愿"}), ("approver", f"/v1/cases/{case}:reject", {"reason": "不符"}))

        def opening(purpose):
            return ("officer", f"/v1/cases/{case}:openNotice", {
                "purpose": f"NOTICE_PURPOSE_{purpose}", "places": [COUNTY], "span_days": 5, "day_kind": "DAY_KIND_CALENDAR",
                "title": "公示", "text": "名单"})

        allot = ("officer", f"/v1/cases/{case}:allot", {"unit": f"{COUNTY}/county/u{chance.randrange(UNITS)}"})
        move_in = ("officer", "/v1/cases:moveIn", {"division": COUNTY, "moved_in_on": self.today(), "place": "广场", "cases": [key]})
        steps = {
            "DECLARED": [("officer", f"/v1/cases/{case}:verify", {}), *ending],
            "VERIFIED": [opening("BEFORE"), *closing, ("approver", f"/v1/cases/{case}:approve", {})] * 3 + [*ending],
            "APPROVED": [opening("DURING"), *closing, allot] * 3 + [*ending],
            "ALLOTTED": [opening("AFTER"), *closing, move_in, move_in] * 3,
            "MOVED_IN": [("officer", f"/v1/cases/{case}:demolishOldHouse", {})],
            "OLD_HOUSE_DEMOLISHED": [("officer", f"/v1/cases/{case}:reclaimLand", {"reclaimed_centi_mu": chance.randint(1, 50)})],
            "RECLAIMED": [("officer", f"/v1/cases/{case}:issueTitle", {"title_no": f"t{chance.randrange(500)}"})],
        }
        own = {"source": "MONEY_SOURCE_OWN", "bank_reference": "农行", "paid_on": self.today()}
        money = [
            ("officer", f"/v1/cases/{case}:proposeSubsidy", {}), ("approver", f"/v1/cases/{case}:grantSubsidy", {}),
            ("officer", f"/v1/cases/{case}:paySubsidy", {"bank_reference": "农行", "paid_on": self.today()}),
            ("officer", f"/v1/cases/{case}:receiveDeposit", dict(own, amount_fen=chance.randint(1, 10_000_00))),
            ("officer", f"/v1/cases/{case}:payTitle", dict(own, amount_fen=chance.randint(1, 60_000_00))),
            ("officer", f"/v1/cases/{case}:settleTitle", {}),
            ("officer", f"/v1/cases/{case}:withholdDeposit", {}), ("officer", f"/v1/cases/{case}:releaseDeposit", {}),
            ("approver", f"/v1/cases/{case}:reversePosting", {"posting_no": chance.randint(1, 6), "reason": "有误"}),
        ]
        anything = money + [step for some in steps.values() for step in some]
        possible = steps.get(state, []) + [back]
        if state in ("APPROVED", "ALLOTTED", "MOVED_IN", "OLD_HOUSE_DEMOLISHED", "RECLAIMED", "TITLED"):
            possible += money
        return chance.choice(chance.choices((registry, [declare], possible, anything), (4, 1, 12, 2))[0])

    def work(self, number):
        chance = random.Random(self.seed * OFFICERS + number)
        officer = Officer(self.anju, self.tokens, f"o{number}")
        for step in range(OPERATIONS // OFFICERS):
            role, path, body = self.choose(chance, f"{number}-{step}")
            status, answer = officer.send(role, path, body)
            word = path.rsplit(":", 1)[1]
            with self.lock:
                self.outcomes[word, "done" if status == 200 else reason(answer)] += 1
                if status == 200 and "state" in answer and path.startswith("/v1/cases"):
                    self.keep(answer)
                elif status == 200 and word == "moveIn":
                    self.known = {case: ("MOVED_IN" if key in body["cases"] else state, notices, key)
                                  for case, (state, notices, key) in self.known.items()}
        officer.close()

    def keep(self, case):
        self.known[case["id"]] = case["state"].removeprefix("CASE_STATE_"), len(case.get("notices", [])), case["key"]

    def test_figures_are_their_recount_after_ten_thousand_operations(self):
        self.lock, self.outcomes, self.known = threading.Lock(), collections.Counter(), {}
        for case in self.cases():
            self.keep(case)
        failures, over, killed = [], threading.Event(), 0

        def working(number):
            try:
                self.work(number)
            except BaseException as failure:  # Shown by the main thread.
                failures.append(failure)

        threads = [threading.Thread(target=working, args=(number,)) for number in range(OFFICERS)]
        chance = random.Random(self.seed)
        for thread in threads:
            thread.start()
        watch = threading.Thread(target=lambda: ([thread.join() for thread in threads], over.set()))
        watch.start()
        while not over.wait(chance.uniform(0.3, 1.0)):
            self.anju.set_clock(self.anju.ahead_s + DAYS_AT_ONCE * 86_400)
            if killed < MOST_KILLS:
                killed += self.kill(chance.choice(KILLED))
        watch.join()
        self.assertEqual([], failures)
        self.assertEqual(OPERATIONS, sum(self.outcomes.values()))
        done = {word for word, outcome in self.outcomes if outcome == "done"}
        refused = collections.Counter({key: count for key, count in self.outcomes.items() if key[1] != "done"})
        count = sum(self.outcomes.values()) - sum(refused.values())
        print(f"{self.engine}: {killed} kills; done: {count}, {sorted(done)}; "
              f"refused: {refused.most_common(12)}", flush=True)
        self.assertGreater(killed, 1)
        # A refusal has a reason; what failed without one is a fault.
        self.assertEqual([], [key for key in self.outcomes if key[1] is None])
        self.assertGreaterEqual(len(done), 20)
        # Most of what is chosen blindly is not due; a third is done.
        self.assertGreater(count, OPERATIONS // 10)
        self.assertEqual(set(self.known), {case["id"] for case in self.cases()})
        for service in SERVICES:
            proof = json.loads(self.patient("call", "anju.indicators.v1.Indicators/Recount", "{}", "--service", service).stdout)
            self.assertTrue(proof["agrees"], proof)
        books = json.loads(self.patient("call", "anju.ledger.v1.Ledger/CheckLedger", "{}", "--service", "relocation").stdout)
        self.assertTrue(books["agrees"], books)
        self.assertGreater(int(books["journals"]), 10)

    def patient(self, *words):
        deadline = time.monotonic() + PATIENCE_S
        while (done := self.anju.ctl(self.files["auditor"], *words, check=False)).returncode != 0:
            if time.monotonic() > deadline:
                raise AssertionError(f"anjuctl {words}: {done.stderr}")
            time.sleep(0.2)
        return done

    def kill(self, name):
        """False when it has ended and not begun again."""
        pid = self.anju.pid(name)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        return pid is not None


class SqliteOperations(Operations, unittest.TestCase):
    engine = "sqlite"


class PostgresqlOperations(Operations, unittest.TestCase):
    engine = "postgresql"


if __name__ == "__main__":
    assert (PROGRAMS / "gateway").exists(), "build first"
    unittest.main(verbosity=2)
