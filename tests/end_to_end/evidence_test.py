#!/usr/bin/env python3
"""A file that a notice rests on, through real processes: sent in pieces, checked against its hash, kept for good, and read only where it belongs,
for a purpose, which the audit keeps."""

import base64
import hashlib
import json
import random
import time
import unittest

from whole import PROGRAMS, Anju, reason

COUNTY, VILLAGE, ELSEWHERE = "450328", "450328101202", "451022"
UPLOAD = "anju.evidence.v1.EvidenceFiles/UploadEvidence"
PURPOSE = "核对公示照片"
RAW = PURPOSE.encode().decode("latin-1")


class EvidenceTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.anju = Anju()
        cls.addClassCleanup(cls.anju.remove)
        cls.anju.up(demo=False)
        cls.officer, cls.reader, cls.collector, cls.auditor = (
            cls.anju.new_token(role, COUNTY) for role in ("officer", "reader", "collector", "auditor"))
        cls.foreigner = cls.anju.new_token("officer", ELSEWHERE)
        cls.board = cls.anju.data / "board.jpg"
        cls.board.write_bytes(random.Random(3).randbytes(2_500_000))
        cls.sha256 = hashlib.sha256(cls.board.read_bytes()).hexdigest()

    def refused(self, reason, token, *words):
        done = self.anju.ctl(token, *words, check=False)
        self.assertEqual(1, done.returncode, done.stdout)
        self.assertIn(reason, done.stderr)

    def piece(self, data, sha256, size, offset=0):
        return json.dumps({"division": COUNTY, "sha256": sha256, "size_bytes": size, "offset": offset,
                           "data": base64.b64encode(data).decode()})

    def put(self, token, *more):
        return "evidence", "put", self.board, "--service", "relocation", "--division", COUNTY, *more

    def get(self, to, division=COUNTY, sha256=None, service="relocation", purpose=PURPOSE):
        stated = ("--purpose", purpose) if purpose else ()
        return *stated, "evidence", "get", sha256 or self.sha256, to, "--service", service, "--division", division

    def test_a_file_comes_back_as_it_was_sent(self):
        sent = self.anju.ctl(self.officer, *self.put(self.officer))
        self.assertEqual((self.sha256, True), (sent["sha256"], sent["kept"]))
        self.assertEqual(sent, self.anju.ctl(self.officer, *self.put(self.officer)))
        back = self.anju.data / "back.jpg"
        self.anju.ctl(self.officer, *self.get(back), check=False)
        self.assertEqual(self.board.read_bytes(), back.read_bytes())
        kept = self.anju.data / "evidence/relocation" / self.sha256[:2] / self.sha256
        self.assertEqual(self.board.read_bytes(), kept.read_bytes())

        nowhere = self.anju.data / "nowhere.jpg"
        self.refused("EVIDENCE_NOT_FOUND", self.foreigner, *self.get(nowhere, ELSEWHERE))
        self.refused("OUTSIDE_SCOPE", self.foreigner, *self.get(nowhere))
        for token in (self.reader, self.collector):
            self.refused("ROLE_NOT_ALLOWED", token, *self.get(nowhere))
        self.refused("EVIDENCE_NOT_FOUND", self.officer, *self.get(nowhere, service="workshops"))
        self.refused("EVIDENCE_NOT_FOUND", self.officer, *self.get(nowhere, sha256="0" * 64))
        # What the disk has spoilt is not handed out as the file.
        kept.write_bytes(b"x" + kept.read_bytes()[1:])
        self.refused("DATA_LOSS", self.officer, *self.get(nowhere))
        self.assertFalse(nowhere.exists())

    def test_nobody_reads_a_file_without_saying_what_for(self):
        scan = b"a scan of three identity cards"
        sent = self.anju.ctl(self.collector, "call", UPLOAD, self.piece(scan, hashlib.sha256(scan).hexdigest(), len(scan)), "--service", "relocation")
        nowhere = self.anju.data / "nowhere.jpg"
        self.refused("PURPOSE_MISSING", self.officer, *self.get(nowhere, sha256=sent["sha256"], purpose=None))
        self.assertFalse(nowhere.exists())
        path = f"/v1/evidence/{sent['sha256']}?division={COUNTY}&service=relocation"
        status, answer = self.anju.get(path, self.officer)
        self.assertEqual((403, "PURPOSE_MISSING"), (status, reason(answer)))
        self.assertIn("x-anju-purpose", answer["message"])
        status, answer = self.anju.get(path, self.officer, x_anju_purpose="why")
        self.assertEqual((400, "PURPOSE_MALFORMED"), (status, reason(answer)))
        status, answer = self.anju.get(path, self.collector, x_anju_purpose=RAW)
        self.assertEqual((403, "ROLE_NOT_ALLOWED"), (status, reason(answer)))

        status, answer = self.anju.get(path, self.officer, x_anju_purpose=RAW)
        self.assertEqual((200, scan), (status, base64.b64decode(answer["data"])))
        asked = json.dumps({"division": COUNTY, "kind": "ENTRY_KIND_READ"})
        entries = self.anju.ctl(self.auditor, "call", "anju.audit.v1.Audit/ListEntries", asked, "--service", "relocation")["entries"]
        entry = next(entry for entry in entries if sent["id"] in entry["record_ids"])
        self.assertEqual((PURPOSE, COUNTY, "anju.evidence.v1.EvidenceFiles.ReadEvidence"),
                         (entry["purpose"], entry["division"], entry["method"]))

    def test_a_hash_opens_nothing_of_another_county(self):
        theirs = b"minutes of this county"
        sha256 = hashlib.sha256(theirs).hexdigest()
        self.anju.ctl(self.officer, "call", UPLOAD, self.piece(theirs, sha256, len(theirs)), "--service", "relocation")
        wrong = json.loads(self.piece(b"?", sha256, len(theirs))) | {"division": ELSEWHERE}
        answer = self.anju.ctl(self.foreigner, "call", UPLOAD, json.dumps(wrong), "--service", "relocation")
        self.assertEqual(("1", False), (answer["received_bytes"], answer.get("kept", False)))
        status, answer = self.anju.get(f"/v1/evidence/{sha256}?division={ELSEWHERE}&service=relocation", self.foreigner, x_anju_purpose=RAW)
        self.assertEqual((404, "EVIDENCE_NOT_FOUND"), (status, reason(answer)))
        # Who has the file keeps it as anybody does.
        right = json.loads(self.piece(theirs, sha256, len(theirs))) | {"division": ELSEWHERE}
        self.assertTrue(self.anju.ctl(self.foreigner, "call", UPLOAD, json.dumps(right), "--service", "relocation")["kept"])

    def test_what_is_wrong_is_refused(self):
        self.refused("EVIDENCE_HASH_WRONG", self.officer, "call", UPLOAD, self.piece(b"abc", "0" * 64, 3), "--service", "relocation")
        for piece, reason in (
                (self.piece(b"abc", "A" * 64, 3), "EVIDENCE_HASH_MALFORMED"),
                (self.piece(b"abc", "1" * 64, 0), "EVIDENCE_SIZE_OUT_OF_RANGE"),
                (self.piece(b"abc", "1" * 64, 1 << 30), "EVIDENCE_SIZE_OUT_OF_RANGE"),
                (self.piece(b"", "1" * 64, 3), "PIECE_OUT_OF_RANGE"),
                (self.piece(b"abc", "1" * 64, 3, offset=1), "PIECE_OUT_OF_RANGE"),
                (self.piece(b"abc", "1" * 64, 9, offset=-1), "PIECE_OUT_OF_RANGE"),
                (self.piece(b"abc", "1" * 64, 9, offset=3), "OFFSET_AHEAD")):
            self.refused(reason, self.officer, "call", UPLOAD, piece, "--service", "relocation")
        self.refused("OUTSIDE_SCOPE", self.foreigner, *self.put(self.foreigner))

    def test_a_notice_rests_on_what_was_sent(self):
        path = self.anju.data / "households.csv"
        path.write_text(f"household_no,village,household_class,registered_on\nh1,{VILLAGE},建档立卡贫困户,2016-01-01\n")
        self.anju.ctl(self.officer, "import", "registry", "ImportHouseholds", path, "--division", COUNTY, "--source", "county")
        time.sleep(1)
        case = self.call("DeclareCase", division=COUNTY, case_no="c1", household=f"{COUNTY}/county/h1", request_id="r1")
        self.call("VerifyCase", id=case["id"], request_id="r2")
        minutes = self.anju.data / "minutes.txt"
        minutes.write_text("评议会议记录")
        sha256, size = hashlib.sha256(minutes.read_bytes()).hexdigest(), minutes.stat().st_size
        notice = {"id": case["id"], "purpose": "NOTICE_PURPOSE_BEFORE", "places": [VILLAGE], "span_days": 5,
                  "day_kind": "DAY_KIND_CALENDAR", "title": "搬迁对象公示", "text": "一户",
                  "evidence": [{"name": "minutes.txt", "sha256": sha256, "size_bytes": size}], "request_id": "r3"}
        method = "anju.relocation.v1.Relocation/OpenCaseNotice"
        self.refused("EVIDENCE_NOT_FOUND", self.officer, "call", method, json.dumps(notice))
        self.anju.ctl(self.officer, "evidence", "put", minutes, "--service", "relocation", "--division", COUNTY)
        wrong = dict(notice, evidence=[dict(notice["evidence"][0], size_bytes=size + 1)])
        self.refused("EVIDENCE_SIZE_WRONG", self.officer, "call", method, json.dumps(wrong))
        opened = self.anju.ctl(self.officer, "call", method, json.dumps(notice))
        self.assertEqual(sha256, opened["notices"][0]["evidence"][0]["sha256"])

    def call(self, method, **request):
        return self.anju.ctl(self.officer, "call", f"anju.relocation.v1.Relocation/{method}", json.dumps(request))


if __name__ == "__main__":
    assert (PROGRAMS / "gateway").exists(), "build first"
    unittest.main(verbosity=2)
