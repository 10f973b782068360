#!/usr/bin/env python3
"""A county overrides a parameter through the front door: from its day on, for itself alone, and what was decided before keeps
the version that it was decided by. On both engines, where there is a PostgreSQL."""

import datetime
import json
import os
import time
import unittest

from whole import PROGRAMS, Anju, reason

COUNTY, OTHER = "450328", "450329"
TODAY = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8)).date().isoformat()


class PolicyTest(unittest.TestCase):
    engine = "sqlite"

    @classmethod
    def setUpClass(cls):
        cls.anju = Anju(cls.engine)
        cls.addClassCleanup(cls.anju.remove)
        cls.anju.up(demo=False)
        cls.tokens = {(role, county): cls.anju.new_token(role, county)
                      for role in ("officer", "approver", "reader") for county in (COUNTY, OTHER)}
        for county in (COUNTY, OTHER):
            villages = cls.anju.get(f"/v1/divisions?parent={county}100", cls.tokens["reader", county])[1]["divisions"]
            cls.send(county, "registry", "ImportHouseholds", "household_no,village,household_class,class_since,registered_on",
                     [f"h{i},{villages[0]['code']},建档立卡贫困户,2016-01-01,2016-01-01" for i in range(2)])
            cls.send(county, "registry", "ImportPersons", "household_no,person_no,name,relation,labour,joined_on",
                     [f"h{i},p{j},韦一,{'子女' if j else '户主'},普通劳动力,2016-01-01" for i in range(2) for j in range(3)])
            cls.send(county, "relocation", "ImportSites", "site_no,name,tier,location,started_on",
                     [f"s1,示例,县城,{county}100,2016-05-06"])
            cls.send(county, "relocation", "ImportUnits", "unit_no,site_no,area_centi_sqm", ["u0,s1,7500", "u1,s1,9000"])
        # The feed brings the members.
        time.sleep(2)

    @classmethod
    def send(cls, county, service, method, heading, rows, check=True):
        path = cls.anju.data / f"{county}-{method}.csv"
        path.write_text("\n".join([heading, *rows, ""]))
        done = cls.anju.ctl(cls.tokens["officer", county], "import", service, method, path, "--division", county, "--source",
                            "county", check=False)
        receipt = json.loads(done.stdout)
        assert not check or receipt["added"] == len(rows), receipt
        return receipt

    def allot(self, county, n):
        """Imports the case of household n, which was allotted unit n today; answers the reason of a refusal."""
        heading = "case_no,household_no,declared_on,verified_on,approved_on,allotted_on,site_no,unit_no"
        row = f"c{n},h{n},2016-02-10,2016-03-01,2016-04-01,{TODAY},s1,u{n}"
        receipt = self.send(county, "relocation", "ImportCases", heading, [row], check=False)
        return receipt["refused_rows"][0]["reason"] if receipt.get("refused") else None

    def call(self, method, role="officer", county=COUNTY, check=True, service="relocation", **request):
        done = self.anju.ctl(self.tokens[role, county], "call", f"anju.policy.v1.Policies/{method}", "--service", service,
                             json.dumps(request), check=False)
        if check:
            self.assertEqual(0, done.returncode, done.stderr)
            return json.loads(done.stdout)
        return done.stdout + done.stderr

    def explain(self, county, n, **more):
        return self.call("ExplainDecision", county=county, kind="case", id=f"{county}/county/c{n}", rule="allotted_area",
                         **more)["decisions"][0]

    def test_a_county_overrides_a_parameter(self):
        self.assertIsNone(self.allot(COUNTY, 0))
        self.assertEqual("UNIT_TOO_LARGE", self.allot(COUNTY, 1))

        proposal = {"division": COUNTY, "name": "area_per_person_centi_sqm", "value": 3000, "since": TODAY,
                    "document": "恭政发〔2026〕12号", "text": "人均住房面积不超过30平方米", "request_id": "p1"}
        self.assertIn("OUTSIDE_SCOPE", self.call("SetParameter", check=False, **(proposal | {"division": "45"})))
        self.assertIn("VALUE_OUT_OF_RANGE", self.call("SetParameter", check=False, **(proposal | {"value": 1})))
        setting = self.call("SetParameter", **proposal)
        self.assertEqual(setting, self.call("SetParameter", **proposal))
        self.assertEqual("UNIT_TOO_LARGE", self.allot(COUNTY, 1), "nobody has confirmed it")
        confirm = {"version": setting["version"], "request_id": "p2"}
        self.assertIn("ROLE_NOT_ALLOWED", self.call("ConfirmParameter", check=False, **confirm))
        self.assertIn("OUTSIDE_SCOPE", self.call("ConfirmParameter", "approver", OTHER, check=False, **confirm))
        self.assertEqual(TODAY, self.call("ConfirmParameter", "approver", **confirm)["confirmed_on"])

        self.assertIsNone(self.allot(COUNTY, 1))
        self.assertEqual("UNIT_TOO_LARGE", self.allot(OTHER, 1), "another county's rule")
        old, new = self.explain(COUNTY, 0), self.explain(COUNTY, 1)
        for decision, version, value, text in ((old, "1", "2500", "25平方米"), (new, setting["version"], "3000", "30平方米")):
            self.assertEqual(("VERDICT_YES", True), (decision["verdict"], decision["taken"]))
            used = decision["values"][0]
            self.assertEqual((version, value), (used["version"], used["value"]))
            self.assertIn(text, used["text"])
        self.assertEqual("恭政发〔2026〕12号", new["values"][0]["document"])
        # The same again changes nothing, though the unit would not be decided on so today.
        self.assertIsNone(self.allot(COUNTY, 0))
        self.assertEqual(old, self.explain(COUNTY, 0))

        # Why not, of a step that was not taken; by HTTP too.
        self.send(OTHER, "relocation", "ImportCases", "case_no,household_no,declared_on,site_no", ["c0,h0,2016-02-10,s1"])
        why = self.explain(OTHER, 0, subject=f"{OTHER}/county/u1")
        self.assertEqual(("VERDICT_NO", "UNIT_TOO_LARGE", False), (why["verdict"], why["reason"], why["taken"]))
        self.assertEqual({"persons": "3", "unit_area_centi_sqm": "9000", "most_area_centi_sqm": "7500"},
                         {item["name"]: item["value"] for item in why["inputs"]})
        path = f"/v1/decisions:explain?service=relocation&kind=case&id={OTHER}/county/c0&rule=allotted_area"
        self.assertEqual(200, self.anju.get(path, self.tokens["officer", OTHER])[0])
        status, answer = self.anju.get(path, self.tokens["officer", COUNTY])
        self.assertEqual((403, "OUTSIDE_SCOPE"), (status, reason(answer)))

        listed = self.anju.get(f"/v1/parameters?service=relocation&division={COUNTY}", self.tokens["reader", COUNTY])[1]
        area = next(one for one in listed["parameters"] if one["name"] == "area_per_person_centi_sqm")
        self.assertEqual("3000", area["in_force"]["value"])
        self.assertEqual(["1", setting["version"]], [one["version"] for one in area["history"]])


@unittest.skipUnless(os.environ.get("ANJU_TEST_POSTGRESQL"), "no PostgreSQL")
class PolicyOnPostgresqlTest(PolicyTest):
    engine = "postgresql"


if __name__ == "__main__":
    assert (PROGRAMS / "gateway").exists(), "build first"
    unittest.main(verbosity=2)
