"""Households of a county, with members who are plainly nobody."""

import csv
import functools
import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from .files import ROOT
from .numbers import day_between, id_number, spread

# Ages are counted on this day; who has labour then has it through the years of the bulletins.
_TODAY = date(2016, 1, 1)
_FAMILY_NAMES = "例样试某假拟"
_GIVEN_NAMES = "甲乙丙丁戊己庚辛壬癸"
WITH_LABOUR = ("HALF", "FULL", "SKILLED")


@functools.cache
def divisions(province):
    with open(ROOT / f"services/registry/divisions/{province}.csv", encoding="utf-8", newline="") as file:
        return tuple((row["code"], row["name"], row["level"]) for row in csv.DictReader(file))


def townships(county):
    return [code for code, _, level in divisions(county[:2]) if level == "township" and code.startswith(county)]


def villages(county):
    """The county's villages; its urban neighbourhoods come last."""
    found = [(code, name) for code, name, level in divisions(county[:2]) if level == "village" and code.startswith(county)]
    return [code for code, name in found if "村" in name] + [code for code, name in found if "村" not in name]


@dataclass
class Person:
    no: str
    name: str
    id_number: str
    sex: str
    born_on: date
    relation: str
    labour: str
    joined_on: date
    left_on: date | None = None


@dataclass
class Household:
    no: str
    village: str
    household_class: str
    registered_on: date
    exited_on: date | None = None
    low_income_since: date | None = None
    low_income_until: date | None = None
    members: list[Person] = field(default_factory=list)

    @property
    def workers(self):
        return [person for person in self.members if person.labour in WITH_LABOUR]


class County:
    """Makes the households of one county, always the same ones."""

    def __init__(self, code):
        self.code = code
        self.rng = random.Random(f"anju {code}")
        self.villages = villages(code)
        self.townships = townships(code)
        # Codes that stand at the front of identity numbers; a county that was renamed has issued under both.
        self.areas = [code]
        self.households = []
        self._sequences = {}

    def household(self, village=None, household_class="REGISTERED_POOR", registered_on=None):
        registered_on = registered_on or day_between(self.rng, date(2014, 3, 1), date(2015, 11, 30))
        made = Household(
            no=f"H{len(self.households) + 1:06d}", village=village or self.rng.choice(self.villages),
            household_class=household_class, registered_on=registered_on,
        )
        self.households.append(made)
        return made

    def group(self, count, persons, workers=None, among=None, **about):
        """`count` households with exactly `persons` members and, when given, exactly `workers` with labour."""
        sizes = spread(self.rng, count, persons, 1, 8)
        shares = self._workers(sizes, workers)
        places = among or self.villages
        made = []
        for i, (size, share) in enumerate(zip(sizes, shares)):
            household = self.household(village=places[i % len(places)], **about)
            self.fill(household, size, share)
            made.append(household)
        return made

    def _workers(self, sizes, total):
        shares = [min(size, max(0, round(size * self.rng.uniform(0.35, 0.75)))) for size in sizes]
        while total is not None and sum(shares) != total:
            i = self.rng.randrange(len(sizes))
            step = 1 if sum(shares) < total else -1
            # The first round moves many at once, so that the sum is not taken for every single step.
            for j in range(i, min(len(sizes), i + max(1, abs(total - sum(shares)) // 2))):
                if 0 <= shares[j] + step <= sizes[j]:
                    shares[j] += step
        return shares

    def fill(self, household, size, workers=None):
        """Gives the household `size` members, `workers` of them with labour: head and spouse, then grown children."""
        if workers is None:
            workers = self._workers([size], None)[0]
        rng = self.rng
        for i in range(size):
            if i < workers:
                relation, low, high = (("HEAD", 42, 55), ("SPOUSE", 42, 55), ("CHILD", 18, 23))[min(i, 2)]
                labour = rng.choices(WITH_LABOUR, (2, 7, 1))[0]
            elif i == 0:
                relation, low, high, labour = "HEAD", 62, 80, "NONE"
            elif household.members[0].labour == "NONE":
                relation, low, high, labour = "OTHER", 3, 13, "NONE"
            elif rng.random() < 0.4 and sum(p.relation == "PARENT" for p in household.members) < 2:
                relation, low, high, labour = "PARENT", 74, 88, "NONE"
            else:
                relation, low, high, labour = "CHILD", 1, 13, "NONE"
            self.member(household, relation, day_between(rng, _TODAY - timedelta(high * 365), _TODAY - timedelta(low * 365)), labour)

    def member(self, household, relation, born_on, labour):
        """Adds one member. Sequence numbers begin with 9, which registration offices do not reach."""
        if relation == "HEAD":
            sex = self.rng.choice(("MALE", "MALE", "MALE", "FEMALE"))
        elif relation == "SPOUSE":
            sex = "FEMALE" if household.members[0].sex == "MALE" else "MALE"
        else:
            sex = self.rng.choice(("MALE", "FEMALE"))
        area = self.rng.choice(self.areas)
        key = (area, born_on, sex)
        sequence = self._sequences.get(key, 901 if sex == "MALE" else 900)
        if sequence > 999:
            raise ValueError(f"no number is left for {key}")
        self._sequences[key] = sequence + 2
        name = self.rng.choice(_FAMILY_NAMES) + "".join(self.rng.choices(_GIVEN_NAMES, k=2))
        person = Person(
            no=f"{household.no}-{len(household.members) + 1}", name=name, id_number=id_number(area, born_on, sequence),
            sex=sex, born_on=born_on, relation=relation, labour=labour, joined_on=max(household.registered_on, born_on),
        )
        household.members.append(person)
        return person

    def write_households(self, folder, households=None, division=None):
        folder.write("registry", "Household", (
            {
                "household_no": h.no, "village": (division or self.code) + h.village[6:], "household_class": h.household_class,
                "registered_on": h.registered_on, "exited_on": h.exited_on,
                "low_income_since": h.low_income_since, "low_income_until": h.low_income_until,
            }
            for h in (self.households if households is None else households)
        ), division)

    def write_persons(self, folder):
        folder.write("registry", "Person", (
            {
                "household_no": h.no, "person_no": p.no, "name": p.name, "id_number": p.id_number, "sex": p.sex,
                "born_on": p.born_on, "relation": p.relation, "labour": p.labour, "joined_on": p.joined_on, "left_on": p.left_on,
            }
            for h in self.households for p in h.members
        ))

    def write_registry(self, folder):
        self.write_households(folder)
        self.write_persons(folder)


def pairs(households):
    """(household, worker) of all who have labour."""
    return [(household, person) for household in households for person in household.workers]
