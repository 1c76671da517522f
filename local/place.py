"""Where one local stack lives: its folder, its ports, its files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FUNCTIONS = ("ingest", "store", "aggregate", "report", "query")


@dataclass(frozen=True)
class Place:
    """A local stack's folder below `target/` and the ports it listens on, always on the loopback address."""

    folder: Path
    port: int
    watch_port: int

    @property
    def endpoint(self) -> str:
        """Where the local AWS answers: by number rather than name, with which the S3 SDK puts the bucket into the path by itself."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def build(self) -> Path:
        """What `sam build` would have written: the built template, and a folder with a `bootstrap` for each function."""
        return self.folder / "build"

    @property
    def stack_json(self) -> Path:
        """What scripts and tests need to know of the stack."""
        return self.folder / "stack.json"

    @property
    def watch_env(self) -> Path:
        """The functions' settings, for `cargo lambda watch --env-file`."""
        return self.folder / "watch.env"


def kept() -> Place:
    """The stack of `make up`, which outlives `make down`."""
    return Place(ROOT / "target/local", port("WEIR_PORT", 4566), port("WEIR_WATCH_PORT", 9000))


def throw_away() -> Place:
    """The stack of `make test`, new every time and beside the other."""
    return Place(ROOT / "target/e2e", port("WEIR_TEST_PORT", 4600), port("WEIR_TEST_WATCH_PORT", 9600))


def port(variable: str, default: int) -> int:
    """A port from the environment."""
    return int(os.environ.get(variable) or default)
