"""How many users there are, who comes and who stays."""

from .case import Case, Series
from .times import DATES, DAYS, POINTS, TOKYO, days, months, slots, weeks

ROOM = "/api/analytics/users"
# Besides what happens in the slots, ann is given back what she paid, on the last day at noon.
ACTIVE = {**slots(3), "2026-02-02T12:00:00.000Z": 1}
ON_A_DAY = {"dau": 3, "wau": 3, "mau": 3, "stickiness": 100}
BY_DAY = [{"timestamp": f"{date}T00:00:00.000Z", **ON_A_DAY} for date in DATES]


def retained(cohort, periods):
    """All three came in the same period, and in all periods after it."""
    return [{"cohort": cohort, "users": 3, "retained": [3] * periods, "percent": [100] * periods}]


CASES = [
    Case(
        f"{ROOM}/count",
        {"totalUsers": {"value": 3, "before": 0, "change": 100}, "newUsers": {"value": 3, "before": 0, "change": 100}, "activeUsers": 3},
        DAYS,
        each={
            "hour": {"series": Series("newUsers", {"2026-01-30T00:00:00.000Z": 3}, POINTS["hour"])},
            "day": {"series": Series("totalUsers", days(3, 3, 3, 3), 4)},
            "week": {"series": Series("newUsers", weeks(3, 0), 2)},
            "month": {"series": Series("newUsers", months(3, 0), 2)},
        },
    ),
    Case(
        f"{ROOM}/growth",
        {},
        DAYS,
        each={
            "hour": {"series": Series("active", ACTIVE, POINTS["hour"])},
            "day": {
                "newUsers": {"value": 3, "before": 0, "change": 100},
                "series": [
                    {"new": 3, "returning": 0, "retained": 0, "lost": 0, "active": 3, "total": 3, "growthRate": 100},
                    *[{"new": 0, "returning": 3, "retained": 3, "lost": 0, "active": 3, "total": 3, "growthRate": 0}] * 3,
                ],
            },
        },
    ),
    Case(
        f"{ROOM}/by-plan",
        {
            "totalUsers": 3,
            "data": [
                {"plan": "pro", "users": 2, "share": 66.67, "activeUsers": 2, "newUsers": 2},
                {"plan": "free", "users": 1, "share": 33.33, "activeUsers": 1, "newUsers": 1},
            ],
        },
        DAYS,
    ),
    Case(
        f"{ROOM}/active",
        {**ON_A_DAY, "averageDau": 3},
        DAYS,
        each={
            "hour": {"series": BY_DAY},
            "day": {"series": BY_DAY},
            "week": {"series": [{"timestamp": moment, **ON_A_DAY} for moment in weeks(0, 0)]},
            "month": {"series": [{"timestamp": moment, **ON_A_DAY} for moment in months(0, 0)]},
        },
    ),
    Case(f"{ROOM}/active", {"averageDau": 3}, TOKYO, each={"day": {"series": Series("dau", dict.fromkeys(
        ("2026-01-29T15:00:00.000Z", "2026-01-30T15:00:00.000Z", "2026-01-31T15:00:00.000Z", "2026-02-01T15:00:00.000Z"), 3), 4)}}),
    Case(
        f"{ROOM}/retention",
        {},
        DAYS,
        each={
            "hour": {"data": retained("2026-01-30", 4)},
            "day": {"data": retained("2026-01-30", 4), "average": {"percent": [100] * 4}},
            "week": {"data": retained("2026-01-26", 2)},
            "month": {"data": retained("2026-01-01", 2)},
        },
    ),
]
