"""Secrets and personal data planted in every field of every write: what becomes of them, in everything that anyone can read later."""

import base64
import copy
import itertools
import json
import re
import tempfile

import duckdb
import pytest
import zstandard
from api import Key, Token
from bucket import stored
from events import ago
from patience import eventually
from queue_stub import unpacked
from stack import ROOT
from tenant import Tenant
from test_logs import lines_of

FUNCTIONS = ("ingest", "store", "query")

# What rules know, each with a number of its place's own; and a secret that no rule can know, which may be kept but not told.
PERSONAL = {
    "mail": "ada.{}@mail.example",
    "phone": "+49 170 55{}",
    "key": "sk-ant-api03-abcDEF{}xyz0123456789",
    "token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI{}.c2lnbmF0dXJl",
    "bearer": "Bearer {}0123456789abcdef",
}
CARD = "4111 1111 1111 1111"
SECRET = "diary-{}-of-augusta"

# A body for each write that the API's own description has none of: as full as it can be.
BODIES = {
    "POST /api/events/single": {
        "type": "custom",
        "sessionId": "s",
        "userId": "u",
        "plan": "pro",
        "properties": {"eventName": "n", "feature": "f", "deep": [{"list": ["x"]}]},
        "device": {"platform": "ios", "appVersion": "1.0.0"},
    },
    "POST /events": {"event": "build.completed", "userId": "u", "metadata": {"name": "n", "buildId": "b", "note": {"a": ["b"]}}},
    "POST /usage/api": {
        "userId": "u",
        "model": "gpt-4",
        "requestId": "r",
        "inputTokens": 1,
        "outputTokens": 1,
        "feature": "f",
        "conversationId": "c",
        "prompt": "p",
        "response": "r",
        "metadata": {"x": "y"},
    },
    "POST /api/analytics/sales/track": {
        "transactionId": "t",
        "type": "purchase",
        "amount": 1,
        "currency": "USD",
        "paymentMethod": "card",
        "reason": "none",
        "userId": "u",
        "subscription": {"id": "s"},
        "metadata": {"x": "y"},
    },
}


def routes_of_writes(stack):
    """The routes that lead to `ingest`, as deployed: a new write is among them."""
    api_id = re.search(r"execute-api/([^/]+)/", stack["apiUrl"]).group(1)
    routes = stack.client("apigatewayv2").get_routes(ApiId=api_id, MaxResults="500")["Items"]
    [ingest] = {route["Target"] for route in routes if route["RouteKey"] == "POST /api/events"}
    return sorted(route["RouteKey"] for route in routes if route["Target"] == ingest and route["RouteKey"].split()[0] in ("POST", "PUT"))


def examples(api):
    """Request bodies by route, of the API's description, of `events/`, and of this page."""
    found = {route: [body] for route, body in BODIES.items()}
    for path in sorted((ROOT / "events").glob("ingest-*.json")):
        sample = json.loads(path.read_text())
        if sample.get("body"):
            found.setdefault(sample["routeKey"], []).append(json.loads(sample["body"]))
    described = api.get("/openapi.json")
    if described.status_code == 200:
        for path, operations in described.json()["paths"].items():
            for method, operation in operations.items():
                content = operation.get("requestBody", {}).get("content", {}).get("application/json", {}) if isinstance(operation, dict) else {}
                several = [example["value"] for example in content.get("examples", {}).values() if "value" in example]
                bodies = several or [content[name] for name in ("example",) if name in content]
                found.setdefault(f"{method.upper()} {path}", []).extend(body for body in bodies if isinstance(body, (dict, list)))
    return found


def texts(value, at=()):
    """The places of all texts of a body."""
    if isinstance(value, dict):
        return [place for name, inner in value.items() for place in texts(inner, (*at, name))]
    if isinstance(value, list):
        return [place for index, inner in enumerate(value) for place in texts(inner, (*at, index))]
    return [at] if isinstance(value, str) else []


def with_text(body, place, text):
    body = copy.deepcopy(body)
    inner = body
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = text
    return body


class Planter:
    """Plants, and remembers what."""

    def __init__(self):
        self.numbers = itertools.count(100001)
        self.personal, self.secrets = [CARD], []

    def text(self):
        number = next(self.numbers)
        personal = [pattern.format(number) for pattern in PERSONAL.values()]
        secret = SECRET.format(number)
        self.personal += personal
        self.secrets.append(secret)
        return f"{secret} {' '.join(personal)} {CARD}"[:250]


@pytest.fixture(scope="module")
def planted(stack, api):
    """A tenant into whose every field was planted, with all the answers; and what was planted."""
    tenant, planter, answers = Tenant(stack, api), Planter(), []
    key, bodies = tenant.key(), examples(api)
    routes = routes_of_writes(stack)
    assert {"POST /api/events", "POST /usage/api"} <= set(routes)
    without = [route for route in routes if not bodies.get(route)]
    assert not without, f"nothing is known to send to {without}: give the operation an example"
    for route in routes:
        method, path = route.split()
        by = tenant.service
        target = re.sub(r"\{[^}]*}", "planted-id", path)
        for body in bodies[route]:
            for place in texts(body):
                planted_body = with_text(body, place, planter.text())
                answers.append((route, place, api.call(method, target, by=by, body=planted_body)))
            named = {**body, planter.text(): {planter.text(): planter.text()}} if isinstance(body, dict) else body
            answers.append((route, ("a name",), api.call(method, target, by=by, body=named)))
            headers = {name: planter.text() for name in ("X-Request-Id", "Idempotency-Key", "User-Agent", "X-Forwarded-For", "X-Unknown")}
            answers.append((route, ("headers",), api.call(method, target, by=key, body=body, headers=headers)))
        broken = json.dumps({"events": [planter.text()]}).encode()[:-3]
        answers.append((route, ("broken",), api.call(method, target, by=key, body=broken)))
        answers.append((route, ("query",), api.call(method, f"{target}?historical={SECRET.format(1)}&x=ada.1@mail.example", by=key, body={})))
    planter.secrets.append(SECRET.format(1))
    for credential in (Key(f"wk_{tenant.name}_{planter.text()}".replace(" ", "-")), Token(f"{tenant.admin.text}{planter.text().replace(' ', '')}")):
        answers.append(("credential", (), api.get("/metrics/dashboard", by=credential)))
        answers.append(("credential", (), api.post("/api/events", {"events": [{"type": planter.text()}]}, by=credential)))
    mail = f"ada.{next(planter.numbers)}@mail.example"
    planter.personal.append(mail)
    secret = planter.text().split()[0]
    targets = [f"/usage/user/{mail}", f"/costs/user/{mail}?period={secret}", f"/metrics/timeseries?metric={secret}", f"/metrics/dashboard?{mail}=1"]
    answers += [("read", (target,), api.get(target, by=tenant.admin)) for target in targets]
    planter.tenant, planter.answers = tenant, answers

    def all_is_stored():
        assert tenant.waiting(key) == 0

    eventually(all_is_stored)
    return planter


def assert_none_of(what, text, where):
    found = [planted for planted in what if planted in text]
    assert not found, f"{where} shows {found[0]!r}"


def test_enough_was_taken_to_show_something(planted):
    taken = [route for route, _, response in planted.answers if response.status_code in (200, 201, 202)]
    assert len(taken) > 30, len(taken)
    assert max(response.status_code for _, _, response in planted.answers) < 500


def test_no_answer_repeats_what_is_personal_and_no_error_what_is_secret(planted):
    for route, place, response in planted.answers:
        assert_none_of(planted.personal, response.text, f"the answer of {route} to {place}")
        assert_none_of(planted.personal, str(response.headers), f"a header of the answer of {route} to {place}")
        if response.status_code >= 400:
            # The sender's own id of an event, and the name of its own parameter, are what tells it which.
            told = re.sub(r'"(eventId|pointer)":\s*"[^"]*"', "", response.text)
            assert_none_of(planted.secrets, told, f"the error of {route} to {place}")


def test_no_function_logs_any_of_it(stack, planted):
    def each_function_logged():
        lines = {function: lines_of(stack, [function]) for function in FUNCTIONS}
        assert all(lines.values())
        assert any(planted.tenant.name in line for line in lines["ingest"])
        return lines

    for function, lines in eventually(each_function_logged).items():
        assert_none_of([*planted.personal, *planted.secrets], "\n".join(lines), f"the log of {function}")


def test_the_raw_log_has_nothing_personal(stack, planted):
    rows = 0
    for family in ("engagement", "ai", "sales", "performance", "lifecycle"):
        for prefix in (f"incoming/{family}/{planted.tenant.name}/", f"log/{family}/{planted.tenant.name}/"):
            for page in stack.s3.get_paginator("list_objects_v2").paginate(Bucket=stack["bucketName"], Prefix=prefix):
                for entry in page.get("Contents", []):
                    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
                        stack.s3.download_fileobj(stack["bucketName"], entry["Key"], file)
                        file.flush()
                        found = duckdb.sql(f"select * from read_parquet('{file.name}')").fetchall()
                    rows += len(found)
                    assert_none_of(planted.personal, str(found), entry["Key"])
    assert rows > 30, f"only {rows} events are stored"


def test_the_table_has_nothing_personal(stack, planted):
    name, items, start = planted.tenant.name, 0, {}
    while True:
        page = stack.table.scan(**start)
        for item in page["Items"]:
            if name in str(item):
                items += 1
                assert_none_of(planted.personal, readable(item), f"an item of {name}")
        if "LastEvaluatedKey" not in page:
            break
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    assert items > 10, f"only {items} items are of {name}"


def readable(item):
    """An item as text, what is compressed in it too."""
    text = str(item)
    for value in item.values():
        data = bytes(value) if hasattr(value, "value") or isinstance(value, bytes) else b""
        text += data.decode(errors="replace")
        at = data.find(b"\x28\xb5\x2f\xfd")
        if at >= 0:
            text += zstandard.ZstdDecompressor().decompressobj().decompress(data[at:]).decode(errors="replace")
    return text


def test_no_message_that_waits_or_has_failed_has_anything_personal(stack, planted):
    for url in (stack["queueUrl"], stack["dlqUrl"]):
        answer = stack.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        for message in answer.get("Messages", []):
            body = message["Body"]
            text = json.dumps(unpacked(body)) if body.startswith("w1.") else body
            assert_none_of(planted.personal, text, url)


def test_no_other_tenant_sees_any_of_it(planted, new_tenant):
    other = new_tenant()
    reads = ["/metrics/dashboard", "/api/analytics/sales/stats", f"/usage/user/{planted.personal[-1]}", "/metrics/timeseries?metric=events"]
    for target in reads:
        text = json.dumps(other.read(target), default=str)
        assert_none_of([*planted.personal, *planted.secrets, planted.tenant.name], text, target)


def test_a_person_finds_its_own_numbers_by_its_own_address(tenant):
    mail = f"{base64.b32encode(tenant.name.encode()).decode().strip('=').lower()}@mail.example"
    event = {"userId": mail, "model": "claude-3-haiku-20240307", "requestId": "r", "inputTokens": 7, "outputTokens": 0, "timestamp": ago(seconds=5)}
    answer = tenant.api.post("/usage/api", event, by=tenant.key()).json()
    assert [(notice["pointer"], notice["code"]) for notice in answer["notices"]] == [("/userId", "redacted")]

    def it_is_found():
        for by in (tenant.user(mail), tenant.user(mail.upper()), tenant.admin):
            assert tenant.read(f"/usage/user/{mail}?period=24h", by=by)["totalTokens"] == 7

    eventually(it_is_found)
    assert tenant.api.get(f"/usage/user/{mail}", by=tenant.user("somebody-else")).status_code == 403


def test_a_tenant_that_asks_for_it_has_pseudonyms_only(stack, tenant):
    stack.weir("tenant", "pseudonymise", tenant.name)

    def written():
        event = {"userId": "user-1", "model": "gpt-4", "requestId": "r", "inputTokens": 7, "outputTokens": 0, "timestamp": ago(seconds=5)}
        return tenant.api.post("/usage/api", event, by=tenant.key())

    assert written().status_code in (200, 201)

    def it_is_found():
        assert tenant.read("/usage/user/user-1?period=24h", by=tenant.user("user-1"))["totalTokens"] == 7

    eventually(it_is_found)
    rows = stored(stack, tenant, "ai", "*")
    assert rows
    assert "user-1" not in str(rows)
