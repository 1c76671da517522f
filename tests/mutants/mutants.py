#!/usr/bin/env python3
"""Takes one guard of settling, or of reports, at a time out of a copy of the product, and demands that the simulation catches it: `make mutants`.

Without arguments all guards; with some, those whose name holds one of them. The copy is `target/mutants/tree`; what it is built into is
shared from mutant to mutant, so that each costs a build of a few crates."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "target/mutants"
TREE = PLACE / "tree"
SIMULATION = PLACE / "target/debug/simulation"
# A mutant lives where so many runs, in portions of so many, find nothing.
RUNS, PORTION = 1000, 50
# Many times what a portion takes: who never comes to rest is caught, too.
SECONDS = 300


@dataclass(frozen=True)
class Mutant:
    """A guard, and the text that is put in its place: in each file, old and new."""

    guard: str
    patches: tuple[tuple[str, str, str], ...]
    # Which simulation is to catch it.
    scenario: str = "soak"


MUTANTS = (
    Mutant(
        "the manifest's condition",
        (
            (
                "shared/rollups/src/manifest.rs",
                "edition => Condition::NumberIs { attribute: EDITION, value: stored(edition) },",
                "_ => Condition::Always,",
            ),
        ),
    ),
    Mutant(
        "an attempt's id of its own",
        (
            (
                "shared/settle/src/round.rs",
                "let (unit, id) = (run.unit, AttemptId::new(self.random.number()));",
                "let (unit, id) = (run.unit, AttemptId::new(u128::from(look.manifest.version) + 1));",
            ),
        ),
    ),
    Mutant(
        "dedupe",
        (
            (
                "shared/cube/src/settle/winners.rs",
                "(self.hash, self.check) == (other.hash, other.check)\n",
                "(self.hash, self.check, self.row) == (other.hash, other.check, other.row)\n",
            ),
        ),
    ),
    Mutant(
        "the first copy wins",
        (
            (
                "shared/cube/src/settle/winners.rs",
                "(self.received, self.content) < (other.received, other.content)",
                "self.content < other.content",
            ),
        ),
    ),
    Mutant(
        "segment before partial",
        (
            (
                "functions/store/src/commit.rs",
                "        self.bucket.put(&key, \"application/vnd.apache.parquet\", object).await.map_err(GroupError::Bucket)?;\n",
                "",
            ),
            (
                "functions/store/src/commit.rs",
                "        puts.buffer_unordered(PARTIALS_SIDE_BY_SIDE).try_collect().await.map_err(GroupError::Table)\n",
                "        puts.buffer_unordered(PARTIALS_SIDE_BY_SIDE).try_collect::<()>().await.map_err(GroupError::Table)?;\n"
                "        self.bucket.put(&key, \"application/vnd.apache.parquet\", object).await.map_err(GroupError::Bucket)\n",
            ),
        ),
    ),
    Mutant(
        "strong reads of partials",
        (("shared/reader/src/partials.rs", "family, hours, read: Read::Strong }", "family, hours, read: Read::Eventual }"),),
    ),
    Mutant(
        "strong reads of manifests",
        (
            (
                "shared/reader/src/settled.rs",
                "day::outlines(table, owner, (days, Read::Strong), outlines)",
                "day::outlines(table, owner, (days, Read::Eventual), outlines)",
            ),
        ),
    ),
    Mutant(
        "the reader's order",
        (
            (
                "shared/reader/src/lib.rs",
                "        let partials = self.partials(owner, needs, family).await?;\n"
                "        let today = Hour::of(owner.now, owner.hour_offset).day();\n"
                "        let owner = rollups::Owner { tenant: owner.tenant.clone(), family };\n"
                "        let outlines: &dyn Outlines = self.cache.as_ref().map_or(&Anew, |cache| cache);\n"
                "        let settled = Settled::read(&*self.table, &owner, &needs.spans(family), (&partials, today), outlines).await?;\n",
                "        let whose = owner;\n"
                "        let today = Hour::of(owner.now, owner.hour_offset).day();\n"
                "        let owner = rollups::Owner { tenant: whose.tenant.clone(), family };\n"
                "        let outlines: &dyn Outlines = self.cache.as_ref().map_or(&Anew, |cache| cache);\n"
                "        let settled = Settled::read(&*self.table, &owner, &needs.spans(family), (&[], today), outlines).await?;\n"
                "        let partials = self.partials(whose, needs, family).await?;\n",
            ),
        ),
    ),
    Mutant(
        "absorbed",
        (
            (
                "shared/reader/src/settled.rs",
                "absorbed.extend(entry.absorbed.iter().map(|absorbed| (hour, &absorbed.segment)));",
                "absorbed.extend(entry.absorbed.iter().take(0).map(|absorbed| (hour, &absorbed.segment)));",
            ),
        ),
    ),
    Mutant(
        "absorbed is forgotten late",
        (
            (
                "shared/settle/src/garbage.rs",
                "gone_since.is_some_and(|since| look.now.millis_since(since) >= self.rules.absorbed_ms);",
                "gone_since.is_some();",
            ),
        ),
    ),
    Mutant(
        "SET instead of ADD",
        (
            (
                "shared/settle/src/upper.rs",
                "        let mut state = FamilyState::empty(owner.family);\n",
                "        let mut state = match &before.body.rollup {\n"
                "            Some(rollup) => Whole::read(&*self.table, owner, build.bucket(), rollup).await?.state(owner)?,\n"
                "            None => FamilyState::empty(owner.family),\n"
                "        };\n",
            ),
        ),
    ),
    Mutant(
        "the claim",
        (
            (
                "functions/ingest/src/claims.rs",
                "records::claim::first_arrival(table, tenant, &id, received).await.map_err(Problem::unavailable);",
                "{\n        let _ = (table, tenant, id);\n        Ok::<Timestamp, Problem>(received)\n    };",
            ),
        ),
    ),
    Mutant(
        "the configuration revision",
        (("shared/settle/src/reprice.rs", "if entry.configuration < revision {", "if entry.configuration < revision.min(0) {"),),
    ),
    Mutant(
        "what is kept in memory has its attempt in its name",
        (
            (
                "shared/reader/src/merged.rs",
                '        name.extend(["\\n", &part.sort]);\n',
                "        name.extend([\"\\n\", part.sort.split('#').next().unwrap_or_default()]);\n",
            ),
        ),
    ),
    Mutant(
        "what is kept of a manifest is of the item that is there",
        (("shared/reader/src/cache.rs", "            && same == item\n", "            && same.key == item.key\n"),),
    ),
    Mutant(
        "a month is marked before its day is committed",
        (
            (
                "shared/settle/src/round.rs",
                "let is_open = self.mark(&unit.owner, unit.day, draft.next.version).await?;",
                "let is_open = true;",
            ),
        ),
    ),
    Mutant(
        "a report's id is made of its due time",
        (("functions/report/src/reports/schedule.rs", "let run = id_of(due, id);", "let run = id_of(self.clock.now(), id);"),),
        "reports",
    ),
    Mutant(
        "a report's entry",
        (
            (
                "shared/records/src/dispatch.rs",
                "    due::put(table, &entry).await?;\n",
                "",
            ),
        ),
        "reports",
    ),
    Mutant(
        "a report's entry is put off before it is taken away",
        (
            (
                "shared/records/src/dispatch.rs",
                "    let again = due::put_off(table, found, later).await?;\n",
                "    let again = Due { at: later, ..found.due.clone() };\n    due::delete(table, &found.due).await?;\n",
            ),
        ),
        "reports",
    ),
    Mutant(
        "a report's recipients are the first to be told of a budget",
        (
            (
                "shared/budgets/src/look.rs",
                "                dispatch::run(self.table, self.errands, (self.owner.tenant, &run)).await?;\n"
                "                notice.run = Some(run.id);\n",
                "                notice.run = Some(run.id.clone());\n"
                "                budget::tell(self.table, self.owner.tenant, &notice).await?;\n"
                "                dispatch::run(self.table, self.errands, (self.owner.tenant, &run)).await?;\n",
            ),
        ),
        "reports",
    ),
    Mutant(
        "a report's worn steps are given up",
        (
            (
                "functions/report/src/reports/deliver.rs",
                "kept.run.give_up_worn((now, self.rules.patience))",
                "false && kept.run.give_up_worn((now, self.rules.patience))",
            ),
        ),
        "reports",
    ),
    Mutant(
        "a report's step is its taker's",
        (
            (
                "functions/report/src/reports/deliver.rs",
                "        if records::document::replace(&*self.table, (Shelf::Reports, place.tenant), &next).await? == Written::Outdated {\n"
                "            return Ok(false);\n"
                "        }\n",
                "        _ = records::document::replace(&*self.table, (Shelf::Reports, place.tenant), &next).await? == Written::Outdated;\n",
            ),
        ),
        "reports",
    ),
)


def copy() -> None:
    """Brings the copy up to date, touching only what has changed, so that little is built anew."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    names = {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}
    for name in names:
        write(TREE / name, (ROOT / name).read_bytes())
    for path in [path for path in TREE.rglob("*") if path.is_file() and str(path.relative_to(TREE)) not in names]:
        path.unlink()


def write(path: Path, content: bytes) -> None:
    """Writes a file, unless it says so already."""
    if not path.is_file() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def patch(mutant: Mutant) -> None:
    """Takes a guard out of the copy. Text that is not there, or there twice, is an error: the guard has moved."""
    for name, old, new in mutant.patches:
        text = (TREE / name).read_text()
        if text.count(old) != 1:
            raise SystemExit(f"{mutant.guard}: the text to be replaced is {text.count(old)} times in {name}:\n{old}")
        (TREE / name).write_text(text.replace(old, new))


def restore(mutant: Mutant, originals: dict[str, bytes]) -> None:
    """Puts the guard back."""
    for name, _, _ in mutant.patches:
        write(TREE / name, originals[name])


def build() -> None:
    """Builds the simulation of the copy."""
    environment = os.environ | {"CARGO_TARGET_DIR": str(PLACE / "target")}
    command = ["cargo", "build", "--quiet", "--package", "simulation"]
    built = subprocess.run(command, cwd=TREE, capture_output=True, text=True, env=environment)
    if built.returncode:
        raise SystemExit(f"The copy does not build:\n{built.stderr}")


def soak(runs: int, scenario: str) -> tuple[int, str] | None:
    """The number of runs after which something was wrong, and what; nothing where nothing was."""
    for first in range(0, runs, PORTION):
        try:
            done = subprocess.run([SIMULATION, scenario, str(PORTION), str(first)], capture_output=True, text=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return first + PORTION, f"{PORTION} runs did not end in {SECONDS} s"
        if done.returncode:
            told = [line.strip() for line in done.stdout.splitlines() if re.match(r"seed|    ", line)]
            return first + PORTION, " ".join(told[:2]) or done.stderr.strip()[-300:]
    return None


def attempt(mutant: Mutant) -> bool:
    """Whether a mutant is caught."""
    originals = {name: (TREE / name).read_bytes() for name, _, _ in mutant.patches}
    began = time.monotonic()
    try:
        patch(mutant)
        build()
        caught = soak(RUNS, mutant.scenario)
    finally:
        restore(mutant, originals)
    took = f"{time.monotonic() - began:.0f} s"
    if caught is None:
        print(f"ALIVE   {mutant.guard}: {RUNS} runs found nothing ({took})", flush=True)
        return False
    runs, why = caught
    print(f"caught  {mutant.guard}: within {runs} runs ({took}): {why[:200]}", flush=True)
    return True


def main(wanted: list[str]) -> None:
    """Tries all mutants, or those that are named."""
    # Ended from outside, too, the copy is left whole.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    chosen = [mutant for mutant in MUTANTS if not wanted or any(name in mutant.guard for name in wanted)]
    copy()
    build()
    for scenario in sorted({mutant.scenario for mutant in chosen}):
        wrong = soak(PORTION, scenario)
        if wrong:
            raise SystemExit(f"The simulation finds fault with the product as it is: {wrong[1]}")
    alive = [mutant.guard for mutant in chosen if not attempt(mutant)]
    print(f"{len(chosen) - len(alive)} of {len(chosen)} guards are missed when they are gone.")
    raise SystemExit(1 if alive else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
