"""What a database takes for the work of a settle: reads a Parquet file of AI requests, counts each event id once, and rolls up three ways.

    python bench/reference.py duckdb|clickhouse FILE

Prints one JSON object: the seconds of processor time of the fastest of several ways to write it and several rounds, on one thread, and
what came out, so that the caller can see that the same work was done. Starting the database is not counted.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable

ROUNDS = 3
KEPT = ("hour", "provider", "model", "status", "feature", "plan", "user", "input_tokens", "output_tokens", "latency_ms")
# By what each rollup groups, and whether it wants distinct users and the distribution of durations.
ROLLUPS = ((("hour", "provider", "model", "status"), True, True), (("hour", "feature", "plan"), True, False), (("hour", "user"), False, False))

Query = Callable[[str], list[list]]


def spent() -> float:
    """The processor time of this process, all threads together, in seconds."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def rollup(dimensions: tuple[str, ...], users: str, quantiles: str) -> str:
    keys = ", ".join(f'"{dimension}"' for dimension in dimensions)
    return f"SELECT {keys}, count(*), sum(input_tokens), sum(output_tokens){users}{quantiles} FROM events GROUP BY {keys}"


def measure(query: Query, ways: dict[str, str], users: str, quantiles: str) -> dict:
    """The fastest round of the fastest way to leave out copies, and the sums that the rollups come to."""
    best: dict = {}
    for way, events in ways.items():
        for _ in range(ROUNDS):
            before = spent()
            query(events)
            sums = []
            for dimensions, with_users, with_quantiles in ROLLUPS:
                rows = query(rollup(dimensions, users if with_users else "", quantiles if with_quantiles else ""))
                # The sums stand behind the dimensions; databases may write them as texts.
                totals = [sum(int(row[len(dimensions) + at]) for row in rows) for at in range(3)]
                sums.append([len(rows), *totals])
            seconds = spent() - before
            if not best or seconds < best["cpu_s"]:
                best = {"cpu_s": round(seconds, 3), "rollups": sums, "way": way}
            query("DROP TABLE events")
    return best


def duckdb(path: str) -> dict:
    import duckdb as engine

    connection = engine.connect(config={"threads": 1})
    names = ", ".join(f'"{name}"' for name in KEPT)
    firsts = ", ".join(f'first("{name}") AS "{name}"' for name in KEPT)
    source = f"FROM read_parquet('{path}')"
    ways = {
        "distinct on": f"CREATE TEMP TABLE events AS SELECT DISTINCT ON (id) {names} {source}",
        "group by": f"CREATE TEMP TABLE events AS SELECT {firsts} {source} GROUP BY id",
    }
    quantiles = ", approx_quantile(latency_ms, [0.5, 0.95, 0.99])"
    found = measure(lambda sql: connection.execute(sql).fetchall(), ways, ', approx_count_distinct("user")', quantiles)
    return {"engine": "duckdb", "version": engine.__version__, **found}


def clickhouse(path: str) -> dict:
    from chdb import engine_version
    from chdb.session import Session

    session = Session()
    one_thread = "SETTINGS max_threads = 1, max_insert_threads = 1, max_parsing_threads = 1"

    def query(sql: str) -> list[list]:
        if sql.startswith("SELECT"):
            return [json.loads(line) for line in str(session.query(f"{sql} {one_thread}", "JSONCompactEachRow")).splitlines()]
        session.query(sql if sql.startswith("DROP") else f"{sql} {one_thread}")
        return []

    session.query("CREATE DATABASE bench")
    session.query("USE bench")
    names = ", ".join(f'"{name}"' for name in KEPT)
    firsts = ", ".join(f'any("{name}") AS "{name}"' for name in KEPT)
    source = f"FROM file('{path}', Parquet)"
    ways = {
        "limit by": f"CREATE TABLE events ENGINE = Memory AS SELECT {names} {source} LIMIT 1 BY id",
        "group by": f"CREATE TABLE events ENGINE = Memory AS SELECT {firsts} {source} GROUP BY id",
    }
    found = measure(query, ways, ', uniqHLL12("user")', ", quantilesDD(0.01, 0.5, 0.95, 0.99)(latency_ms)")
    return {"engine": "clickhouse", "version": engine_version, **found}


if __name__ == "__main__":
    print(json.dumps({"duckdb": duckdb, "clickhouse": clickhouse}[sys.argv[1]](sys.argv[2])))
