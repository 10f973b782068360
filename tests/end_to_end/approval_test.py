#!/usr/bin/env python3
"""A county defines how its relocation cases are approved: what waits is listed, a batch is decided verdict by verdict, and every
decision is in the ledger, asked through the gateway."""

import datetime
import json
import sys
import unittest

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from whole import Anju  # noqa: E402

COUNTY = "450328"
VILLAGE = "450328101202"
FLOW = "relocation.case"
APPROVALS = "anju.approval.v1.Approvals/"


class Approval(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.anju = Anju()
        cls.addClassCleanup(cls.anju.remove)
        cls.anju.up(demo=False)
        # Each with a subject of its own.
        cls.officer = cls.anju.token_file(f"officer-{COUNTY}")
        cls.reviewer = cls.anju.new_token("officer", COUNTY, "1 minute ago")
        cls.approver = cls.anju.new_token("approver", COUNTY)
        cls.admin = cls.anju.new_token("admin", COUNTY)

    def call(self, token, method, request, *more):
        return self.anju.ctl(token, "call", method, json.dumps(request), *more)

    def shared(self, token, method, request):
        return self.call(token, APPROVALS + method, request, "--service", "relocation")

    def households(self, *numbers):
        path = self.anju.data / "households.csv"
        path.write_text("户编号,村代码,户类型,建档日期\n" +
                        "".join(f"{number},{VILLAGE},建档立卡贫困户,2016-01-15\n" for number in numbers), encoding="utf-8")
        self.anju.ctl(self.officer, "import", "households", path, "--division", COUNTY)

    def test_a_county_decides_in_two_steps(self):
        flow = self.shared(self.officer, "GetFlow", {"name": FLOW, "division": COUNTY})
        self.assertEqual(["approve"], [step["code"] for step in flow["versions"][0]["steps"]])
        today = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8)).date()
        steps = [{"code": "review", "level": "OFFICE_LEVEL_COUNTY", "roles": ["officer"], "days": 3,
                  "day_kind": "DAY_KIND_CALENDAR", "escalates_to": "OFFICE_LEVEL_PREFECTURE"},
                 {"code": "approve", "level": "OFFICE_LEVEL_COUNTY", "roles": ["approver"], "incompatible_with": ["review"]}]
        self.shared(self.admin, "DefineFlow", {"division": COUNTY, "request_id": "f1", "name": FLOW, "since": str(today),
                                               "steps": steps})
        listed = self.shared(self.officer, "ListFlows", {"division": COUNTY})["flows"]
        self.assertEqual({FLOW: COUNTY, "relocation.subsidy": None, "relocation.lease": None, "relocation.mortgage": None},
                         {flow["name"]: flow.get("division") or None for flow in listed})

        self.households("h1", "h2")
        cases = []
        for number in ("1", "2"):
            case = self.call(self.officer, "anju.relocation.v1.Relocation/DeclareCase",
                             {"division": COUNTY, "request_id": f"d{number}", "case_no": f"c{number}",
                              "household": f"{COUNTY}/county/h{number}"})
            self.call(self.officer, "anju.relocation.v1.Relocation/VerifyCase",
                      {"id": case["id"], "request_id": f"v{number}"})
            cases.append(case["id"])
        due = self.shared(self.officer, "ListDue", {"division": COUNTY, "within_days": 3})["due"]
        self.assertEqual(sorted(cases), sorted(line["record_id"] for line in due))
        self.assertEqual({str(today + datetime.timedelta(days=3))}, {line["due_on"] for line in due})
        self.assertEqual({}, {key: value for key, value in self.shared(
            self.officer, "ListDue", {"division": COUNTY}).items() if value})

        batch = {"request_id": "b1", "rulings": [
            {"case": cases[0], "verdict": "VERDICT_REJECT", "step": "review", "reason": "不符合条件"},
            {"case": f"{COUNTY}/anju/c2", "verdict": "VERDICT_RETURN", "step": "review", "reason": "缺材料"},
            {"case": "c9", "verdict": "VERDICT_APPROVE"}]}
        decide = "anju.relocation.v1.Decisions/DecideCases"
        mine = self.call(self.officer, decide, batch)["outcomes"]
        self.assertEqual(["APPROVER_IS_AUTHOR", "APPROVER_IS_AUTHOR", "CASE_NOT_FOUND"], [line["reason"] for line in mine])
        theirs = self.call(self.approver, decide, batch)["outcomes"]
        self.assertEqual("ROLE_NOT_ALLOWED", theirs[0]["reason"])
        decided = self.call(self.reviewer, decide, batch)
        self.assertEqual([2, 1], [decided["decided"], decided["refused"]])
        self.assertEqual(decided, self.call(self.reviewer, decide, batch))

        ledger = self.shared(self.anju.token_file("auditor-45"), "ListDecisions", {"division": COUNTY})["decisions"]
        self.assertEqual([("VERDICT_REJECT", cases[0]), ("VERDICT_RETURN", cases[1])],
                         sorted((line["verdict"], line["record_id"]) for line in ledger))
        self.assertTrue(all(len(line["reason_hash"]) == 64 and line["version"] == 1 for line in ledger), ledger)
        status, one = self.anju.get(f"/v1/decisions?division={COUNTY}&recordId={cases[0]}&service=relocation", self.approver)
        self.assertEqual((200, 1), (status, len(one["decisions"])), one)


if __name__ == "__main__":
    unittest.main(verbosity=2)
