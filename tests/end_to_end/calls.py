"""gRPC spoken by hand, as bytes: a test may say what no library lets it say, sees all that comes back, and asks a thousand questions in a
second."""

import base64
import ctypes
import ctypes.util
import dataclasses
import struct

from contracts import fields, text
from frames import ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PING, PREFACE, RST_STREAM, SETTINGS, WINDOW_UPDATE, Frames

HEAD = (("content-type", "application/grpc"), ("te", "trailers"))
LARGEST_WINDOW = 0x7FFFFFFF


class Inflater:
    """What HPACK means, by libnghttp2."""

    class Field(ctypes.Structure):
        _fields_ = [("name", ctypes.c_void_p), ("value", ctypes.c_void_p), ("name_size", ctypes.c_size_t), ("value_size", ctypes.c_size_t),
                    ("flags", ctypes.c_uint8)]

    library = ctypes.CDLL(ctypes.util.find_library("nghttp2"))
    library.nghttp2_hd_inflate_hd2.restype = ctypes.c_ssize_t
    EMIT, FINAL = 2, 1

    def __init__(self):
        self.state = ctypes.c_void_p()
        assert self.library.nghttp2_hd_inflate_new(ctypes.byref(self.state)) == 0

    def inflate(self, block):
        found, field, flags = {}, self.Field(), ctypes.c_int()
        while True:
            used = self.library.nghttp2_hd_inflate_hd2(self.state, ctypes.byref(field), ctypes.byref(flags), block, ctypes.c_size_t(len(block)), 1)
            assert used >= 0, "what came is no HPACK"
            block = block[used:]
            if flags.value & self.EMIT:
                found[ctypes.string_at(field.name, field.name_size).decode()] = ctypes.string_at(field.value, field.value_size).decode("latin-1")
            if flags.value & self.FINAL:
                self.library.nghttp2_hd_inflate_end_headers(self.state)
                return found

    def close(self):
        self.library.nghttp2_hd_inflate_del(self.state)


@dataclasses.dataclass
class Answer:
    """What came of a call. Without a grpc-status in it `code` is -1."""

    http: int = 0
    code: int = -1
    message: str = ""
    details: bytes = b""
    body: bytes = b""
    # The kind of the frame that ended it: HEADERS for trailers, RST_STREAM, or GOAWAY for the whole connection.
    ended_by: int = None

    def take(self, head):
        self.http = int(head.get(":status", self.http))
        self.code = int(head.get("grpc-status", self.code))
        self.message = head.get("grpc-message", self.message)
        if packed := head.get("grpc-status-details-bin"):
            self.details = base64.b64decode(packed + "=" * (-len(packed) % 4))

    @property
    def reason(self):
        return next((text(fields(fields(packed)[2][0]), 1) for packed in fields(self.details).get(3, []) if b"ErrorInfo" in packed), None)

    @property
    def messages(self):
        found, rest = [], self.body
        while rest:
            size = int.from_bytes(rest[1:5], "big")
            found.append(rest[5:5 + size])
            rest = rest[5 + size:]
        return found


def framed(message):
    return b"\0" + struct.pack(">I", len(message)) + message


class Calls(Frames):
    """A connection to a port of gRPC, and calls on it."""

    def __init__(self, port, ca=None):
        super().__init__(port, ca, preface=False)
        self.inflater, self.stream, self.received, self.leaving = Inflater(), -1, b"", False
        self.socket.sendall(PREFACE + self.frame(SETTINGS, 0, 0, struct.pack(">HI", 4, LARGEST_WINDOW)) +
                            self.frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", LARGEST_WINDOW - 65535)))

    def begin(self, path, messages=(b"",), token=None, more=(), head=HEAD):
        """Sends a call with all that its caller says; answers the number of its stream."""
        self.stream += 2
        bearer = (("authorization", f"Bearer {token}"),) if token is not None else ()
        data = b"".join(framed(message) for message in messages)
        self.socket.sendall(self.frame(HEADERS, END_HEADERS, self.stream, self.request("/" + path, "POST", (*head, *bearer, *more))) +
                            self.frame(DATA, END_STREAM, self.stream, data))
        return self.stream

    def next_frame(self):
        while len(self.received) < 9 or len(self.received) < 9 + int.from_bytes(self.received[:3], "big"):
            more = self.socket.recv(1 << 16)
            if not more:
                return None
            self.received += more
        size = int.from_bytes(self.received[:3], "big")
        kind, flags, stream, payload = self.received[3], self.received[4], int.from_bytes(self.received[5:9], "big"), self.received[9:9 + size]
        self.received = self.received[9 + size:]
        return kind, flags, stream, payload

    def finish(self, stream, seconds=20):
        """Waits until the call has ended."""
        self.socket.settimeout(seconds)
        answer, block = Answer(), b""
        while answer.ended_by is None:
            frame = self.next_frame()
            kind, flags, at, payload = frame or (GOAWAY, 0, 0, b"\xff" * 8)
            if kind == SETTINGS and not flags & ACK:
                self.socket.sendall(self.frame(SETTINGS, ACK))
            elif kind == PING and not flags & ACK:
                self.socket.sendall(self.frame(PING, ACK, 0, payload))
            elif kind == GOAWAY:
                # Without an error it ends when it has answered.
                self.leaving = True
                if any(payload[4:8]):
                    answer.ended_by = GOAWAY
            elif kind in (HEADERS, CONTINUATION):
                block += payload
                if flags & END_HEADERS:
                    # Those of a call that nobody waits for count for the state of the connection.
                    head, block = self.inflater.inflate(block), b""
                    if at == stream:
                        answer.take(head)
            elif kind == DATA and payload:
                answer.body += payload if at == stream else b""
                self.socket.sendall(self.frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", len(payload))))
            if at == stream and (kind == RST_STREAM or kind in (HEADERS, DATA) and flags & END_STREAM):
                answer.ended_by = kind
        return answer

    def ask(self, path, *messages, **about):
        """One call with these messages; about a token or more headers see begin."""
        return self.finish(self.begin(path, messages, **about))

    def close(self):
        self.inflater.close()
        super().close()


class Lines:
    """A connection to each port, made anew when the other side has left."""

    def __init__(self):
        self.open = {}

    def ask(self, port, path, *messages, **about):
        if port in self.open and self.open[port].leaving:
            self.open.pop(port).close()
        if port not in self.open:
            self.open[port] = Calls(port)
        return self.open[port].ask(path, *messages, **about)

    def close(self):
        for calls in self.open.values():
            calls.close()
