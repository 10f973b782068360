#!/usr/bin/env python3
"""Every unit that an indicator has, anjuctl's tables have a word for."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class UnitsTest(unittest.TestCase):
    def test_every_unit_has_a_word(self):
        units = {unit for path in (ROOT / "services").glob("*/domain/indicators.cc")
                 for unit in re.findall(r'\.unit = "([^"]+)"', path.read_text(encoding="utf-8"))}
        self.assertGreater(len(units), 20)
        table = (ROOT / "gateway/cli/table.cc").read_text(encoding="utf-8")
        faces = set(re.findall(r'\{"([a-z_-]+)", \d, "', table))
        self.assertEqual(set(), units - faces)


if __name__ == "__main__":
    unittest.main()
