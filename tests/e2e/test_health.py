"""Whether it works: alive, ready, and each thing it needs by name."""

import json

import pytest
from lambdas import Function

NOBODY_LISTENS = "http://127.0.0.1:9"


@pytest.mark.parametrize("path", ["/live", "/livez", "/ready", "/readyz", "/health"])
def test_a_working_stack_says_so_to_anyone(api, path):
    response = api.get(path)
    assert response.status_code == 200, response.text
    assert response.json()["status"] == "ok"


def test_health_names_each_dependency_with_its_latency(api):
    dependencies = api.get("/health").json()["dependencies"]
    assert {"table", "queue"} <= set(dependencies)
    for dependency in dependencies.values():
        assert dependency["status"] == "ok"
        assert dependency["latencyMs"] >= 0


@pytest.mark.parametrize(
    ("function", "service", "dependency"), [("ingest", "SQS", "queue"), ("ingest", "DYNAMODB", "table"), ("query", "DYNAMODB", "table")]
)
def test_a_dependency_that_is_down_is_named_and_makes_it_a_503(stack, function, service, dependency):
    environment = stack.function_environment(function) | {f"AWS_ENDPOINT_URL_{service}": NOBODY_LISTENS}
    if service == "SQS":
        environment["QUEUE_URL"] = f"{NOBODY_LISTENS}/000000000000/queue"
    with Function(function, environment) as running:
        for path in ("/health", "/ready"):
            status, headers, text = running.http("GET", path)
            assert status == 503, text
            found = {name: about["status"] for name, about in json.loads(text)["dependencies"].items()}
            assert found.pop(dependency) != "ok"
            assert set(found.values()) <= {"ok"}
            assert int(headers["retry-after"]) >= 1
        assert running.http("GET", "/live")[0] == 200


def test_a_write_that_the_queue_does_not_answer_is_a_503(stack, tenant):
    environment = stack.function_environment("ingest") | {"AWS_ENDPOINT_URL_SQS": NOBODY_LISTENS, "QUEUE_URL": f"{NOBODY_LISTENS}/0/queue"}
    body = b'[{"model":"gpt-4","userId":"u1"}]'
    with Function("ingest", environment) as ingest:
        status, headers, text = ingest.http("POST", "/usage/api", tenant.service.headers("POST", "/usage/api", body), body)
        assert status == 503, text
        assert int(headers["retry-after"]) >= 1
        assert NOBODY_LISTENS not in text
