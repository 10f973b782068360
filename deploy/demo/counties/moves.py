"""Relocation: sites and how they were built, units, and the cases of households on their way into them and after it."""

import random
from datetime import timedelta

from .numbers import day_between

# By head-count: layout and area in 0.01 m², never above 25 m² a person.
_LAYOUTS = {1: ("一室", 2480), 2: ("一室一厅", 4960), 3: ("两室一厅", 7450), 4: ("三室一厅", 9930), 5: ("三室两厅", 11980), 6: ("四室两厅", 13990)}
_FEN_PER_CENTI_SQM = 16_80


class Moves:
    def __init__(self, county):
        self._county = county
        self._rng = county.rng
        # Its own, so that what is built and what follows a move changes nothing else.
        self._works_rng = random.Random(f"anju works {county.code}")
        self._sites, self._units, self._cases = [], [], []
        self._buildings, self._milestones, self._inspections, self._facilities, self._issues = [], [], [], [], []
        self._case_of = {}  # Household number -> case.
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

    def built(self, site, buildings, floors, units):
        """The buildings of a site, before its units, and how it was built: a little later than planned."""
        rng = self._works_rng
        begun, done = site["started_on"], site["completed_on"]
        for i in range(buildings):
            self._buildings.append({
                "building_no": f"{site['site_no']}-{i + 1:02d}", "site_no": site["site_no"], "name": f"{i + 1}栋", "floors": floors,
                "planned_units": -(-units // buildings), "started_on": begun + timedelta(30), "completed_on": done,
            })
        days = (done - begun).days
        for i, (kind, share) in enumerate((("LAND", 0), ("FOUNDATION", 25), ("STRUCTURE", 60), ("COMPLETION", 100), ("ACCEPTANCE", 100))):
            reached_on = begun + timedelta(days * share // 100 + (5 if kind == "ACCEPTANCE" else 0))
            self._milestones.append({
                "milestone_no": f"{site['site_no']}-M{i + 1}", "site_no": site["site_no"], "kind": kind,
                "planned_on": reached_on - timedelta(rng.choice((0, 0, 4, 11))), "reached_on": reached_on,
            })
        self._inspections.append({
            "inspection_no": f"{site['site_no']}-J1", "site_no": site["site_no"], "inspected_on": done, "inspector": "ZJ-示例01",
            "result": "PASSED_WITH_ISSUES",
        })
        for i, (kind, name) in enumerate((("WATER", "供水工程"), ("POWER", "供电工程"), ("CLINIC", "卫生室"))):
            self._facilities.append({
                "facility_no": f"{site['site_no']}-F{i + 1}", "site_no": site["site_no"], "kind": kind, "name": f"{name}（示例）",
                "planned_on": done, "completed_on": done + timedelta(rng.randint(0, 20)),
            })
        self._issues.append({
            "issue_no": f"{site['site_no']}-Q1", "site_no": site["site_no"], "severity": "MINOR", "text": "屋面渗漏（示例）",
            "found_on": done, "due_on": done + timedelta(30), "fixed_on": done + timedelta(rng.randint(10, 40)),
            "closed_on": done + timedelta(45),
        })

    def leave_old_house(self, household, demolished_on, reclaimed_on=None, titled_on=None):
        """What follows a move: the old house goes, its ground is reclaimed, the new home gets its title."""
        row = self._case_of[household.no]
        row |= {"old_area_centi_sqm": self._works_rng.randrange(60_00, 120_00, 50), "demolished_on": demolished_on}
        if reclaimed_on:
            row |= {"reclaimed_on": reclaimed_on, "reclaimed_centi_mu": self._works_rng.randint(12, 45)}
        if titled_on:
            row |= {"titled_on": titled_on, "title_no": f"样({titled_on.year})不动产权第{self._county.code}{row['case_no'][1:]}号"}

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
        self._case_of[household.no] = row
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
        for record, rows in (("Building", self._buildings), ("Milestone", self._milestones), ("Inspection", self._inspections),
                             ("Facility", self._facilities), ("QualityIssue", self._issues)):
            if rows:
                folder.write("relocation", record, rows)
        self._place_units()
        folder.write("relocation", "Unit", self._units)
        folder.write("relocation", "Case", self._cases)

    def _place_units(self):
        """Puts the units of each site that has buildings into them, one after the other."""
        for site in self._sites:
            buildings = [row for row in self._buildings if row["site_no"] == site["site_no"]]
            units = [row for row in self._units if row["site_no"] == site["site_no"]]
            for i, unit in enumerate(units if buildings else ()):
                unit["building_no"] = buildings[i % len(buildings)]["building_no"]
