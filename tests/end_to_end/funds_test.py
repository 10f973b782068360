#!/usr/bin/env python3
"""The money of a relocation through real processes: every act by who may do it, and the books behind it over HTTP."""

import json
import time
import unittest

from whole import PROGRAMS, Anju, reason

COUNTY, VILLAGE, TOWN = "450328", "450328101202", "450328100"
CASE = f"{COUNTY}/county/c0"
DAY = "2018-10-10"


class FundsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.anju = Anju()
        cls.addClassCleanup(cls.anju.remove)
        cls.anju.up(demo=False)
        cls.officer, cls.approver, cls.auditor = (cls.anju.new_token(role, COUNTY) for role in ("officer", "approver", "auditor"))
        cls.send("registry", "ImportHouseholds", "household_no,village,household_class,class_since,registered_on",
                 [f"h0,{VILLAGE},建档立卡贫困户,2016-01-01,2016-01-01"])
        cls.send("registry", "ImportPersons", "household_no,person_no,name,relation,labour,joined_on",
                 [f"h0,p{i},韦一,{'子女' if i else '户主'},普通劳动力,2016-01-01" for i in range(3)])
        cls.send("relocation", "ImportSites", "site_no,name,tier,location,started_on", [f"s1,示例,县城,{TOWN},2016-05-06"])
        cls.send("relocation", "ImportUnits", "unit_no,site_no,area_centi_sqm,cost_price_fen", ["u1,s1,7500,12600000"])
        cls.above, admin = (cls.anju.new_token(role, "4503") for role in ("approver", "admin"))
        today = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
        steps = [{"code": "county", "level": "OFFICE_LEVEL_COUNTY", "roles": ["approver"]},
                 {"code": "prefecture", "level": "OFFICE_LEVEL_PREFECTURE", "roles": ["approver"], "from_fen": "5000000", "days": 5,
                  "day_kind": "DAY_KIND_CALENDAR"}]
        cls.anju.ctl(admin, "call", "anju.approval.v1.Approvals/DefineFlow", "--service", "relocation", json.dumps(
            {"division": "4503", "request_id": "f", "name": "relocation.mortgage", "since": today, "steps": steps}))
        # The feed brings the members.
        time.sleep(2)
        cls.send("relocation", "ImportCases",
                 "case_no,household_no,declared_on,verified_on,approved_on,allotted_on,moved_in_on,site_no,unit_no",
                 ["c0,h0,2016-02-10,2016-03-01,2016-04-01,2018-06-01,2018-07-28,s1,u1"])

    @classmethod
    def send(cls, service, method, heading, rows):
        path = cls.anju.data / f"{method}.csv"
        path.write_text("\n".join([heading, *rows, ""]))
        receipt = cls.anju.ctl(cls.officer, "import", service, method, path, "--division", COUNTY, "--source", "county")
        assert receipt["added"] == len(rows), receipt

    def act(self, token, method, service="Funds", case=CASE, **request):
        request = {"id": case, "request_id": f"r-{method}"} | request
        return self.anju.ctl(token, "call", f"anju.relocation.v1.{service}/{method}", json.dumps(request))

    def refused(self, token, method, reason_, service="Funds", **request):
        request = {"id": CASE, "request_id": "x"} | request
        done = self.anju.ctl(token, "call", f"anju.relocation.v1.{service}/{method}", json.dumps(request), check=False)
        self.assertIn(reason_, done.stdout + done.stderr)

    def shared(self, token, method, **request):
        package = "approval" if method.startswith("Approvals") else "policy"
        return self.anju.ctl(token, "call", f"anju.{package}.v1.{method}", json.dumps(request), "--service", "relocation")

    def explain(self, mortgage):
        """Every yuan of it is explained by what it was decided by."""
        asked = ((CASE, "case", "personal_subsidy", "6000000"), (CASE, "case", "deposit", "1000000"),
                 (CASE, "case", "title_price", "5600000"), (mortgage, "mortgage", "mortgage_terms", "8000000"))
        for record, kind, rule, amount in asked:
            decisions = self.shared(self.auditor, "Policies/ExplainDecision", kind=kind, id=record, rule=rule)["decisions"]
            taken = [one for one in decisions if one["taken"]]
            self.assertEqual([("VERDICT_YES", amount)], [(one["verdict"], one["amount_fen"]) for one in taken], rule)
            self.assertTrue(all(value["document"] and value["text"] for value in taken[0]["values"]), taken)
            self.assertTrue(taken[0]["values"], rule)
        surplus = self.shared(self.auditor, "Policies/ExplainDecision", kind="case", id=CASE, rule="surplus")["decisions"]
        self.assertEqual([("VERDICT_NO", "NO_SURPLUS", False)],
                         [(one["verdict"], one["reason"], one["taken"]) for one in surplus])

    def trial(self, on, division=COUNTY):
        status, answer = self.anju.get(f"/v1/ledger:trialBalance?service=relocation&division={division}&on={on}", self.auditor)
        self.assertEqual(200, status, answer)
        self.assertTrue(answer["balances"], answer)
        # Zeros are left out over HTTP.
        return {account["account"]: int(account.get("balance_fen", 0)) for account in answer.get("accounts", [])}

    def test_from_the_subsidy_to_the_mortgage(self):
        today = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
        self.act(self.officer, "ProposeSubsidy")
        self.refused(self.officer, "GrantSubsidy", "ROLE_NOT_ALLOWED")
        granted = self.act(self.approver, "GrantSubsidy")
        self.assertEqual("6000000", granted["subsidy"]["amount_fen"])
        paid = self.act(self.officer, "PaySubsidy", bank_reference="b1", paid_on=today)
        self.assertEqual(paid, self.act(self.officer, "PaySubsidy", bank_reference="b1", paid_on=today))
        money = {"source": "MONEY_SOURCE_OWN", "bank_reference": "b2", "paid_on": today}
        self.refused(self.officer, "ReceiveDeposit", "HOUSEHOLD_BORROWS", amount_fen="1", **(money | {"source": "MONEY_SOURCE_LOAN"}))
        self.act(self.officer, "ReceiveDeposit", amount_fen="1000000", **money)
        status, quote = self.anju.get(f"/v1/cases/{paid['case_id']}/titleQuote", self.officer)
        self.assertEqual((200, "5600000"), (status, quote["remaining_fen"]), quote)
        self.refused(self.officer, "SettleTitle", "PRICE_NOT_PAID")
        self.act(self.officer, "PayTitle", amount_fen="5600000", **money)
        settled = self.act(self.officer, "SettleTitle")
        self.assertEqual("1000000", settled["title"]["deposit_used_fen"])
        books = self.trial(today)
        self.assertEqual(
            {"fund": 600000, "contractor": 6000000, "subsidies": 6000000, "homes_settled": 12600000},
            {account: balance for account, balance in books.items() if balance})
        self.assertEqual({}, self.trial("2017-01-01"))
        account = self.anju.ctl(self.auditor, "call", "anju.relocation.v1.Funds/GetSiteAccount", json.dumps({"id": f"{COUNTY}/county/s1"}))
        self.assertEqual(("6000000", "12600000"), (account["paid_fen"], account["settled_fen"]))

        mortgage = self.act(self.officer, "ProposeMortgage", "BuyBacks", bank="样例银行", contract_no="m1",
                            principal_fen="8000000", taken_on="2016-06-01")
        # Over 50,000 yuan an approver of the prefecture decides too, and then the bank is paid.
        self.refused(self.approver, "BuyBackMortgage", "WRONG_STEP", "BuyBacks", id=mortgage["id"], bank_reference="b3", paid_on=DAY)
        ruling = {"id": mortgage["id"], "verdict": "VERDICT_APPROVE", "step": "county"}
        self.refused(self.officer, "DecideMortgage", "ROLE_NOT_ALLOWED", "BuyBacks", **ruling)
        decided = self.act(self.approver, "DecideMortgage", "BuyBacks", **ruling)
        self.assertEqual(("MORTGAGE_STATE_PROPOSED", "prefecture"), (decided["state"], decided["approvals"][-1]["step"]))
        due = self.shared(self.above, "Approvals/ListDue", division="4503", within_days=5)["due"]
        self.assertEqual([("mortgage", mortgage["id"], "prefecture")], [(one["kind"], one["record_id"], one["step"]) for one in due])
        payment = {"bank_reference": "b3", "paid_on": DAY}
        held = self.act(self.above, "BuyBackMortgage", "BuyBacks", case=mortgage["id"], step="prefecture", **payment)
        self.assertEqual("MORTGAGE_STATE_HELD", held["state"])
        ledger = self.shared(self.auditor, "Approvals/ListDecisions", division=COUNTY, record_id=mortgage["id"])["decisions"]
        self.assertEqual([("county", "VERDICT_APPROVE"), ("prefecture", "VERDICT_APPROVE")],
                         [(line["step"], line["verdict"]) for line in ledger])
        self.explain(mortgage["id"])
        status, statement = self.anju.get(f"/v1/mortgages/{mortgage['id']}", self.officer)
        self.assertEqual((200, "2023-10-10", "8000000"), (status, statement["next_due_on"], statement["overdue_fen"]), statement)
        status, overdue = self.anju.get(f"/v1/mortgages:overdue?division={COUNTY}", self.officer)
        self.assertEqual([mortgage["id"]], [one["mortgage"]["id"] for one in overdue["mortgages"]])
        self.assertEqual(8000000, self.trial("2018-12-31")["mortgages"])

        status, entries = self.anju.get(f"/v1/ledger/entries?service=relocation&division={COUNTY}&record_id={paid['id']}", self.auditor)
        self.assertEqual(200, status)
        self.assertEqual(0, sum(int(entry["amount_fen"]) for entry in entries["entries"]))
        elsewhere = self.anju.new_token("auditor", "451021")
        status, answer = self.anju.get(f"/v1/ledger/entries?service=relocation&division={COUNTY}", elsewhere)
        self.assertEqual((403, "OUTSIDE_SCOPE"), (status, reason(answer)))
        proof = self.anju.ctl(self.auditor, "call", "anju.ledger.v1.Ledger/CheckLedger", "{}", "--service", "relocation")
        self.assertTrue(proof["agrees"], proof)
        # A service that posts nothing has books too, and they are empty.
        proof = self.anju.ctl(self.auditor, "call", "anju.ledger.v1.Ledger/CheckLedger", "{}", "--service", "workshops")
        self.assertTrue(proof["agrees"], proof)


if __name__ == "__main__":
    assert (PROGRAMS / "gateway").exists(), "build first"
    unittest.main(verbosity=2)
