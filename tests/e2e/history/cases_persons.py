"""Everything that is kept about a person."""

from .case import Case

CASES = [
    Case(
        "/api/v1/users/cid/data",
        {"userId": "cid", "profile": {"firstSeen": "2026-01-30T00:00:00.000Z"}, "erasure": None},
        operation="/api/v1/users/{userId}/data",
        timed=False,
    ),
]
