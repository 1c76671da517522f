"""Settling, as the ticks and the queue of work do it, without waiting for a schedule.

An hourly tick sends a sweep for each of the demo's five hundred days: what is sent after it has its turn a minute later on a busy machine."""

import json
from functools import partial

import boto3.dynamodb.conditions as where
from patience import eventually

FAMILIES = ("engagement", "ai", "sales", "performance", "lifecycle")


def tick(stack, kind):
    """Starts `aggregate` as a schedule does; its summary."""
    event = json.dumps({"tick": kind}).encode()
    answer = stack.lambda_.invoke(FunctionName=stack["functions"]["aggregate"], Payload=event)
    summary = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, summary
    return summary


def pending(stack, tenant):
    """What of a tenant waits to be settled: families and days."""
    return sorted({(family, item["sk"][:10]) for family in FAMILIES for item in items(stack, f"T#{tenant.name}#P#{family}")})


def items(stack, partition, attributes="pk, sk"):
    """The items of a partition: their keys, or these attributes."""
    query = partial(stack.table.query, KeyConditionExpression=where.Key("pk").eq(partition), ProjectionExpression=attributes)
    page = query(ConsistentRead=True)
    found = page["Items"]
    while "LastEvaluatedKey" in page:
        page = query(ConsistentRead=True, ExclusiveStartKey=page["LastEvaluatedKey"])
        found += page["Items"]
    return found


def send(stack, *work):
    """Sends work as a tick does."""
    for body in work:
        stack.sqs.send_message(QueueUrl=stack["workQueueUrl"], MessageBody=json.dumps(body))


def settle(stack, tenant, within=120.0):
    """Has all settled that waits of a tenant, its open hours too, which no tick would send yet; answers what it was."""
    settled = pending(stack, tenant)
    send(stack, *({"kind": "settle", "tenant": tenant.name, "family": family, "day": day} for family, day in settled))

    def nothing_waits():
        assert not (left := pending(stack, tenant)), left

    eventually(nothing_waits, within, every=0.05)
    return settled


def roll_up(stack, tenant, within=120.0):
    """Has built what is made of settled days: months that are over, and all time."""
    for family in FAMILIES:
        months = [item["sk"] for item in items(stack, f"T#{tenant.name}#M#{family}") if item["sk"].startswith("month#")]
        work = {"tenant": tenant.name, "family": family}
        send(stack, *({"kind": "month", "month": sort.removeprefix("month#"), **work} for sort in months))
    idle(stack, within)


def idle(stack, within=120.0):
    """Waits until the queue of work is empty, and nothing of it is being done."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def nothing_is_left():
        attributes = stack.sqs.get_queue_attributes(QueueUrl=stack["workQueueUrl"], AttributeNames=names)["Attributes"]
        assert [attributes[name] for name in names] == ["0", "0"], attributes

    eventually(nothing_is_left, within, every=0.05)
