#!/usr/bin/env python3
"""A lottery through real processes, from the commitment to the check of the published files, with the secret looked for on the way."""

import json
import time
import unittest

from whole import PROGRAMS, Anju, reason

COUNTY, VILLAGE, TOWN = "450328", "450328101202", "450328100"
HOUSEHOLDS = 6


class DrawTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.anju = Anju()
        cls.addClassCleanup(cls.anju.remove)
        cls.anju.up(demo=False)
        cls.officer, cls.approver, cls.reader = (cls.anju.new_token(role, COUNTY) for role in ("officer", "approver", "reader"))
        n = range(HOUSEHOLDS)
        cls.send("registry", "ImportHouseholds", "household_no,village,household_class,class_since,registered_on",
                 [f"h{i},{VILLAGE},建档立卡贫困户,2016-01-01,2016-01-01" for i in n])
        cls.send("registry", "ImportPersons", "household_no,person_no,name,relation,labour,joined_on",
                 [f"h{i},p{i}-{j},韦一,{'子女' if j else '户主'},普通劳动力,2016-01-01" for i in n for j in range(i % 3 + 1)])
        cls.send("relocation", "ImportSites", "site_no,name,tier,location,started_on", [f"s1,示例,县城,{TOWN},2016-05-06"])
        cls.send("relocation", "ImportUnits", "unit_no,site_no,area_centi_sqm",
                 [f"u{i},s1,{area}" for i, area in enumerate((2500, 5000, 7500, 7501))])
        # The feed brings the members.
        time.sleep(2)
        cls.send("relocation", "ImportCases", "case_no,household_no,declared_on,verified_on,approved_on,site_no",
                 [f"c{i},h{i},2016-02-10,2016-03-01,2016-04-01,s1" for i in n])

    @classmethod
    def send(cls, service, method, heading, rows):
        path = cls.anju.data / f"{method}.csv"
        path.write_text("\n".join([heading, *rows, ""]))
        receipt = cls.anju.ctl(cls.officer, "import", service, method, path, "--division", COUNTY, "--source", "county")
        assert receipt["added"] == len(rows), receipt

    def call(self, token, method, **request):
        return self.anju.ctl(token, "call", f"anju.relocation.v1.Relocation/{method}", json.dumps(request))

    def test_from_the_commitment_to_the_check(self):
        committed = self.call(self.officer, "CommitDraw", site=f"{COUNTY}/county/s1", request_id="r1")
        self.assertEqual(committed, self.call(self.officer, "CommitDraw", site=f"{COUNTY}/county/s1", request_id="r1"))
        draw = {"id": committed["id"]}
        frozen = self.call(self.officer, "FreezeDraw", request_id="r2", **draw)
        self.assertEqual((HOUSEHOLDS, 4), (frozen["households"], frozen["units"]))
        seen = [committed, frozen, self.call(self.reader, "GetDraw", **draw), self.anju.get(f"/v1/draws?division={COUNTY}", self.reader)[1]]
        refused = self.anju.ctl(self.officer, "call", "anju.relocation.v1.Relocation/RunDraw", json.dumps(draw), check=False)
        self.assertIn("ROLE_NOT_ALLOWED", refused.stderr)
        drawn = self.call(self.approver, "RunDraw", request_id="r3", **draw)
        self.assertEqual(drawn, self.call(self.approver, "RunDraw", request_id="r3", **draw))
        # A unit of 75.01 m² is too large for three.
        self.assertEqual(3, drawn["allotted"])
        seed = drawn["seed"]
        self.assertEqual(64, len(seed))
        for answer in seen:
            self.assertNotIn(seed, json.dumps(answer))
        # Neither does any log hold it.
        files = [path for folder in ("logs", "run") for path in (self.anju.data / folder).rglob("*") if path.is_file()]
        for path in files:
            self.assertNotIn(seed.encode(), path.read_bytes(), path)

        (self.anju.data / "list.txt").write_bytes(drawn["list"].encode())
        (self.anju.data / "result.txt").write_bytes(drawn["result"].encode())
        # As published: the commitment before the list, the list hash before the seed.
        checked = self.anju.ctl(
            self.reader, "draw", "verify", "--list", self.anju.data / "list.txt", "--list-hash", frozen["list_hash"],
            "--commitment", committed["commitment"], "--seed", seed, "--result", self.anju.data / "result.txt")
        self.assertEqual({"verified": True, "households": HOUSEHOLDS, "allotted": 3}, checked)

        cases = self.anju.get(f"/v1/cases?division={COUNTY}", self.officer)[1]["cases"]
        lines = dict(line.split("\t")[1:] for line in drawn["result"].splitlines() if line.startswith("allotted"))
        self.assertEqual(lines, {case["key"]: case["unit_key"] for case in cases if case.get("unit_key")})

        elsewhere = self.anju.new_token("reader", "451021")
        status, answer = self.anju.get(f"/v1/draws/{draw['id']}", elsewhere)
        self.assertEqual((403, "OUTSIDE_SCOPE"), (status, reason(answer)))
        voided = self.call(self.approver, "VoidDraw", request_id="r4", reason="停电", **draw)
        self.assertEqual(("DRAW_STATE_VOIDED", "停电", drawn["result"]), (voided["state"], voided["void_reason"], voided["result"]))
        cases = self.anju.get(f"/v1/cases?division={COUNTY}", self.officer)[1]["cases"]
        self.assertEqual(set(), {case["unit_key"] for case in cases if case.get("unit_key")})


if __name__ == "__main__":
    assert (PROGRAMS / "gateway").exists(), "build first"
    unittest.main(verbosity=2)
