#!/usr/bin/env python3
"""Who may call what, asked of every method that the contracts have: without a token, with a role that is not allowed, and for
a division that is not the caller's. A method that is added later is asked too."""

import http.client
import json
import unittest

from calls import Lines
from contracts import CLOSED, NEEDED, ROLES, STRING, Contracts, text
from tokens import rogues
from whole import PROTOSET, SERVICES, Anju, reason

HOME, FOREIGN = "450481", "451022"


class Rights(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.anju = Anju()
        # It is refused so often that it would be told to wait.
        cls.anju.environment.update({f"ANJU_{party}_{what}": "1e6" for party in ("CALLER", "STRANGER") for what in ("RATE", "BURST")})
        cls.addClassCleanup(cls.anju.remove)
        cls.anju.up(demo=False)
        cls.contracts = Contracts(PROTOSET)
        cls.tokens = {role: cls.anju.new_token(role, "*" if role == "service" else HOME).read_text().strip()
                      for role in ROLES if role}
        cls.lines = Lines()
        cls.addClassCleanup(cls.lines.close)
        cls.http = http.client.HTTPConnection("127.0.0.1", cls.anju.http, timeout=30)
        cls.addClassCleanup(cls.http.close)

    def calls(self):
        """Every method and whom to ask: the service itself, because each looks for itself, and the gateway, which the services'
        own contracts are closed to. A shared one is asked of every service."""
        for service, method, request, roles in self.contracts.methods:
            if f"{service}/{method}" in self.contracts.public:
                continue
            own = service.split(".")[1]
            for peer in SERVICES if service in self.contracts.shared else (own,) if own in SERVICES else ():
                yield f"{service}/{method}", int((self.anju.data / f"run/port.{peer}").read_text()), request, roles
            if service not in CLOSED:
                yield f"{service}/{method}", self.anju.grpc, request, roles

    def ask(self, method, port, request=b"", token=None):
        """One gRPC call with one message and nothing behind it: (code, reason)."""
        answer = self.lines.ask(port, method, request, token=token, more=(("x-anju-service", "registry"),))
        return answer.code, answer.reason

    def ask_http(self, method, request, token):
        """The same over HTTP: (status, the body of the answer). Every method has an address."""
        verb, target, body = self.contracts.over_http(method, request, "registry")
        headers = {"Authorization": "Bearer " + token} if token is not None else {}
        if body is not None:
            headers["Content-Type"] = "application/x-ndjson" if method in self.contracts.streams else "application/json"
        self.http.request(verb, target, body, headers)
        answer = self.http.getresponse()
        return answer.status, json.loads(answer.read())

    def test_there_is_something_to_ask(self):
        self.assertGreater(len(self.contracts.methods), 50)
        self.assertTrue(all(roles or f"{service}/{method}" in self.contracts.public
                            for service, method, _, roles in self.contracts.methods), "a method that nobody may call")
        # Whoever publishes more says so here.
        self.assertEqual({"anju.gateway.v1.Gateway/GetPublicOverview"}, self.contracts.public)

    def test_the_services_own_contracts_are_not_forwarded(self):
        for service, method, *_ in self.contracts.methods:
            if service in CLOSED:
                answer = self.ask(f"{service}/{method}", self.anju.grpc, token=self.tokens["service"])
                self.assertEqual(12, answer[0], method)

    def household(self, county):
        """The id of one that is there."""
        path, officer = self.anju.data / "one.csv", self.anju.token_file(f"officer-{county}")
        path.write_text(f"户编号,村代码,户类型,建档日期\nr1,{county}100201,建档立卡贫困户,2016-01-15\n", encoding="utf-8")
        self.anju.ctl(officer, "import", "households", path, "--division", county)
        listed = self.anju.ctl(officer, "call", "anju.registry.v1.Registry/ListHouseholds", json.dumps({"division": county, "query": "r1"}))
        return listed["households"][0]["id"]

    def about(self, request, record):
        """A request that says the record wherever it may say one, and the division of the tokens wherever it may say that."""
        return self.contracts.filled(request, lambda field, _: (
            HOME if self.contracts.is_scope(field) else "registry.households" if text(field, 1) == "indicator" else
            record if field[5][0] == STRING else None))

    def test_nobody_by_a_token_that_is_not_good(self):
        """Whatever is wrong with it is said, and nothing else: the same of a record that is there and of one that is not."""
        there = self.household(HOME)
        records = (there, there[:-4] + "zzzz")
        asked = 0
        for name, (token, why) in rogues(self.anju, "officer", HOME).items():
            for method, port, request, _ in self.calls():
                with self.subTest(token=name, method=method, port=port):
                    one, other = (self.lines.ask(port, method, self.contracts.encoded(request, self.about(request, record)), token=token,
                                                 more=(("x-anju-service", "registry"),)) for record in records)
                    self.assertEqual((16, why, b""), (one.code, one.reason, one.body))
                    self.assertEqual(one, other)
                    asked += 2
            for method in self.contracts.routes:
                if method in self.contracts.public:
                    continue
                with self.subTest(token=name, method=method, over="HTTP"):
                    one, other = (self.ask_http(method, self.about(self.contracts.takes[method], record), token) for record in records)
                    self.assertEqual((401, why), (one[0], reason(one[1])), one[1])
                    self.assertEqual(one, other)
                    asked += 2
        self.assertGreater(asked, 10_000)

    def test_every_method_has_an_address_but_the_services_own(self):
        self.assertEqual({f"{service}/{method}" for service, method, *_ in self.contracts.methods if service not in CLOSED},
                         set(self.contracts.routes))

    def test_nobody_with_another_role(self):
        for method, port, request, roles in self.calls():
            for role in sorted(set(ROLES[1:]) - roles):
                with self.subTest(method=method, port=port, role=role):
                    answer = self.ask(method, port, self.contracts.scoped(request, HOME), self.tokens[role])
                    self.assertEqual((7, "ROLE_NOT_ALLOWED"), answer)
                    if port == self.anju.grpc:
                        status, answer = self.ask_http(method, self.about(request, "x"), self.tokens[role])
                        self.assertEqual((403, "ROLE_NOT_ALLOWED"), (status, reason(answer)), answer)

    def test_nobody_for_a_division_that_is_not_theirs(self):
        asked = 0
        for method, port, request, roles in self.calls():
            message = self.contracts.scoped(request, FOREIGN)
            role = next((role for role in sorted(roles) if role != "service"), None)
            if not message or role is None:
                continue
            with self.subTest(method=method, port=port, role=role):
                self.assertEqual((7, "OUTSIDE_SCOPE"), self.ask(method, port, message, self.tokens[role]))
                # One digit short of the county is the prefecture, which is not theirs either.
                message = self.contracts.scoped(request, HOME[:4])
                self.assertEqual((7, "OUTSIDE_SCOPE"), self.ask(method, port, message, self.tokens[role]))
                if port == self.anju.grpc:
                    named = self.contracts.filled(request, lambda field, _: (
                        FOREIGN if self.contracts.is_scope(field) else
                        NEEDED.get(text(field, 1), b"").decode() or None if field[5][0] == STRING else
                        1 if text(field, 1) == "number" else None))
                    status, answer = self.ask_http(method, named, self.tokens[role])
                    self.assertEqual((403, "OUTSIDE_SCOPE"), (status, reason(answer)), answer)
            asked += 1
        self.assertGreater(asked, 15)

    def test_a_record_of_another_county_stays_there(self):
        village = f"{FOREIGN}100201"
        path = self.anju.data / "foreign.csv"
        path.write_text("户编号,村代码,户类型,建档日期\n" f"f1,{village},建档立卡贫困户,2016-01-15\n", encoding="utf-8")
        theirs, ours = self.anju.token_file(f"officer-{FOREIGN}"), self.anju.token_file(f"officer-{HOME}")
        receipt = self.anju.ctl(theirs, "import", "households", path, "--division", FOREIGN)
        self.assertEqual(1, receipt["added"], receipt)
        listed = self.anju.ctl(theirs, "call", "anju.registry.v1.Registry/ListHouseholds", json.dumps({"division": FOREIGN}))
        household = listed["households"][0]["id"]
        for method, field in (("anju.registry.v1.Registry/GetHousehold", "id"),
                              ("anju.gateway.v1.Gateway/GetHouseholdFile", "household_id"),
                              ("anju.registry.v1.Registry/ReclassifyHousehold", "id")):
            request = {field: household}
            if "Reclassify" in method:
                request |= {"household_class": "HOUSEHOLD_CLASS_GENERAL", "since": "2018-01-01", "request_id": "r1"}
            with self.subTest(method=method):
                done = self.anju.ctl(ours, "call", method, json.dumps(request), check=False)
                self.assertNotEqual(0, done.returncode, done.stdout)
                self.assertIn("OUTSIDE_SCOPE", done.stderr + done.stdout)
                self.assertNotIn(village, done.stderr + done.stdout)
        status, answer = self.anju.get(f"/v1/households/{household}", ours)
        self.assertEqual((403, "OUTSIDE_SCOPE"), (status, reason(answer)), answer)
        # Nor is it found by searching for its number in one's own county.
        found = self.anju.ctl(ours, "call", "anju.registry.v1.Registry/ListHouseholds",
                              json.dumps({"division": HOME, "query": "f1"}))
        self.assertEqual([], found.get("households", []))

    def test_an_old_code_opens_no_other_county(self):
        # 451021 has become 451003; who has a token for the one works for the other only when they get one for it.
        path = self.anju.data / "renamed.csv"
        path.write_text("户编号,村代码,户类型,建档日期\no1,451003100001,建档立卡贫困户,2016-01-15\n", encoding="utf-8")
        self.anju.ctl(self.anju.token_file("officer-451003"), "import", "households", path, "--division", "451003")
        request = {"division": "451021", "request_id": "r1", "case_no": "c1", "household": "451003/county/o1"}
        done = self.anju.ctl(self.anju.new_token("officer", "451021"), "call", "anju.relocation.v1.Relocation/DeclareCase",
                             json.dumps(request), check=False)
        self.assertIn("OUTSIDE_SCOPE", done.stdout + done.stderr)

    def test_what_is_published_is_rounded_and_nothing_else(self):
        officer = self.anju.token_file(f"officer-{HOME}")

        def households(first, count):
            path = self.anju.data / f"published{first}.csv"
            path.write_text("户编号,村代码,户类型,建档日期\n" + "".join(
                f"pub{n},{HOME}100201,建档立卡贫困户,2016-01-15\n" for n in range(first, first + count)), encoding="utf-8")
            self.anju.ctl(officer, "import", "households", path, "--division", HOME)
            self.anju.settle()

        def published(division):
            status, answer = self.anju.get(f"/v1/public/overview?division={division}&month=2018-10", None)
            self.assertEqual(200, status, answer)
            return answer

        def figure(answer):
            return next(one for one in answer["figures"] if one["id"] == "registry.households")

        before = int(self.anju.figures(HOME, "2018-10", officer)["registry.households"])
        if before < 3:
            households(0, 3 - before)
        self.assertTrue(figure(published(HOME))["suppressed"])
        self.assertNotIn("value", figure(published(HOME)))
        households(100, 4)
        self.assertEqual("5", str(figure(published(HOME))["value"]))
        prefecture = published(HOME[:4])
        county = next(child for child in prefecture["children"] if child["division"] == HOME)
        self.assertEqual("5", str(figure(county)["value"]))
        self.assertTrue(all(len(child["division"]) <= 6 for child in published("45")["children"] + prefecture["children"]))
        # No money, no division below the county, no month that is not over, and nothing of what else there is.
        self.assertEqual({"person", "household", "percent"}, {one["unit"] for one in prefecture["figures"]})
        for division, month, expected in ((HOME + "100", "2018-10", "DIVISION_NOT_PUBLISHED"),
                                          (HOME, "2199-01", "MONTH_NOT_PUBLISHED")):
            status, answer = self.anju.get(f"/v1/public/overview?division={division}&month={month}", None)
            self.assertEqual((400, expected), (status, reason(answer)), answer)
        for path in ("/v1/overview?division=45&month=2018-10", "/v1/public", "/v1/public/ranking?division=45", "/v1/households"):
            self.assertNotEqual(200, self.anju.get(path, None)[0], path)


if __name__ == "__main__":
    assert PROTOSET.exists(), "build first"
    unittest.main(verbosity=2)
