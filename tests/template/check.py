"""What a check is: a rule about the template, and the ways to break it.

The local AWS enforces little of what AWS does, so each rule says what AWS would do. It yields a sentence for each fault; beside it stands
how to break what it guards, so that a test can see every rule fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from subject import Subject

DAY = 24 * 3600
FAMILIES = ("engagement", "ai", "sales", "performance", "lifecycle")
QUEUES = ("Queue", "DeadLetterQueue", "WorkQueue", "WorkDeadLetterQueue", "ReportQueue", "ReportDeadLetterQueue", "ScheduleDeadLetterQueue")


@dataclass(frozen=True)
class Check:
    """One rule, and ways to break it."""

    find: Callable[[Subject], Iterator[str]]
    breaks: tuple[Callable[[Subject], Any], ...]


CHECKS: list[Check] = []


def broken_by(*breaks: Callable[[Subject], Any]) -> Callable:
    """Registers a check with the changes that it must find."""

    def register(find: Callable[[Subject], Iterator[str]]) -> Callable:
        CHECKS.append(Check(find, breaks))
        return find

    return register


def put(*path: str, to: Any) -> Callable[[Subject], Any]:
    """A change of one value below the template."""

    def change(subject: Subject) -> None:
        place = subject.template
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return change


def drop(*path: str) -> Callable[[Subject], Any]:
    """The removal of one value below the template."""

    def change(subject: Subject) -> None:
        place = subject.template
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return change


def property_of(name: str, *path: str, to: Any) -> Callable[[Subject], Any]:
    """A change of one of a resource's properties."""
    return put("Resources", name, "Properties", *path, to=to)


def without(name: str, *path: str) -> Callable[[Subject], Any]:
    """The removal of one of a resource's properties."""
    return drop("Resources", name, "Properties", *path)
