"""A little of the demo: a few rows of each of its files, so that a test has some of everything within seconds; and whoever works in its
counties, who ask and send over HTTP."""

import http.client
import json
import re
import subprocess
import urllib.parse

from contracts import BOOL, BYTES, ENUM, REPEATED, ROLES, STRING, Contracts, text
from whole import PROTOSET, ROOT

INDICATORS = "anju.indicators.v1.Indicators/ListIndicators"
# What tells of a whole service by its contract: auditors follow one chain, and there is one health.
OF_ALL = {"anju.audit.v1.Audit/GetHead", "anju.audit.v1.Audit/ReadChain", "anju.audit.v1.Audit/VerifyChain", "anju.gateway.v1.Gateway/GetHealth"}
# Without them a request asks for nothing.
NEEDED_TO_READ = ("id", "household_id", "site", "indicator", "code", "account")
# Numbers and names that records of several counties have.
WORDS = ("1", "h1", "平安", "51")
# Of each file.
ROWS = 300
# At most so many of a household.
PERSONS = 6
LAST_ID = "${last.id}"
# Times of day of this run: when something was read or written, not what it says.
MOMENT = re.compile(r'"20\d\d-\d\d-\d\dT[0-9:.]+Z"')
# What a field of this name may say, so that a method looks beyond its shape.
DAYS = re.compile(r"(_on|_by|since|until|^on$|^from$|^to$|day|date)$")


def kind_of(route):
    return re.match(r"/v1/(\w+)", route)[1]


class Little:
    def __init__(self, anju):
        self.anju, self.contracts, self.tokens = anju, Contracts(PROTOSET), {}
        self.connection = http.client.HTTPConnection("127.0.0.1", anju.http, timeout=60)
        self.folder = anju.data / "demo"
        subprocess.run([ROOT / "deploy/demo/make", self.folder], check=True, timeout=120)
        self.plan = json.loads((self.folder / "plan.json").read_text())

    def close(self):
        self.connection.close()

    def token(self, role, division):
        if (role, division) not in self.tokens:
            self.tokens[role, division] = self.anju.new_token(role, division).read_text().strip()
        return self.tokens[role, division]

    def send(self, verb, target, token, body=None, kind="application/json"):
        headers = {"Authorization": "Bearer " + token} | ({"Content-Type": kind} if body is not None else {})
        for again in (True, False):
            try:
                self.connection.request(verb, target, body, headers)
                answer = self.connection.getresponse()
                return answer.status, answer.read().decode()
            except (http.client.RemoteDisconnected, ConnectionError):
                # It was idle for too long.
                self.connection.close()
                if not again:
                    raise

    def ask(self, method, request, token, service=None):
        """(status, text) of a call over HTTP."""
        verb, target, body = self.contracts.over_http(method, request, service)
        kind = "application/x-ndjson" if method in self.contracts.streams else "application/json"
        return self.send(verb, target, token, body, kind)

    def rows(self, step, first, last):
        """The heading of a file of the plan and these of its rows. None of them holds a line break."""
        lines = (self.folder / step["file"]).read_bytes().split(b"\r\n")
        return b"\r\n".join([lines[0], *lines[first:last + 1]])

    def method_of(self, step):
        (method,) = (path for path in self.contracts.routes if path.startswith(f"anju.{step['service']}.") and path.endswith("/" + step["method"]))
        return method

    def address(self, step):
        """Where a file of the plan is sent to."""
        return self.contracts.routes[self.method_of(step)][1] + "?" + urllib.parse.urlencode({"division": step["division"], "source": step["source"]})

    def load(self, counties, first=1, last=ROWS):
        """These rows of all files of these counties, and what was done there afterwards, as far as so few rows allow it."""
        last_id = ""
        for step in self.plan:
            county = step.get("file", step["division"])[:6]
            if county not in counties:
                continue
            if "file" in step:
                status, answer = self.send("POST", self.address(step), self.token("officer", county),
                                           self.rows(step, first, last * (PERSONS if step["method"] == "ImportPersons" else 1)), "text/csv")
                assert status == 200, answer
            elif first == 1:
                request = json.loads(json.dumps(step["body"]).replace(LAST_ID, last_id))
                status, answer = self.ask(step["call"], request, self.token(step["role"], county), step.get("service"))
                last_id = json.loads(answer).get("id", "")
        self.anju.settle()

    def role(self, method):
        """One that may call, but no service, and rather an officer."""
        *_, roles = next(known for known in self.contracts.methods if f"{known[0]}/{known[1]}" == method)
        return next((role for role in ("officer", *ROLES[1:-1]) if role in roles), None)

    def services(self, method):
        """Which services to ask: one that nobody has to name, or those that have a figure of everything."""
        return ("registry", "relocation", "microcredit", "workshops", "channels") if method.split("/")[0] in self.contracts.shared else (None,)

    def harvest(self, county):
        """Ids of records of the county, by the word with which the addresses of their kind begin: {"cases": [id, ...]}."""
        found = {}
        for method in sorted(self.contracts.reads - self.contracts.public - self.contracts.streams):
            verb, target, _ = self.contracts.routes.get(method, ("", "", ""))
            if verb != "GET" or "{" in target or self.role(method) is None:
                continue
            for service in self.services(method):
                status, answer = self.ask(method, self.whole(method, county), self.token(self.role(method), county), service)
                for records in json.loads(answer).values() if status == 200 else ():
                    ids = [record["id"] for record in records if isinstance(record, dict) and record.get("id")] if isinstance(records, list) else []
                    found.setdefault(kind_of(target), []).extend(ids[:3])
        return {kind: ids for kind, ids in found.items() if ids}

    def plausible(self, request, county, record="x1", **known):
        """A request that says something which its method may know: the county, a day, a month, and `record` for what is called an id."""
        said = {"month": "2018-10", "from_month": "2018-01", "to_month": "2018-10", "period": "2018Q3", "topic": "household", "query": "1",
                "village": county + "100201", "import_id": "little", "source": "county", "year": 2018} | known

        def say(field, message):
            name = text(field, 1)
            if self.contracts.is_scope(field):
                return county
            if name in said and isinstance(said[name], str) == (field[5][0] == STRING):
                return said[name]
            if name == "page_token" or field[5][0] == STRING and message.endswith("Request") and field[4][0] == REPEATED:
                return None
            if field[5][0] == STRING:
                return "2018-10-31" if DAYS.search(name) else record
            return {BOOL: True, BYTES: "eA=="}.get(field[5][0], 1)

        return self.contracts.filled(request, say)

    def ids_for(self, method, ids):
        """Those of the records that the method is about, else some of each kind."""
        own = ids.get(kind_of(self.contracts.routes[method][1]))
        return own or sorted({of_kind[0] for of_kind in ids.values()})

    def indicators(self, service):
        _, answer = self.ask(INDICATORS, {}, self.token("officer", "450802"), service)
        return [one["id"] for one in json.loads(answer)["indicators"]]

    def questions(self, county):
        """[(method, service, request)]: all that a county's people may ask for all that the county has, and for parts of it. But what tells of a
        whole service by its contract."""
        ids = self.harvest(county)
        indicators = {service: self.indicators(service) for service in self.services(INDICATORS)}
        return [(method, service, request)
                for method in sorted(self.contracts.reads - self.contracts.streams - self.contracts.public - OF_ALL)
                if method in self.contracts.routes and self.role(method)
                for service in self.services(method)
                for request in self.variants(method, county, self.ids_for(method, ids), indicators.get(service) or indicators["registry"])]

    def whole(self, method, county):
        """A request for everything of the county."""
        said = {"month": "2018-10", "to_month": "2018-10", "to_day": "2026-12-31", "date": "2018-10-31", "on": "2018-10-31", "as_of": "2018-10-31",
                "day": "2018-10-31", "page_size": 1000, "within_days": 60, "from_year": 2014, "to_year": 2020, "limit_bytes": 1000}

        def say(field, _):
            return county if self.contracts.is_scope(field) else said.get(text(field, 1))
        return self.contracts.filled(self.contracts.takes[method], say)

    def variants(self, method, county, ids, indicators):
        """The same, and requests for parts of it: of a place, of a kind, of what is found by a word."""
        parts = {"indicator": indicators, "query": WORDS, "from_month": ("2018-01",), "parent": (county,), "code": (county,), "person_no": ("1", "01"), "name": ("relocation.case",),
                 "account": ("cash", "subsidy", "deposits"), "party": ("1",), "from_day": ("2026-01-01",)}
        wholes, more = [self.whole(method, county)], []
        for field in self.contracts.messages[self.contracts.takes[method]]:
            name, kind = text(field, 1), field[5][0]
            values = parts.get(name, ())
            if self.contracts.is_scope(field):
                values = ([county + "100"],) if field[4][0] == REPEATED else (county + "100",)
            elif name == "site" or name == "id" or name.endswith("_id"):
                values = ids
            elif kind in (ENUM, BOOL):
                values = (True,) if kind == BOOL else range(1, 6)
            if name in NEEDED_TO_READ:
                wholes = [one | {name: value} for one in wholes for value in values]
            else:
                more += [{name: value} for value in values]
        return wholes + [one | part for one in wholes[:1] for part in more]

    def told(self, county, questions):
        """What people of the county are answered: {(method, service, request): (status, text)}."""
        told = {}
        for method, service, request in questions:
            status, answer = self.ask(method, request, self.token(self.role(method), county), service)
            told[method, service, json.dumps(request)] = status, MOMENT.sub('"now"', answer)
        return told
