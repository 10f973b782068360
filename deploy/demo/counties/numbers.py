"""Identity numbers and credit codes that every check accepts and no one has, and sums that come out exactly."""

from datetime import date, timedelta

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def id_number(area, born_on, sequence):
    """An identity number by GB 11643; an odd sequence is a man's."""
    body = f"{area}{born_on:%Y%m%d}{sequence:03d}"
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, _ID_WEIGHTS)) % 11]


def credit_code(county, number):
    """A unified social credit code by GB 32100 of a company that does not exist: its organisation code begins with YYY."""
    organisation = f"YYY{number:05d}"
    total = sum(int(c, 36) * w for c, w in zip(organisation, _ORGANISATION_WEIGHTS))
    body = f"91{county}{organisation}" + "0X987654321"[total % 11]
    total = sum(_CODE_CHARACTERS.index(c) * w for c, w in zip(body, _CODE_WEIGHTS))
    return body + _CODE_CHARACTERS[-total % 31]


def spread(rng, count, total, low, high):
    """`count` integers from `low` to `high` that add up to `total`, scattered around their mean."""
    if not count * low <= total <= count * high:
        raise ValueError(f"{count} numbers of {low} to {high} cannot make {total}")
    mean = total / count
    numbers = [min(high, max(low, round(rng.gauss(mean, (high - low) / 6)))) for _ in range(count)]
    missing = total - sum(numbers)
    while missing:
        i = rng.randrange(count)
        step = 1 if missing > 0 else -1
        if low <= numbers[i] + step <= high:
            numbers[i] += step
            missing -= step
    return numbers


def split(rng, count, total, step=1):
    """`count` positive amounts that add up to `total`, all but the last multiples of `step`."""
    weights = [rng.uniform(0.6, 1.4) for _ in range(count)]
    parts = [max(step, int(total * w / sum(weights)) // step * step) for w in weights[:-1]]
    rest = total - sum(parts)
    if rest <= 0:
        raise ValueError(f"{total} does not split into {count}")
    return parts + [rest]


def day_between(rng, first, last):
    return first + timedelta(days=rng.randint(0, (last - first).days))


def add_months(day, months):
    """The same day some months later, or the last of that month when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
