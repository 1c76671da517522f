"""Exports on the deployed stack: what was sent is in the file, row for row, at once and as a job whose link opens, and then opens no more."""

import csv
import io
import json
import time
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

import duckdb
import pytest
import requests
from api import Token
from events import iso, now, usage
from patience import eventually
from stack import ROOT
from tenant import Tenant

COUNT = 40
PATH = "/api/analytics/export?data=events&family=ai&period=7d"
FORMS = ("csv", "json", "ndjson", "parquet")
# What a spreadsheet takes for the beginning of a formula.
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("https://example.com","a")']
TRACE = ROOT / "data" / "azure_llm_code.csv"
TRACE_DAY = "startDate=2023-11-16&endDate=2023-11-16"


@pytest.fixture(scope="module")
def tenant(stack, api):
    """A tenant of whom that many requests are stored; the labels of some begin like a formula."""
    tenant = Tenant(stack, api)
    sent = [usage(f"x-{number}", userId="u1", inputTokens=number, timestamp=iso(now())) for number in range(COUNT)]
    for event, formula in zip(sent, FORMULAS):
        event |= {"feature": formula, "model": formula, "properties": {"note": formula}}
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
        return [json.loads(line) for line in text.split(b"\n") if line]
    (folder / "file.parquet").write_bytes(text)
    table = duckdb.sql(f"select * from '{folder}/file.parquet'")
    return [dict(zip(table.columns, row)) for row in table.fetchall()]


def finished(api, location, by, within=60):
    """A job once it is over, and what it said of itself until then: status and rows, each once."""
    seen = []

    def over():
        job = api.get(location, by=by).json()
        if (said := (job["status"], job["progress"]["rows"])) not in seen:
            seen.append(said)
        assert job["status"] == "done", job
        return job

    return eventually(over, within, every=0.02), seen


def exported(api, target, by):
    """The bytes of an export, be it the answer or a job."""
    answer = api.get(target, by=by)
    if answer.status_code == 202:
        job, _ = finished(api, answer.headers["location"], by)
        file = requests.get(job["file"]["url"], timeout=30)
        assert (file.status_code, len(file.content)) == (200, job["file"]["sizeBytes"]), file.text
        return file.content
    assert answer.status_code == 200, answer.text
    return answer.content


@pytest.mark.parametrize("form", FORMS)
def test_a_file_has_each_event_once_in_each_format(api, tenant, tmp_path, form):
    answer = api.get(f"{PATH}&format={form}", by=tenant.admin)
    assert answer.status_code == 200, answer.text
    assert answer.headers["weir-rows"] == str(COUNT)
    found = {int(row["input_tokens"]): row for row in rows(answer.content, form, tmp_path)}
    assert sorted(found) == list(range(COUNT))
    expect = [f"'{formula}" if form == "csv" else formula for formula in FORMULAS]
    for column in ("feature", "model"):
        assert [found[number][column] for number in range(len(FORMULAS))] == expect


def test_no_cell_of_a_csv_is_a_formula_of_those_that_are_text(api, tenant):
    text = api.get(f"{PATH}&format=csv", by=tenant.admin).content.decode()
    cells = [cell for row in csv.DictReader(io.StringIO(text, newline="")) for cell in row.values()]
    assert len([cell for cell in cells if cell.startswith("'")]) == 2 * len(FORMULAS)
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")]


def moment(time):
    """A moment of the trace or of a file, in milliseconds, as which Weir keeps it."""
    text = time.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(time, datetime) else time.replace("T", " ").removesuffix("Z")
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction[:3].ljust(3, '0')}"


@pytest.fixture(scope="module")
def trace():
    """The requests of the trace, as its file has them: by time, with what they took in and gave out."""
    with open(TRACE, newline="") as file:
        found = [(moment(row["TIMESTAMP"]), int(row["ContextTokens"]), int(row["GeneratedTokens"])) for row in csv.DictReader(file)]
    assert (len(found), sum(row[1] for row in found), sum(row[2] for row in found)) == (8_819, 18_059_974, 245_896)
    return found


@pytest.mark.parametrize("form", FORMS)
def test_the_trace_is_exported_row_for_row_as_it_came(stack, api, trace, tmp_path, form):
    target = f"/api/analytics/export?data=events&family=ai&{TRACE_DAY}&user=trace-user&format={form}"
    found = rows(exported(api, target, Token(stack["adminToken"])), form, tmp_path)
    # Requests of one millisecond are in no order.
    assert sorted((moment(row["time"]), int(row["input_tokens"]), int(row["output_tokens"])) for row in found) == sorted(trace)
    assert [moment(row["time"]) for row in found] == sorted(row[0] for row in trace)
    assert {row["model"] for row in found} == {"claude-3-opus-20240229"}
    assert len({row["id"] for row in found}) == 8_819
    cost = sum(int(row["input_cost_pico"]) + int(row["output_cost_pico"]) for row in found)
    assert Decimal(cost) / 10**12 == Decimal("289.34181")


@contextmanager
def links_open_for(stack, seconds):
    """The deployment with links that open exports for so long."""
    name = stack["functions"]["query"]
    before = stack.lambda_.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    stack.lambda_.update_function_configuration(FunctionName=name, Environment={"Variables": before | {"EXPORT_LINK_SECONDS": str(seconds)}})
    try:
        yield
    finally:
        stack.lambda_.update_function_configuration(FunctionName=name, Environment={"Variables": before})


def test_a_large_export_is_a_job_that_says_how_far_it_is_and_its_link_opens_and_then_expires(stack, api):
    tenant = Tenant(stack, api)
    by = ["--service", tenant.service.name, "--secret", tenant.service.secret]
    for user in ("one", "two", "three"):
        stack.weir("send", "llm", str(TRACE), "--user", user, "--id-prefix", user, *by)

    def stored():
        assert tenant.counted("requests", TRACE_DAY) == 3 * 8_819

    eventually(stored, within=60, every=0.5)
    answer = api.get(f"/api/analytics/export?data=events&family=ai&{TRACE_DAY}&format=ndjson", by=tenant.admin)
    assert answer.status_code == 202, answer.text
    job = answer.json()
    assert (job["status"], job["file"], job["progress"]) == ("queued", None, {"rows": 0, "expectedRows": 3 * 8_819})
    job, seen = finished(api, answer.headers["location"], tenant.admin)
    assert job["progress"] == {"rows": 3 * 8_819, "expectedRows": 3 * 8_819}
    assert [count for _, count in seen] == sorted(count for _, count in seen), seen
    with links_open_for(stack, 3):
        file = api.get(answer.headers["location"], by=tenant.admin).json()["file"]
        opened = requests.get(file["url"], timeout=30)
        assert (opened.status_code, opened.headers["content-type"]) == (200, "application/x-ndjson")
        assert len(opened.content) == file["sizeBytes"] and opened.content.count(b"\n") == 3 * 8_819
        asked = time.time()

        def it_is_over():
            assert requests.get(file["url"], timeout=30).status_code == 403

        eventually(it_is_over, within=10, every=0.2)
        assert time.time() - asked < 5
    again = api.get(answer.headers["location"], by=tenant.admin).json()["file"]["url"]
    assert requests.get(again, timeout=30).content == opened.content


def test_a_job_says_how_far_it_is_and_its_link_opens_to_the_same_file(api, tenant):
    whole = api.get(f"{PATH}&format=csv", by=tenant.admin)
    answer = api.get(f"{PATH}&format=csv", by=tenant.admin, headers={"Prefer": "respond-async"})
    assert answer.status_code == 202 and answer.headers["location"] == f"/api/v1/jobs/{answer.json()['id']}", answer.text
    job, _ = finished(api, answer.headers["location"], tenant.admin)
    assert job["progress"]["rows"] == COUNT
    assert requests.get(job["file"]["url"], timeout=10).content == whole.content


@pytest.mark.parametrize("what", ["data=users", "data=metrics&cube=ai_requests&measures=requests,cost&by=model&granularity=day"])
def test_users_and_groups_as_a_job_are_what_they_are_at_once(api, tenant, what):
    target = f"/api/analytics/export?{what}&period=7d&format=csv"
    whole = api.get(target, by=tenant.admin)
    assert whole.status_code == 200 and int(whole.headers["weir-rows"]) > 0, whole.text
    answer = api.get(target, by=tenant.admin, headers={"Prefer": "respond-async"})
    assert answer.status_code == 202, answer.text
    job, _ = finished(api, answer.headers["location"], tenant.admin)
    assert requests.get(job["file"]["url"], timeout=10).content == whole.content
    assert str(job["progress"]["rows"]) == whole.headers["weir-rows"]


def test_a_question_as_a_job_has_all_that_its_answer_has(api, tenant):
    question = {"metrics": ["requests", "cost", "tokens"], "groupBy": ["model", "day"], "range": {"period": "7d"}}
    answer = api.post("/api/v1/analytics/query", question, by=tenant.admin)
    assert answer.status_code == 200, answer.text
    at_once = sorted((row["timestamp"], row["model"], row["requests"], row["cost"], row["tokens"]) for row in answer.json()["data"])
    begun = api.post("/api/v1/analytics/query", question, by=tenant.admin, headers={"Prefer": "respond-async"})
    assert begun.status_code == 202 and begun.headers["location"] == f"/api/v1/jobs/{begun.json()['id']}", begun.text
    job, _ = finished(api, begun.headers["location"], tenant.admin)
    rows = requests.get(job["file"]["url"], timeout=10).json()
    assert sorted((row["start"], row["model"], row["requests"], row["cost"], row["tokens"]) for row in rows) == at_once
    assert job["progress"]["rows"] == len(rows) > 7 and any(row["requests"] for row in rows)


def test_nobody_else_has_the_file(api, stack, tenant):
    assert api.get(PATH, by=tenant.user("u1")).status_code == 403
    answer = api.get(PATH, by=tenant.admin, headers={"Prefer": "respond-async"})
    assert api.get(answer.headers["location"], by=Tenant(stack, api).admin).status_code == 404
