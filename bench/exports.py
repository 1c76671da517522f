"""What DuckDB takes to write the log of a day as one file, on one thread, and what that and Weir's file come to.

    python bench/exports.py csv|parquet ROUNDS FOLDER FILE

`FOLDER` holds the log as Parquet, `FILE` is what Weir has made of it. Prints one JSON object: the seconds of processor time of the fastest
round of the fastest way to write it, and the sums over the columns of both, so that the caller can see that the same work was done.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

import duckdb

# Columns that Weir does not hand out.
INTERNAL = {"hour", "content_hash"}
# Every column is looked at; texts by how many there are and by their bytes, so that order does not matter.
SUMS = {"VARCHAR": 'sum(strlen("{0}")), bit_xor(hash("{0}"))', "BIGINT": 'sum("{0}")', "BOOLEAN": 'count(*) FILTER ("{0}")'}
TIME = 'sum(epoch_ms("{0}")::HUGEINT)'


def spent() -> float:
    """The processor time of this process, all threads together, in seconds."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def kinds(connection: duckdb.DuckDBPyConnection, source: str) -> dict[str, str]:
    described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    return {name: kind for name, kind, *_ in described if name not in INTERNAL}


def in_utc(name: str, kind: str) -> str:
    """A column, of which times do not ask for a zone."""
    return f'make_timestamp(epoch_us("{name}")) AS "{name}"' if kind.startswith("TIMESTAMP") else f'"{name}"'


def ways(columns: dict[str, str], form: str) -> dict[str, str]:
    """The same columns as they are, and with times as DuckDB writes them fastest."""
    as_they_are = ", ".join(f'"{name}"' for name in columns)
    if form == "parquet":
        return {"as they are": as_they_are}
    return {"as they are": as_they_are, "times in UTC": ", ".join(in_utc(*column) for column in columns.items())}


def write(connection: duckdb.DuckDBPyConnection, source: str, form: str, rounds: int) -> dict:
    columns = kinds(connection, source)
    options = {"csv": "FORMAT csv, HEADER", "parquet": "FORMAT parquet, COMPRESSION zstd"}[form]
    best: dict = {}
    for way, selected in ways(columns, form).items():
        for _ in range(rounds):
            before = spent()
            rows = connection.execute(f"COPY (SELECT {selected} FROM {source}) TO '{target}' ({options})").fetchone()[0]
            seconds = spent() - before
            if not best or seconds < best["cpu_s"]:
                best = {"cpu_s": round(seconds, 3), "way": way, "rows": rows, "size_bytes": target.stat().st_size}
            target.unlink()
    return best


def sums(connection: duckdb.DuckDBPyConnection, source: str, columns: dict[str, str]) -> list:
    terms = [SUMS.get(kind, TIME).format(name) for name, kind in columns.items()]
    found = connection.execute(f"SELECT count(*), {', '.join(terms)} FROM {source}").fetchone()
    return [None if value is None else str(value) for value in found]


if __name__ == "__main__":
    form, rounds, folder, file = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4])
    target = folder / f"duckdb.{form}"
    connection = duckdb.connect(config={"threads": 1})
    source = f"read_parquet('{folder}/log/**/*.parquet')"
    best = write(connection, source, form, rounds)
    # Looking at what was written is not counted.
    connection.execute("SET threads = 2")
    columns = kinds(connection, source)
    typed = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    ours = f"read_csv('{file}', header = true, columns = {{{typed}}})" if form == "csv" else f"read_parquet('{file}')"
    print(json.dumps({"version": duckdb.__version__, **best, "sums": sums(connection, source, columns), "ours": sums(connection, ours, columns)}))
