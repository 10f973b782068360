#!/usr/bin/env python3
"""A cached overview through the gateway, authenticated, against a bare gRPC C++ server that answers the same bytes, in one run.

Both are asked by h2load (Debian's nghttp2-client) over as many connections and streams, in turn, three times; the medians count.
"""

import os
import pathlib
import re
import statistics
import struct
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))
from whole import PROGRAMS, Anju, free_ports  # noqa: E402

REQUESTS, CLIENTS, STREAMS, ROUNDS = 30000, 4, 10, 3
METHOD = "/anju.gateway.v1.Gateway/GetOverview"


def frame(message):
    return b"\0" + struct.pack(">I", len(message)) + message


def field(number, text):
    return bytes([number << 3 | 2, len(text)]) + text.encode()


def load(port, body, token):
    done = subprocess.run(
        ["h2load", "-n", str(REQUESTS), "-c", str(CLIENTS), "-m", str(STREAMS), "-d", body, "-H", "content-type: application/grpc",
         "-H", "te: trailers", "-H", f"authorization: Bearer {token}", f"http://127.0.0.1:{port}{METHOD}"],
        capture_output=True, text=True, check=True, timeout=300)
    rate = float(re.search(r"finished in .*?, ([\d.]+) req/s", done.stdout).group(1))
    answered = int(re.search(r"status codes: (\d+) 2xx", done.stdout).group(1))
    assert answered == REQUESTS, done.stdout
    size = int(re.search(r"\((\d+)\) data", done.stdout).group(1)) / REQUESTS
    return rate, size


def main():
    # The limit is looked at, and not met.
    os.environ.update(ANJU_CALLER_RATE="1e9", ANJU_CALLER_BURST="1e9")
    anju = Anju()
    echo = None
    try:
        anju.up(demo=False)
        token = anju.token_file("province-45").read_text().strip()
        anju.overview("450328", "2018-10")
        body = anju.data / "request"
        body.write_bytes(frame(field(1, "450328") + field(2, "2018-10")))
        # The reference answers as many bytes as the gateway does.
        _, size = load(anju.grpc, body, token)
        payload = anju.data / "payload"
        payload.write_bytes(b"x" * (int(size) - 5))
        (port,) = free_ports(1)
        echo = subprocess.Popen([PROGRAMS / "echo_server", f"127.0.0.1:{port}", payload])
        time.sleep(1)
        ours, bare = [], []
        for _ in range(ROUNDS):
            bare.append(load(port, body, token)[0])
            ours.append(load(anju.grpc, body, token)[0])
        print(f"cached overview, {int(size)} bytes: {statistics.median(ours):.0f}/s; bare echo: {statistics.median(bare):.0f}/s")
        print(f"ratio overview/echo: {statistics.median(ours) / statistics.median(bare):.2f} (at least 0.7)")
    finally:
        if echo is not None:
            echo.kill()
        anju.remove()


if __name__ == "__main__":
    main()
