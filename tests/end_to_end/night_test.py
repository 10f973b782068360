#!/usr/bin/env python3
"""What the services do of themselves at night: rules that count days find what nobody has changed, and every figure is
proved against a recount; a sum that is wrong is told, and by whom it can be seen."""

import json
import time
import unittest

from whole import SERVICES, Anju

COUNTY, VILLAGE, TOWN = "450328", "450328101202", "450328100"


class NightTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.anju = Anju(begins="2018-10-20")
        cls.addClassCleanup(cls.anju.remove)
        cls.anju.up(demo=False)
        cls.officer = cls.anju.long_token("officer", COUNTY)

    def send(self, service, method, heading, rows):
        path = self.anju.data / f"{method}.csv"
        path.write_text("\n".join([heading, *rows, ""]))
        receipt = self.anju.ctl(self.officer, "import", service, method, path, "--division", COUNTY, "--source", "county")
        self.assertEqual((len(rows), 0), (receipt["received"], receipt["refused"]), receipt)

    def open_rules(self):
        request = {"division": COUNTY, "state": "FINDING_STATE_OPEN"}
        found = self.anju.ctl(self.officer, "call", "anju.registry.v1.Quality/ListFindings", json.dumps(request))
        return {finding["rule_id"] for finding in found.get("findings", [])}

    def told(self, service, event):
        lines = (self.anju.data / "logs" / f"{service}.log").read_text().splitlines()
        return [line for line in map(json.loads, lines) if line.get("event") == event]

    def await_told(self, service, event, count):
        for _ in range(200):
            if len(told := self.told(service, event)) >= count:
                return told
            time.sleep(0.1)
        self.fail(f"{service} told {told} of {event}")

    def test_days_pass_and_figures_are_proved(self):
        self.send("registry", "ImportHouseholds", "household_no,village,household_class,registered_on", [f"h1,{VILLAGE},建档立卡贫困户,2016-01-01"])
        self.send("registry", "ImportPersons", "household_no,person_no,name,id_number,born_on,sex,relation,labour,joined_on",
                  ["h1,p1,样丙丁,450328198001019022,1980-01-01,女,户主,普通劳动力,2016-01-01"])
        self.send("relocation", "ImportSites", "site_no,name,tier,location,started_on,completed_on", [f"s1,示例,县城,{TOWN},2016-05-06,2017-05-06"])
        self.send("relocation", "ImportUnits", "unit_no,site_no,area_centi_sqm,completed_on", ["u1,s1,2000,2017-05-06"])
        self.send("relocation", "ImportCases", "case_no,household_no,declared_on,verified_on,approved_on,allotted_on,moved_in_on,site_no,unit_no",
                  ["c1,h1,2016-02-10,2016-03-01,2016-04-01,2017-06-01,2018-10-01,s1,u1"])
        self.anju.settle()
        self.assertNotIn("X003", self.open_rules())
        self.assertEqual([], self.told("registry", "night"))

        # Moved in for three months, and nothing has followed: nobody sends anything, and the night finds it.
        self.anju.travel(days=120)
        for service in SERVICES:
            proofs = self.await_told(service, "recounted", 1)
            self.assertEqual([0], [proof["differences"] for proof in proofs], service)
        self.assertGreater(self.told("registry", "recounted")[0]["sums"], 0)
        self.assertEqual(["evaluate", "recount"], [night["work"] for night in self.told("registry", "night")])
        self.assertIn("X003", self.open_rules())

        self.anju.alter("registry", "UPDATE tally_sums SET amount = amount + 1 "
                        "WHERE indicator = 'registry.poor_households' AND division = '450328'")
        self.anju.travel(days=1)
        self.assertEqual(1, self.await_told("registry", "recounted", 2)[1]["differences"])
        wrong = self.await_told("registry", "figure_differs", 1)[0]
        self.assertEqual(("critical", "registry.poor_households", "450328"), (wrong["level"], wrong["indicator"], wrong["division"]))
        self.assertEqual(0, self.await_told("relocation", "recounted", 2)[1]["differences"])


if __name__ == "__main__":
    unittest.main()
