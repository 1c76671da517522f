"""Who may do what, and what is secret."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from check import broken_by, drop, property_of, put
from subject import Subject

TABLE = {"Fn::GetAtt": ["Table", "Arn"]}
READ = {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
ALLOWED = {
    "IngestRole": {
        "Queue": {"sqs:SendMessage", "sqs:GetQueueAttributes"},
        "Table": {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"},
    },
    "StoreRole": {
        "Queue": {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
        "Table": {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"},
        "${Bucket.Arn}/incoming/*": {"s3:PutObject"},
    },
    "AggregateRole": {
        "Table": READ | {"dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"},
        "${Table.Arn}/index/pending": {"dynamodb:Query"},
        "${Bucket.Arn}/incoming/*": {"s3:GetObject", "s3:DeleteObject"},
        "${Bucket.Arn}/log/*": {"s3:GetObject", "s3:PutObject", "s3:DeleteObject"},
        "${Bucket.Arn}/reports/*": {"s3:GetObject", "s3:DeleteObject"},
        "Bucket": {"s3:ListBucket"},
        "WorkQueue": {"sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
        "ReportQueue": {"sqs:SendMessage"},
        "ScheduleDeadLetterQueue": {"sqs:SendMessage"},
    },
    "ReportRole": {
        "Table": READ | {"dynamodb:PutItem", "dynamodb:DeleteItem"},
        "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/${ReportIdentity}": {"ses:SendEmail", "ses:SendRawEmail"},
        "${Table.Arn}/index/pending": {"dynamodb:Query"},
        "${Bucket.Arn}/incoming/*": {"s3:GetObject"},
        "${Bucket.Arn}/log/*": {"s3:GetObject"},
        "${Bucket.Arn}/exports/*": {"s3:PutObject", "s3:AbortMultipartUpload"},
        "${Bucket.Arn}/reports/*": {"s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"},
        "${Bucket.Arn}/archive/*": {"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"},
        "Bucket": {"s3:ListBucket"},
        "ReportQueue": {"sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
        "ScheduleDeadLetterQueue": {"sqs:SendMessage"},
    },
    "QueryRole": {
        "Table": READ | {"dynamodb:PutItem", "dynamodb:UpdateItem"},
        "${Bucket.Arn}/incoming/*": {"s3:GetObject"},
        "${Bucket.Arn}/log/*": {"s3:GetObject"},
        "${Bucket.Arn}/exports/*": {"s3:GetObject"},
        "${Bucket.Arn}/reports/*": {"s3:GetObject"},
        "Bucket": {"s3:ListBucket"},
        "ReportQueue": {"sqs:SendMessage", "sqs:GetQueueAttributes"},
    },
    "SchedulerRole": {
        "AggregateFunction": {"lambda:InvokeFunction"},
        "ReportFunction": {"lambda:InvokeFunction"},
        "ScheduleDeadLetterQueue": {"sqs:SendMessage"},
    },
}


def granted(subject: Subject, role: str) -> dict[str, set[str]]:
    """For each resource, by its name in the template, the actions that a role allows on it."""
    grants: dict[str, set[str]] = {}
    for statement in subject.statements(role):
        for resource in statement["Resource"]:
            name = resource.get("Fn::GetAtt", [resource.get("Fn::Sub")])[0] if isinstance(resource, dict) else resource
            grants.setdefault(name, set()).update(statement["Action"])
    return grants


def widen(role: str, key: str, value: Any) -> Callable[[Subject], Any]:
    """A role whose first statement allows more."""
    return lambda subject: subject.properties(role)["Policies"][0]["PolicyDocument"]["Statement"][0].update({key: value})


@broken_by(
    widen("StoreRole", "Action", "sqs:*"),
    widen("IngestRole", "Resource", "*"),
    widen("QueryRole", "Action", ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:DeleteItem"]),
    property_of("QueryRole", "ManagedPolicyArns", to=["arn:aws:iam::aws:policy/AdministratorAccess"]),
    lambda subject: subject.resources.update(SpareRole=subject.resources["StoreRole"]),
)
def roles_allow_what_the_design_says_and_no_more(subject: Subject) -> Iterator[str]:
    """The design's table, resource by resource; and each function writes to its own log group."""
    if (roles := set(subject.of_type("AWS::IAM::Role"))) != set(ALLOWED):
        yield f"the roles are {sorted(roles)}"
    for role, expected in ALLOWED.items():
        logs = {role.replace("Role", "Logs"): {"logs:CreateLogStream", "logs:PutLogEvents"}} if role != "SchedulerRole" else {}
        if (grants := granted(subject, role)) != expected | logs:
            yield f"{role} allows {grants}"
        if "ManagedPolicyArns" in subject.properties(role):
            yield f"{role} has managed policies, which allow more"


@broken_by(
    lambda subject: subject.properties("QueryRole")["Policies"][0]["PolicyDocument"]["Statement"][1].pop("Condition"),
    widen("IngestRole", "Action", ["s3:*"]),
    widen("StoreRole", "Resource", {"Fn::Sub": "${Bucket.Arn}/*"}),
)
def nothing_is_allowed_by_wildcard(subject: Subject) -> Iterator[str]:
    """No action at large, no resource but below a prefix of the bucket, no item of the table but by the beginning of its key."""
    for role in subject.of_type("AWS::IAM::Role"):
        for statement in subject.statements(role):
            if any("*" in action for action in statement["Action"]):
                yield f"{role} allows actions by wildcard"
            for resource in statement["Resource"]:
                text = resource.get("Fn::Sub", "") if isinstance(resource, dict) else resource
                if "*" in text and not re.fullmatch(r"\$\{Bucket\.Arn}/[a-z]+/\*", text):
                    yield f"{role} allows {text}"
            if TABLE in statement["Resource"] and (not keys_of(statement) or "*" in keys_of(statement)):
                yield f"{role} reaches every item of the table"


@broken_by(
    put("Parameters", "ServiceSecret", "NoEcho", to=False),
    put("Parameters", "ServiceSecret", "Default", to="changeme"),
    put("Parameters", "PseudonymSecret", "NoEcho", to=False),
    put("Parameters", "PseudonymSecret", "Default", to="changeme"),
    put("Parameters", "JwtSecret", "AllowedPattern", to=".*"),
    drop("Rules", "TokensCanBeChecked"),
    put("Outputs", "Secret", to={"Value": {"Ref": "ServiceSecret"}}),
)
def secrets_are_long_hidden_and_never_a_default(subject: Subject) -> Iterator[str]:
    """And without a secret or an address of keys for tokens, the deployment is refused."""
    parameters = subject.template["Parameters"]
    needed, token = [parameters["ServiceSecret"], parameters["PseudonymSecret"]], parameters["JwtSecret"]
    if not all(secret.get("NoEcho") is True for secret in [*needed, token]):
        yield "a secret is shown"
    if any("Default" in secret or secret.get("MinLength", 0) < 32 for secret in needed) or token.get("Default") != "":
        yield "a secret has a default, or may be short"
    pattern = re.compile(token.get("AllowedPattern", ".*"))
    if pattern.fullmatch("x" * 31) or not pattern.fullmatch("x" * 32) or not pattern.fullmatch(""):
        yield "the secret of tokens may be short"
    if {"Fn::Equals": [{"Ref": "JwtSecret"}, ""]} not in refused_when(subject) or {
        "Fn::Equals": [{"Ref": "JwksUrl"}, ""]
    } not in refused_when(subject):
        yield "a deployment may have neither a secret nor keys for tokens"
    if any(secret in str(subject.template["Outputs"]) for secret in ("ServiceSecret", "PseudonymSecret", "JwtSecret")):
        yield "a secret is an output"


WRITES = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"}
ADMINISTERED = ("audit", "budgets", "dashboards", "erasures", "jobs", "keys", "prices", "projects", "reports", "revision", "schedules", "tasks")
WRITABLE = {
    "IngestRole": {"T#*#I", "T#*#A", "T#*#B#*", "T#*#W", "L#*"},
    "StoreRole": {"T#*#P#*", "T#*#B#*"},
    "AggregateRole": {
        *("BUDGETS", "DUE", "T#*#A", "T#*#P#*", "T#*#M#*", "T#*#R#*", "T#*#Z#*"),
        *(f"T#*#C#{kind}" for kind in ("budgets", "dashboards", "erasures", "jobs", "notices", "reports", "revision", "schedules")),
    },
    "ReportRole": {"DUE", "T#*#C#reports", "T#*#C#schedules", "T#*#C#tasks", "T#*#Z#*"},
    "QueryRole": {"L#*", "T#*#W", "T#*#X", "BUDGETS", "DUE", *(f"T#*#C#{kind}" for kind in ADMINISTERED)},
    "SchedulerRole": set(),
}


def keys_of(statement: dict[str, Any]) -> list[str]:
    """The beginnings of keys that a statement is held to."""
    return statement.get("Condition", {}).get("ForAllValues:StringLike", {}).get("dynamodb:LeadingKeys", [])


@broken_by(
    lambda subject: keys_of(subject.properties("AggregateRole")["Policies"][0]["PolicyDocument"]["Statement"][1]).append("T#*#C#*"),
    lambda subject: keys_of(subject.properties("StoreRole")["Policies"][0]["PolicyDocument"]["Statement"][3]).append("T#*#M#*"),
)
def each_item_has_few_who_write_it(subject: Subject) -> Iterator[str]:
    """Only `aggregate` writes manifests and rollups, no function writes tenants, and only `query` what administrators set."""
    for role, expected in WRITABLE.items():
        statements = [statement for statement in subject.statements(role) if WRITES & set(statement["Action"])]
        if (keys := {key for statement in statements for key in keys_of(statement)}) != expected:
            yield f"{role} writes {sorted(keys)}"


def refused_when(subject: Subject) -> list[Any]:
    """What must not all be so at once."""
    rule = subject.template.get("Rules", {}).get("TokensCanBeChecked", {"Assertions": [{"Assert": {}}]})
    return rule["Assertions"][0]["Assert"].get("Fn::Not", [{}])[0].get("Fn::And", [])
