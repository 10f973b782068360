"""Xixiangtang 450107: an exhibition street for thirty counties, and tours to the villages (Guangxi bulletin 33 of 2018)."""

from datetime import date

from .numbers import day_between, split
from .people import County, divisions

CODE = "450107"
_TURNOVER = 1_631_240_50

# What the bulletin names: product, origin, unit, quantity, yuan for one.
_NAMED = (
    ("古辣大米", "450126", "kg", 50_000, 8), ("五谷杂粮", "451030", "portion", 1_230, 68), ("脐橙", "451024", "piece", 8_953, 45),
    ("百南红顶蕉", "451026", "piece", 935, 58), ("800ml山茶油", "451026", "bottle", 336, 128), ("辣木鸡", "451422", "head", 4_800, 110),
)
_OWN = (("土鸡蛋", "piece", 2), ("火龙果", "kg", 12), ("香葱", "kg", 7))


def make(plan, folder):
    county = County(CODE)
    households = county.group(620, 2480, among=county.villages[:144])
    county.write_registry(folder)
    _street(folder, county, households)
    _tours(folder, county, households[:580])


def _street(folder, county, households):
    rng = county.rng
    opened_on = date(2018, 2, 6)
    folder.write("channels", "Channel", [
        {"channel_no": "Q01", "name": "样例扶贫产品展销街", "kind": "EXHIBITION_STREET", "location": CODE, "opened_on": opened_on},
        {"channel_no": "Q02", "name": "样例超市扶贫专柜", "kind": "SUPERMARKET", "location": county.townships[1], "opened_on": date(2017, 10, 9)},
    ])
    named = [origin for _, origin, *_ in _NAMED]
    others = [code for code, _, level in divisions("45") if level == "county" and code not in named and code[4:] > "20"]
    counties = sorted(set(named)) + others[:25]
    stalls = [{"stall_no": f"D{i + 1:02d}", "channel_no": "Q01", "county": code, "granted_on": opened_on} for i, code in enumerate(counties)]
    # One county gave its stall back before the season, and another took it over.
    stalls.append({"stall_no": "D31", "channel_no": "Q01", "county": "451202", "granted_on": opened_on, "returned_on": date(2018, 5, 15)})
    folder.write("channels", "Stall", stalls)

    products = [
        {"product_no": f"P{i + 1:02d}", "name": name, "origin": origin, "unit": unit, "trademark": i == 0, "packaging": i in (0, 4)}
        for i, (name, origin, unit, _, _) in enumerate(_NAMED)
    ]
    for i, (name, unit, _) in enumerate(_OWN):
        products.append({
            "product_no": f"P{i + 7:02d}", "name": name, "origin": county.villages[i * 40], "unit": unit, "trademark": True, "packaging": True,
            "production_licence": f"SC样{i + 1:04d}", "residue_tested_on": date(2017, 11, 20), "residue_test_expires_on": date(2018, 11, 19), "traceable": True,
        })
    folder.write("channels", "Product", products)

    sales, own = [], []

    def sell(product, quantity, amount_fen, channel="Q01"):
        sales.append({
            "sale_no": f"X{len(sales) + 1:04d}", "channel_no": channel, "product_no": product["product_no"],
            "sold_on": day_between(rng, date(2018, 2, 8), date(2018, 8, 29)), "quantity_milli": quantity * 1000, "unit": product["unit"],
            "amount_fen": amount_fen, "buyer_kind": rng.choice(("CONSUMER", "CONSUMER", "ENTERPRISE", "PUBLIC_BODY")),
        })

    for product, (_, _, _, quantity, price) in zip(products, _NAMED):
        for part in split(rng, 40, quantity):
            sell(product, part, part * price * 100)
    # The rest of the street's turnover comes from the district's own villages.
    rest = _TURNOVER - sum(sale["amount_fen"] for sale in sales)
    for i, amount in enumerate(split(rng, 90, rest, 100)):
        sell(products[6 + i % 3], max(1, amount // (_OWN[i % 3][2] * 100)), amount)
        own.append(sales[-1])
    for i, amount in enumerate(split(rng, 60, 182_000_00, 100)):
        sell(products[6 + i % 3], max(1, amount // (_OWN[i % 3][2] * 100)), amount, channel="Q02")
        own.append(sales[-1])
    folder.write("channels", "Sale", sales)
    shares = []
    for sale in own:
        producers = rng.sample(households, 4)
        for household, share in zip(producers, split(rng, 4, sale["amount_fen"] * 8 // 10)):
            shares.append({"sale_no": sale["sale_no"], "household_no": household.no, "share_fen": share})
    folder.write("channels", "SaleShare", shares)


def _tours(folder, county, households):
    rng = county.rng
    folder.write("channels", "Route", (
        {
            "route_no": f"R{i + 1:02d}", "name": f"样例旅游扶贫线路{i + 1:02d}", "location": CODE,
            "opened_on": day_between(rng, date(2018, 1, 8), date(2018, 3, 30)),
        }
        for i in range(12)
    ))
    heads, products, others = split(rng, 29, 3889), split(rng, 29, 2_479_405_00, 100), split(rng, 29, 795_408_00, 100)
    folder.write("channels", "TourGroup", (
        {
            "group_no": f"G{i + 1:02d}", "route_no": f"R{i % 12 + 1:02d}", "visited_on": day_between(rng, date(2018, 4, 4), date(2018, 8, 26)),
            "head_count": heads[i], "product_sales_fen": products[i], "other_spending_fen": others[i],
        }
        for i in range(29)
    ))
    visits = [(i % 29, household) for i, household in enumerate(households)]
    # Some received two groups.
    visits += [((i + 7) % 29, household) for i, household in enumerate(households[:70])]
    folder.write("channels", "TourHousehold", (
        {"group_no": f"G{number + 1:02d}", "household_no": household.no} for number, household in visits
    ))
