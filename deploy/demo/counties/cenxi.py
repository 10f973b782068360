"""Cenxi 450481: precise identification and the cleaning of its data in the spring of 2016 (the county's overview of 2016)."""

from datetime import date

from . import today
from .numbers import day_between
from .people import County

CODE = "450481"
# Persons who are to leave poverty, by year.
_PLAN = {2016: 10050, 2017: 11200, 2018: 10800, 2019: 9060, 2020: 7887}
_MISSED, _WRONG, _IN_FORCE = 308, 40, date(2016, 4, 18)


def make(plan, folder):
    county = County(CODE)
    rng = county.rng
    villages = county.villages[:256]
    first = county.group(10740, 46864, among=villages)
    wrong = rng.sample(first, _WRONG)
    # Those who were missed, and those who were found poor in the second round, with as many persons as make the sum.
    persons = 48997 - 46864 + sum(len(household.members) for household in wrong)
    second = county.group(11238 - 10740 + _WRONG, persons, among=villages, registered_on=_IN_FORCE)
    missed = second[:_MISSED]
    for household in missed:
        household.household_class, household.registered_on = "GENERAL", date(2016, 3, 10)
        for person in household.members:
            person.joined_on = max(household.registered_on, person.born_on)
    # Whose number nobody knew in the first round.
    unknown = [person for household in first for person in household.members if person.relation != "HEAD"]
    for person in rng.sample(unknown, 2037):
        person.id_number = ""
    # Two thirds would leave poverty by the end of 2018, as planned.
    not_poor = {household.no for household in wrong}
    poor = [household for household in county.households if household.no not in not_poor]
    for household in rng.sample(poor, 7300):
        household.exited_on = date(rng.choice((2016, 2017, 2018)), 12, 31)
    poor_villages = sorted(rng.sample(villages, 53))
    folder.write("registry", "Village", (
        {"village": village, "poor_since": day_between(rng, date(2015, 11, 1), date(2016, 4, 20))} for village in poor_villages
    ))
    county.write_registry(folder)
    folder.write("registry", "IdentificationFinding", (
        {
            "household_no": household.no, "misjudged": "WRONG" if household.no in not_poor else "MISSED",
            "found_on": day_between(rng, date(2016, 3, 17), date(2016, 3, 31)),
            "household_class": "GENERAL" if household.no in not_poor else "REGISTERED_POOR", "since": _IN_FORCE,
        }
        for household in missed + wrong
    ))
    folder.write("registry", "ExitPlan", (
        {"division": CODE, "year": year, "planned_persons": planned, "document": "样扶领发〔2016〕6号"} for year, planned in _PLAN.items()
    ))
    today.make(plan, folder, county)
