"""Runs the check against a gateway that answers what the test tells it to."""

import csv
import json
import subprocess
import sys
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).resolve().parents[3]
SCALES = {"yuan": ("fen", 100), "sqm": ("centi_sqm", 100), "mu": ("centi_mu", 100), "percent": ("percent", 100)}
EARLIER = {
    "rated_households_2016_03": "rated_households", "credit_lines_2016_03": "credit_lines", "workshop_floor_area": "workshop_floor_area",
    "identified_households_before": "identified_households", "identified_persons_before": "identified_persons",
    "ceremony_2018_07_28_households": "households_moved_in", "ceremony_2018_07_28_persons": "persons_moved_in",
    "ceremony_2018_09_25_households": "households_moved_in", "ceremony_2018_09_25_persons": "persons_moved_in",
    "county_tier_2016_households": "county_tier_households", "county_tier_2016_persons": "county_tier_persons",
    "county_tier_2018_households": "county_tier_households", "county_tier_2018_persons": "county_tier_persons",
    "exited_households_2016_2017": "exited_households", "exited_persons_2016_2017": "exited_persons",
}


def published():
    """What a platform would answer that computes exactly what was published: (division, month) -> id -> figure."""
    answers = {}
    with open(ROOT / "deploy/demo/figures.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = EARLIER.get(row["figure"], row["figure"] if row["kind"] == "indicator" else None)
            if name and row["service"] not in ("industry", "fieldwork"):
                unit, scale = SCALES.get(row["unit"], (row["unit"], 1))
                value = str(round(float(row["value"]) * scale))
                answers.setdefault((row["county"], row["as_of"]), {})[f"{row['service']}.{name}"] = {"value": value, "unit": unit}
            # Flows, which an overview has since the January of its year.
            if row["figure"].startswith("exit_plan_"):
                figure = {"value": row["value"], "unit": row["unit"]}
                answers.setdefault((row["county"], row["figure"][-4:] + "-12"), {})["registry.exit_plan_persons"] = figure
            if row["figure"].startswith("exited_"):
                answers.setdefault((row["county"], "2016-12"), {})[f"registry.{name}"] = {"value": "0", "unit": row["unit"]}
    answers["360731", "2018-12"]["relocation.follow_up_industry_rate"] = {
        "value": "3454", "unit": "percent", "numerator": "2248", "denominator": "6508",
        "reported": {"value": "355400", "precision": "100"}, "discrepancy": True,
    }
    return answers


# Stands for anjuctl, and finds a draw right whose seed is 5eed.
ANJUCTL = """#!/bin/bash
[[ " $* " == *" draw verify "*" --seed 5eed "* ]] && echo '{"verified": true, "households": 6, "allotted": 6}'
"""


class CheckTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.anjuctl = Path(self.folder.name) / "anjuctl"
        self.anjuctl.write_text(ANJUCTL)
        self.anjuctl.chmod(0o755)
        self.draw = {"list": "a list", "list_hash": "h", "commitment": "c", "seed": "5eed", "result": "a result"}
        self.cases = [{"notices": [{"state": "NOTICE_STATE_OPEN"}]}, {}, {"notices": [{"state": "NOTICE_STATE_CLOSED"}] * 2}]
        self.listed = {"id": "d2", "seed": "5eed"}
        today = {"/v1/cases": {"cases": self.cases}, "/v1/draws": {"draws": [{"id": "d1"}, self.listed]}, "/v1/draws/d2": self.draw}
        self.answers = answers = published()
        self.sites = sites = [{"name": "思源社区", "planned_units": 1193}, {"name": "梦想家园社区", "planned_units": 872}]

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                query = parse_qs(urlsplit(self.path).query)
                path = urlsplit(self.path).path
                good = self.headers["Authorization"] == "Bearer secret" and path in ("/v1/overview", "/v1/sites", *today)
                figures = answers.get((query.get("division", [""])[0], query.get("month", [""])[0]), {})
                answer = {"sites": sites} if path == "/v1/sites" else {"indicators": [{"id": name} | figure for name, figure in figures.items()]}
                body = json.dumps(today.get(path, answer)).encode()
                self.send_response(200 if good else 401)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.addCleanup(self.server.server_close)
        thread = threading.Thread(target=self.server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.server.shutdown)

    def check(self, *options, token="secret"):
        with tempfile.NamedTemporaryFile("w", suffix=".token") as file:
            file.write(token + "\n")
            file.flush()
            address = f"http://127.0.0.1:{self.server.server_port}"
            command = [sys.executable, ROOT / "deploy/demo/check", "--gateway", address, "--token-file", file.name,
                       "--data", self.folder.name, "--anjuctl", self.anjuctl, *options]
            return subprocess.run(command, capture_output=True, text=True)

    def figure(self, county, month, name):
        return self.answers[county, month][name]

    def assertVerdict(self, result, name, verdict):
        found = [line for line in result.stdout.splitlines() if f" {name} " in line]
        self.assertTrue(found and verdict in found[0], result.stdout)

    def test_agrees_with_what_was_published(self):
        result = self.check()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertVerdict(result, "microcredit.loan_balance", "agrees")
        self.assertVerdict(result, "relocation.follow_up_industry_rate", "34.54  shown as a discrepancy")
        self.assertNotIn("industry.cooperatives", result.stdout)
        self.assertIn("industry.cooperatives", self.check("--all").stdout)

    def test_what_was_done_when_it_was_loaded_must_come_out(self):
        result = self.check()
        self.assertVerdict(result, "relocation.notices_opened", "agrees, 1 still hang")
        self.assertVerdict(result, "relocation.draw_households", "agrees")
        self.draw["seed"] = "other"
        result = self.check()
        self.assertEqual(result.returncode, 1)
        self.assertVerdict(result, "relocation.draw_households", "DIFFERS")
        del self.listed["seed"]
        self.cases.pop()
        result = self.check()
        self.assertEqual(result.returncode, 1)
        self.assertVerdict(result, "relocation.notices_opened", "DIFFERS")
        self.assertIn("relocation.notices_opened, relocation.draw_households", result.stdout)

    def test_rounds_half_up_to_the_published_precision(self):
        figure = self.figure("450328", "2018-10", "microcredit.interest_subsidy_paid")
        for value, code in (("1113499999", 1), ("1113500000", 0), ("1114499999", 0), ("1114500000", 1)):
            figure["value"] = value
            self.assertEqual(self.check().returncode, code, value)

    def test_a_ratio_is_rounded_once(self):
        figure = self.figure("451022", "2018-10", "relocation.move_in_rate")
        for numerator, code in ((8550, 0), (8549, 1), (8649, 0), (8650, 1)):
            figure |= {"numerator": str(numerator), "denominator": "10000", "value": str(numerator)}
            self.assertEqual(self.check().returncode, code, numerator)

    def test_at_least_is_a_bound_on_both_sides(self):
        figure = self.figure("360731", "2018-12", "workshops.trained_person_times")
        for value, code in (("2999", 1), ("3150", 0), ("3151", 1)):
            figure["value"] = value
            self.assertEqual(self.check().returncode, code, value)

    def test_fails_when_a_required_figure_is_absent(self):
        del self.answers["450802", "2018-03"]["workshops.workshop_floor_area"]
        result = self.check()
        self.assertEqual(result.returncode, 1)
        self.assertVerdict(result, "workshops.workshop_floor_area", "not built (must come out)")

    def test_a_detail_of_a_site_must_come_out(self):
        self.sites[0]["planned_units"] = 1192
        result = self.check()
        self.assertEqual(result.returncode, 1)
        self.assertVerdict(result, "relocation.site_siyuan_units", "DIFFERS (must come out)")

    def test_other_figures_may_be_absent_or_differ(self):
        del self.answers["451202", "2018-06"]["channels.turnover"]
        self.figure("451202", "2018-06", "channels.flagship_stores")["value"] = "2"
        result = self.check()
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertVerdict(result, "channels.turnover", "not built")
        self.assertVerdict(result, "channels.flagship_stores", "DIFFERS")

    def test_money_in_another_unit_differs(self):
        self.figure("450328", "2018-10", "microcredit.loan_balance")["unit"] = "yuan"
        self.assertEqual(self.check().returncode, 1)

    def test_the_discrepancy_must_be_shown(self):
        figure = self.figure("360731", "2018-12", "relocation.follow_up_industry_rate")
        for broken in ({"discrepancy": False}, {"reported": None}, {"value": "3554"}):
            kept = dict(figure)
            figure.update(broken)
            self.assertEqual(self.check().returncode, 1, broken)
            figure.update(kept)

    def test_a_ceremony_is_what_its_month_added(self):
        self.answers.setdefault(("451022", "2018-06"), {})["relocation.persons_moved_in"] = {"value": "4683", "unit": "person"}
        self.answers.setdefault(("451022", "2018-07"), {})["relocation.persons_moved_in"] = {"value": "10221", "unit": "person"}
        self.assertVerdict(self.check(), "relocation.ceremony_2018_07_28_persons", "agrees")

    def test_says_what_the_gateway_answered(self):
        result = self.check(token="wrong")
        self.assertEqual(result.returncode, 1)
        self.assertIn("401", result.stderr)


if __name__ == "__main__":
    unittest.main()
