"""Schedules and alarms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from check import DAY, QUEUES, broken_by, drop, property_of, without
from subject import Subject


@broken_by(
    property_of("MinuteSchedule", "ScheduleExpression", to="rate(1 hour)"),
    property_of("DailySchedule", "ScheduleExpression", to="cron(30 0 * * ? *)"),
    without("MinuteSchedule", "Target", "DeadLetterConfig"),
    without("WeeklySchedule", "Target", "RetryPolicy"),
    property_of("MonthlySchedule", "Target", "Input", to='{"tick":"daily"}'),
    drop("Resources", "HourlySchedule"),
    property_of("ReportHourlySchedule", "Target", "Input", to='{"tick":"minute"}'),
    property_of("ReportHourlySchedule", "Target", "Arn", to={"Fn::GetAtt": ["QueryFunction", "Arn"]}),
)
def schedules_are_retried_and_their_failures_kept(subject: Subject) -> Iterator[str]:
    """Without a retry policy of its own a schedule is tried for a day, and then forgotten."""
    schedules = subject.of_type("AWS::Scheduler::Schedule")
    tick = '{{"tick":"{}"}}'.format
    expected = {
        "MinuteSchedule": ("AggregateFunction", r"rate\(1 minute\)", tick("minute")),
        "HourlySchedule": ("AggregateFunction", r"cron\(\d+ \* \* \* \? \*\)", tick("hourly")),
        # A day that begins 45 minutes after the hour is over, and its grace has passed.
        "DailySchedule": ("AggregateFunction", r"cron\(\d+ [1-9] \* \* \? \*\)", tick("daily")),
        "WeeklySchedule": ("AggregateFunction", r"cron\(\d+ \d+ \? \* SUN \*\)", tick("weekly")),
        "MonthlySchedule": ("AggregateFunction", r"cron\(\d+ [2-9] 1 \* \? \*\)", tick("monthly")),
        "ReportHourlySchedule": ("ReportFunction", r"cron\(\d+ \* \* \* \? \*\)", tick("hourly")),
    }
    if set(schedules) != set(expected):
        yield f"the schedules are {sorted(schedules)}"
    for name, (function, expression, asked) in ((name, expected[name]) for name in expected if name in schedules):
        target = schedules[name]["Target"]
        if target.get("Input") != asked:
            yield f"{name} asks for something else"
        if target["Arn"] != {"Fn::GetAtt": [function, "Arn"]} or not re.fullmatch(expression, schedules[name]["ScheduleExpression"]):
            yield f"{name} starts something else, or at other times"
        if set(target.get("RetryPolicy", {})) != {"MaximumRetryAttempts", "MaximumEventAgeInSeconds"}:
            yield f"{name} has no retry policy"
        if target.get("DeadLetterConfig") != {"Arn": {"Fn::GetAtt": ["ScheduleDeadLetterQueue", "Arn"]}}:
            yield f"what {name} cannot deliver is lost"


@broken_by(
    drop("Resources", "DeadLettersAlarm"),
    property_of("QueueAgeAlarm", "Threshold", to=8 * DAY),
    property_of("PendingAlarm", "Namespace", to="Other"),
    property_of("PendingAlarm", "TreatMissingData", to="notBreaching"),
    drop("Resources", "WorkDeadLettersAlarm"),
    drop("Resources", "ReportDeadLettersAlarm"),
    drop("Resources", "QuarantinedAlarm"),
    property_of("QuarantinedAlarm", "Period", to=300),
    without("IngestErrorsAlarm", "AlarmActions"),
)
def what_is_stuck_raises_an_alarm(subject: Subject) -> Iterator[str]:
    """I9: dead letters, an old queue, hours that are not settled; each alarm is mailed where there is an address."""
    alarms = subject.of_type("AWS::CloudWatch::Alarm")
    watched = {(alarm["Namespace"], alarm["MetricName"], str(alarm["Dimensions"][0]["Value"])) for alarm in alarms.values()}
    depth, age = "ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"
    name_of = {queue: str({"Fn::GetAtt": [queue, "QueueName"]}) for queue in QUEUES}
    for needed in (
        ("AWS/SQS", depth, name_of["DeadLetterQueue"]),
        ("AWS/SQS", depth, name_of["ScheduleDeadLetterQueue"]),
        ("AWS/SQS", depth, name_of["WorkDeadLetterQueue"]),
        ("AWS/SQS", depth, name_of["ReportDeadLetterQueue"]),
        ("AWS/SQS", age, name_of["Queue"]),
        ("Weir", "OldestPendingAgeHours", str({"Ref": "Table"})),
        ("Weir", "QuarantinedHours", str({"Ref": "Table"})),
    ):
        if needed not in watched:
            yield f"nothing watches {needed}"
    if alarms["QueueAgeAlarm"]["Threshold"] > DAY:
        yield "messages may wait for more than a day without an alarm"
    if alarms["PendingAlarm"]["TreatMissingData"] != "breaching":
        yield "nobody is told when nothing looks after what is unsettled"
    if alarms.get("QuarantinedAlarm", {}).get("Period") != DAY:
        yield "the alarm of quarantined hours, which are told of once a day, ends before it is read"
    mail = {"Fn::If": ["HasAlarmEmail", [{"Ref": "AlarmTopic"}], {"Ref": "AWS::NoValue"}]}
    for name, alarm in alarms.items():
        if alarm.get("AlarmActions") != mail:
            yield f"{name} tells nobody"
