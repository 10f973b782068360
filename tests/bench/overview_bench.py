#!/usr/bin/env python3
"""A cached overview through the gateway, authenticated, against a bare gRPC C++ server that answers the same bytes, in one run.

Both are asked by h2load over as many connections and streams, in turn, three times; the medians count.
"""

from load import Bench, field, frame, grpc, in_turn

ROUNDS = 3
METHOD = "/anju.gateway.v1.Gateway/GetOverview"


def main():
    with Bench() as bench:
        anju = bench.anju()
        token = anju.token_file("province-45").read_text().strip()
        anju.overview("450328", "2018-10")
        body = bench.file("request", frame(field(1, "450328") + field(2, "2018-10")))
        # The reference answers as many bytes as the gateway does.
        size = int(grpc(anju.grpc, METHOD, body, token).size)
        echo = bench.echo(b"x" * (size - 5))
        seen = in_turn(ROUNDS, bare=lambda: grpc(echo, METHOD, body, token), ours=lambda: grpc(anju.grpc, METHOD, body, token))
        print(f"cached overview, {size} bytes: {seen['ours']:.0f}/s; bare echo: {seen['bare']:.0f}/s")
        print(f"ratio overview/echo: {seen['ours'] / seen['bare']:.2f} (at least 0.7)")


if __name__ == "__main__":
    main()
