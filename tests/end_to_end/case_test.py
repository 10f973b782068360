#!/usr/bin/env python3
"""The relocation of households through real processes, from the declaration to the title, with three notices and a draw, and back again
step by step. The processes' clock is moved on, because notices hang for days."""

import hashlib
import itertools
import json
import time
import unittest

from whole import PROGRAMS, SERVICES, Anju

COUNTY, VILLAGE, TOWN = "450328", "450328101202", "450328100"
STATES = ("DECLARED", "VERIFIED", "APPROVED", "ALLOTTED", "MOVED_IN", "OLD_HOUSE_DEMOLISHED", "RECLAIMED", "TITLED")


class CaseTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.anju = Anju(begins="2018-03-01")
        cls.addClassCleanup(cls.anju.remove)
        cls.anju.up(demo=False)
        cls.request = itertools.count(1)
        cls.officer, cls.approver, cls.auditor = (cls.anju.long_token(role, COUNTY) for role in ("officer", "approver", "auditor"))
        cls.send("registry", "ImportHouseholds", "household_no,village,household_class,registered_on",
                 [f"h{i},{VILLAGE},建档立卡贫困户,2016-01-01" for i in (1, 2)])
        cls.send("registry", "ImportPersons", "household_no,person_no,name,relation,labour,joined_on",
                 [f"h{i},p{i}-{j},韦一,{'子女' if j else '户主'},普通劳动力,2016-01-01" for i in (1, 2) for j in range(3)])
        cls.send("relocation", "ImportSites", "site_no,name,tier,location,started_on", [f"s1,示例,县城,{TOWN},2016-05-06"])
        cls.send("relocation", "ImportUnits", "unit_no,site_no,area_centi_sqm,cost_price_fen",
                 [f"u{i},s1,{area},12600000" for i, area in enumerate((7500, 7500, 7501), 1)])

    @classmethod
    def send(cls, service, method, heading, rows):
        path = cls.anju.data / f"{method}.csv"
        path.write_text("\n".join([heading, *rows, ""]))
        receipt = cls.anju.ctl(cls.officer, "import", service, method, path, "--division", COUNTY, "--source", "county")
        assert receipt["added"] == len(rows), receipt

    def call(self, token, method, contract="Relocation", **request):
        request["request_id"] = f"r{next(self.request)}"
        return self.anju.ctl(token, "call", f"anju.relocation.v1.{contract}/{method}", json.dumps(request))

    def refused(self, expected, token, method, contract="Relocation", **request):
        request["request_id"] = f"r{next(self.request)}"
        done = self.anju.ctl(token, "call", f"anju.relocation.v1.{contract}/{method}", json.dumps(request), check=False)
        self.assertEqual(1, done.returncode, done.stdout)
        self.assertIn(expected, done.stderr)

    def open_notice(self, case, purpose):
        opened = self.call(self.officer, "OpenCaseNotice", id=case, purpose=f"NOTICE_PURPOSE_{purpose}", places=[VILLAGE, COUNTY],
                           span_days=5, day_kind="DAY_KIND_CALENDAR", title="搬迁公示", text="公示名单", evidence=[self.evidence])
        return opened["notices"][-1]["notice_no"]

    def notice(self, case, purpose, step):
        """From its opening to its clean end; until then `step` is refused, whoever asks."""
        number = self.open_notice(case, purpose)
        step("NOTICE_NOT_CLEAN")
        self.refused("SPAN_NOT_OVER", self.approver, "CloseCaseNotice", id=case, notice_no=number)
        self.anju.travel(days=6)
        self.refused("NOTICE_CLOSED", self.officer, "FileObjection", id=case, notice_no=number, filed_by="信访1号", text="太迟")
        self.call(self.officer, "CloseCaseNotice", id=case, notice_no=number)

    def case(self, case):
        return self.anju.ctl(self.officer, "call", "anju.relocation.v1.Relocation/GetCase", json.dumps({"id": case}))

    def state(self, case):
        return self.case(case)["state"].removeprefix("CASE_STATE_")

    def figures(self):
        self.anju.settle()
        return {figure: int(value or 0) for figure, value in self.anju.figures(COUNTY, self.today()[:7], self.officer).items()
                if figure in ("relocation.households_moved_in", "relocation.persons_moved_in")}

    def test_from_the_declaration_to_the_title_and_back(self):
        minutes = self.anju.data / "minutes.txt"
        minutes.write_text("评议会议记录")
        self.anju.ctl(self.officer, "evidence", "put", minutes, "--service", "relocation", "--division", COUNTY)
        type(self).evidence = {"name": "minutes.txt", "sha256": hashlib.sha256(minutes.read_bytes()).hexdigest(),
                               "size_bytes": minutes.stat().st_size}
        first, second = (self.to_approved(f"h{i}") for i in (1, 2))
        self.allot_by_draw(first, second)
        self.move_in(first, second)
        self.to_title(first)
        self.assertEqual({"relocation.households_moved_in": 2, "relocation.persons_moved_in": 6}, self.figures())
        self.back_at_every_step(first)
        self.assertEqual({"relocation.households_moved_in": 1, "relocation.persons_moved_in": 3}, self.figures())
        for service in SERVICES:
            proof = self.anju.ctl(self.auditor, "call", "anju.indicators.v1.Indicators/Recount", "{}", "--service", service)
            self.assertTrue(proof["agrees"], proof)
        books = self.anju.ctl(self.auditor, "call", "anju.ledger.v1.Ledger/CheckLedger", "{}", "--service", "relocation")
        self.assertTrue(books["agrees"], books)

    def to_approved(self, household):
        case = self.call(self.officer, "DeclareCase", division=COUNTY, case_no=f"c-{household}", household=f"{COUNTY}/county/{household}")["id"]
        self.refused("HOUSEHOLD_HAS_CASE", self.officer, "DeclareCase", division=COUNTY, case_no="another",
                     household=f"{COUNTY}/county/{household}")
        self.call(self.officer, "VerifyCase", id=case)
        self.refused("NOTICE_NOT_CLEAN", self.approver, "ApproveCase", id=case)
        if household == "h2":
            self.objected_to(case)
        self.notice(case, "BEFORE", lambda expected: self.refused(expected, self.approver, "ApproveCase", id=case))
        self.refused("ROLE_NOT_ALLOWED", self.officer, "ApproveCase", id=case)
        self.call(self.approver, "ApproveCase", id=case)
        self.notice(case, "DURING", lambda expected: self.refused(expected, self.officer, "AllotCase", id=case, unit=f"{COUNTY}/county/u1"))
        self.assertEqual("APPROVED", self.state(case))
        return case

    def objected_to(self, case):
        """A notice that ends with an objection upheld stops the step until it is run again."""
        number = self.open_notice(case, "BEFORE")
        self.call(self.officer, "FileObjection", id=case, notice_no=number, filed_by="信访2号", text="有房")
        self.refused("DECIDER_IS_AUTHOR", self.officer, "DecideObjection", id=case, notice_no=number, objection_no=1,
                     outcome="OBJECTION_OUTCOME_DISMISSED", reason="查无此事")
        self.anju.travel(days=6)
        self.refused("OBJECTION_UNDECIDED", self.officer, "CloseCaseNotice", id=case, notice_no=number)
        self.call(self.approver, "DecideObjection", id=case, notice_no=number, objection_no=1, outcome="OBJECTION_OUTCOME_UPHELD",
                  reason="名单有误，已更正")
        self.call(self.officer, "CloseCaseNotice", id=case, notice_no=number)
        self.refused("NOTICE_NOT_CLEAN", self.approver, "ApproveCase", id=case)

    def send_elsewhere(self, method, heading, row):
        path = self.anju.data / f"{method}-451022.csv"
        path.write_text(f"{heading}\n{row}\n")
        token = self.anju.long_token("officer", "451022")
        receipt = self.anju.ctl(token, "import", "relocation", method, path, "--division", "451022", "--source", "county")
        self.assertEqual(1, receipt["added"], receipt)

    def allot_by_draw(self, *cases):
        self.refused("UNIT_TOO_LARGE", self.officer, "AllotCase", id=cases[0], unit=f"{COUNTY}/county/u3")
        self.send_elsewhere("ImportSites", "site_no,name,tier,location,started_on", "s9,示例,县城,451022100,2016-05-06")
        self.send_elsewhere("ImportUnits", "unit_no,site_no,area_centi_sqm", "u9,s9,5000")
        self.refused("UNIT_NOT_FOUND", self.officer, "AllotCase", id=cases[0], unit="451022/county/u9")
        draw = self.draw = self.call(self.officer, "CommitDraw", site=f"{COUNTY}/county/s1")["id"]
        keys = [self.case(case)["key"] for case in cases]
        self.call(self.officer, "FreezeDraw", id=draw, cases=keys)
        self.refused("HOUSEHOLD_IN_DRAW", self.officer, "AllotCase", id=cases[0], unit=f"{COUNTY}/county/u1")
        self.assertEqual(2, self.call(self.approver, "RunDraw", id=draw)["allotted"])
        self.assertEqual(["ALLOTTED"] * 2, [self.state(case) for case in cases])

    def move_in(self, *cases):
        ceremony = dict(division=COUNTY, place="县城安置点广场", cases=[self.case(case)["key"] for case in cases])
        for case in cases:
            self.notice(case, "AFTER", lambda expected: self.refused(expected, self.officer, "MoveInHouseholds", moved_in_on=self.today(), **ceremony))
        self.refused("DATE_IN_FUTURE", self.officer, "MoveInHouseholds", moved_in_on="2099-01-01", **ceremony)
        self.refused("SITE_NOT_ACCEPTED", self.officer, "MoveInHouseholds", moved_in_on=self.today(), **ceremony)
        self.send("relocation", "ImportMilestones", "milestone_no,site_no,kind,planned_on,reached_on", [f"m1,s1,验收,2018-03-01,{self.today()}"])
        self.call(self.officer, "MoveInHouseholds", moved_in_on=self.today(), **ceremony)
        self.assertEqual(["MOVED_IN"] * 2, [self.state(case) for case in cases])

    def today(self):
        return time.strftime("%Y-%m-%d", time.gmtime(time.time() + self.anju.ahead_s + 8 * 3600))

    def to_title(self, case):
        self.refused("CASE_NOT_RECLAIMED", self.officer, "IssueTitle", "Homes", id=case, title_no="桂2018-1")
        self.call(self.officer, "RecordOldHouse", "Homes", id=case, village=VILLAGE, area_centi_sqm=80_00)
        self.anju.travel(days=30)
        self.call(self.officer, "DemolishOldHouse", "Homes", id=case)
        self.anju.travel(days=30)
        self.call(self.officer, "ReclaimLand", "Homes", id=case, reclaimed_centi_mu=30)
        self.refused("TITLE_NOT_SETTLED", self.officer, "IssueTitle", "Homes", id=case, title_no="桂2018-1")
        self.pay(case)
        titled = self.call(self.officer, "IssueTitle", "Homes", id=case, title_no="桂2018-1")
        self.assertEqual("CASE_STATE_TITLED", titled["state"])

    def pay(self, case):
        """126,000 yuan of cost less three times 20,000 of subsidy less 10,000 of deposit."""
        self.call(self.officer, "ProposeSubsidy", "Funds", id=case)
        self.refused("ROLE_NOT_ALLOWED", self.officer, "GrantSubsidy", "Funds", id=case)
        self.call(self.approver, "GrantSubsidy", "Funds", id=case)
        self.call(self.officer, "PaySubsidy", "Funds", id=case, paid_on=self.today(), bank_reference="农行1")
        self.refused("HOUSEHOLD_BORROWS", self.officer, "ReceiveDeposit", "Funds", id=case, amount_fen=10_000_00, paid_on=self.today(),
                     bank_reference="农行2", source="MONEY_SOURCE_LOAN")
        own = dict(bank_reference="农行2", source="MONEY_SOURCE_OWN")
        self.call(self.officer, "ReceiveDeposit", "Funds", id=case, amount_fen=10_000_00, paid_on=self.today(), **own)
        quote = self.anju.ctl(self.officer, "call", "anju.relocation.v1.Funds/QuoteTitle", json.dumps({"id": case}))
        self.assertEqual(str(56_000_00), quote["price_fen"])
        self.refused("PRICE_NOT_PAID", self.officer, "SettleTitle", "Funds", id=case)
        self.refused("PRICE_EXCEEDED", self.officer, "PayTitle", "Funds", id=case, amount_fen=56_000_01, paid_on=self.today(), **own)
        self.call(self.officer, "PayTitle", "Funds", id=case, amount_fen=56_000_00, paid_on=self.today(), **own)
        self.settlement = self.call(self.officer, "SettleTitle", "Funds", id=case)

    def reverse_the_money(self, case):
        """By somebody who has entered nothing of it, the last posting first."""
        prefecture = self.anju.long_token("approver", COUNTY[:4])
        for posting in reversed(self.settlement["postings"]):
            settlement = self.call(prefecture, "ReversePosting", "Funds", id=case, posting_no=posting["posting_no"], reason="登记有误")
        self.assertEqual(("0", "0"), (settlement.get("deposit_fen", "0"), settlement.get("title_paid_fen", "0")))

    def back_at_every_step(self, case):
        village = self.anju.long_token("approver", VILLAGE)
        for now, before in zip(reversed(STATES), [*reversed(STATES[:-1])], strict=False):
            self.refused("LEVEL_NOT_ALLOWED", village, "StepBack", "Homes", id=case, **{"from": f"CASE_STATE_{now}"}, reason="有误")
            if now == "MOVED_IN":
                self.refused("MONEY_STANDS", self.approver, "StepBack", "Homes", id=case, **{"from": f"CASE_STATE_{now}"}, reason="有误")
                self.reverse_the_money(case)
            self.refused("ROLE_NOT_ALLOWED", self.officer, "StepBack", "Homes", id=case, **{"from": f"CASE_STATE_{now}"}, reason="有误")
            back = self.call(self.approver, "StepBack", "Homes", id=case, **{"from": f"CASE_STATE_{now}"}, reason="登记有误")
            self.assertEqual(f"CASE_STATE_{before}", back["state"])
            self.refused("CASE_STATE_CHANGED", self.approver, "StepBack", "Homes", id=case, **{"from": f"CASE_STATE_{now}"}, reason="有误")
            if now == "ALLOTTED":
                draw = self.anju.ctl(self.officer, "call", "anju.relocation.v1.Relocation/GetDraw", json.dumps({"id": self.draw}))
                self.assertEqual([self.case(case)["key"]], [unit["household"] for unit in draw["given_back"]])
            if now == "APPROVED":
                ledger = self.anju.ctl(self.approver, "call", "anju.approval.v1.Approvals/ListDecisions", json.dumps({"division": COUNTY, "record_id": case}), "--service", "relocation")
                self.assertIn("VERDICT_RETURN", [decision["verdict"] for decision in ledger["decisions"]])
        self.refused("NOTHING_TO_TAKE_BACK", self.approver, "StepBack", "Homes", id=case, **{"from": "CASE_STATE_DECLARED"}, reason="有误")
        ended = self.call(self.officer, "WithdrawCase", id=case, reason="不愿搬迁")
        self.assertEqual("CASE_STATE_WITHDRAWN", ended["state"])
        # Nothing is forgotten: every step and its taking back stand in the trail.
        self.assertGreaterEqual(len(ended["trail"]), 2 * (len(STATES) - 1) + 1)


if __name__ == "__main__":
    assert (PROGRAMS / "gateway").exists(), "build first"
    unittest.main(verbosity=2)
