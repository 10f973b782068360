#!/usr/bin/env python3
"""Counties that are merged, recoded and split, through real processes: old totals stay, and everything else goes along."""

import json
import time
import unittest

from whole import SERVICES, Anju

PREFECTURE = "4503"
# Two counties become the third, the fourth gets the fifth code, and of the third a township is founded as the sixth.
FIRST, SECOND, MERGED, OLD, RECODED, FOUNDED = "450328", "450329", "450399", "450330", "450388", "450398"
MONTHS = ("2017-12", "2018-05", "2018-06", "2018-07", "2018-10")
# The ends of months, and days between them.
DAYS = ("2017-01-20", "2018-05-15", "2018-05-31", "2018-06-01", "2018-06-15", "2018-06-30", "2018-08-15", "2018-10-31")
AREA = "area_per_person_centi_sqm"
CREDIT_CODES = {FIRST: "91350100M000100Y43", SECOND: "91350100M000100Y56", OLD: "91350100M000100Y69"}


def township(code):
    """What becomes of a township of the second county, whose last digits the first has too."""
    return MERGED + str(int(code[6]) + 2) + code[7:]


class DivisionsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.anju = Anju()
        cls.addClassCleanup(cls.anju.remove)
        cls.anju.up(demo=False)
        cls.auditor = cls.anju.new_token("auditor", "*")
        cls.prefecture = cls.anju.new_token("officer", PREFECTURE)
        cls.officers = {code: cls.anju.new_token("officer", code) for code in (FIRST, SECOND, MERGED, OLD, RECODED, FOUNDED)}
        for county in (FIRST, SECOND, OLD):
            cls.fill(county)
        cls.anju.settle()

    @classmethod
    def send(cls, county, service, method, heading, rows, refused=0, token=None):
        path = cls.anju.data / f"{county}-{method}.csv"
        path.write_text("\n".join([heading, *rows, ""]))
        receipt = cls.anju.ctl(token or cls.officers[county], "import", service, method, path, "--division", county, "--source", "county", check=not refused)
        if refused:
            return receipt
        assert receipt["received"] == len(rows) and receipt["refused"] == 0, receipt
        return receipt

    @classmethod
    def fill(cls, county):
        """Some of everything that lies in a division, beginning in 2017 and 2018."""
        town, village, other = county + "100", county + "100001", county + ("101200" if county == SECOND else "101001")
        send = lambda *words: cls.send(county, *words)  # noqa: E731
        send("registry", "ImportHouseholds", "household_no,village,household_class,registered_on",
             [f"h1,{village},建档立卡贫困户,2017-01-01", f"h2,{other},建档立卡贫困户,2017-02-01", f"h3,{village},建档立卡贫困户,2018-08-01"])
        # One person who was entered twice.
        send("registry", "ImportPersons", "household_no,person_no,name,born_on,sex,relation,labour,joined_on",
             [f"{household},p1,例甲乙,1980-01-01,女,户主,普通劳动力,2017-02-01" for household in ("h1", "h2")])
        send("registry", "ImportVillages", "village,poor_since", [f"{village},2017-01-01"])
        send("registry", "ImportExitPlans", "division,year,planned_persons", [f"{county},2017,20", f"{county},2018,30"])
        send("registry", "ImportPopulations", "division,as_of,rural_population", [f"{county},2017-01-01,1000", f"{county},2018-01-01,2000"])
        send("relocation", "ImportSites", "site_no,name,tier,location,started_on,completed_on,planned_units",
             [f"s1,示例,县城,{town},2017-05-06,2018-02-06,10", f"s2,样例,县城,{county}101,2018-07-06,,7"])
        send("relocation", "ImportUnits", "unit_no,site_no,area_centi_sqm,completed_on", ["u1,s1,2000,2018-02-06"])
        send("relocation", "ImportCases", "case_no,household_no,declared_on,verified_on,approved_on,allotted_on,moved_in_on,site_no,unit_no",
             ["c1,h1,2017-02-10,2017-03-01,2017-04-01,2018-03-01,2018-08-01,s1,u1"])
        send("workshops", "ImportEnterprises", "enterprise_no,credit_code,name,location,jobs_offered,entered_on",
             [f"e1,{CREDIT_CODES[county]},示例厂,{town},12,2017-06-01"])
        send("workshops", "ImportWorkshops", "workshop_no,enterprise_no,name,kind,location,floor_area_centi_sqm,checked_on,recognised_on",
             [f"w1,e1,示例车间,厂房式,{village},50000,2017-07-01,2017-08-01"])
        send("microcredit", "ImportFundMovements", "movement_no,kind,amount_fen,moved_on", ["m1,注资,50000000,2017-06-01", "m2,注资,7000000,2018-07-01"])
        send("microcredit", "ImportTerminals", "terminal_no,bank,village,installed_on", [f"t1,农商行,{village},2017-09-01"])
        send("channels", "ImportChannels", "channel_no,name,kind,location,opened_on", [f"k1,示例店,线下实体店,{town},2017-06-01"])
        send("channels", "ImportProducts", "product_no,name,origin,unit", [f"q1,百香果,{village},kg"])
        send("channels", "ImportSales", "sale_no,channel_no,product_no,sold_on,quantity_milli,unit,amount_fen,buyer_kind",
             ["x1,k1,q1,2017-10-01,1000,kg,900,个人", "x2,k1,q1,2018-09-01,1000,kg,700,个人"])

    def call(self, token, method, check=True, **request):
        return self.anju.ctl(token, "call", f"anju.registry.v1.DivisionChanges/{method}", json.dumps(request), check=check)

    def refused(self, reason, token, method, **request):
        self.assertIn(reason, self.call(token, method, check=False, **request).stderr)

    def set_area(self, county, value):
        """What a county sets for what its sites measure."""
        policies = "anju.policy.v1.Policies/"
        setting = {"division": county, "name": AREA, "value": value, "since": self.today(), "document": "样府发〔2018〕9号", "text": "人均面积",
                   "request_id": f"s-{county}"}
        set_ = self.anju.ctl(self.officers[county], "call", policies + "SetParameter", json.dumps(setting), "--service", "relocation")
        confirm = json.dumps({"version": set_["version"], "request_id": f"t-{county}"})
        self.anju.ctl(self.anju.new_token("approver", county), "call", policies + "ConfirmParameter", confirm, "--service", "relocation")

    def await_area(self, version, county):
        """A service hears of a change a moment after the registry."""
        for _ in range(80):
            found = self.anju.ctl(self.prefecture, "call", "anju.policy.v1.Policies/ListParameters",
                                  json.dumps({"division": county, "name": AREA}), "--service", "relocation")["parameters"][0]["in_force"]
            if found["version"] == version:
                return
            time.sleep(0.2)
        self.assertEqual(version, found["version"], county)

    def define_flow(self, county):
        steps = [{"code": "look", "level": "OFFICE_LEVEL_COUNTY", "roles": ["officer"]},
                 {"code": "approve", "level": "OFFICE_LEVEL_COUNTY", "roles": ["approver"]}]
        flow = {"division": county, "name": "relocation.case", "since": self.today(), "steps": steps, "request_id": f"f-{county}"}
        self.anju.ctl(self.anju.new_token("admin", county), "call", "anju.approval.v1.Approvals/DefineFlow", json.dumps(flow),
                      "--service", "relocation")

    def flow(self, county):
        return self.anju.ctl(self.prefecture, "call", "anju.approval.v1.Approvals/GetFlow",
                             json.dumps({"division": county, "name": "relocation.case"}), "--service", "relocation")

    @staticmethod
    def today():
        return time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))

    def apply(self, change):
        for turn in range(20):
            change = self.call(self.prefecture, "ApplyDivisionChange", id=change["id"], request_id=f"{change['id'][-20:]}-{turn}")
            if change["state"] == "CHANGE_STATE_APPLIED":
                return change
        self.fail("the change does not end")

    def sums(self, county, month):
        """All sums of a division at a month, flows of that month; ratios are no sums, and what is none is left out."""
        status, overview = self.anju.get(f"/v1/overview?division={county}&from_month={month}&month={month}", self.prefecture)
        if status == 404:
            return {}
        self.assertEqual(200, status, overview)
        kinds = {one["id"]: one["kind"] for one in self.anju.get("/v1/indicators", self.prefecture)[1]["indicators"]}
        return {one["id"]: int(one["value"]) for one in overview["indicators"]
                if "RATIO" not in kinds[one["id"]] and int(one.get("value") or 0) != 0}

    def await_sums(self, expected, county, month):
        for _ in range(150):
            if (found := self.sums(county, month)) == expected:
                return
            time.sleep(0.2)
        self.assertEqual(expected, found, f"{county} {month}")

    def await_status(self, status, county, asked):
        """The gateway's own answers take the registry's word on a division for a while."""
        for _ in range(80):
            got = self.anju.get(f"/v1/overview?division={asked}&month=2018-05", self.officers[county])
            if got[0] == status:
                return
            time.sleep(0.2)
        self.assertEqual(status, got[0], (county, asked, got))

    def totals(self, division, day, token=None):
        """The registry's totals of a division at the end of a day."""
        request = json.dumps({"division": division, "date": day})
        answer = self.anju.ctl(token or self.prefecture, "call", "anju.registry.v1.RegistryFigures/QueryTotalsAsOf", request)
        return {one["indicator"]: int(one["value"]) for one in answer.get("totals", [])}

    def may_total(self, county, division):
        return self.may(county, division, "anju.registry.v1.RegistryFigures/QueryTotalsAsOf", date="2018-10-31")

    def recount(self):
        for service in SERVICES:
            with self.subTest(service=service):
                proof = self.anju.ctl(self.auditor, "call", "anju.indicators.v1.Indicators/Recount", "{}", "--service", service)
                self.assertEqual([], proof.get("differences", []))
                self.assertTrue(proof["agrees"])

    def may(self, county, division, method="anju.relocation.v1.Relocation/ListSites", **request):
        """Whether the officer of a county may ask that of a division."""
        done = self.anju.ctl(self.officers[county], "call", method, json.dumps({"division": division, **request}), check=False)
        self.assertTrue(done.returncode == 0 or "OUTSIDE_SCOPE" in done.stderr, done.stderr)
        return done.returncode == 0

    def test_1_a_duplicate_is_found_and_merged(self):
        duplicates = "anju.registry.v1.Duplicates/"
        found = self.anju.ctl(self.officers[FIRST], "call", duplicates + "ListDuplicates", json.dumps({"division": FIRST}))["candidates"]
        self.assertEqual(1, len(found))
        merged = {"id": found[0]["first_household"], "person_no": found[0]["first_person_no"], "other_household": found[0]["second_household"],
                  "other_person_no": found[0]["second_person_no"], "reason": "同一人", "request_id": "d1"}
        self.anju.ctl(self.officers[FIRST], "call", duplicates + "MergePersons", json.dumps(merged))
        again = self.anju.ctl(self.officers[FIRST], "call", duplicates + "ListDuplicates", json.dumps({"division": FIRST}))
        self.assertEqual([], again.get("candidates", []))
        self.anju.settle()

    def test_2_two_counties_become_one(self):
        before = {(county, month): self.sums(county, month) for county in (FIRST, SECOND) for month in MONTHS}
        self.assertGreater(len(before[FIRST, "2018-10"]), 15)
        days = {(county, day): self.totals(county, day) for county in (FIRST, SECOND) for day in DAYS}
        self.assertEqual((1, 2, 3), tuple(days[FIRST, day]["registry.households"] for day in ("2017-01-20", "2018-05-15", "2018-08-15")))
        change = {"division": PREFECTURE, "kind": "CHANGE_KIND_MERGE", "effective_on": "2018-06-01", "document": "样府发〔2018〕1号"}
        both = [{"old_code": FIRST, "new_code": MERGED, "new_name": "样例县"}, {"old_code": SECOND, "new_code": MERGED}]
        self.refused("CODES_COLLIDE", self.prefecture, "RecordDivisionChange", **change, change_no="0", successions=both, request_id="c0")
        self.refused("OUTSIDE_SCOPE", self.officers[FIRST], "RecordDivisionChange", **change, change_no="0", successions=both, request_id="c0")
        towns = self.anju.get(f"/v1/divisions?parent={SECOND}", self.prefecture)[1]["divisions"]
        both += [{"old_code": town["code"], "new_code": township(town["code"])} for town in towns]
        recorded = self.call(self.prefecture, "RecordDivisionChange", **change, change_no="1", successions=both, request_id="c1")
        self.assertEqual("CHANGE_STATE_RECORDED", recorded["state"])
        # Nothing has changed yet.
        self.assertEqual(before[FIRST, "2018-10"], self.sums(FIRST, "2018-10"))
        self.assertFalse(self.may(MERGED, FIRST))
        self.assertEqual(6, int(self.apply(recorded)["moved_households"]))

        for month in MONTHS:
            old = month < "2018-06"
            total = {name: before[FIRST, month].get(name, 0) + before[SECOND, month].get(name, 0)
                     for name in before[FIRST, month].keys() | before[SECOND, month].keys()}
            self.await_sums({} if old else total, MERGED, month)
            for county in (FIRST, SECOND):
                self.await_sums(before[county, month] if old else {}, county, month)
        self.recount()
        # An old code is what it was and what that became; the new one begins with the month of the change.
        for day in DAYS:
            first, second = days[FIRST, day], days[SECOND, day]
            both_then = {name: first.get(name, 0) + second.get(name, 0) for name in first.keys() | second.keys()}
            self.assertEqual(both_then if day >= "2018-06" else {}, self.totals(MERGED, day), day)
            self.assertEqual(first, self.totals(FIRST, day), day)
            self.assertEqual(second, self.totals(SECOND, day), day)
            self.assertEqual(first, self.totals(FIRST, day, self.officers[FIRST]), day)
        for asked, may in ((FIRST, True), (MERGED, False), (SECOND, False)):
            self.assertEqual(may, self.may_total(FIRST, asked), asked)
        # The tree is that of the month.
        children = lambda month: {one["division"] for one in self.anju.get(  # noqa: E731
            f"/v1/overview?division={PREFECTURE}&month={month}&children=true", self.prefecture)[1]["children"]}
        self.assertTrue({FIRST, SECOND} <= children("2018-05") and MERGED not in children("2018-05"))
        self.assertTrue(MERGED in children("2018-06") and not {FIRST, SECOND} & children("2018-06"))

        for method in ("anju.relocation.v1.Relocation/ListSites", "anju.registry.v1.Registry/ListHouseholds"):
            # Of an old code: what it became, and no more.
            for asked, may in ((FIRST, True), (MERGED + "100", True), (MERGED, False), (SECOND, False), (MERGED + "300", False)):
                self.assertEqual(may, self.may(FIRST, asked, method), (method, asked))
            for asked in (MERGED, FIRST, SECOND, SECOND + "100", MERGED + "300"):
                self.assertTrue(self.may(MERGED, asked, method), (method, asked))
        for county, asked, status in ((MERGED, SECOND, 200), (FIRST, FIRST, 200), (FIRST, MERGED, 403), (FIRST, SECOND, 403), (MERGED, OLD, 403)):
            self.await_status(status, county, asked)

        # Who was merged goes on sending under the old code, of the own villages.
        receipt = self.send(FIRST, "registry", "ImportHouseholds", "household_no,village,household_class,registered_on",
                            [f"h1,{FIRST}100001,建档立卡贫困户,2017-01-01", f"h9,{FIRST}100001,一般户,2018-09-01"])
        self.assertEqual((1, 0, 1), (receipt["added"], receipt["updated"], receipt["unchanged"]))
        wrong = self.send(FIRST, "registry", "ImportHouseholds", "household_no,village,household_class,registered_on",
                          [f"h8,{MERGED}300001,一般户,2018-09-01"], refused=1)
        self.assertIn("OUTSIDE_DIVISION", wrong.stdout + wrong.stderr)
        listed = self.anju.ctl(self.officers[MERGED], "call", "anju.relocation.v1.Relocation/ListSites", json.dumps({"division": MERGED}))
        self.assertEqual(4, len(listed["sites"]))
        self.recount()

    def test_3_a_county_gets_another_code(self):
        before = {month: self.sums(OLD, month) for month in MONTHS}
        days = {day: self.totals(OLD, day) for day in DAYS}
        self.set_area(OLD, 2100)
        self.define_flow(OLD)
        recorded = self.call(self.prefecture, "RecordDivisionChange", division=PREFECTURE, kind="CHANGE_KIND_RECODE", change_no="2",
                             effective_on="2018-06-01", document="样府发〔2018〕2号", request_id="c2",
                             successions=[{"old_code": OLD, "new_code": RECODED, "new_name": "样例市"}])
        self.apply(recorded)
        for month in MONTHS:
            self.await_sums(before[month], RECODED if month >= "2018-06" else OLD, month)
            # The old code is the new one from that month on.
            self.await_sums(before[month], OLD, month)
        self.await_sums({}, RECODED, "2018-05")
        for day in DAYS:
            self.assertEqual(days[day], self.totals(OLD, day), day)
            self.assertEqual(days[day] if day >= "2018-06" else {}, self.totals(RECODED, day), day)
        # What the county has set and defined goes on until it does so under the new code.
        for code in (OLD, RECODED):
            self.await_area(f"{OLD}/1", code)
            self.assertEqual(OLD, self.flow(code)["division"])
        self.set_area(RECODED, 2200)
        for code in (OLD, RECODED):
            self.await_area(f"{RECODED}/1", code)
        # Whoever looks for somebody finds them under either code.
        for code in (OLD, RECODED):
            found = self.anju.ctl(self.officers[code], "call", "anju.registry.v1.Registry/ListHouseholds",
                                  json.dumps({"division": code, "query": "h1"}))
            self.assertEqual([f"{OLD}/county/h1"], [one["key"] for one in found.get("households", [])], code)
        # Its sites lie in it, by whichever code; the household has moved in already.
        move = {"cases": [f"{OLD}/county/c1"], "place": "广场", "moved_in_on": "2018-10-01", "request_id": "m1"}
        for code, reason in ((OLD, "CASE_NOT_ALLOTTED"), (RECODED, "CASE_NOT_ALLOTTED"), (MERGED, "CASE_NOT_FOUND")):
            done = self.anju.ctl(self.officers[code], "call", "anju.relocation.v1.Relocation/MoveInHouseholds",
                                 json.dumps({"division": code, **move}), check=False)
            self.assertIn(reason, done.stderr, code)
        for county in (OLD, RECODED):
            for asked in (OLD, RECODED, RECODED + "100"):
                self.assertTrue(self.may(county, asked), (county, asked))
        # The same files under either code change nothing.
        self.fill(OLD)
        rows = [f"{RECODED},2018-01-01,2000", f"{RECODED},2019-01-01,2500"]
        receipt = self.send(RECODED, "registry", "ImportPopulations", "division,as_of,rural_population", rows)
        self.assertEqual(1, receipt["unchanged"])
        self.anju.settle()
        for month in MONTHS:
            self.await_sums(before[month], RECODED if month >= "2018-06" else OLD, month)
        self.assertEqual(2500, self.sums(RECODED, "2019-02")["registry.rural_population"])
        self.recount()

    def test_4_a_township_is_founded_as_a_county(self):
        part, rest = MERGED + "100", MERGED + "101"
        before = {(code, month): self.sums(code, month) for code in (part, MERGED) for month in ("2018-08", "2018-10")}
        self.assertIn("relocation.sites", before[part, "2018-10"])
        request = {"division": PREFECTURE, "kind": "CHANGE_KIND_SPLIT", "effective_on": "2018-09-01", "document": "样府发〔2018〕3号",
                   "successions": [{"old_code": part, "new_code": FOUNDED + "100"}]}
        self.refused("PARENT_NOT_FOUND", self.prefecture, "RecordDivisionChange", **request, change_no="3", request_id="c3")
        request["founded"] = [{"code": FOUNDED, "name": "新县"}]
        withdrawn = self.call(self.prefecture, "RecordDivisionChange", **request, change_no="3", request_id="c4")
        self.call(self.prefecture, "WithdrawDivisionChange", id=withdrawn["id"], request_id="c5")
        self.refused("CHANGE_WITHDRAWN", self.prefecture, "ApplyDivisionChange", id=withdrawn["id"], request_id="c6")
        days = {(code, day): self.totals(code, day) for code in (part, MERGED, FIRST) for day in DAYS}
        self.apply(self.call(self.prefecture, "RecordDivisionChange", **request, change_no="4", request_id="c7"))
        self.await_sums(before[part, "2018-10"], FOUNDED, "2018-10")
        self.await_sums(before[part, "2018-08"], part, "2018-08")
        self.await_sums(before[MERGED, "2018-08"], MERGED, "2018-08")
        left = {name: value - before[part, "2018-10"].get(name, 0) for name, value in before[MERGED, "2018-10"].items()}
        # Made at reading of a whole county, whose poor it counts: a township has none.
        left["registry.poor_persons_counted"] = left["registry.poor_persons"]
        self.await_sums({name: value for name, value in left.items() if value}, MERGED, "2018-10")
        for day in DAYS:
            then, gone = days[MERGED, day], days[part, day] if day >= "2018-09" else {}
            left = {name: value - gone.get(name, 0) for name, value in then.items()}
            self.assertEqual({name: value for name, value in left.items() if value}, self.totals(MERGED, day), day)
            self.assertEqual(gone, self.totals(FOUNDED, day), day)
            # Of which a part went on to be another county.
            self.assertEqual(days[FIRST, day], self.totals(FIRST, day), day)
        for county, asked, may in ((FOUNDED, FOUNDED, True), (FOUNDED, part, True), (FOUNDED, FIRST + "100", True), (FOUNDED, FIRST, False),
                                   (FOUNDED, MERGED, False), (MERGED, MERGED, True), (MERGED, part, False), (MERGED, rest, True),
                                   (FIRST, FOUNDED + "100", True), (FIRST, FOUNDED, False)):
            self.assertEqual(may, self.may(county, asked), (county, asked))
        self.recount()


if __name__ == "__main__":
    unittest.main()
