#!/usr/bin/env python3
"""Keeps the rooms apart: who may include whom, as services/README.md and the table below say."""

import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVICES = ("channels", "microcredit", "registry", "relocation", "workshops")
INCLUDE = re.compile(r'^\s*#include\s+(["<])([^">]+)[">]', re.M)

# What a domain may know of the platform: values and interfaces, no I/O.
DOMAIN_MAY = (
    "services/platform/approval/flow.h",
    "services/platform/approval/item.h",
    "services/platform/approval/proposal.h",
    "services/platform/base/",
    "services/platform/evidence/evidence.h",
    "services/platform/feed/facts.h",
    "services/platform/intake/batch.h",
    "services/platform/intake/places.h",
    "services/platform/ledger/journal.h",
    "services/platform/lottery/lottery.h",
    "services/platform/notice/notice.h",
    "services/platform/notice/working_days.h",
    "services/platform/policy/decision.h",
    "services/platform/policy/explain.h",
    "services/platform/policy/policy.h",
    "services/platform/roots/codes.h",
    "services/platform/roots/outcome.h",
    "services/platform/roots/queue.h",
    "services/platform/roots/session.h",
    "services/platform/subsidy/run.h",
    "services/platform/tally/contribution.h",
    "services/platform/tally/spans.h",
)
DOMAIN_MAY_NOT = re.compile(
    r"^(grpc|google/protobuf|anju/|sqlite3|libpq|hiredis|openssl|spdlog|thread$|mutex$|filesystem$|fstream$|absl/synchronization|absl/time/clock\.h)"
)


def sources(*roots):
    for root in roots:
        for path in sorted((ROOT / root).rglob("*")):
            if path.suffix in (".h", ".cc"):
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def includes(text):
    return [match.group(2) for match in INCLUDE.finditer(text)]


def violations(path, text):
    """Every include of the file that its room does not allow."""
    parts = path.split("/")
    for name in includes(text):
        if parts[0] == "gateway":
            if re.match(r"services/(%s)/" % "|".join(SERVICES), name):
                yield f"{path} includes {name}: the gateway knows no service"
        elif parts[1] == "platform":
            if re.match(r"(gateway/|services/(%s)/|anju/(%s)/)" % ("|".join(SERVICES), "|".join(SERVICES)), name):
                yield f"{path} includes {name}: the platform knows no service"
        else:
            yield from service_violations(path, parts[1], parts[2], name)


def service_violations(path, service, room, name):
    own = f"services/{service}/"
    if name.startswith("gateway/") or (
        re.match(r"services/(%s)/" % "|".join(SERVICES), name) and not name.startswith(own)
    ):
        yield f"{path} includes {name}: a service includes nobody else's code"
    if room == "domain":
        known = name.startswith(own + "domain/") or name.startswith(DOMAIN_MAY)
        if (name.startswith("services/") and not known) or DOMAIN_MAY_NOT.match(name):
            yield f"{path} includes {name}: a domain knows values and interfaces only"
    elif room in ("rpc", "store", "peers") and name.startswith(own):
        if not name.startswith((own + "domain/", own + room + "/")):
            yield f"{path} includes {name}: {room} knows the domain and itself"


class LayersTest(unittest.TestCase):
    def test_every_include_is_allowed(self):
        found = [line for path, text in sources("services", "gateway") for line in violations(path, text)]
        self.assertEqual([], found)

    def test_the_scan_sees_a_violation(self):
        cases = [
            ("services/registry/domain/x.cc", '#include "services/platform/roots/store.h"'),
            ("services/registry/domain/x.cc", '#include "anju/registry/v1/registry.pb.h"'),
            ("services/registry/domain/x.cc", "#include <thread>"),
            ("services/registry/rpc/x.cc", '#include "services/registry/store/divisions.h"'),
            ("services/registry/main.cc", '#include "services/relocation/domain/case.h"'),
            ("services/platform/roots/x.cc", '#include "services/registry/domain/household.h"'),
            ("gateway/overview/x.cc", '#include "services/registry/domain/household.h"'),
        ]
        for path, text in cases:
            with self.subTest(path=path, text=text):
                self.assertEqual(1, len(list(violations(path, text))))

    def test_no_room_without_a_purpose(self):
        names = {"util", "utils", "common", "helpers", "misc"}
        found = [p for top in ("services", "gateway", "tests") for p in (ROOT / top).rglob("*") if p.is_dir() and p.name in names]
        self.assertEqual([], found)

    def test_every_rule_has_a_test(self):
        missing = []
        for path, _ in sources(*(f"services/{name}/domain" for name in SERVICES)):
            if path.endswith(".cc") and not re.search(r"(indicators|policy)\.cc$", path):
                test = ROOT / "tests" / path.replace(".cc", "_test.cc")
                if not test.exists():
                    missing.append(path)
        self.assertEqual([], missing)


if __name__ == "__main__":
    sys.exit(0 if unittest.main(exit=False, verbosity=1).result.wasSuccessful() else 1)
