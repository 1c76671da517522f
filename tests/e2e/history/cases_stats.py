"""Everything that is counted of one family, in one answer."""

from .case import Case, Near, Series
from .events import HAIKU
from .times import DAYS, POINTS, TOKYO, days, months, slots, weeks

AI = "/api/ai-tracking/stats"
ENGAGEMENT = "/api/analytics/engagement/stats"


def series(member, **values):
    """By granularity, a series of the four days."""
    return {granularity: {"series": Series(member, of, POINTS[granularity])} for granularity, of in values.items()}


def counted(of):
    return {label: {"events": events} for label, events in of.items()}


CASES = [
    # 16 slots of four requests, of which 100, 200, 400 and 50 ms; 500 and 404 are errors.
    Case(
        "/api/performance/stats",
        {
            "requests": 64,
            "errors": 32,
            "serverErrors": 16,
            "errorRate": 0.5,
            "users": 3,
            "latency": {"average": 187.5, "p50": Near(100), "p95": Near(400), "p99": Near(400)},
            "requestSize": {"total": 8_000, "average": 500},
            "responseSize": {"total": 64_000, "average": 1_000},
            "queryTime": {"average": 10, "p50": Near(10)},
            "byEndpoint": {
                "/items": {"requests": 32, "errors": 16, "errorRate": 0.5, "latency": {"average": 250}},
                "/orders": {"requests": 16, "errors": 0},
                "/": {"requests": 16, "errors": 16, "errorRate": 1},
            },
            "byStatus": {"200": {"requests": 16}, "201": {"requests": 16}, "404": {"errors": 16}, "500": {"errors": 16}},
            "byService": {"api": {"requests": 48, "errors": 16}, "web": {"requests": 16, "errors": 16}},
            "byMethod": {"GET": {"requests": 48}, "POST": {"requests": 16}},
            "resources": {
                "cpu": {"average": 60, "min": 40, "max": 80, "latest": 80},
                "memory": {"average": 60, "min": 50, "max": 70, "latest": 70},
                "pool": {"active": {"average": 3, "max": 3}, "idle": {"latest": 7}, "total": 10},
                "cache": {"hits": 144, "misses": 176, "hitRate": 0.45},
            },
        },
        DAYS,
        each=series("requests", hour=slots(4), day=days(16, 16, 16, 16), week=weeks(48, 16), month=months(32, 32)),
    ),
    Case(
        "/api/performance/stats",
        {"requests": 16, "errors": 16, "byService": {"web": {"requests": 16}}, "latency": {"average": 50}},
        {**DAYS, "service": "web"},
    ),
    Case("/api/performance/stats", {"requests": 0, "errors": 0, "errorRate": None}, {"startDate": "2025-06-01", "endDate": "2025-06-02"}),
    # 16 slots of four requests: 1200 + 110 + 2000 + 11 tokens, 0.0005 + 0.0036 + 0.0005 USD.
    Case(
        AI,
        {
            "totalRequests": 64,
            "failedRequests": 16,
            "successRate": 0.75,
            "users": 3,
            "tokens": {"total": 53_136, "input": 49_760, "output": 3_376, "cacheRead": 0, "cacheWrite": 0, "reasoning": 0},
            "cost": {"total": 0.0736, "input": 0.06, "output": 0.0136, "average": 0.00115},
            "latency": {"average": 250, "p50": Near(200), "p95": Near(400), "p99": Near(400)},
            "byModel": {
                HAIKU: {"requests": 32, "failures": 16, "successRate": 0.5, "tokens": 51_200, "cost": 0.016},
                "gpt-4": {"requests": 16, "failures": 0, "successRate": 1, "tokens": 1_760, "cost": 0.0576},
                "house-model": {"requests": 16, "tokens": 176, "cost": 0},
            },
            "byProvider": {"anthropic": {"requests": 32}, "openai": {"requests": 16}, "inhouse": {"requests": 16}},
            "byFeature": {"chat": {"requests": 48}, "code": {"requests": 16, "latency": {"average": 200, "p95": Near(200)}}},
            "byComplexity": {"low": {"requests": 48}, "high": {"requests": 16}},
            "byLanguage": {"en": {"requests": 32}, "python": {"requests": 16}, "de": {"requests": 16}},
            "byPlan": {"pro": {"requests": 40}, "free": {"requests": 24}},  # bob's are of both: 8 and 8
            "byStatus": {"completed": {"requests": 48}, "failed": {"requests": 16, "successRate": 0}},
            "unpricedModels": ["house-model"],
        },
        DAYS,
        each=series("requests", hour=slots(4), day=days(16, 16, 16, 16), week=weeks(48, 16), month=months(32, 32)),
    ),
    Case(
        AI,
        {"totalRequests": 32, "users": 1, "successRate": 1, "cost": {"total": 0.0656}, "byModel": {HAIKU: {"requests": 16}}, "unpricedModels": []},
        DAYS,
        by="ann",
        each=series("tokens", hour=slots(1_310), day=days(5_240, 5_240, 5_240, 5_240), week=weeks(15_720, 5_240), month=months(10_480, 10_480)),
    ),
    Case(AI, {"totalRequests": 8, "byStatus": {"failed": {"requests": 8}}}, {**DAYS, "user": "bob", "plan": "pro"}),
    # In Tokyo the four days have no slots of the evening before, and lack those of their own last evening.
    Case(AI, {"totalRequests": 56}, TOKYO),
    Case(AI, {"totalRequests": 0, "successRate": None, "byModel": {}}, {"startDate": "2025-06-01", "endDate": "2025-06-02"}),
    Case(
        AI,
        {"groups": {"data": [{"provider": "anthropic", "requests": 32}, {"provider": "inhouse", "requests": 16}, {"provider": "openai"}]}},
        {**DAYS, "groupBy": "provider"},
    ),
    # 16 slots of four events in three sessions, two of them of one event; and bob's late session, of two.
    Case(
        ENGAGEMENT,
        {
            "events": 66,
            "users": 3,
            # ann's 16 of five minutes, 32 of one event, and twenty minutes of bob's: 6,000 s over 49.
            "sessions": {"total": 49, "bounced": 32, "bounceRate": Near(0.653061), "duration": {"average": Near(122_448.98)}},
            "value": {"events": 32, "total": 64, "average": 2},
            "timeOnPage": {"events": 32, "total": 640_000, "average": 20_000},
            "scrollDepth": 75,
            "byEvent": counted({"screen_view": 34, "search": 16, "buy": 16}),
            "byPage": counted({"Home": 33, "Pricing": 33}),
            "byFeature": counted({"search": 16, "checkout": 16, "(none)": 34}),
            "byDevice": counted({"phone": 32, "desktop": 18, "tablet": 16}),
            "byBrowser": counted({"chrome": 18}),
            "byOs": counted({"ios": 32, "macos": 18, "android": 16}),
            "byAppVersion": counted({"1.0.0": 48, "2.0.0": 18}),
            "byCountry": counted({"DE": 32, "US": 18, "IN": 16}),
            "byCampaign": counted({"spring": 16}),
            "byWeekday": [{"weekday": "Monday", "events": 16}, {}, {}, {}, {"events": 16}, {"events": 17}, {"weekday": "Sunday", "events": 17}],
        },
        DAYS,
        each=series("events", day=days(16, 17, 17, 16), week=weeks(50, 16), month=months(33, 33))
        | {"hour": {"series": Series("events", {**slots(4), "2026-01-31T23:00:00.000Z": 5, "2026-02-01T00:00:00.000Z": 5}, 96)}},
    ),
    # Of the late session each month has one event.
    Case(ENGAGEMENT, {}, DAYS, each=series("sessions", day=days(12, 13, 13, 12), week=weeks(37, 12), month=months(25, 25))),
    Case(
        ENGAGEMENT,
        {
            "events": 32,
            "users": 1,
            "sessions": {"total": 16, "bounced": 0, "bounceRate": 0, "duration": {"average": 300_000}},
            "value": {"total": 40},
            "byPage": {"Home": {"events": 32, "averageTimeOnPage": 30_000}},
        },
        DAYS,
        by="ann",
        each=series("value", day=days(10, 10, 10, 10), week=weeks(30, 10), month=months(20, 20)),
    ),
    Case(ENGAGEMENT, {"events": 18, "byPage": counted({"Home": 1, "Pricing": 17})}, {**DAYS, "browser": "chrome"}),
    Case(ENGAGEMENT, {"events": 58, "byHourOfDay": [{"hour": hour, "events": events} for hour, events in enumerate(
        [12, 0, 0, 0, 0, 0, 0, 0, 13, 17, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0]
    )]}, TOKYO),
    # 48 orders of 64 transactions and a refund: 16 × (10 + 3) USD, 16 × 5.50 EUR.
    Case(
        "/api/analytics/sales/stats",
        {
            "revenue": {"USD": 208, "EUR": 88},
            "transactions": 65,
            "orders": 48,
            "averageOrder": {"USD": 6.5, "EUR": 5.5},
            "refunds": {"count": 1, "amount": {"USD": 10}},
            "byType": {"purchase": {"transactions": 64, "revenue": {"USD": 208, "EUR": 88}}, "refund": {"transactions": 1}},
            "byStatus": {"completed": {"transactions": 49}, "failed": {"transactions": 16, "revenue": {}}},
            "byPlan": {
                "pro": {"transactions": 25, "revenue": {"USD": 160, "EUR": 44}},
                "free": {"transactions": 40, "revenue": {"USD": 48, "EUR": 44}},
            },
            "byPaymentMethod": {"card": {"transactions": 49}, "paypal": {"transactions": 16, "revenue": {"EUR": 88}}},
        },
        DAYS,
    ),
    Case("/api/analytics/sales/stats", {"revenue": {"EUR": 88}, "transactions": 16}, DAYS, by="bob"),
]
