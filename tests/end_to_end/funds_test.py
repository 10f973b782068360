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

    def trial(self, on, division=COUNTY):
        status, answer = self.anju.get(f"/v1/ledger:trialBalance?service=relocation&division={division}&on={on}", self.auditor)
        self.assertEqual(200, status, answer)
        self.assertTrue(answer["balances"], answer)
        # Zeros are left out over HTTP.
        return {account["account"]: int(account.get("balance_fen", 0)) for account in answer.get("accounts", [])}

    def test_from_the_subsidy_to_the_mortgage(self):
        today = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
        self.refused(self.officer, "GrantSubsidy", "ROLE_NOT_ALLOWED")
        self.act(self.officer, "ProposeSubsidy")
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
        self.act(self.approver, "BuyBackMortgage", "BuyBacks", case=mortgage["id"], bank_reference="b3", paid_on=DAY)
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
