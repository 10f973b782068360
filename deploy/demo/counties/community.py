"""What a community at a site has and elects: micro-plots, representatives, committees."""

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
