#!/usr/bin/env python3
"""Programs that others wrote speak to a real anju: @grpc/grpc-js, buf curl by reflection, curl, and the health check of gRPC."""

import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))
from whole import PROTOSET, ROOT, Anju  # noqa: E402

MODULES = ROOT / "deploy/npm/node_modules"
# As https://github.com/grpc/grpc/blob/master/doc/health-checking.md has it.
HEALTH = """syntax = "proto3";
package grpc.health.v1;
message HealthCheckRequest { string service = 1; }
message HealthCheckResponse {
  enum ServingStatus { UNKNOWN = 0; SERVING = 1; NOT_SERVING = 2; SERVICE_UNKNOWN = 3; }
  ServingStatus status = 1;
}
service Health { rpc Check(HealthCheckRequest) returns (HealthCheckResponse); }
"""
NOT_FOUND, UNAUTHENTICATED, DEADLINE_EXCEEDED = 5, 16, 4


class ForeignClientsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.anju = Anju()
        cls.addClassCleanup(cls.anju.remove)
        cls.anju.up(demo=False)
        cls.token = cls.anju.new_token("officer", "450328")

    def run_program(self, *words, code=0):
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(code, done.returncode, done.stdout[-2000:] + done.stderr[-2000:])
        return done.stdout

    def test_grpc_js(self):
        seen = json.loads(self.run_program("node", ROOT / "tests/foreign/grpc_js.js", self.anju.grpc, self.token, ROOT / "protos",
                                           ROOT / "build/default/protos/imported"))
        overview = seen["overview"]["answer"]
        self.assertEqual("450328", overview["division"]["code"] if isinstance(overview["division"], dict) else overview["division"])
        self.assertEqual("js-7", seen["overview"]["head"]["x-request-id"])
        self.assertEqual((UNAUTHENTICATED, 1), (seen["stranger"]["code"], seen["stranger"]["details"]))
        self.assertEqual(NOT_FOUND, seen["missing"]["code"])
        self.assertEqual(DEADLINE_EXCEEDED, seen["late"]["code"])
        imported = seen["imported"]
        self.assertEqual(0, imported["code"], imported)
        self.assertEqual(["500", "500", "10"], [receipt["added"] for receipt in imported["receipts"]])
        (refused,) = imported["receipts"][2]["refused_rows"]
        self.assertEqual("village", refused["field"])
        self.assertEqual(5, len(seen["listed"]["answer"]["households"]))

    def buf_curl(self, method, request, *schema, code=0):
        return self.run_program(
            MODULES / ".bin/buf", "curl", "--protocol", "grpc", "--http2-prior-knowledge", *(schema or ("--reflect-protocol", "grpc-v1alpha")),
            "--header", f"authorization: Bearer {self.token.read_text().strip()}", "--data", json.dumps(request),
            f"http://127.0.0.1:{self.anju.grpc}/{method}", code=code)

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
        health = self.anju.data / "health"
        health.mkdir()
        (health / "health.proto").write_text(HEALTH)
        self.assertEqual("SERVING", json.loads(self.buf_curl("grpc.health.v1.Health/Check", {}, "--schema", health))["status"])

    def test_curl(self):
        def get(path, *more):
            return self.run_program("curl", "--silent", "--show-error", "--write-out", "\n%{http_code}", "--header",
                                    f"Authorization: Bearer {self.token.read_text().strip()}", *more,
                                    f"http://127.0.0.1:{self.anju.http}{path}").rsplit("\n", 1)
        body, status = get("/v1/overview?division=450328&month=2018-10")
        self.assertEqual("200", status)
        self.assertIn("indicators", json.loads(body))
        # curl speaks HTTP/1.1, keeps its connection, and asks twice on it.
        done = self.run_program("curl", "--silent", "--verbose", "--stderr", "-", "--output", "/dev/null", "--output", "/dev/null",
                                f"http://127.0.0.1:{self.anju.http}/healthz", f"http://127.0.0.1:{self.anju.http}/healthz")
        self.assertIn("Re-using existing connection", done)

    def block(self, title, language):
        """The first block of code after these words of the README, as it is written for the anju of this test."""
        readme = (ROOT / "README.md").read_text()
        code = re.search(rf"```{language}\n(.*?)\n```", readme[readme.index(title):], re.S).group(1)
        for word, here in (("127.0.0.1:8080", f"127.0.0.1:{self.anju.http}"), ("127.0.0.1:8081", f"127.0.0.1:{self.anju.grpc}"),
                           ("data/tokens", str(self.anju.data / "tokens"))):
            code = code.replace(word, here)
        return code

    def test_the_readme_s_ten_lines_of_curl(self):
        work = self.anju.data / "curl"
        work.mkdir()
        done = subprocess.run(["bash", "-euc", self.block("ten lines of curl", "sh")], cwd=work, capture_output=True, text=True, timeout=60)
        self.assertEqual("", done.stderr)
        # curl puts one answer right behind another.
        receipt, _ = json.JSONDecoder().raw_decode(done.stdout)
        self.assertEqual(("1", "1"), (receipt["added"], receipt["refused"]))
        self.assertIn("200", done.stdout)
        self.assertIn("indicators", json.loads((work / "overview.json").read_text()))
        self.assertIn('"reason"', done.stdout)

    def test_the_readme_s_ten_lines_of_grpc(self):
        done = subprocess.run(["node", "-e", self.block("ten lines of gRPC", "js")], cwd=ROOT, capture_output=True, text=True, timeout=60,
                              env=dict(os.environ, NODE_PATH=str(MODULES)))
        self.assertEqual("", done.stderr)
        self.assertEqual("1", json.loads(done.stdout)["added"])


if __name__ == "__main__":
    unittest.main()
