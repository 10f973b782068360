#!/usr/bin/env python3
"""Import through the front door against the same rows inserted raw into the same tables, in one run.

A county's households and persons go in through anjuctl, the gateway and the registry with everything on: rules, names, tallies,
feed, audit, receipts. Then every row that this has left in the database is inserted into an empty one with the same schema and
the same durability, by prepared statements in as many transactions as there were batches.
"""

import pathlib
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))
from whole import ROOT, Anju  # noqa: E402

COUNTY, BATCH = "450481", 1000


def import_all(anju, folder):
    rows, started = 0, time.monotonic()
    for kind in ("villages", "households", "persons"):
        file = next(folder.glob(f"{COUNTY}/*-registry-{kind}.csv"))
        receipt = anju.ctl(anju.token_file(f"officer-{COUNTY}"), "import", kind, file, "--division", COUNTY,
                           "--source", "county", "--batch", str(BATCH))
        assert receipt["refused"] == 0, receipt
        rows += receipt["received"]
    return rows, time.monotonic() - started


def insert_raw(source, target, transactions):
    read = sqlite3.connect(source)
    schema = read.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'division%'").fetchall()
    tables = [name for (name,) in read.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'division%'")]
    write = sqlite3.connect(target, isolation_level=None)
    write.execute("PRAGMA journal_mode=WAL")
    write.execute("PRAGMA synchronous=FULL")
    for (statement,) in schema:
        write.execute(statement)
    work = []
    for table in tables:
        rows = read.execute(f"SELECT * FROM {table}").fetchall()
        if rows:
            work.append((f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows))
    started = time.monotonic()
    for n in range(transactions):
        write.execute("BEGIN IMMEDIATE")
        for statement, rows in work:
            begin, end = len(rows) * n // transactions, len(rows) * (n + 1) // transactions
            write.executemany(statement, rows[begin:end])
        write.execute("COMMIT")
    return time.monotonic() - started


def main():
    anju = Anju()
    try:
        anju.up(demo=False)
        subprocess.run([ROOT / "deploy/demo/make", anju.data / "demo"], check=True, capture_output=True)
        rows, through = import_all(anju, anju.data / "demo")
        anju.down()
        raw = insert_raw(anju.data / "sqlite/registry.db", anju.data / "raw.db", -(-rows // BATCH))
        print(f"import: {rows} rows in {through:.2f} s ({rows / through:.0f} rows/s); raw: {raw:.2f} s ({rows / raw:.0f} rows/s)")
        print(f"ratio import/raw: {raw / through:.2f} (at least 0.5)")
    finally:
        anju.remove()


if __name__ == "__main__":
    main()
