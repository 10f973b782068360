#!/usr/bin/env python3
"""The edge as deploy/edge/configure sets it up, a real nginx: what it refuses itself and in which words, and what of a request comes out behind
it. What it is like before a whole anju is in tests/end_to_end/edge_test.py."""

import base64
import json
import pathlib
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))
from contracts import fields as parse  # noqa: E402
from edge import Edge  # noqa: E402
from frames import CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, RST_STREAM, Frames  # noqa: E402
from whole import free_ports, reason  # noqa: E402

METHOD = "anju.gateway.v1.Gateway/GetOverview"
ENHANCE_YOUR_CALM = 11
INVALID_ARGUMENT, NOT_FOUND, RESOURCE_EXHAUSTED, UNIMPLEMENTED, UNAVAILABLE = 3, 5, 8, 12, 14


class Backend:
    """Stands where the gateway would. Keeps every byte that comes, and takes no request but by the letter of RFC 9112."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.connections, self.taken = [], []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            received = bytearray()
            self.connections.append(received)
            threading.Thread(target=self.serve, args=(connection, received), daemon=True).start()

    def serve(self, connection, received):
        answered = 0
        with connection:
            while more := connection.recv(65536):
                received += more
                for request in self.requests(received)[answered:]:
                    answered += 1
                    self.taken.append(request)
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    @staticmethod
    def requests(data):
        """Those that are whole, as (the lines of the head, the body); an AssertionError where anything is not as it should be."""
        data, found = bytes(data), []
        while data:
            head, end, data = data.partition(b"\r\n\r\n")
            lines = head.split(b"\r\n")
            fields = [tuple(line.split(b": ", 1)) for line in lines[1:]]
            assert not any(b"\n" in line or b"\r" in line for line in lines), lines
            assert not end or re.fullmatch(rb"[A-Z]+ /[!-~]* HTTP/1\.1", lines[0]), lines
            length = [value for name, value in fields if name.lower() == b"content-length"]
            if (b"Transfer-Encoding", b"chunked") in fields:
                assert not length, lines
                body, data = Backend.chunks(data)
            else:
                body, data = data[:int(length[0])] if length else b"", data[int(length[0]):] if length else data
                body = None if length and len(body) < int(length[0]) else body
            if not end or body is None:
                break
            found.append((lines, body))
        return found

    @staticmethod
    def chunks(data):
        body = b""
        while match := re.match(rb"([0-9a-f]+)\r\n", data):
            size = int(match.group(1), 16)
            chunk, data = data[match.end():match.end() + size + 2], data[match.end() + size + 2:]
            if len(chunk) < size + 2:
                return None, b""
            assert chunk.endswith(b"\r\n"), chunk
            if size == 0:
                return body, data
            body += chunk[:-2]
        assert re.fullmatch(rb"[0-9a-f]*\r?", data), data
        return None, b""

    def arrived(self):
        """All requests, in their order."""
        assert len(self.taken) == sum(len(self.requests(received)) for received in self.connections)
        return list(self.taken)

    def close(self):
        self.listener.close()


def folder_of(test):
    folder = tempfile.TemporaryDirectory(prefix="anju-edge-")
    test.addClassCleanup(folder.cleanup)
    return pathlib.Path(folder.name)


class RefusalTest(unittest.TestCase):
    """Nobody is behind this edge."""

    @classmethod
    def setUpClass(cls):
        folder = folder_of(cls)
        cls.edge = Edge(folder, *free_ports(2), "--calls", "1")
        cls.addClassCleanup(cls.edge.stop)
        cls.folder, cls.url = folder, f"https://localhost:{cls.edge.port}"

    def check(self, answer, status, code, why, retry=None):
        seen, fields, body = answer
        body = json.loads(body)
        self.assertEqual((status, code, why), (seen, body["code"], reason(body)), body)
        self.assertEqual("application/json", fields["content-type"])
        self.assertEqual("no-store", fields["cache-control"])
        self.assertTrue(body["message"])
        self.assertEqual({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": why, "domain": "anju"}, body["details"][0])
        self.assertEqual(retry, fields.get("retry-after"))
        delay = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retry_delay": retry + "s"}] if retry else []
        self.assertEqual(delay, body["details"][1:])

    def test_over_http_each_is_a_status_with_a_reason(self):
        long = "a" * 20_000
        cases = (
            ("a gateway that is away", ["/v1/overview"], 503, UNAVAILABLE, "GATEWAY_AWAY", "1"),
            ("with HTTP/1.1, and what nginx would take for a page", ["--http1.1", "/page.html"], 503, UNAVAILABLE, "GATEWAY_AWAY", "1"),
            ("a method that is none", ["-X", "TRACE", "/"], 405, UNIMPLEMENTED, "HTTP_METHOD_NOT_ALLOWED", None),
            ("its own pages", ["/_edge/http/GATEWAY_AWAY"], 404, NOT_FOUND, "ROUTE_UNKNOWN", None),
            ("a long field", ["--http1.1", "-H", f"X: {long}", "/"], 431, INVALID_ARGUMENT, "HEAD_TOO_LARGE", None),
            ("a long address", ["--http1.1", f"/{long}"], 431, INVALID_ARGUMENT, "HEAD_TOO_LARGE", None),
            ("another encoding", ["--http1.1", "-H", "Transfer-Encoding: gzip", "-d", "x", "/"], 501, UNIMPLEMENTED,
             "TRANSFER_ENCODING_UNKNOWN", None),
            ("a host that is none", ["--http1.1", "-H", "Host: a/b", "/"], 400, INVALID_ARGUMENT, "REQUEST_MALFORMED", None),
        )
        for what, (*words, path), *expected in cases:
            with self.subTest(what):
                self.check(self.edge.curl(*words, self.url + path), *expected)
                time.sleep(1.1)
        with self.subTest("plain text"):
            self.check(self.edge.curl(f"http://localhost:{self.edge.port}/"), 400, INVALID_ARGUMENT, "TLS_MISSING")
        for what, said, *expected in (("no HTTP", b"blah\r\n\r\n", 400, INVALID_ARGUMENT, "REQUEST_MALFORMED"),
                                      ("a version that is not yet", b"GET / HTTP/3.1\r\nHost: x\r\n\r\n", 505, UNIMPLEMENTED, "HTTP_VERSION_UNKNOWN")):
            with self.subTest(what):
                head, _, body = self.edge.say(said).decode().partition("\r\n\r\n")
                status, *fields = head.split("\r\n")
                fields = {name.lower(): value for name, value in (field.split(": ", 1) for field in fields)}
                self.check((int(status.split()[1]), fields, body), *expected)

    def check_grpc(self, answer, code, why, retry):
        fields, is_trailers_only = answer
        self.assertEqual(("200", "application/grpc", str(code)), (fields[":status"], fields["content-type"], fields["grpc-status"]), fields)
        self.assertTrue(is_trailers_only, fields)
        # gRPC leaves the padding of base64 away.
        details = fields["grpc-status-details-bin"]
        status = parse(base64.b64decode(details + "=" * (-len(details) % 4)))
        self.assertEqual(([code], [fields["grpc-message"].encode()]), (status[1], status[2]))
        info, *delay = ((detail[1][0], parse(detail[2][0])) for detail in map(parse, status[3]))
        self.assertEqual((b"type.googleapis.com/google.rpc.ErrorInfo", {1: [why.encode()], 2: [b"anju"]}), info)
        # A RetryInfo of a Duration of a second.
        self.assertEqual([(b"type.googleapis.com/google.rpc.RetryInfo", {1: [b"\x08\1"]})] if retry else [], delay)

    def test_over_grpc_each_is_a_head_that_ends_the_call(self):
        self.check_grpc(self.edge.grpc(METHOD), UNAVAILABLE, "GATEWAY_AWAY", True)
        time.sleep(1.1)
        self.check_grpc(self.edge.grpc("not.ours/Method"), UNIMPLEMENTED, "ROUTE_UNKNOWN", False)
        time.sleep(1.1)
        self.check_grpc(self.edge.grpc("_edge/grpc/GATEWAY_AWAY"), UNIMPLEMENTED, "ROUTE_UNKNOWN", False)

    def test_a_head_of_http2_that_is_too_large_ends_its_connection(self):
        # nginx says so in HTTP/2's own words, which no client takes for an answer of the gateway.
        for more, ends in ((12, False), (52, True)):
            frames = Frames(self.edge.port, self.edge.ca)
            self.addCleanup(frames.close)
            fields = [(f"x-{i}", "v" * 1000) for i in range(more)]
            head = Frames.request("/" + METHOD, "POST", (("content-type", "application/grpc"), *fields))
            frames.socket.sendall(Frames.frame(HEADERS, END_STREAM, 1, head[:8_000]) +
                                  b"".join(Frames.frame(CONTINUATION, 0, 1, head[at:at + 8_000]) for at in range(8_000, len(head) - 8_000, 8_000)) +
                                  Frames.frame(CONTINUATION, END_HEADERS, 1, head[-(len(head) % 8_000 or 8_000):]))
            kinds = [(frame[0], frame[3][4:8]) for frame in frames.frames(5) if frame is not None and frame[0] in (HEADERS, GOAWAY)]
            self.assertEqual([(GOAWAY, struct.pack(">I", ENHANCE_YOUR_CALM))] if ends else [HEADERS], kinds if ends else [kinds[0][0]])

    def test_too_much_is_told_in_the_caller_s_own_words(self):
        # Four at once are let through, and one in a second.
        limited = None
        for _ in range(20):
            limited = self.edge.curl(self.url + "/")
            if limited[0] == 429:
                break
        self.check(limited, 429, RESOURCE_EXHAUSTED, "RATE_LIMITED", "1")
        for _ in range(20):
            limited = self.edge.grpc(METHOD)
            if limited[0]["grpc-status"] != str(UNAVAILABLE):
                break
        self.check_grpc(limited, RESOURCE_EXHAUSTED, "RATE_LIMITED", True)

    def test_all_that_nginx_would_tell_in_its_own_words_has_some_of_ours(self):
        told = {code for codes in re.findall(r"error_page ((?:\d+ )+)", self.edge.configuration) for code in codes.split()}
        # 495 and 496 are of certificates of callers, whom none is asked of.
        self.assertEqual({"400", "404", "405", "408", "413", "414", "429", "431", "494", "497", "500", "501", "502", "503", "504", "505"}, told)
        self.assertNotIn("ssl_verify_client", self.edge.configuration)


class PagesTest(unittest.TestCase):
    """What a page of another origin may read of what the edge refuses: as much as of what the gateway answers."""

    OWN, OTHER = "https://figures.example.cn", "http://127.0.0.1:3000"
    FIELDS = ("vary", "access-control-allow-origin", "access-control-expose-headers")

    def seen_by(self, edge, origin):
        words = ["-H", f"Origin: {origin}"] if origin else []
        status, fields, body = edge.curl(*words, f"https://localhost:{edge.port}/v1/overview")
        self.assertEqual((503, "GATEWAY_AWAY", "1"), (status, reason(json.loads(body)), fields["retry-after"]))
        return tuple(fields.get(name) for name in self.FIELDS)

    def test_only_pages_that_are_named_may_read_a_refusal(self):
        edge = Edge(folder_of(type(self)), *free_ports(2), "--cors-origins", f"{self.OWN},{self.OTHER}")
        self.addCleanup(edge.stop)
        for origin in (self.OWN, self.OTHER):
            self.assertEqual(("Origin", origin, "Retry-After"), self.seen_by(edge, origin))
        for origin in (None, "null", "https://elsewhere.example.cn", self.OWN + ".evil.cn", self.OWN[:-1]):
            self.assertEqual(("Origin", None, None), self.seen_by(edge, origin), origin)

    def test_none_is_named_unless_it_is(self):
        edge = Edge(folder_of(type(self)), *free_ports(2))
        self.addCleanup(edge.stop)
        self.assertEqual((None, None, None), self.seen_by(edge, self.OWN))

    def test_what_is_no_origin_is_not_taken(self):
        for origins in ("*", "figures.example.cn", "https://a.cn/", f"{self.OWN} {self.OTHER}", "https://A.cn", "https://a.cn,~.*"):
            with self.subTest(origins), self.assertRaises(subprocess.CalledProcessError) as refused:
                Edge(folder_of(type(self)), *free_ports(2), "--cors-origins", origins)
            self.assertIn("is not an origin", refused.exception.stderr)


class PassageTest(unittest.TestCase):
    """nginx takes a bare LF for the end of a line, and has no switch against that. It does no harm: the edge reads a request, and writes one of its
    own; here is what arrives."""

    @classmethod
    def setUpClass(cls):
        cls.folder = folder_of(cls)

    def setUp(self):
        self.backend = Backend()
        self.addCleanup(self.backend.close)
        self.edge = Edge(tempfile.mkdtemp(dir=self.folder), self.backend.port, self.backend.port)
        self.addCleanup(self.edge.stop)

    def lines(self, first, *fields):
        return [first, b"Host: localhost", b"X-Real-IP: 127.0.0.1", *fields]

    @staticmethod
    def without_framing(requests):
        """A body goes on with its length or in chunks; Backend has seen that it is one of them and right."""
        return [(sorted(line for line in lines if not line.startswith((b"Content-Length:", b"Transfer-Encoding:"))), body) for lines, body in requests]

    def test_bare_line_feeds_arrive_as_one_request_in_crlf(self):
        inner = b"GET /smuggled HTTP/1.1\nHost: x\n\n"
        post = b"POST /a HTTP/1.1\nHost: localhost\n"
        cases = (
            # Read in one way this is one request with a body, in another a second one is behind it.
            ("a request within a chunk", post + b"Transfer-Encoding: chunked\n\n2;\nxx\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(inner) + 5, b"0\r\n\r\n" + inner),
             [(self.lines(b"POST /a HTTP/1.1"), b"xx0\r\n\r\n" + inner)]),
            ("a head", b"GET /a HTTP/1.1\nHost: localhost\nAuthorization: Bearer x\n\n",
             [(self.lines(b"GET /a HTTP/1.1", b"Authorization: Bearer x"), b"")]),
            ("a head of both kinds", b"GET /a HTTP/1.1\r\nHost: localhost\nAccept: */*\r\n\n",
             [(self.lines(b"GET /a HTTP/1.1", b"Accept: */*"), b"")]),
            ("a body that looks like a request", post + b"Content-Length: %d\n\n" % len(inner) + inner,
             [(self.lines(b"POST /a HTTP/1.1"), inner)]),
            ("chunks", post + b"Transfer-Encoding: chunked\n\n3\nabc\n0\n\n",
             [(self.lines(b"POST /a HTTP/1.1"), b"abc")]),
            ("two, one behind the other", b"GET /a HTTP/1.1\nHost: localhost\n\nGET /b HTTP/1.1\nHost: localhost\n\n",
             [(self.lines(b"GET /a HTTP/1.1"), b""), (self.lines(b"GET /b HTTP/1.1"), b"")]),
        )
        for what, said, expected in cases:
            with self.subTest(what):
                before = len(self.backend.arrived())
                answer = self.edge.say(said)
                arrived = self.backend.arrived()[before:]
                self.assertEqual(self.without_framing(expected), self.without_framing(arrived), answer)
                self.assertEqual(len(expected), answer.count(b"HTTP/1.1 200"), answer)

    def test_what_is_said_twice_arrives_twice(self):
        # The gateway refuses it; were the first one alone to arrive, the edge would have chosen.
        said = [b"X-Anju-Purpose: one purpose", b"X-Anju-Purpose: another", b"X-Anju-Service: registry", b"X-Anju-Service: relocation"]
        self.edge.say(b"\r\n".join((b"GET /a HTTP/1.1", b"Host: localhost", *said, b"", b"")))
        ((arrived, _),) = self.backend.arrived()
        self.assertEqual(sorted(self.lines(b"GET /a HTTP/1.1", *said)), sorted(arrived))

    def test_what_two_readers_could_read_in_two_ways_is_refused(self):
        get, post = b"GET /a HTTP/1.1\r\nHost: localhost\r\n", b"POST /a HTTP/1.1\r\nHost: localhost\r\n"
        cases = {
            "a length and chunks": post + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "chunks and a length": post + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            "chunks and a length, by bare line feeds": post.replace(b"\r", b"") + b"Transfer-Encoding: chunked\nContent-Length: 5\n\n0\n\n",
            "two lengths": post + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            "a length with a sign": post + b"Content-Length: +1\r\n\r\na",
            "an encoding that is nearly one": post + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "two encodings": post + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
            "a chunk with a sign": post + b"Transfer-Encoding: chunked\r\n\r\n+1\r\na\r\n0\r\n\r\n",
            "a folded field": get + b"Accept: a\r\n b\r\n\r\n",
            "a folded first field": b"GET /a HTTP/1.1\r\n Host: localhost\r\n\r\n",
            "a bare carriage return": get + b"Accept: a\rX-Real-IP: 10.0.0.1\r\n\r\n",
            "a zero": get + b"Accept: a\0b\r\n\r\n",
            "a space before the colon": get + b"Accept : a\r\n\r\n",
            "two hosts": get + b"Host: other\r\n\r\n",
            "no host": b"GET /a HTTP/1.1\r\n\r\n",
        }
        for what, said in cases.items():
            with self.subTest(what):
                answer = self.edge.say(said)
                self.assertRegex(answer, rb"^HTTP/1\.1 (400|501) ")
                self.assertEqual(1, answer.count(b"HTTP/1.1 "), answer)
                self.assertIn(b"google.rpc.ErrorInfo", answer)
        self.assertEqual([], self.backend.arrived())

    def test_http2_smuggles_no_lines_into_http1(self):
        cases = {
            "a line in a value": (("authorization", "x\r\nX-Real-IP: 10.0.0.1"),),
            "a line feed in a value": (("accept", "x\nX-Real-IP: 10.0.0.1"),),
            "a zero in a value": (("accept", "x\0y"),),
            "a line in a name": (("accept\r\nx-real-ip", "10.0.0.1"),),
            "a line in the address": ((":path", "/a HTTP/1.1\r\nX-Real-IP: 10.0.0.1\r\n\r\n"),),
            "a space in the address": ((":path", "/a HTTP/1.1"),),
            "a line in the host": ((":authority", "x\r\nX-Real-IP: 10.0.0.1"),),
            "a line in the method": ((":method", "GET /a HTTP/1.1\r\nX-Real-IP: 10.0.0.1\r\n\r\nGET"),),
        }
        for what, fields in cases.items():
            with self.subTest(what):
                frames = Frames(self.edge.port, self.edge.ca)
                said = {":method": "GET", ":scheme": "https", ":path": "/a", ":authority": "localhost"} | dict(fields)
                head = b"".join(Frames.literal(name, value) for name, value in said.items())
                frames.socket.sendall(Frames.frame(HEADERS, END_STREAM | END_HEADERS, 1, head))
                # An answer, or an end of the stream or of the connection.
                self.assertTrue(any(frame is None or frame[0] in (HEADERS, RST_STREAM, GOAWAY) for frame in frames.frames(5)))
                frames.close()
        self.assertEqual([], self.backend.arrived())
        # A length that is not the body's.
        frames = Frames(self.edge.port, self.edge.ca)
        frames.socket.sendall(Frames.frame(HEADERS, END_HEADERS, 1, Frames.request("/a", "POST", (("content-length", "1"),))) +
                              Frames.frame(DATA, END_STREAM, 1, b"aGET /smuggled HTTP/1.1\r\n\r\n"))
        self.assertTrue(any(frame is None or frame[0] in (HEADERS, RST_STREAM, GOAWAY) for frame in frames.frames(5)))
        frames.close()
        self.assertNotIn(b"smuggled", b"".join(bytes(received) for received in self.backend.connections))

    def test_no_lie_about_the_caller_goes_in_and_the_address_is_what_the_edge_sees(self):
        lies = ("X-Real-IP: 10.0.0.1", "X_Real_IP: 10.0.0.2", "X-Forwarded-For: 10.0.0.3", "Forwarded: for=10.0.0.4", "Cookie: a=b",
                "Connection: X-Real-IP", "TE: trailers", "Upgrade: h2c")
        for version in ("--http1.1", "--http2"):
            before = len(self.backend.arrived())
            words = [word for lie in lies for word in ("--header", lie)]
            status, _, _ = self.edge.curl(version, "--interface", "127.0.0.9", *words, "--header", "Authorization: Bearer x", "--user-agent", "",
                                          f"https://localhost:{self.edge.port}/a?b=c")
            self.assertEqual(200, status)
            (lines, _), = self.backend.arrived()[before:]
            self.assertEqual(sorted([b"GET /a?b=c HTTP/1.1", b"Host: localhost:%d" % self.edge.port, b"X-Real-IP: 127.0.0.9",
                                     b"Authorization: Bearer x", b"Accept: */*"]), sorted(b": ".join(self.named(line)) for line in lines))

    @staticmethod
    def named(line):
        """A field with its name as HTTP/1.1 writes it; in HTTP/2 it is small."""
        name, colon, value = line.partition(b": ")
        return (b"X-Real-IP" if name.lower() == b"x-real-ip" else name.title(), value) if colon else (name,)


if __name__ == "__main__":
    unittest.main()
