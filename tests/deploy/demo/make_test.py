"""Counts the demo's figures from its files, knowing nothing of how they were made."""

import bisect
import csv
import functools
import io
import json
import subprocess
import sys
import tempfile
import unittest
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LONGSHENG, TIANYANG, TIANDONG, YUDU = "450328", "451003", "451022", "360731"
JINCHENGJIANG, XIXIANGTANG, CENXI, GANGBEI, TIANDENG = "451202", "450107", "450481", "450802", "451425"
SETTLEMENTS = [date(year, month, 20) for year in range(2016, 2019) for month in (3, 6, 9, 12)]


def setUpModule():
    global _directory, OUT, PLAN
    _directory = tempfile.TemporaryDirectory()
    OUT = Path(_directory.name) / "once"
    make(OUT)
    PLAN = json.loads((OUT / "plan.json").read_text(encoding="utf-8"))


def tearDownModule():
    _directory.cleanup()


def make(out):
    subprocess.run([sys.executable, ROOT / "deploy/demo/make", out], check=True)


@functools.cache
def rows(county, kind):
    """All rows of one kind of record that a county sends, as dicts by heading."""
    found = []
    for path in sorted((OUT / county).glob(f"*-{kind}.csv")):
        data = path.read_bytes()
        text = data.decode("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "gb18030")
        found += csv.DictReader(io.StringIO(text, newline=""))
    return found


@functools.cache
def day(text):
    return date.fromisoformat(text)


def fen(text):
    yuan, _, rest = text.partition(".")
    return int(yuan) * 100 + int(rest.ljust(2, "0") or 0)


def present(row, last):
    """Whether a member is one at the end of `last`."""
    return day(row["入户日期"]) <= last and not (row["离户日期"] and day(row["离户日期"]) <= last)


@functools.cache
def members(county):
    found = defaultdict(list)
    for row in rows(county, "registry-persons"):
        found[row["户编号"]].append(row)
    return found


def persons(county, households, last):
    return sum(present(row, last) for number in households for row in members(county)[number])


def moved_in(county, first, last):
    return {row["户编号"] for row in rows(county, "relocation-cases") if row["入住日期"] and first <= day(row["入住日期"]) <= last}


class FilesTest(unittest.TestCase):
    def test_the_same_bytes_every_time(self):
        again = OUT.parent / "again"
        make(again)
        names = sorted(path.relative_to(OUT) for path in OUT.rglob("*") if path.is_file())
        self.assertEqual(names, sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file()))
        for name in names:
            self.assertEqual((OUT / name).read_bytes(), (again / name).read_bytes(), name)

    def test_the_plan_names_every_file_once(self):
        files = [step["file"] for step in PLAN if "file" in step]
        self.assertEqual(sorted(files), sorted(str(path.relative_to(OUT)) for path in OUT.rglob("*.csv")))
        for county in {name[:6] for name in files}:
            mine = [name for name in files if name.startswith(county)]
            self.assertEqual(mine, sorted(mine))

    def test_files_look_like_excels(self):
        for path in OUT.rglob("*.csv"):
            data = path.read_bytes()
            self.assertEqual(data.startswith(b"\xef\xbb\xbf"), path.parent.name != GANGBEI, path)
            self.assertEqual(data.count(b"\n"), data.count(b"\r\n"), path)

    def test_old_codes_are_used_once(self):
        steps = [step for step in PLAN if step["division"] == "451021"]
        self.assertEqual(len(steps), 1)
        text = (OUT / steps[0]["file"]).read_text(encoding="utf-8-sig")
        self.assertTrue(all(row["村代码"].startswith("451021") for row in csv.DictReader(io.StringIO(text))))

    def test_required_cells_are_filled_and_keys_unique(self):
        for row in rows(TIANDONG, "registry-department_rows"):
            self.assertTrue(row["名单编号"] and (row["身份证号"] or row["户编号"]), row)
        for path in set(OUT.rglob("*-registry-*.csv")) - set(OUT.rglob("*-department_rows.csv")):
            for row in rows(path.parent.name, path.stem[3:]):
                for heading in ("户编号", "村代码", "户类型", "建档日期", "姓名", "与户主关系", "劳动能力", "入户日期"):
                    self.assertTrue(row.get(heading, "-"), (path, heading))
        for county in {path.parent.name for path in OUT.rglob("*.csv")}:
            numbers = Counter(row["户编号"] for row in rows(county, "registry-households"))
            self.assertEqual(max(numbers.values()), 1)


class PeopleTest(unittest.TestCase):
    def test_identity_numbers_are_valid_unique_and_nobodys(self):
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        seen = set()
        for county in (LONGSHENG, TIANYANG, TIANDONG, YUDU, JINCHENGJIANG, XIXIANGTANG, CENXI, GANGBEI):
            for row in rows(county, "registry-persons"):
                number = row["身份证号"]
                if not number:
                    self.assertEqual(county, CENXI)
                    continue
                self.assertEqual(len(number), 18)
                self.assertEqual("10X98765432"[sum(int(c) * w for c, w in zip(number, weights)) % 11], number[17])
                self.assertEqual(number[6:14], row["出生日期"].replace("-", ""))
                self.assertEqual(int(number[16]) % 2 == 1, row["性别"] == "男")
                self.assertIn(number[:6], (county, "451021") if county == TIANYANG else (county,))
                self.assertEqual(number[14], "9")
                self.assertNotIn(number, seen)
                seen.add(number)
        self.assertGreater(len(seen), 100_000)

    def test_households_have_one_head_and_real_villages(self):
        for county in (LONGSHENG, TIANYANG, TIANDONG, YUDU, JINCHENGJIANG, XIXIANGTANG, CENXI, GANGBEI):
            with open(ROOT / f"services/registry/divisions/{county[:2]}.csv", encoding="utf-8", newline="") as file:
                known = {row["code"] for row in csv.DictReader(file) if row["level"] == "village"}
            for row in rows(county, "registry-households"):
                self.assertIn(row["村代码"].replace("451021", "451003", 1), known)
                self.assertEqual(sum(m["与户主关系"] == "户主" for m in members(county)[row["户编号"]]), 1)
            self.assertEqual(set(members(county)), {row["户编号"] for row in rows(county, "registry-households")})

    def test_credit_codes_are_valid(self):
        characters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
        codes = []
        for county in (TIANYANG, JINCHENGJIANG, GANGBEI):
            for row in rows(county, "workshops-enterprises"):
                code = row["统一社会信用代码"]
                self.assertEqual((sum(characters.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17])) + characters.index(code[17])) % 31, 0)
                codes.append(code)
        self.assertEqual(len(codes), len(set(codes)))


class RegistryTest(unittest.TestCase):
    def test_longsheng_is_left_with_1551_poor_households(self):
        last = date(2018, 10, 31)
        poor = [row["户编号"] for row in rows(LONGSHENG, "registry-households")
                if row["户类型"] == "建档立卡贫困户" and not (row["脱贫日期"] and day(row["脱贫日期"]) <= last)]
        self.assertEqual((len(poor), persons(LONGSHENG, poor, last)), (1551, 5716))
        villages = [row for row in rows(LONGSHENG, "registry-villages") if not row["摘帽日期"]]
        self.assertEqual(len(villages), 33)

    def test_cenxi_identifies_in_two_rounds(self):
        findings = {row["户编号"]: row for row in rows(CENXI, "registry-identification_findings")}
        self.assertEqual(len(findings), 348)
        self.assertEqual({row["发现日期"][:7] for row in findings.values()}, {"2016-03"})

        def poor(household, last):
            """Of the class that was recorded, or of that which was found right."""
            finding = findings.get(household["户编号"])
            found = finding["更正后户类型"] if finding and day(finding["更正生效日期"]) <= last else household["户类型"]
            return day(household["建档日期"]) <= last and found == "建档立卡贫困户"

        for last, expected in ((date(2016, 3, 31), (10740, 46864)), (date(2016, 4, 30), (11238, 48997))):
            found = [row["户编号"] for row in rows(CENXI, "registry-households") if poor(row, last)]
            self.assertEqual((len(found), persons(CENXI, found, last)), expected)
        self.assertEqual(len({row["村代码"] for row in rows(CENXI, "registry-villages")}), 53)
        self.assertEqual(sum(not row["身份证号"] for row in rows(CENXI, "registry-persons")), 2037)

    def test_what_is_done_today_is_of_no_published_month(self):
        for kind in ("relocation-sites", "relocation-units", "relocation-cases"):
            days = [value for row in rows(CENXI, kind) for name, value in row.items() if name.endswith("日期") and value]
            self.assertGreater(min(days), "2019")
        calls = [step["call"].rsplit("/")[-1] for step in PLAN if step["division"] == CENXI and "call" in step]
        self.assertEqual(["CommitDraw", "FreezeDraw", "RunDraw"], calls[:3])
        self.assertEqual(3, calls.count("OpenCaseNotice"))

    def test_cenxi_plans_for_all(self):
        plan = {row["年度"]: int(row["计划脱贫人数"]) for row in rows(CENXI, "registry-exit_plans")}
        self.assertEqual(plan, {"2016": 10050, "2017": 11200, "2018": 10800, "2019": 9060, "2020": 7887})
        self.assertEqual(sum(plan.values()), 48997)

    def test_tiandeng_leaves_poverty(self):
        left = [row["户编号"] for row in rows(TIANDENG, "registry-households")
                if row["脱贫日期"] and date(2016, 1, 1) <= day(row["脱贫日期"]) <= date(2017, 12, 31)]
        self.assertEqual((len(left), persons(TIANDENG, left, date(2017, 12, 31))), (8580, 38433))

    def test_longsheng_has_a_rural_population(self):
        newest = max(rows(LONGSHENG, "registry-populations"), key=lambda row: row["统计日期"])
        self.assertEqual(round(5716 / int(newest["乡村户籍人口"]) * 100, 2), 3.63)

    def test_jinchengjiang_pays_allowances(self):
        last = date(2018, 6, 30)
        found = [row["户编号"] for row in rows(JINCHENGJIANG, "registry-households")
                 if row["低保起始日期"] and day(row["低保起始日期"]) <= last and not (row["低保终止日期"] and day(row["低保终止日期"]) <= last)]
        self.assertEqual((len(found), persons(JINCHENGJIANG, found, last)), (2777, 8310))


class RelocationTest(unittest.TestCase):
    def test_steps_are_in_order_and_units_fit(self):
        for county in (TIANYANG, TIANDONG, YUDU, JINCHENGJIANG, GANGBEI):
            units = {row["房号"]: row for row in rows(county, "relocation-units")}
            self.assertEqual(len(units), len(rows(county, "relocation-units")))
            households = {row["户编号"]: row for row in rows(county, "registry-households")}
            taken = set()
            for row in rows(county, "relocation-cases"):
                steps = [row[heading] for heading in ("申报日期", "核实日期", "审批日期", "分房日期", "入住日期")]
                filled = [step for step in steps if step]
                self.assertEqual(filled, steps[:len(filled)])
                self.assertEqual(filled, sorted(filled))
                household = households[row["户编号"]]
                self.assertEqual(household["户类型"], "建档立卡贫困户")
                self.assertLessEqual(household["建档日期"], row["申报日期"])
                self.assertFalse(household["脱贫日期"])
                if row["房号"]:
                    unit = units[row["房号"]]
                    self.assertEqual(unit["安置点编号"], row["安置点编号"])
                    self.assertLessEqual(fen(unit["建筑面积"]), 2500 * persons(county, [row["户编号"]], day(row["分房日期"])))
                    self.assertLessEqual(day(unit["竣工日期"]), day(row["分房日期"]))
                    self.assertNotIn(row["房号"], taken)
                    taken.add(row["房号"])

    def test_gangbei_governs_itself(self):
        last = date(2018, 6, 30)
        holds = lambda row: row["户编号"] and day(row["分配日期"]) <= last and not (row["收回日期"] and day(row["收回日期"]) <= last)
        held = [row for row in rows(GANGBEI, "relocation-plots") if holds(row)]
        self.assertEqual(sum(fen(row["地块面积"]) for row in held), 13_60)
        self.assertEqual(len({row["户编号"] for row in held}), 290)
        self.assertEqual(len({row["地块编号"] for row in held}), len(held))
        self.assertTrue({row["户编号"] for row in held} <= moved_in(GANGBEI, date.min, last))
        bodies = {row["选举编号"]: row["选举机构"] for row in rows(GANGBEI, "relocation-elections")}
        sitting = defaultdict(set)
        for row in rows(GANGBEI, "relocation-seats"):
            if not row["离任日期"]:
                sitting[bodies[row["选举编号"]]].add(row["户编号"])
        self.assertEqual(len(sitting["户主代表"]), 33)
        self.assertFalse(sitting["业主管理委员会"] & sitting["事务监督委员会"])

    def test_jinchengjiang_renovates(self):
        first, last = date(2018, 1, 1), date(2018, 6, 30)
        poor = {row["户编号"] for row in rows(JINCHENGJIANG, "registry-households") if row["户类型"] == "建档立卡贫困户"}
        going = [row for row in rows(JINCHENGJIANG, "relocation-renovations") if not row["退出日期"]]
        for heading, expected in (("计划日期", (933, 611)), ("动工日期", (736, 324)), ("竣工日期", (373, 297))):
            done = [row["户编号"] for row in going if row[heading] and first <= day(row[heading]) <= last]
            self.assertEqual((len(done), len(poor & set(done))), expected, heading)
        moving = {row["户编号"] for row in rows(JINCHENGJIANG, "relocation-cases")}
        self.assertFalse(moving & {row["户编号"] for row in going})

    def test_after_the_move_the_old_house_goes(self):
        sites = {row["安置点编号"] for row in rows(YUDU, "relocation-sites")}
        buildings = {row["楼栋编号"]: row["安置点编号"] for row in rows(YUDU, "relocation-buildings")}
        self.assertEqual(set(buildings.values()), sites)
        self.assertTrue(all(buildings[row["楼栋编号"]] == row["安置点编号"] for row in rows(YUDU, "relocation-units")))
        accepted = {row["安置点编号"] for row in rows(YUDU, "relocation-milestones") if row["节点"] == "验收" and row["实际日期"]}
        self.assertEqual(accepted, sites)
        cases = rows(YUDU, "relocation-cases")
        for row in cases:
            steps = [row[heading] for heading in ("入住日期", "拆旧日期", "复垦日期", "办证日期")]
            filled = [step for step in steps if step]
            self.assertEqual(filled, steps[:len(filled)])
            self.assertEqual(filled, sorted(filled))
            self.assertEqual(bool(row["复垦日期"]), bool(row["复垦面积"]))
            self.assertEqual(bool(row["办证日期"]), bool(row["不动产权证号"]))
        titles = [row["不动产权证号"] for row in cases if row["不动产权证号"]]
        self.assertEqual((len(titles), len(set(titles))), (260, 260))
        self.assertEqual(sum(bool(row["拆旧日期"]) for row in cases), 430)
        readings = rows(YUDU, "relocation-power_readings")
        used = {home: {row["户编号"] for row in readings if row["住房"] == home and float(row["用电量"])} for home in ("旧房", "新房")}
        self.assertEqual((len(used["旧房"]), len({row["户编号"] for row in readings} - used["新房"])), (3, 2))

    def test_tiandong_moves(self):
        last = date(2018, 10, 31)
        moved = moved_in(TIANDONG, date.min, last)
        self.assertEqual(persons(TIANDONG, moved, last), 13095)
        due = {row["户编号"] for row in rows(TIANDONG, "relocation-cases") if not row["退出日期"]}
        self.assertEqual(persons(TIANDONG, due, last), 15230)
        for month, expected in ((7, (1559, 5538)), (9, (772, 2874))):
            there = moved_in(TIANDONG, date(2018, month, 1), date(2018, month, 30))
            self.assertEqual((len(there), persons(TIANDONG, there, last)), expected)
        self.assertEqual(sum(row["移民社区"] == "是" and day(row["竣工日期"]) <= last for row in rows(TIANDONG, "relocation-sites")), 6)
        labour = [row for number in moved for row in members(TIANDONG)[number] if row["劳动能力"] != "无劳动力"]
        self.assertEqual(len(labour), 6215)

    def test_yudu_tiers(self):
        tiers = {row["安置点编号"]: row["安置层级"] for row in rows(YUDU, "relocation-sites")}
        names = {row["安置点编号"]: row["安置点名称"] for row in rows(YUDU, "relocation-sites")}
        found = defaultdict(list)
        for row in rows(YUDU, "relocation-cases"):
            found[tiers[row["安置点编号"]], row["入住日期"][:4]].append(row["户编号"])
        count = lambda key: (len(found[key]), persons(YUDU, found[key], date(2018, 12, 31)))
        self.assertEqual(count(("县城", "2016")), (354, 1527))
        self.assertEqual(count(("县城", "2018")), (163, 867))
        self.assertEqual(count(("乡镇", "2018")), (682, 3204))
        self.assertEqual(sum(persons(YUDU, numbers, date(2018, 12, 31)) for numbers in found.values()), 6508)
        units = Counter(row["安置点编号"] for row in rows(YUDU, "relocation-units"))
        self.assertEqual({name: units[no] for no, name in names.items() if tiers[no] == "县城"}, {"思源社区": 1193, "梦想家园社区": 872})
        self.assertEqual(sum(count for no, count in units.items() if tiers[no] == "乡镇"), 1120)
        self.assertEqual(Counter(tiers.values())["乡镇"], 18)

    def test_yudu_follow_up(self):
        moved = {row["户编号"]: row["入住日期"] for row in rows(YUDU, "relocation-cases")}
        kinds = defaultdict(set)
        for row in rows(YUDU, "relocation-measures"):
            self.assertLessEqual(moved[row["户编号"]], row["起始日期"])
            if not row["终止日期"]:
                kinds[row["措施类型"]].add(row["人员编号"])
        self.assertEqual([len(kinds[kind]) for kind in ("特色产业", "现代服务业", "社会兜底")], [2248, 1348, 796])
        self.assertEqual(sum(not row["撤销日期"] for row in rows(YUDU, "relocation-public_posts")), 109)
        holders = [row["人员编号"] for row in rows(YUDU, "relocation-public_posts") if row["人员编号"]]
        self.assertEqual(len(holders), len(set(holders)))


class MicrocreditTest(unittest.TestCase):
    LINES = ((9000, 50_000_00), (8000, 30_000_00), (7000, 20_000_00), (6000, 10_000_00), (0, 0))

    def lines(self, last):
        found = {}
        for row in sorted(rows(LONGSHENG, "microcredit-ratings"), key=lambda row: row["评级日期"]):
            if day(row["评级日期"]) <= last:
                score = 60 * int(row["信用得分"]) + 25 * int(row["劳动力得分"]) + 15 * int(row["资产得分"])
                found[row["户编号"]] = next(line for least, line in self.LINES if score >= least)
        return found

    def test_lines(self):
        for last, households, low, high in (
            (date(2016, 3, 31), 5892, 105_000_000_00, 115_000_000_00), (date(2018, 10, 31), 7677, 211_500_000_00, 212_500_000_00),
        ):
            found = self.lines(last)
            self.assertEqual(sum(line > 0 for line in found.values()), households)
            self.assertTrue(low <= sum(found.values()) < high)

    def test_loans_keep_the_rules(self):
        ratings = defaultdict(list)
        for row in rows(LONGSHENG, "microcredit-ratings"):
            score = 60 * int(row["信用得分"]) + 25 * int(row["劳动力得分"]) + 15 * int(row["资产得分"])
            ratings[row["户编号"]].append((day(row["评级日期"]), next(line for least, line in self.LINES if score >= least)))
        households = {row["户编号"]: row for row in rows(LONGSHENG, "registry-households")}
        for number, found in ratings.items():
            found.sort()
            self.assertEqual([line for _, line in found], sorted(line for _, line in found))
            self.assertLessEqual(day(households[number]["建档日期"]), found[0][0])
        books = self.books()
        owed = defaultdict(list)  # Household -> what each of its loans owes, day by day.
        for row in sorted(rows(LONGSHENG, "microcredit-loans"), key=lambda row: row["放款日期"]):
            start, end = day(row["放款日期"]), day(row["到期日期"])
            principal = fen(row["放款金额"])
            self.assertLessEqual(principal, 50_000_00)
            self.assertLessEqual(end, start.replace(year=start.year + 3))
            one_year = end <= start.replace(year=start.year + 1)
            self.assertEqual(row["年利率"], "4.35" if one_year else "4.75")
            self.assertNotEqual(row["贷款用途"], "户贷企用")
            number = row["户编号"]
            line = ratings[number][bisect.bisect_right(ratings[number], (start, 1 << 60)) - 1]
            self.assertLessEqual(line[0], start)
            outstanding = sum(books[loan]["principal"] - sum(fen_ for on, fen_ in books[loan]["repaid"] if on <= start) for loan in owed[number])
            self.assertLessEqual(outstanding + principal, line[1])
            owed[number].append(row["借据号"])
            exited = households[number]["脱贫日期"]
            self.assertTrue(not exited or start <= day(exited))

    @functools.cache
    def books(self):
        """Keeps every loan's account from its repayments alone: overdue interest, due interest, principal."""
        paid = defaultdict(list)
        last_day = date.min
        for row in rows(LONGSHENG, "microcredit-repayments"):
            paid[row["借据号"]].append((day(row["还款日期"]), fen(row["还款金额"])))
        books = {}
        for row in rows(LONGSHENG, "microcredit-loans"):
            books[row["借据号"]] = self.account(row, paid[row["借据号"]])
        return books

    def account(self, row, payments):
        self.assertEqual(payments, sorted(payments))
        principal, rate = fen(row["放款金额"]), round(float(row["年利率"]) * 100)
        balance, since, product = principal, day(row["放款日期"]), 0
        dues, repaid = [], []  # [due day, interest, still unpaid, day of the last payment]
        events = [(d, 0, 0) for d in SETTLEMENTS if since < d <= date(2018, 10, 31)] + [(d, 1, amount) for d, amount in payments]
        half_up = lambda product: (product * rate * 2 + 3_600_000) // 7_200_000
        for on, kind, amount in sorted(events):
            product += balance * (on - since).days
            since = on
            if kind == 0:
                if half_up(product):
                    dues.append([on, half_up(product), half_up(product), None])
                product = 0
                continue
            overdue = sum(due[2] for due in dues)
            if balance and amount == overdue + balance + half_up(product):
                # All of it: what has accrued falls due today.
                if half_up(product):
                    dues.append([on, half_up(product), half_up(product), None])
                product = 0
            for due in dues:
                part = min(amount, due[2])
                if part:
                    due[2] -= part
                    due[3] = on
                    amount -= part
            if amount:
                self.assertLessEqual(amount, balance)
                balance -= amount
                repaid.append((on, amount))
        self.assertTrue(balance or not product)
        return {"principal": principal, "balance": balance, "dues": dues, "repaid": repaid}

    def test_loan_figures(self):
        books = self.books()
        self.assertEqual(sum(book["principal"] for book in books.values()), 158_747_600_00)
        self.assertEqual(sum(book["balance"] for book in books.values()), 104_827_300_00)
        self.assertEqual(len({row["户编号"] for row in rows(LONGSHENG, "microcredit-loans")}), 4756)
        self.assertLess(len(rows(LONGSHENG, "microcredit-repayments")), 60_000)

    def test_interest_subsidy(self):
        quarters, late = Counter(), 0
        for book in self.books().values():
            for due, interest, unpaid, paid_on in book["dues"]:
                settlement = SETTLEMENTS[bisect.bisect_left(SETTLEMENTS, due)]
                if unpaid or paid_on > due + timedelta(10):
                    late += 1
                else:
                    quarters[f"{settlement.year}Q{settlement.month // 3}"] += interest
        runs = [step["body"]["period"] for step in PLAN if step.get("call", "").endswith("Microcredit/CreateSubsidyRun")]
        paid = [step["body"]["paid_on"] for step in PLAN if step.get("call", "").endswith("Microcredit/PaySubsidyRun")]
        self.assertEqual(runs, [f"{year}Q{q}" for year in (2016, 2017, 2018) for q in (1, 2, 3, 4) if "2016Q2" <= f"{year}Q{q}" <= "2018Q3"])
        self.assertLessEqual(max(paid), "2018-10-31")
        self.assertEqual(paid, sorted(paid))
        self.assertTrue(11_135_000_00 <= sum(quarters[run] for run in runs) < 11_145_000_00, quarters)
        self.assertGreater(late, 50)

    def test_fund_terminals_and_places(self):
        signs = {"注资": 1, "代偿": -1, "追偿": 1, "转出": -1}
        balance = 0
        for row in rows(LONGSHENG, "microcredit-fund_movements"):
            balance += signs[row["类型"]] * fen(row["金额"])
            self.assertGreaterEqual(balance, 0)
            if signs[row["类型"]] < 0:
                self.assertTrue(row["扶贫办批文"] and row["财政局批文"] and row["平台公司批文"])
        self.assertEqual(balance, 15_710_000_00)
        self.assertEqual(sum(not row["撤除日期"] for row in rows(LONGSHENG, "microcredit-terminals")), 400)
        places = rows(LONGSHENG, "microcredit-credit_places")
        self.assertEqual(Counter(len(row["区划代码"]) for row in places), {12: 67, 9: 5})

    def test_credit_places_qualify(self):
        books = self.books()
        of_loan = {row["借据号"]: row for row in rows(LONGSHENG, "microcredit-loans")}
        households = rows(LONGSHENG, "registry-households")
        village = {row["户编号"]: row["村代码"] for row in households}
        for place in rows(LONGSHENG, "microcredit-credit_places"):
            code, on = place["区划代码"], day(place["认定日期"])
            lines = self.lines(on)
            for here in ([r for r in households if r["村代码"].startswith(code)],
                         [r for r in households if r["村代码"].startswith(code) and not (r["脱贫日期"] and day(r["脱贫日期"]) <= on)]):
                self.assertGreaterEqual(sum(lines.get(row["户编号"], 0) > 0 for row in here), 0.8 * len(here))
            balance = overdue = 0
            for no, book in books.items():
                row = of_loan[no]
                if village[row["户编号"]].startswith(code) and day(row["放款日期"]) <= on:
                    owed = book["principal"] - sum(amount for d, amount in book["repaid"] if d <= on)
                    balance += owed
                    if any(due < on and (unpaid or paid_on > on) for due, _, unpaid, paid_on in book["dues"]):
                        overdue += owed
            self.assertGreater(balance, 0)
            self.assertLessEqual(overdue, 0.05 * balance)


class WorkshopsTest(unittest.TestCase):
    def trained(self, county):
        ended = {row["班级编号"]: row for row in rows(county, "workshops-training_classes")}
        good = [row for row in rows(county, "workshops-trainees") if int(row["出勤率"]) >= 80]
        self.assertGreater(len(rows(county, "workshops-trainees")), len(good))
        pairs = Counter((row["班级编号"], row["人员编号"]) for row in rows(county, "workshops-trainees"))
        self.assertEqual(max(pairs.values()), 1)
        return len({row["期次"] for row in ended.values()}), len(ended), good

    def test_training(self):
        batches, classes, good = self.trained(TIANYANG)
        self.assertEqual((batches, classes, len({row["人员编号"] for row in good})), (18, 24, 1036))
        relocated = moved_in(TIANYANG, date.min, date(2018, 6, 30))
        self.assertEqual(len({row["人员编号"] for row in good if row["户编号"] in relocated}), 373)
        self.assertLessEqual(max(row["结业日期"] for row in rows(TIANYANG, "workshops-training_classes")), "2018-06-30")
        batches, classes, good = self.trained(TIANDONG)
        self.assertEqual((batches, classes, len({row["人员编号"] for row in good})), (18, 34, 1651))
        self.assertLessEqual(max(row["结业日期"] for row in rows(TIANDONG, "workshops-training_classes")), "2018-10-31")
        self.assertEqual(len({row["人员编号"] for row in self.trained(JINCHENGJIANG)[2]}), 477)
        self.assertTrue(3000 <= len(self.trained(YUDU)[2]) <= 3150)
        self.assertLessEqual(max(row["结业日期"] for row in rows(YUDU, "workshops-training_classes")), "2018-12-31")

    def test_workshops(self):
        good = [row for row in rows(TIANYANG, "workshops-workshops") if row["认定日期"]]
        self.assertEqual((len(good), len({row["企业编号"] for row in good})), (12, 7))
        park = {row["企业编号"]: row for row in rows(TIANYANG, "workshops-enterprises") if row["入驻园区"] == "是"}
        self.assertTrue({row["企业编号"] for row in good} <= set(park))
        self.assertEqual((len(park), sum(row["规模以上"] == "是" for row in park.values())), (39, 11))
        self.assertGreaterEqual(sum(int(row["提供岗位数"]) for row in park.values()), 10_000)
        good = [row for row in rows(JINCHENGJIANG, "workshops-workshops") if row["认定日期"] and not row["取消日期"]]
        self.assertEqual(len(good), 29)
        self.assertEqual([row["车间面积"] for row in rows(GANGBEI, "workshops-workshops")], ["300.00"])

    def test_workshop_subsidy(self):
        contracts = {row["合同编号"]: row for row in rows(TIANYANG, "workshops-contracts")}
        recognised = {row["车间编号"]: row["认定日期"] for row in rows(TIANYANG, "workshops-workshops")}
        labour = {row["人员编号"]: row["劳动能力"] for row in rows(TIANYANG, "registry-persons")}
        for row in contracts.values():
            self.assertTrue("" < recognised[row["车间编号"]] <= row["签订日期"])
            self.assertNotEqual(labour[row["人员编号"]], "无劳动力")
        months, paid = defaultdict(set), Counter()
        for row in rows(TIANYANG, "workshops-pay"):
            self.assertLessEqual(contracts[row["合同编号"]]["签订日期"][:7], row["月份"])
            if "2017-06" <= row["月份"] <= "2018-05" and int(row["出勤天数"]) >= 1:
                person = contracts[row["合同编号"]]["人员编号"]
                months[person].add(row["月份"])
                paid[person] += fen(row["工资金额"])
        classes = {row["户编号"]: row["户类型"] for row in rows(TIANYANG, "registry-households")}
        poor = {row["人员编号"] for row in contracts.values() if classes[row["户编号"]] == "建档立卡贫困户"}
        qualify = {person for person in poor if len(months[person]) >= 6 and paid[person] >= 6000_00}
        relocated = moved_in(TIANYANG, date.min, date(2018, 6, 30))
        self.assertEqual(qualify, {row["人员编号"] for row in contracts.values() if row["户编号"] in relocated})
        self.assertEqual((len(qualify), len(contracts)), (104, 121))

    def test_employment(self):
        relocated = moved_in(TIANDONG, date.min, date(2018, 10, 31))
        kinds = defaultdict(set)
        for row in rows(TIANDONG, "workshops-employments"):
            if row["户编号"] in relocated:
                kinds[row["就业类型"]].add(row["人员编号"])
        self.assertEqual((len(kinds["转移就业"]), len(kinds["自主创业"])), (3617, 122))
        stable = {row["人员编号"] for row in rows(YUDU, "workshops-employments") if row["就业日期"] <= "2018-06-30" and not row["离职日期"]}
        self.assertEqual(len(stable), 4484)
        labour = {row["人员编号"]: row["劳动能力"] for county in (TIANDONG, YUDU) for row in rows(county, "registry-persons")}
        self.assertNotIn("无劳动力", {labour[row["人员编号"]] for county in (YUDU,) for row in rows(county, "workshops-employments")})
        working = rows(JINCHENGJIANG, "workshops-employments")
        self.assertEqual((len(working), sum(row["就业类型"] == "转移就业" for row in working)), (1540, 265))


class ChannelsTest(unittest.TestCase):
    def test_street(self):
        self.assertEqual(sum(not row["退还日期"] for row in rows(XIXIANGTANG, "channels-stalls")), 30)
        products = {row["产品编号"]: row for row in rows(XIXIANGTANG, "channels-products")}
        turnover, quantities = 0, Counter()
        for row in rows(XIXIANGTANG, "channels-sales"):
            self.assertEqual(row["计量单位"], products[row["产品编号"]]["计量单位"])
            if row["渠道编号"] == "Q01":
                turnover += fen(row["销售金额"])
                quantities[products[row["产品编号"]]["产品名称"]] += int(row["数量"])
        self.assertTrue(1_625_000_00 <= turnover < 1_635_000_00)
        self.assertEqual([quantities[name] for name in ("古辣大米", "五谷杂粮", "脐橙", "百南红顶蕉", "800ml山茶油", "辣木鸡")], [50000, 1230, 8953, 935, 336, 4800])

    def test_sales_keep_the_rules(self):
        for county in (XIXIANGTANG, JINCHENGJIANG):
            channels = {row["渠道编号"]: row for row in rows(county, "channels-channels")}
            products = {row["产品编号"]: row for row in rows(county, "channels-products")}
            left = {}
            for row in rows(county, "channels-sales"):
                channel, product = channels[row["渠道编号"]], products[row["产品编号"]]
                self.assertLessEqual(channel["开业日期"], row["销售日期"])
                self.assertGreater(float(row["数量"]), 0)
                if channel["渠道类型"] in ("商超", "大宗批发", "电商旗舰店", "乡镇电商服务站"):
                    self.assertEqual((product["商标"], product["包装"], product["可追溯"]), ("是", "是", "是"))
                    self.assertTrue(product["生产许可证号"])
                    self.assertTrue(product["农残检测日期"] <= row["销售日期"] <= product["检测有效期至"])
                left[row["销售单号"]] = fen(row["销售金额"])
            for row in rows(county, "channels-sale_shares"):
                left[row["销售单号"]] -= fen(row["应得金额"])
                self.assertGreater(fen(row["应得金额"]), 0)
            self.assertGreaterEqual(min(left.values()), 0)

    def test_tours(self):
        groups = rows(XIXIANGTANG, "channels-tour_groups")
        self.assertEqual((len(rows(XIXIANGTANG, "channels-routes")), len(groups)), (12, 29))
        self.assertEqual(sum(int(row["游客人数"]) for row in groups), 3889)
        self.assertEqual(sum(fen(row["农产品销售额"]) for row in groups), 2_479_405_00)
        self.assertEqual(sum(fen(row["旅游消费额"]) for row in groups), 795_408_00)
        opened = {row["线路编号"]: row["开通日期"] for row in rows(XIXIANGTANG, "channels-routes")}
        self.assertTrue(all(opened[row["线路编号"]] <= row["出团日期"] for row in groups))
        village = {row["户编号"]: row["村代码"] for row in rows(XIXIANGTANG, "registry-households")}
        took_part = {row["户编号"] for row in rows(XIXIANGTANG, "channels-tour_households")}
        self.assertEqual((len(took_part), len({village[number] for number in took_part})), (580, 144))

    def test_jinchengjiang(self):
        self.assertEqual(Counter(row["渠道类型"] for row in rows(JINCHENGJIANG, "channels-channels")),
                         {"电商旗舰店": 1, "线下实体店": 3, "乡镇电商服务站": 4, "农家饭票服务点": 6})
        self.assertTrue(8_000_000_00 <= sum(fen(row["销售金额"]) for row in rows(JINCHENGJIANG, "channels-sales")) <= 8_400_000_00)
        reached = {row["户编号"] for row in rows(JINCHENGJIANG, "channels-sale_shares")}
        self.assertEqual(persons(JINCHENGJIANG, reached, date(2018, 6, 30)), 12500)


if __name__ == "__main__":
    unittest.main()
