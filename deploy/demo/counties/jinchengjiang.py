"""Jinchengjiang 451202: allowances, houses made safe, work near home, and sales that reach 12,500 people (Guangxi bulletin 26 of 2018)."""

from datetime import date, timedelta

from . import work
from .moves import Moves
from .numbers import day_between, split
from .people import County, pairs

CODE = "451202"


def make(plan, folder):
    county = County(CODE)
    rng = county.rng
    moving = county.group(442, 1346)
    allowed = county.group(2777, 8310)
    others = county.group(900, 2844)
    for i, household in enumerate(allowed):
        household.low_income_since = day_between(rng, date(2016, 1, 1), date(2018, 6, 1))
    # Received it before, and no longer.
    for household in rng.sample(others, 40):
        household.low_income_since, household.low_income_until = date(2016, 1, 1), date(2018, 3, 31)
    general = county.group(455, 1706, household_class="GENERAL")
    county.write_registry(folder)

    moves = Moves(county)
    site = moves.site("城西安置点（示例）", "COUNTY", county.townships[0], date(2016, 9, 12), date(2018, 7, 20), 442, community=True)
    for i, household in enumerate(moving):
        built_on = day_between(rng, date(2018, 3, 1), date(2018, 6, 25)) if i < 361 else date(2018, 7, 18)
        moves.allot(household, site, day_between(rng, date(2016, 3, 1), date(2016, 5, 31)), date(2018, 7, 20), date(2018, 7, 28), built_on)
    moves.write(folder)
    _renovations(folder, county, rng.sample(allowed + others, 611), general)

    _work(folder, county, moving + allowed + others)
    _sales(folder, county, moving + allowed + others)


def _renovations(folder, county, poor, general):
    """The year's plan, and what was left of the last year's: only so can more houses of others be begun than are planned."""
    rng = county.rng
    rows = []
    this_year, last_year = (date(2018, 1, 8), date(2018, 3, 9)), (date(2017, 10, 9), date(2017, 12, 15))
    for households, planned, started, completed in (
        (poor, this_year, 324, 297), (general[:130], last_year, 130, 76), (general[130:], this_year, 282, 0),
    ):
        for i, household in enumerate(households):
            grade = rng.choice("CCD")
            row = {
                "renovation_no": f"G{len(rows) + 1:04d}", "household_no": household.no, "grade": grade,
                "planned_on": day_between(rng, *planned), "subsidy_fen": 24_000_00 if grade == "D" else 8_000_00,
            }
            if i < started:
                row["started_on"] = day_between(rng, date(2018, 3, 12), date(2018, 4, 27))
            if i < completed:
                row["completed_on"] = day_between(rng, date(2018, 5, 14), date(2018, 6, 27))
            if i < completed - 30:
                row["accepted_on"] = row["completed_on"] + timedelta(rng.randint(5, 30))
            rows.append(row)
    # Three were on the plan and have built anew since.
    for row in rows[-3:]:
        row["withdrawn_on"] = date(2018, 4, 16)
    folder.write("relocation", "Renovation", rows)


def _work(folder, county, households):
    rng = county.rng
    enterprises = list(work.enterprises(county, 30, False, 4, 23_860))
    folder.write("workshops", "Enterprise", enterprises)
    workshops = []
    for i in range(31):
        checked_on = day_between(rng, date(2017, 3, 1), date(2018, 5, 20))
        enterprise = enterprises[i % 26]
        # The last but one is not recognised, the last no longer.
        workshops.append(work.workshop(
            i + 1, enterprise["enterprise_no"], rng.choice(county.villages), rng.randrange(8_000, 60_000, 500), checked_on,
            None if i == 29 else day_between(rng, checked_on, date(2018, 6, 10)), home_based=i % 3 == 2,
            revoked_on=date(2018, 6, 22) if i == 30 else None))
    folder.write("workshops", "Workshop", workshops)
    workers = pairs(households)
    rng.shuffle(workers)
    work.training(folder, county, workers[:477], 9, 12, (date(2018, 1, 8), date(2018, 6, 28)), again=20, absent=workers[477:500])
    jobs = [(h, p, "TRANSFERRED", day_between(rng, date(2018, 1, 5), date(2018, 6, 20)), None) for h, p in workers[300:565]]
    jobs += [(h, p, "LOCAL", day_between(rng, date(2017, 2, 5), date(2018, 6, 20)), None) for h, p in workers[565:300 + 1540]]
    work.employment(folder, jobs)


def _sales(folder, county, households):
    rng = county.rng
    channels = []
    for kind, name, count in (
        ("FLAGSHIP_SHOP", "电商扶贫旗舰店", 1), ("OFFLINE_SHOP", "线下实体店", 3),
        ("TOWNSHIP_STATION", "乡镇电商扶贫服务站", 4), ("MEAL_TICKET_POINT", "农家饭票服务点", 6),
    ):
        for i in range(count):
            channels.append({
                "channel_no": f"Q{len(channels) + 1:02d}", "name": f"样例{name}{i + 1}", "kind": kind,
                "location": county.townships[(len(channels) * 3) % len(county.townships)] if kind != "FLAGSHIP_SHOP" else CODE,
                "opened_on": day_between(rng, date(2016, 9, 1), date(2017, 11, 30)),
            })
    folder.write("channels", "Channel", channels)
    products = [
        {
            "product_no": f"P{i + 1:02d}", "name": name, "origin": rng.choice(county.townships), "unit": unit, "trademark": True,
            "packaging": True, "production_licence": f"SC样{i + 1:04d}", "residue_tested_on": date(2017, 12, 4),
            "residue_test_expires_on": date(2018, 12, 3), "traceable": True,
        }
        for i, (name, unit) in enumerate((("珍珠李", "kg"), ("山茶油", "bottle"), ("旱藕粉丝", "kg"), ("土蜂蜜", "bottle"), ("腊肉", "kg")))
    ]
    # Sold to guests at the table only, so it need not have any of this.
    products.append({"product_no": "P06", "name": "农家饭菜", "origin": CODE, "unit": "portion"})
    folder.write("channels", "Product", products)
    sales, shares = [], []
    amounts = split(rng, 420, 8_146_350_00, 100)
    groups = [households[i::420] for i in range(420)]
    for i, amount in enumerate(amounts):
        channel = channels[i % len(channels)]
        product = products[5] if channel["kind"] == "MEAL_TICKET_POINT" else products[i % 5]
        number = f"X{i + 1:04d}"
        sales.append({
            "sale_no": number, "channel_no": channel["channel_no"], "product_no": product["product_no"],
            "sold_on": day_between(rng, date(2018, 1, 4), date(2018, 6, 28)), "unit": product["unit"],
            "quantity_milli": max(1, amount // 45_00) * 1000, "amount_fen": amount, "buyer_kind": ("CONSUMER", "ENTERPRISE", "PUBLIC_BODY")[i % 3],
        })
        for household, share in zip(groups[i], split(rng, len(groups[i]), amount * 7 // 10)):
            shares.append({"sale_no": number, "household_no": household.no, "share_fen": share})
    folder.write("channels", "Sale", sales)
    folder.write("channels", "SaleShare", shares)
