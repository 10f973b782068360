#!/usr/bin/env python3
"""The lottery once more, written from services/relocation/LOTTERY.md alone: whoever does not trust the platform runs this.

    lottery.py verify LIST LIST_HASH COMMITMENT SEED RESULT
"""

import hashlib
import re
import sys

HASH = re.compile(r"[0-9a-f]{64}")
NAME = rb"[^\x00-\x1f\x7f]{1,1024}"
NUMBER = rb"[1-9][0-9]{0,8}"
FORM = re.compile(
    rb"anju-lottery-list 1\n"
    rb"draw\t(?P<draw>%(name)s)\n"
    rb"commitment\t(?P<commitment>[0-9a-f]{64})\n"
    rb"area-per-person\t(?P<area>%(number)s)\n"
    rb"(?P<households>(household\t%(name)s\t%(number)s\n){0,5000})"
    rb"(?P<units>(unit\t%(name)s\t%(number)s\n){0,5000})" % {b"name": NAME, b"number": NUMBER})


class Wrong(Exception):
    """What was published is not what it should be."""


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def rows(part):
    """[(name, number)] of the households or of the units, which must be sorted and each there once."""
    found = []
    for line in part.splitlines(keepends=True):
        _, name, number = line.rstrip(b"\n").split(b"\t")
        found.append((name, int(number)))
    names = [name for name, _ in found]
    if names != sorted(set(names)):
        raise Wrong("the list is not sorted, or names something twice")
    return found


def read_list(text):
    """(commitment, area per person, households, units)"""
    form = FORM.fullmatch(text)
    if form is None:
        raise Wrong("the list has not the form of section 2")
    return form["commitment"].decode(), int(form["area"]), rows(form["households"]), rows(form["units"])


class Numbers:
    def __init__(self, seed, list_text):
        self.prefix = bytes.fromhex(seed) + hashlib.sha256(list_text).digest()
        self.i = 0

    def word(self):
        digest = hashlib.sha256(self.prefix + self.i.to_bytes(8, "big")).digest()
        self.i += 1
        return int.from_bytes(digest[:8], "big")

    def below(self, n):
        w = self.word()
        while w < 2**64 % n:
            w = self.word()
        return w % n


def draw(list_text, seed):
    """{household: unit or None}"""
    _, area, households, units = read_list(list_text)
    numbers = Numbers(seed, list_text)
    order = list(households)
    for i in range(len(order) - 1, 0, -1):
        j = numbers.below(i + 1)
        order[i], order[j] = order[j], order[i]
    counts = {persons: [0, sum(size <= persons * area for _, size in units)] for _, persons in households}
    admitted = []
    for name, persons in order:
        touched = [count for p, count in counts.items() if p >= persons]
        if all(count[0] + 1 <= count[1] for count in touched):
            for count in touched:
                count[0] += 1
            admitted.append((name, persons))
    free, drawn = list(units), {}
    for name, persons in sorted(admitted, key=lambda household: household[1]):
        permitted = [unit for unit in free if unit[1] <= persons * area]
        drawn[name] = permitted[numbers.below(len(permitted))]
        free.remove(drawn[name])
    return {name: drawn[name][0] if name in drawn else None for name, _ in households}


def result_text(list_text, seed):
    lines = [b"anju-lottery-result 1", b"list\t" + sha256(list_text).encode(), b"seed\t" + seed.encode()]
    for name, unit in draw(list_text, seed).items():
        lines.append(b"unallotted\t" + name if unit is None else b"allotted\t" + name + b"\t" + unit)
    return b"".join(line + b"\n" for line in lines)


def verify(list_text, list_hash, commitment, seed, result):
    """Raises Wrong unless the four checks of section 7 hold."""
    if not HASH.fullmatch(seed) or sha256(bytes.fromhex(seed)) != commitment:
        raise Wrong("the seed is not what was committed to")
    if sha256(list_text) != list_hash:
        raise Wrong("the list was changed")
    if read_list(list_text)[0] != commitment:
        raise Wrong("the list is of another draw")
    if result_text(list_text, seed) != result:
        raise Wrong("the draw gives another result")


def main(words):
    if len(words) != 6 or words[0] != "verify":
        print(__doc__.strip(), file=sys.stderr)
        return 2
    with open(words[1], "rb") as file:
        list_text = file.read()
    with open(words[5], "rb") as file:
        result = file.read()
    try:
        verify(list_text, *words[2:5], result)
    except Wrong as wrong:
        print(f"NOT verified: {wrong}")
        return 1
    print("verified")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
