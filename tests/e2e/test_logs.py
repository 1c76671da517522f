"""Nothing personal and nothing secret is written to a log, whatever is sent and however it fails."""

import json

from events import batch, screen_view, usage
from patience import eventually

PLANTED = {
    "mail": "ada.lovelace@mail.example",
    "user": "user-8731-lovelace",
    "address": "203.0.113.77",
    "prompt": "my diary of the tenth of December",
    "card": "4929-1234-5678-9012",
    "name": "Augusta Ada King",
}


def lines_of(stack, functions):
    """Everything these functions logged."""
    logs = stack.client("logs")
    text = []
    for function in functions:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=f"/aws/lambda/{stack['functions'][function]}")
        text += [event["message"] for page in pages for event in page["events"]]
    return text


def test_what_was_planted_is_in_no_log(api, stack, tenant):
    key = tenant.key()
    personal = {
        "userId": PLANTED["user"],
        "sessionId": PLANTED["mail"],
        "properties": {"screenName": PLANTED["name"], "email": PLANTED["mail"], "ip": PLANTED["address"]},
    }
    secrets = [key.text, tenant.admin.text, tenant.service.secret]
    forwarded = {"X-Forwarded-For": PLANTED["address"]}
    bad = [screen_view(1, timestamp=PLANTED["mail"]), screen_view(2, type={"a": PLANTED["prompt"]})]
    statuses = [
        api.post("/api/events", batch(screen_view(**personal), *bad), by=key, headers=forwarded).status_code,
        api.post("/api/events/single", screen_view(**personal, note=PLANTED["card"]), by=key).status_code,
        api.post("/events", {"event": "user.created", "userId": PLANTED["user"], "metadata": {"email": PLANTED["mail"]}}, by=key).status_code,
        api.post("/usage/api", usage(userId=PLANTED["user"], prompt=PLANTED["prompt"]), by=key).status_code,
        api.post(
            "/api/analytics/sales/track",
            {"transactionId": PLANTED["card"], "type": "purchase", "amount": PLANTED["card"], "userId": PLANTED["user"]},
            by=key,
        ).status_code,
        api.post("/api/events", f'{{"{PLANTED["mail"]}": '.encode(), by=key).status_code,
        api.post("/api/events", {}, headers={"X-API-Key": f"{key.text}x", "Authorization": f"Bearer {tenant.admin.text}x"}).status_code,
        api.get(f"/usage/user/{PLANTED['user']}?period=24h", by=tenant.admin).status_code,
        api.get(f"/costs/user/{PLANTED['user']}?period={PLANTED['mail']}", by=tenant.admin).status_code,
        api.get(f"/usage/user/{PLANTED['mail']}", by=tenant.user(PLANTED["user"])).status_code,
        api.get(f"/metrics/timeseries?metric={PLANTED['mail']}&user={PLANTED['user']}", by=tenant.admin).status_code,
    ]
    assert max(statuses) < 500, statuses
    stack.sqs.send_message(QueueUrl=stack["queueUrl"], MessageBody=json.dumps({"tenant": tenant.name, "note": PLANTED["mail"]}))

    def it_is_stored():
        assert tenant.counted("events") >= 4

    eventually(it_is_stored)

    def each_function_logged():
        lines = {function: lines_of(stack, [function]) for function in ("ingest", "store", "query")}
        assert all(lines.values()), {name: len(of) for name, of in lines.items()}
        # Those that know whose call it is say so, and said it of these calls.
        assert all(any(tenant.name in line for line in lines[function]) for function in ("ingest", "query"))
        return [line for of in lines.values() for line in of]

    lines = eventually(each_function_logged)
    for what in [*PLANTED.values(), *secrets]:
        found = [line for line in lines if what in line]
        assert not found, f"{what} was logged: {found[0]}"
