"""Exports on the deployed stack: what was sent is in the file, row for row, at once and as a job whose link opens."""

import csv
import io
import json

import duckdb
import pytest
import requests
from events import iso, now, usage
from patience import eventually
from tenant import Tenant

COUNT = 40
PATH = "/api/analytics/export?data=events&family=ai&period=7d"


@pytest.fixture(scope="module")
def tenant(stack, api):
    """A tenant of whom that many requests are stored; a label of one begins like a formula."""
    tenant = Tenant(stack, api)
    sent = [usage(f"x-{number}", userId="u1", inputTokens=number, timestamp=iso(now())) for number in range(COUNT)]
    sent[7]["feature"] = "=1+1"
    answer = api.post("/usage/api", sent, by=tenant.service)
    assert (answer.status_code, answer.json()["accepted"]) == (200, COUNT), answer.text

    def stored():
        assert tenant.counted("requests") == COUNT

    eventually(stored)
    return tenant


def rows(text, form, folder):
    """The rows of a file, as dictionaries."""
    if form == "csv":
        return list(csv.DictReader(io.StringIO(text.decode(), newline="")))
    if form == "json":
        return json.loads(text)
    if form == "ndjson":
        return [json.loads(line) for line in text.splitlines()]
    (folder / "file.parquet").write_bytes(text)
    table = duckdb.sql(f"select * from '{folder}/file.parquet'")
    return [dict(zip(table.columns, row)) for row in table.fetchall()]


@pytest.mark.parametrize("form", ["csv", "json", "ndjson", "parquet"])
def test_a_file_has_each_event_once_in_each_format(api, tenant, tmp_path, form):
    answer = api.get(f"{PATH}&format={form}", by=tenant.admin)
    assert answer.status_code == 200, answer.text
    assert answer.headers["weir-rows"] == str(COUNT)
    found = rows(answer.content, form, tmp_path)
    assert sorted(int(row["input_tokens"]) for row in found) == list(range(COUNT))
    formula = [row["feature"] for row in found if int(row["input_tokens"]) == 7]
    assert formula == ["'=1+1" if form == "csv" else "=1+1"]


def test_a_job_says_how_far_it_is_and_its_link_opens_to_the_same_file(api, tenant):
    whole = api.get(f"{PATH}&format=csv", by=tenant.admin)
    answer = api.get(f"{PATH}&format=csv", by=tenant.admin, headers={"Prefer": "respond-async"})
    assert answer.status_code == 202 and answer.headers["location"] == f"/api/v1/jobs/{answer.json()['id']}", answer.text

    def done():
        job = api.get(answer.headers["location"], by=tenant.admin).json()
        assert job["status"] == "done", job
        return job

    job = eventually(done, within=60)
    assert job["progress"]["rows"] == COUNT
    assert requests.get(job["file"]["url"], timeout=10).content == whole.content


def test_nobody_else_has_the_file(api, stack, tenant):
    assert api.get(PATH, by=tenant.user("u1")).status_code == 403
    answer = api.get(PATH, by=tenant.admin, headers={"Prefer": "respond-async"})
    assert api.get(answer.headers["location"], by=Tenant(stack, api).admin).status_code == 404
