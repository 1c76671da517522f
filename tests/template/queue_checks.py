"""The queue and what reads it."""

from __future__ import annotations

from collections.abc import Iterator

from check import DAY, broken_by, property_of, put, without
from place import ROOT
from subject import Subject

MESSAGE_BYTES = 256 * 1024


@broken_by(
    property_of("Queue", "VisibilityTimeout", to=120),
    property_of("StoreFunction", "Timeout", to=60),
    property_of("WorkQueue", "VisibilityTimeout", to=300),
    property_of("ReportQueue", "VisibilityTimeout", to=900),
)
def queues_hide_messages_for_six_timeouts_of_their_function_and_a_window(subject: Subject) -> Iterator[str]:
    """Less, and AWS refuses the mapping, or hands a message to a second function while the first works on it."""
    longest = subject.template["Parameters"]["BatchWindowSeconds"]["MaxValue"]
    for queue, function, window in (("Queue", "Store", longest), ("WorkQueue", "Aggregate", 0), ("ReportQueue", "Report", 0)):
        needed = 6 * subject.function(function)["Timeout"] + window
        if subject.properties(queue)["VisibilityTimeout"] < needed:
            yield f"the visibility timeout of {queue} is under {needed} seconds"


@broken_by(put("Parameters", "BatchWindowSeconds", "MinValue", to=0), property_of("StoreEvents", "MaximumBatchingWindowInSeconds", to=0))
def a_batch_of_more_than_ten_has_a_window(subject: Subject) -> Iterator[str]:
    """AWS refuses a mapping without one."""
    mapping, parameter = subject.properties("StoreEvents"), subject.template["Parameters"]["BatchWindowSeconds"]
    if mapping["BatchSize"] > 10 and (
        mapping["MaximumBatchingWindowInSeconds"] != {"Ref": "BatchWindowSeconds"} or parameter["MinValue"] < 1
    ):
        yield "a batch of more than 10 may have no window"


@broken_by(lambda subject: subject.local.update(BatchWindowSeconds="6"))
def the_local_window_is_at_most_five_seconds(subject: Subject) -> Iterator[str]:
    """What is promised of a local stack, and in production by default."""
    default = subject.template["Parameters"]["BatchWindowSeconds"]["Default"]
    if int(subject.local.get("BatchWindowSeconds", default)) > 5 or default > 5:
        yield "the batching window is longer than 5 seconds"


@broken_by(
    without("StoreEvents", "FunctionResponseTypes"),
    without("AggregateWork", "FunctionResponseTypes"),
    property_of("AggregateWork", "BatchSize", to=10),
    property_of("AggregateWork", "EventSourceArn", to={"Fn::GetAtt": ["Queue", "Arn"]}),
    without("AggregateWork", "ScalingConfig"),
    property_of("ReportErrands", "BatchSize", to=10),
    without("ReportErrands", "ScalingConfig"),
)
def one_message_takes_no_other_with_it(subject: Subject) -> Iterator[str]:
    """Of a batch single messages may fail; and what may take all of a function's memory or time is alone in its batch."""
    expected = {
        "StoreEvents": ("StoreFunction", "Queue"),
        "AggregateWork": ("AggregateFunction", "WorkQueue"),
        "ReportErrands": ("ReportFunction", "ReportQueue"),
    }
    for name, (function, queue) in expected.items():
        mapping = subject.properties(name)
        if mapping.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
            yield f"{name} cannot report single messages"
        if (mapping["FunctionName"], mapping["EventSourceArn"]) != ({"Ref": function}, {"Fn::GetAtt": [queue, "Arn"]}):
            yield f"{name} is between others"
    for name, parameter in (("AggregateWork", "SettleConcurrency"), ("ReportErrands", "ReportConcurrency")):
        work = subject.properties(name)
        if work["BatchSize"] != 1:
            yield f"what fails of {name} may take others with it"
        if work.get("ScalingConfig") != {"MaximumConcurrency": {"Ref": parameter}}:
            yield f"{name} may take all of the account's concurrency"


@broken_by(without("Queue", "MaximumMessageSize"), property_of("Queue", "MaximumMessageSize", to=1024 * 1024))
def messages_are_as_small_as_the_code_makes_them(subject: Subject) -> Iterator[str]:
    """The limit that model::limits keeps must be the queue's own."""
    limits = (ROOT / "shared/model/src/limits.rs").read_text()
    if "SQS_BATCH_BYTES: usize = 256 * 1024" not in limits or subject.properties("Queue").get("MaximumMessageSize") != MESSAGE_BYTES:
        yield "the queue's largest message is not the code's"


@broken_by(
    property_of("Queue", "MessageRetentionPeriod", to=4 * DAY),
    property_of("DeadLetterQueue", "MessageRetentionPeriod", to=7 * DAY),
    without("Queue", "RedrivePolicy"),
    property_of("WorkQueue", "RedrivePolicy", "deadLetterTargetArn", to={"Fn::GetAtt": ["DeadLetterQueue", "Arn"]}),
    property_of("WorkQueue", "MessageRetentionPeriod", to=3600),
)
def messages_wait_seven_days_and_dead_ones_fourteen(subject: Subject) -> Iterator[str]:
    """I9: nothing unsettled expires unseen. Work is found again each day, and so waits for one."""
    for name, days, dead in (("Queue", 7, "DeadLetterQueue"), ("WorkQueue", 1, "WorkDeadLetterQueue"), ("ReportQueue", 1, "ReportDeadLetterQueue")):
        queue = subject.properties(name)
        if queue.get("MessageRetentionPeriod") != days * DAY or subject.properties(dead).get("MessageRetentionPeriod") != 14 * DAY:
            yield f"{name} keeps messages for other than {days} days, or its dead-letter queue for other than 14"
        if queue.get("RedrivePolicy", {}).get("deadLetterTargetArn") != {"Fn::GetAtt": [dead, "Arn"]}:
            yield f"{name} has no dead-letter queue of its own"


@broken_by(
    property_of("EventRule", "EventPattern", to={"source": ["shop"]}),
    property_of("EventRule", "EventBusName", to="default"),
    property_of("EventRule", "Targets", to=[{"Id": "queue", "Arn": {"Fn::GetAtt": ["WorkQueue", "Arn"]}}]),
    lambda subject: subject.properties("EventRule")["Targets"][0].pop("DeadLetterConfig"),
    lambda subject: subject.properties("EventRule")["Targets"][0].update(InputPath="$.detail"),
    lambda subject: from_the_bus(subject, "Queue")[0].pop("Condition"),
    lambda subject: subject.properties("DeadLetterQueuePolicy")["PolicyDocument"]["Statement"].pop(1),
)
def the_bus_leads_to_the_queue_and_nobody_else_is_let_in(subject: Subject) -> Iterator[str]:
    """Every event, whole: its id tells it from others. What the bus cannot deliver is kept; who else may send is for identities' policies."""
    rule = subject.properties("EventRule")
    [target] = rule["Targets"]
    if rule["EventBusName"] != {"Ref": "EventBus"} or rule["EventPattern"] != {"source": [{"prefix": ""}]}:
        yield "the rule takes other events than those of the bus"
    if target["Arn"] != {"Fn::GetAtt": ["Queue", "Arn"]} or any(name.startswith("Input") for name in target):
        yield "the events do not reach the queue as they are"
    if target.get("DeadLetterConfig") != {"Arn": {"Fn::GetAtt": ["DeadLetterQueue", "Arn"]}}:
        yield "what the bus cannot deliver is lost"
    for queue in ("Queue", "DeadLetterQueue"):
        allowed = [(one["Principal"], one["Action"], one.get("Condition")) for one in from_the_bus(subject, queue)]
        rule_only = {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["EventRule", "Arn"]}}}
        if allowed != [({"Service": "events.amazonaws.com"}, "sqs:SendMessage", rule_only)]:
            yield f"others than the rule may send to {queue}, or it may not"


def from_the_bus(subject: Subject, queue: str) -> list[dict]:
    """The statements of a queue's policy that allow something."""
    return [one for one in subject.properties(f"{queue}Policy")["PolicyDocument"]["Statement"] if one["Effect"] == "Allow"]
