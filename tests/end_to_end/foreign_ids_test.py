#!/usr/bin/env python3
"""Records of another county, by their ids: every method that takes one in its path is asked for every kind of record of the demo
with the tokens of another county, as the API's own description says that it is called. And by their keys, which can be guessed:
wherever a method takes the name of a record, a key that is there and one that is not are answered alike. A method that is added
later is asked too."""

import http.client
import json
import re
import unittest
import urllib.parse
import uuid

from whole import Anju, reason

HOME, FOREIGN = "450328", ("360731", "450802", "451022")
ROLES = ("officer", "approver", "auditor", "collector", "reader", "bank", "enterprise", "admin")
KEY = re.compile(r"\d{6}/[^/]+/[^/]+$")
# The fields that name another record.
NAMES_A_RECORD = re.compile(r"(household|site|building|unit|case|cases|subject|into|other_household|grid|plot|record|loan|list|run|"
                            r"enterprise|workshop|channel|product|route|terminal)(_id|_key|_no)?$|id$|key$|record_id$|party$|query$")
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
        cls.records, cls.keys = {}, {}
        for county in FOREIGN:
            found, keys = cls.harvest(county)
            for kind, record in found.items():
                cls.records.setdefault(kind, record)
            for of, key in keys.items():
                cls.keys.setdefault(of, key)
        cls.own, cls.own_keys = cls.harvest(HOME)

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
        """The id of a record of each kind, by the first word of the paths of that kind: what its county lists. And a key of each
        kind, by the field that has it, the record's own by its path."""
        found, keys = {}, {}
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
                        kind = path.split("/")[2]
                        found.setdefault(kind, record["id"])
                        for name, text in record.items():
                            if isinstance(text, str) and KEY.match(text) and text.startswith(county):
                                keys.setdefault(kind if name == "key" else name, text)
        return found, keys

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
        known = {"site": "sites", "household": "households", "unit": "unit_key", "building": "building_key"}.get(name)
        if county == HOME and known in self.own_keys:
            return self.own_keys[known]
        return {"village": county + "100201", "period": "2018Q3", "month": "2018-10"}.get(name, "x1")

    def body(self, path, about, county):
        """What the path does not say already."""
        content = about.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            return None
        schema = content["schema"]
        if "$ref" in schema:
            schema = self.schemas[schema["$ref"].rsplit("/", 1)[1]]
        return {name: self.plausible(name, inner, county) for name, inner in schema.get("properties", {}).items() if f"{{{name}}}" not in path}

    def leaves(self, schema, path=()):
        """Where in a body a record may be named, as the words to it."""
        if "$ref" in schema:
            schema = self.schemas[schema["$ref"].rsplit("/", 1)[1]]
        if schema.get("type") == "array":
            yield from self.leaves(schema["items"], path + (0,))
        for name, inner in schema.get("properties", {}).items() if schema.get("type") == "object" else ():
            yield from self.leaves(inner, path + (name,))
        name = next((word for word in reversed(path) if word != 0), "")
        if schema.get("type") == "string" and "enum" not in schema and not schema.get("x-scope") and NAMES_A_RECORD.match(name):
            yield path

    def keyed_calls(self):
        """Every place of every method in which a record is named: how to call it with a key there, all else being our own."""
        for path, verb, about in self.methods:
            role, kind = self.role(about), path.split("/")[2]
            if role is None or ":import" in path or self.room(about) in SHARED:
                continue
            method = ".".join(about["operationId"].split(".")[-2:])
            own_path = re.sub(r"\{\w+\}", self.own.get(kind, "x1"), path)
            query = {p["name"]: HOME if p["schema"].get("x-scope") else self.plausible(p["name"], p["schema"], HOME)
                     for p in about.get("parameters", []) if p["in"] == "query" and p["name"] != "page_token"}

            def call(key, where, verb=verb, path=path, own_path=own_path, query=query, about=about, role=role):
                body, place = self.body(path, about, HOME), own_path
                if where == "path":
                    place = re.sub(r"\{\w+\}", urllib.parse.quote(key, safe=""), path, count=1)
                elif isinstance(where, str):
                    place += "?" + urllib.parse.urlencode(query | {where: key})
                else:
                    *words, last = where
                    inner = body
                    for word in words:
                        inner = inner[word]
                    inner[last] = key
                if verb == "GET" and where == "path":
                    place += "?" + urllib.parse.urlencode(query)
                status, answer = self.ask(verb, place, role, HOME, body)
                return status, json.dumps(answer, ensure_ascii=False).replace(key, "KEY")

            if "{" in path:
                yield method, "path", call
            for name in query:
                if NAMES_A_RECORD.match(name):
                    yield method, name, call
            content = about.get("requestBody", {}).get("content", {}).get("application/json")
            for words in self.leaves(content["schema"]) if content else ():
                if f"{{{words[0]}}}" not in path:
                    yield method, words, call

    def test_a_list_of_what_is_no_division_or_no_page_is_refused(self):
        lists = pages = 0
        for path, verb, about in self.methods:
            role = self.role(about)
            parameters = [p for p in about.get("parameters", []) if p["in"] == "query"]
            scoped = [p["name"] for p in parameters if p["schema"].get("x-scope")]
            if verb != "GET" or "{" in path or not scoped or role is None:
                continue
            query = {p["name"]: self.plausible(p["name"], p["schema"], HOME) for p in parameters if p["name"] not in ("page_token", "subject")}
            query.update({name: HOME for name in scoped}, **({"service": "registry"} if "service" in query else {}))
            for wrong in (HOME + "999", HOME + "abc", HOME + ";x"):
                status, answer = self.ask("GET", f"{path}?{urllib.parse.urlencode(query | {scoped[0]: wrong})}", role, HOME, None)
                with self.subTest(path=path, division=wrong):
                    self.assertIn(status, (400, 404), answer)
            lists += 1
            if any(p["name"] == "page_token" for p in parameters):
                status, answer = self.ask("GET", f"{path}?{urllib.parse.urlencode(query | {'page_token': 'zzz'})}", role, HOME, None)
                with self.subTest(path=path, page_token="zzz"):
                    self.assertEqual(400, status, answer)
                pages += 1
        self.assertGreater(lists, 40)
        self.assertGreater(pages, 25)

    def test_a_key_of_another_county_is_answered_like_none(self):
        self.assertGreater(len(self.keys), 12, self.keys)
        asked, places, not_found = 0, 0, set()
        for method, where, call in self.keyed_calls():
            places += 1
            for of, key in self.keys.items():
                nobodys = key.rsplit("/", 1)[0] + "/none"
                expected = call(nobodys, where)
                # A number of one's own, and no name of a record.
                if expected[0] == 200:
                    break
                asked += 1
                with self.subTest(method=method, where=where, of=of):
                    self.assertEqual(expected, call(key, where))
                if "_NOT_FOUND" in expected[1]:
                    not_found.add((method, where))
        print(f"{asked} pairs in {places} places with keys of {sorted(self.keys)}; looked for in {len(not_found)} places", flush=True)
        self.assertGreater(asked, 500)
        self.assertGreater(len(not_found), 40)
        # Those that have been found to tell.
        for method, where in (("Relocation.DeclareCase", ("household",)), ("Housing.PlanRenovation", ("household",)),
                              ("Construction.RaiseIssue", ("site",)), ("Construction.RaiseIssue", ("building",)),
                              ("Relocation.CommitDraw", ("site",)), ("Relocation.AllotCase", ("unit",)),
                              ("Construction.GetSiteWorks", "path"), ("Funds.GetSiteAccount", "path")):
            self.assertIn((method, where), not_found)

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
                status, answer = self.ask(verb, re.sub(r"\{\w+\}", record, path), role, HOME, self.body(path, about, HOME))
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
