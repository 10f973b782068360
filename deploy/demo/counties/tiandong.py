"""Tiandong 451022: six new communities, two ceremonies, and work for those who moved (Guangxi bulletin 45 of 2018)."""

from datetime import date

from . import work
from .moves import Moves
from .numbers import day_between
from .people import County, pairs

CODE = "451022"


def make(plan, folder):
    county = County(CODE)
    rng = county.rng
    before = county.group(1310, 4683, 2223)
    july = county.group(1559, 5538, 2628)
    september = county.group(772, 2874, 1364)
    waiting = county.group(600, 2135, 1000)
    withdrawn = county.group(25, 80)
    county.write_registry(folder)

    moves = Moves(county)
    sites = [
        moves.site(f"{name}移民社区（示例）", "COUNTY" if i < 2 else "TOWNSHIP", county.townships[i], date(2016, 4, 1 + i), completed_on, 0, True)
        for i, (name, completed_on) in enumerate((
            ("一号", date(2017, 5, 18)), ("二号", date(2017, 6, 22)), ("三号", date(2017, 9, 14)),
            ("四号", date(2018, 6, 8)), ("五号", date(2018, 6, 20)), ("六号", date(2018, 8, 30)),
        ))
    ]
    declared = (date(2016, 1, 11), date(2016, 3, 31))
    moves.move_all(before, sites[:3], declared, (date(2017, 9, 20), date(2017, 10, 31)), (date(2017, 11, 5), date(2018, 5, 28)))
    moves.move_all(july, sites[:5], declared, (date(2018, 7, 2), date(2018, 7, 20)), date(2018, 7, 28))
    moves.move_all(september, sites, declared, (date(2018, 9, 3), date(2018, 9, 18)), date(2018, 9, 25))
    moves.move_all(waiting[:300], sites, declared, (date(2018, 10, 8), date(2018, 10, 26)), None)
    for i, household in enumerate(waiting[300:]):
        moves.declare(household, day_between(rng, date(2018, 2, 1), date(2018, 5, 31)), ("APPROVED", "VERIFIED", "DECLARED")[i % 3])
    for household in withdrawn:
        moves.declare(household, day_between(rng, *declared), "WITHDRAWN")
    for site in sites:
        moves.spare_units(site, 40)
        site["planned_units"] = moves.units_at(site)
    moves.write(folder)

    workers = pairs(before + july + september)
    rng.shuffle(workers)
    work.training(folder, county, workers[1000:2651], 18, 34, (date(2017, 3, 6), date(2018, 10, 26)), again=60, absent=workers[2651:2690])
    jobs = [(h, p, "TRANSFERRED", day_between(rng, date(2016, 2, 20), date(2018, 10, 20)), None) for h, p in workers[:3617]]
    # A second job of the same person, work of those who have not moved, and businesses of their own.
    jobs += [(h, p, "TRANSFERRED", date(2015, 12, 1), day_between(rng, date(2016, 1, 5), date(2016, 2, 19))) for h, p in workers[:60]]
    jobs += [(h, p, "TRANSFERRED", day_between(rng, date(2017, 2, 20), date(2018, 10, 20)), None) for h, p in pairs(waiting)[:150]]
    jobs += [(h, p, "SELF_EMPLOYED", day_between(rng, date(2017, 12, 1), date(2018, 10, 20)), None) for h, p in workers[3617:3739]]
    work.employment(folder, jobs)
    lists(plan, folder, county, july)


def lists(plan, folder, county, moved):
    """What other departments know of some who moved in July: meters, of which 20 have counted nothing since; the dead; cars."""
    rng = county.rng
    chosen = rng.sample(moved, 230)
    rows = []
    for i, household in enumerate(chosen[:200]):
        rows += ({
            "list": "POWER", "entry_no": f"D{i + 1:05d}", "household_no": household.no, "since": date(2018, 7, 28), "month": month,
            "amount_milli": 0 if i < 20 else rng.randrange(15_000, 180_000, 500),
        } for month in ("2018-08", "2018-09", "2018-10"))
    rows += ({
        "list": "DEATH", "entry_no": f"S{i + 1:05d}", "id_number": household.members[-1].id_number, "since": date(2018, 10, 1 + i),
    } for i, household in enumerate(chosen[200:206]))
    rows += ({
        "list": "VEHICLE", "entry_no": f"C{i + 1:05d}", "id_number": household.members[0].id_number, "since": date(2018, 3, 1 + i),
    } for i, household in enumerate(chosen[206:220]))
    # Two of whom the registry knows nothing.
    rows += ({"list": "VEHICLE", "entry_no": f"C{i + 90001:05d}", "household_no": f"H9{i:05d}"} for i in range(2))
    folder.write("registry", "Department", rows)
    run = "anju.registry.v1.Quality/RunComparison"
    for kind in ("POWER", "DEATH", "VEHICLE"):
        plan.call(run, CODE, "officer", {"division": CODE, "list": f"LIST_KIND_{kind}", "request_id": f"{kind.lower()}-begin"})
        # So few rows are compared at once.
        plan.call(run, CODE, "officer", {"division": CODE, "id": "${last.id}", "request_id": f"{kind.lower()}-go-on"})
