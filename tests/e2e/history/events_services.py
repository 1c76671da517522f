"""What services tell of March 10, 2026, at two doors: two conversations, what they cost, and a payment.

| | ann | bob |
| --- | --- | --- |
| 09:00 | conversation a, message: haiku 1000 + 200 tokens | |
| 09:10, 09:50 | the same message again | |
| 10:00 | | conversation b, message: gpt-4, 110 tokens in all |
| 10:30 | | conversation b is deleted |
| 12:00 | pays 29 USD | signs in |
"""

from datetime import datetime, timezone

from events import iso

from .events import HAIKU

MARCH = datetime(2026, 3, 10, tzinfo=timezone.utc)


def told(kind, user, hour, minute=0, **data):
    moment = MARCH.replace(hour=hour, minute=minute)
    return {"type": kind, "eventId": f"{kind}-{hour}-{minute}", "projectId": "shop", "data": {"userId": user, "timestamp": iso(moment), **data}}


def conversations():
    yield told("chat.conversation_created", "ann", 9, conversationId="a", title="Dams")
    yield told("chat.conversation_created", "bob", 10, conversationId="b")
    yield told("chat.conversation_deleted", "bob", 10, 30, conversationId="b")
    yield told("user.signin", "bob", 12)
    yield told("billing.payment_success", "ann", 12, amount=29, currency="USD", planId="pro", transactionId="march")


def messages():
    for hour, minute in ((9, 0), (9, 10), (9, 50)):
        tokens = {"input": 1000, "output": 200}
        yield told("chat.message_sent", "ann", hour, minute, conversationId="a", model=HAIKU, tokens=tokens, planTier="pro")
    yield told("chat.message_sent", "bob", 10, conversationId="b", provider="openai", model="gpt-4", tokens=110, planTier="pro")


WRITES = [("/events", lambda events: events, conversations), ("/api/v1/analytics/events", lambda events: events, messages)]
COUNTED = {"requests": 4, "messages": 4, "platformEvents": 4, "transactions": 1}
