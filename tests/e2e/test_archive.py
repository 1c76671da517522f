"""The archive on the deployed stack, read as docs/archive.md says, with the very queries of that page: what DuckDB and ClickHouse find in a
month's files is what the API answers, before and after a late event has changed one of its days."""

import json
import re
from decimal import Decimal

import chdb
import duckdb
import pytest
from api import Api, Token, exact
from events import usage
from patience import eventually
from settling import items, settle
from stack import ROOT
from tenant import Tenant

PAGE = (ROOT / "docs" / "archive.md").read_text()
QUERIES = dict(re.findall(r"^\*\*(\w+)\*\*[^\n]*\n(?:[^\n]+\n)*\n```sql\n(.*?)\n```", PAGE, flags=re.S | re.M))
# The page's own question, put to the API.
QUESTION = {"cube": "ai_requests", "measures": ["cost", "requests"], "groupBy": ["model"], "range": {"from": "2023-11-01", "to": "2023-11-30"}}
TRACE = {"claude-3-opus-20240229": (8_819, Decimal("289.34181"))}
MICRO = Decimal("0.000001")


def test_the_page_has_the_question_in_three_tools():
    assert set(QUERIES) == {"Athena", "DuckDB", "ClickHouse"}
    assert all("'demo'" in query or "tenant=demo" in query for query in QUERIES.values())


@pytest.fixture(scope="module", autouse=True)
def credentials(stack):
    """ClickHouse takes the credentials of the machine it runs on."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in stack.aws_environment.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="module")
def tenant(stack):
    """A tenant with some requests to three models, whose prices are fractions of a cent; two of them just outside the month."""
    tenant = Tenant(stack, Api(stack["apiUrl"]))
    opus = {"model": "claude-3-opus-20240229"}
    send(tenant, [
        usage(1, timestamp="2023-10-31T23:59:59.999Z", inputTokens=7_000_000),
        usage(2, timestamp="2023-11-01T00:00:00.000Z", inputTokens=1, outputTokens=0),
        usage(3, timestamp="2023-11-01T00:30:00.000Z", status="failed", outputTokens=0),
        usage(4, timestamp="2023-11-17T12:00:00.000Z", **opus),
        usage(5, timestamp="2023-11-17T15:00:00.000Z", model="a-model-of-nobody", cost=0.125),
        usage(4, timestamp="2023-11-17T12:00:00.000Z", **opus),
        usage(6, timestamp="2023-11-30T23:59:59.999Z", inputTokens=123_457, outputTokens=3, **opus),
        usage(7, timestamp="2023-12-01T00:00:00.000Z", inputTokens=7_000_000),
    ])
    settle(stack, tenant)
    return tenant


def send(tenant, events):
    answer = tenant.api.post("/usage/api?historical=true", events, by=tenant.service)
    assert (answer.status_code, answer.json()["rejected"]) == (200, 0), answer.text


def tick(stack):
    """Starts `report` as the schedule of the hour does."""
    answer = stack.lambda_.invoke(FunctionName=stack["functions"]["report"], Payload=json.dumps({"tick": "hourly"}).encode())
    assert "FunctionError" not in answer, answer["Payload"].read()


def archived(stack, tenant, family, days, within=120):
    """Waits until these days of a tenant are archived as they are settled."""

    def all_are_built():
        found = {item["sk"]: item for item in items(stack, f"T#{tenant}#Z#{family}", "pk, sk, needed, built")}
        assert set(days) <= set(found), found
        assert all(found[day]["built"] >= found[day]["needed"] > 0 for day in days), found

    eventually(all_are_built, within, every=0.2)


def files(stack, tenant):
    """The objects of a tenant's archive, with what tells their contents apart."""
    pages = stack.s3.get_paginator("list_objects_v2").paginate(Bucket=stack["bucketName"], Prefix=f"archive/ai/tenant={tenant}/")
    return {entry["Key"]: entry["ETag"] for page in pages for entry in page.get("Contents", [])}


def answered(api, by):
    """By model, how many requests there were and what they cost, to the micro-dollar, as the API says."""
    answer = api.post("/api/v1/analytics/query", QUESTION, by=by)
    assert answer.status_code == 200, answer.text
    return {row["model"]: (row["requests"], Decimal(row["cost"]).quantize(MICRO)) for row in exact(answer)["data"]}


def of_duckdb(stack, folder, tenant):
    """The same, as DuckDB finds it in a copy of the bucket's folder; and as the form for Athena does, in the table that Athena has of it.

    DuckDB reads S3 by an extension that is not among Python's packages; what it reads is the same."""
    for key in files(stack, tenant):
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        stack.s3.download_file(stack["bucketName"], key, str(path))
    with duckdb.connect() as database:
        query = QUERIES["DuckDB"].replace("s3://BUCKET/", f"{folder}/").replace("tenant=demo", f"tenant={tenant}")
        found = database.sql(query).fetchall()
        database.sql(f"create view ai as from read_parquet('{folder}/archive/ai/*/*/events.parquet', hive_partitioning = true)")
        assert database.sql(QUERIES["Athena"].replace("'demo'", f"'{tenant}'")).fetchall() == found
    return {model: (requests, Decimal(cost).quantize(MICRO)) for model, requests, cost in found}


def of_clickhouse(stack, tenant):
    """The same, as ClickHouse finds it in the bucket."""
    place = f"{stack['endpointUrl']}/{stack['bucketName']}/"
    query = QUERIES["ClickHouse"].replace("https://BUCKET.s3.amazonaws.com/", place).replace("tenant=demo", f"tenant={tenant}")
    found = [json.loads(line) for line in str(chdb.query(query, "JSONEachRow")).splitlines()]
    return {row["model"]: (int(row["requests"]), Decimal(row["cost_usd"]).quantize(MICRO)) for row in found}


def test_a_month_costs_in_its_files_what_the_api_says_before_and_after_a_late_event(stack, tenant, tmp_path):
    days = ["2023-10-31", "2023-11-01", "2023-11-17", "2023-11-30", "2023-12-01"]
    tick(stack)
    archived(stack, tenant.name, "ai", days)
    before = files(stack, tenant.name)
    assert set(before) == {f"archive/ai/tenant={tenant.name}/date={day}/events.parquet" for day in days}
    said = answered(tenant.api, tenant.admin)
    assert said["claude-3-haiku-20240307"] == (2, Decimal("0.000250"))
    assert {model: requests for model, (requests, _) in said.items()} == {
        "claude-3-haiku-20240307": 2,
        "claude-3-opus-20240229": 2,
        "a-model-of-nobody": 1,
    }
    assert of_duckdb(stack, tmp_path, tenant.name) == said
    assert of_clickhouse(stack, tenant.name) == said

    send(tenant, [usage(8, timestamp="2023-11-17T12:00:00.500Z", model="claude-3-opus-20240229", inputTokens=33_333)])
    eventually(lambda: changed(tenant, said))
    settle(stack, tenant)
    work = {"kind": "archive", "tenant": tenant.name, "family": "ai", "day": "2023-11-17"}
    stack.sqs.send_message(QueueUrl=stack["reportQueueUrl"], MessageBody=json.dumps(work))
    archived(stack, tenant.name, "ai", days)
    after = files(stack, tenant.name)
    assert {key for key in before if before[key] != after[key]} == {f"archive/ai/tenant={tenant.name}/date=2023-11-17/events.parquet"}
    assert set(after) == set(before)
    late = answered(tenant.api, tenant.admin)
    assert late["claude-3-opus-20240229"][0] == 3
    assert of_duckdb(stack, tmp_path, tenant.name) == late
    assert of_clickhouse(stack, tenant.name) == late


def changed(tenant, said):
    assert answered(tenant.api, tenant.admin) != said


def test_the_demos_month_is_what_the_page_says(stack, api, tmp_path):
    tick(stack)
    archived(stack, stack["tenant"], "ai", ["2023-11-16"])
    assert "8,819 requests" in PAGE and "289.34181 USD" in PAGE
    said = answered(api, Token(stack["adminToken"]))
    assert said == TRACE
    assert of_duckdb(stack, tmp_path, stack["tenant"]) == said
    assert of_clickhouse(stack, stack["tenant"]) == said


# The types of Glue as DuckDB has them.
TYPES = {"string": "VARCHAR", "bigint": "BIGINT", "boolean": "BOOLEAN", "timestamp": "TIMESTAMP WITH TIME ZONE"}


@pytest.mark.parametrize(("family", "day"), [("ai", "2023-11-16"), ("sales", "1997-01-01")])
def test_the_files_columns_are_those_of_the_table_that_is_deployed(stack, tmp_path, family, day):
    """Of all families, `shared/export/tests/glue.rs` holds the template to the writer's columns."""
    tick(stack)
    archived(stack, stack["tenant"], family, [day])
    glue = stack.client("glue")
    table = glue.get_table(DatabaseName="weir_archive", Name=family)["Table"]
    place = table["Parameters"]["storage.location.template"].replace("${tenant}", stack["tenant"]).replace("${date}", day)
    bucket, _, key = place.removeprefix("s3://").partition("/")
    file = tmp_path / "events.parquet"
    stack.s3.download_file(bucket, f"{key}events.parquet", str(file))
    found = duckdb.sql(f"describe from read_parquet('{file}', hive_partitioning = false)").fetchall()
    said = [(column["Name"], TYPES[column["Type"]]) for column in table["StorageDescriptor"]["Columns"]]
    assert [(name, kind) for name, kind, *_ in found] == said
