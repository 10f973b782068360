"""Cenxi 450481: precise identification in the spring of 2016 (the county's overview of 2016)."""

from datetime import date

from .numbers import day_between
from .people import County

CODE = "450481"


def make(plan, folder):
    county = County(CODE)
    rng = county.rng
    villages = county.villages[:256]
    first = county.group(10740, 46864, among=villages)
    county.group(11238 - 10740, 48997 - 46864, among=villages, registered_on=date(2016, 4, 18))
    # Whose number nobody knew in the first round.
    unknown = [person for household in first for person in household.members if person.relation != "HEAD"]
    for person in rng.sample(unknown, 2037):
        person.id_number = ""
    # Two thirds would leave poverty by the end of 2018, as planned.
    for household in rng.sample(county.households, 7300):
        household.exited_on = date(rng.choice((2016, 2017, 2018)), 12, 31)
    poor = sorted(rng.sample(villages, 53))
    folder.write("registry", "Village", (
        {"village": village, "poor_since": day_between(rng, date(2015, 11, 1), date(2016, 4, 20))} for village in poor
    ))
    county.write_registry(folder)
