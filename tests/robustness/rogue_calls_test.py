#!/usr/bin/env python3
"""Every method is called as no honest program calls it: with SQL in every string, with what only we set, and with what is no call at all.
Each gets an answer of its own and never ours of something broken; what was there stays, and no program grows by it. With
programs that are built with a sanitizer (see whole.py) memory is not looked at."""

import itertools
import json
import os
import pathlib
import statistics
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))
from calls import Calls, Lines  # noqa: E402
from contracts import BYTES, MESSAGE, ROLES, STRING, encode, fields, text, varint_of  # noqa: E402
from frames import DATA, GOAWAY, RST_STREAM, Frames  # noqa: E402
from frames_of_grpc import attacks, head  # noqa: E402
from little import ROWS, Little  # noqa: E402
from whole import SERVICES, Anju, is_sanitized, reason  # noqa: E402

# Some of everything lies in these.
COUNTIES = ("450802", "450107", "451003", "360731")
HOME, OTHER = "450802", "451003"
SQL = ("'; DROP TABLE roots; --", "x' OR '1'='1", "\\'; DELETE FROM roots; --", "\" UNION SELECT body FROM roots --", "%", "$1", "a\0b", "\ufeff\u202e\U0001f4a5",
       "x" * 70_000)
# What may stand in a header.
IN_HEADERS = tuple(word for word in SQL if word.isascii() and word.isprintable() and len(word) < 100)
BROKEN = {-1: "no status", 2: "UNKNOWN", 13: "INTERNAL", 14: "UNAVAILABLE", 15: "DATA_LOSS"}
OVERVIEW = "/anju.gateway.v1.Gateway/GetOverview"
# So often 1,400 calls and 1,000 connections that break off. What a program takes to work (a reader of its database, memory for many large messages at once, a
# socket that gRPC keeps until its connection would have grown old) it takes in some of the rounds; what it loses, in most. There it may take so many KiB, threads
# and files.
ROUNDS = 13
MORE = (512, 0, 2)


def leaves(value, path=()):
    """The paths to all strings in a request."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from leaves(inner, (*path, at))
    elif isinstance(value, str):
        yield path


def replaced(value, path, word):
    if not path:
        return word
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], word)
    return copy


class Rogue(unittest.TestCase):
    """An anju with some of everything, and whoever may call; no tests of its own."""

    engine = "sqlite"
    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.anju = Anju(cls.engine)
        cls.anju.environment.update(cls.settings)
        cls.addClassCleanup(cls.anju.remove)
        # The rogues are to meet the methods, not the limit of their rate.
        cls.anju.environment.update({f"ANJU_{party}_{what}": "1e6" for party in ("CALLER", "IMPORT", "SERVICE", "STRANGER") for what in ("RATE", "BURST")})
        cls.anju.up(demo=False)
        cls.little = Little(cls.anju)
        cls.addClassCleanup(cls.little.close)
        cls.little.load(COUNTIES)
        cls.contracts = cls.little.contracts
        cls.ids = cls.little.harvest(HOME)
        cls.lines = Lines()
        cls.addClassCleanup(cls.lines.close)
        cls.numbers = itertools.count(1)

    def port(self, service):
        return int((self.anju.data / f"run/port.{service}").read_text())

    def roles(self, method):
        *_, roles = next(known for known in self.contracts.methods if f"{known[0]}/{known[1]}" == method)
        return [role for role in ROLES if role in roles]

    def token(self, role):
        return self.little.token(role, "*" if role == "service" else HOME)

    def targets(self):
        """Every method with the port of each service that has it, or of the gateway."""
        for service, method, *_ in self.contracts.methods:
            own = service.split(".")[1]
            peers = SERVICES if service in self.contracts.shared else (own,) if own in SERVICES else ()
            for port in [self.port(peer) for peer in peers] or [self.anju.grpc]:
                yield f"{service}/{method}", port

    def plausible(self, method, **known):
        ids = self.little.ids_for(method, self.ids) if method in self.contracts.routes else ["x1"]
        return self.little.plausible(self.contracts.takes[method], HOME, ids[0], request_id=f"r{next(self.numbers)}",
                                     import_id=f"i{next(self.numbers)}", **known)

    def call(self, method, port, request, role, more=(), unknown=b""):
        """One that follows a feed is broken off, as it does not end by itself."""
        deadline = (("grpc-timeout", "200m"),) if method.startswith("anju.feed.") else ()
        return self.lines.ask(port, method, self.contracts.encoded(self.contracts.takes[method], request) + unknown, token=self.token(role),
                              more=(*more, *deadline))

    def poisoned(self, method, word, division):
        return self.contracts.filled(self.contracts.takes[method], lambda field, _: (
            (division if self.contracts.is_scope(field) else word) if field[5][0] in (STRING, BYTES) else 1))

    def check_whole(self):
        """Every service's figures and books are what its records say, and nobody got at its audit."""
        self.anju.settle()
        for service in SERVICES:
            status, answer = self.little.ask("anju.indicators.v1.Indicators/Recount", {}, self.token("auditor"), service)
            self.assertEqual((200, True), (status, json.loads(answer).get("agrees")), answer)
        done = self.anju.ctl(self.anju.new_token("auditor", "*"), "audit", "verify", check=False)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)

    def check_answer(self, answer):
        self.assertNotIn(answer.code, BROKEN, answer)


class EveryMethodTest(Rogue):
    def test_sql_in_all_strings_is_a_string(self):
        before = {county: self.anju.figures(county, "2018-10") for county in COUNTIES}
        asked = 0
        for (method, port), word in itertools.product(list(self.targets()), SQL):
            for division in (HOME, word):
                request = self.poisoned(method, word, division)
                with self.subTest(method=method, port=port, word=word[:20], division=division[:20]):
                    headers = tuple((name, word) for name in ("x-request-id", "x-anju-purpose", "traceparent", "tracestate", "x-forwarded-for"))
                    self.check_answer(self.call(method, port, request, self.roles(method)[0] if self.roles(method) else "reader",
                                                headers if word in IN_HEADERS else ()))
                asked += 1
        self.assertGreater(asked, 3000)
        self.anju.settle()
        self.assertEqual(before, {county: self.anju.figures(county, "2018-10") for county in COUNTIES})
        self.check_whole()

    def test_sql_in_one_string_of_a_good_request_is_a_string(self):
        theirs = self.little.questions(OTHER)
        before, asked = self.little.told(OTHER, theirs), 0
        for method, port in self.targets():
            role = next(iter(self.roles(method)), "reader")
            for path, word in itertools.product(list(leaves(self.plausible(method))), SQL[:3] + ("a\0b",)):
                with self.subTest(method=method, port=port, field=path, word=word[:20]):
                    self.check_answer(self.call(method, port, replaced(self.plausible(method), path, word), role))
                asked += 1
        self.assertGreater(asked, 4000)
        self.check_whole()
        self.assertEqual(before, self.little.told(OTHER, theirs))

    def test_sql_in_an_address_is_a_string(self):
        words = itertools.cycle(SQL[:-1])
        for method, service in itertools.product(sorted(self.contracts.routes), SERVICES[:2]):
            role = next(iter(self.roles(method)), "reader")
            for path, word in zip(list(leaves(self.plausible(method))), words):
                request = replaced(self.plausible(method), path, word)
                with self.subTest(method=method, field=path, word=word):
                    status, answer = self.little.ask(method, request, self.token(role), service)
                    self.assertLess(status, 500, answer)
                    self.assertNotIn("sql", answer.lower())
        self.check_whole()



class EveryMethodOnPostgresqlTest(EveryMethodTest):
    engine = "postgresql"


# Of an ImportReceipt.
ADDED, UPDATED = 4, 5


class WhatOnlyWeSetTest(Rogue):
    """What is in answers and in no request is refused, or as if it were not there, whoever says it and in whatever form."""

    def answer_fields(self, method):
        """The fields of what a method answers, and of what it holds, that no request of it has."""
        def known(name, deep):
            return {text(field, 1): None for part in [name, *deep] for field in self.contracts.messages.get(part, [])}

        def inner(name):
            return [text(field, 6)[1:] for field in self.contracts.messages.get(name, []) if field[5][0] == MESSAGE]
        takes, answers = self.contracts.takes[method], self.contracts.answers[method]
        # Of an import, what a row may have.
        taken = known(takes, inner(takes) if method in self.contracts.streams else [])
        return [name for name in known(answers, inner(answers)) if name not in taken]

    def writes(self):
        return sorted(set(self.contracts.routes) - self.contracts.reads)

    def snapshot(self):
        self.anju.settle()
        questions = getattr(self, "questions", None) or self.little.questions(HOME)
        self.questions = questions
        return self.little.told(HOME, questions)

    def test_nobody_sets_by_json_what_only_we_set(self):
        before, asked, values = self.snapshot(), 0, itertools.cycle(("x", None, 1))
        for method in self.writes():
            own = self.answer_fields(method)
            for role, name in itertools.product(self.roles(method), own):
                words = name.split("_")
                for spelling, value in zip({name, words[0] + "".join(word.title() for word in words[1:])}, values):
                    with self.subTest(method=method, role=role, field=spelling):
                        verb, target, body = self.contracts.over_http(method, self.plausible(method), "registry")
                        said = json.loads(body or "{}")
                        (said["rows"][0] if method in self.contracts.streams else said)[spelling] = value
                        kind = "application/x-ndjson" if method in self.contracts.streams else "application/json"
                        status, answer = self.little.send(verb, target, self.token(role), json.dumps(said), kind)
                        self.assertEqual((400, "FIELD_UNKNOWN"), (status, reason(json.loads(answer))), answer)
                    asked += 1
        self.assertGreater(asked, 1000)
        self.assertEqual(before, self.snapshot())

    def test_nobody_sets_by_a_column_what_only_we_set(self):
        """Rows of the demo come again, each with a column for everything that its service answers: nothing has changed."""
        before, asked = self.snapshot(), set()
        for step in self.little.plan:
            if step.get("file", "")[:6] != HOME:
                continue
            method = self.little.method_of(step)
            (record,) = (text(field, 6)[1:] for field in self.contracts.messages[self.contracts.takes[method]] if text(field, 1) == "rows")
            columns = sorted(self.answered_by(step["service"]) - {text(field, 1) for field in self.contracts.messages[record]})
            plain = self.little.rows(step, 1, ROWS)
            heading, *rows = plain.split(b"\r\n")
            # No file has more than 256 columns.
            parts = [columns[at:at + 200] for at in range(0, len(columns), 200)]
            for role, part in itertools.product(self.roles(method), parts):
                more = b"\r\n".join([heading + b"," + ",".join(part).encode(), *(row + b",x" * len(part) for row in rows if row)])
                with self.subTest(file=step["file"], role=role):
                    receipts = [self.little.send("POST", self.little.address(step), self.token(role), rows, "text/csv") for rows in (plain, more)]
                    self.assertEqual([200, 200], [status for status, _ in receipts], receipts)
                    plainly, receipt = (json.loads(answer) for _, answer in receipts)
                    self.assertEqual(int(receipt["received"]), int(receipt.get("unchanged", 0)) + int(receipt.get("refused", 0)), receipt)
                    self.assertEqual((plainly.get("unchanged"), plainly.get("refused_rows")), (receipt.get("unchanged"), receipt.get("refused_rows")))
                    asked.add(step["method"])
        self.assertGreater(len(asked), 10)
        self.assertEqual(before, self.snapshot())

    def answered_by(self, service):
        """The names of all fields in answers of the service and in what they hold."""
        answers = {self.contracts.answers[method] for method in self.contracts.answers if method.startswith(f"anju.{service}.")}
        held = {text(field, 6)[1:] for answer in answers for field in self.contracts.messages[answer] if field[5][0] == MESSAGE}
        return {text(field, 1) for message in answers | held for field in self.contracts.messages[message]}

    def unknown(self, method):
        """Fields, of every number that the request has not, as texts and as numbers: those of what it answers among them."""
        known = {field[3][0] for field in self.contracts.messages[self.contracts.takes[method]]}
        return b"".join(encode(number, b"x") + varint_of(number << 3) + b"\1" for number in range(1, 64) if number not in known)

    def test_nobody_sets_by_a_number_what_only_we_set(self):
        """What was done is asked for again with fields of all other numbers, and what was refused is: they are refused, or as if they were
        not there."""
        done, refused = [], []
        for method, role in ((method, role) for method in self.writes() for role in self.roles(method)):
            port = self.port(SERVICES[0] if method.split("/")[0] in self.contracts.shared else method.split(".")[1])
            question = (method, port, self.plausible(method), role)
            answer = self.call(*question)
            (done if answer.code == 0 else refused).append((question, answer))
        before = self.snapshot()
        for question, plain in done:
            with self.subTest(method=question[0], role=question[3]):
                if "request_id" not in question[2]:
                    plain = self.call(*question)
                answer = self.call(*question, unknown=self.unknown(question[0]))
                if question[0] in self.contracts.streams:
                    (receipt,) = (fields(message) for message in answer.messages)
                    self.assertFalse(receipt.keys() & {ADDED, UPDATED}, receipt)
                elif answer.reason != "REQUEST_ID_REUSED":
                    self.assertEqual(plain, answer)
        self.assertEqual(before, self.snapshot())
        for question, _ in refused:
            with self.subTest(method=question[0], role=question[3]):
                # What was done since may let it through.
                plain, answer = self.call(*question), self.call(*question, unknown=self.unknown(question[0]))
                if answer.reason != "REQUEST_ID_REUSED":
                    self.assertEqual(plain, answer)
        print(f"{len(done)} were done, {len(refused)} refused", flush=True)
        self.assertGreater(len(done), 100)
        self.assertGreater(len(refused), 100)


class WrongCallsTest(Rogue):
    """Calls that are wrong in one way each, of methods that the gateway answers itself and passes on, and of a service at its own port."""

    # One heap, and none of it for what is large, so that what a program holds does not depend on which of its threads were called, and which at once.
    settings = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "131072"}

    # What gRPC's own library, of which services are made, refuses: it takes much for the end of a stream, and for nothing. Nobody says so
    # through the gateway.
    BY_SERVICES = {"not protobuf", "bytes that are no UTF-8", "a number of eleven bytes", "a text of 2 GB", "a field of number 0",
                   "a kind of field that is none", "the end of what never began", "messages within messages", "no such method", "no such service",
                   "a path with dots", "a path with a query", "a path in percent", "a path with two slashes", "an empty path", "a star"}

    def methods(self):
        """(port, path, a message that it takes, whether it takes more than one)."""
        list_all, question = encode(1, HOME.encode()), encode(1, encode(1, b"i1") + encode(3, HOME.encode()) + encode(4, b"county"))
        yield self.anju.grpc, OVERVIEW, encode(1, HOME.encode()) + encode(2, b"2018-10"), False
        for port in (self.anju.grpc, self.port("registry")):
            yield port, "/anju.registry.v1.Registry/ListHouseholds", list_all, False
            yield port, "/anju.registry.v1.Registry/ImportHouseholds", question, True

    def test_what_is_no_call_is_an_error_and_hurts_no_other_call(self):
        for port, path, good, streams in self.methods():
            for what, attack in attacks(path, self.token("officer"), good, streams).items():
                with self.subTest(what, path=path, gateway=port == self.anju.grpc):
                    calls = Calls(port)
                    self.addCleanup(calls.close)
                    calls.stream += 2
                    calls.expect(calls.stream)
                    calls.socket.sendall(attack(calls, calls.stream))
                    answer = calls.finish(calls.stream)
                    has_failed = answer.code > 0 if answer.code >= 0 else answer.http >= 400 or answer.ended_by in (RST_STREAM, GOAWAY)
                    self.assertTrue(has_failed or port != self.anju.grpc and what not in self.BY_SERVICES, answer)
                    if path == OVERVIEW:
                        self.assertNotIn(answer.code, (2, 13), answer)
                    if port != self.anju.grpc or calls.leaving:
                        calls = Calls(port)
                        self.addCleanup(calls.close)
                    self.assertEqual(0, calls.ask(path[1:], good, token=self.token("officer")).code)

    def standing(self):
        """{program: (KiB that it holds, threads, open files)}; a sanitizer's own memory tells nothing."""
        found = {}
        for name in ("gateway", *SERVICES):
            process = pathlib.Path(f"/proc/{self.anju.pid(name)}")
            status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
            held = 0 if is_sanitized() else int(status["VmRSS"].split()[0])
            found[name] = held, int(status["Threads"]), len(os.listdir(process / "fd"))
        return found

    def broken_off(self, port, path, good):
        """Connections that end within a call, and calls that are taken back."""
        for data in (b"", good[:3], b"\0\0\x10\0\0" + b"x" * 10_000):
            calls = Calls(port)
            calls.socket.sendall(head(calls, 1, path, self.token("officer")) + Frames.frame(DATA, 0, 1, data))
            calls.close()
        calls = Calls(port)
        for stream in range(1, 101, 2):
            calls.socket.sendall(head(calls, stream, path, self.token("officer")) +
                                 (Frames.frame(RST_STREAM, 0, stream, struct.pack(">I", 8)) if stream > 1 else b""))
        calls.close()

    def be_hostile(self):
        for port, path, good, streams in self.methods():
            for attack in attacks(path, self.token("officer"), good, streams).values():
                calls = Calls(port)
                calls.socket.sendall(attack(calls, 1))
                calls.finish(1)
                calls.close()
        for service in (*SERVICES, None):
            for path in (OVERVIEW, "/anju.registry.v1.Registry/ImportHouseholds", "/anju.indicators.v1.Indicators/ListIndicators"):
                for _ in range(10):
                    self.broken_off(self.port(service) if service else self.anju.grpc, path, b"\0\0\0\0\3abc")
        for (method, port), word in itertools.product(list(self.targets()), SQL[:3]):
            self.call(method, port, self.poisoned(method, word, HOME), next(iter(self.roles(method)), "reader"))

    def test_no_program_grows(self):
        rounds = []
        for _ in range(ROUNDS):
            self.be_hostile()
            rounds.append(self.standing())
            print(rounds[-1], flush=True)
        for name, at in itertools.product(rounds[0], range(len(MORE))):
            with self.subTest(program=name, measure=("KiB", "threads", "files")[at]):
                grew = [after[name][at] - before[name][at] for before, after in itertools.pairwise(rounds)]
                self.assertLessEqual(statistics.median(grew), MORE[at], grew)


if __name__ == "__main__":
    unittest.main(verbosity=2)
