#!/usr/bin/env python3
"""What strangers and rogues send to the gateway's gRPC port below what a library can say: each gets an error, nothing breaks or grows, and
another caller is answered meanwhile. With programs that are built with a sanitizer (see whole.py) memory is not looked at."""

import http.client
import pathlib
import socket
import struct
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))
from frames import (CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PADDED, PING, PREFACE, PRIORITY,  # noqa: E402
                    PUSH_PROMISE, RST_STREAM, SETTINGS, WINDOW_UPDATE, Frames)
from contracts import encode  # noqa: E402
from whole import Anju, is_sanitized  # noqa: E402

HOME = "450481"
GRPC = (("content-type", "application/grpc"), ("te", "trailers"))
OVERVIEW = "/anju.gateway.v1.Gateway/GetOverview"
SLOW = 1000


def setUpModule():
    Hostile.measures = not is_sanitized()
    if not Hostile.measures:
        print("These programs are built with a sanitizer: memory is not looked at.", file=sys.stderr)
    Hostile.begin()


def tearDownModule():
    Hostile.anju.remove()


class Hostile(unittest.TestCase):
    """What all of these have: one anju, of which each hopes that the others did not break it."""

    @classmethod
    def begin(cls):
        Hostile.anju = Anju()
        # The rogues are to meet the methods, not the limit of their rate.
        Hostile.anju.environment.update(ANJU_CALLER_RATE="1e6", ANJU_CALLER_BURST="1e6", ANJU_STRANGER_RATE="1e6", ANJU_STRANGER_BURST="1e6")
        Hostile.anju.up(demo=False)
        Hostile.officer = Hostile.anju.new_token("officer", HOME)
        Hostile.token = Hostile.officer.read_text().strip()
        path = Hostile.anju.data / "households.csv"
        path.write_text("\n".join(["户编号,村代码,户类型,建档日期", *(f"h{i},{HOME}100201,建档立卡贫困户,2016-01-15" for i in range(50)), ""]))
        assert Hostile.anju.ctl(Hostile.officer, "import", "households", path, "--division", HOME)["added"] == 50
        Hostile.anju.settle()

    def figures(self):
        return self.anju.figures(HOME, "2018-10", self.officer)

    def resident_kib(self):
        """Of the gateway."""
        for status in pathlib.Path("/proc").glob("[0-9]*/status"):
            try:
                if f"--http=127.0.0.1:{self.anju.http}".encode() in (status.parent / "cmdline").read_bytes().split(b"\0"):
                    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
            except OSError:
                continue
        self.fail("there is no gateway")

    def be_answered(self, count=200):
        """Another caller's calls, on a connection of their own, each within so many seconds."""
        connection = http.client.HTTPConnection("127.0.0.1", self.anju.http, timeout=10)
        for _ in range(count):
            connection.request("GET", f"/v1/overview?division={HOME}&month=2018-10", headers={"Authorization": "Bearer " + self.token})
            answer = connection.getresponse()
            answer.read()
            self.assertEqual(200, answer.status)
        connection.close()

    def check_others(self, attack, threads=1):
        """Another caller is answered while `attack` goes on; the memory of the gateway does not grow."""
        self.be_answered()
        before = self.resident_kib()
        over, failures = threading.Event(), []

        def attacking():
            try:
                while not over.is_set():
                    attack()
            except BaseException as failure:  # Shown by the main thread.
                failures.append(failure)

        attackers = [threading.Thread(target=attacking) for _ in range(threads)]
        for attacker in attackers:
            attacker.start()
        try:
            self.be_answered()
        finally:
            over.set()
            for attacker in attackers:
                attacker.join()
        self.assertEqual([], failures)
        if self.measures:
            self.assertLess(self.resident_kib() - before, 32 * 1024)


class FramesTest(Hostile):
    """The gRPC port, below what a library of gRPC can say."""

    def open(self):
        frames = Frames(self.anju.grpc)
        self.addCleanup(frames.close)
        return frames

    def call(self, frames, stream, path=OVERVIEW, more=GRPC, authorization=True):
        bearer = (("authorization", "Bearer " + self.token),) if authorization else ()
        return Frames.frame(HEADERS, END_HEADERS, stream, frames.request(path, "POST", (*more, *bearer)))

    def message(self, stream, payload=encode(1, HOME.encode()) + encode(2, b"2018-10"), prefix=None):
        prefix = b"\0" + struct.pack(">I", len(payload)) if prefix is None else prefix
        return Frames.frame(DATA, END_STREAM, stream, prefix + payload)

    def answered(self, frames, stream, seconds=10):
        """The kind of the frame that ends this stream: HEADERS for trailers, RST_STREAM, or GOAWAY for the connection."""
        for frame in frames.frames(seconds):
            if frame is None or frame[0] == GOAWAY:
                return GOAWAY
            kind, flags, at, _ = frame
            if at == stream and (kind == RST_STREAM or kind == HEADERS and flags & END_STREAM):
                return kind
        return None

    def test_a_good_call_in_frames_is_answered(self):
        frames = self.open()
        frames.socket.sendall(self.call(frames, 1) + self.message(1))
        self.assertEqual(HEADERS, self.answered(frames, 1))

    def test_what_is_not_http2_ends_its_connection(self):
        frame = Frames.frame
        cases = {
            "HTTP/1.1": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 3,
            "noise": bytes(range(256)) * 20,
            "a frame of a stream that is none": PREFACE + frame(SETTINGS) + frame(DATA, 0, 1, b"x"),
            "an even stream": PREFACE + frame(SETTINGS) + frame(HEADERS, END_HEADERS, 2, b"\x82"),
            "a frame of 16 MB": PREFACE + frame(SETTINGS) + b"\xff\xff\xff" + bytes([DATA, 0]) + struct.pack(">I", 1) + b"x" * 20000,
            "settings on a stream": PREFACE + frame(SETTINGS, 0, 1),
            "settings of an odd length": PREFACE + frame(SETTINGS, 0, 0, b"xxxxx"),
            "a push": PREFACE + frame(SETTINGS) + frame(PUSH_PROMISE, END_HEADERS, 1, struct.pack(">I", 2)),
            "a ping of 3 bytes": PREFACE + frame(SETTINGS) + frame(PING, 0, 0, b"abc"),
            "a window beyond 2^31": PREFACE + frame(SETTINGS) + frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 0x7FFFFFFF)) * 2,
            "padding longer than its frame": PREFACE + frame(SETTINGS) + frame(HEADERS, END_HEADERS | PADDED, 1, b"\xff\x82"),
            "HPACK that is none": PREFACE + frame(SETTINGS) + frame(HEADERS, END_HEADERS, 1, b"\xff\xff\xff\xff\xff\xff\xff"),
            "CONTINUATION of nothing": PREFACE + frame(SETTINGS) + frame(CONTINUATION, END_HEADERS, 1, b"\x82"),
        }
        for what, data in cases.items():
            with self.subTest(what):
                frames = Frames(self.anju.grpc, preface=False)
                self.addCleanup(frames.close)
                try:
                    frames.socket.sendall(data)
                except OSError:
                    continue
                self.assertTrue(frames.ended(5))

    def flood(self, data, times=4000):
        """Says the same again and again; whether the connection ended over it."""
        frames = Frames(self.anju.grpc)
        try:
            for _ in range(times // 100):
                frames.socket.sendall(data * 100)
            return frames.ended(5)
        except OSError:
            return True
        finally:
            frames.close()

    def test_floods_end_their_connection_and_hurt_nobody(self):
        self.assertTrue(self.flood(Frames.frame(CONTINUATION, 0, 1, b"\0\1a\1b")))
        # Nobody reads the answers.
        self.check_others(lambda: self.flood(Frames.frame(PING, 0, 0, b"12345678")))
        self.check_others(lambda: self.flood(Frames.frame(SETTINGS)))
        self.check_others(lambda: self.flood(Frames.frame(PRIORITY, 0, 1, struct.pack(">IB", 0, 1))))

    def test_rapid_resets_end_their_connection_and_hurt_nobody(self):
        ended = []

        def attack():
            frames = Frames(self.anju.grpc)
            try:
                for stream in range(1, 8001, 2):
                    frames.socket.sendall(self.call(frames, stream) + Frames.frame(RST_STREAM, 0, stream, struct.pack(">I", 8)))
                ended.append(frames.ended(5))
            except OSError:
                ended.append(True)
            finally:
                frames.close()

        self.check_others(attack)
        self.assertTrue(ended and all(ended))

    def test_who_does_not_listen_fills_nothing_but_its_own_window(self):
        frames = [Frames(self.anju.grpc) for _ in range(20)]
        before = self.resident_kib()
        for one in frames:
            # Answers without end, of which nobody takes one.
            one.socket.sendall(Frames.frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 0)))
            for stream in range(1, 201, 2):
                one.socket.sendall(self.call(one, stream) + self.message(stream))
        self.be_answered()
        if self.measures:
            self.assertLess(self.resident_kib() - before, 64 * 1024)
        for one in frames:
            one.close()

    def test_no_address_takes_the_places_of_all(self):
        for port, word in ((self.anju.grpc, PREFACE[:10]), (self.anju.http, b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")):
            crowd = []
            try:
                for _ in range(SLOW + 100):
                    try:
                        crowd.append(socket.create_connection(("127.0.0.1", port), timeout=10, source_address=("127.0.2.1", 0)))
                        crowd[-1].sendall(word)
                    except ConnectionError:
                        pass
                frames = self.open()
                frames.socket.sendall(self.call(frames, 1) + self.message(1))
                self.assertEqual(HEADERS, self.answered(frames, 1))
                self.be_answered()
            finally:
                for connection in crowd:
                    connection.close()

    def test_a_thousand_silent_connections_block_nobody(self):
        for port, word in ((self.anju.grpc, PREFACE[:10]), (self.anju.http, b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")):
            silent = []
            try:
                for i in range(SLOW):
                    silent.append(socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(f"127.0.2.{2 + i % 8}", 0)))
                    if i % 2:
                        silent[-1].sendall(word)
                frames = self.open()
                frames.socket.sendall(self.call(frames, 1) + self.message(1))
                if port == self.anju.grpc:
                    self.assertEqual(HEADERS, self.answered(frames, 1))
                    self.be_answered()
            finally:
                for connection in silent:
                    connection.close()


if __name__ == "__main__":
    unittest.main()
