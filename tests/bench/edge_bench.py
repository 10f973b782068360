#!/usr/bin/env python3
"""What another caller notices at the edge of those who attack it: the 99th percentile of an officer's calls over HTTPS, in the median of so
many rounds, while an attacker only computes and while they attack. They have only what nobody else wants of the processors; still, a kernel
may take one from who computes at its tick only, every 4 ms, and that is not what this is to show.

    tests/bench/edge_bench.py [ATTACK…]
"""

import contextlib
import http.client
import json
import ssl
import statistics
import subprocess
import sys
import time

from load import Anju, free_ports

import attacker

COUNTY = "450328"
ROUNDS, CALLS = 5, 250


class Caller:
    def __init__(self, port, ca, token):
        self.port, self.context = port, ssl.create_default_context(cafile=ca)
        self.headers = {"Authorization": "Bearer " + token}

    def p99(self):
        """In ms, of calls on one connection, 250 in a second."""
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=30, context=self.context)
        connection.connect()
        took, due = [], time.monotonic()
        for _ in range(CALLS):
            due += 0.004
            time.sleep(max(0, due - time.monotonic()))
            start = time.perf_counter()
            connection.request("GET", f"/v1/overview?division={COUNTY}&month=2018-10", headers=self.headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise AssertionError(f"an honest call was answered {answer.status}")
            took.append(time.perf_counter() - start)
        connection.close()
        return statistics.quantiles(took, n=100)[98] * 1000

    def median(self):
        return statistics.median(self.p99() for _ in range(ROUNDS))


@contextlib.contextmanager
def under(kind, port, ca, token, outcomes):
    words = [sys.executable, attacker.__file__, kind, str(port), ca, token]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        yield
        process.stdin.close()
        outcomes.update(json.loads(process.stdout.read()))


def main():
    anju, (port,) = Anju(), free_ports(1)
    try:
        anju.up(False, "--edge", "--edge-port", str(port))
        ca, token = anju.data / "keys/edge-ca.pem", anju.token_file(f"officer-{COUNTY}").read_text().strip()
        caller = Caller(port, ca, token)
        caller.p99()
        for kind in sys.argv[1:] or (*attacker.FLOODS, *attacker.SLOW):
            quiet = caller.median()
            with under("compute", port, ca, token, {}):
                busy = caller.median()
            outcomes = {}
            with under(kind, port, ca, token, outcomes):
                attacked = caller.median()
            print(f"{kind} {outcomes}: {attacked:.2f} ms; with a busy processor {busy:.2f} ms, quiet {quiet:.2f} ms; "
                  f"ratio attacked/busy: {attacked / busy:.2f} (at most 2.0)", flush=True)
    finally:
        anju.remove()


if __name__ == "__main__":
    main()
