"""Events as apps send them."""

import uuid
from datetime import datetime, timedelta, timezone


def now():
    return datetime.now(timezone.utc)


def iso(moment):
    """A moment as the API takes it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def milliseconds(moment):
    """Since 1970."""
    return (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(milliseconds=1)


def ago(**difference):
    """A moment that long ago, as the API takes it."""
    return iso(now() - timedelta(**difference))


def screen_view(number=1, **more):
    """A good event; members given replace its own, or leave it where they are `None`."""
    event = {
        "eventId": f"event-{number}",
        "type": "screen_view",
        "sessionId": "session-1",
        "userId": "u1",
        "timestamp": ago(seconds=5),
        "properties": {"screenName": "Home"},
        "device": {"platform": "ios", "osVersion": "17.2", "appVersion": "1.0.0"},
    }
    return {name: value for name, value in {**event, **more}.items() if value is not None}


def batch(*events, **more):
    return {"batchId": f"batch-{uuid.uuid4().hex[:8]}", "events": list(events), **more}


def usage(number=1, **more):
    """A request to a model, as services tell of it."""
    return {
        "userId": "u1",
        "projectId": "shop",
        "model": "claude-3-haiku-20240307",
        "inputTokens": 1000,
        "outputTokens": 200,
        "requestId": f"request-{number}",
        **more,
    }
