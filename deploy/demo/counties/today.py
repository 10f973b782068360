"""What is done on the day the demo is loaded, because a step is of the day on which it is taken: notices that hang, and a draw.

Its records are of years after the bulletins, so that no published figure counts them.
"""

import base64
import hashlib
from datetime import date

from .moves import Moves

_RELOCATION = "anju.relocation.v1.Relocation/"
_MINUTES = "评议会议记录（示例）\n".encode()
DRAWN, DECLARED = 6, 3


def make(plan, folder, county):
    """A site whose units are drawn today among cases of 2020, and declarations of today with their first notice."""
    moves = Moves(county)
    site = moves.site("样例安居苑", "COUNTY", county.townships[0], date(2019, 3, 1), date(2020, 9, 10), DRAWN)
    moves.built(site, 1, 6, DRAWN)
    poor = [household for household in county.households if household.household_class == "REGISTERED_POOR" and not household.exited_on]
    for household in poor[:DRAWN]:
        row = moves.declare(household, date(2020, 3, 2))
        row |= {"verified_on": date(2020, 3, 20), "approved_on": date(2020, 4, 20), "site_no": site["site_no"]}
        moves.unit(site, len(household.members))
    moves.write(folder)
    _draw(plan, county.code, f"{county.code}/county/{site['site_no']}")
    for i, household in enumerate(poor[DRAWN:DRAWN + DECLARED]):
        _declare(plan, county.code, f"{i + 1:02d}", household)


def _draw(plan, code, site):
    # Who asks again after a broken line is answered the same.
    for method, role, body in (("CommitDraw", "officer", {"site": site}), ("FreezeDraw", "officer", {"id": "${last.id}"}),
                               ("RunDraw", "approver", {"id": "${last.id}"})):
        plan.call(_RELOCATION + method, code, role, body | {"request_id": "demo-draw"})


def _declare(plan, code, number, household):
    request = {"request_id": f"demo-case-{number}"}
    evidence = {"sha256": hashlib.sha256(_MINUTES).hexdigest(), "size_bytes": len(_MINUTES)}
    plan.call("anju.evidence.v1.EvidenceFiles/UploadEvidence", code, "officer",
              {"division": code, "data": base64.b64encode(_MINUTES).decode()} | evidence, "relocation")
    plan.call(_RELOCATION + "DeclareCase", code, "officer",
              {"division": code, "case_no": f"T{number}", "household": f"{code}/county/{household.no}"} | request)
    plan.call(_RELOCATION + "VerifyCase", code, "officer", {"id": "${last.id}"} | request)
    plan.call(_RELOCATION + "OpenCaseNotice", code, "officer",
              {"id": "${last.id}", "purpose": "NOTICE_PURPOSE_BEFORE", "places": [household.village], "span_days": 5,
               "day_kind": "DAY_KIND_CALENDAR", "title": "搬迁对象公示（示例）", "text": "拟搬迁一户，公示五日",
               "evidence": [{"name": "minutes.txt"} | evidence]} | request)
