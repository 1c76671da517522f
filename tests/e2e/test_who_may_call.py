"""Every operation of the document, called with every kind of credential that must not do: only what is public answers."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from api import Api, assert_problem
from document import Document
from forgeries import forgeries
from patience import eventually
from raised import limits_raised
from tenant import Tenant

# What a user may read (of its own), whoever's numbers it asks for: everything else that is not a write is refused.
OWN = {
    "GET /api/ai-tracking/stats",
    "GET /api/analytics/engagement/stats",
    "GET /api/analytics/my-usage",
    "GET /api/analytics/sales/stats",
}
# What a user may do with dashboards: see its own and those that are shared, and keep its own (tests/e2e/test_dashboards.py).
OF_PEOPLE = {f"{method} /api/v1/dashboards" for method in ("GET", "POST")} | {"GET /api/v1/dashboards/{id}/data"}
OF_PEOPLE |= {f"{method} /api/v1/dashboards/{{id}}" for method in ("GET", "PUT", "DELETE")}
MARK = "marked"
TOKENS = 4242427


@pytest.fixture(scope="module")
def document(api):
    return Document(api)


@pytest.fixture(scope="module")
def unlimited(stack):
    with limits_raised(stack):
        yield


@pytest.fixture(scope="module")
def tenant(stack, api):
    """A tenant of whom whatever is told bears a mark."""
    tenant = Tenant(stack, api)
    marked = {"userId": f"ann-{MARK}", "projectId": f"project-{MARK}", "model": f"model-{MARK}", "requestId": f"r-{MARK}"}
    body = {**marked, "inputTokens": TOKENS, "outputTokens": 1}
    assert api.post("/usage/api", body, by=tenant.service).status_code in (200, 201)

    def it_is_told():
        assert tenant.read(f"/usage/user/ann-{MARK}")["byModel"][f"model-{MARK}"]["inputTokens"] == TOKENS

    eventually(it_is_told)
    return tenant


def every(calls):
    """What each call answers; many at once, each thread with a connection of its own."""
    own = threading.local()

    def answered(call):
        url, method, target, by, body = call
        if not hasattr(own, "api"):
            own.api = Api(url)
        return own.api.call(method, target, by=by, body=body)

    with ThreadPoolExecutor(12) as pool:
        return list(pool.map(answered, calls))


def example(operation):
    return next(iter(operation.bodies.values()), b"")


def test_only_what_is_public_answers_a_credential_that_does_not_hold(api, stack, document, tenant, unlimited):
    wrong = forgeries(stack, tenant)
    cases = [(operation, what, by) for operation in document.operations.values() for what, by in wrong.items()]
    answers = every([(api.url, one.method, one.target(), by, example(one)) for one, _, by in cases])
    told, missing = [], set(document.public)
    for (operation, what, _), answer in zip(cases, answers, strict=True):
        if operation.is_public:
            if what == "no credential" and answer.status_code == 200:
                missing.discard(operation.name)
        elif answer.status_code != 401:
            told.append(f"{operation.name} with {what}: {answer.status_code} {answer.text[:200]}")
        else:
            problem = assert_problem(answer, 401)
            assert MARK not in json.dumps(problem)
    assert not told, "\n".join(told)
    assert not missing, f"are public and do not answer: {missing}"
    assert len(cases) >= 15 * len(document.operations) > 15 * 9


def test_an_admin_of_another_tenant_is_told_nothing_of_this_one(api, document, tenant, new_tenant, unlimited):
    other = new_tenant().admin
    ids = {"userId": f"ann-{MARK}", "requestId": f"r-{MARK}", "id": f"project-{MARK}", "projectId": f"project-{MARK}"}
    operations = [one for one in document.operations.values() if not one.is_public]
    answers = every([(api.url, one.method, one.target(ids), other, example(one)) for one in operations])
    leaks = []
    for operation, answer in zip(operations, answers, strict=True):
        said = answer.text.replace(f"ann-{MARK}", "").replace(f"r-{MARK}", "").replace(f"project-{MARK}", "")
        if MARK in said or str(TOKENS) in said or answer.status_code >= 500:
            leaks.append(f"{operation.name}: {answer.status_code} {answer.text[:300]}")
    assert not leaks, "\n".join(leaks)


def test_a_user_is_told_nothing_of_another_and_writes_nothing_of_another(api, document, tenant, unlimited):
    bob = tenant.user("bob")
    operations = [one for one in document.operations.values() if not one.is_public and one.name not in OWN | OF_PEOPLE]
    ids = {"userId": f"ann-{MARK}"}
    answers = every([(api.url, one.method, one.target(ids), bob, of_another(example(one))) for one in operations])
    told = []
    for operation, answer in zip(operations, answers, strict=True):
        refused = (403, 404, 422) if operation.takes_keys else (403,)
        if answer.status_code not in refused:
            told.append(f"{operation.name}: {answer.status_code} {answer.text[:300]}")
    assert not told, "\n".join(told)


def of_another(body):
    """A body that says it is of ann."""
    if not isinstance(body, dict):
        return body
    named = body | {"userId": f"ann-{MARK}"}
    for member in ("data", "detail"):
        if isinstance(named.get(member), dict):
            named[member] = of_another(named[member])
    if isinstance(named.get("events"), list):
        named["events"] = [of_another(event) for event in named["events"]]
    return named


def test_a_user_sees_itself_alone_in_what_it_may_read(api, document, tenant, unlimited):
    bob = tenant.user("bob")
    for name in sorted(OWN & set(document.operations)):
        for query in ("", f"?user=ann-{MARK}", f"?userId=ann-{MARK}"):
            answer = api.get(name.split(" ")[1] + query, by=bob)
            assert answer.status_code in (200, 400, 403), f"{name}{query}: {answer.text}"
            assert str(TOKENS) not in answer.text and f"model-{MARK}" not in answer.text, f"{name}{query}: {answer.text}"
