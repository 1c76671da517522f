"""Two subscriptions of February: ann's of 12 USD a month from the 5th, 20 USD from the 10th, cancelled on the 20th; bob's of 120 EUR a year
from the 6th. Each is a transaction, too."""

from datetime import datetime, timezone

from .events import by


def subscriptions():
    def told(user, day, number, amount, currency, interval, status="completed"):
        moment = datetime(2026, 2, day, 12, tzinfo=timezone.utc)
        named = {"transactionId": f"subscription-{user}-{number}", "type": "subscription", "status": status, "paymentMethod": "card"}
        return by(user, moment, amount=amount, currency=currency, subscription={"interval": interval}, **named)

    yield told("ann", 5, 1, 12, "USD", "month")
    yield told("bob", 6, 1, 120, "EUR", "year")
    yield told("ann", 10, 2, 20, "USD", "month")
    yield told("ann", 20, 3, 0, "USD", "month", status="cancelled")


WRITES = [("/api/analytics/sales/track", lambda events: events, subscriptions)]
COUNTED = {"transactions": 4}
