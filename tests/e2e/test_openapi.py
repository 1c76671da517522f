"""The document is true: every operation has examples, each is sent as it stands, and the answer is a success that the document names."""

import json
import uuid

import jsonschema
import pytest
from document import Document
from stack import ROOT
from tenant import Tenant


@pytest.fixture(scope="module")
def document(api):
    return Document(api)


@pytest.fixture(scope="module")
def tenant(stack, api):
    return Tenant(stack, api)


def tracked(tenant):
    """A request to a model that is not finished."""
    request = f"request-{uuid.uuid4().hex}"
    body = {"requestId": request, "model": "gpt-4", "feature": "chat", "complexity": "low", "language": "en", "userPlan": "premium"}
    answer = tenant.api.post("/api/ai-tracking/track", {**body, "userId": "ann"}, by=tenant.admin)
    assert answer.status_code == 201, answer.text
    return {"requestId": request}


def erased(tenant):
    """The erasure of somebody of whom nothing is known."""
    answer = tenant.api.delete("/api/v1/users/nobody-at-all/data", by=tenant.admin)
    assert answer.status_code == 202, answer.text
    return {"id": answer.json()["id"]}


def in_project(tenant):
    """A project, and a key of it."""
    project = f"project-{uuid.uuid4().hex[:8]}"
    assert tenant.api.post("/api/v1/projects", {"id": project}, by=tenant.admin).status_code == 201
    key = tenant.api.post(f"/api/v1/projects/{project}/keys", {}, by=tenant.admin)
    assert key.status_code == 201, key.text
    return {"projectId": project, "keyId": key.json()["id"]}


def priced_anew(tenant):
    """A price of a time that is over, for which what is settled since is priced anew."""
    price = {"model": "gpt-4o", "effective": "2026-01-01", "inputPerMillion": 3, "outputPerMillion": 11}
    answer = tenant.api.post("/api/v1/prices", price, by=tenant.admin)
    assert answer.status_code == 201, answer.text
    return {"revision": answer.json()["revision"]}


def kept(tenant):
    """A dashboard."""
    answer = tenant.api.post("/api/v1/dashboards", {"name": "A copy", "copyOf": "ready:ai"}, by=tenant.admin)
    assert answer.status_code == 201, answer.text
    return {"id": answer.json()["id"]}


def budgeted(tenant):
    """A budget."""
    budget = {"name": "All", "scope": "tenant", "measure": "tokens", "limit": 1000, "period": "day"}
    answer = tenant.api.post("/api/v1/budgets", budget, by=tenant.admin)
    assert answer.status_code == 201, answer.text
    return {"id": answer.json()["id"]}


def reported(tenant):
    """A report."""
    answer = tenant.api.post("/api/v1/reports", {"template": "usage", "format": "json"}, by=tenant.admin)
    assert answer.status_code == 202, answer.text
    return {"id": answer.json()["id"]}


def scheduled(tenant):
    """A schedule of reports."""
    answer = tenant.api.post("/api/v1/reports/scheduled", {"name": "Week", "template": "usage", "schedule": "weekly"}, by=tenant.admin)
    assert answer.status_code == 201, answer.text
    return {"id": answer.json()["id"]}


def exported(tenant):
    """The job of an export."""
    answer = tenant.api.get("/api/analytics/export?data=events&family=ai", by=tenant.admin, headers={"Prefer": "respond-async"})
    assert answer.status_code == 202, answer.text
    return {"id": answer.json()["id"]}


PREPARED = {
    "/api/v1/jobs/{id}": exported,
    "/api/analytics/export": lambda _: {"data": "events", "family": "ai"},
    "/api/v1/reports/{id}": reported,
    "/api/v1/reports/scheduled/{id}": scheduled,
    "/api/v1/budgets/{id}": budgeted,
    "/api/v1/dashboards/{id}": kept,
    "/api/v1/erasures/{id}": erased,
    "/api/ai-tracking/update/{requestId}": tracked,
    "/api/v1/prices/{revision}": priced_anew,
    "/api/v1/projects/{projectId}": in_project,
    "/api/v1/projects/{projectId}/keys": in_project,
    "/api/v1/projects/{projectId}/keys/{keyId}": in_project,
}


def test_the_document_that_is_served_is_the_one_that_is_checked_in(api):
    assert api.get("/openapi.json").text == (ROOT / "docs" / "openapi.json").read_text()


def test_the_document_and_its_schemas_are_well_formed(document):
    assert document.text["openapi"].startswith("3.1")
    for schema in document.text["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_every_body_has_an_example_that_its_schema_allows(document):
    without = [name for name, operation in document.operations.items() if operation.body and not operation.bodies]
    assert not without, f"have no example of their body: {without}"
    for operation in document.operations.values():
        for example in operation.bodies.values():
            document.check(operation.body["schema"], example)


def test_every_operation_answers_its_examples_as_documented(document, tenant):
    """One after another in an order in which things are made before they are read, and deleted last."""
    order = ["POST", "PUT", "PATCH", "GET", "DELETE"]
    wrong = []
    for operation in sorted(document.operations.values(), key=lambda one: (order.index(one.method), one.path.count("/"), one.path)):
        for name, body in (operation.bodies or {"no body": None}).items():
            target = operation.target(prepared(operation, tenant))
            by = None if operation.is_public else tenant.admin
            answer = tenant.api.call(operation.method, target, by=by, body=b"" if body is None else body)
            try:
                assert 200 <= answer.status_code < 300, f"{answer.status_code}: {answer.text[:500]}"
                operation.check(answer)
            except (AssertionError, jsonschema.ValidationError) as error:
                wrong.append(f"{operation.name} ({name}): {str(error)[:700]}")
    assert not wrong, "\n".join(wrong)


def prepared(operation, tenant):
    """What must be there before an operation can do what its example asks: the values of its parameters."""
    values = {"historical": "true"} if operation.tag == "writes" else {}  # examples grow older than events may be
    return values | PREPARED.get(operation.path, lambda _: {})(tenant)


def test_the_schema_of_events_allows_every_example_of_a_write(document):
    schema = json.loads((ROOT / "docs" / "events.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    writes = [operation for operation in document.operations.values() if operation.tag == "writes" and operation.body]
    assert len(schema["anyOf"]) == len(writes) > 4
    forms = {form["title"]: form for form in schema["anyOf"]}
    for operation in writes:
        for example in operation.bodies.values():
            jsonschema.Draft202012Validator(forms[operation.name] | {"$defs": schema["$defs"]}).validate(example)


def test_the_page_that_draws_the_document_asks_no_other_host(api):
    page = api.get("/docs")
    assert page.status_code == 200 and "default-src 'none'" in page.headers["content-security-policy"]
    script = api.get("/docs/explorer.js")
    assert script.status_code == 200 and script.headers["content-type"].startswith("text/javascript")
