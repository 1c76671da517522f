"""Reads `template.yaml`: YAML with CloudFormation's short tags, as plain dictionaries with the functions' long names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from place import ROOT

TEMPLATE = ROOT / "template.yaml"


class Loader(yaml.SafeLoader):
    """A loader of its own, so that its tags are nobody else's."""


def construct(loader: Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    """`!Ref x` as `{"Ref": x}`, `!GetAtt a.b` as `{"Fn::GetAtt": ["a", "b"]}`, any other `!X y` as `{"Fn::X": y}`."""
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": value}


Loader.add_multi_constructor("!", construct)


def load(path: Path = TEMPLATE) -> dict[str, Any]:
    """The template as dictionaries."""
    return yaml.load(path.read_text(), Loader)


def parameters(template: dict[str, Any], overrides: dict[str, str]) -> dict[str, str]:
    """The value of every parameter: the override, or the default."""
    return {name: overrides.get(name, str(spec.get("Default", ""))) for name, spec in template["Parameters"].items()}


def resolve(value: Any, given: dict[str, str]) -> Any:
    """A property with each `Ref` of a parameter replaced by its value; a list of origins is split."""
    if isinstance(value, dict):
        if set(value) == {"Ref"} and value["Ref"] in given:
            return given[value["Ref"]]
        return {name: resolve(inner, given) for name, inner in value.items()}
    if isinstance(value, list):
        return [resolve(inner, given) for inner in value]
    return value
