"""Yudu 360731: three tiers of sites and what follows a move (Jiangxi bulletin 1 of 2019)."""

from datetime import date, timedelta

from . import work
from .moves import Moves
from .numbers import day_between, split
from .people import County, pairs

CODE = "360731"


def make(plan, folder):
    county = County(CODE)
    rng = county.rng
    town_2016 = county.group(354, 1527, 1103)
    town_2018 = county.group(163, 867, 627)
    township = county.group(682, 3204, 2315)
    central = county.group(205, 910, 657)
    county.write_registry(folder)
    moved = town_2016 + town_2018 + township + central

    moves = _move(county, town_2016, town_2018, township, central)
    moves.write(folder)
    _follow_up(folder, rng, moves, moved)
    _power(folder, central[100:160])

    workers = pairs(moved)
    rng.shuffle(workers)
    # About 3,000 times someone was trained, many more than once.
    work.training(folder, county, workers[:2400], 20, 60, (date(2017, 3, 1), date(2018, 12, 20)), again=640, absent=workers[2400:2440])
    jobs = []
    for i, (household, person) in enumerate(workers[:4484]):
        # The last month of the year is the sixth at the latest.
        jobs.append((household, person, "LOCAL" if i % 3 else "TRANSFERRED", day_between(rng, date(2017, 1, 5), date(2018, 5, 31)), None))
    # Work that is not stable yet, or no longer.
    jobs += [(h, p, "LOCAL", day_between(rng, date(2018, 9, 1), date(2018, 12, 10)), None) for h, p in workers[4484:4560]]
    jobs += [(h, p, "TRANSFERRED", date(2017, 2, 20), date(2017, 12, 28)) for h, p in workers[4560:4600]]
    work.employment(folder, jobs)

    _pay(folder, rng, moves, town_2018 + township)
    _buy_back(plan, rng, moves, town_2016[:12])

    # What the bulletin says itself: 35.54%, where its own persons make 34.54%.
    plan.call("anju.indicators.v1.Indicators/ReportFigure", CODE, "officer", {
        "division": CODE,
        "figure": {
            "indicator": "relocation.follow_up_industry_rate", "division": CODE, "month": "2018-12", "value": "355400", "precision": "100",
            "source": "jiangxi-2019-01",
        },
    }, service="relocation")


def _move(county, town_2016, town_2018, township, central):
    moves = Moves(county)
    town = county.townships[0]
    siyuan = moves.site("思源社区", "COUNTY", town, date(2015, 3, 10), date(2016, 8, 30), 1193, community=True)
    mengxiang = moves.site("梦想家园社区", "COUNTY", town, date(2016, 5, 6), date(2018, 4, 27), 872, community=True)
    townships = [
        moves.site(f"乡镇{i + 1:02d}号安置点（示例）", "TOWNSHIP", code, date(2016, 3, 1) + timedelta(i * 17), date(2018, 3, 1) + timedelta(i * 5), 0)
        for i, code in enumerate(county.townships[1:19])
    ]
    centres = [
        moves.site(f"中心村{i + 1:02d}号安置点（示例）", "CENTRAL_VILLAGE", county.villages[i * 25 + 3], date(2016, 6, 1), date(2017, 8, 20), 0)
        for i in range(12)
    ]
    declared = (date(2015, 12, 1), date(2016, 2, 26))
    moves.move_all(town_2016, [siyuan], declared, (date(2016, 9, 5), date(2016, 9, 30)), (date(2016, 10, 10), date(2016, 12, 20)))
    moves.move_all(town_2018, [mengxiang], (date(2017, 2, 10), date(2017, 4, 28)), (date(2018, 5, 8), date(2018, 6, 8)),
                   (date(2018, 6, 20), date(2018, 11, 16)))
    moves.move_all(township, townships, (date(2017, 1, 10), date(2017, 4, 28)), (date(2018, 6, 1), date(2018, 6, 29)),
                   (date(2018, 7, 10), date(2018, 12, 12)))
    moves.move_all(central, centres, (date(2016, 1, 10), date(2016, 4, 28)), (date(2017, 9, 1), date(2017, 9, 29)),
                   (date(2017, 10, 10), date(2018, 3, 30)))
    moves.spare_units(siyuan, 1193 - len(town_2016))
    moves.spare_units(mengxiang, 872 - len(town_2018))
    # Built along with them for households that move on their own account.
    for site, count in zip(townships, split(county.rng, 18, 1120 - len(township))):
        moves.spare_units(site, count)
    for site in townships + centres:
        site["planned_units"] = moves.units_at(site)
    moves.built(siyuan, 10, 18, 1193)
    moves.built(mengxiang, 8, 18, 872)
    for site in townships + centres:
        moves.built(site, 2, 4, site["planned_units"])
    _after_the_move(moves, town_2016, central)
    return moves


def _power(folder, households):
    """What both homes used in 2018 after the move: three go on living in the old house, two do not live in the new one."""
    folder.write("relocation", "PowerReading", (
        {"household_no": household.no, "home": home, "month": f"2018-{month:02d}", "kwh_milli": 38_500 + 500 * i if used else 0}
        for i, household in enumerate(households) for month in range(5, 13)
        for home, used in (("OLD", i < 3), ("NEW", i not in (10, 20)))
    ))


def _pay(folder, rng, moves, households):
    """Of those who moved without paying in advance: 20,000 yuan a person to the contractor, 10,000 yuan of deposit, and from
    some the rest of the price."""
    rows = []

    def pay(household, act, fen, day, source=None):
        number = f"P{len(rows) + 1:05d}"
        rows.append({
            "payment_no": number, "household_no": household.no, "act": act, "amount_fen": fen, "paid_on": day, "source": source,
            "bank_reference": f"YH{day:%Y%m%d}{number}",
        })

    for i, household in enumerate(households):
        case, unit = moves.home_of[household.no]
        moved_in_on = moves.moved_in_on[household.no]
        subsidy = 20_000_00 * len(household.members)
        pay(household, "PAY_SUBSIDY", subsidy, case["allotted_on"] + timedelta(rng.randint(3, 9)))
        pay(household, "RECEIVE_DEPOSIT", 10_000_00, moved_in_on, "OWN")
        rest = unit["cost_price_fen"] - subsidy - 10_000_00
        if i % 12 or rest < 0 or moved_in_on > date(2018, 10, 31):
            continue
        first = rest // 2 // 100_00 * 100_00
        if first:
            pay(household, "PAY_TITLE", first, moved_in_on + timedelta(10), "OWN")
        if rest > first:
            pay(household, "PAY_TITLE", rest - first, moved_in_on + timedelta(40), "AID" if i % 36 == 0 else "OWN")
        pay(household, "SETTLE_TITLE", 0, moved_in_on + timedelta(45))
    folder.write("relocation", "Payment", rows)


def _buy_back(plan, rng, moves, households):
    """Mortgages of 2016: the county pays the bank, and the household owes the county, for five years without interest."""
    for i, household in enumerate(households):
        case, unit = moves.home_of[household.no]
        plan.call("anju.relocation.v1.BuyBacks/ProposeMortgage", CODE, "officer", {
            "id": f"{CODE}/county/{case['case_no']}", "request_id": f"demo-mortgage-{i + 1}", "bank": "样例农村信用社",
            "contract_no": f"AJ2016{i + 1:04d}", "principal_fen": str(unit["cost_price_fen"] * 2 // 5 // 1000_00 * 1000_00),
            "taken_on": (case["allotted_on"] + timedelta(rng.randint(2, 20))).isoformat(),
        })
        plan.call("anju.relocation.v1.BuyBacks/BuyBackMortgage", CODE, "approver", {
            "id": "${last.id}", "request_id": f"demo-mortgage-{i + 1}", "bank_reference": f"GZ2018{i + 1:04d}",
            "paid_on": (date(2018, 3, 1) + timedelta(i)).isoformat(),
        })


def _after_the_move(moves, town_2016, central):
    """Who moved in 2016 left the old house within the year, all but some; so did half of those in the central villages."""
    for i, household in enumerate(town_2016[:330] + central[:100]):
        demolished_on = moves.moved_in_on[household.no] + timedelta(90 + i % 200)
        reclaimed_on = demolished_on + timedelta(60) if i < 300 else None
        moves.leave_old_house(household, demolished_on, reclaimed_on, date(2018, 11, 20) if i < 260 else None)


def _follow_up(folder, rng, moves, moved):
    workers = pairs(moved)
    rng.shuffle(workers)
    others = [(household, person) for household in moved for person in household.members if person.labour == "NONE"]
    rng.shuffle(others)
    measures = [(pair, "INDUSTRY", None) for pair in workers[:2248]]
    measures += [(pair, "SERVICES", None) for pair in workers[2248:2248 + 1348]]
    measures += [(pair, "SAFETY_NET", None) for pair in others[:796]]
    measures += [(pair, "ASSET_INCOME", None) for pair in others[796:900]]
    # Some whose orchard did not last.
    gone = [pair for pair in workers[3596:] if moves.moved_in_on[pair[0].no].year < 2018][:24]
    measures += [(pair, "INDUSTRY", date(2018, 9, 30)) for pair in gone]
    folder.write("relocation", "Measure", (
        {
            "measure_no": f"M{i + 1:05d}", "household_no": household.no, "person_no": person.no, "kind": kind,
            "since": day_between(rng, moves.moved_in_on[household.no], date(2018, 12, 28) if not until else date(2018, 6, 30)), "until": until,
        }
        for i, ((household, person), kind, until) in enumerate(measures)
    ))
    posts = []
    holders = rng.sample(workers[3596:], 103)
    for i in range(112):
        household, person = holders[i] if i < 103 else rng.choice(workers[:100])
        posts.append({
            "post_no": f"G{i + 1:03d}", "site_no": moves.site_of[household.no]["site_no"], "title": ("保洁员", "护林员", "治安巡逻员", "楼栋管理员")[i % 4],
            "created_on": max(date(2017, 3, 1), moves.moved_in_on[household.no]), "closed_on": None, "monthly_pay_fen": 600_00,
        })
        if i < 103:
            posts[-1] |= {"household_no": household.no, "person_no": person.no}
        elif i >= 109:
            # Three were done away with.
            posts[-1] |= {"created_on": date(2017, 3, 1), "closed_on": date(2018, 6, 30)}
    folder.write("relocation", "PublicPost", posts)
