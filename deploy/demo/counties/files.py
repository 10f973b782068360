"""Import files as a county saves them from Excel, with the headings of the record contracts.

The headings, the words for enum values and the method that takes each kind of record are read from the protos, so that
they cannot drift apart from them.
"""

import csv
import io
import json
import re
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SERVICES = ("registry", "relocation", "microcredit", "workshops", "channels")

_BLOCK = re.compile(r"^(message|enum) (\w+) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r'^  (\w+) (\w+) = \d+ \[\(anju\.type\.v1\.label\) = "([^"]+)"', re.MULTILINE)
_VALUE = re.compile(r'^  (\w+) = \d+ \[\(anju\.type\.v1\.value_label\) = "([^"]+)"\]', re.MULTILINE)
_ROWS = re.compile(r"repeated (\w+)Record rows")


class Contract:
    """The kinds of record that one service takes in."""

    def __init__(self, service):
        files = sorted((ROOT / "protos/anju" / service / "v1").glob("*.proto"))
        text = "".join(file.read_text(encoding="utf-8") for file in files)
        self.fields = {}  # Record -> [(type, name, heading)]
        self.enums = {}  # Enum -> {SHORT_NAME: word}
        self.methods = {}  # Record -> ImportX
        for kind, name, body in _BLOCK.findall(text):
            if kind == "enum":
                prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper() + "_"
                self.enums[name] = {value.removeprefix(prefix): word for value, word in _VALUE.findall(body)}
            elif name.endswith("Record"):
                self.fields[name.removesuffix("Record")] = _FIELD.findall(body)
            elif rows := _ROWS.search(body):
                self.methods[rows.group(1)] = name.removesuffix("Request")

    def cell(self, kind, name, value):
        """The text of one value. Money comes in fen, areas in 0.01 m², quantities in thousandths, rates in 0.01 percent."""
        if value is None or value == "":
            return ""
        if kind in self.enums:
            return self.enums[kind][value]
        if kind == "bool":
            return "是" if value else "否"
        if isinstance(value, date):
            return value.isoformat()
        if name.endswith("_fen"):
            return f"{value // 100}.{value % 100:02d}".removesuffix(".00")
        if name.endswith(("_centi_sqm", "_centi_mu", "_bp")):
            return f"{value // 100}.{value % 100:02d}"
        if name.endswith("_milli"):
            return f"{value // 1000}.{value % 1000:03d}".rstrip("0").rstrip(".")
        return str(value)


CONTRACTS = {service: Contract(service) for service in SERVICES}


class Plan:
    """What the loader does, in order: all files first, then the calls that work on what the files brought."""

    def __init__(self, out):
        self.out = out
        self._imports = []
        self._calls = []

    def add_import(self, step):
        self._imports.append(step)

    def call(self, method, division, role, body, service=None):
        step = {"call": method, "division": division, "role": role}
        if service:
            step["service"] = service
        self._calls.append(step | {"body": body})

    def save(self):
        steps = self._imports + self._calls
        text = "[\n" + ",\n".join(json.dumps(step, ensure_ascii=False) for step in steps) + "\n]\n"
        (self.out / "plan.json").write_text(text, encoding="utf-8")


class Folder:
    """The files of one county, numbered in the order in which they must be imported."""

    def __init__(self, plan, county, encoding="utf-8-sig"):
        self._plan = plan
        self._county = county
        self._encoding = encoding
        self._path = plan.out / county
        self._number = 0

    def write(self, service, record, rows, division=None):
        """Writes `rows`, dicts by field name, as the next file. `division` is another code for the county, if it has one."""
        contract = CONTRACTS[service]
        method = contract.methods[record]
        fields = contract.fields[record]
        known = {name for _, name, _ in fields}
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow([heading for _, _, heading in fields])
        for row in rows:
            if not row.keys() <= known:
                raise KeyError(f"{record} has no field {sorted(row.keys() - known)}")
            writer.writerow([contract.cell(kind, name, row.get(name)) for kind, name, _ in fields])
        self._number += 1
        kind = re.sub(r"(?<!^)(?=[A-Z])", "_", method.removeprefix("Import")).lower()
        name = f"{self._number:02d}-{service}-{kind}.csv"
        self._path.mkdir(parents=True, exist_ok=True)
        (self._path / name).write_bytes(text.getvalue().encode(self._encoding))
        self._plan.add_import({
            "file": f"{self._county}/{name}", "division": division or self._county,
            "service": service, "method": method, "source": "county",
        })
