"""What a community at a site has, elects and asks for: micro-plots, representatives, grids, requests, disclosures."""

import random
from datetime import date, timedelta

from .numbers import day_between


def plots(folder, county, site, households, area_centi_mu, given):
    """One plot for each household, `area_centi_mu` in all; a few had another household before."""
    rng = county.rng
    least, left = divmod(area_centi_mu, len(households))
    rows = []
    for i, household in enumerate(households):
        plot = {"plot_no": f"W{i + 1:03d}", "site_no": site["site_no"], "area_centi_mu": least + (i < left)}
        since = day_between(rng, *given)
        if i % 60 == 7:
            rows.append(plot | {"household_no": households[i - 1].no, "since": since - timedelta(40), "until": since})
        rows.append(plot | {"household_no": household.no, "since": since})
    folder.write("relocation", "Plot", rows)


def elections(folder, county, site, households, representatives, held_on):
    """Representatives, one of whom went away and was followed by another, and the two committees that they elected."""
    rng = county.rng
    until = date(held_on.year + 3, held_on.month, held_on.day)
    chosen = rng.sample(households, representatives + 1)
    rows, seats = [], []

    def elect(number, body, on, households_, places, eligible, votes, by_election=False):
        rows.append({
            "election_no": number, "site_no": site["site_no"], "body": body, "by_election": by_election, "held_on": on,
            "term_until": until, "places": places, "eligible": eligible, "voted": eligible - eligible // 12,
        })
        for household in households_:
            seats.append({
                "election_no": number, "site_no": site["site_no"], "household_no": household.no,
                "person_no": household.members[0].no, "votes": rng.randint(*votes),
            })

    elect("X01", "REPRESENTATIVES", held_on, chosen[:representatives], representatives, len(households), (6, 10))
    seats[4] |= {"left_on": held_on + timedelta(75), "reason": "举家外出务工"}
    elect("X02", "MANAGEMENT", held_on + timedelta(9), chosen[6:13], 7, representatives, (18, 29))
    elect("X03", "SUPERVISION", held_on + timedelta(9), chosen[13:18], 5, representatives, (18, 29))
    elect("X04", "REPRESENTATIVES", held_on + timedelta(96), chosen[representatives:], 1, len(households), (8, 30), by_election=True)
    folder.write("relocation", "Election", rows)
    folder.write("relocation", "Seat", seats)


def grids(folder, site, households, opened_on, buildings):
    """A district grid with a grid and a chief for each building; the last few households are in none yet."""
    rows = [{"grid_no": "D1", "site_no": site["site_no"], "name": "第一网格", "opened_on": opened_on}]
    chiefs, members = [], []
    for i in range(buildings):
        number = f"D1-{i + 1:02d}"
        inside = households[:-4][i::buildings]
        rows.append({"grid_no": number, "site_no": site["site_no"], "parent_no": "D1", "name": f"{i + 1}号楼", "opened_on": opened_on})
        chiefs.append({"grid_no": number, "household_no": inside[0].no, "person_no": inside[0].members[0].no, "since": opened_on})
        members += [{"grid_no": number, "household_no": household.no, "since": opened_on} for household in inside]
    folder.write("relocation", "Grid", rows)
    folder.write("relocation", "GridChief", chiefs)
    folder.write("relocation", "GridHousehold", members)


_HALL = (
    ("EMPLOYMENT", "HUMAN_RESOURCES"), ("SOCIAL_INSURANCE", "HUMAN_RESOURCES"), ("SUBSISTENCE", "CIVIL_AFFAIRS"), ("EDUCATION", "EDUCATION"),
    ("HEALTH", "HEALTH"), ("HOUSEHOLD_REGISTER", "PUBLIC_SECURITY"), ("LEGAL", "JUSTICE"), ("AGRICULTURE", "AGRICULTURE"),
)


def hall(folder, county, site, households, count, received):
    """Requests to the service hall; most are closed soon, some late, some not yet, and most of the closed are rated."""
    rng = random.Random(f"hall {county.code}")
    rows = []
    for i in range(count):
        kind, department = rng.choice(_HALL)
        row = {
            "request_no": f"N{i + 1:04d}", "site_no": site["site_no"], "household_no": rng.choice(households).no, "kind": kind,
            "department": department, "received_on": day_between(rng, *received),
        }
        if rng.random() < 0.95:
            row["closed_on"] = row["received_on"] + timedelta(rng.choice((0, 1, 1, 2, 3, 5, 6, 18)))
            row["rating"] = rng.choice((0, 3, 4, 5, 5, 5))
        rows.append(row)
    folder.write("relocation", "HallRequest", rows)


def disclosures(folder, site, first, last, missing=()):
    """The accounts of each month on the 6th of the next one, but for the months that are missing."""
    rows, month = [], first
    while month <= last:
        following = (month.replace(day=1) + timedelta(32)).replace(day=6)
        if month not in missing:
            rows.append({
                "disclosure_no": f"K{month:%Y%m}", "site_no": site["site_no"], "kind": "FINANCE", "period": f"{month:%Y-%m}",
                "title": f"{month.year}年{month.month}月财务公开", "published_on": following, "hung_until": following + timedelta(14),
            })
        month = following.replace(day=1)
    folder.write("relocation", "Disclosure", rows)
