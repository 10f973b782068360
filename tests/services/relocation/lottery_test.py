#!/usr/bin/env python3
"""Two implementations of the lottery give the same allotment: lottery.py beside this file, and `anjuctl draw verify`."""

import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import lottery  # noqa: E402

ANJUCTL = pathlib.Path(__file__).resolve().parents[3] / "build/default/bin/anjuctl"
LISTS = 1000


def random_list(chance, commitment):
    """A list with anything from nobody and nothing to a small site, and with short and ample room."""
    largest = chance.choice([1, 3, 8])
    number = lambda n: f"450328/county/第{n:04}号"
    households = [(number(n), chance.randint(1, largest)) for n in range(chance.choice([0, 1, 2, 10, 60]))]
    areas = [25_00 * n + chance.choice([-1, 0, 1]) for n in range(1, largest + 2)]
    units = [(number(n), chance.choice(areas)) for n in range(chance.choice([0, 1, 2, 10, 60]))]
    lines = ["anju-lottery-list 1", f"draw\t450328/county/s{chance.randint(1, 9)}/1", f"commitment\t{commitment}",
             "area-per-person\t2500"]
    lines += [f"household\t{name}\t{persons}" for name, persons in households]
    lines += [f"unit\t{name}\t{area}" for name, area in units]
    return "".join(line + "\n" for line in lines).encode()


class LotteryTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def anjuctl(self, list_text, list_hash, commitment, seed, result):
        (self.folder / "list.txt").write_bytes(list_text)
        (self.folder / "result.txt").write_bytes(result)
        # No gateway and no token: the published files are enough.
        return subprocess.run(
            [ANJUCTL, "draw", "verify", "--list", self.folder / "list.txt", "--list-hash", list_hash, "--commitment", commitment,
             "--seed", seed, "--result", self.folder / "result.txt"],
            capture_output=True, text=True, timeout=60, env={"PATH": "/usr/bin:/bin"})

    def test_both_give_the_same_allotment(self):
        start = int(os.environ.get("ANJU_TEST_SEED", random.randrange(10**9)))
        allotted = unallotted = 0
        for n in range(LISTS):
            chance = random.Random(start + n)
            seed = chance.randbytes(32).hex()
            commitment = lottery.sha256(bytes.fromhex(seed))
            text = random_list(chance, commitment)
            result = lottery.result_text(text, seed)
            done = self.anjuctl(text, lottery.sha256(text), commitment, seed, result)
            self.assertEqual(0, done.returncode, f"ANJU_TEST_SEED={start + n}: {done.stdout}{done.stderr}")
            allotted += result.count(b"\nallotted\t")
            unallotted += result.count(b"\nunallotted\t")
        self.assertGreater(allotted, LISTS)
        self.assertGreater(unallotted, LISTS)

    def test_both_find_what_is_wrong(self):
        seed = "01" * 32
        commitment = lottery.sha256(bytes.fromhex(seed))
        text = random_list(random.Random(7), commitment)
        right = [text, lottery.sha256(text), commitment, seed, lottery.result_text(text, seed)]
        lottery.verify(*right)
        self.assertEqual(0, self.anjuctl(*right).returncode)
        other = "02" * 32
        spaced = text.replace(b"\t2500\n", b"\t02500\n")
        foreign = text.replace(commitment.encode(), lottery.sha256(b"").encode())
        cases = {
            "SEED_NOT_COMMITTED": [*right[:3], other, lottery.result_text(text, other)],
            "LIST_CHANGED": [text + b"unit\tz\t1\n", *right[1:]],
            "LIST_MALFORMED": [spaced, lottery.sha256(spaced), *right[2:]],
            "LIST_OF_OTHER_DRAW": [foreign, lottery.sha256(foreign), commitment, seed, lottery.result_text(foreign, seed)],
            "RESULT_DIFFERS": [*right[:4], right[4] + b"\n"],
        }
        for reason, words in cases.items():
            with self.subTest(reason):
                with self.assertRaises(lottery.Wrong):
                    lottery.verify(*words)
                done = self.anjuctl(*words)
                self.assertEqual(1, done.returncode)
                self.assertIn(reason, done.stderr)
        missing = self.anjuctl(*right[:3], "xyz", right[4])
        self.assertIn("SEED_NOT_COMMITTED", missing.stderr)


if __name__ == "__main__":
    assert ANJUCTL.exists(), "build first"
    unittest.main(verbosity=2)
