"""HTTP/2 spoken frame by frame, as no library lets one."""

import socket
import ssl
import struct
import time

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS, PADDED = 1, 1, 4, 8
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


class Frames:
    """A connection that is spoken to in frames of HTTP/2, by TLS if there is a CA."""

    def __init__(self, port, ca=None, preface=True, address="127.0.0.1"):
        """`address`, of loopback, is where it says to come from."""
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(address, 0))
        if ca is not None:
            context = ssl.create_default_context(cafile=ca)
            context.set_alpn_protocols(["h2"])
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
            assert self.socket.selected_alpn_protocol() == "h2"
        if preface:
            self.socket.sendall(PREFACE + self.frame(SETTINGS))

    @staticmethod
    def frame(kind, flags=0, stream=0, payload=b""):
        return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload

    @staticmethod
    def literal(name, value):
        """A header in HPACK, without the tables."""
        def text(word):
            size = len(word)
            data = word.encode() if isinstance(word, str) else word
            if size < 127:
                return bytes([size]) + data
            rest, more = size - 127, b""
            while rest > 127:
                more += bytes([rest % 128 | 128])
                rest //= 128
            return bytes([127]) + more + bytes([rest]) + data
        return b"\0" + text(name) + text(value)

    @staticmethod
    def request(path="/healthz", method="GET", more=()):
        fields = ((":method", method), (":scheme", "https"), (":path", path), (":authority", "localhost"), *more)
        return b"".join(Frames.literal(name, value) for name, value in fields)

    def frames(self, seconds):
        """What comes until then: (kind, flags, stream, payload) each, and None where the connection ends."""
        received, deadline = b"", time.monotonic() + seconds
        try:
            while (left := deadline - time.monotonic()) > 0:
                self.socket.settimeout(left)
                more = self.socket.recv(65536)
                if not more:
                    yield None
                    return
                received, at = received + more, 0
                while len(received) >= at + 9 and len(received) >= (end := at + 9 + int.from_bytes(received[at:at + 3], "big")):
                    yield received[at + 3], received[at + 4], int.from_bytes(received[at + 5:at + 9], "big"), received[at + 9:end]
                    at = end
                received = received[at:]
        except TimeoutError:
            return
        except OSError:
            yield None

    def ended(self, seconds=15):
        """Whether the other side ends the connection by then, by a GOAWAY or without one."""
        return any(frame is None or frame[0] == GOAWAY for frame in self.frames(seconds))

    def close(self):
        self.socket.close()
