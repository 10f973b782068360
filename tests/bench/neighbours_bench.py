#!/usr/bin/env python3
"""What one caller notices of another who does their worst: the 99th percentile of an officer's calls over HTTP, while the other
goes on, against the same while as many processes only use up the processors. The attackers come from an address of their own and
stand behind everything else in the line for the processors, so that what is seen is what they make anju do, not what they do.

    tests/bench/neighbours_bench.py [ATTACK…]
"""

import base64
import json
import multiprocessing
import os
import random
import re
import socket
import subprocess
import sys
import time

from load import Anju

HOME, OTHER = "450328", "451022"
ATTACKERS = 2
CALLS = 1000
HOUSEHOLDS = 20_000
LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n", re.IGNORECASE)


class Connection:
    """To the gateway, as HTTP/1.1; from an address of its own."""

    def __init__(self, port, address="127.0.0.1"):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60, source_address=(address, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""

    def answer(self):
        """The status of the next answer."""
        while (end := self.rest.find(b"\r\n\r\n")) < 0:
            self.more()
        head = self.rest[:end + 4]
        size = end + 4 + int(LENGTH.search(head).group(1))
        while len(self.rest) < size:
            self.more()
        self.rest = self.rest[size:]
        return int(head[9:12])

    def more(self):
        piece = self.socket.recv(1 << 20)
        if not piece:
            raise ConnectionError("the gateway has ended the connection")
        self.rest += piece

    def ask(self, request):
        self.socket.sendall(request)
        return self.answer()


def request(path, token="", verb="GET", body=b"", more=""):
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
    return f"{verb} {path} HTTP/1.1\r\nHost: anju\r\n{bearer}{length}{more}\r\n".encode() + body


OVERVIEW = f"/v1/overview?division={OTHER}&month=2018-10"


def signed_badly(token):
    head = ".".join(token.split(".")[:2])
    return lambda: request(OVERVIEW, head + "." + base64.urlsafe_b64encode(random.randbytes(64)).decode().rstrip("="))


# By name: given a good token of the attacker's own, what makes their next request, and how many are sent at once.
ATTACKS = {
    "bad signatures": (signed_badly, 32),
    "no token": (lambda token: lambda: request(OVERVIEW), 32),
    "addresses that are none": (lambda token: lambda: request("/v1/nothing/at/all"), 32),
    "a role that may not": (lambda token: lambda: request("/v1/divisions", token, "POST", b"{}"), 32),
    "beyond their rate": (lambda token: lambda: request(OVERVIEW, token), 32),
    "large lists": (lambda token: lambda: request(f"/v1/households?division={OTHER}&page_size=1000", token, more="Accept-Encoding: gzip\r\n"), 1),
    "large bodies that are none": (
        lambda token: lambda: request("/v1/divisions:search", token, "POST", b'{"query":"' + b"a" * 500_000), 1),
    "deep bodies": (lambda token: lambda: request("/v1/divisions:search", token, "POST", b"[" * 100_000), 1),
}


def attack(port, name, token, over, count):
    os.nice(19)
    make, at_once = ATTACKS[name]
    make = make(token)
    connections = []
    while not over.is_set():
        try:
            while len(connections) < (16 if at_once == 1 else 4):
                connections.append(Connection(port, "127.0.3.1"))
            for connection in connections:
                connection.socket.sendall(b"".join(make() for _ in range(at_once)))
            for connection in connections:
                for _ in range(at_once):
                    connection.answer()
                    count.value += 1
        except OSError:
            for connection in connections:
                connection.socket.close()
            connections = []


def burn(over):
    os.nice(19)
    while not over.is_set():
        pass


class Others:
    """So many processes that do this until they are told to stop."""

    def __init__(self, work, *arguments):
        self.over = multiprocessing.Event()
        self.processes = [multiprocessing.Process(target=work, args=(*arguments, self.over)) for _ in range(ATTACKERS)]

    def __enter__(self):
        for process in self.processes:
            process.start()
        time.sleep(0.5)
        return self

    def __exit__(self, *_):
        self.over.set()
        for process in self.processes:
            process.join()


def p99(port, wanted):
    """Of the milliseconds in which a caller on a connection of their own has each answer."""
    connection, took = Connection(port), []
    for i in range(CALLS + 100):
        start = time.perf_counter()
        status = connection.ask(wanted)
        if status != 200:
            raise AssertionError(f"an honest call was answered {status}")
        took.append(time.perf_counter() - start)
        time.sleep(0.003)
    took = sorted(took[100:])
    return 1000 * took[len(took) * 99 // 100]


def main():
    anju = Anju()
    anju.environment["ANJU_CALLER_RATE"] = "500"
    try:
        anju.up(demo=False)
        for division in (HOME, OTHER):
            token = anju.new_token("officer", division)
            village = anju.ctl(token, "call", "anju.registry.v1.Registry/ListDivisions", json.dumps({"parent": division}))
            village = next(iter(village["divisions"]))["code"]
            path = anju.data / f"{division}.csv"
            count = HOUSEHOLDS if division == OTHER else 100
            path.write_text("\n".join(["户编号,村代码,户类型,建档日期", *(f"h{i},{village[:6]}100201,建档立卡贫困户,2016-01-15" for i in range(count)), ""]))
            print(anju.ctl(token, "import", "households", path, "--division", division)["added"], "households")
        anju.settle()
        mine = anju.new_token("officer", HOME).read_text().strip()
        theirs = anju.new_token("officer", OTHER).read_text().strip()
        wanted = {"overview": request(f"/v1/overview?division={HOME}&month=2018-10", mine),
                  "division": request(f"/v1/divisions/{HOME}", mine)}
        port = anju.http
        print("99th percentile in ms:", {what: round(p99(port, one), 2) for what, one in wanted.items()}, "in a quiet house")
        for name in sys.argv[1:] or ATTACKS:
            with Others(burn):
                busy = {what: p99(port, one) for what, one in wanted.items()}
            count = multiprocessing.Value("q", 0)
            start = time.monotonic()
            with Others(lambda over: attack(port, name, theirs, over, count)):
                attacked = {what: p99(port, one) for what, one in wanted.items()}
                rate = count.value / (time.monotonic() - start)
            for what in wanted:
                print(f"{name} ({rate:.0f}/s): {what} {attacked[what]:.2f} ms; with busy processors {busy[what]:.2f} ms; "
                      f"ratio attacked/busy: {attacked[what] / busy[what]:.2f} (at most 2.0)", flush=True)
    finally:
        anju.remove()


if __name__ == "__main__":
    main()
