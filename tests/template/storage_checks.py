"""What is kept: encrypted, private, for as long as it should be."""

from __future__ import annotations

from collections.abc import Iterator

from check import FAMILIES, QUEUES, broken_by, drop, property_of, put, without
from subject import Subject, listed


@broken_by(
    without("Table", "SSESpecification"),
    without("Bucket", "BucketEncryption"),
    without("ScheduleDeadLetterQueue", "SqsManagedSseEnabled"),
)
def everything_at_rest_is_encrypted(subject: Subject) -> Iterator[str]:
    """Table, bucket and queues."""
    if subject.properties("Table").get("SSESpecification") != {"SSEEnabled": True}:
        yield "the table is not encrypted with a key of the account"
    encryption = subject.properties("Bucket").get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
    if [rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] for rule in encryption] != ["AES256"]:
        yield "the bucket is not encrypted"
    for name in QUEUES:
        if subject.properties(name).get("SqsManagedSseEnabled") is not True:
            yield f"{name} is not encrypted"
    if set(subject.of_type("AWS::SQS::Queue")) != set(QUEUES):
        yield "there are other queues"


@broken_by(
    property_of("Bucket", "PublicAccessBlockConfiguration", "BlockPublicPolicy", to=False),
    without("Bucket", "OwnershipControls"),
    drop("Resources", "BucketPolicy"),
    drop("Resources", "DeadLetterQueuePolicy"),
    lambda subject: subject.properties("QueuePolicy")["PolicyDocument"]["Statement"][0].pop("Condition"),
)
def nothing_is_public_or_spoken_to_in_the_clear(subject: Subject) -> Iterator[str]:
    """Bucket and queues refuse whatever does not come over TLS."""
    bucket = subject.properties("Bucket")
    if len(block := bucket["PublicAccessBlockConfiguration"]) != 4 or not all(value is True for value in block.values()):
        yield "the bucket may become public"
    if bucket.get("OwnershipControls") != {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}:
        yield "the bucket's objects may be another's"
    for name, field, target in [("BucketPolicy", "Bucket", "Bucket"), *((f"{queue}Policy", "Queues", queue) for queue in QUEUES)]:
        policy = subject.resources.get(name, {}).get("Properties", {})
        statements = policy.get("PolicyDocument", {}).get("Statement", [{}])
        in_the_clear = {"Bool": {"aws:SecureTransport": "false"}}
        denied = [s for s in statements if (s.get("Effect"), s.get("Principal"), s.get("Condition")) == ("Deny", "*", in_the_clear)]
        if not denied or listed(policy.get(field)) != [{"Ref": target}]:
            yield f"{target} may be reached without TLS"


@broken_by(
    lambda subject: subject.properties("Bucket")["LifecycleConfiguration"]["Rules"][0].update(ExpirationInDays=7),
    lambda subject: subject.properties("Bucket")["LifecycleConfiguration"]["Rules"].pop(),
    lambda subject: subject.properties("Bucket")["LifecycleConfiguration"]["Rules"].pop(-2),
    lambda subject: subject.properties("Bucket")["LifecycleConfiguration"]["Rules"].pop(2),
    lambda subject: subject.properties("Bucket")["LifecycleConfiguration"]["Rules"][3].update(ExpirationInDays={"Ref": "RetentionDaysAi"}),
    lambda subject: subject.properties("Bucket")["LifecycleConfiguration"]["Rules"][3].update(Prefix="log/"),
    put("Parameters", "RollupRetentionDays", "MinValue", to=30),
    property_of("Table", "TimeToLiveSpecification", "AttributeName", to="ttl"),
    without("Table", "PointInTimeRecoverySpecification"),
    drop("Resources", "Table", "DeletionPolicy"),
    put("Resources", "Bucket", "UpdateReplacePolicy", to="Delete"),
    without("ApiLogs", "RetentionInDays"),
)
def everything_expires_when_it_should_and_not_before(subject: Subject) -> Iterator[str]:
    """I9: segments live 30 days, the log as long as its family says, unfinished uploads a day, items until `expires_at`."""
    rules = {
        rule["Prefix"]: rule for rule in subject.properties("Bucket")["LifecycleConfiguration"]["Rules"] if rule["Status"] == "Enabled"
    }
    if rules.get("incoming/", {}).get("ExpirationInDays") != 30:
        yield "segments live for other than 30 days"
    for family in FAMILIES:
        if rules.get(f"log/{family}/", {}).get("ExpirationInDays") != {"Ref": f"RetentionDays{family.capitalize()}"}:
            yield f"settled events of {family} live for other than they should"
        if rules.get(f"archive/{family}/", {}).get("ExpirationInDays") != {"Ref": f"RetentionDays{family.capitalize()}"}:
            yield f"the archive of {family} lives for other than it should"
    of_families = [f"{folder}/{family}/" for folder in ("log", "archive") for family in FAMILIES]
    if prefixes := set(rules) - {"incoming/", "reports/", "exports/", "", *of_families}:
        yield f"something else expires: {sorted(prefixes)}"
    if subject.template["Parameters"]["RollupRetentionDays"]["MinValue"] <= 30:
        yield "what is settled may expire before what is not"
    for folder in ("reports", "exports"):
        if "ExpirationInDays" not in rules.get(f"{folder}/", {}):
            yield f"{folder} live for ever"
    if "AbortIncompleteMultipartUpload" not in rules.get("", {}):
        yield "unfinished uploads live for ever"
    table = subject.properties("Table")
    if table["TimeToLiveSpecification"] != {"AttributeName": "expires_at", "Enabled": True}:
        yield "items do not expire"
    if table.get("PointInTimeRecoverySpecification") != {"PointInTimeRecoveryEnabled": True}:
        yield "the table cannot be restored"
    for name in ("Table", "Bucket"):
        if any(subject.resources[name].get(policy) != "Retain" for policy in ("DeletionPolicy", "UpdateReplacePolicy")):
            yield f"{name} goes with its stack"
    for name, group in subject.of_type("AWS::Logs::LogGroup").items():
        if "RetentionInDays" not in group:
            yield f"{name} keeps logs for ever"


@broken_by(
    property_of("Table", "BillingMode", to="PROVISIONED"),
    lambda subject: subject.properties("Table")["GlobalSecondaryIndexes"][0].update(Projection={"ProjectionType": "ALL"}),
    lambda subject: subject.properties("Table")["GlobalSecondaryIndexes"][0]["KeySchema"].pop(),
)
def the_table_is_what_the_code_expects(subject: Subject) -> Iterator[str]:
    """Keys `pk` and `sk`, the sparse keys-only index `pending`, paid by the request."""
    table = subject.properties("Table")
    keys = [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]]
    if keys != [("pk", "HASH"), ("sk", "RANGE")] or table["BillingMode"] != "PAY_PER_REQUEST":
        yield "the table has other keys, or costs while it rests"
    indexes = [
        (index["IndexName"], [(key["AttributeName"], key["KeyType"]) for key in index["KeySchema"]], index["Projection"]["ProjectionType"])
        for index in table["GlobalSecondaryIndexes"]
    ]
    if indexes != [("pending", [("pending", "HASH"), ("pk", "RANGE")], "KEYS_ONLY")]:
        yield "the index of unsettled work is another"
