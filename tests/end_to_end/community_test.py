#!/usr/bin/env python3
"""A community through real processes: plots, grids, an election, requests, disclosures, and a house that is made safe."""

import itertools
import json
import time
import unittest

from whole import Anju

COUNTY, OTHER, VILLAGE, TOWN = "450328", "451022", "450328101202", "450328100"
SITE = f"{COUNTY}/county/s1"
SERVICE = "anju.relocation.v1."


class CommunityTest(unittest.TestCase):
    numbers = itertools.count()

    @classmethod
    def setUpClass(cls):
        cls.anju = Anju()
        cls.addClassCleanup(cls.anju.remove)
        cls.anju.up(demo=False)
        cls.officer, cls.collector, cls.approver, cls.reader = (
            cls.anju.new_token(role, COUNTY) for role in ("officer", "collector", "approver", "reader"))
        cls.reader_of_decisions = cls.anju.new_token("auditor", COUNTY)
        cls.stranger = cls.anju.new_token("officer", OTHER)
        cls.send("registry", "ImportHouseholds", "household_no,village,household_class,class_since,registered_on",
                 [f"h{i},{VILLAGE},建档立卡贫困户,2016-01-01,2016-01-01" for i in range(4)])
        cls.send("registry", "ImportPersons", "household_no,person_no,name,relation,labour,joined_on",
                 [f"h{i},p{i},韦一,户主,普通劳动力,2016-01-01" for i in range(4)])
        cls.send("relocation", "ImportSites", "site_no,name,tier,location,started_on,completed_on,community",
                 [f"s1,示例,县城,{TOWN},2016-05-06,2026-08-20,是"])
        cls.send("relocation", "ImportUnits", "unit_no,site_no,area_centi_sqm", [f"u{i},s1,2500" for i in range(3)])
        # The feed brings the members.
        time.sleep(2)
        cls.send("relocation", "ImportCases",
                 "case_no,household_no,declared_on,verified_on,approved_on,allotted_on,site_no,unit_no,moved_in_on",
                 [f"c{i},h{i},2016-02-10,2016-03-01,2016-04-01,2026-08-21,s1,u{i},2026-08-28" for i in range(3)])

    @classmethod
    def send(cls, service, method, heading, rows):
        path = cls.anju.data / f"{method}.csv"
        path.write_text("\n".join([heading, *rows, ""]))
        receipt = cls.anju.ctl(cls.officer, "import", service, method, path, "--division", COUNTY, "--source", "county")
        assert receipt["added"] == len(rows), receipt

    def body(self, method, request):
        """Every write is one of its own, unless the test says which."""
        if not method.split("/")[1].startswith(("Get", "List")):
            request.setdefault("request_id", f"n{next(self.numbers)}")
        return json.dumps(request)

    def call(self, token, method, **request):
        return self.anju.ctl(token, "call", SERVICE + method, self.body(method, request))

    def refused(self, expected, token, method, **request):
        done = self.anju.ctl(token, "call", SERVICE + method, self.body(method, request), check=False)
        self.assertNotEqual(0, done.returncode, done.stdout)
        self.assertIn(expected, done.stderr + done.stdout)

    def explained(self, kind, record, **asked):
        """The rules that were decided by, and what each was measured by."""
        request = {"kind": kind, "id": record, **asked}
        body = json.dumps(request)
        decisions = self.anju.ctl(self.reader_of_decisions, "call", "anju.policy.v1.Policies/ExplainDecision", "--service", "relocation", body)["decisions"]
        return {d["rule"]: {value["name"]: value["value"] for value in d.get("values", [])} for d in decisions}

    @staticmethod
    def household(number):
        return f"{COUNTY}/county/h{number}"

    def test_plots(self):
        self.send("relocation", "ImportPlots", "plot_no,site_no,area_mu", ["w1,s1,0.05", "w2,s1,0.04"])
        listed = self.call(self.officer, "Community/ListPlots", division=COUNTY)["plots"]
        plot = {"id": next(plot["id"] for plot in listed if plot["key"].endswith("/w1"))}
        given = self.call(self.collector, "Community/AssignPlot", request_id="r1", household=self.household(0), **plot)
        self.assertEqual(given, self.call(self.collector, "Community/AssignPlot", request_id="r1", household=self.household(0), **plot))
        self.refused("PLOT_TAKEN", self.officer, "Community/AssignPlot", household=self.household(1), **plot)
        self.assertEqual({"plot_given": {"plots_per_household": "2"}}, self.explained("plot", plot["id"]))
        self.refused("OUTSIDE_SCOPE", self.stranger, "Community/ReturnPlot", **plot)
        self.refused("PLOT_NOT_FOUND", self.officer, "Community/ReturnPlot", id="nothing")
        self.anju.settle()
        month = given["holdings"][0]["since"][:7]
        figures = self.anju.figures(COUNTY, month)
        self.assertEqual(("5", "1"), (figures["relocation.micro_plot_area"], figures["relocation.micro_plot_households"]))

    def test_grids(self):
        self.send("relocation", "ImportGrids", "grid_no,site_no,parent_no,name,opened_on",
                  ["d1,s1,,第一网格,2026-09-01", "g1,s1,d1,1号楼,2026-09-01"])
        uncovered = lambda **page: self.call(self.officer, "Grids/ListUncoveredHouseholds", site=SITE, **page)
        self.assertEqual(3, len(uncovered()["households"]))
        first = uncovered(page_size=2)
        self.assertEqual(2, len(first["households"]))
        self.assertEqual(1, len(uncovered(page_size=2, page_token=first["next_page_token"])["households"]))
        grids = self.call(self.officer, "Grids/ListGrids", division=COUNTY)["grids"]
        building = {"id": next(grid["id"] for grid in grids if grid["key"].endswith("/g1"))}
        self.call(self.collector, "Grids/AssignToGrid", household=self.household(0), **building)
        self.assertEqual(2, len(uncovered()["households"]))
        chief = self.call(self.officer, "Grids/AppointChief", household=self.household(1), person_no="p1", **building)
        self.assertEqual("p1", chief["chiefs"][0]["person_no"])
        self.assertIn("until", self.call(self.officer, "Grids/DismissChief", **building)["chiefs"][0])
        self.refused("SITE_NOT_FOUND", self.stranger, "Grids/ListUncoveredHouseholds", site=SITE)
        self.refused("FIELD_MISSING", self.officer, "Grids/ListUncoveredHouseholds")

    def test_an_election(self):
        election = {
            "site": SITE, "election_no": "e1", "body": "BODY_REPRESENTATIVES", "held_on": "2026-09-12", "term_until": "2029-09-12",
            "places": 2, "eligible": 3, "voted": 3,
            "winners": [{"household": self.household(n), "person_no": f"p{n}", "votes": 2} for n in (0, 1)],
        }
        self.refused("SITE_NOT_FOUND", self.stranger, "Community/HoldElection", **election)
        self.refused("QUORUM_NOT_REACHED", self.officer, "Community/HoldElection", **(election | {"voted": 1}))
        elected = self.call(self.officer, "Community/HoldElection", request_id="r1", **election)
        assembly = {"id": elected["id"]}
        seat = elected["elections"][0]["seats"][0]
        self.assertEqual({"election_term": {"longest_term_months": "60"}, "seat_won": {},
                          "election_turnout": {"election_turnout_above_bp": "5000", "committee_votes_above_bp": "5000"}},
                         self.explained("assembly", SITE))
        resigned = self.call(self.officer, "Community/ResignSeat", election_no="e1", household_id=seat["household_id"], reason="示例", **assembly)
        self.assertEqual("示例", resigned["elections"][0]["seats"][0]["reason"])
        self.assertEqual(resigned, self.call(self.collector, "Community/GetAssembly", **assembly))

    def test_requests(self):
        self.send("relocation", "ImportHallRequests", "request_no,site_no,household_no,kind,department,received_on",
                  ["q1,s1,h0,就业,人社,2026-10-12"])
        received = self.call(self.collector, "Hall/ReceiveHallRequest", site=SITE, request_no="1", household=self.household(1),
                             kind="REQUEST_KIND_LEGAL")
        waiting = self.call(self.officer, "Hall/ListOpenHallRequests", division="450328")["requests"]
        self.assertEqual([f"{COUNTY}/county/q1", f"{COUNTY}/anju/1"], [open_["request"]["key"] for open_ in waiting])
        self.assertGreater(waiting[0]["days_overdue"], 0)
        overdue = self.call(self.officer, "Hall/ListOpenHallRequests", division="450328", overdue_only=True)["requests"]
        self.assertEqual(1, len(overdue))
        request = {"id": received["id"]}
        self.refused("REQUEST_NOT_ASSIGNED", self.officer, "Hall/CloseHallRequest", **request)
        self.call(self.officer, "Hall/AssignHallRequest", department="DEPARTMENT_JUSTICE", **request)
        self.call(self.officer, "Hall/CloseHallRequest", **request)
        self.refused("RATER_IS_HANDLER", self.officer, "Hall/RateHallRequest", rating=5, **request)
        self.assertEqual(4, self.call(self.collector, "Hall/RateHallRequest", rating=4, **request)["rating"])
        again = self.call(self.officer, "Hall/ReopenHallRequest", reason="未办妥", **request)
        self.assertEqual(5, len(again["trail"]))
        self.assertEqual({"hall_request_due": {"hall_working_days_legal": "5"}}, self.explained("hall_request", request["id"]))
        self.assertEqual(again, self.call(self.officer, "Hall/GetHallRequest", **request))

    def test_disclosures(self):
        owed = self.anju.get(f"/v1/financeArrears?division={COUNTY}", self.reader)[1]["communities"]
        months = owed[0]["months"]
        self.assertEqual("2026-08", months[0])
        publication = {"site": SITE, "kind": "DISCLOSURE_KIND_FINANCE", "period": months[0], "title": "财务公开", "span_days": 10}
        published = self.call(self.collector, "Disclosures/PublishDisclosure", request_id="r1", disclosure_no="1", **publication)
        self.refused("FINANCE_DISCLOSED", self.officer, "Disclosures/PublishDisclosure", disclosure_no="2", **publication)
        self.assertEqual({"disclosure_span": {"shortest_disclosure_days": "7"}}, self.explained("disclosure", published["id"]))
        self.assertEqual({"finance_disclosed": {"finance_disclosed_by_day": "10"}}, self.explained("site", SITE))
        missing = {"name": "board.jpg", "sha256": "a" * 64, "size_bytes": 1}
        self.refused("EVIDENCE_NOT_FOUND", self.officer, "Disclosures/PublishDisclosure", disclosure_no="3",
                     **(publication | {"kind": "DISCLOSURE_KIND_AFFAIRS", "evidence": [missing]}))
        self.assertEqual([published], self.call(self.reader, "Disclosures/ListDisclosures", division=COUNTY)["disclosures"])
        self.assertEqual(published, self.call(self.reader, "Disclosures/GetDisclosure", id=published["id"]))
        owed = self.call(self.reader, "Disclosures/ListFinanceArrears", division=COUNTY).get("communities", [])
        self.assertEqual([months[1:]] if months[1:] else [], [community["months"] for community in owed])

    def test_a_house_is_made_safe_and_nobody_gets_both(self):
        plan = {"division": COUNTY, "renovation_no": "1", "household": self.household(3), "grade": "DANGER_GRADE_D", "subsidy_fen": "2400000"}
        self.refused("HOUSEHOLD_RELOCATES", self.officer, "Housing/PlanRenovation", **(plan | {"household": self.household(0)}))
        planned = self.call(self.collector, "Housing/PlanRenovation", request_id="r1", **plan)
        self.assertTrue(planned["poor"])
        renovation = {"id": planned["id"]}
        both = lambda: self.call(self.officer, "Housing/ListRenovations", division=COUNTY, relocating=True).get("renovations", [])
        self.assertEqual([], both())
        self.call(self.officer, "Housing/StartRenovation", **renovation)
        self.send("relocation", "ImportCases", "case_no,household_no,declared_on", ["c3,h3,2016-02-10"])
        self.assertEqual([planned["id"]], [found["id"] for found in both()])
        self.call(self.officer, "Housing/CompleteRenovation", **renovation)
        accepted = self.call(self.approver, "Housing/AcceptRenovation", **renovation)
        self.assertEqual("RENOVATION_STATE_ACCEPTED", accepted["state"])
        self.assertEqual(accepted, self.call(self.officer, "Housing/GetRenovation", **renovation))
        self.refused("RENOVATION_COMPLETED", self.officer, "Housing/WithdrawRenovation", reason="示例", **renovation)


if __name__ == "__main__":
    unittest.main(verbosity=2)
