"""The queue and what reads it."""

from __future__ import annotations

from collections.abc import Iterator

from check import DAY, broken_by, property_of, put, without
from place import ROOT
from subject import Subject

MESSAGE_BYTES = 256 * 1024


@broken_by(property_of("Queue", "VisibilityTimeout", to=120), property_of("StoreFunction", "Timeout", to=60))
def the_queue_hides_messages_for_six_timeouts_of_store_and_a_window(subject: Subject) -> Iterator[str]:
    """Less, and AWS refuses the mapping, or hands a message to a second `store` while the first works on it."""
    window = subject.template["Parameters"]["BatchWindowSeconds"]["MaxValue"]
    needed = 6 * subject.function("Store")["Timeout"] + window
    if subject.properties("Queue")["VisibilityTimeout"] < needed:
        yield f"the visibility timeout is under {needed} seconds"


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


@broken_by(without("StoreEvents", "FunctionResponseTypes"))
def store_tells_which_messages_failed(subject: Subject) -> Iterator[str]:
    """Otherwise one poison message takes the batch with it."""
    if subject.properties("StoreEvents").get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
        yield "store cannot report single messages"


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
)
def messages_wait_seven_days_and_dead_ones_fourteen(subject: Subject) -> Iterator[str]:
    """I9: nothing unsettled expires unseen."""
    queue, dead = subject.properties("Queue"), subject.properties("DeadLetterQueue")
    if queue.get("MessageRetentionPeriod") != 7 * DAY or dead.get("MessageRetentionPeriod") != 14 * DAY:
        yield "the queue keeps messages for other than 7 days, or the dead-letter queue for other than 14"
    if queue.get("RedrivePolicy", {}).get("deadLetterTargetArn") != {"Fn::GetAtt": ["DeadLetterQueue", "Arn"]}:
        yield "the queue has no dead-letter queue"
