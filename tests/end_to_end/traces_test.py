#!/usr/bin/env python3
"""One trace through the gateway and the services, in every line of their logs, and nothing in the logs of who the calls are about."""

import json
import re
import unittest
import urllib.error
import urllib.request

from whole import SERVICES, Anju

COUNTY, VILLAGE = "450328", "450328101202"
NAMES = ("欧阳测试甲", "司马测试乙")
# Numbers with a good checksum, of nobody.
NUMBERS = ("45032819800101001X", "110101199003070038")
TELEPHONE = "13877312345"
ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}(19|20)\d{2}[01]\d[0-3]\d\d{3}[\dXx](?![0-9A-Za-z])")


class TracesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.anju = Anju()
        cls.addClassCleanup(cls.anju.remove)
        cls.anju.up(demo=False)
        cls.officer = cls.anju.token_file(f"officer-{COUNTY}")

    def send(self, service, method, heading, rows):
        path = self.anju.data / f"{method}.csv"
        path.write_text("\n".join([heading, *rows, ""]))
        return self.anju.ctl(self.officer, "import", service, method, path, "--division", COUNTY, "--source", "county", check=False)

    def lines(self):
        """All lines that look like JSON, of the services and the gateway."""
        for name in (*SERVICES, "gateway"):
            for line in (self.anju.data / f"logs/{name}.log").read_text().splitlines():
                yield name, json.loads(line)

    def ask(self, method, path, trace_id, body=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.anju.http}{path}", method=method,
                                         data=None if body is None else json.dumps(body).encode())
        request.add_header("Authorization", "Bearer " + self.officer.read_text().strip())
        request.add_header("Content-Type", "application/json")
        request.add_header("Traceparent", f"00-{trace_id}-00f067aa0ba902b7-01")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def calls(self, trace_id):
        return {(name, line["method"].split(".")[-1]): line["span_id"] for name, line in self.lines()
                if line.get("event") == "call" and line["trace_id"] == trace_id}

    def test_a_trace_goes_from_the_caller_through_every_service_that_is_asked(self):
        # The overview asks the registry for the place and every service for its figures.
        self.assertEqual(200, self.ask("GET", f"/v1/overview?division={COUNTY}&month=2018-11", "4bf92f3577b34da6a3ce929d0e0e4736"))
        calls = self.calls("4bf92f3577b34da6a3ce929d0e0e4736")
        self.assertIn(("gateway", "GetOverview"), calls)
        for service in SERVICES:
            self.assertIn((service, "QueryIndicators"), calls)
        self.assertEqual(len(calls), len(set(calls.values())), "each has a span of its own")
        self.assertNotIn("00f067aa0ba902b7", calls.values())

        # A case of a household that relocation does not know: it asks the registry.
        declared = {"division": COUNTY, "case_no": "t1", "household": f"{COUNTY}/county/nobody", "request_id": "t1"}
        self.assertGreaterEqual(self.ask("POST", "/v1/cases:declare", "5bf92f3577b34da6a3ce929d0e0e4736", declared), 400)
        calls = self.calls("5bf92f3577b34da6a3ce929d0e0e4736")
        self.assertIn(("gateway", "DeclareCase"), calls)
        self.assertIn(("relocation", "DeclareCase"), calls)
        self.assertIn(("registry", "GetFacts"), calls)

    def test_imports_and_the_following_of_feeds_have_their_traces(self):
        self.send("registry", "ImportHouseholds", "household_no,village,household_class,registered_on",
                  [f"h1,{VILLAGE},建档立卡贫困户,2016-01-01"])
        traces = {name: line["trace_id"] for name, line in self.lines()
                  if line.get("event") == "call" and line["method"].endswith("ImportHouseholds")}
        self.assertEqual({"gateway", "registry"}, set(traces))
        self.assertEqual(1, len(set(traces.values())))
        for name, line in self.lines():
            if line.get("event") == "call":
                self.assertRegex(line["trace_id"], "^[0-9a-f]{32}$", (name, line))
                self.assertRegex(line["span_id"], "^[0-9a-f]{16}$", (name, line))

    def test_no_log_says_who_a_call_is_about(self):
        self.send("registry", "ImportHouseholds", "household_no,village,household_class,registered_on",
                  [f"h9,{VILLAGE},建档立卡贫困户,2016-01-01"])
        done = self.send("registry", "ImportPersons", "household_no,person_no,name,id_number,relation,labour,joined_on",
                         [f"h9,p{i},{name},{number},{'子女' if i else '户主'},普通劳动力,2016-01-01"
                          for i, (name, number) in enumerate(zip(NAMES, NUMBERS))] +
                         [f"nowhere,p1,{NAMES[0]},{NUMBERS[0]},户主,普通劳动力,2016-01-01",
                          f"h9,{NAMES[1]},{NUMBERS[1]},x,户主,普通劳动力,2016-01-01"])
        self.assertEqual(2, json.loads(done.stdout)["added"], done.stdout)
        for words in (("call", "anju.registry.v1.Registry/GetHousehold", json.dumps({"id": NUMBERS[0]})),
                      ("call", "anju.registry.v1.Registry/ListHouseholds", json.dumps({"division": NAMES[0]}))):
            self.anju.ctl(self.officer, *words, check=False)
        for path in (f"/v1/households/{NUMBERS[0]}", f"/v1/divisions?parent={NUMBERS[1]}", f"/v1/nowhere/{NUMBERS[0]}?q={TELEPHONE}"):
            self.ask("GET", path, "6bf92f3577b34da6a3ce929d0e0e4736")
        for path in sorted((self.anju.data / "logs").iterdir()):
            text = path.read_text(errors="replace")
            for word in (*NAMES, *NUMBERS, TELEPHONE):
                self.assertNotIn(word, text, path.name)
            self.assertIsNone(ID_NUMBER.search(text), path.name)
        for _, line in self.lines():
            self.assertLessEqual({"time", "level", "service"}, set(line))


if __name__ == "__main__":
    unittest.main()
