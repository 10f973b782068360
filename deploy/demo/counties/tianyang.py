"""Tianyang 451003, until 2019 the county 451021: workshops in a park, and who works there (Guangxi bulletin 26 of 2018)."""

from datetime import date, timedelta

from . import community, work
from .moves import Moves
from .numbers import add_months
from .people import County, pairs

CODE, FORMER_CODE = "451003", "451021"


def make(plan, folder):
    county = County(CODE)
    # Identity numbers keep the code under which they were issued.
    county.areas = [FORMER_CODE]
    rng = county.rng
    relocated = county.group(330, 1386, 640)
    poor = county.group(260, 1040, 470)
    others = county.group(160, 620, 330, household_class="GENERAL") + county.group(40, 150, 80, household_class="BORDERLINE")

    # One file is from before the county was renamed: its own code and those of its villages are the old ones.
    county.write_households(folder, relocated + poor)
    county.write_households(folder, others, division=FORMER_CODE)
    county.write_persons(folder)

    moves = Moves(county)
    site = moves.site("老乡家园（示例）", "COUNTY", county.townships[0], date(2016, 3, 8), date(2017, 5, 25), 360, community=True)
    moves.move_all(relocated, [site], (date(2016, 2, 1), date(2016, 5, 30)), (date(2017, 5, 26), date(2017, 6, 20)),
                   (date(2017, 6, 25), date(2017, 7, 31)))
    moves.spare_units(site, 30)
    moves.write(folder)
    community.hall(folder, county, site, relocated, 640, (date(2017, 9, 4), date(2018, 6, 29)))

    enterprises = list(work.enterprises(county, 39, True, 11, 10_240)) + list(work.enterprises(county, 5, False, 1, 400, first_no=40))
    folder.write("workshops", "Enterprise", enterprises)
    # Twelve workshops of seven enterprises of the park; a thirteenth was checked and is not recognised.
    workshops = []
    for i in range(13):
        checked_on = date(2017, 6, 5) + timedelta(i * 4)
        enterprise = enterprises[i % 7 if i < 12 else 20]
        workshops.append(work.workshop(
            i + 1, enterprise["enterprise_no"], enterprise["location"], rng.randrange(12_000, 90_000, 500), checked_on,
            checked_on + timedelta(10) if i < 12 else None, home_based=i % 5 == 4))
    folder.write("workshops", "Workshop", workshops)
    _contracts(folder, rng, workshops[:12], relocated, poor, others)

    here, elsewhere = pairs(relocated), pairs(poor) + pairs(others)
    rng.shuffle(here)
    rng.shuffle(elsewhere)
    trained = here[:373] + elsewhere[:1036 - 373]
    rng.shuffle(trained)
    work.training(folder, county, trained, 18, 24, (date(2017, 8, 1), date(2018, 6, 28)), again=25, absent=here[373:385] + elsewhere[663:680])

    service = "anju.workshops.v1.Workshops/"
    plan.call(service + "CreateSubsidyRun", CODE, "officer", {"division": CODE, "period": "2018-05"})
    plan.call(service + "ApproveSubsidyRun", CODE, "approver", {"id": "${last.id}"})
    plan.call(service + "PaySubsidyRun", CODE, "officer", {"id": "${last.id}", "paid_on": "2018-06-22"})


def _contracts(folder, rng, workshops, relocated, poor, others):
    """104 relocated workers who have earned the subsidy, and 17 others who have not: each for a reason of its own."""
    here = [pair for pair in pairs(relocated) if pair[1].relation in ("HEAD", "SPOUSE")]
    poor_here = [pair for pair in pairs(poor) if pair[1].relation == "HEAD"]
    other_here = [pair for pair in pairs(others) if pair[1].relation == "HEAD"]
    workers = [(pair, date(2017, 9, 1), 9, (1100_00, 2600_00)) for pair in rng.sample(here, 104)]
    workers += [(pair, date(2017, 9, 1), 9, (1500_00, 2600_00)) for pair in rng.sample(other_here, 6)]  # Not registered poor.
    chosen = rng.sample(poor_here, 11)
    workers += [(pair, date(2018, 1, 1), 5, (1500_00, 2400_00)) for pair in chosen[:6]]  # Five months only.
    workers += [(pair, date(2017, 10, 1), 8, (400_00, 700_00)) for pair in chosen[6:]]  # Paid less than 6,000 yuan.
    contracts, pay = [], []
    for i, ((household, person), first, months, (low, high)) in enumerate(workers):
        number = f"C{i + 1:04d}"
        contracts.append({
            "contract_no": number, "workshop_no": workshops[i % len(workshops)]["workshop_no"], "household_no": household.no,
            "person_no": person.no, "kind": "PIECEWORK" if i % 5 == 4 else "LABOUR_AGREEMENT", "signed_on": first + timedelta(rng.randint(0, 4)),
        })
        for month in range(months):
            pay.append({
                "contract_no": number, "month": f"{add_months(first, month):%Y-%m}", "days_worked": rng.randint(14, 26),
                "amount_fen": rng.randrange(low, high, 50),
            })
    folder.write("workshops", "Contract", contracts)
    folder.write("workshops", "Pay", sorted(pay, key=lambda row: (row["month"], row["contract_no"])))
