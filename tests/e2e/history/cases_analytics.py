"""AI services at a glance, by service, model, user and provider, over time, and one's own."""

from .case import Case, Near, Series
from .events import HAIKU
from .times import DATES, DAYS, POINTS, TOKYO, days, months, slots, weeks

# In all: 64 requests, of which 16 failed; 20,960 + 32,000 + 176 tokens; 16 × (0.0005 + 0.0036 + 0.0005) USD.
TOTALS = {"totalRequests": 64, "failures": 16, "errorRate": 0.25, "totalTokens": 53_136, "totalCost": 0.0736, "activeUsers": 3, "latencyMean": 250}
REQUESTS = {
    "hour": {"data": Series("value", slots(4), POINTS["hour"])},
    "day": {"data": Series("value", days(16, 16, 16, 16), POINTS["day"])},
    "week": {"data": Series("value", weeks(48, 16), POINTS["week"])},
    "month": {"data": Series("value", months(32, 32), POINTS["month"])},
}
MINE = {"requests": 32, "tokens": 20_960, "cost": 0.0656}


def change(value):
    """Nothing was before."""
    return {"value": value, "before": 0, "change": 100}


def provider(name, requests, failures, cost):
    return {"provider": name, "requests": requests, "failures": failures, "cost": cost}


CASES = [
    Case(
        "/api/analytics/dashboard",
        {
            "overview": TOTALS,
            "topUsers": [{"name": "ann", **MINE}, {"name": "bob", "requests": 16}, {"name": "cid", "requests": 16}],
            "topServices": [{"name": "assistant", "requests": 48}, {"name": "editor", "requests": 16}],
        },
        DAYS,
        each={"day": {"series": Series("tokens", days(13_284, 13_284, 13_284, 13_284), POINTS["day"])}},
    ),
    Case(
        "/api/analytics/metrics",
        {
            "requests": change(64),
            "failures": change(16),
            "tokens": change(53_136),
            "cost": change(0.0736),
            "users": change(3),
            "costPerRequest": {"value": Near(0.00115), "before": None, "change": None},
            "byProvider": [provider("anthropic", 32, 16, 0.016), provider("inhouse", 16, 0, 0), provider("openai", 16, 0, 0.0576)],
        },
        DAYS,
    ),
    Case(
        "/api/analytics/services",
        {"data": [{"service": "assistant", "requests": 48, "share": 75, "users": 3}, {"service": "editor", "requests": 16, "share": 25, "users": 1}]},
        DAYS,
    ),
    Case(
        "/api/analytics/models",
        {
            "data": [
                {"model": HAIKU, "provider": "anthropic", "requests": 32, "failures": 16, "tokens": 51_200, "cost": 0.016},
                {"model": "gpt-4", "provider": "openai", "requests": 16, "tokens": 1_760, "cost": 0.0576},
                {"model": "house-model", "provider": "inhouse", "requests": 16, "tokens": 176, "cost": 0},
            ]
        },
        DAYS,
    ),
    Case("/api/analytics/timeseries", {"metric": "requests"}, DAYS, each=REQUESTS),
    Case("/api/analytics/timeseries", {"data": [{"value": value} for value in (8, 16, 16, 16)]}, {**TOKYO, "granularity": "day"}, timed=False),
    Case(
        "/api/analytics/users/top",
        {"data": [{"userId": "bob", "tokens": 32_000}, {"userId": "ann", "tokens": 20_960}, {"userId": "cid", "tokens": 176}]},
        {"metric": "tokens", **DAYS},
    ),
    Case(
        "/api/analytics/my-usage",
        {
            "userId": "ann",
            "requests": 32,
            "failures": 0,
            "totalTokens": 20_960,
            "cost": 0.0656,
            "byModel": {HAIKU: {"requests": 16, "cost": 0.008}, "gpt-4": {"requests": 16, "cost": 0.0576}},
            "byDay": [{"date": date, "requests": 8, "tokens": 5_240} for date in DATES],
        },
        DAYS,
        by="ann",
        timed=False,
    ),
    # What `/api/analytics/usage` took of credits: 16 × 0.5.
    Case("/api/analytics/my-usage", {"requests": 16, "failures": 16, "totalTokens": 32_000, "credits": 8}, DAYS, by="bob", timed=False),
    Case(
        "/api/analytics/providers/usage",
        {"data": [{"provider": "anthropic", "requests": 32, "share": 50}, {"provider": "inhouse", "share": 25}, {"provider": "openai", "share": 25}]},
        DAYS,
    ),
    Case(
        "/api/analytics/providers/costs",
        {
            "totalCost": 0.0736,
            "inputCost": 0.06,  # 16 × (0.00025 + 0.0005 + 0.003)
            "outputCost": 0.0136,  # 16 × (0.00025 + 0.0006)
            "data": [{"provider": "openai", "cost": 0.0576}, {"provider": "anthropic", "cost": 0.016}, {"provider": "inhouse", "cost": 0}],
            "unpricedModels": ["house-model"],
        },
        DAYS,
    ),
    Case(
        "/api/analytics/providers/popularity",
        {"data": [{"model": HAIKU, "requests": 32}, {"model": "gpt-4", "requests": 16}, {"model": "house-model", "requests": 16}]},
        DAYS,
    ),
    Case(
        "/api/analytics/providers/performance",
        {
            "data": [
                {"provider": "anthropic", "errorRate": 0.5, "latency": {"mean": 250, "p50": Near(100), "p99": Near(400)}},
                {"provider": "inhouse", "errorRate": 0, "latency": {"mean": 300, "p50": Near(300), "p95": Near(300)}},
                {"provider": "openai", "errorRate": 0, "latency": {"mean": 200, "p50": Near(200), "p99": Near(200)}},
            ]
        },
        DAYS,
    ),
    Case("/api/analytics/chat/messages", {"messages": 0, "users": 0}, DAYS),
    Case("/api/analytics/chat/conversations", {"created": 0, "active": 0, "messagesPerConversation": None}, DAYS),
    Case("/api/analytics/chat/by-provider", {"messages": 0, "data": []}, DAYS),
    Case("/api/analytics/chat/tokens", {"totalTokens": 0, "tokensPerMessage": None}, DAYS),
    Case("/api/analytics/chat/average-session", {"sessions": 0, "averageSession": None}, DAYS),
    Case(
        "/api/v1/analytics/metrics",
        {"data": [{"name": "requests", "value": 64}, {"name": "cost", "value": 0.0736}, {"name": "platformEvents", "value": 69}]},
        {"metrics": "requests,cost,platformEvents", **DAYS},
    ),
]
