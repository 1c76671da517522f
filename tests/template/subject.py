"""What the checks look at: the template, the local environment's parameters, and the functions' routes under `cargo lambda watch`."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import Any

import template
from place import ROOT

try:
    import tomllib
except ModuleNotFoundError:  # before Python 3.11
    import tomli as tomllib

FUNCTIONS = ("Ingest", "Store", "Aggregate", "Report", "Query")


@dataclass(frozen=True)
class Setting:
    """A row of docs/settings.md, which is made from the code and tested to be current."""

    name: str
    functions: frozenset[str]
    default: str | None
    least: int | None
    most: int | None


def settings() -> list[Setting]:
    """Every setting of every function."""
    row = re.compile(r"\| `(\w+)` \| ([\w, ]+) \| .*? \| (?:`(.*?)`|none.*?) \| (?:(\d+) to (\d+)|.*?) \|")
    rows = [row.fullmatch(line) for line in (ROOT / "docs/settings.md").read_text().splitlines() if line.startswith("| `")]
    return [
        Setting(
            found[1], frozenset(found[2].split(", ")), found[3], int(found[4]) if found[4] else None, int(found[5]) if found[5] else None
        )
        for found in rows
        if found
    ]


@dataclass
class Subject:
    """All that a check may read, as plain dictionaries that a test may break."""

    template: dict[str, Any]
    local: dict[str, str]
    router: dict[str, str]

    @staticmethod
    def read() -> Subject:
        """The project as it is."""
        sam = tomllib.loads((ROOT / "samconfig.toml").read_text())
        cargo = tomllib.loads((ROOT / "Cargo.toml").read_text())
        overrides = dict(pair.split("=", 1) for pair in sam["local"]["deploy"]["parameters"]["parameter_overrides"])
        return Subject(template.load(), overrides, cargo["workspace"]["metadata"]["lambda"]["watch"]["router"])

    def copy(self) -> Subject:
        """A copy to break."""
        return copy.deepcopy(self)

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """Every resource by its logical name."""
        return self.template["Resources"]

    def properties(self, name: str) -> dict[str, Any]:
        """A resource's properties."""
        return self.resources[name]["Properties"]

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """The properties of every resource of a type."""
        return {name: self.properties(name) for name, resource in self.resources.items() if resource["Type"] == kind}

    def function(self, name: str) -> dict[str, Any]:
        """A function's properties, those of all functions among them."""
        return self.template["Globals"]["Function"] | self.properties(f"{name}Function")

    def environment(self, name: str) -> dict[str, Any]:
        """A function's environment."""
        common = self.template["Globals"]["Function"]["Environment"]["Variables"]
        return common | self.properties(f"{name}Function").get("Environment", {}).get("Variables", {})

    def statements(self, name: str) -> list[dict[str, Any]]:
        """What a role allows; actions and resources as lists."""
        documents = [policy["PolicyDocument"] for policy in self.properties(name)["Policies"]]
        return [
            statement | {key: listed(statement[key]) for key in ("Action", "Resource")}
            for one in documents
            for statement in one["Statement"]
        ]


def listed(value: Any) -> list[Any]:
    """A list of one or more, where the template allows either."""
    return value if isinstance(value, list) else [value]
