"""What was sold in the four days, and what the subscriptions of February come to."""

from datetime import date, timedelta

from .case import Case
from .times import DAYS

ROOM = "/api/analytics/revenue"
FEBRUARY = {"startDate": "2026-02-03", "endDate": "2026-02-28"}


def sold(dollars, euros, orders, refunds=0):
    return {
        "revenue": {"USD": dollars, "EUR": euros},
        "refunds": {"USD": refunds, "EUR": 0},
        "net": {"USD": dollars - refunds, "EUR": euros},
        "orders": orders,
    }


def dollars_on(day):
    """What ann's subscription comes to when a day is over."""
    return 0 if day < 5 or day >= 20 else 12 if day < 10 else 20


def by_day(times):
    """What recurs at the end of each day, so many times."""
    february = [date(2026, 2, 3) + timedelta(days=day) for day in range(26)]
    return [
        {"timestamp": f"{day}T00:00:00.000Z", "USD": dollars_on(day.day) * times, "EUR": (10 if day.day >= 6 else 0) * times} for day in february
    ]


def series(member, points):
    return {"series": [{"timestamp": point["timestamp"], member: {"USD": point["USD"], "EUR": point["EUR"]}} for point in points]}


def by_week(times):
    weeks = [("2026-02-02", 12), ("2026-02-09", 20), ("2026-02-16", 0), ("2026-02-23", 0)]
    return [{"timestamp": f"{monday}T00:00:00.000Z", "USD": dollars * times, "EUR": 10 * times} for monday, dollars in weeks]


def by_month(times):
    return [{"timestamp": "2026-02-01T00:00:00.000Z", "USD": 0, "EUR": 10 * times}]


MOVED = {
    "USD": {"before": 0, "new": 12, "reactivated": 0, "expansion": 8, "contraction": 0, "churned": 20, "net": 0, "after": 0},
    "EUR": {"before": 0, "new": 10, "reactivated": 0, "expansion": 0, "contraction": 0, "churned": 0, "net": 10, "after": 10},
}
CUSTOMERS = {"before": 0, "new": 2, "reactivated": 0, "churned": 1, "after": 1}

CASES = [
    Case(
        f"{ROOM}/total",
        {
            **sold(208, 88, 48, refunds=10),  # 16 × (10 + 3), 16 × 5.50
            "refundCount": 1,
            "averageOrder": {"USD": 6.5, "EUR": 5.5},
            "growth": {"revenue": {"USD": {"value": 208, "before": 0, "change": 100}}, "orders": {"value": 48, "before": 0, "change": 100}},
        },
        DAYS,
        each={
            "day": {"series": [sold(52, 22, 12), sold(52, 22, 12), sold(52, 22, 12), sold(52, 22, 12, refunds=10)]},
            "week": {"series": [sold(156, 66, 36), sold(52, 22, 12, refunds=10)]},
            "month": {"series": [sold(104, 44, 24), sold(104, 44, 24, refunds=10)]},
        },
    ),
    Case(
        f"{ROOM}/by-plan",
        {
            "data": [
                {"plan": "free", **sold(48, 44, 24), "share": {"USD": 23.08, "EUR": 50}},
                {"plan": "pro", **sold(160, 44, 24, refunds=10), "share": {"USD": 76.92, "EUR": 50}},
            ]
        },
        DAYS,
    ),
    Case(
        f"{ROOM}/mrr",
        {"mrr": {"USD": 0, "EUR": 10}, "averagePerCustomer": {"EUR": 10}, "movements": MOVED, "customers": CUSTOMERS},
        FEBRUARY,
        each={
            "day": series("mrr", by_day(1)),
            "week": series("mrr", by_week(1)),
            "month": {"series": [{"mrr": {"USD": 0, "EUR": 10}, "movements": MOVED, "customers": CUSTOMERS}]},
        },
    ),
    Case(
        f"{ROOM}/arr",
        {"arr": {"USD": 0, "EUR": 120}, "mrr": {"USD": 0, "EUR": 10}, "growth": {"USD": 0, "EUR": 100}},
        FEBRUARY,
        each={"day": series("arr", by_day(12)), "week": series("arr", by_week(12)), "month": series("arr", by_month(12))},
    ),
    # When the 10th began ann paid 12: (20 − 8) ÷ 12 is all of it, 20 ÷ 12 more than that.
    Case(
        f"{ROOM}/churn-rate",
        {
            "customers": {"before": 2, "churned": 1, "rate": 50},
            "revenue": {
                "USD": {"before": 12, "churned": 20, "contraction": 0, "expansion": 8, "reactivated": 0, "gross": 166.67, "net": 100},
                "EUR": {"before": 10, "churned": 0, "gross": 0, "net": 0},
            },
        },
        {"startDate": "2026-02-10", "endDate": "2026-02-28"},
        each={"month": {"series": [{"customers": {"before": 2, "churned": 1, "rate": 50}}]}},
    ),
    Case(
        f"{ROOM}/mrr",
        {
            "groups": {
                "data": [
                    {"user": "bob", "mrr": {"EUR": 10}, "movements": {"EUR": MOVED["EUR"]}, "customers": {"after": 1, "churned": 0}},
                    {"user": "ann", "mrr": {"USD": 0}, "movements": {"USD": MOVED["USD"]}, "customers": {"after": 0, "churned": 1}},
                ]
            }
        },
        {**FEBRUARY, "groupBy": "user"},
    ),
    Case(
        f"{ROOM}/arr",
        {"groups": {"data": [{"month": "2026-02-01", "user": "ann", "arr": {"USD": 0}}, {"month": "2026-02-01", "user": "bob", "arr": {"EUR": 120}}]}},
        {**FEBRUARY, "groupBy": "month,user"},
        timed=False,
    ),
    Case(
        f"{ROOM}/churn-rate",
        {
            "groups": {
                "data": [
                    {"user": "bob", "customers": {"before": 1, "churned": 0, "rate": 0}},
                    {"user": "ann", "customers": {"before": 1, "churned": 1, "rate": 100}, "revenue": {"USD": {"gross": 166.67}}},
                ]
            }
        },
        {"startDate": "2026-02-10", "endDate": "2026-02-28", "groupBy": "user"},
    ),
    Case(
        "/api/analytics/sales/stats",
        {"mrr": {"USD": 0, "EUR": 10}, "churn": None},
        FEBRUARY,
    ),
]
