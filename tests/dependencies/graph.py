"""What depends on what, as cargo resolves it."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Package:
    """One version of a crate in a graph, with the features that it is compiled with there."""

    name: str
    version: str
    features: frozenset[str]


def reachable(crate: str) -> set[Package]:
    """All that is compiled into a crate of the workspace when it is built alone: no tests, no build scripts."""
    return tree("--package", crate, "--edges=normal")


def workspace(edges: str) -> set[Package]:
    """All that is compiled for the whole workspace along these kinds of edges."""
    return tree("--workspace", f"--edges={edges}")


def tree(*arguments: str) -> set[Package]:
    """What `cargo tree` lists."""
    command = ["cargo", "tree", *arguments, "--prefix=none", "--format={p}|{f}"]
    lines = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return {package(line) for line in lines if line}


def package(line: str) -> Package:
    """A package from a line such as `serde v1.0.229|derive,std (*)`."""
    head, _, features = line.removesuffix(" (*)").partition("|")
    name, version = head.split(" ")[:2]
    return Package(name, version.removeprefix("v"), frozenset(filter(None, features.split(","))))


def packages() -> list[dict[str, Any]]:
    """Every package that any crate of the workspace uses on any platform, as `cargo metadata` tells of it."""
    command = ["cargo", "metadata", "--format-version=1"]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)["packages"]


def members() -> dict[str, tuple[str, set[str]]]:
    """Each crate of the workspace: its folder, and the crates of the workspace that it is made from."""
    own = {found["name"]: found for found in packages() if found["source"] is None}
    return {
        name: (
            Path(found["manifest_path"]).relative_to(ROOT).parts[0],
            {needed["name"] for needed in found["dependencies"] if needed["kind"] is None and needed["name"] in own},
        )
        for name, found in own.items()
    }


def permitted(expression: str, allowed: set[str]) -> bool:
    """Whether an SPDX expression can be met with these licences alone; `/` is the old way to write `OR`."""
    tokens = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))

    def either() -> bool:
        met = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            met = both() or met
        return met

    def both() -> bool:
        met = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            met = one() and met
        return met

    def one() -> bool:
        token = tokens.pop(0)
        if token == "(":
            met = either()
            tokens.pop(0)
            return met
        if tokens and tokens[0] == "WITH":
            token = f"{token} WITH {tokens[1]}"
            del tokens[:2]
        return token in allowed

    return either() and not tokens
