#!/usr/bin/env python3
"""Who may call what, asked of every method that the contracts have: without a token, with a role that is not allowed, and for
a division that is not the caller's. A method that is added later is asked too."""

import base64
import json
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from whole import PROTOSET, SERVICES, Anju, reason  # noqa: E402

ACCESS, SCOPE, PERSONAL, EVERY_SERVICE = 50901, 50903, 50905, 50907
ROLES = ("", "reader", "collector", "officer", "approver", "bank", "enterprise", "auditor", "admin", "service")
STRING, MESSAGE, REPEATED = 9, 11, 3
# Contracts that services serve to one another only.
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
CLOSED = ("anju.feed.v1.Feed",)
# What a request is refused for before its division is looked at.
NEEDED = {"import_id": b"i1", "source": b"test", "month": b"2018-10", "from_month": b"2018-10", "to_month": b"2018-10"}
HOME, FOREIGN = "450481", "451022"


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def fields(data):
    """A protobuf message as {field number: [values]}."""
    found, at = {}, 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        else:
            size, at = (4, at) if key & 7 == 5 else (8, at) if key & 7 == 1 else varint(data, at)
            value, at = data[at:at + size], at + size
        found.setdefault(key >> 3, []).append(value)
    return found


def text(message, number):
    return message.get(number, [b""])[0].decode()


def encode(number, payload):
    """A field of bytes."""
    head, body = bytearray(), bytearray()
    for value, out in ((number << 3 | 2, head), (len(payload), body)):
        while value > 0x7F:
            out.append(value & 0x7F | 0x80)
            value >>= 7
        out.append(value)
    return bytes(head + body) + payload


class Contracts:
    """The methods of the descriptor set, their roles, and where their requests name divisions."""

    def __init__(self, path):
        self.messages, self.methods, self.shared = {}, [], set()
        # By method: what it answers, whether either side streams, who may see personal data, whether anybody may call.
        self.answers, self.streams, self.unmasked, self.public = {}, set(), {}, set()
        for file in (fields(raw) for raw in fields(path.read_bytes())[1]):
            package = text(file, 2)
            for message in file.get(4, []):
                self._add(package, fields(message))
            for service in (fields(raw) for raw in file.get(6, [])):
                name = f"{package}.{text(service, 1)}"
                if fields(service.get(3, [b""])[0]).get(EVERY_SERVICE, [0])[0]:
                    self.shared.add(name)
                for method in (fields(raw) for raw in service.get(2, [])):
                    if not package.startswith("anju."):
                        continue
                    access = fields(fields(method.get(4, [b""])[0]).get(ACCESS, [b""])[0])
                    roles = {ROLES[role] for role in self._numbers(access.get(1, []))}
                    self.methods.append((name, text(method, 1), text(method, 2)[1:], roles))
                    path = f"{name}/{text(method, 1)}"
                    self.answers[path] = text(method, 3)[1:]
                    if method.get(5, [0])[0] or method.get(6, [0])[0]:
                        self.streams.add(path)
                    if access.get(2):
                        self.unmasked[path] = {ROLES[role] for role in self._numbers(access[2])}
                    if access.get(3, [0])[0]:
                        self.public.add(path)
        self.personal = {name for name in self.messages if self._holds_personal(name, set())}

    def _add(self, package, message):
        name = f"{package}.{text(message, 1)}"
        self.messages[name] = [fields(raw) for raw in message.get(2, [])]
        for nested in message.get(3, []):
            self._add(name, fields(nested))

    def _holds_personal(self, name, seen):
        """Whether a message may hold personal data at any depth; what an Any holds is not known."""
        if name == "google.protobuf.Any":
            return True
        seen.add(name)
        return any(fields(field.get(8, [b""])[0]).get(PERSONAL, [0])[0] or
                   (field[5][0] == MESSAGE and text(field, 6)[1:] not in seen and self._holds_personal(text(field, 6)[1:], seen))
                   for field in self.messages.get(name, []))

    @staticmethod
    def _numbers(values):
        for value in values:
            if isinstance(value, int):
                yield value
                continue
            at = 0
            while at < len(value):
                number, at = varint(value, at)
                yield number

    def scoped(self, name, division, above=()):
        """A request that names `division` wherever it can, and little else; empty when it names none."""
        named = needed = b""
        for field in self.messages.get(name, []):
            number = field[3][0]
            if fields(field.get(8, [b""])[0]).get(SCOPE, [0])[0]:
                named += encode(number, division.encode())
            elif field[5][0] == MESSAGE and text(field, 6)[1:] not in above:
                inner = self.scoped(text(field, 6)[1:], division, (*above, name))
                named += encode(number, inner) if inner else b""
            elif text(field, 1) in NEEDED:
                needed += encode(number, NEEDED[text(field, 1)])
        return named + needed if named else b""


class Rights(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.anju = Anju()
        # It is refused so often that it would be told to wait.
        cls.anju.environment.update(ANJU_STRANGER_RATE="1e6", ANJU_STRANGER_BURST="1e6")
        cls.addClassCleanup(cls.anju.remove)
        cls.anju.up(demo=False)
        cls.contracts = Contracts(PROTOSET)
        cls.tokens = {role: cls.anju.new_token(role, "*" if role == "service" else HOME).read_text().strip()
                      for role in ROLES if role}

    def calls(self):
        """Every method and whom to ask: the service itself, because each looks for itself, and the gateway, which the services'
        own contracts are closed to. A shared one is asked of every service."""
        for service, method, request, roles in self.contracts.methods:
            if f"{service}/{method}" in self.contracts.public:
                continue
            own = service.split(".")[1]
            for peer in SERVICES if service in self.contracts.shared else (own,) if own in SERVICES else ():
                port = (self.anju.data / f"run/port.{peer}").read_text().strip()
                yield f"{service}/{method}", port, request, roles
            if service not in CLOSED:
                yield f"{service}/{method}", str(self.anju.grpc), request, roles

    def ask(self, method, port, request=b"", token=None):
        """One gRPC call with one message and nothing behind it: (code, reason)."""
        with tempfile.NamedTemporaryFile(dir=self.anju.data) as body:
            body.write(b"\0" + len(request).to_bytes(4, "big") + request)
            body.flush()
            command = ["nghttp", "-nv", "-t", "10", "-d", body.name, "-H", ":method: POST", "-H", "te: trailers",
                       "-H", "content-type: application/grpc"]
            command += ["-H", f"authorization: Bearer {token}"] if token else []
            command += ["-H", "x-anju-service: registry"]
            done = subprocess.run([*command, f"http://127.0.0.1:{port}/{method}"], capture_output=True, text=True,
                                  timeout=20)
        trailers = dict(re.findall(r"recv \(stream_id=\d+\) (grpc-[a-z-]+): ([^\n\x1b]*)", COLOUR.sub("", done.stdout)))
        details = trailers.get("grpc-status-details-bin", "")
        status = fields(base64.b64decode(details + "=" * (-len(details) % 4))) if details else {}
        reasons = [text(fields(fields(packed)[2][0]), 1) for packed in status.get(3, []) if b"ErrorInfo" in packed]
        return int(trailers.get("grpc-status", "-1")), reasons[0] if reasons else None

    def test_there_is_something_to_ask(self):
        self.assertGreater(len(self.contracts.methods), 50)
        self.assertTrue(all(roles or f"{service}/{method}" in self.contracts.public
                            for service, method, _, roles in self.contracts.methods), "a method that nobody may call")
        # Whoever publishes more says so here.
        self.assertEqual({"anju.gateway.v1.Gateway/GetPublicOverview"}, self.contracts.public)

    def test_the_services_own_contracts_are_not_forwarded(self):
        for service, method, *_ in self.contracts.methods:
            if service in CLOSED:
                answer = self.ask(f"{service}/{method}", str(self.anju.grpc), token=self.tokens["service"])
                self.assertEqual(12, answer[0], method)

    def test_nobody_without_a_token(self):
        for method, port, request, _ in self.calls():
            with self.subTest(method=method, port=port):
                self.assertEqual((16, "TOKEN_MISSING"), self.ask(method, port, self.contracts.scoped(request, HOME)))

    def test_nobody_with_another_role(self):
        for method, port, request, roles in self.calls():
            for role in sorted(set(ROLES[1:]) - roles):
                with self.subTest(method=method, port=port, role=role):
                    answer = self.ask(method, port, self.contracts.scoped(request, HOME), self.tokens[role])
                    self.assertEqual((7, "ROLE_NOT_ALLOWED"), answer)

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
