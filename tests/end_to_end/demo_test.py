#!/usr/bin/env python3
"""The main job, through real processes: the demo's files go in by the front door and the bulletins' figures come out."""

import csv
import datetime
import itertools
import json
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from whole import PROGRAMS, ROOT, SERVICES, Anju, reason  # noqa: E402

COUNTIES = {"450328": "2018-10", "450481": "2016-04", "451022": "2018-10", "451202": "2018-06", "451003": "2018-06",
            "450107": "2018-08", "450802": "2018-03", "360731": "2018-12", "451425": "2017-12"}


class Demo:
    """What holds of the demo on either engine."""

    engine = None

    @classmethod
    def setUpClass(cls):
        cls.anju = Anju(cls.engine)
        cls.addClassCleanup(cls.anju.remove)
        started = time.monotonic()
        cls.anju.up(demo=True)
        print(f"{cls.engine}: up with the demo in {time.monotonic() - started:.0f} s", flush=True)
        cls.plan_folder = cls.anju.data / "demo"
        cls.plan = json.loads((cls.plan_folder / "plan.json").read_text())
        cls.steps = cls.plan["steps"] if isinstance(cls.plan, dict) else cls.plan

    def all_figures(self):
        return {county: self.anju.figures(county, month) for county, month in COUNTIES.items()}

    def test_1_the_published_figures_come_out(self):
        done = subprocess.run([ROOT / "deploy/demo/check", "--data", self.anju.data], capture_output=True, text=True, timeout=120)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertIn("agrees", done.stdout)

    def test_2_every_running_figure_is_its_recount(self):
        auditor = self.anju.token_file("auditor-45")
        for service in SERVICES:
            with self.subTest(service=service):
                proof = self.anju.ctl(auditor, "call", "anju.indicators.v1.Indicators/Recount", "{}", "--service", service)
                self.assertTrue(proof["agrees"], proof)
                self.assertGreater(int(proof["records"]), 0)

    def test_3_every_file_again_changes_nothing(self):
        before = self.all_figures()
        for step in self.steps:
            if "file" not in step:
                continue
            with self.subTest(file=step["file"]):
                receipt = self.anju.imports(self.plan_folder, step)
                self.assertEqual((0, 0, step.get("refused", 0)), (receipt["added"], receipt["updated"], receipt["refused"]), receipt)
        self.assertEqual(before, self.all_figures())

    def test_4_a_second_up_changes_no_figure(self):
        before = self.all_figures()
        self.anju.down()
        self.anju.up(demo=True)
        self.assertEqual(before, self.all_figures())

    def test_5_a_figure_opens_to_its_records(self):
        token = self.anju.token_file("province-45")
        figures = self.anju.figures("450328", "2018-10")
        for indicator in ("microcredit.loan_balance", "microcredit.risk_fund", "registry.poor_persons"):
            with self.subTest(indicator=indicator):
                total, page = 0, ""
                while True:
                    answer = self.anju.ctl(
                        self.anju.token_file("officer-450328"), "call", "anju.indicators.v1.Indicators/ListContributors",
                        json.dumps({"indicator": indicator, "division": "450328", "to_month": "2018-10", "page_size": 1000,
                                    "page_token": page}), "--service", indicator.split(".")[0])
                    total += sum(int(c["amount"]) for c in answer.get("contributors", []))
                    page = answer.get("next_page_token", "")
                    if not page:
                        break
                self.assertEqual(figures[indicator], str(total))
        self.assertTrue(token.exists())

    def test_6_yudus_own_share_is_a_discrepancy(self):
        shares = {f["id"]: f for f in self.anju.overview("360731", "2018-12")["indicators"]}
        share = shares["relocation.follow_up_industry_rate"]
        self.assertEqual(("3454", "2248", "6508"), (share["value"], share["numerator"], share["denominator"]))
        self.assertTrue(share["discrepancy"])
        self.assertEqual("355400", share["reported"]["value"])

    def test_7_levels_add_up(self):
        month = "2018-10"
        status, answer = self.anju.get(f"/v1/overview?division=450328&month={month}&children=true",
                                       self.anju.token_file("province-45"))
        self.assertEqual(200, status)
        parent = {f["id"]: f for f in answer["indicators"]}
        for name in ("registry.persons", "microcredit.loans_disbursed", "microcredit.rated_households"):
            total = sum(int(f["value"]) for child in answer["children"] for f in child["indicators"] if f["id"] == name)
            self.assertEqual(parent[name]["value"], str(total), name)

    def test_8_the_households_file_holds_what_all_services_know(self):
        token = self.anju.token_file("officer-450328")
        answer = self.anju.ctl(token, "call", "anju.indicators.v1.Indicators/ListContributors",
                               json.dumps({"indicator": "microcredit.loan_balance", "division": "450328",
                                           "to_month": "2018-10", "page_size": 1}), "--service", "microcredit")
        account = answer["contributors"][0]["id"]
        household = self.anju.ctl(token, "call", "anju.microcredit.v1.Microcredit/GetCreditAccount",
                                  json.dumps({"id": account}))["household_id"]
        status, file = self.anju.get(f"/v1/households/{household}/file", token)
        self.assertEqual(200, status, file)
        parts = {part["service"]: part.get("records", []) for part in file["parts"]}
        self.assertEqual(household, parts["registry"][0]["id"])
        self.assertEqual(account, parts["microcredit"][0]["id"])
        for member in parts["registry"][0]["members"]:
            if member.get("id_number"):
                self.assertRegex(member["id_number"], r"^\d{2}\*{14}\d[\dX]$")
        status, file = self.anju.get(f"/v1/households/{household}/file", self.anju.token_file("officer-451022"))
        self.assertEqual((403, "OUTSIDE_SCOPE"), (status, reason(file)))
        # What stands on a site, too, and of its posts those of this household alone.
        token = self.anju.token_file("officer-360731")
        sites = self.anju.ctl(token, "call", "anju.relocation.v1.Relocation/ListSites", json.dumps({"division": "360731"}))["sites"]
        household = next(post["household_id"] for site in sites for post in site.get("posts", []) if post.get("household_id"))
        status, file = self.anju.get(f"/v1/households/{household}/file", token)
        self.assertEqual(200, status, file)
        records = next(part["records"] for part in file["parts"] if part["service"] == "relocation")
        posts = [post for record in records if record["@type"].endswith(".Site") for post in record["posts"]]
        self.assertEqual({household}, {post["household_id"] for post in posts})


class SqliteDemo(Demo, unittest.TestCase):
    engine = "sqlite"


class PostgresqlDemo(Demo, unittest.TestCase):
    engine = "postgresql"


class FrontDoor(unittest.TestCase):
    """Wrong tokens, bad rows, broken-off imports, a cache that goes away. On a small county's registry."""

    @classmethod
    def setUpClass(cls):
        cls.anju = Anju()
        cls.addClassCleanup(cls.anju.remove)
        cls.anju.up(demo=False)
        subprocess.run([ROOT / "deploy/demo/make", cls.anju.data / "demo"], check=True, capture_output=True, timeout=120)
        cls.officer = cls.anju.token_file("officer-450481")
        cls.village = "450481100201"

    def write(self, name, rows, encoding="utf-8-sig"):
        path = self.anju.data / name
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows(rows)
        return path

    def household(self, number, village=None, registered="2016-01-15"):
        return [number, village or self.village, "建档立卡贫困户", registered]

    def import_households(self, path, *more, check=True):
        return self.anju.ctl(self.officer, "import", "registry", "ImportHouseholds", path, "--division", "450481",
                             "--source", "test", *more, check=check)

    HEADER = ["户编号", "村代码", "户类型", "建档日期"]

    def test_tokens_are_looked_at(self):
        path = "/v1/overview?division=450481&month=2018-10"
        expired = self.anju.new_token("officer", "450481", "2 hours ago")
        cases = [
            (None, 401, "TOKEN_MISSING"),
            ("nonsense", 401, "TOKEN_MALFORMED"),
            (self.officer.read_text().strip()[:-8] + "AAAAAAAA", 401, "TOKEN_SIGNATURE"),
            (expired, 401, "TOKEN_EXPIRED"),
            (self.anju.token_file("officer-451022"), 403, "OUTSIDE_SCOPE"),
            (self.anju.new_token("bank", "450481"), 403, "ROLE_NOT_ALLOWED"),
        ]
        for token, status, why in cases:
            with self.subTest(why=why):
                answer = self.anju.get(path, token)
                self.assertEqual((status, why), (answer[0], reason(answer[1])), answer)

    def test_questions_are_looked_at(self):
        province = self.anju.token_file("province-45")
        for path, status, why in [
            ("/v1/overview?division=459999&month=2018-10", 404, "DIVISION_NOT_FOUND"),
            ("/v1/overview?division=450481&month=2018-13", 400, "MONTH_MALFORMED"),
            ("/v1/overview?division=450481&month=2018-10&from_month=2018-11", 400, "SPAN_REVERSED"),
            ("/v1/overview?division=450481&month=2199-12", 400, "MONTH_IN_FUTURE"),
            ("/v1/indicators/microcredit.loan_balance/contributors?division=450481&to_month=2199-12", 400, "MONTH_IN_FUTURE"),
            ("/v1/ranking?division=4504&indicator=registry.nothing&month=2018-10", 404, "INDICATOR_NOT_FOUND"),
            ("/v1/households/nobody/file", 404, "HOUSEHOLD_NOT_FOUND"),
        ]:
            with self.subTest(path=path):
                answer = self.anju.get(path, province if "households" not in path else self.officer)
                self.assertEqual((status, why), (answer[0], reason(answer[1])), answer)
        # An old code is answered under the new one.
        self.assertEqual("451003", self.anju.overview("451021", "2018-10")["division"])

    def test_bad_rows_come_back_with_reason_and_hint(self):
        path = self.write("bad.csv", [
            self.HEADER,
            self.household("b1"),
            self.household("b2", "450481999999"),
            self.household("b3", "451022100001"),
            self.household("b4", registered="2016-02-30"),
            ["b5", self.village, "富裕户", "2016-01-15"],
            ["", self.village, "建档立卡贫困户", "2016-01-15"],
            self.household("b1"),
        ])
        receipt = self.import_households(path)
        self.assertEqual((7, 1, 6), (receipt["received"], receipt["added"], receipt["refused"]), receipt)
        found = {row["row"]: (row["field"], row["reason"]) for row in receipt["refused_rows"]}
        self.assertEqual({"DIVISION_NOT_FOUND", "OUTSIDE_DIVISION", "DATE_MALFORMED", "ENUM_UNKNOWN", "FIELD_MISSING",
                          "ROW_REPEATED"}, {why for _, why in found.values()})
        self.assertTrue(all(row["hint"] for row in receipt["refused_rows"]))
        with open(receipt["refused_file"], encoding="utf-8-sig", newline="") as file:
            self.assertEqual(7, len(list(csv.reader(file))))

    def test_one_row_for_a_record_whatever_it_says(self):
        rows = [self.household("w1"), self.household("w1", registered="2016/3/1"), self.household("w2")]
        path = self.write("repeated.csv", [self.HEADER, *rows])
        for counts in [(2, 0, 0, 1), (0, 0, 2, 1)]:
            receipt = self.import_households(path)
            self.assertEqual(counts, tuple(receipt[k] for k in ("added", "updated", "unchanged", "refused")), receipt)
            why = receipt["refused_rows"][0]
            self.assertEqual((3, "household_no", "ROW_REPEATED"), (why["row"], why["field"], why["reason"]))
            self.assertIn("row 2 ", why["hint"])

    def test_bad_persons_come_back_without_their_numbers(self):
        self.import_households(self.write("p-households.csv", [self.HEADER, self.household("p1")]))
        header = ["户编号", "人员编号", "姓名", "身份证号", "与户主关系", "劳动能力", "入户日期"]
        number = "450481199001011231"
        path = self.write("persons.csv", [header,
                                          ["p1", "1", "例某", number, "户主", "普通劳动力", "2016-01-15"],
                                          ["nobody", "1", "例某", "", "户主", "普通劳动力", "2016-01-15"]])
        receipt = self.anju.ctl(self.officer, "import", "persons", path, "--division", "450481", "--source", "test")
        self.assertEqual(["ID_NUMBER_CHECKSUM", "HOUSEHOLD_NOT_FOUND"], [r["reason"] for r in receipt["refused_rows"]])
        self.assertNotIn(number, json.dumps(receipt))
        for log in (self.anju.data / "logs").iterdir():
            self.assertNotIn(number, log.read_text(errors="replace"), log)

    def test_files_as_excel_saves_them(self):
        rows = [self.HEADER, self.household("e1")]
        for encoding in ("utf-8", "utf-8-sig", "gb18030"):
            receipt = self.import_households(self.write(f"{encoding}.csv", rows, encoding))
            self.assertEqual((1, 0), (receipt["added"] + receipt["unchanged"], receipt["refused"]), encoding)
        path = self.anju.data / "picture.csv"
        path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00")
        done = self.import_households(path, check=False)
        self.assertNotEqual(0, done.returncode)
        self.assertIn("NOT_A_CSV", done.stdout + done.stderr)

    def test_a_broken_off_import_goes_on(self):
        rows = [self.HEADER] + [self.household(f"r{n}") for n in range(20000)]
        path = self.write("long.csv", rows)
        self.anju.settle()
        before = int(self.anju.figures("450481", "2018-10")["registry.households"])
        running = subprocess.Popen(
            self.anju.command(self.officer, "import", "registry", "ImportHouseholds", path, "--division", "450481",
                              "--source", "broken"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while int(self.anju.figures("450481", "2018-10")["registry.households"]) < before + 1000:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        running.send_signal(signal.SIGKILL)
        running.wait()
        receipt = self.anju.ctl(self.officer, "import", "registry", "ImportHouseholds", path, "--division", "450481",
                                "--source", "broken")
        self.assertEqual(20000, receipt["added"] + receipt["unchanged"], receipt)
        self.assertGreater(receipt.get("earlier", 0), 0, "it began anew")
        self.anju.settle()
        self.assertEqual(before + 20000, int(self.anju.figures("450481", "2018-10")["registry.households"]))

    def test_an_overview_is_fresh_and_says_its_time(self):
        for n in range(3):
            self.anju.settle()
            before = int(self.anju.figures("450481", "2018-10")["registry.households"])
            self.import_households(self.write(f"fresh{n}.csv", [self.HEADER, self.household(f"fresh{n}")]))
            committed = datetime.datetime.now(datetime.timezone.utc)
            deadline = time.monotonic() + 2
            while True:
                answer = self.anju.overview("450481", "2018-10")
                if any(f["id"] == "registry.households" and int(f["value"]) == before + 1 for f in answer["indicators"]):
                    break
                self.assertLess(time.monotonic(), deadline, "not fresh within 2 s")
                time.sleep(0.02)
            # What it says of its time is a promise about the slowest follower, whose news is a fraction of a second old.
            as_of = datetime.datetime.fromisoformat(answer["as_of"][:19] + "+00:00")
            self.assertLess(abs((committed - as_of).total_seconds()), 2, answer["as_of"])

    def test_without_its_cache_it_answers_the_same(self):
        self.anju.settle()
        before = self.anju.figures("450481", "2018-10")
        redis = ["redis-cli", "-p", self.anju.redis_port()]
        subprocess.run(redis + ["flushall"], check=True, capture_output=True)
        self.assertEqual(before, self.anju.figures("450481", "2018-10"))
        keys = subprocess.run(redis + ["--scan", "--pattern", "*overview*"], capture_output=True, text=True).stdout.split()
        for key in keys:
            subprocess.run(redis + ["set", key, "rubbish"], check=True, capture_output=True)
        self.assertEqual(before, self.anju.figures("450481", "2018-10"))
        # Stopped, not dead: every call to it would wait for ever.
        pid = int(subprocess.run(redis + ["info", "server"], capture_output=True, text=True).stdout.split("process_id:")[1].split()[0])
        subprocess.run(["kill", "-STOP", str(pid)], check=True)
        try:
            started = time.monotonic()
            for _ in range(5):
                self.assertEqual(before, self.anju.figures("450481", "2018-10"))
            self.assertLess(time.monotonic() - started, 5)
            receipt = self.import_households(self.write("stopped.csv", [self.HEADER, self.household("stopped")]))
            self.assertEqual(1, receipt["added"])
        finally:
            subprocess.run(["kill", "-CONT", str(pid)], check=True)
        deadline = time.monotonic() + 5
        while int(self.anju.figures("450481", "2018-10")["registry.households"]) != int(before["registry.households"]) + 1:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        subprocess.run(["kill", "-KILL", str(pid)], check=True)
        self.assertEqual(int(before["registry.households"]) + 1,
                         int(self.anju.figures("450481", "2018-10")["registry.households"]))


class Orders(unittest.TestCase):
    """Figures, also those across services, are right whichever record came first: what is refused because it came too early is sent again,
    as a county would do it. Of three counties in whose files all services but the banks' have a part, and old codes of places."""

    ORDERED = ("451003", "450802", "450107")
    MONTHS = ("2018-03", "2018-06", "2018-08", "2018-12")
    # How often the files are gone through until none is refused; a chain of those that need another is shorter.
    ROUNDS = 8
    SEED = 20181031

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="anju-orders-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        subprocess.run([ROOT / "deploy/demo/make", cls.folder], check=True, capture_output=True, timeout=120)
        plan = json.loads((cls.folder / "plan.json").read_text())
        cls.steps = [step for step in plan if "file" in step and step["file"].split("/")[0] in cls.ORDERED]
        cls.usual, cls.too_early = cls.figures_when(cls.steps)

    @classmethod
    def figures_when(cls, steps):
        """The figures of each county and month when the files were sent in that order, and how many were too early and sent again."""
        anju, left, again = Anju(), steps, 0
        try:
            anju.up(demo=False)
            for _ in range(cls.ROUNDS):
                left = [step for step in left if anju.imports(cls.folder, step)["refused"] != step.get("refused", 0)]
                again += len(left)
                if not left:
                    break
            if left:
                raise AssertionError(f"still refused after {cls.ROUNDS} rounds: {[step['file'] for step in left]}")
            # Until what one service tells has reached the others.
            committed = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")
            deadline = time.monotonic() + 30
            for county in cls.ORDERED:
                while anju.overview(county, "2018-06")["as_of"] < committed:
                    if time.monotonic() > deadline:
                        raise AssertionError(f"{county} is not fresh")
                    time.sleep(0.1)
            return {(county, month): anju.figures(county, month) for county in cls.ORDERED for month in cls.MONTHS}, again
        finally:
            anju.remove()

    def assert_the_same(self, steps):
        figures, too_early = self.figures_when(steps)
        self.assertGreater(too_early, 0, "an order in which nothing comes too early shows little")
        for where, expected in self.usual.items():
            self.assertEqual(expected, figures[where], where)

    def test_as_planned(self):
        self.assertEqual(0, self.too_early)
        self.assertEqual("373", self.usual["451003", "2018-06"]["workshops.trained_relocated_persons"])
        for county in self.ORDERED:
            self.assertGreater(sum(value not in (None, "0") for value in self.usual[county, "2018-12"].values()), 5, county)

    def test_the_last_first(self):
        self.assert_the_same(self.steps[::-1])

    def test_services_in_turn_and_the_registry_last(self):
        queues = [[step for step in self.steps if step["service"] == service] for service in reversed(SERVICES)]
        turns = itertools.zip_longest(*queues)
        self.assert_the_same([step for turn in turns for step in turn if step])

    def test_shuffled(self):
        self.assert_the_same(random.Random(self.SEED).sample(self.steps, len(self.steps)))


if __name__ == "__main__":
    assert (PROGRAMS / "gateway").exists(), "build first"
    unittest.main(verbosity=2)
