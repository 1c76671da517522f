"""All families at a glance: now against before, over time, and what there is most of."""

from .case import Case, Series
from .events import HAIKU
from .times import DAYS, POINTS, days, months, slots, weeks

FEBRUARY = {"startDate": "2026-02-01", "endDate": "2026-02-02"}


def change(value, before, percent):
    return {"value": value, "before": before, "change": percent}


def top(metric, *rows, **expect):
    """A ranking of the four days: names and values."""
    data = [{"rank": rank, "name": name, "value": value} for rank, (name, value) in enumerate(rows, 1)]
    return Case("/api/metrics/top-metrics", {"metric": metric, "data": data, **expect}, {"metric": metric, **DAYS})


CASES = [
    # The two days of February against the two of January.
    Case(
        "/api/metrics/dashboard",
        {
            "activeUsers": change(3, 3, 0),
            "ai": {"requests": change(32, 32, 0), "tokens": change(26_568, 26_568, 0), "cost": change(0.0368, 0.0368, 0)},
            "engagement": {"events": change(33, 33, 0), "users": change(3, 3, 0)},
            "sales": {
                "transactions": change(33, 32, 3.13),
                "orders": change(24, 24, 0),
                "refunds": change(1, 0, 100),
                "revenue": {"USD": change(104, 104, 0), "EUR": change(44, 44, 0)},
            },
            "platform": {"events": change(33, 36, -8.33), "generations": change(8, 8, 0), "builds": change(8, 8, 0), "signUps": change(0, 3, -100)},
            "before": {"from": "2026-01-30T00:00:00.000Z", "to": "2026-02-01T00:00:00.000Z"},
        },
        FEBRUARY,
    ),
    Case(
        "/api/metrics/summary",
        {},
        DAYS,
        each={
            "hour": {"data": Series("activeUsers", {**slots(3), "2026-02-02T12:00:00.000Z": 1}, POINTS["hour"])},  # and the refund
            "day": {
                "data": [
                    {
                        "timestamp": f"{date}T00:00:00.000Z",
                        "activeUsers": 3,
                        "ai": {"requests": 16, "failures": 4, "tokens": 13_284, "cost": 0.0184},
                        "engagement": {"events": acts, "users": 3},
                        "sales": {"transactions": sales, "orders": 12, "refunds": refunds, "revenue": {"USD": 52, "EUR": 22}},
                        "platform": {"events": life, "generations": 4, "builds": 4, "signUps": made},
                    }
                    for date, acts, sales, refunds, life, made in (
                        ("2026-01-30", 16, 16, 0, 20, 3),
                        ("2026-01-31", 17, 16, 0, 16, 0),
                        ("2026-02-01", 17, 16, 0, 17, 0),
                        ("2026-02-02", 16, 17, 1, 16, 0),
                    )
                ]
            },
            "week": {"data": [{"ai": {"requests": 48}, "sales": {"revenue": {"USD": 156}}}, {"ai": {"requests": 16}, "sales": {"refunds": 1}}]},
            "month": {"data": [{"ai": {"requests": 32}, "platform": {"events": 36}}, {"ai": {"requests": 32}, "platform": {"events": 33}}]},
        },
    ),
    Case("/api/metrics/summary", {"data": [{"ai": {"requests": 48}}, {"ai": {"requests": 16}}]}, {"groupBy": "week", **DAYS}, timed=False),
    top("ai-models", (HAIKU, 32), ("gpt-4", 16), ("house-model", 16), total=64, by="requests"),
    top("features", ("checkout", 16), ("search", 16), total=66),
    top("pages", ("Home", 33), ("Pricing", 33)),
    top("events", ("screen_view", 34), ("buy", 16), ("search", 16)),
    Case("/api/metrics/top-metrics", {"data": [{"name": HAIKU, "share": 50}]}, {"metric": "ai-models", "limit": 1, **DAYS}),
]
