"""Relocation: sites, units and the cases of households on their way into them."""

from datetime import timedelta

from .numbers import day_between

# By head-count: layout and area in 0.01 m², never above 25 m² a person.
_LAYOUTS = {1: ("一室", 2480), 2: ("一室一厅", 4960), 3: ("两室一厅", 7450), 4: ("三室一厅", 9930), 5: ("三室两厅", 11980), 6: ("四室两厅", 13990)}
_FEN_PER_CENTI_SQM = 16_80


class Moves:
    def __init__(self, county):
        self._county = county
        self._rng = county.rng
        self._sites, self._units, self._cases = [], [], []
        self.moved_in_on = {}  # Household number -> day.
        self.site_of = {}  # Household number -> site.
        self.home_of = {}  # Household number -> case and unit.

    def site(self, name, tier, location, started_on, completed_on, planned_units, community=False):
        row = {
            "site_no": f"S{len(self._sites) + 1:02d}", "name": name, "tier": tier, "location": location, "started_on": started_on,
            "completed_on": completed_on, "planned_units": planned_units, "community": community,
        }
        self._sites.append(row)
        return row

    def unit(self, site, persons, completed_on=None):
        layout, area = _LAYOUTS[min(persons, 6)]
        row = {
            "unit_no": f"{site['site_no']}-{len(self._units) + 1:05d}", "site_no": site["site_no"], "layout": layout,
            "area_centi_sqm": area, "cost_price_fen": area * _FEN_PER_CENTI_SQM, "completed_on": completed_on or site["completed_on"],
        }
        self._units.append(row)
        return row

    def spare_units(self, site, count, completed_on=None):
        for _ in range(count):
            self.unit(site, self._rng.choice((2, 3, 4, 4, 5)), completed_on)

    def declare(self, household, declared_on, until="DECLARED"):
        """A case that has not come to a unit: DECLARED, VERIFIED, APPROVED or WITHDRAWN."""
        row = {"case_no": f"B{len(self._cases) + 1:05d}", "household_no": household.no, "declared_on": declared_on}
        if until in ("VERIFIED", "APPROVED"):
            row["verified_on"] = declared_on + timedelta(self._rng.randint(10, 40))
        if until == "APPROVED":
            row["approved_on"] = row["verified_on"] + timedelta(self._rng.randint(25, 60))
        if until == "WITHDRAWN":
            row["withdrawn_on"] = declared_on + timedelta(self._rng.randint(20, 90))
        self._cases.append(row)
        return row

    def allot(self, household, site, declared_on, allotted_on, moved_in_on=None, unit_completed_on=None):
        """A case with a unit of the household's size; the steps before lie between declaration and allotment."""
        days = (allotted_on - declared_on).days
        row = self.declare(household, declared_on)
        row["verified_on"] = declared_on + timedelta(self._rng.randint(1, days // 3))
        row["approved_on"] = row["verified_on"] + timedelta(self._rng.randint(1, days // 3))
        row["allotted_on"] = allotted_on
        row["site_no"] = site["site_no"]
        unit = self.unit(site, len(household.members), unit_completed_on)
        row["unit_no"] = unit["unit_no"]
        self.home_of[household.no] = (row, unit)
        row["moved_in_on"] = moved_in_on
        if moved_in_on:
            self.moved_in_on[household.no] = moved_in_on
            self.site_of[household.no] = site
        return row

    def move_all(self, households, sites, declared, allotted, moved):
        """Moves households into `sites` in turn; each of the last three is a day or a (first, last)."""
        day = lambda span: day_between(self._rng, *span) if isinstance(span, tuple) else span
        for i, household in enumerate(households):
            self.allot(household, sites[i % len(sites)], day(declared), day(allotted), day(moved) if moved else None)

    def units_at(self, site):
        return sum(unit["site_no"] == site["site_no"] for unit in self._units)

    def write(self, folder):
        folder.write("relocation", "Site", self._sites)
        folder.write("relocation", "Unit", self._units)
        folder.write("relocation", "Case", self._cases)
