"""Tiandeng 451425: 8,580 households with 38,433 persons left poverty in two years (Guangxi bulletin 45 of 2018)."""

from datetime import date

from .people import County

CODE = "451425"


def make(_, folder):
    county = County(CODE)
    left = county.group(8580, 38433)
    for household in left:
        household.exited_on = county.rng.choice((date(2016, 12, 31), date(2017, 12, 31)))
    # Who is still poor, or left later.
    for household in county.group(1200, 4950)[:400]:
        household.exited_on = date(2018, 12, 31)
    county.write_registry(folder)
