"""The functions: how long, how large, how built, what they are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from check import broken_by, drop, property_of, put, without
from place import ROOT
from subject import FUNCTIONS, Setting, Subject, listed, settings

ENVIRONMENT_BYTES = 4 * 1024
API_TIMEOUT_SECONDS = 30


@broken_by(property_of("QueryFunction", "Timeout", to=30), property_of("AggregateFunction", "Timeout", to=901))
def functions_end_before_who_waits_for_them(subject: Subject) -> Iterator[str]:
    """API Gateway gives up after 30 seconds, and Lambda itself after 15 minutes."""
    for name, most in (("Ingest", API_TIMEOUT_SECONDS), ("Query", API_TIMEOUT_SECONDS), ("Aggregate", 900), ("Report", 900)):
        if subject.function(name)["Timeout"] >= most:
            yield f"{name} may take {most} seconds or longer"


@broken_by(property_of("IngestFunction", "Environment", "Variables", "ESSAY", to="x" * 4000))
def environments_fit_into_four_kilobytes(subject: Subject) -> Iterator[str]:
    """AWS refuses more. What is not known before the deployment is counted as longer than it will be."""
    for name in FUNCTIONS:
        size = sum(len(variable) + value_bytes(subject, value) for variable, value in subject.environment(name).items())
        if size > ENVIRONMENT_BYTES:
            yield f"the environment of {name} may take {size} bytes"


def value_bytes(subject: Subject, value: Any) -> int:
    """The most bytes that a variable's value is expected to have."""
    if not isinstance(value, dict):
        return len(str(value))
    parameter = subject.template["Parameters"].get(str(value.get("Ref")), {})
    return len(str(parameter["MaxValue"])) if "MaxValue" in parameter else 256


@broken_by(
    property_of("StoreFunction", "Role", to={"Fn::GetAtt": ["IngestRole", "Arn"]}),
    property_of("StoreLogs", "LogGroupName", to={"Fn::Sub": "/aws/lambda/${AWS::StackName}-query"}),
    without("ReportLogs", "RetentionInDays"),
    drop("Resources", "QueryErrorsAlarm"),
    property_of("IngestThrottlesAlarm", "MetricName", to="Errors"),
    property_of("IngestErrorsAlarm", "Dimensions", to=[{"Name": "FunctionName", "Value": {"Ref": "StoreFunction"}}]),
)
def every_function_has_its_own_role_logs_and_alarms(subject: Subject) -> Iterator[str]:
    """A function without one of them fails in silence, or may do what another may."""
    alarms = [
        (alarm["MetricName"], listed(alarm["Dimensions"])[0]["Value"]) for alarm in subject.of_type("AWS::CloudWatch::Alarm").values()
    ]
    for name in FUNCTIONS:
        properties, logs = subject.function(name), subject.properties(f"{name}Logs")
        if properties["Role"] != {"Fn::GetAtt": [f"{name}Role", "Arn"]}:
            yield f"{name} has not its own role"
        if properties["LoggingConfig"] != {"LogGroup": {"Ref": f"{name}Logs"}} or "RetentionInDays" not in logs:
            yield f"{name} has not its own log group, or logs for ever"
        if logs["LogGroupName"]["Fn::Sub"] != "/aws/lambda/" + properties["FunctionName"]["Fn::Sub"]:
            yield f"the log group of {name} has another's name"
        # Of functions that callers wait for. What fails, or is refused, of the others is tried again: it shows in the age of what waits, and
        # to the end in a dead-letter queue, which have their alarms. Each alarm above ten is paid for.
        for metric in {"Ingest": ("Errors", "Throttles"), "Query": ("Errors",)}.get(name, ()):
            if (metric, {"Ref": f"{name}Function"}) not in alarms:
                yield f"{name} has no alarm of {metric}"


@broken_by(
    without("ReportFunction", "EventInvokeConfig", "DestinationConfig"),
    property_of("AggregateFunction", "EventInvokeConfig", "MaximumRetryAttempts", to=0),
)
def what_is_started_by_a_schedule_is_tried_again_and_its_failure_kept(subject: Subject) -> Iterator[str]:
    """The schedule's own retries are for what it cannot hand over: Lambda retries what it took, and then forgets it."""
    for name in ("Aggregate", "Report"):
        config = subject.function(name).get("EventInvokeConfig", {})
        kept = {"OnFailure": {"Type": "SQS", "Destination": {"Fn::GetAtt": ["ScheduleDeadLetterQueue", "Arn"]}}}
        if config.get("MaximumRetryAttempts", 0) < 1 or config.get("DestinationConfig") != kept:
            yield f"a failed run of {name} is forgotten"


@broken_by(put("Parameters", "SettleMemory", "Default", to=1024), property_of("AggregateFunction", "MemorySize", to=3008))
def an_hour_of_ten_million_events_fits_into_memory(subject: Subject) -> Iterator[str]:
    """It takes up to 1,500 megabytes; and 1,769 are a whole processor."""
    if subject.function("Aggregate")["MemorySize"] != {"Ref": "SettleMemory"}:
        yield "the memory of aggregate is not the parameter"
    if subject.template["Parameters"]["SettleMemory"]["Default"] < 1769:
        yield "aggregate has less than a processor"


@broken_by(put("Parameters", "Architecture", "Default", to="x86_64"), put("Globals", "Function", "Architectures", to=["x86_64"]))
def functions_run_on_arm_by_default(subject: Subject) -> Iterator[str]:
    """It costs a fifth less."""
    if subject.template["Parameters"]["Architecture"]["Default"] != "arm64":
        yield "the default architecture is not arm64"
    if any(subject.function(name)["Architectures"] != [{"Ref": "Architecture"}] for name in FUNCTIONS):
        yield "a function's architecture is not the parameter"


@broken_by(
    put("Resources", "StoreFunction", "Metadata", "BuildMethod", to="makefile"),
    property_of("QueryFunction", "CodeUri", to="functions/answer"),
    put("Globals", "Function", "Handler", to="main"),
)
def sam_builds_every_function_with_cargo_lambda(subject: Subject) -> Iterator[str]:
    """The way to production is `sam build` and `sam deploy`; nothing else tries it on the way here."""
    for name in FUNCTIONS:
        resource, properties, crate = subject.resources[f"{name}Function"], subject.function(name), name.lower()
        if resource.get("Metadata") != {"BuildMethod": "rust-cargolambda", "BuildProperties": {"Binary": crate}}:
            yield f"{name} is not built with cargo-lambda"
        manifest = ROOT / str(properties["CodeUri"]) / "Cargo.toml"
        if not manifest.is_file() or f'name = "{crate}"' not in manifest.read_text():
            yield f"the code of {name} is not the crate of its name"
        if (properties["Runtime"], properties["Handler"]) != ("provided.al2023", "bootstrap"):
            yield f"{name} does not run on provided.al2023"


@broken_by(
    property_of("StoreFunction", "Environment", "Variables", "QUEUE_URL", to="x"),
    without("QueryFunction", "Environment", "Variables", "JWT_ISSUER"),
    put("Parameters", "AnonymousLimit", "Default", to=99),
    put("Parameters", "RetentionDaysSales", "MinValue", to=1),
    put("Parameters", "EventsPerMinute", "MaxValue", to=100_000_001),
)
def functions_are_told_their_settings_and_nothing_else(subject: Subject) -> Iterator[str]:
    """What a function does not read is a lie, and what it refuses ends its start: the template refuses it before."""
    known = settings()
    for name in FUNCTIONS:
        own = {setting.name: setting for setting in known if name.lower() in setting.functions}
        environment = subject.environment(name)
        if difference := set(environment) ^ set(own):
            yield f"the environment of {name} differs in {sorted(difference)}"
        for variable in set(environment) & set(own):
            yield from differences(subject, own[variable], environment[variable])


def differences(subject: Subject, setting: Setting, value: Any) -> Iterator[str]:
    """Where the parameter behind a setting has another default, or wider bounds."""
    parameter = subject.template["Parameters"].get(str(value.get("Ref")), {}) if isinstance(value, dict) else {}
    if setting.default is not None and str(parameter.get("Default")) != setting.default:
        yield f"{setting.name} has another default"
    if (
        setting.most is not None
        and not setting.least <= parameter["MinValue"] <= parameter.get("MaxValue", setting.most + 1) <= setting.most
    ):
        yield f"{setting.name} may be what its function refuses"
