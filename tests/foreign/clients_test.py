#!/usr/bin/env python3
"""Programs that others wrote speak to a real anju, at its gateway and through the edge: @grpc/grpc-js, buf curl by reflection, curl, and
the health check of gRPC."""

import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))
from edge import Edge  # noqa: E402
from whole import PROTOSET, ROOT, Anju, Authority, free_ports, reason  # noqa: E402

MODULES = ROOT / "deploy/npm/node_modules"
# As https://github.com/grpc/grpc/blob/master/doc/health-checking.md has it.
HEALTH = """syntax = "proto3";
package grpc.health.v1;
message HealthCheckRequest { string service = 1; }
message HealthCheckResponse {
  enum ServingStatus { UNKNOWN = 0; SERVING = 1; NOT_SERVING = 2; SERVICE_UNKNOWN = 3; }
  ServingStatus status = 1;
}
service Health {
  rpc Check(HealthCheckRequest) returns (HealthCheckResponse);
  rpc Watch(HealthCheckRequest) returns (stream HealthCheckResponse);
}
"""
CANCELLED, DEADLINE_EXCEEDED, NOT_FOUND, RESOURCE_EXHAUSTED, UNAVAILABLE, UNAUTHENTICATED = 1, 4, 5, 8, 14, 16
# No message at all, as gRPC frames it.
EMPTY = b"\0\0\0\0\0"


class AtTheGateway(unittest.TestCase):
    """On this machine, in plain text."""

    # What curl is told for HTTP/2, and which versions the door speaks to it.
    http2, versions = ["--http2-prior-knowledge"], {"--http1.1": "1.1"}

    @classmethod
    def setUpClass(cls):
        cls.anju = Anju()
        cls.addClassCleanup(cls.anju.remove)
        cls.begin()
        cls.token = cls.anju.new_token("officer", "450328")
        cls.health = cls.anju.data / "health"
        cls.health.mkdir()
        (cls.health / "health.proto").write_text(HEALTH)
        cls.empty = cls.anju.data / "empty"
        cls.empty.write_bytes(EMPTY)

    @classmethod
    def begin(cls):
        cls.anju.up(demo=False)
        cls.ca = ""
        cls.address, cls.grpc_url, cls.url = (f"127.0.0.1:{cls.anju.grpc}", f"http://127.0.0.1:{cls.anju.grpc}",
                                              f"http://127.0.0.1:{cls.anju.http}")

    def trust(self):
        return ["--cacert", self.ca] if self.ca else []

    def run_program(self, *words, code=0):
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(code, done.returncode, done.stdout[-2000:] + done.stderr[-2000:])
        return done.stdout

    def grpc_js(self, address):
        return json.loads(self.run_program("node", ROOT / "tests/foreign/grpc_js.js", address, self.ca, self.token, ROOT / "protos",
                                           ROOT / "build/default/protos/imported", self.health))

    def test_grpc_js(self):
        seen = self.grpc_js(self.address)
        overview = seen["overview"]["answer"]
        self.assertEqual("450328", overview["division"]["code"] if isinstance(overview["division"], dict) else overview["division"])
        self.assertEqual("js-7", seen["overview"]["head"]["x-request-id"])
        self.assertEqual(UNAUTHENTICATED, seen["stranger"]["code"])
        self.assertIn("TOKEN_MISSING", seen["stranger"]["details"])
        self.assertEqual(NOT_FOUND, seen["missing"]["code"])
        self.assertIn("HOUSEHOLD_NOT_FOUND", seen["missing"]["details"])
        self.assertEqual(DEADLINE_EXCEEDED, seen["late"]["code"])
        imported = seen["imported"]
        self.assertEqual(0, imported["code"], imported)
        self.assertEqual(["500", "500", "10"], [receipt["added"] for receipt in imported["receipts"]])
        (refused,) = imported["receipts"][2]["refused_rows"]
        self.assertEqual("village", refused["field"])
        self.assertEqual(5, len(seen["listed"]["answer"]["households"]))
        self.assertEqual({"statuses": ["SERVING"], "code": DEADLINE_EXCEEDED}, seen["watched"])
        self.assertEqual((CANCELLED, 1), (seen["cancelled"]["code"], len(seen["cancelled"]["receipts"])))
        # Its stream has not ended by itself; that the call is over, the service knows from the cancellation alone.
        deadline = time.monotonic() + 5
        while '"request_id":"js-cancelled"' not in (self.anju.data / "logs/registry.log").read_text():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)

    def call(self, method, *words):
        """gRPC by curl: what is written to standard error when it tells all."""
        return self.run_program("curl", *self.http2, *self.trust(), "--silent", "--show-error", "--verbose", "--stderr", "-", "--max-time", "20",
                                "--output", "/dev/null", "--header", "content-type: application/grpc", "--header", "te: trailers",
                                "--data-binary", f"@{self.empty}", *words, f"{self.grpc_url}/{method}")

    def test_a_deadline_is_kept_by_who_is_called(self):
        # curl knows nothing of it.
        self.assertIn(f"< grpc-status: {DEADLINE_EXCEEDED}", self.call("grpc.health.v1.Health/Watch", "--header", "grpc-timeout: 300m"))

    def buf_curl(self, method, request, *schema, code=0, url=None):
        return self.run_program(
            MODULES / ".bin/buf", "curl", "--protocol", "grpc", *(self.trust() or self.http2),
            *(schema or ("--reflect-protocol", "grpc-v1alpha")), "--header", f"authorization: Bearer {self.token.read_text().strip()}",
            "--data", json.dumps(request), f"{url or self.grpc_url}/{method}", code=code)

    def test_buf_curl(self):
        answer = json.loads(self.buf_curl("anju.gateway.v1.Gateway/GetOverview", {"division": "450328", "month": "2018-10"}))
        self.assertIn("indicators", answer)
        # The contracts of services are known by the descriptor set of the build; buf goes by the name of the file.
        image = self.anju.data / "anju.binpb"
        image.write_bytes(PROTOSET.read_bytes())
        answer = json.loads(self.buf_curl("anju.registry.v1.Registry/GetDivision", {"code": "450328"},
                                          "--schema", image))
        self.assertEqual("450328", answer["code"])
        # buf ends with eight times the code of gRPC.
        self.buf_curl("anju.registry.v1.Registry/GetHousehold", {"id": "nobody"},
                      "--schema", image, code=8 * NOT_FOUND)
        self.assertEqual("SERVING", json.loads(self.buf_curl("grpc.health.v1.Health/Check", {}, "--schema", self.health))["status"])

    def curl(self, path, *more, write="%{http_code}"):
        """The body, and what curl writes about it."""
        return self.run_program("curl", "--silent", "--show-error", "--write-out", f"\n{write}", *self.trust(), "--header",
                                f"Authorization: Bearer {self.token.read_text().strip()}", *more, self.url + path).rsplit("\n", 1)

    def test_curl(self):
        rows = self.anju.data / "rows.csv"
        for number, (version, spoken) in enumerate(self.versions.items()):
            with self.subTest(version):
                body, status = self.curl("/v1/overview?division=450328&month=2018-10", version, write="%{http_code} %{http_version}")
                self.assertEqual(f"200 {spoken}", status)
                self.assertIn("indicators", json.loads(body))
                # It keeps its connection, and asks twice on it.
                done = self.run_program("curl", version, *self.trust(), "--silent", "--verbose", "--stderr", "-", "--output", "/dev/null",
                                        "--output", "/dev/null", f"{self.url}/healthz", f"{self.url}/healthz")
                self.assertIn("Re-using existing connection", done)
                body, status = self.curl("/v1/households/nobody", version)
                self.assertEqual(("404", "HOUSEHOLD_NOT_FOUND"), (status, reason(json.loads(body))))
                # A file as it comes, of which the sender says no length, and a receipt for each batch.
                rows.write_text("\n".join(["户编号,村代码,户类型,建档日期",
                                           *(f"c{number}-{i},450328101202,建档立卡贫困户,2016-01-15" for i in range(2000)), ""]))
                body, status = self.curl("/v1/households:import?division=450328", version, "--header", "Content-Type: text/csv", "--header",
                                         "Accept: application/x-ndjson", "--request", "POST", "--header", "Expect:", "--upload-file", rows)
                self.assertEqual("200", status, body)
                receipts = [json.loads(line) for line in body.splitlines()]
                self.assertGreater(len(receipts), 1)
                self.assertEqual(2000, sum(int(receipt.get("added", 0)) for receipt in receipts))

    def block(self, title, language):
        """The first block of code after these words of the README, as it is written for the anju of this test."""
        readme = (ROOT / "README.md").read_text()
        code = re.search(rf"```{language}\n(.*?)\n```", readme[readme.index(title):], re.S).group(1)
        credentials = f'grpc.credentials.createSsl(fs.readFileSync("{self.ca}"))' if self.ca else "grpc.credentials.createInsecure()"
        for word, here in (("http://127.0.0.1:8080", self.url), ("127.0.0.1:8081", self.address),
                           ("grpc.credentials.createInsecure()", credentials), ("data/tokens", str(self.anju.data / "tokens"))):
            code = code.replace(word, here)
        return code

    def checked_figures(self):
        """Of the county of the README's samples, all figures of the months at which deploy/demo/check looks."""
        self.anju.settle()
        with open(ROOT / "deploy/demo/figures.csv", encoding="utf-8", newline="") as file:
            months = {row["as_of"] for row in csv.DictReader(file) if row["county"] == "450328"}
        return {month: self.anju.figures("450328", month) for month in months}

    def households(self):
        """How many there are in the month in which the README's samples register theirs."""
        return int(self.anju.figures("450328", "2019-03")["registry.poor_households"])

    def test_the_readme_s_ten_lines_of_curl(self):
        checked, households = self.checked_figures(), self.households()
        work = self.anju.data / "curl"
        work.mkdir()
        done = subprocess.run(["bash", "-euc", self.block("ten lines of curl", "sh")], cwd=work, capture_output=True, text=True, timeout=60,
                              env=os.environ | ({"CURL_CA_BUNDLE": str(self.ca)} if self.ca else {}))
        self.assertEqual("", done.stderr)
        # curl puts one answer right behind another.
        receipt, _ = json.JSONDecoder().raw_decode(done.stdout)
        self.assertEqual(("1", "1"), (receipt["added"], receipt["refused"]))
        self.assertIn("200", done.stdout)
        self.assertIn("indicators", json.loads((work / "overview.json").read_text()))
        self.assertIn('"reason"', done.stdout)
        self.assertEqual(checked, self.checked_figures())
        self.assertEqual(households + 1, self.households())

    def test_the_readme_s_ten_lines_of_grpc(self):
        checked, households = self.checked_figures(), self.households()
        done = subprocess.run(["node", "-e", self.block("ten lines of gRPC", "js")], cwd=ROOT, capture_output=True, text=True, timeout=60,
                              env=dict(os.environ, NODE_PATH=str(MODULES)))
        self.assertEqual("", done.stderr)
        self.assertEqual("1", json.loads(done.stdout)["added"])
        self.assertEqual(checked, self.checked_figures())
        self.assertEqual(households + 1, self.households())


class ThroughTheEdge(AtTheGateway):
    """From outside, over TLS with a certificate by a county's own CA."""

    http2, versions = ["--http2"], {"--http1.1": "1.1", "--http2": "2"}

    @classmethod
    def begin(cls):
        authority, (port,) = Authority(cls.anju.data), free_ports(1)
        certificate, key = authority.certify("edge")
        cls.anju.up(False, "--edge", "--edge-port", str(port), "--edge-cert", str(certificate), "--edge-key", str(key))
        cls.ca, cls.address = authority.ca, f"localhost:{port}"
        cls.grpc_url = cls.url = f"https://{cls.address}"

    def test_who_does_not_know_the_ca_does_not_speak_to_it(self):
        # curl ends with 60 when it does not trust a certificate.
        self.run_program("curl", "--silent", f"{self.url}/healthz", code=60)
        trusted, self.ca = self.ca, self.anju.data / "other"
        self.addCleanup(setattr, self, "ca", trusted)
        self.ca.mkdir()
        self.ca = Authority(self.ca).ca
        seen = self.grpc_js(self.address)
        self.assertEqual(UNAVAILABLE, seen["overview"]["code"])

    def outcomes(self, address, lies, *words):
        """How calls without a token end that come from there one after another, each with another lie about where from."""
        calls = []
        for lie in lies:
            calls += ["--next", "--silent", *self.http2, *self.trust(), "--interface", address, "--output", "/dev/null", *words]
            for field in ("X-Real-IP: ", "X-Forwarded-For: ", "Forwarded: for="):
                calls += ["--header", field + lie]
        # Who is refused before their body has come is told so, and then to leave it (RST_STREAM with NO_ERROR), which curl 7 takes for a failure
        # although it has the answer.
        return subprocess.run(["curl", *map(str, calls[1:])], capture_output=True, text=True, timeout=60).stdout.split()

    def test_a_caller_is_where_the_edge_sees_it_and_not_where_it_says(self):
        grpc = ["--header", "content-type: application/grpc", "--header", "te: trailers", "--data-binary", f"@{self.empty}", "--write-out", "%header{grpc-status}\n",
                f"{self.url}/anju.gateway.v1.Gateway/GetOverview"]
        http = ["--write-out", "%{http_code}\n", f"{self.url}/v1/overview?division=450328"]
        for words, (here, elsewhere), stranger, limited in ((grpc, ("127.0.0.3", "127.0.0.4"), UNAUTHENTICATED, RESOURCE_EXHAUSTED),
                                                            (http, ("127.0.0.5", "127.0.0.6"), 401, 429)):
            with self.subTest(stranger):
                # 200 strangers' calls at once are let be told what they lack, from one address.
                seen = self.outcomes(here, [f"10.0.{i // 250}.{i % 250 + 1}" for i in range(500)], *words)
                self.assertEqual({str(stranger), str(limited)}, set(seen))
                self.assertGreaterEqual(seen.index(str(limited)), 200)
                self.assertEqual([str(stranger)] * 20, self.outcomes(elsewhere, [here] * 20, *words))

    def test_a_gateway_that_is_away_is_unavailable_to_all_of_them(self):
        folder = self.anju.data / "away"
        folder.mkdir()
        edge = Edge(folder, *free_ports(2))
        self.addCleanup(edge.stop)
        trusted, self.ca = self.ca, edge.ca
        self.addCleanup(setattr, self, "ca", trusted)
        seen = self.grpc_js(f"localhost:{edge.port}")
        for call in ("overview", "missing", "listed"):
            self.assertEqual((UNAVAILABLE, True), (seen[call]["code"], "GATEWAY_AWAY" in seen[call]["details"]), seen[call])
        self.assertEqual(([], UNAVAILABLE), (seen["imported"]["receipts"], seen["imported"]["code"]))
        self.assertEqual(([], UNAVAILABLE), (seen["watched"]["statuses"], seen["watched"]["code"]))
        self.buf_curl("grpc.health.v1.Health/Check", {}, "--schema", self.health, code=8 * UNAVAILABLE, url=f"https://localhost:{edge.port}")
        for version in self.versions:
            status, fields, body = edge.curl(version, f"https://localhost:{edge.port}/v1/overview")
            self.assertEqual((503, "1", "GATEWAY_AWAY"), (status, fields["retry-after"], reason(json.loads(body))))


if __name__ == "__main__":
    unittest.main()
