"""A read of the known history and what it must answer: a line of the table."""

from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import quote, urlencode

GRANULARITIES = ("hour", "day", "week", "month")


@dataclass(frozen=True)
class Case:
    """What an answer must have in it (see `differences`): `expect` at whatever granularity, `each` at one of them besides."""

    path: str
    expect: object
    params: dict = field(default_factory=dict)
    each: dict = field(default_factory=dict)
    by: str = "admin"  # or the id of a user
    timed: bool = True  # whether it takes a granularity: it is then asked at all of them
    operation: str = ""  # the path as the API's document has it, where that has parameters

    @property
    def documented(self):
        return self.operation or self.path

    @property
    def granularities(self):
        return GRANULARITIES if self.timed else ("",)

    def target(self, granularity):
        """What is asked for."""
        asked = {**self.params, **({"granularity": granularity} if granularity else {})}
        query = "?" + urlencode(asked, doseq=True, quote_via=quote, safe=":,") if asked else ""
        return self.path + query

    def name(self, granularity):
        return " ".join(filter(None, [self.target(""), granularity, "" if self.by == "admin" else f"by {self.by}"]))


@dataclass(frozen=True)
class Near:
    """A number that is estimated: within a part of it, by default the 1% of a distribution."""

    value: object
    within: Decimal = Decimal("0.0101")


@dataclass(frozen=True)
class Series:
    """A series: so many points, oldest first, of which these moments have these values of a member, and all others zero."""

    member: str
    values: dict
    of: int


def differences(expected, answer, place=""):
    """Where an answer is not as expected. Of an object only the members that are expected are looked at; an array must have as many items."""
    if isinstance(expected, dict):
        if not isinstance(answer, dict):
            return [f"{place}: {answer!r} is no object"]
        return [line for name, value in expected.items() for line in differences(value, answer.get(name, "(missing)"), f"{place}/{name}")]
    if isinstance(expected, list):
        if not isinstance(answer, list) or len(answer) != len(expected):
            return [f"{place}: {answer!r}, not {len(expected)} items"]
        return [line for at, value in enumerate(expected) for line in differences(value, answer[at], f"{place}/{at}")]
    if isinstance(expected, Series):
        return series_differences(expected, answer, place)
    if isinstance(expected, Near):
        is_number = isinstance(answer, (int, Decimal)) and not isinstance(answer, bool)
        is_near = is_number and abs(answer - Decimal(str(expected.value))) <= abs(Decimal(str(expected.value))) * expected.within
        return [] if is_near else [f"{place}: {answer!r}, not about {expected.value}"]
    wanted = Decimal(str(expected)) if isinstance(expected, float) else expected
    is_same = answer == wanted and isinstance(answer, bool) == isinstance(wanted, bool)
    return [] if is_same else [f"{place}: {answer!r}, not {expected!r}"]


def series_differences(expected, answer, place):
    if not isinstance(answer, list) or len(answer) != expected.of:
        return [f"{place}: {len(answer) if isinstance(answer, list) else answer!r} points, not {expected.of}"]
    moments = [point["timestamp"] for point in answer]
    lines = [] if moments == sorted(moments) else [f"{place}: not oldest first"]
    lines += [f"{place}: no point at {moment}" for moment in expected.values if moment not in moments]
    for point in answer:
        wanted = expected.values.get(point["timestamp"], 0)
        lines += differences(wanted, point.get(expected.member, "(missing)"), f"{place}/{point['timestamp']}/{expected.member}")
    return lines
