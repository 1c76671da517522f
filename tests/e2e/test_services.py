"""What services send without HTTP, straight onto the queue and on the bus; requests to models that are told twice; one act by several doors."""

import json
import uuid

from api import assert_problem
from events import ago
from patience import eventually
from settling import settle
from test_queue import visibility_of

HAIKU = "claude-3-haiku-20240307"


def put_on_queue(stack, *bodies, tenant=None):
    attributes = {"MessageAttributes": {"tenant": {"DataType": "String", "StringValue": tenant}}} if tenant else {}
    entries = [{"Id": str(place), "MessageBody": body if isinstance(body, str) else json.dumps(body), **attributes} for place, body in enumerate(bodies)]
    assert not stack.sqs.send_message_batch(QueueUrl=stack["queueUrl"], Entries=entries).get("Failed")


def message_sent(user, request, tokens=5, **more):
    data = {"userId": user, "conversationId": "c", "model": HAIKU, "tokens": tokens, "requestId": request, "timestamp": ago(seconds=5)}
    return {"type": "chat.message_sent", "data": data, **more}


def counted(tenant, **known):
    def they_count():
        assert {metric: tenant.counted(metric) for metric in known} == known

    eventually(they_count, within=60)


def test_events_put_straight_onto_the_queue_count_and_a_malformed_one_fails_alone(stack, tenant):
    poison = {"tenant": tenant.name, "type": "billing.payment_success", "data": {"amount": "much", "userId": f"poison of {tenant.name}"}}
    with visibility_of(stack, 1):
        put_on_queue(
            stack,
            message_sent("u1", "r1", tenant=tenant.name),
            poison,
            {"tenant": tenant.name, "type": "user.signin", "data": {"userId": "u1"}},
            {"tenant": f"no-{tenant.name}", "type": "user.signin", "data": {"userId": "u1"}},
        )
        put_on_queue(stack, {"type": "billing.payment_success", "data": {"userId": "u1", "amount": 12.5, "currency": "USD"}}, tenant=tenant.name)
        counted(tenant, messages=1, platformEvents=1, revenue=12.5)
        found = set()

        def the_bad_ones_lie_in_the_dead_letter_queue():
            answer = stack.sqs.receive_message(QueueUrl=stack["dlqUrl"], MaxNumberOfMessages=10, VisibilityTimeout=1)
            for message in answer.get("Messages", []):
                if tenant.name in message["Body"]:
                    found.add(message["Body"])
                    stack.sqs.delete_message(QueueUrl=stack["dlqUrl"], ReceiptHandle=message["ReceiptHandle"])
            assert len(found) == 2

        eventually(the_bad_ones_lie_in_the_dead_letter_queue, within=60)


def test_an_event_of_the_bus_counts(stack, tenant):
    detail = {"tenant": tenant.name, "userId": "u1", "planTier": "pro"}
    entry = {"EventBusName": stack["eventBusName"], "Source": "accounts", "DetailType": "user.signup", "Detail": json.dumps(detail)}
    whole = {**entry, "DetailType": "anything", "Detail": json.dumps(message_sent("u1", "r1", tenant=tenant.name))}
    answer = stack.client("events").put_events(Entries=[entry, whole])
    assert answer["FailedEntryCount"] == 0, answer
    counted(tenant, messages=1, platformEvents=1)


def track(tenant, request, by, **more):
    body = {"requestId": request, "model": HAIKU, "prompt": "What is a weir?", "feature": "chat", "userId": "u1", "timestamp": ago(seconds=9), **more}
    return tenant.api.post("/api/ai-tracking/track", body, by=by)


def update(tenant, request, by, **body):
    return tenant.api.call("PUT", f"/api/ai-tracking/update/{request}", by=by, body=body)


def test_a_request_counts_once_it_has_ended_and_once_however_often_it_is_told(stack, tenant):
    key, request = tenant.key(), f"r {uuid.uuid4()}ü"
    path = "r%20" + request[2:38] + "%C3%BC"
    done = {"status": "completed", "response": "A low dam.", "tokens": {"input": 1000, "output": 200}}
    problem = assert_problem(update(tenant, path, key, **done), 404)
    assert problem["errors"][0]["code"] == "unknown_request"
    assert [track(tenant, request, key).status_code for _ in range(2)] == [201, 201]
    assert tenant.counted("requests") == 0
    answers = [update(tenant, path, key, **done) for _ in range(3)]
    assert [(answer.status_code, answer.json()["accepted"]) for answer in answers] == [(200, 1)] * 3, answers[0].text
    assert_problem(update(tenant, path, key, status="failed"), 409)
    counted(tenant, requests=1, tokens=1200)
    stats = tenant.read("/api/ai-tracking/stats?period=24h")
    assert (stats["totalRequests"], stats["byFeature"]["chat"]["requests"]) == (1, 1)
    for other in (tenant.key("another"), tenant.user("somebody-else")):
        assert_problem(update(tenant, path, other, **done), 404)


def test_one_act_counts_once_by_whichever_door_it_comes(stack, tenant):
    key, moment = tenant.key(), ago(hours=2)
    usage = {"userId": "u1", "model": HAIKU, "inputTokens": 7, "outputTokens": 0, "requestId": "r", "timestamp": moment}
    message = {"userId": "u1", "model": HAIKU, "tokens": {"input": 7}, "requestId": "r", "timestamp": moment}
    payment = {"userId": "u1", "amount": 10, "currency": "USD", "transactionId": "t", "timestamp": moment}
    sale = {**payment, "type": "purchase", "status": "completed"}
    for path, body in (
        ("/usage/api", usage),
        ("/api/analytics/usage", {**usage, "service": "s", "credits": 1}),
        ("/api/ai-tracking/track", usage),
        ("/events", {"type": "chat.message_sent", "data": message}),
        ("/api/analytics/sales/track", sale),
        ("/events", {"type": "billing.payment_success", "data": payment}),
    ):
        assert tenant.api.post(path, body, by=key).status_code in (200, 201), path
    assert update(tenant, "r", key, status="completed", tokens={"input": 7}).status_code == 200
    put_on_queue(stack, {"tenant": tenant.name, "projectId": "shop", "type": "chat.message_sent", "data": message})
    counted(tenant, requests=5, revenue=20)
    settle(stack, tenant)
    counted(tenant, requests=1, tokens=7, revenue=10)


def test_a_visitor_is_known_by_browser_and_country(tenant):
    agent = "Mozilla/5.0 (iPad; CPU OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Mobile/15E148 Safari/604.1"
    headers = {"User-Agent": agent, "CloudFront-Viewer-Country": "IN"}
    view = {"event": "page_view", "eventId": "e", "sessionId": "s", "page": "/pricing", "userId": "u1"}
    answer = tenant.api.post("/api/analytics/engagement/track", view, by=tenant.key(), headers=headers)
    assert answer.status_code == 200, answer.text

    def it_is_known():
        stats = tenant.read("/api/analytics/engagement/stats?period=24h")
        for name, value in (("byBrowser", "Safari"), ("byOs", "iOS"), ("byDevice", "tablet"), ("byCountry", "IN"), ("byPage", "/pricing")):
            assert stats[name].get(value, {}).get("events") == 1, stats[name]

    eventually(it_is_known)
