"""Builds the functions and the command-line tool, and lays the functions out as `sam build` does."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import template
from place import FUNCTIONS, ROOT, Place


def build(place: Place) -> None:
    """Compiles in the profile that tests use too, and stages what changed."""
    # The whole workspace, as the tests do: chosen packages alone would have other features, and so other dependencies to compile.
    subprocess.run(["cargo", "build", "--workspace", "--bins"], cwd=ROOT, check=True)
    for function in FUNCTIONS:
        stage(binary(function), place.build / function / "bootstrap")
    (place.build / "template.yaml").write_text(built(template.TEMPLATE.read_text()))


def stage(compiled: Path, bootstrap: Path) -> None:
    """Puts a function's binary where the template will look for it, without its symbols: a fifth of the bytes to upload."""
    if bootstrap.is_file() and bootstrap.stat().st_mtime >= compiled.stat().st_mtime:
        return
    bootstrap.parent.mkdir(parents=True, exist_ok=True)
    if not shutil.which("strip") or subprocess.run(["strip", "-o", bootstrap, compiled]).returncode:
        shutil.copy(compiled, bootstrap)
    os.utime(bootstrap)


def built(source: str) -> str:
    """The template with each function's code where it is staged, beside the template."""
    text, count = re.subn(r"CodeUri: functions/(\w+)", r"CodeUri: \1", source)
    if count != len(FUNCTIONS):
        raise SystemExit(f"template.yaml names the code of {count} functions below functions/, and not of {len(FUNCTIONS)}.")
    return text


def binary(name: str) -> Path:
    """Where cargo puts a program."""
    return target() / "debug" / name


def target() -> Path:
    """Cargo's target directory, which the developer may have moved."""
    command = ["cargo", "metadata", "--format-version=1", "--no-deps"]
    return Path(json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)["target_directory"])
