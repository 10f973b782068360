#!/usr/bin/env python3
"""Keeps the rooms apart: who may include whom, as services/README.md and the table below say."""

import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVICES = ("channels", "microcredit", "registry", "relocation", "workshops")
# A line that takes another file in, however it is written; what it names is what stands between the quotes.
INCLUDE = re.compile(r"^[ \t]*(?:#|%:)[ \t]*(?:include|include_next|import)\b[ \t]*(.*)$", re.M)
NAMED = re.compile(r'"([^"]+)"|<([^>]+)>')

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
# And of everybody else: values and their algorithms. No clock, thread, file, environment or chance.
DOMAIN_MAY_OF_OTHERS = re.compile(
    r"absl/(algorithm|base|container|functional|numeric|status|strings|types)/|absl/time/(civil_)?time\.h$|"
    r"(algorithm|array|bitset|charconv|climits|compare|concepts|cstddef|cstdint|cstdlib|cstring|deque|functional|initializer_list|"
    r"iterator|limits|list|map|memory|numeric|optional|ostream|queue|set|span|sstream|string|string_view|tuple|type_traits|"
    r"unordered_map|unordered_set|utility|variant|vector)$"
)
CLOCK_HEADER = "services/platform/base/clock.h"
# A clock that came with a header of somebody else.
CLOCK = re.compile(r"\babsl::Now\b|\bstd::chrono\b|\b(?:clock_)?gettime(?:ofday)?\(|\btime\((?:NULL|nullptr|0)\)|\bgetenv\(")


def sources(*roots):
    for root in roots:
        for path in sorted((ROOT / root).rglob("*")):
            if path.suffix in (".h", ".cc"):
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def includes(text):
    """The names of the files that are included; None for one that is not named as a file in the repository or of a library."""
    for match in INCLUDE.finditer(text):
        named = NAMED.match(match.group(1))
        name = named and (named.group(1) or named.group(2))
        written_from_the_root = name and not {".", ".."} & set(name.split("/")) and ("/" in name or named.group(2))
        yield name if written_from_the_root else None


def violations(path, text):
    """Every include of the file that its room does not allow."""
    parts = path.split("/")
    if "domain" in parts and (clock := CLOCK.search(text)):
        yield f"{path} says {clock.group()}: a domain is told what time it is"
    for name in includes(text):
        if name is None:
            yield f"{path} includes something that is not named from the root of the repository"
        elif parts[0] == "gateway":
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
        known = name.startswith((own + "domain/", *DOMAIN_MAY)) and name != CLOCK_HEADER
        if not known and not DOMAIN_MAY_OF_OTHERS.match(name):
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
            ("services/registry/domain/x.cc", "#  include <sqlite3.h>"),
            ("services/registry/domain/x.cc", "\t#include\t<sqlite3.h>  // a store"),
            ("services/registry/domain/x.cc", "#include<sqlite3.h>"),
            ("services/registry/domain/x.cc", "%:include <sqlite3.h>"),
            ("services/registry/domain/x.cc", "#include <chrono>"),
            ("services/registry/domain/x.cc", "#include <ctime>"),
            ("services/registry/domain/x.cc", "#include <sys/time.h>"),
            ("services/registry/domain/x.cc", "#include <random>"),
            ("services/registry/domain/x.cc", '#include "absl/time/clock.h"'),
            ("services/registry/domain/x.cc", "const absl::Time now = absl::Now();"),
            ("services/registry/domain/x.cc", "const auto now = std::chrono::system_clock::now();"),
            ("services/registry/domain/x.cc", '#include "services/platform/base/clock.h"'),
            ("services/registry/domain/x.cc", "#include STORE"),
            ("services/relocation/domain/x.cc", '#include "../../registry/domain/household.h"'),
            ("services/relocation/domain/x.cc", '#include "services/relocation/domain/../../registry/domain/household.h"'),
            ("services/relocation/domain/x.cc", '#include "./case.h"'),
            ("services/relocation/domain/x.cc", '#include "case.h"'),
            ("services/platform/roots/x.cc", '#include "../../registry/domain/household.h"'),
            ("gateway/overview/x.cc", '#  include "services/registry/domain/household.h"'),
            ("services/registry/rpc/x.cc", '#include "services/registry/store/divisions.h"'),
            ("services/registry/main.cc", '#include "services/relocation/domain/case.h"'),
            ("services/platform/roots/x.cc", '#include "services/registry/domain/household.h"'),
            ("gateway/overview/x.cc", '#include "services/registry/domain/household.h"'),
        ]
        for path, text in cases:
            with self.subTest(path=path, text=text):
                self.assertEqual(1, len(list(violations(path, text))))

    def test_the_scan_lets_values_pass(self):
        for text in ("#include <vector>", '#include "absl/time/time.h"', '#include "services/registry/domain/household.h"',
                     '#include "services/platform/base/error.h"  // IWYU pragma: export', "settle_time(0); // include <chrono>"):
            with self.subTest(text=text):
                self.assertEqual([], list(violations("services/registry/domain/x.cc", text)))

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
