#!/usr/bin/env python3
"""What is wrong with the records of some households, through real processes: what the registry knows itself, what relocation
tells it, and what another department's list says."""

import json
import time
import unittest

from whole import Anju

COUNTY, VILLAGE, TOWN = "450328", "450328101202", "450328100"
DEAD = "450328197503049016"


class QualityTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.anju = Anju()
        cls.addClassCleanup(cls.anju.remove)
        cls.anju.up(demo=False)
        cls.officer, cls.approver, cls.auditor = (cls.anju.new_token(role, COUNTY) for role in ("officer", "approver", "auditor"))
        cls.send("registry", "ImportHouseholds", "household_no,village,household_class,registered_on",
                 [f"h{i},{VILLAGE},建档立卡贫困户,2016-01-01" for i in range(2)])
        cls.send("registry", "ImportPersons", "household_no,person_no,name,id_number,born_on,sex,relation,labour,joined_on",
                 [f"h0,p0,例甲乙,{DEAD},,,户主,普通劳动力,2016-01-01", "h1,p1,样丙丁,,1980-01-01,女,户主,普通劳动力,2016-01-01"])
        cls.send("relocation", "ImportSites", "site_no,name,tier,location,started_on,completed_on",
                 [f"s1,示例,县城,{TOWN},2016-05-06,2017-05-06"])
        cls.send("relocation", "ImportUnits", "unit_no,site_no,area_centi_sqm,completed_on", ["u1,s1,2000,2017-05-06"])
        cls.send("relocation", "ImportCases", "case_no,household_no,declared_on,verified_on,approved_on,allotted_on,moved_in_on,site_no,unit_no",
                 ["c1,h1,2016-02-10,2016-03-01,2016-04-01,2017-06-01,2017-07-01,s1,u1"])

    @classmethod
    def send(cls, service, method, heading, rows):
        path = cls.anju.data / f"{method}.csv"
        path.write_text("\n".join([heading, *rows, ""]))
        receipt = cls.anju.ctl(cls.officer, "import", service, method, path, "--division", COUNTY, "--source", "county")
        assert receipt["received"] == len(rows) and receipt["refused"] == 0, receipt
        return receipt

    def call(self, token, method, **request):
        return self.anju.ctl(token, "call", f"anju.registry.v1.Quality/{method}", json.dumps(request))

    def open(self):
        """What stands open, read in pages of two: {(rule, person): id}."""
        found, token = [], ""
        while True:
            answer = self.call(self.officer, "ListFindings", division=COUNTY, state="FINDING_STATE_OPEN", page_size=2, page_token=token)
            found += answer.get("findings", [])
            self.assertLessEqual(len(answer.get("findings", [])), 2)
            token = answer.get("next_page_token", "")
            if not token:
                self.assertEqual(len(found), len({f["id"] for f in found}))
                return {(f["rule_id"], f.get("person_no", "")): f["id"] for f in found}

    def await_open(self, expected):
        for _ in range(100):
            if set(found := self.open()) == expected:
                return found
            time.sleep(0.1)
        self.fail(f"{sorted(self.open())} instead of {sorted(expected)}")

    def test_from_the_hit_to_the_waiver(self):
        # P001: no number. X003 and X005 need what relocation tells: moved in long ago, no measure, nobody in work.
        alone = {("P001", "p1"), ("X003", ""), ("X005", "")}
        found = self.await_open(alone)
        self.send("registry", "ImportDepartmentRows", "list,entry_no,id_number,household_no,since,month,amount_milli",
                  [f"死亡,1,{DEAD},,2018-09-01,,", "死亡,2,110105194912310021,,2018-09-01,,",
                   *(f"用电,3,,h1,,2018-{month:02d},0" for month in (7, 8, 9))])
        found = self.await_open(alone | {("C021", "p0"), ("C001", "")})
        runs = []
        for attempt in range(2):
            run = self.call(self.officer, "RunComparison", division=COUNTY, list="LIST_KIND_DEATH", request_id=f"begin{attempt}")
            while run["state"] != "COMPARISON_STATE_DONE":
                run = self.call(self.officer, "RunComparison", division=COUNTY, id=run["id"], request_id=f"on{attempt}")
            runs.append({name: run.get(name, 0) for name in ("entries", "matched", "unmatched", "hits", "opened", "fixed")})
        self.assertEqual({"entries": 2, "matched": 1, "unmatched": 1, "hits": 1, "opened": 0, "fixed": 0}, runs[0])
        self.assertEqual(runs[0], runs[1])
        unmatched = self.call(self.officer, "ListDepartmentRows", division=COUNTY, unmatched=True)["rows"]
        self.assertEqual(["2"], [row["entry_no"] for row in unmatched])
        self.assertNotIn("110105194912310021", json.dumps(unmatched))

        assigned = self.call(self.officer, "AssignFinding", id=found["C001", ""], mender="MENDER_COUNTY", request_id="a1")
        self.assertEqual("MENDER_COUNTY", assigned["mender"])
        full = self.call(self.officer, "EvaluateDivision", division=COUNTY)["page"]
        self.assertEqual((2, 2, 0, 0, 5), tuple(full.get(name, 0) for name in ("households", "persons", "opened", "fixed", "standing")))

        waiver = {"id": found["X003", ""], "reason": "已外迁，由子女赡养", "request_id": "w1"}
        refused = self.anju.ctl(self.officer, "call", "anju.registry.v1.Quality/WaiveFinding", json.dumps(waiver), check=False)
        self.assertIn("ROLE_NOT_ALLOWED", refused.stderr)
        self.assertEqual("FINDING_STATE_WAIVED", self.call(self.approver, "WaiveFinding", **waiver)["state"])
        self.send("registry", "ImportPersons", "household_no,person_no,name,id_number,born_on,sex,relation,labour,joined_on",
                  ["h1,p1,样丙丁,450328198001019022,1980-01-01,女,户主,普通劳动力,2016-01-01"])
        self.await_open({("X005", ""), ("C021", "p0"), ("C001", "")})
        self.anju.settle()
        proof = self.anju.ctl(self.auditor, "call", "anju.indicators.v1.Indicators/Recount", "{}", "--service", "registry")
        self.assertEqual([], proof.get("differences", []))


if __name__ == "__main__":
    unittest.main()
