"""Longsheng 450328: 7,677 rated households, their loans, and every fen of interest (Guangxi bulletin 45 of 2018)."""

from dataclasses import dataclass
from datetime import date, timedelta

from . import interest
from .interest import Loan
from .numbers import add_months, day_between, spread
from .people import County

CODE = "450328"
END = date(2018, 10, 31)
LAST_SETTLEMENT = date(2018, 9, 20)
BANKS = ("样例农村信用社", "样例村镇银行", "样例邮政储蓄所")

_HOUSEHOLDS, _POOR, _POOR_PERSONS = 7677, 1551, 5716
_RATED_EARLY, _EARLY_END, _EARLY_LINES = 5892, date(2016, 3, 31), 110_400_000_00
_LINES = 212_000_000_00
_BORROWERS, _BORROWERS_EARLY = 4756, 4000
_DISBURSED, _BALANCE, _SUBSIDY = 158_747_600_00, 104_827_300_00, 11_140_000_00
_RISK_FUND = 15_710_000_00

_GRADES = ("B", "A", "AA", "AAA")
_LINE = {"C": 0, "B": 10_000_00, "A": 20_000_00, "AA": 30_000_00, "AAA": 50_000_00}
_BAND = {"C": (4200, 5990), "B": (6000, 6990), "A": (7000, 7990), "AA": (8000, 8990), "AAA": (9000, 9800)}
_THOUSAND = 1000_00
_FIRST_LOAN, _LAST_LOAN = date(2016, 4, 5), date(2018, 10, 12)


def make(plan, folder):
    county = County(CODE)
    villages = county.villages[:119]
    credit = _Credit(county, villages)
    credit.draw_loans()
    credit.calibrate()
    credit.draw_ratings()
    _settle_in(county, credit)

    _poor_villages(folder, county.rng, villages)
    county.write_registry(folder)
    folder.write("registry", "Population", [
        {"division": CODE, "as_of": date(year, 12, 31), "rural_population": population, "document": f"样例统计年鉴{year + 1}"}
        for year, population in ((2015, 156_400), (2016, 156_900), (2017, 157_500))
    ])
    folder.write("microcredit", "Rating", credit.rating_rows())
    # A renewal follows the repayment of the loan before it, in the files as in the bank.
    for name, loans in (("first", credit.first), ("renewed", credit.renewed)):
        folder.write("microcredit", "Loan", map(_loan_row, loans))
        folder.write("microcredit", "Repayment", _repayment_rows(name, loans, credit.recovery))
    folder.write("microcredit", "FundMovement", _fund_rows(credit))
    folder.write("microcredit", "Terminal", _terminal_rows(county.rng, villages))
    folder.write("microcredit", "CreditPlace", _place_rows(county, villages, credit))
    _subsidy_runs(plan)


@dataclass(eq=False)
class _Draft(Loan):
    """A loan whose days are not known yet."""

    # How late it was disbursed, 0 to 1.
    u: float = 0.0
    # Which of the possible terms it has, 0 to 1, when `term` does not say how many months.
    pick: float = 0.9
    term: int | None = None
    # The loan that it follows, and by how many days.
    after: Loan | None = None
    gap: int = 0
    fixed_on: date | None = None


class _Account:
    """What the bank knows about one household."""

    def __init__(self, household, final):
        self.household = household
        self.final = final  # The grade in the end,
        self.initial = final  # and the one before it was raised.
        self.early = False
        self.rated_on = None
        self.raised_on = None
        self.loans = []


class _Credit:
    def __init__(self, county, villages):
        self.county = county
        self.rng = rng = county.rng
        self.accounts = []
        for i in range(_HOUSEHOLDS):
            grade = rng.choices(("AAA", "AA", "A"), (45, 30, 25))[0] if i < _BORROWERS else "B"
            self.accounts.append(_Account(county.household(village=villages[i % len(villages)]), grade))
        self.borrowers = self.accounts[:_BORROWERS]
        self._choose_lines()
        # Registered households without a line, so many in a dozen villages that these cannot become credit villages.
        self.unrated = [county.household(village=villages[i % 12 * 9 % len(villages)]) for i in range(240)]
        self.first, self.renewed = [], []

    def _choose_lines(self):
        rng = self.rng
        others = self.accounts[_BORROWERS:]
        rng.shuffle(others)
        total = sum(_LINE[a.final] for a in self.accounts)
        for account in others:
            if total >= _LINES:
                break
            account.final = account.initial = "A"
            total += _THOUSAND * 10
        for account in self.borrowers[:_BORROWERS_EARLY] + others[:_RATED_EARLY - _BORROWERS_EARLY]:
            account.early = True
        early = [a for a in self.accounts if a.early]
        rng.shuffle(early)
        total = sum(_LINE[a.initial] for a in early)
        while total > _EARLY_LINES:
            for account in early:
                if total > _EARLY_LINES and account.initial != "B":
                    lower = _GRADES[_GRADES.index(account.initial) - 1]
                    total -= _LINE[account.initial] - _LINE[lower]
                    account.initial = lower

    # Loans: who borrows how much, who repays how, and when it all began.

    def draw_loans(self):
        """Draws the loans and their repayments; the days of disbursement follow from `calibrate`."""
        rng = self.rng
        # Who was rated first borrowed first.
        for account, u in zip(self.borrowers, sorted(rng.random() for _ in self.borrowers)):
            line = _LINE[account.final]
            loan = _Draft(account.household, line if rng.random() < 0.55 else line * 7 // 10, u=u, pick=rng.random())
            account.loans.append(loan)
            self.first.append(loan)
        early = [a.loans[0] for a in self.borrowers if a.loans[0].u < 0.5]
        rng.shuffle(early)
        for account in self.borrowers:
            loan = account.loans[0]
            if account.final == "AAA" and 0.5 < loan.u < 0.8 and rng.random() < 0.2:
                self._split(account, loan)
        self._draw_renewals(early)
        self._make_sum_exact(early)
        self._draw_repayments(early)
        self._draw_delays()

    def _split(self, account, loan):
        loan.principal_fen = 30 * _THOUSAND
        second = _Draft(account.household, 15 * _THOUSAND, u=loan.u, pick=self.rng.random(), after=loan, gap=self.rng.randint(40, 300))
        account.loans.append(second)
        self.first.append(second)

    def _draw_renewals(self, early):
        """450 loans of one year, repaid at maturity; 250 of them are renewed."""
        of_household = {a.household.no: a for a in self.borrowers}
        for i in range(450):
            loan = early.pop()
            loan.term = 12
            if i < 250:
                again = _Draft(loan.household, loan.principal_fen, after=loan, gap=self.rng.randint(3, 25))
                of_household[loan.household.no].loans.append(again)
                self.renewed.append(again)

    def _make_sum_exact(self, early):
        """Brings the principals to the sum disbursed, in steps of 1,000 yuan and one last step of less."""
        line = {a.household.no: _LINE[a.final] for a in self.borrowers}
        free = list(early)
        missing = _DISBURSED - sum(loan.principal_fen for loan in self.first + self.renewed)
        while abs(missing) >= _THOUSAND:
            step = _THOUSAND if missing > 0 else -_THOUSAND
            before = missing
            for loan in free:
                if abs(missing) < _THOUSAND:
                    break
                if 5 * _THOUSAND <= loan.principal_fen + step <= line[loan.household.no]:
                    loan.principal_fen += step
                    missing -= step
            if missing == before:
                raise ValueError(f"{missing} fen do not fit into the lines")
        loan = next(x for x in free if 6 * _THOUSAND <= x.principal_fen + missing <= line[x.household.no])
        loan.principal_fen += missing

    def _draw_repayments(self, early):
        """Repays in many ways until exactly the sum is repaid that is no longer outstanding."""
        rng = self.rng
        left = _DISBURSED - _BALANCE
        left -= sum(loan.principal_fen for loan in self.first if loan.term == 12)
        # The one that defaults, and those that will pay late, repay nothing yet.
        self.defaulted = next(loan for loan in early if loan.principal_fen == 20 * _THOUSAND)
        early.remove(self.defaulted)
        self.late = [early.pop() for _ in range(100)]
        early.sort(key=lambda loan: loan.u)
        for loan in early[:350]:
            loan.term = 24
            left -= loan.principal_fen
        rest = early[350:]
        rng.shuffle(rest)
        for loan in rest[:400]:
            loan.term = 36
            part = loan.principal_fen // 3 // (100_00) * 100_00
            loan.repaid = {date(2017, 9, 20): part, LAST_SETTLEMENT: part}
            left -= 2 * part
        for loan in rest[400:600]:
            loan.term = 36
            part = rng.randint(2, 4) * _THOUSAND
            loan.repaid = {day_between(rng, date(2017, 3, 1), END): part}
            left -= part
        for loan in rest[600:]:
            if loan.principal_fen >= left:
                break
            loan.term = 36
            loan.repaid = {day_between(rng, date(2017, 3, 1), END): loan.principal_fen}
            left -= loan.principal_fen
        last = next(x for x in reversed(rest) if x.principal_fen > left and not x.repaid)
        last.term = 36
        last.repaid = {date(2018, 10, 12): left}

    def _draw_delays(self):
        for i, loan in enumerate(self.late):
            due = self.rng.choice((date(2017, 6, 20), date(2017, 9, 20), date(2017, 12, 20), date(2018, 3, 20), date(2018, 6, 20)))
            loan.delays = {due: self.rng.randint(1, 9) if i % 3 == 0 else self.rng.randint(12, 45)}
        self.defaulted.fixed_on = date(2017, 4, 11)
        self.defaulted.unpaid_from = date(2018, 3, 20)
        # What the bank has collected since, less than the interest overdue.
        self.recovery = (self.defaulted, date(2018, 9, 10), 200_00)

    def calibrate(self):
        """Finds how early the loans were disbursed, so that their interest, computed as the rules say, was that subsidised."""
        low, high = 1.5, 5.0
        for _ in range(40):
            bend = (low + high) / 2
            self._date(bend)
            difference = sum(interest.subsidised(loan, LAST_SETTLEMENT) for loan in self.first + self.renewed) - _SUBSIDY
            if abs(difference) < 300_00:
                break
            low, high = (bend, high) if difference < 0 else (low, bend)
        else:
            raise ValueError(f"the interest misses by {difference} fen at a bend of {bend}")
        everything = sorted(self.first, key=lambda loan: (loan.disbursed_on, loan.household.no)) + self.renewed
        for i, loan in enumerate(everything):
            loan.no = f"L{i + 1:06d}"
        self.first = everything[:len(self.first)]
        self.renewed.sort(key=lambda loan: loan.disbursed_on)

    def _date(self, bend):
        span = (_LAST_LOAN - _FIRST_LOAN).days
        for loan in self.first:
            if loan.fixed_on:
                self._term(loan, loan.fixed_on, 12)
            elif not loan.after:
                self._term(loan, _FIRST_LOAN + timedelta(int(span * loan.u ** bend)), loan.term)
        for loan in self.first:
            if loan.after:
                self._term(loan, min(_LAST_LOAN, loan.after.disbursed_on + timedelta(loan.gap)), None)
        for loan in self.renewed:
            self._term(loan, loan.after.matures_on + timedelta(loan.gap), None)

    @staticmethod
    def _term(loan, day, term):
        """Disburses on a working day. A loan without a term of its own gets one that is not over yet."""
        loan.disbursed_on = day - timedelta(max(0, day.weekday() - 4))
        if term is None:
            terms = [months for months in (12, 24, 36) if add_months(loan.disbursed_on, months) > END]
            term = terms[int(loan.pick * len(terms))]
        loan.matures_on = add_months(loan.disbursed_on, term)
        loan.rate_bp = 435 if term == 12 else 475
        if loan.term in (12, 24):
            loan.repaid = {loan.matures_on: loan.principal_fen}
            if loan.matures_on > END:
                raise ValueError("a loan that is repaid matures too late")

    # Ratings: before the loan, and the raise before the loan too.

    def draw_ratings(self):
        rng = self.rng
        for account in self.accounts:
            first_loan = min((loan.disbursed_on for loan in account.loans), default=None)
            if account.early:
                account.rated_on = max(day_between(rng, date(2015, 6, 1), _EARLY_END), account.household.registered_on)
                if account.initial != account.final:
                    account.raised_on = day_between(rng, date(2016, 4, 1), first_loan or date(2017, 12, 20))
            else:
                account.rated_on = day_between(rng, date(2016, 4, 1), first_loan or date(2018, 9, 28))

    def rating_rows(self):
        ratings = []
        for account in self.accounts:
            ratings.append((account.rated_on, account.household.no, account.initial))
            if account.raised_on:
                ratings.append((account.raised_on, account.household.no, account.final))
        for household in self.unrated[::3]:
            ratings.append((date(2016, 3, 15), household.no, "C"))
        for i, (day, household_no, grade) in enumerate(sorted(ratings)):
            credit, labour, asset = self._scores(grade)
            yield {
                "rating_no": f"P{i + 1:06d}", "household_no": household_no, "rated_on": day,
                "credit_score": credit, "labour_score": labour, "asset_score": asset,
            }

    def _scores(self, grade):
        low, high = _BAND[grade]
        while True:
            target = self.rng.randint(low, high) / 100
            scores = [min(100, max(0, round(target + self.rng.uniform(-12, 12)))) for _ in range(3)]
            if low <= 60 * scores[0] + 25 * scores[1] + 15 * scores[2] <= high:
                return scores


def _settle_in(county, credit):
    """Lets households leave poverty after their last business with the bank, and fills them with members."""
    rng = county.rng
    last = {h.no: date(2016, 3, 15) for h in credit.unrated}
    for account in credit.accounts:
        last[account.household.no] = max(
            [account.rated_on, account.raised_on or account.rated_on] + [loan.disbursed_on for loan in account.loans])
    poor = [h for h in county.households if last[h.no] > date(2017, 12, 31)]
    if len(poor) > _POOR:
        raise ValueError(f"{len(poor)} households had business in 2018, more than are still poor")
    rest = [h for h in county.households if last[h.no] <= date(2017, 12, 31)]
    rng.shuffle(rest)
    poor += rest[:_POOR - len(poor)]
    for household in rest[-(len(county.households) - _POOR):]:
        early = last[household.no] <= date(2016, 12, 31) and rng.random() < 0.5
        household.exited_on = date(2016, 12, 31) if early else date(2017, 12, 31)
    sizes = dict(zip((h.no for h in poor), spread(rng, _POOR, _POOR_PERSONS, 1, 8)))
    for household in county.households:
        size = sizes.get(household.no) or rng.choices(range(1, 8), (8, 18, 28, 24, 13, 6, 3))[0]
        county.fill(household, size, min(size, rng.choices((1, 2, 3), (3, 5, 2))[0]))
    # Some who are no longer with their household: they stay in its history and are not counted.
    for household in rng.sample(county.households, 90):
        gone = county.member(household, "OTHER", day_between(rng, date(1935, 1, 1), date(1990, 1, 1)), "NONE")
        gone.left_on = day_between(rng, date(2016, 2, 1), date(2018, 9, 30))


def _poor_villages(folder, rng, villages):
    rows = [{"village": village, "poor_since": date(2015, 11, 1)} for village in villages]
    rng.shuffle(rows)
    for row in rows[33:59]:
        row["poor_until"] = rng.choice((date(2016, 12, 31), date(2017, 12, 31)))
    folder.write("registry", "Village", sorted(rows[:59], key=lambda row: row["village"]))


def _loan_row(loan):
    return {
        "loan_no": loan.no, "household_no": loan.household.no, "bank": BANKS[int(loan.no[1:]) % 3],
        "principal_fen": loan.principal_fen, "annual_rate_bp": loan.rate_bp, "disbursed_on": loan.disbursed_on,
        "matures_on": loan.matures_on, "purpose": ("PLANTING", "BREEDING", "PROCESSING", "TRADE", "PLANTING")[int(loan.no[1:]) % 5],
    }


def _repayment_rows(name, loans, recovery):
    rows = [(day, loan.no, amount) for loan in loans for day, amount in interest.payments(loan, END)]
    if recovery[0] in loans:
        rows.append((recovery[1], recovery[0].no, recovery[2]))
    for i, (day, loan_no, amount) in enumerate(sorted(rows)):
        yield {"repayment_no": f"{name[0].upper()}{i + 1:06d}", "loan_no": loan_no, "paid_on": day, "amount_fen": amount}


def _fund_rows(credit):
    loan, _, recovered = credit.recovery
    compensation, back, withdrawn = loan.principal_fen * 8 // 10, recovered * 8 // 10, 50_000_00
    first, second = 8_000_000_00, 5_000_000_00
    third = _RISK_FUND - first - second + compensation - back + withdrawn
    documents = lambda number: {
        "poverty_office_doc": f"样扶贫函〔2018〕{number}号", "finance_bureau_doc": f"样财农函〔2018〕{number}号",
        "platform_company_doc": f"样平台函〔2018〕{number}号",
    }
    yield {"movement_no": "F0001", "kind": "CONTRIBUTION", "amount_fen": first, "moved_on": date(2016, 1, 18)}
    yield {"movement_no": "F0002", "kind": "CONTRIBUTION", "amount_fen": second, "moved_on": date(2016, 11, 8)}
    yield {"movement_no": "F0003", "kind": "CONTRIBUTION", "amount_fen": third, "moved_on": date(2017, 6, 26)}
    yield {"movement_no": "F0004", "kind": "WITHDRAWAL", "amount_fen": withdrawn, "moved_on": date(2018, 1, 15)} | documents(3)
    yield {"movement_no": "F0005", "kind": "COMPENSATION", "amount_fen": compensation, "moved_on": date(2018, 8, 15),
           "loan_no": loan.no} | documents(21)
    yield {"movement_no": "F0006", "kind": "RECOVERY", "amount_fen": back, "moved_on": date(2018, 9, 28), "loan_no": loan.no}


def _terminal_rows(rng, villages):
    for i in range(406):
        yield {
            "terminal_no": f"T{i + 1:04d}", "bank": BANKS[i % 3], "village": villages[i % len(villages)],
            "installed_on": day_between(rng, date(2015, 1, 5), date(2018, 9, 30)),
            # Six were taken away again.
            "removed_on": date(2018, 10, 9) if i >= 400 else None,
        }


def _place_rows(county, villages, credit):
    """Recognises villages, then townships, in which at least 85% are rated and nothing is overdue on the day."""
    chosen = []
    for day, wanted in ((date(2017, 12, 20), 40), (date(2018, 9, 28), 67)):
        good = [v for v in villages if v not in [row["division"] for row in chosen] and _qualifies(county, credit, v, day)]
        chosen += [{"division": v, "recognised_on": day} for v in good[:wanted - len(chosen)]]
    day = date(2018, 10, 16)
    townships = [t for t in county.townships if _qualifies(county, credit, t, day, worst=0.02)][:5]
    if len(chosen) != 67 or len(townships) != 5:
        raise ValueError(f"{len(chosen)} villages and {len(townships)} townships qualify")
    return chosen + [{"division": t, "recognised_on": day} for t in townships]


def _qualifies(county, credit, place, day, worst=0.0):
    def rated_share(households):
        rated = {a.household.no for a in credit.accounts if a.rated_on <= day}
        return sum(h.no in rated for h in households) / max(1, len(households))

    here = [h for h in county.households if h.village.startswith(place)]
    poor = [h for h in here if not (h.exited_on and h.exited_on <= day)]
    balance = overdue = 0
    for loan in credit.first + credit.renewed:
        if loan.household.village.startswith(place) and loan.disbursed_on <= day:
            owed = loan.principal_fen - sum(fen for paid_on, fen in loan.repaid.items() if paid_on <= day)
            balance += owed
            late = any(due <= day < due + timedelta(days) for due, days in loan.delays.items())
            if late or (loan.unpaid_from and loan.unpaid_from <= day):
                overdue += owed
    return rated_share(here) >= 0.85 and rated_share(poor) >= 0.82 and balance > 0 and overdue <= worst * balance


def _subsidy_runs(plan):
    service = "anju.microcredit.v1.Microcredit/"
    for settled in interest.SETTLEMENTS[1:-1]:
        period = f"{settled.year}Q{settled.month // 3}"
        # Paid on the last day of the month after the settlement.
        paid_on = add_months(settled.replace(day=1), 2) - timedelta(1)
        plan.call(service + "CreateSubsidyRun", CODE, "officer", {"division": CODE, "period": period})
        plan.call(service + "ApproveSubsidyRun", CODE, "approver", {"id": "${last.id}"})
        plan.call(service + "PaySubsidyRun", CODE, "officer", {"id": "${last.id}", "paid_on": paid_on.isoformat()})
