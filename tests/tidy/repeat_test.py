#!/usr/bin/env python3
"""Every method says whether it may be repeated: what reads has no side effects, and a write is idempotent by its request_id."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
METHOD = re.compile(r"^  rpc (\w+)\([^;{]*(\{\n.*?\n  \}|\{\}|;)", re.M | re.S)
LEVEL = re.compile(r"option idempotency_level = (NO_SIDE_EFFECTS|IDEMPOTENT);")


def silent(text):
    """The methods of a contract that say nothing."""
    return [name for name, body in METHOD.findall(text) if not LEVEL.search(body)]


class RepeatTest(unittest.TestCase):
    def test_every_method_says_whether_it_may_be_repeated(self):
        for path in sorted((ROOT / "protos").rglob("*.proto")):
            with self.subTest(path=path.relative_to(ROOT).as_posix()):
                self.assertEqual([], silent(path.read_text(encoding="utf-8")), "give them an option idempotency_level")

    def test_what_reads_has_no_side_effects(self):
        for path in sorted((ROOT / "protos").rglob("*.proto")):
            for name, body in METHOD.findall(path.read_text(encoding="utf-8")):
                if "get:" in body:
                    with self.subTest(method=name):
                        self.assertIn("NO_SIDE_EFFECTS", body)

    def test_the_scan_sees_one_that_says_nothing(self):
        said = "  rpc A(B) returns (C) {\n    option idempotency_level = IDEMPOTENT;\n  }\n"
        self.assertEqual([], silent(said))
        for text in (said.replace("idempotency_level", "other"), "  rpc A(B) returns (C);\n", "  rpc A(B) returns (C) {}\n"):
            with self.subTest(text=text):
                self.assertEqual(["A"], silent(text))
        self.assertEqual(["D"], silent(said + "  rpc D(B) returns (C);\n"))


if __name__ == "__main__":
    unittest.main()
