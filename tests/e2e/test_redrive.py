"""Redrive: what lies in a dead-letter queue is sent back, and counts once."""

import json
import re

from events import usage
from patience import eventually
from settling import FAMILIES, idle, items, pending, settle
from test_queue import message, visibility_of


def lying(stack, queue):
    """How many messages the tool says lie there."""
    return int(re.match(r"(\d+) messages lie there", stack.weir("redrive", "--queue", queue, "--dry-run").stdout)[1])


def sent_back(done):
    return int(re.match(r"(\d+) messages are sent back", done.stdout)[1])


def put_aside(stack, queue, *bodies):
    entries = [{"Id": str(place), "MessageBody": body} for place, body in enumerate(bodies)]
    assert not stack.sqs.send_message_batch(QueueUrl=stack[queue], Entries=entries).get("Failed")


def test_events_in_the_dead_letter_queue_are_sent_back_and_count_once(stack, tenant):
    before = lying(stack, "store")
    bodies = [message(tenant, number) for number in range(5)]
    put_aside(stack, "dlqUrl", *bodies, bodies[0])
    assert lying(stack, "store") == before + 6
    assert tenant.counted("events") == 0
    assert sent_back(stack.weir("redrive")) >= 6

    def all_count():
        assert tenant.counted("events") in (5, 6), "one was there twice, which is told apart when it is settled"

    eventually(all_count)
    settle(stack, tenant)
    assert tenant.counted("events") == 5


def test_events_of_a_service_keep_their_tenant_and_their_time(stack, tenant):
    body = json.dumps({"type": "billing.payment_success", "data": {"userId": "u1", "amount": 5, "planId": "pro"}})
    attribute = {"tenant": {"DataType": "String", "StringValue": tenant.name}}
    stack.sqs.send_message(QueueUrl=stack["dlqUrl"], MessageBody=body, MessageAttributes=attribute)
    assert sent_back(stack.weir("redrive")) >= 1

    def it_counts():
        assert tenant.counted("revenue") == 5

    eventually(it_counts)


def test_a_message_that_fails_again_lies_there_again_and_nothing_goes_round(stack, tenant):
    poison = f"poison of {tenant.name}"
    put_aside(stack, "dlqUrl", poison, message(tenant, 1))
    with visibility_of(stack, 1):
        assert sent_back(stack.weir("redrive")) >= 2

        def only_the_poison_lies_there():
            received = stack.sqs.receive_message(QueueUrl=stack["dlqUrl"], MaxNumberOfMessages=10, VisibilityTimeout=1)
            found = [dead for dead in received.get("Messages", []) if dead["Body"] == poison]
            assert found
            stack.sqs.delete_message(QueueUrl=stack["dlqUrl"], ReceiptHandle=found[0]["ReceiptHandle"])

        eventually(only_the_poison_lies_there, within=60, every=0.5)
    assert tenant.counted("events") == 1


def test_work_that_failed_is_done_once_it_is_sent_back(api, stack, tenant):
    assert api.post("/usage/api", [usage(number) for number in range(3)], by=tenant.service).status_code == 200

    def all_are_stored():
        assert tenant.counted("requests") == 3

    eventually(all_are_stored)
    [(family, day)] = pending(stack, tenant)
    put_aside(stack, "workDlqUrl", json.dumps({"kind": "settle", "tenant": tenant.name, "family": family, "day": day}))
    assert sent_back(stack.weir("redrive", "--queue", "work")) >= 1

    def it_is_settled():
        assert pending(stack, tenant) == []

    eventually(it_is_settled)
    all_are_stored()


def test_the_ticks_of_schedules_need_no_second_try_and_other_runs_are_shown(stack):
    while stack.sqs.receive_message(QueueUrl=stack["scheduleDlqUrl"]).get("Messages"):
        pass
    failed = {"requestContext": {"functionArn": "arn:report"}, "requestPayload": {"date": "2026-11-20"}}
    put_aside(stack, "scheduleDlqUrl", json.dumps({"tick": "minute"}), json.dumps(failed))
    said = stack.weir("redrive", "--queue", "schedules").stdout
    assert """aws lambda invoke --function-name arn:report --payload '{"date":"2026-11-20"}'""" in said
    assert "2 messages are taken out: 1 ticks" in said


def test_what_waits_is_settled_when_it_is_asked_for(api, stack, tenant):
    assert api.post("/usage/api", [usage(1)], by=tenant.service).status_code == 200

    def it_waits():
        assert pending(stack, tenant)

    eventually(it_waits)
    assert stack.weir("settle", "--tenant", tenant.name).stdout == "1 pieces of work are sent\n"
    idle(stack)
    assert pending(stack, tenant) == []
    assert [family for family in FAMILIES if items(stack, f"T#{tenant.name}#M#{family}")] == ["ai"]
