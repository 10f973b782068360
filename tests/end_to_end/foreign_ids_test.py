#!/usr/bin/env python3
"""Records of another county, by their ids: every method that takes one in its path is asked for every kind of record of the demo
with the tokens of another county, as the API's own description says that it is called. A method that is added later is
asked too."""

import http.client
import json
import re
import unittest
import urllib.parse
import uuid

from whole import Anju, reason

HOME, FOREIGN = "450328", ("360731", "450802", "451022")
ROLES = ("officer", "approver", "auditor", "collector", "reader", "bank", "enterprise", "admin")
# What is shared by all services and not kept by any one county.
SHARED = {"indicators", "policy", "audit", "approval", "ledger", "evidence", "files", "gateway"}


class ForeignIdsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.anju = Anju()
        cls.addClassCleanup(cls.anju.remove)
        # Thousands of refusals are meant here.
        cls.anju.environment.update({f"ANJU_{party}_{what}": "1000000" for party in ("CALLER", "STRANGER") for what in ("RATE", "BURST")})
        cls.anju.up(demo=True)
        cls.connection = http.client.HTTPConnection("127.0.0.1", cls.anju.http, timeout=30)
        cls.tokens = {(role, county): cls.anju.new_token(role, county).read_text().strip() for role in ROLES for county in (HOME, *FOREIGN)}
        description = cls.ask("GET", "/openapi.json", "reader", HOME)[1]
        cls.schemas = description["components"]["schemas"]
        cls.methods = [(path, verb.upper(), about) for path, verbs in description["paths"].items() for verb, about in verbs.items()
                       if about.get("operationId", "").startswith("anju.")]
        cls.records = {}
        for county in FOREIGN:
            for kind, record in cls.harvest(county).items():
                cls.records.setdefault(kind, record)

    @classmethod
    def ask(cls, verb, path, role, county, body=None):
        cls.connection.request(verb, path, None if body is None else json.dumps(body),
                               {"Authorization": "Bearer " + cls.tokens[role, county], "Content-Type": "application/json"})
        answer = cls.connection.getresponse()
        return answer.status, json.loads(answer.read() or b"{}")

    @staticmethod
    def room(about):
        return about["operationId"].split(".")[1]

    @staticmethod
    def role(about):
        return next((role for role in ROLES if role in about.get("x-roles", ())), None)

    @classmethod
    def harvest(cls, county):
        """The id of a record of each kind, by the first word of the paths of that kind: what its county lists."""
        found = {}
        for path, verb, about in cls.methods:
            role = cls.role(about)
            if verb != "GET" or "{" in path or role is None or cls.room(about) in SHARED:
                continue
            asked = {"page_size": 2}
            for parameter in about.get("parameters", []):
                name = parameter["name"]
                if parameter["schema"].get("x-scope"):
                    asked[name] = county
                elif "month" in name:
                    asked[name] = "2018-12"
            status, answer = cls.ask("GET", f"{path}?{urllib.parse.urlencode(asked)}", role, county)
            if status != 200:
                continue
            for value in answer.values():
                for record in value[:1] if isinstance(value, list) else ():
                    if isinstance(record, dict) and record.get("id"):
                        found.setdefault(path.split("/")[2], record["id"])
        return found

    def plausible(self, name, schema, county):
        """Something that a field may hold, so that the record itself is looked for."""
        if "$ref" in schema:
            schema = self.schemas[schema["$ref"].rsplit("/", 1)[1]]
        if "enum" in schema:
            return schema["enum"][min(1, len(schema["enum"]) - 1)]
        if schema.get("type") == "object":
            return {key: self.plausible(key, inner, county) for key, inner in schema.get("properties", {}).items()}
        if schema.get("type") == "array":
            return [self.plausible(name, schema["items"], county)]
        if schema.get("type") == "boolean":
            return True
        if schema.get("type") in ("integer", "number") or schema.get("format") in ("int64", "int32"):
            return 1
        if schema.get("x-scope"):
            return county
        if name == "request_id":
            return uuid.uuid4().hex
        if re.search(r"(_on|_by|since|until|^on$|day|date)$", name):
            return "2018-10-01"
        return {"village": county + "100201", "period": "2018Q3", "month": "2018-10"}.get(name, "x1")

    def body(self, about, county):
        content = about.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            return None
        schema = content["schema"]
        if "$ref" in schema:
            schema = self.schemas[schema["$ref"].rsplit("/", 1)[1]]
        return {name: self.plausible(name, inner, county) for name, inner in schema.get("properties", {}).items()}

    def test_no_id_opens_another_county(self):
        self.assertGreater(len(self.records), 15, self.records)
        asked, reached, unproven = 0, set(), set()
        for path, verb, about in self.methods:
            role = self.role(about)
            if role is None or not re.search(r"\{\w+\}", path) or ":import" in path or self.room(about) in SHARED:
                continue
            method = ".".join(about["operationId"].split(".")[-2:])
            kind = path.split("/")[2]
            for of, record in self.records.items():
                status, answer = self.ask(verb, re.sub(r"\{\w+\}", record, path), role, HOME, self.body(about, HOME))
                asked += 1
                with self.subTest(method=method, of=of):
                    self.assertEqual(4, status // 100, answer)
                    for county in FOREIGN:
                        self.assertNotIn(f'"{county}', json.dumps(answer))
                if of == kind:
                    (reached if reason(answer) == "OUTSIDE_SCOPE" else unproven).add(f"{method}: {reason(answer)}")
        print(f"{asked} calls; by ids of their own kind {len(reached)} methods were refused for the county, "
              f"{len(unproven)} before that: {sorted(unproven)}", flush=True)
        self.assertGreater(asked, 500)
        self.assertGreater(len(reached), 40)
        # What is refused before the record is looked at proves nothing.
        self.assertLess(len(unproven), len(reached) / 4)


if __name__ == "__main__":
    unittest.main(verbosity=2)
