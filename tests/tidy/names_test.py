#!/usr/bin/env python3
"""One name, one type: two types of the same name in the same namespace become one when both are linked into a program,
and no compiler says so."""

import collections
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TYPE = re.compile(r"(?:template <.*> )?(?:class|struct|enum class) (\w+)(?: final)?(?: :[^:;].*)? \{")


def types(text):
    """The types that a file defines where others see them, by their whole names."""
    spaces = []
    for line in text.splitlines():
        if opened := re.match(r"namespace( [\w:]+)? \{", line):
            spaces.append((opened[1] or "").strip())
        elif line.startswith("}  // namespace"):
            spaces.pop()
        elif (found := TYPE.match(line)) and "" not in spaces:
            yield "::".join([*spaces, found[1]])


class NamesTest(unittest.TestCase):
    def test_every_type_has_a_name_of_its_own(self):
        defined = collections.defaultdict(set)
        for root in ("services", "gateway"):
            for path in (ROOT / root).rglob("*"):
                if path.suffix in (".h", ".cc"):
                    for name in types(path.read_text(encoding="utf-8")):
                        defined[name].add(path.relative_to(ROOT).as_posix())
        self.assertGreater(len(defined), 500)
        self.assertEqual({}, {name: sorted(paths) for name, paths in defined.items() if len(paths) > 1})

    def test_it_finds_what_it_looks_for(self):
        text = ("namespace a::b {\nclass One final : public X {\n};\nnamespace {\nstruct Hidden {\n};\n}  // namespace\n"
                "struct Two::Inner {\n};\nclass Declared;\nenum class Three : int32_t { kNone };\n}  // namespace a::b\n")
        self.assertEqual(["a::b::One", "a::b::Three"], list(types(text)))


if __name__ == "__main__":
    unittest.main()
