"""Gangbei 450802: a community that governs itself, and one workshop of 300 m² (Guangxi bulletin 26 of 2018)."""

from datetime import date

from . import community, work
from .moves import Moves
from .people import County, pairs

CODE = "450802"


def make(plan, folder):
    county = County(CODE)
    rng = county.rng
    households = county.group(60, 235, 110)
    residents = county.group(312, 1187)
    county.write_registry(folder)
    moves = Moves(county)
    site = moves.site("老乡家园（示例）", "COUNTY", county.townships[0], date(2016, 4, 18), date(2017, 5, 20), 340, community=True)
    moves.move_all(residents, [site], (date(2016, 3, 1), date(2016, 5, 31)), (date(2017, 5, 25), date(2017, 6, 20)),
                   (date(2017, 6, 28), date(2017, 7, 30)))
    moves.spare_units(site, 18)
    moves.write(folder)
    community.elections(folder, county, site, residents, 33, date(2017, 9, 12))
    community.grids(folder, site, residents, date(2017, 8, 7), 6)
    community.disclosures(folder, site, date(2017, 9, 1), date(2018, 5, 1), missing=(date(2018, 2, 1),))
    community.plots(folder, county, site, residents[:290], 13_60, (date(2017, 11, 6), date(2018, 5, 25)))
    enterprises = list(work.enterprises(county, 2, False, 0, 120, entered=(date(2017, 3, 1), date(2017, 12, 20))))
    folder.write("workshops", "Enterprise", enterprises)
    workshop = work.workshop(1, enterprises[0]["enterprise_no"], enterprises[0]["location"], 300_00, date(2018, 3, 6), date(2018, 3, 15))
    folder.write("workshops", "Workshop", [workshop])
    workers = rng.sample([pair for pair in pairs(households) if pair[1].relation in ("HEAD", "SPOUSE")], 24)
    folder.write("workshops", "Contract", (
        {
            "contract_no": f"C{i + 1:04d}", "workshop_no": workshop["workshop_no"], "household_no": household.no, "person_no": person.no,
            "kind": "LABOUR_AGREEMENT", "signed_on": date(2018, 3, 20),
        }
        for i, (household, person) in enumerate(workers)
    ))
    folder.write("workshops", "Pay", (
        {
            "contract_no": f"C{i + 1:04d}", "month": f"2018-{month:02d}", "days_worked": rng.randint(15, 26),
            "amount_fen": rng.randrange(1200_00, 2400_00, 100),
        }
        for month in (4, 5, 6) for i in range(len(workers))
    ))
