"""What the repository must not hold: links, and files that it says itself are made by building."""

import pathlib
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINK = "120000"


def git(*words):
    return subprocess.run(["git", "-C", ROOT, *words], check=True, capture_output=True, text=True).stdout


class RepositoryTest(unittest.TestCase):
    def test_no_link_is_tracked(self):
        # A link leads out of the checkout, to a place that only its author's machine has.
        entries = [line.split(maxsplit=3) for line in git("ls-files", "--stage").splitlines()]
        self.assertGreater(len(entries), 100)
        self.assertEqual([path for mode, _, _, path in entries if mode == LINK], [])

    def test_nothing_that_is_ignored_is_tracked(self):
        self.assertEqual(git("ls-files", "--cached", "--ignored", "--exclude-standard"), "")


if __name__ == "__main__":
    unittest.main()
