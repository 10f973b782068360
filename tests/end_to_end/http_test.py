#!/usr/bin/env python3
"""A county system that speaks HTTP only, through real processes: it sends its file by curl, reads the overview until it changes, and is told
what was wrong with its rows; hostile bytes are refused without a crash."""

import gzip
import http.client
import json
import socket
import subprocess
import time
import unittest

from whole import PROGRAMS, Anju, reason

COUNTY, VILLAGE, ELSEWHERE = "450328", "450328101202", "451022"
HEADING = "户编号,村代码,户类型,建档日期\n"


def rows(count, first=0):
    return "".join(f"h{i},{VILLAGE},建档立卡贫困户,2016-01-15\n" for i in range(first, first + count))


class HttpTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.anju = Anju()
        cls.addClassCleanup(cls.anju.remove)
        cls.anju.up(demo=False)
        cls.officer = cls.anju.new_token("officer", COUNTY)

    def ask(self, method, path, body=None, token=None, **headers):
        """(status, headers, body) of one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.anju.http, timeout=60)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers["Authorization"] = "Bearer " + (token or self.officer).read_text().strip()
        body = body.encode() if isinstance(body, str) else body
        connection.request(method, path, body, headers, encode_chunked=not isinstance(body, (bytes, type(None))))
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, dict(answer.getheaders()), text

    def upload(self, body, query=f"division={COUNTY}", **headers):
        headers.setdefault("Content_Type", "text/csv")
        status, head, text = self.ask("POST", f"/v1/households:import?{query}", body, **headers)
        return status, json.loads(text), head

    def curl(self, *words, **options):
        return subprocess.run(["curl", "--silent", "--show-error", "--max-time", "60", *words], capture_output=True, timeout=90,
                              check=True, **options).stdout

    def test_ten_lines_of_curl(self):
        base, token = f"http://127.0.0.1:{self.anju.http}", "Authorization: Bearer " + self.officer.read_text().strip()
        path = self.anju.data / "ten.csv"
        path.write_text(HEADING + rows(3, first=900_000) + "x,1,建档立卡贫困户,2016-01-15\n")
        sent = json.loads(self.curl("-H", token, "-H", "Content-Type: text/csv", "--data-binary", f"@{path}",
                                    f"{base}/v1/households:import?division={COUNTY}"))
        self.assertEqual(("4", "3", "1"), (sent["received"], sent["added"], sent["refused"]))
        self.assertEqual(("5", "village"), (sent["refused_rows"][0]["row"], sent["refused_rows"][0]["field"]))
        self.anju.settle()
        overview, tag = self.anju.data / "overview.json", self.anju.data / "overview.etag"
        words = ["-H", token, "--etag-save", tag, "--etag-compare", tag, "-o", overview, "-w", "%{http_code}",
                 f"{base}/v1/overview?division={COUNTY}&month=2018-10"]
        self.assertEqual(b"200", self.curl(*words))
        self.assertIn("indicators", json.loads(overview.read_text()))
        self.assertEqual(b"304", self.curl(*words))
        path.write_text(HEADING + rows(1, first=910_000))
        self.curl("-H", token, "-H", "Content-Type: text/csv", "-T", path, "-X", "POST", f"{base}/v1/households:import?division={COUNTY}")
        self.anju.settle()
        self.assertEqual(b"200", self.curl(*words))

    def test_a_file_as_excel_saves_it_streamed_and_packed(self):
        text = HEADING + rows(2500)
        status, receipt, _ = self.upload(text.encode("gb18030"))
        self.assertEqual((200, "2500", 3), (status, receipt["received"], receipt["number"]), receipt)
        again = [self.upload(text.encode("utf-8-sig")), self.upload(gzip.compress(text.encode()), Content_Encoding="gzip"),
                 self.upload(iter([text[i:i + 777].encode() for i in range(0, len(text), 777)]), Transfer_Encoding="chunked")]
        for status, receipt, _ in again:
            self.assertEqual((200, "2500"), (status, receipt["unchanged"]), receipt)
        status, head, lines = self.ask("POST", f"/v1/households:import?division={COUNTY}", text.encode(),
                                       Content_Type="text/csv", Accept="application/x-ndjson")
        self.assertEqual([1, 2, 3], [json.loads(line)["number"] for line in lines.splitlines()])
        records = "".join(json.dumps({"household_no": f"h{i}", "village": VILLAGE, "registered_on": "2016-01-15",
                                      "household_class": "HOUSEHOLD_CLASS_REGISTERED_POOR"}) + "\n" for i in range(3))
        status, receipt, _ = self.upload(records, Content_Type="application/x-ndjson")
        self.assertEqual((200, "3"), (status, receipt["received"]), receipt)

    def test_a_record_has_one_row_by_every_door(self):
        days = ("2016-01-15", "2016-01-15", "2016-03-01")
        path = self.anju.data / "repeated.csv"
        path.write_text(HEADING + "".join(f"r1,{VILLAGE},建档立卡贫困户,{day}\n" for day in days))
        lines = "\n" + "".join(json.dumps({"household_no": "r1", "village": VILLAGE, "registered_on": day,
                                           "household_class": "HOUSEHOLD_CLASS_REGISTERED_POOR"}) + "\n" for day in days)
        by_ctl = self.anju.ctl(self.officer, "import", "registry", "ImportHouseholds", path, "--division", COUNTY, "--source", "county")
        for receipt in (by_ctl, self.upload(path.read_text())[1], self.upload(lines, Content_Type="application/x-ndjson")[1]):
            self.assertEqual((3, 2), (int(receipt["received"]), int(receipt["refused"])), receipt)
            self.assertEqual([(row, "household_no", "ROW_REPEATED", "row 2 has the same 户编号; keep one of them") for row in (3, 4)],
                             [(int(why["row"]), why["field"], why["reason"], why["hint"]) for why in receipt["refused_rows"]])

    def test_what_broke_off_goes_on(self):
        text = (HEADING + rows(3000, first=10_000)).encode()
        # The connection ends in the middle of the file.
        with socket.create_connection(("127.0.0.1", self.anju.http)) as raw:
            raw.sendall((f"POST /v1/households:import?division={COUNTY}&import_id=broken HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\n"
                         f"Authorization: Bearer {self.officer.read_text().strip()}\r\nContent-Length: {len(text)}\r\n\r\n").encode())
            raw.sendall(text[:len(text) * 3 // 4])
            time.sleep(1.5)
        time.sleep(0.5)
        # Another file does not go on there.
        other = (HEADING + rows(3000, first=20_000)).encode()
        status, error, _ = self.upload(other, f"division={COUNTY}&import_id=broken")
        self.assertEqual((409, "IMPORT_ID_REUSED"), (status, reason(error)), error)
        status, receipt, _ = self.upload(text, f"division={COUNTY}&import_id=broken")
        self.assertEqual((200, "3000", "3000"), (status, receipt["received"], receipt["added"]), receipt)

    def test_rights_hold_for_files_too(self):
        reader = self.anju.new_token("reader", COUNTY)
        for token, division, expected in ((reader, COUNTY, (403, "ROLE_NOT_ALLOWED")), (self.officer, ELSEWHERE, (403, "OUTSIDE_SCOPE"))):
            status, _, text = self.ask("POST", f"/v1/households:import?division={division}", HEADING + rows(1), token=token,
                                       Content_Type="text/csv")
            self.assertEqual(expected, (status, reason(json.loads(text))))

    def test_hostile_bytes_are_refused(self):
        token = self.officer.read_text().strip()
        cases = (
            b"GET /healthz HTTP/1.1\nHost: x\n\n", b"GET /healthz HTTP/1.1\r\nHost: x\r\n a: b\r\n\r\n",
            b"POST /v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"POST /v1/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
            b"POST /v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
            b"GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", b"GET /healthz\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /healthz HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        )
        for case in cases:
            with self.subTest(case=case), socket.create_connection(("127.0.0.1", self.anju.http), timeout=10) as raw:
                raw.sendall(case + b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                answer = b""
                while piece := raw.recv(65536):
                    answer += piece
                self.assertTrue(answer.startswith(b"HTTP/1.1 400 "), answer[:80])
                # What stands behind it is never a request.
                self.assertEqual(1, answer.count(b"\r\nDate: "), answer)
        for path in ("//v1/overview", "/v1/../v1/overview", "/v1/%6fverview", "/v1%2foverview", "/v1/overview/", "/v1/overview%00"):
            status, _, _ = self.ask("GET", path + f"?division={COUNTY}&month=2018-10")
            self.assertEqual(404, status, path)
        with socket.create_connection(("127.0.0.1", self.anju.http), timeout=10) as raw:
            one = f"GET /v1/overview?division={COUNTY}&month=2018-10 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
            raw.sendall(one.encode() * 50 + b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            answer = b""
            while piece := raw.recv(65536):
                answer += piece
            self.assertEqual(51, answer.count(b"HTTP/1.1 200 OK"))

    def test_the_description_is_whole(self):
        status, head, text = self.ask("GET", "/openapi.json", Accept_Encoding="gzip")
        self.assertEqual((200, "gzip"), (status, head["Content-Encoding"]))
        api = json.loads(gzip.decompress(text))
        self.assertEqual("3.1.0", api["openapi"])
        self.assertIn("text/csv", api["paths"]["/v1/households:import"]["post"]["requestBody"]["content"])
        status, _, _ = self.ask("GET", "/openapi.json", If_None_Match=head["ETag"])
        self.assertEqual(304, status)


if __name__ == "__main__":
    assert (PROGRAMS / "gateway").exists(), "build first"
    unittest.main(verbosity=2)
