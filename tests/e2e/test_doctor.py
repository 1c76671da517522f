"""The doctor: finds what is lost, left behind or wrong in the deployed table and bucket, and repairs it."""

import json
from datetime import timedelta

import pytest
from events import iso, now, usage
from patience import eventually
from settling import items, roll_up, settle

THEN = now() - timedelta(days=3)
DAY = f"startDate={THEN:%Y-%m-%d}&endDate={THEN:%Y-%m-%d}"


@pytest.fixture
def settled(api, stack, tenant):
    """A tenant with three requests in two hours of a past day, settled and rolled up."""
    noon = THEN.replace(hour=12, minute=0)
    moments = [noon, noon, noon + timedelta(hours=1)]
    sent = [usage(number, timestamp=iso(moment), inputTokens=10**number, outputTokens=0) for number, moment in enumerate(moments)]
    assert api.post("/usage/api", sent, by=tenant.service).status_code == 200

    def all_are_stored():
        assert numbers(tenant) == (3, 111)

    eventually(all_are_stored)
    settle(stack, tenant)
    roll_up(stack, tenant)
    assert doctor(stack, tenant) == (0, [])
    return tenant


def numbers(tenant):
    return tenant.counted("requests", DAY), tenant.counted("tokens", DAY)


def doctor(stack, tenant, *options):
    """The code it ends with, and what it found: kinds, and whether each was repaired."""
    done = stack.weir("doctor", "--tenant", tenant.name, "--patience", "0", "--json", *options, check=False)
    assert done.returncode in (0, 1), done.stderr
    *findings, summary = [json.loads(line) for line in done.stdout.splitlines()]
    assert summary["found"] == len(findings)
    return done.returncode, [(finding["kind"], finding["repaired"]) for finding in findings]


def rollups(stack, tenant, grain):
    return [item["sk"] for item in items(stack, f"T#{tenant.name}#R#ai#{grain}")]


def test_a_deleted_cube_is_found_and_made_again(stack, settled):
    before = rollups(stack, settled, "hour")
    assert len(before) == 2
    stack.table.delete_item(Key={"pk": f"T#{settled.name}#R#ai#hour", "sk": before[0]})
    assert doctor(stack, settled) == (1, [("gap", None)])
    assert doctor(stack, settled, "--repair") == (0, [("gap", True)])
    assert doctor(stack, settled) == (0, [])
    after = rollups(stack, settled, "hour")
    assert before[0] not in after
    assert before[1] in after
    assert numbers(settled) == (3, 111)


def test_a_deleted_day_is_found_and_made_again_of_its_hours(stack, settled):
    [day] = rollups(stack, settled, "day")
    stack.table.delete_item(Key={"pk": f"T#{settled.name}#R#ai#day", "sk": day})
    assert doctor(stack, settled) == (1, [("gap", None)])
    assert doctor(stack, settled, "--repair") == (0, [("gap", True)])
    assert doctor(stack, settled) == (0, [])
    assert numbers(settled) == (3, 111)


def test_what_a_crashed_attempt_has_left_is_found_and_deleted(stack, settled):
    [day] = rollups(stack, settled, "day")
    attempt = "0" * 31 + "7"
    hour = f"{THEN:%Y-%m-%d}T12#{attempt}#0"
    stack.table.put_item(Item={"pk": f"T#{settled.name}#R#ai#hour", "sk": hour, "state": b"?"})
    key = f"log/ai/{settled.name}/{THEN:%Y-%m-%d}/{attempt}-0.parquet"
    stack.s3.put_object(Bucket=stack["bucketName"], Key=key, Body=b"?")
    assert doctor(stack, settled) == (1, [("orphan", None)])
    assert numbers(settled) == (3, 111)
    assert doctor(stack, settled, "--repair") == (0, [("orphan", True)])
    assert doctor(stack, settled) == (0, [])
    assert hour not in rollups(stack, settled, "hour")
    assert rollups(stack, settled, "day") == [day]
    listed = stack.s3.list_objects_v2(Bucket=stack["bucketName"], Prefix=key.rsplit("/", 1)[0])
    assert key not in [entry["Key"] for entry in listed["Contents"]]
    assert numbers(settled) == (3, 111)


def test_a_rollup_that_says_something_else_is_found_and_made_again(stack, settled):
    partition = f"T#{settled.name}#R#ai#hour"
    one, other = (stack.table.get_item(Key={"pk": partition, "sk": sort})["Item"] for sort in rollups(stack, settled, "hour"))
    stack.table.put_item(Item={**one, "state": other["state"]})
    code, found = doctor(stack, settled)
    assert code == 1
    assert set(found) == {("drift", None)}
    code, found = doctor(stack, settled, "--repair")
    assert code == 0
    assert set(found) == {("drift", True)}
    assert doctor(stack, settled) == (0, [])
    assert numbers(settled) == (3, 111)


def test_a_lost_log_is_told_and_not_repaired(stack, settled):
    prefix = f"log/ai/{settled.name}/"
    [entry] = stack.s3.list_objects_v2(Bucket=stack["bucketName"], Prefix=prefix)["Contents"]
    stack.s3.delete_object(Bucket=stack["bucketName"], Key=entry["Key"])
    assert doctor(stack, settled, "--repair") == (1, [("gap", False), ("gap", False)])
    assert numbers(settled) == (3, 111), "what was counted stays"


def test_who_cannot_look_does_not_say_that_all_is_well(stack, tenant):
    assert stack.weir("doctor", "--tenant", tenant.name, "--bucket", "no-such-bucket", check=False).returncode == 2
    assert stack.weir("doctor", "--tenant", "no-such-tenant", check=False).returncode == 2
