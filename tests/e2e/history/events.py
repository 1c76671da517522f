"""What is known to have happened, in 2026 from Friday, January 30, to Monday, February 2, UTC: a month ends in it, and a week (on the 1st,
a Sunday).

Each of the four days has four slots, at 00, 09, 15 and 23 o'clock: sixteen in all. In Tokyo (nine hours ahead) the last two of a day belong
to the next day. In every slot the same happens, four events of each family:

| | minute 0, ann | minute 5 | minute 10, bob | minute 15, cid |
| --- | --- | --- | --- | --- |
| AI | haiku 1000 + 200 tokens, 0.0005 USD, 100 ms | ann: gpt-4 100 + 10, 0.0036 USD, 200 ms | haiku 2000 + 0, 0.0005 USD, failed, 400 ms | house-model 10 + 1, no price, 300 ms |
| engagement | screen Home, 30 s, 50% | ann: search on Home, value 2.5 | screen Pricing, 10 s, 100% | buy on Pricing, value 1.5 |
| sales | purchase of 10 USD, card | bob: purchase of 5.50 EUR, paypal | cid: purchase of 20 USD, failed, card | purchase of 3 USD, card |
| performance | api GET /items 200, 100 ms | api POST /orders 201, 200 ms | api GET /items 500, 400 ms | web GET / 404, 50 ms |
| lifecycle | generation.started | ann: generation.completed | build.triggered | user.login |

ann is on the plan `pro`, cid on `free`; bob is on `free` and changes to `pro` at the beginning of February. A session of engagement is
a user's slot. Besides, once each: see `ONCE`. What is added to the history happens on other days, from February 3 on, in a module of its
own, so that what is known of these four days stays true."""

from datetime import datetime, timedelta, timezone

from events import iso

FIRST = datetime(2026, 1, 30, tzinfo=timezone.utc)
FEBRUARY = datetime(2026, 2, 1, tzinfo=timezone.utc)
HAIKU = "claude-3-haiku-20240307"
SLOTS = [FIRST + timedelta(days=day, hours=hour) for day in range(4) for hour in (0, 9, 15, 23)]
PHONE = {"platform": "ios", "osVersion": "17.2", "appVersion": "1.0.0", "deviceType": "phone", "country": "DE"}
LAPTOP = {"platform": "web", "os": "macos", "browser": "chrome", "appVersion": "2.0.0", "deviceType": "desktop", "country": "US"}
TABLET = {"platform": "android", "appVersion": "1.0.0", "deviceType": "tablet", "country": "IN"}


def by(user, moment, **members):
    """What a user does at a moment, under its plan at that moment."""
    plan = "pro" if user == "ann" or (user == "bob" and moment >= FEBRUARY) else "free"
    return {"userId": user, "projectId": "shop", "plan": plan, "timestamp": iso(moment), **members}


def at(slot, minute):
    return slot + timedelta(minutes=minute)


CHAT = {"model": HAIKU, "feature": "chat", "complexity": "low", "language": "en", "service": "assistant"}
CODE = {"model": "gpt-4", "feature": "code", "complexity": "high", "language": "python", "service": "editor"}
HOUSE = {"model": "house-model", "provider": "inhouse", "feature": "chat", "complexity": "low", "language": "de", "service": "assistant"}


def request(user, slot, minute, number, **members):
    return by(user, at(slot, minute), requestId=f"ai-{slot:%d-%H}-{number}", **members)


# 64 requests, by four doors.
def ai():
    for slot in SLOTS:
        yield request("ann", slot, 0, 1, inputTokens=1000, outputTokens=200, responseTimeMs=100, **CHAT)
        yield request("cid", slot, 15, 4, inputTokens=10, outputTokens=1, responseTimeMs=300, **HOUSE)


def ai_begun():
    for slot in SLOTS:
        yield request("ann", slot, 5, 2, prompt="Write a weir in Python.", **CODE)


def ai_ended():
    for slot in SLOTS:
        ended = {"status": "completed", "tokens": {"input": 100, "output": 10}, "response": "import weir", "timestamp": iso(at(slot, 5) + timedelta(milliseconds=200))}
        yield {"requestId": f"ai-{slot:%d-%H}-2", **ended}


def ai_with_credits():
    for slot in SLOTS:
        yield request("bob", slot, 10, 3, tokens={"input": 2000, "output": 0}, credits=0.5, responseTimeMs=400, status="error", **CHAT)


def engagement():
    """66 events by two doors: those of the slots, and bob's session over the end of January, of twenty minutes."""

    def event(user, slot, minute, number, kind, device, session=None, **properties):
        named = {"eventId": f"e-{number}", "sessionId": session or f"{user}-{slot:%d-%H}", "type": kind}
        return by(user, at(slot, minute), **named, device=device, properties=properties)

    for slot in SLOTS:
        yield event("ann", slot, 0, 1, "screen_view", PHONE, screenName="Home", timeOnPage=30, scrollDepth=50)
        yield event("ann", slot, 5, 2, "custom", PHONE, eventName="search", page="Home", feature="search", value=2.5)
    yield event("bob", FEBRUARY, -10, 1, "screen_view", LAPTOP, "bob-late", screenName="Home")
    yield event("bob", FEBRUARY, 10, 2, "screen_view", LAPTOP, "bob-late", screenName="Pricing")


def visits():
    """Bob's and cid's in the slots, as a page tells of them."""
    for slot in SLOTS:
        spring = {"utm_source": "news", "utm_medium": "mail", "utm_campaign": "spring"}
        read = {"timeOnPage": 10, "scrollDepth": 100, **spring}
        laptop = {"os": "macos", "browser": "chrome", "deviceType": "desktop"}
        named = {"eventId": "e-3", "sessionId": f"bob-{slot:%d-%H}", "event": "screen_view"}
        yield by("bob", at(slot, 10), page="Pricing", properties=read, metadata=laptop, device={"platform": "web", "appVersion": "2.0.0", "country": "US"}, **named)
        named = {"eventId": "e-4", "sessionId": f"cid-{slot:%d-%H}", "event": "buy"}
        yield by("cid", at(slot, 15), page="Pricing", feature="checkout", value=1.5, device=TABLET, **named)


def performance():
    """64 requests to two services, with what they use."""

    def call(user, slot, minute, service, method, endpoint, status, took, **members):
        said = {"service": service, "method": method, "endpoint": endpoint, "statusCode": status, "responseTime": took, "responseSize": 1000}
        return by(user, at(slot, minute), requestId=f"call-{slot:%d-%H}-{minute}", **said, **members)

    def used(cpu, memory, hits, misses):
        return {"system": {"cpu": {"usage": cpu}, "memory": {"percentage": memory}}, "cache": {"hits": hits, "misses": misses}}

    pool = {"queryTime": 10, "connectionPool": {"active": 3, "idle": 7, "total": 10}}
    for slot in SLOTS:
        yield call("ann", slot, 0, "api", "GET", "/items", 200, 100, database=pool, **used(40, 50, 9, 1))
        yield call("ann", slot, 5, "api", "POST", "/orders", 201, 200, requestSize=500)
        yield call("bob", slot, 10, "api", "GET", "/items", 500, 400, **used(80, 70, 0, 10))
        yield call("cid", slot, 15, "web", "GET", "/", 404, 50)


def sales():
    """65 transactions: those of the slots, and the refund of one of ann's."""

    def transaction(user, slot, minute, amount, currency, status="completed", method="card", kind="purchase"):
        named = {"transactionId": f"{kind}-{user}-{slot:%d-%H}-{minute}", "type": kind, "status": status, "paymentMethod": method}
        return by(user, at(slot, minute), amount=amount, currency=currency, **named)

    for slot in SLOTS:
        yield transaction("ann", slot, 0, 10, "USD")
        yield transaction("bob", slot, 5, 5.5, "EUR", method="paypal")
        yield transaction("cid", slot, 10, 20, "USD", status="failed")
        yield transaction("cid", slot, 15, 3, "USD")
    yield transaction("ann", datetime(2026, 2, 2, 12, tzinfo=timezone.utc), 0, 10, "USD", kind="refund")


def lifecycle():
    """69 events: those of the slots, and `ONCE`."""

    def event(user, moment, kind, **metadata):
        return by(user, moment, event=kind, eventId=f"{kind}-{user}-{moment:%d-%H}", metadata=metadata)

    yield event("ann", FIRST, "project.created", name="The shop")
    for user in ("ann", "bob", "cid"):
        yield event(user, FIRST, "user.created")
    for slot in SLOTS:
        yield event("ann", at(slot, 0), "generation.started", generationId=f"g-{slot:%d-%H}")
        yield event("ann", at(slot, 5), "generation.completed", generationId=f"g-{slot:%d-%H}")
        yield event("bob", at(slot, 10), "build.triggered", buildId=f"b-{slot:%d-%H}")
        yield event("cid", at(slot, 15), "user.login")
    yield event("bob", FEBRUARY, "user.plan_upgrade", fromPlan="free", toPlan="pro")


ONCE = """The project's creation and the users' on January 30 at 00:00; bob's change of plan on February 1 at 00:00; a refund of 10 USD to
ann on February 2 at 12:00; a session of bob's from January 31, 23:50, to February 1, 00:10, on two screens."""

# By the write that takes them: its method where that is not POST, its path, and how its body is made of events.
WRITES = [
    ("/usage/api", lambda events: events, ai),
    ("/api/ai-tracking/track", lambda events: events, ai_begun),
    ("PUT /api/ai-tracking/update/those-of-the-array", lambda events: events, ai_ended),
    ("/api/analytics/usage", lambda events: events, ai_with_credits),
    ("/api/events", lambda events: {"batchId": "history", "events": events}, engagement),
    ("/api/analytics/engagement/track", lambda events: events, visits),
    ("/api/analytics/sales/track", lambda events: events, sales),
    ("/api/performance/track", lambda events: events, performance),
    ("/events", lambda events: events, lifecycle),
]

# How many events each family has, as `metric=` of a series names them.
COUNTED = {"requests": 64, "engagementEvents": 66, "transactions": 65, "httpRequests": 64, "platformEvents": 69}
