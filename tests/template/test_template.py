"""Holds every check against the template as it is, and against the template broken in the ways that the check guards against."""

import access_checks  # noqa: F401  (each module registers its checks)
import api_checks  # noqa: F401
import function_checks  # noqa: F401
import pytest
import queue_checks  # noqa: F401
import running_checks  # noqa: F401
import storage_checks  # noqa: F401
import template
from check import CHECKS, Check
from subject import Subject


def named(check: Check) -> str:
    """A check's name, for the test's."""
    return check.find.__name__


@pytest.fixture(scope="module")
def project() -> Subject:
    """The project as it is."""
    return Subject.read()


@pytest.mark.parametrize("check", CHECKS, ids=named)
def test_the_template_is_right(check: Check, project: Subject) -> None:
    assert list(check.find(project)) == []


@pytest.mark.parametrize(
    ("check", "change"),
    [pytest.param(check, change, id=f"{named(check)}-{n}") for check in CHECKS for n, change in enumerate(check.breaks)],
)
def test_a_template_broken_so_is_found_wrong(check: Check, change, project: Subject) -> None:
    broken = project.copy()
    change(broken)
    assert list(check.find(broken)) != []


def test_every_check_has_been_seen_to_fail() -> None:
    assert CHECKS and all(check.breaks for check in CHECKS)


def test_short_tags_become_long_functions(tmp_path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text('a: !Ref X\nb: !GetAtt X.Arn\nc: !Sub "${X}"\nd: !If [C, !Ref X, 1]\n')
    assert template.load(path) == {
        "a": {"Ref": "X"},
        "b": {"Fn::GetAtt": ["X", "Arn"]},
        "c": {"Fn::Sub": "${X}"},
        "d": {"Fn::If": ["C", {"Ref": "X"}, 1]},
    }
