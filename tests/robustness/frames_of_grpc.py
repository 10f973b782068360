"""Calls that are none, of each way in which a call of gRPC may be wrong: for a test to send, and to be answered an error."""

import struct

from calls import HEAD, framed
from frames import CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, Frames

CONTENT, TE = HEAD
LARGEST_FRAME = 16_384
# An unknown field that begins a group, in which one begins, in which one begins, ...
NEST = b"\x9b\x06" * 20_000


def prefixed(flag, size, data):
    return bytes([flag]) + struct.pack(">I", size) + data


# What is sent after a good head instead of a good message.
MESSAGES = {
    "a length of 4 GB": lambda good: prefixed(0, 0xFFFFFFFF, good),
    "a length beyond the limit": lambda good: prefixed(0, 8 * 1024 * 1024 + 1, good),
    "a length of more than there is": lambda good: prefixed(0, len(good) + 1, good),
    "a length of less than there is": lambda good: framed(good) + b"x",
    "half a prefix": lambda good: framed(good)[:3],
    "half a prefix behind": lambda good: framed(good) + b"\0\0",
    "compressed without a word": lambda good: prefixed(1, len(good), good),
    "a flag that is none": lambda good: prefixed(7, len(good), good),
    "not protobuf": lambda good: framed(b"\xff" * 50),
    "bytes that are no UTF-8": lambda good: framed(good + b"\x12\x02\xc3\x28"),
    "a number of eleven bytes": lambda good: framed(good + b"\x98\x06" + b"\xff" * 10 + b"\x01"),
    "a text of 2 GB": lambda good: framed(good + b"\x0a\xff\xff\xff\xff\x07x"),
    "a field of number 0": lambda good: framed(good + b"\x02\x01x"),
    "a kind of field that is none": lambda good: framed(good + b"\x0f\x01x"),
    "the end of what never began": lambda good: framed(good + b"\x0c"),
    "messages within messages": lambda good: framed(good + NEST),
    "a bad message after a good one": lambda good: framed(good) + framed(b"\xff" * 50),
}
# What only a method with one request refuses.
ONE_ONLY = {"no message": lambda good: b"", "two messages": lambda good: framed(good) * 2}

# What is sent instead of a good head.
FIELDS = {
    "another content": (("content-type", "text/html"), TE),
    "gRPC for browsers": (("content-type", "application/grpc-web"), TE),
    "messages in JSON": (("content-type", "application/grpc+json"), TE),
    "no content": (TE,),
    "no te": (CONTENT,),
    "another te": (CONTENT, ("te", "gzip")),
    "an encoding that is none": (*HEAD, ("grpc-encoding", "br")),
    "a timeout that is none": (*HEAD, ("grpc-timeout", "1 year")),
    "a timeout below nothing": (*HEAD, ("grpc-timeout", "-1S")),
    "a timeout with a point": (*HEAD, ("grpc-timeout", "1.5S")),
    "a timeout without end": (*HEAD, ("grpc-timeout", "9" * 30 + "H")),
    "a timeout without a unit": (*HEAD, ("grpc-timeout", "100")),
    "two tokens": (*HEAD, ("authorization", "Bearer x")),
    "headers of 17 KB": (*HEAD, *((f"x-{i}", "v" * 1000) for i in range(17))),
    "one header of 32 KB": (*HEAD, ("x-long", "v" * 32_000)),
    "a thousand headers": (*HEAD, *((f"x-{i}", "v" * 20) for i in range(1000))),
    "a header in capitals": (*HEAD, ("X-A", "v")),
    "a header of a connection": (*HEAD, ("connection", "close")),
    "a header that ends its line": (*HEAD, ("x-request-id", b"a\r\nb")),
    "a header with a zero byte": (*HEAD, ("x-request-id", b"a\0b")),
    "bytes not in base64": (*HEAD, ("x-blob-bin", "!!!")),
}

# What stands behind the service, or instead of the whole.
PATHS = {
    "no such method": "{service}/Nothing",
    "no such service": "/anju.nothing.v1.Nothing/Get",
    "a path with dots": "{service}/../{method}",
    "a path with a query": "{service}/{method}?id=1",
    "a path in percent": "{service}%2F{method}",
    "a path with two slashes": "/{service}/{method}",
    "a path with a slash behind": "{service}/{method}/",
    "an absolute path": "http://127.0.0.1{service}/{method}",
    "an empty path": "/",
    "a star": "*",
    "health under another name": "/grpc.",
}


def head(frames, stream, path, token, fields=HEAD, method="POST"):
    block = frames.request(path, method, (*fields, ("authorization", f"Bearer {token}")))
    pieces = [block[at:at + LARGEST_FRAME] for at in range(0, len(block), LARGEST_FRAME)]
    return b"".join(Frames.frame(CONTINUATION if i else HEADERS, END_HEADERS if piece is pieces[-1] else 0, stream, piece)
                    for i, piece in enumerate(pieces))


def body(stream, data):
    pieces = [data[at:at + LARGEST_FRAME] for at in range(0, len(data), LARGEST_FRAME)] or [b""]
    return b"".join(Frames.frame(DATA, END_STREAM if i + 1 == len(pieces) else 0, stream, piece) for i, piece in enumerate(pieces))


def attacks(path, token, good, streams):
    """{what is wrong: what to send, (a connection, a stream) -> bytes}, of calls of a method. `good` is a message that it takes."""
    found = {what: lambda f, s, make=make: head(f, s, path, token) + body(s, make(good))
             for what, make in (MESSAGES | ({} if streams else ONE_ONLY)).items()}
    found |= {what: lambda f, s, fields=fields: head(f, s, path, token, fields) + body(s, framed(good)) for what, fields in FIELDS.items()}
    service, method = path.rsplit("/", 1)
    found |= {what: lambda f, s, other=other.format(service=service, method=method): head(f, s, other, token) + body(s, framed(good))
              for what, other in PATHS.items()}
    return found | {"GET": lambda f, s: head(f, s, path, token, method="GET") + body(s, framed(good))}
