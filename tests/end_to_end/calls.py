"""gRPC spoken by hand, as bytes: a test may say what no library lets it say, sees all that comes back, and asks a thousand questions in a
second."""

import base64
import ctypes
import ctypes.util
import dataclasses
import socket
import struct

from contracts import fields, text
from frames import ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PING, PREFACE, RST_STREAM, SETTINGS, WINDOW_UPDATE, Frames

HEAD = (("content-type", "application/grpc"), ("te", "trailers"))
# How long nothing may come.
TIMEOUT_S = 20
LARGEST_WINDOW, LARGEST_FRAME = 0x7FFFFFFF, 16_384


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
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(TIMEOUT_S)
        self.inflater, self.stream, self.received, self.leaving = Inflater(), -1, b"", False
        # The calls that are under way; how much the other side takes of all of them, of each to begin with, and of each.
        self.answers, self.window, self.first_window, self.windows, self.block = {}, 65_535, 65_535, {}, b""
        self.socket.sendall(PREFACE + self.frame(SETTINGS, 0, 0, struct.pack(">HI", 4, LARGEST_WINDOW)) +
                            self.frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", LARGEST_WINDOW - 65535)))

    def begin(self, path, messages=(b"",), token=None, more=(), head=HEAD):
        """Sends a call with all that its caller says; answers the number of its stream."""
        self.stream += 2
        stream, bearer = self.stream, (("authorization", f"Bearer {token}"),) if token is not None else ()
        answer = self.expect(stream)
        self.socket.sendall(self.frame(HEADERS, END_HEADERS, stream, self.request("/" + path, "POST", (*head, *bearer, *more))))
        data = b"".join(framed(message) for message in messages)
        pieces = [data[at:at + LARGEST_FRAME] for at in range(0, len(data), LARGEST_FRAME)] or [b""]
        for i, piece in enumerate(pieces):
            while answer.ended_by is None and min(self.window, self.windows[stream]) < len(piece):
                self.take()
            if answer.ended_by is not None:
                break
            self.window -= len(piece)
            self.windows[stream] -= len(piece)
            self.socket.sendall(self.frame(DATA, END_STREAM if i + 1 == len(pieces) else 0, stream, piece))
        return stream

    def expect(self, stream):
        """From now on what comes for this call is taken; it was sent by hand, or will be."""
        self.windows[stream] = self.first_window
        return self.answers.setdefault(stream, Answer())

    def next_frame(self):
        while len(self.received) < 9 or len(self.received) < 9 + int.from_bytes(self.received[:3], "big"):
            try:
                more = self.socket.recv(1 << 16)
            except ConnectionError:
                more = b""
            if not more:
                # As if it had said so.
                return GOAWAY, 0, 0, b"\xff" * 8
            self.received += more
        size = int.from_bytes(self.received[:3], "big")
        kind, flags, stream, payload = self.received[3], self.received[4], int.from_bytes(self.received[5:9], "big"), self.received[9:9 + size]
        self.received = self.received[9 + size:]
        return kind, flags, stream, payload

    def take(self):
        """Takes the next frame."""
        kind, flags, stream, payload = self.next_frame()
        answer = self.answers.get(stream)
        if kind == SETTINGS and not flags & ACK:
            for at in range(0, len(payload), 6):
                name, value = struct.unpack(">HI", payload[at:at + 6])
                if name == 4:
                    self.windows = {open_one: left + value - self.first_window for open_one, left in self.windows.items()}
                    self.first_window = value
            self.socket.sendall(self.frame(SETTINGS, ACK))
        elif kind == PING and not flags & ACK:
            self.socket.sendall(self.frame(PING, ACK, 0, payload))
        elif kind == WINDOW_UPDATE:
            more = int.from_bytes(payload, "big")
            if stream == 0:
                self.window += more
            elif stream in self.windows:
                self.windows[stream] += more
        elif kind == GOAWAY:
            # Without an error it ends when it has answered.
            self.leaving = True
            for one in self.answers.values() if any(payload[4:8]) else ():
                one.ended_by = GOAWAY
        elif kind in (HEADERS, CONTINUATION):
            self.block += payload
            if flags & END_HEADERS:
                # Those of a call that nobody waits for count for the state of the connection.
                fields_of, self.block = self.inflater.inflate(self.block), b""
                if answer is not None:
                    answer.take(fields_of)
        elif kind == DATA and payload:
            if answer is not None:
                answer.body += payload
            self.socket.sendall(self.frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", len(payload))))
        if answer is not None and (kind == RST_STREAM or kind in (HEADERS, DATA) and flags & END_STREAM):
            answer.ended_by = kind

    def finish(self, stream):
        """Waits until the call has ended."""
        answer = self.expect(stream)
        while answer.ended_by is None:
            self.take()
        del self.answers[stream], self.windows[stream]
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
