"""Dashboards on the deployed stack: validated, shared, changed by version, and all widgets answered as each alone."""

import pytest
from api import assert_problem, exact
from patience import eventually
from tenant import Tenant

PATH = "/api/v1/dashboards"
READY = ["ready:ai", "ready:engagement", "ready:lifecycle", "ready:performance", "ready:sales"]


@pytest.fixture(scope="module")
def tenant(stack, api):
    """A tenant with some requests to models, by two users."""
    tenant = Tenant(stack, api)
    for number, user in enumerate(["ann", "ann", "bob"]):
        body = {"userId": user, "projectId": "shop", "model": "gpt-4", "requestId": f"r{number}", "inputTokens": 100, "outputTokens": 10}
        assert api.post("/usage/api", body, by=tenant.service).status_code in (200, 201)

    def all_are_stored():
        assert tenant.counted("requests") == 3

    eventually(all_are_stored)
    return tenant


def widget(chart, **query):
    return {"title": chart, "chart": chart, "query": {"range": {"period": "7d"}, **query}}


def made(tenant, body, by=None):
    answer = tenant.api.post(PATH, body, by=by or tenant.admin)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"{PATH}/{answer.json()['id']}" and answer.headers["etag"] == '"1"'
    return answer.json()["id"]


def test_each_kind_of_widget_is_held_against_the_catalogue_and_every_fault_has_its_place(tenant):
    good = [
        widget("number", metrics=["requests", "cost"]),
        widget("line", metrics=["requests"], granularity="hour"),
        widget("area", metrics=["cost"], groupBy=["model"], granularity="day"),
        widget("bar", metrics=["tokens"], groupBy=["model"]),
        widget("pie", metrics=["cost"], groupBy=["provider"]),
        widget("funnel", metrics=["generations", "generationsCompleted"]),
        widget("heatmap", metrics=["requests"], groupBy=["weekday", "hourOfDay"]),
        widget("table", cube="ai_requests", measures=["requests", "latency"], groupBy=["model"]),
    ]
    made(tenant, {"name": "All kinds", "widgets": good})
    wrong = [
        (widget("number", metrics=["fun"]), "/query/metrics/0"),
        (widget("line", metrics=["requests"]), "/query/granularity"),
        (widget("area", metrics=["cost"], granularity="decade"), "/query/granularity"),
        (widget("bar", metrics=["tokens"], groupBy=["colour"]), "/query/groupBy/0"),
        (widget("pie", metrics=["cost", "tokens"], groupBy=["model"]), "/query/metrics"),
        (widget("funnel", metrics=["generations"]), "/query/metrics"),
        (widget("heatmap", metrics=["requests"], groupBy=["model"]), "/query/groupBy"),
        (widget("table", cube="ai_requests", measures=["fun"]), "/query/measures/0"),
        (widget("spiral", metrics=["cost"]), "/chart"),
    ]
    answer = tenant.api.post(PATH, {"name": "Wrong", "widgets": [one for one, _ in wrong]}, by=tenant.admin)
    told = {error["pointer"] for error in assert_problem(answer, 422)["errors"]}
    assert {f"/widgets/{at}{pointer}" for at, (_, pointer) in enumerate(wrong)} <= told


def test_of_two_writers_with_if_match_one_gets_412(tenant):
    body = {"name": "Ours", "widgets": [widget("number", metrics=["requests"])]}
    path = f"{PATH}/{made(tenant, body)}"
    etag = tenant.api.get(path, by=tenant.admin).headers["etag"]
    answers = [tenant.api.call("PUT", path, by=tenant.admin, body={**body, "name": name}, headers={"If-Match": etag}) for name in ("a", "b")]
    assert [answer.status_code for answer in answers] == [200, 412], [answer.text for answer in answers]
    assert tenant.read(path)["name"] == "a"
    assert tenant.api.call("DELETE", path, by=tenant.admin, headers={"If-Match": etag}).status_code == 412
    assert tenant.api.call("DELETE", path, by=tenant.admin, headers={"If-Match": answers[0].headers["etag"]}).status_code == 204
    assert_problem(tenant.api.get(path, by=tenant.admin), 404)


def test_anothers_dashboard_is_not_there_and_people_see_what_is_shared(tenant, new_tenant):
    ann, bob = tenant.user("ann"), tenant.user("bob")
    body = {"name": "Ann's", "widgets": [widget("number", metrics=["requests"])]}
    own, shared = made(tenant, body, ann), made(tenant, {**body, "sharing": "tenant"}, tenant.admin)
    other = new_tenant().admin
    for path in (f"{PATH}/{own}", f"{PATH}/{shared}", f"{PATH}/{own}/data"):
        assert_problem(tenant.api.get(path, by=other), 404)
        assert tenant.api.get(path, by=ann).status_code == 200
    assert_problem(tenant.api.get(f"{PATH}/{own}", by=bob), 404)
    assert_problem(tenant.api.call("PUT", f"{PATH}/{shared}", by=bob, body=body), 403)
    seen = {user: tenant.read(f"{PATH}/{shared}/data", by=user)["widgets"][0]["answer"]["data"][0]["requests"] for user in (ann, bob, tenant.admin)}
    assert list(seen.values()) == [2, 1, 3]


def test_the_one_call_for_all_widgets_equals_the_widgets_asked_one_by_one(tenant):
    for ready in READY:
        widgets = tenant.read(f"{PATH}/{ready}")["widgets"]
        together = tenant.read(f"{PATH}/{ready}/data")["widgets"]
        assert [one["id"] for one in together] == [one["id"] for one in widgets]
        for one, said in zip(together, widgets, strict=True):
            query = {name: value for name, value in said["query"].items()}
            alone = tenant.api.post("/api/v1/analytics/query", query, by=tenant.admin)
            assert alone.status_code == 200, alone.text
            assert {name: one["answer"][name] for name in ("data", "order", "groups")} == {name: exact(alone)[name] for name in ("data", "order", "groups")}
    assert tenant.read(f"{PATH}/ready:ai/data")["widgets"][0]["answer"]["data"][0]["requests"] == 3
