"""The bank's books: what interest falls due on a loan, and how the household pays.

Actual/360 on the outstanding principal, from the day of disbursement to the day before settlement; settled on the 20th of
March, June, September and December and with the last repayment. Rounded half up to the fen, once for a loan and period.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

SETTLEMENTS = [date(year, month, 20) for year in range(2016, 2019) for month in (3, 6, 9, 12)]
_SETTLEMENT_SET = frozenset(SETTLEMENTS)
GRACE_DAYS = 10


@dataclass(eq=False)
class Loan:
    household: object
    principal_fen: int
    no: str = ""
    rate_bp: int = 475
    disbursed_on: date | None = None
    matures_on: date | None = None
    # Day -> principal repaid on it.
    repaid: dict[date, int] = field(default_factory=dict)
    # Due day -> by how many days the interest of that day was paid late.
    delays: dict[date, int] = field(default_factory=dict)
    # Interest that falls due from this day on is not paid.
    unpaid_from: date | None = None

    def paid_in_time(self, due_on):
        if self.unpaid_from and due_on >= self.unpaid_from:
            return False
        return self.delays.get(due_on, 0) <= GRACE_DAYS


def dues(loan, until):
    """[(day, interest in fen)] that falls due up to `until`."""
    days = sorted({day for day in SETTLEMENTS if loan.disbursed_on < day <= until} | {day for day in loan.repaid if day <= until})
    found = []
    balance = loan.principal_fen
    since = loan.disbursed_on
    product = 0
    for day in days:
        product += balance * (day - since).days
        since = day
        balance -= loan.repaid.get(day, 0)
        if balance < 0:
            raise ValueError(f"{loan.no} repays more than it owes")
        if day in _SETTLEMENT_SET or balance == 0:
            interest = (2 * product * loan.rate_bp + 3_600_000) // 7_200_000
            product = 0
            if interest:
                found.append((day, interest))
        if balance == 0:
            break
    return found


def payments(loan, until):
    """[(day, amount in fen)] that the household pays up to `until`: the interest and the principal of a day together."""
    paid = defaultdict(int)
    for day, interest in dues(loan, until):
        if not (loan.unpaid_from and day >= loan.unpaid_from):
            paid[day + timedelta(loan.delays.get(day, 0))] += interest
    for day, principal in loan.repaid.items():
        paid[day] += principal
    return sorted(item for item in paid.items() if item[0] <= until)


def subsidised(loan, until):
    """The interest that fell due up to the settlement on `until` and was paid in time."""
    return sum(interest for day, interest in dues(loan, until) if loan.paid_in_time(day))
