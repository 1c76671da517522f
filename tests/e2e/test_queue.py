"""From the queue to the answers: in seconds, one message's fault is no other's, and what waits is told."""

import contextlib
import json
import time

from events import batch, now, screen_view
from patience import eventually


def message(tenant, number):
    """A message as anyone who may write to the queue can send it."""
    ms = int(now().timestamp() * 1000)
    event = {
        "id": f"e:session-1:event-{number}",
        "project": "shop",
        "user": "u1",
        "kind": "screen_view",
        "time": ms,
        "received": ms,
        "facts": {"engagement": {"page": "Home"}},
    }
    return json.dumps({"tenant": tenant.name, "hour_offset": 0, "currency": "USD", "received": ms, "events": [event]})


@contextlib.contextmanager
def visibility_of(stack, seconds, queue="queueUrl"):
    """A failed message comes back so soon, rather than after minutes."""
    url, name = stack[queue], "VisibilityTimeout"
    before = stack.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name]
    stack.sqs.set_queue_attributes(QueueUrl=url, Attributes={name: str(seconds)})
    try:
        yield
    finally:
        stack.sqs.set_queue_attributes(QueueUrl=url, Attributes={name: before})


@contextlib.contextmanager
def store_paused(stack):
    """Nothing leaves the queue."""
    mapping = stack.trigger_of_store()
    stack.lambda_.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    try:
        yield
    finally:
        stack.lambda_.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)


def test_a_poison_message_among_good_ones_ends_in_the_dead_letter_queue_and_they_are_stored(stack, tenant):
    poison = [f"poison of {tenant.name}", json.dumps({"tenant": tenant.name, "events": "none"}), "w1.!!!!"]
    bodies = [message(tenant, 1), poison[0], message(tenant, 2), poison[1], poison[2], message(tenant, 3)]
    with visibility_of(stack, 1):
        entries = [{"Id": str(place), "MessageBody": body} for place, body in enumerate(bodies)]
        assert not stack.sqs.send_message_batch(QueueUrl=stack["queueUrl"], Entries=entries).get("Failed")

        def the_good_ones_count():
            assert tenant.counted("events") == 3

        eventually(the_good_ones_count)
        found = set()

        def the_bad_ones_are_put_aside():
            received = stack.sqs.receive_message(QueueUrl=stack["dlqUrl"], MaxNumberOfMessages=10).get("Messages", [])
            for dead in received:
                if dead["Body"] in poison:
                    found.add(dead["Body"])
                    stack.sqs.delete_message(QueueUrl=stack["dlqUrl"], ReceiptHandle=dead["ReceiptHandle"])
            assert found == set(poison)

        eventually(the_bad_ones_are_put_aside, within=60, every=0.5)
    assert tenant.counted("events") == 3


def test_what_waits_in_the_queue_is_told_until_it_is_stored(api, stack, tenant):
    shop, blog = tenant.key("shop"), tenant.key("blog")
    with store_paused(stack):
        assert api.post("/api/events", batch(*(screen_view(n) for n in range(45))), by=shop).status_code == 200
        assert api.post("/api/events", batch(screen_view(1)), by=blog).status_code == 200
        answer = api.get("/api/events/health", by=shop).json()
        assert answer == {"status": "ok", "service": "analytics-ingestion", "buffers": {"shop": 45}}
        assert tenant.waiting(blog, "blog") == 1
        assert api.get("/api/events/health").json()["buffers"] == {}

    def nothing_waits():
        assert (tenant.waiting(shop), tenant.waiting(blog, "blog")) == (0, 0)

    eventually(nothing_waits)
    assert tenant.counted("events") == 46


def test_an_accepted_event_is_visible_within_the_window_and_a_second(api, stack, tenant):
    window = stack.trigger_of_store().get("MaximumBatchingWindowInSeconds", 0)
    key = tenant.key()
    api.post("/api/events", batch(screen_view("warm")), by=key)

    def visible(count):
        def check():
            assert tenant.counted("events") == count

        return check

    eventually(visible(1))
    accepted = time.monotonic()
    assert api.post("/api/events", batch(screen_view("timed")), by=key).status_code == 200
    eventually(visible(2), within=window + 1, every=0.02)
    assert time.monotonic() - accepted <= window + 1
