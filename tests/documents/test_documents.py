"""What ARCHITECTURE.md and README.md name must be there: paths, and the tests that hold the invariants."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ["ARCHITECTURE.md", "README.md"]
TRACKED = set(subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())
FOLDERS = {str(folder) for path in TRACKED for folder in Path(path).parents}
SOURCES = "\n".join((ROOT / path).read_text() for path in TRACKED if path.endswith((".rs", ".py")))


def spans(page: str) -> list[str]:
    """What stands between backticks on a page, code blocks left out."""
    text = re.sub(r"```.*?```", "", (ROOT / page).read_text(), flags=re.S)
    return re.findall(r"`([^`\n]+)`", text)


def paths(page: str) -> list[str]:
    """Spans that are paths of this repository: a first folder that it has, or a file at its top."""
    tops = {path.split("/")[0] for path in TRACKED}
    return [span for span in spans(page) if re.fullmatch(r"[\w.\-/]+", span) and span.split("/")[0] in tops]


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_a_page_names_exists(page: str) -> None:
    named = paths(page)
    assert named, f"{page} names no path"
    missing = [path for path in named if path.rstrip("/") not in TRACKED | FOLDERS]
    assert not missing


def test_every_test_that_holds_an_invariant_exists() -> None:
    rows = re.findall(r"^\| (I\d+) \|.*\| (.*) \|$", (ROOT / "ARCHITECTURE.md").read_text(), flags=re.M)
    assert len(rows) >= 9
    for invariant, held_by in rows:
        names = re.findall(r"`(\w+)`", held_by)
        assert names, f"{invariant} names no test"
        for name in names:
            assert re.search(rf"\b(fn|def) {name}\b", SOURCES), f"{invariant} names {name}, which is no test"


def test_every_crate_is_on_the_map() -> None:
    named = set(paths("ARCHITECTURE.md"))
    crates = {str(Path(path).parent) for path in TRACKED if path.endswith("/Cargo.toml")}
    assert not crates - named
