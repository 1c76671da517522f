"""One user's usage and costs, all projects at a glance, any metric over time."""

from .case import Case
from .events import HAIKU
from .times import DAYS, TOKYO, days, months, slots, weeks

ANN = {
    "totalRequests": 32,
    "totalInputTokens": 17_600,
    "totalOutputTokens": 3_360,
    "totalTokens": 20_960,
    "uniqueProjects": 1,
    "byModel": {
        HAIKU: {"requests": 16, "inputTokens": 16_000, "outputTokens": 3_200},
        "gpt-4": {"requests": 16, "inputTokens": 1_600, "outputTokens": 160},
    },
}
BY_DAY = [{"date": date, "requests": 8, "tokens": 5_240} for date in ("2026-02-02", "2026-02-01", "2026-01-31", "2026-01-30")]
# In Tokyo the first day has two slots less, and what it has not is on the day after the last.
TOKYO_DAY = [{"date": date, "requests": requests} for date, requests in (("2026-02-02", 8), ("2026-02-01", 8), ("2026-01-31", 8), ("2026-01-30", 4))]


def newest_first(values):
    """A series of `/metrics/timeseries`, in which every bucket has something."""
    return [{"timestamp": moment, "value": value} for moment, value in sorted(values.items(), reverse=True)]


CASES = [
    Case("/usage/user/ann", {**ANN, "byDay": BY_DAY}, DAYS, operation="/usage/user/{userId}", timed=False),
    Case("/usage/user/ann", {**ANN, "byDay": BY_DAY}, DAYS, operation="/usage/user/{userId}", by="ann", timed=False),
    Case("/usage/user/ann", {"totalRequests": 28, "byDay": TOKYO_DAY}, TOKYO, operation="/usage/user/{userId}", timed=False),
    Case(
        "/costs/user/ann",
        {
            "totalCost": 0.0656,  # 16 × (0.0005 + 0.0036)
            "inputCost": 0.052,  # 16 × (0.00025 + 0.003)
            "outputCost": 0.0136,  # 16 × (0.00025 + 0.0006)
            "byModel": {HAIKU: {"totalCost": 0.008}, "gpt-4": {"totalCost": 0.0576}},
            "byDay": [{"date": day["date"], "cost": 0.0164, "tokens": 5_240} for day in BY_DAY],
        },
        DAYS,
        operation="/costs/user/{userId}",
        timed=False,
    ),
    Case(
        "/metrics/dashboard",
        {
            "overview": {"totalProjects": 1, "totalGenerations": 16, "totalBuilds": 16},
            "recentActivity": {"generationsLast24h": 0, "buildsLast24h": 0, "tokensLast24h": 0},
            "topProjects": [{"id": "shop", "name": "The shop", "generations": 16}],
        },
        timed=False,
    ),
    Case(
        "/metrics/timeseries",
        {"metric": "tokens"},
        {"metric": "tokens", **DAYS},
        each={
            "day": {"data": newest_first(days(13_284, 13_284, 13_284, 13_284))},
            "week": {"data": newest_first(weeks(39_852, 13_284))},
            "month": {"data": newest_first(months(26_568, 26_568))},
        },
    ),
    # The slots of 15 and 23 o'clock are of the next day in Tokyo.
    Case(
        "/metrics/timeseries",
        {},
        {"metric": "requests", "startDate": "2026-01-30", "endDate": "2026-02-03", "timezone": "Asia/Tokyo", "user": "cid"},
        each={"day": {"data": [{"value": value} for value in (2, 4, 4, 4, 2)]}},
    ),
    Case("/metrics/timeseries", {}, {"metric": "revenue", "currency": "EUR", **DAYS}, each={"day": {"data": newest_first(days(22, 22, 22, 22))}}),
]
