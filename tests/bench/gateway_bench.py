#!/usr/bin/env python3
"""What the gateway costs, against nginx in the same run: a call that it forwards, authenticated, and the time that it adds to one;
a cached overview over HTTP; and its memory over a million calls.

    tests/bench/gateway_bench.py [forwarding] [latency] [http] [memory]
"""

import statistics
import sys

from load import PROGRAMS, Bench, field, frame, free_ports, grpc, in_turn, load

ROUNDS = 3
METHOD = "/anju.registry.v1.Registry/GetHousehold"
ANSWER_BYTES = 1000
# For one caller who is the whole load.
UNLIMITED = ("--caller_rate=1e9", "--caller_burst=1e9")


class Forwarding(Bench):
    """A bare gRPC server, and the gateway and nginx in front of it."""

    def __init__(self):
        super().__init__()
        keys = self.folder / "keys"
        self.start(PROGRAMS / "anjuctl", "token", "init", keys).wait()
        with open(self.folder / "token", "wb") as out:
            self.start(PROGRAMS / "anjuctl", "token", "make", "--keys", keys, "--subject", "bench", "--role", "officer",
                       "--division", "450328", stdout=out).wait()
        self.token = (self.folder / "token").read_text().strip()
        self.body = self.file("request", frame(field(1, "01J0000000000000000000000")))
        self.backend = self.echo(b"x" * ANSWER_BYTES)
        self.http, self.forwarder, self.nginx_port = free_ports(3)
        log = open(self.folder / "gateway.log", "wb")
        self.callback(log.close)
        self.gateway = self.start(
            PROGRAMS / "gateway", f"--http=127.0.0.1:{self.http}", f"--grpc=127.0.0.1:{self.forwarder}", "--metrics=",
            f"--services=registry=127.0.0.1:{self.backend}", f"--jwks={keys}/jwks.json", *UNLIMITED, ports=[self.forwarder], stderr=log)
        self.nginx("edge", f"""
            upstream backend {{ server 127.0.0.1:{self.backend}; keepalive 256; keepalive_requests 100000000; }}
            server {{ listen 127.0.0.1:{self.nginx_port} http2; location / {{ grpc_pass grpc://backend; }} }}""", [self.nginx_port])

    def call(self, port, **more):
        return grpc(port, METHOD, self.body, self.token, **more)


def forwarding():
    with Forwarding() as bench:
        for port in (bench.forwarder, bench.nginx_port):
            bench.call(port, requests=2000)
        seen = in_turn(ROUNDS, ours=lambda: bench.call(bench.forwarder), nginx=lambda: bench.call(bench.nginx_port))
        print(f"forwarded, authenticated, {ANSWER_BYTES} bytes: {seen['ours']:.0f}/s; nginx grpc_pass: {seen['nginx']:.0f}/s")
        print(f"ratio forwarding/grpc_pass: {seen['ours'] / seen['nginx']:.2f} (at least 1.0)")


def latency():
    with Forwarding() as bench:
        def median(port):
            bench.call(port, requests=1000, clients=1, streams=1)
            return statistics.median(bench.call(port, requests=5000, clients=1, streams=1).times)
        direct, ours, nginx = (median(port) for port in (bench.backend, bench.forwarder, bench.nginx_port))
        print(f"one call after another, median: {direct:.0f} us direct, {ours:.0f} us forwarded, {nginx:.0f} us through nginx")
        print(f"added by the gateway: {ours - direct:.0f} us (below 150); by nginx: {nginx - direct:.0f} us")


def resident_kib(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def memory():
    with Forwarding() as bench:
        bench.call(bench.forwarder, requests=100_000)
        before = resident_kib(bench.gateway)
        for _ in range(10):
            bench.call(bench.forwarder, requests=100_000)
        after = resident_kib(bench.gateway)
        print(f"memory of the gateway after 100,000 calls: {before / 1024:.1f} MB; after 1,000,000 more: {after / 1024:.1f} MB")
        print(f"ratio after/before: {after / before:.3f} (at most 1.05)")


def http():
    with Bench() as bench:
        anju = bench.anju()
        token = anju.token_file("province-45").read_text().strip()
        path = "/v1/overview?division=450328&month=2018-10"
        url = f"http://127.0.0.1:{anju.http}{path}"
        size = int(load(url, token, requests=1000, http1=True).size)
        root = bench.folder / "root"
        root.mkdir()
        (root / "overview").write_bytes(b"x" * size)
        backend, edge = free_ports(2)
        bench.nginx("backend", f"server {{ listen 127.0.0.1:{backend}; root {root}; open_file_cache max=10; sendfile on; "
                    "location / { try_files /overview =404; } }", [backend], workers=1)
        bench.nginx("edge", f"""
            upstream backend {{ server 127.0.0.1:{backend}; keepalive 256; keepalive_requests 100000000; }}
            server {{ listen 127.0.0.1:{edge};
                     location / {{ proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection ""; }} }}""", [edge])
        seen = in_turn(ROUNDS, ours=lambda: load(url, token, clients=16, http1=True),
                       nginx=lambda: load(f"http://127.0.0.1:{edge}{path}", token, clients=16, http1=True))
        print(f"cached overview over HTTP, authenticated, {size} bytes: {seen['ours']:.0f}/s; nginx proxy_pass: {seen['nginx']:.0f}/s")
        print(f"ratio overview/proxy_pass: {seen['ours'] / seen['nginx']:.2f} (at least 1.0)")


def main():
    parts = {"forwarding": forwarding, "latency": latency, "http": http, "memory": memory}
    for name in sys.argv[1:] or parts:
        parts[name]()


if __name__ == "__main__":
    main()
