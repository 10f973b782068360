"""The contracts, read from the descriptor set of the build without a library: what there is to ask, of whom, and requests in both forms."""

import json
import re
import urllib.parse

ACCESS, SCOPE, PERSONAL, EVERY_SERVICE, LABEL, HTTP_RULE = 50901, 50903, 50905, 50907, 50902, 72295728
ROLES = ("", "reader", "collector", "officer", "approver", "bank", "enterprise", "auditor", "admin", "service")
BOOL, STRING, MESSAGE, BYTES, ENUM = 8, 9, 11, 12, 14
REPEATED = 3
VERBS = {2: "GET", 3: "PUT", 4: "POST", 5: "DELETE", 6: "PATCH"}
# Contracts that services serve to one another only.
CLOSED = ("anju.feed.v1.Feed",)
# What a request is refused for before its division is looked at.
NEEDED = {"import_id": b"i1", "source": b"test", "month": b"2018-10", "from_month": b"2018-10", "to_month": b"2018-10"}


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def varint_of(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def fields(data):
    """A protobuf message as {field number: [values]}."""
    found, at = {}, 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        else:
            size, at = (4, at) if key & 7 == 5 else (8, at) if key & 7 == 1 else varint(data, at)
            value, at = data[at:at + size], at + size
        found.setdefault(key >> 3, []).append(value)
    return found


def text(message, number):
    return message.get(number, [b""])[0].decode()


def encode(number, payload):
    """A field of bytes."""
    return varint_of(number << 3 | 2) + varint_of(len(payload)) + payload


class Contracts:
    """The methods of the descriptor set, their roles, and where their requests name divisions."""

    def __init__(self, path):
        self.messages, self.methods, self.shared = {}, [], set()
        # By method: what it takes and answers, whether either side streams, who may see personal data, whether anybody may call, whether it
        # changes nothing, where it is over HTTP: (verb, path, field of the body).
        self.takes, self.answers, self.streams, self.unmasked, self.public, self.reads, self.routes = {}, {}, set(), {}, set(), set(), {}
        for file in (fields(raw) for raw in fields(path.read_bytes())[1]):
            package = text(file, 2)
            for message in file.get(4, []):
                self._add(package, fields(message))
            for service in (fields(raw) for raw in file.get(6, [])):
                name = f"{package}.{text(service, 1)}"
                if fields(service.get(3, [b""])[0]).get(EVERY_SERVICE, [0])[0]:
                    self.shared.add(name)
                for method in (fields(raw) for raw in service.get(2, [])):
                    if package.startswith("anju."):
                        self._add_method(name, method)
        self.personal = {name for name in self.messages if self._holds_personal(name, set())}

    def _add(self, package, message):
        name = f"{package}.{text(message, 1)}"
        self.messages[name] = [fields(raw) for raw in message.get(2, [])]
        for nested in message.get(3, []):
            self._add(name, fields(nested))

    def _add_method(self, service, method):
        options = fields(method.get(4, [b""])[0])
        access, rule = fields(options.get(ACCESS, [b""])[0]), fields(options.get(HTTP_RULE, [b""])[0])
        roles = {ROLES[role] for role in self._numbers(access.get(1, []))}
        self.methods.append((service, text(method, 1), text(method, 2)[1:], roles))
        path = f"{service}/{text(method, 1)}"
        self.takes[path], self.answers[path] = text(method, 2)[1:], text(method, 3)[1:]
        if method.get(5, [0])[0] or method.get(6, [0])[0]:
            self.streams.add(path)
        if access.get(2):
            self.unmasked[path] = {ROLES[role] for role in self._numbers(access[2])}
        if access.get(3, [0])[0]:
            self.public.add(path)
        if options.get(34, [0])[0] == 1:
            self.reads.add(path)
        for number, verb in VERBS.items():
            if number in rule:
                self.routes[path] = (verb, text(rule, number), text(rule, 7))

    def _holds_personal(self, name, seen):
        """Whether a message may hold personal data at any depth; what an Any holds is not known."""
        if name == "google.protobuf.Any":
            return True
        seen.add(name)
        return any(fields(field.get(8, [b""])[0]).get(PERSONAL, [0])[0] or
                   (field[5][0] == MESSAGE and text(field, 6)[1:] not in seen and self._holds_personal(text(field, 6)[1:], seen))
                   for field in self.messages.get(name, []))

    @staticmethod
    def _numbers(values):
        for value in values:
            if isinstance(value, int):
                yield value
                continue
            at = 0
            while at < len(value):
                number, at = varint(value, at)
                yield number

    @staticmethod
    def is_scope(field):
        return bool(fields(field.get(8, [b""])[0]).get(SCOPE, [0])[0])

    def scoped(self, name, division, above=()):
        """A request that names `division` wherever it can, and little else; empty when it names none."""
        named = needed = b""
        for field in self.messages.get(name, []):
            number = field[3][0]
            if self.is_scope(field):
                named += encode(number, division.encode())
            elif field[5][0] == MESSAGE and text(field, 6)[1:] not in above:
                inner = self.scoped(text(field, 6)[1:], division, (*above, name))
                named += encode(number, inner) if inner else b""
            elif text(field, 1) in NEEDED:
                needed += encode(number, NEEDED[text(field, 1)])
        return named + needed if named else b""

    def filled(self, name, say, above=()):
        """A request, in the form of JSON, with what `say(field, its message)` says in every field that is no message, at any depth; without
        the field where that is None."""
        request = {}
        for field in self.messages.get(name, []):
            kind, inner = field[5][0], text(field, 6)[1:]
            if kind != MESSAGE:
                value = say(field, name)
            else:
                value = self.filled(inner, say, (*above, name)) or None if inner not in above and len(above) < 4 else None
            if value is not None:
                request[text(field, 1)] = [value] if field[4][0] == REPEATED else value
        return request

    def encoded(self, name, request):
        """The bytes of a request in the form of JSON, whose other values than strings are numbers; what is bytes is said as it is."""
        data = b""
        known = {text(field, 1): field for field in self.messages[name]}
        for label, values in request.items():
            field = known[label]
            for value in values if isinstance(values, list) else [values]:
                if field[5][0] == MESSAGE:
                    data += encode(field[3][0], self.encoded(text(field, 6)[1:], value))
                elif field[5][0] in (STRING, BYTES):
                    data += encode(field[3][0], value.encode())
                else:
                    data += varint_of(field[3][0] << 3) + varint_of(int(value))
        return data

    def over_http(self, path, request, service=None):
        """(verb, target, body) of a request in the form of JSON."""
        verb, template, body = self.routes[path]
        # What an indicator is called says which service has it.
        request = ({"indicator": f"{service}.x"} if service and "{indicator}" in template else {}) | request
        target = re.sub(r"\{(\w+)[^}]*\}", lambda match: urllib.parse.quote(str(request.pop(match[1], "x")), safe=""), template)
        query = [("service", service)] if service and path.split("/")[0] in self.shared else []
        if body:
            content = json.dumps(request if body == "*" else request.pop(body, {}))
        else:
            content = None
        if body != "*":
            query += [(name, str(part).lower() if isinstance(part, bool) else part) for name, value in request.items() if not isinstance(value, dict)
                      for part in (value if isinstance(value, list) else [value]) if not isinstance(part, dict)]
        return verb, target + ("?" + urllib.parse.urlencode(query) if query else ""), content
