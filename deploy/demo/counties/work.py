"""Work: enterprises and their workshops, training classes, and employment elsewhere."""

from datetime import date, timedelta

from .numbers import credit_code, day_between, split

_OCCUPATIONS = ("缝纫工", "家政服务员", "砌筑工", "电子装配工", "养殖技术员", "中式烹调师", "果树栽培工", "电商客服员")


def enterprises(county, count, in_park, above_scale, jobs, first_no=1, entered=(date(2015, 3, 1), date(2018, 5, 31))):
    """`count` enterprises that offer `jobs` jobs in all."""
    rng = county.rng
    for i, offered in enumerate(split(rng, count, jobs)):
        number = first_no + i
        yield {
            "enterprise_no": f"E{number:03d}", "credit_code": credit_code(county.code, number), "name": f"样例{number:03d}号企业（虚构）",
            "location": county.townships[i % min(3, len(county.townships))], "in_park": in_park, "above_scale": i < above_scale,
            "jobs_offered": offered, "entered_on": day_between(rng, *entered),
        }


def workshop(number, enterprise_no, location, area_centi_sqm, checked_on, recognised_on, home_based=False, revoked_on=None):
    return {
        "workshop_no": f"W{number:03d}", "enterprise_no": enterprise_no, "name": f"样例{number:03d}号就业扶贫车间",
        "kind": "HOME_BASED" if home_based else "FACTORY", "location": location, "floor_area_centi_sqm": area_centi_sqm,
        "checked_on": checked_on, "recognised_on": recognised_on, "revoked_on": revoked_on,
    }


def training(folder, county, trained, batches, classes, span, again=0, absent=()):
    """Trains every (household, person) of `trained` once and `again` of them twice; `absent` did not attend enough."""
    rng = county.rng
    rows, days = [], (span[1] - span[0]).days - 15
    for i in range(classes):
        started_on = span[0] + timedelta(days * i // max(1, classes - 1))
        rows.append({
            "class_no": f"K{i + 1:03d}", "batch_no": f"{i * batches // classes + 1:02d}", "occupation": _OCCUPATIONS[i % len(_OCCUPATIONS)],
            "location": county.code, "started_on": started_on, "ended_on": started_on + timedelta(rng.randint(7, 14)),
        })
    folder.write("workshops", "TrainingClass", rows)

    trainees = []
    for i, (household, person) in enumerate(trained):
        trainees.append((i % classes, household, person, rng.randint(80, 100)))
        if i < again:
            trainees.append(((i + 1) % classes, household, person, rng.randint(80, 100)))
    for i, (household, person) in enumerate(absent):
        trainees.append((i % classes, household, person, rng.randint(15, 79)))
    trainees.sort(key=lambda item: (item[0], item[2].no))
    folder.write("workshops", "Trainee", (
        {
            "class_no": f"K{number + 1:03d}", "household_no": household.no, "person_no": person.no, "attendance_percent": percent,
            "passed": percent >= 85, "certificate_no": f"样{county.code}{i + 1:05d}" if percent >= 85 else None,
        }
        for i, (number, household, person, percent) in enumerate(trainees)
    ))


def employment(folder, employments):
    """Writes (household, person, kind, started_on, ended_on)."""
    folder.write("workshops", "Employment", (
        {
            "employment_no": f"J{i + 1:05d}", "household_no": household.no, "person_no": person.no, "kind": kind,
            "employer": "自营" if kind == "SELF_EMPLOYED" else f"样例{i % 40 + 1:03d}号用工单位", "started_on": started_on, "ended_on": ended_on,
        }
        for i, (household, person, kind, started_on, ended_on) in enumerate(employments)
    ))
