#!/usr/bin/env python3
"""What is told to one county stays word for word the same while others fill: every method that reads is asked by a county's own people for
all that they have, before the records of other counties come and after. A method that is added later is asked too."""

import json
import unittest

from little import ROWS, Little
from whole import Anju

# Of every kind of record some lie in these, and of most of them in both.
FIRST, SECOND = ("450802", "450107", "451003", "450481"), ("360731", "450328", "451022", "451202")


class LeaksTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.anju = Anju()
        cls.addClassCleanup(cls.anju.remove)
        cls.anju.environment.update({f"ANJU_{party}_{what}": "1e6" for party in ("CALLER", "IMPORT", "SERVICE", "STRANGER") for what in ("RATE", "BURST")})
        cls.anju.up(demo=False)
        cls.little = Little(cls.anju)
        cls.addClassCleanup(cls.little.close)
        cls.little.load(FIRST)

    def ask(self, counties):
        """{county: what it is told}."""
        told = {county: self.little.told(county, self.little.questions(county)) for county in counties}
        for answers in told.values():
            for (method, *_), answer in answers.items():
                self.answers.setdefault(method, set()).add(answer)
        return told

    def check(self, before):
        for county, told in before.items():
            after = self.little.told(county, [(method, service, json.loads(request)) for method, service, request in told])
            for question, answer in told.items():
                with self.subTest(county=county, question=question):
                    self.assertEqual(answer, after[question])

    def test_what_others_have_changes_nothing(self):
        self.answers = {}
        before = self.ask(FIRST)
        self.little.load(SECOND)
        self.check(before)
        # And the other way round.
        before = self.ask(SECOND)
        self.little.load(FIRST, ROWS + 1, ROWS + 200)
        self.check(before)
        # Who is told nothing learns nothing.
        telling = {method for method, answers in self.answers.items() if any(status == 200 and len(answer) > 40 for status, answer in answers)}
        silent = {method: sorted(answers)[0] for method, answers in self.answers.items() if method not in telling}
        print(f"{len(telling)} methods told something; these told nothing: {silent}", flush=True)
        self.assertGreater(len(telling), 65)


if __name__ == "__main__":
    unittest.main(verbosity=2)
