"""The guards that `make mutants` takes away are where it looks for them: that takes an hour to find out otherwise."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/mutants"))

from mutants import MUTANTS, Mutant  # noqa: E402


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.guard)
def test_a_guard_is_where_it_is_taken_away(mutant: Mutant) -> None:
    for name, old, new in mutant.patches:
        assert (ROOT / name).read_text().count(old) == 1, f"{name}:\n{old}"
        assert old != new
