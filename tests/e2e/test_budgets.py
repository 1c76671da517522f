"""Budgets on the deployed stack: each threshold told once, whatever is retried and settled, and what is left of one's own."""

import json

from patience import eventually
from receiving import Receiver, mails, signed
from settling import settle, tick
from tenant import Tenant

PATH = "/api/v1/budgets"


def use(tenant, request, tokens, user="ann"):
    body = {"userId": user, "projectId": "shop", "model": "gpt-4", "requestId": request, "inputTokens": tokens, "outputTokens": 0}
    assert tenant.api.post("/usage/api", body, by=tenant.service).status_code in (200, 201)


def made(tenant, **budget):
    body = {"name": "A budget", "scope": "tenant", "measure": "tokens", "limit": 1000, "period": "month", **budget}
    answer = tenant.api.post(PATH, body, by=tenant.admin)
    assert answer.status_code == 201, answer.text
    return f"{PATH}/{answer.json()['id']}"


def told(tenant, path):
    return sorted(notice["threshold"] for notice in tenant.read(path)["history"])


def stands(tenant, path, used):
    def check():
        assert tenant.read(path)["now"]["used"] == used

    eventually(check)


def test_each_threshold_is_told_once_whatever_is_sent_again_and_settled(stack, api):
    tenant = Tenant(stack, api)
    path = made(tenant)
    for request, tokens, expect in [("a", 499, []), ("b", 1, [50]), ("c", 300, [50, 80]), ("d", 300, [50, 80, 100])]:
        use(tenant, request, tokens)
        before = tenant.read(path)["now"]["used"]

        def it_counts(before=before, tokens=tokens):
            assert tenant.read(path)["now"]["used"] >= before and tenant.counted("tokens") >= tokens

        eventually(it_counts)

        def it_is_told(expect=expect):
            tick(stack, "minute")
            assert told(tenant, path) == expect

        eventually(it_is_told)
    stands(tenant, path, 1100)
    # Sent again they count twice until they are settled, and are told of no more.
    for request, tokens in [("c", 300), ("d", 300)]:
        use(tenant, request, tokens)
    tick(stack, "minute")
    settle(stack, tenant)
    stands(tenant, path, 1100)
    for kind in ("minute", "hourly"):
        tick(stack, kind)
    assert told(tenant, path) == [50, 80, 100]
    report = tenant.read(path)
    assert (report["now"]["left"], report["now"]["percent"]) == (0, 110)
    assert len({notice["id"] for notice in report["history"]}) == 3


def test_my_usage_shows_what_is_left_of_ones_own_budgets_and_nobody_elses(stack, api):
    tenant = Tenant(stack, api)
    made(tenant, name="Ann's", scope="user", userId="ann", limit=400)
    made(tenant, name="Bob's", scope="user", userId="bob", measure="money", limit=0.03)
    use(tenant, "a", 100)
    use(tenant, "b", 500, user="bob")

    def it_is_shown():
        ann, bob = (tenant.read("/api/analytics/my-usage", by=tenant.user(user))["budgets"] for user in ("ann", "bob"))
        assert [(one["name"], one["now"]["used"], one["now"]["left"], one["now"]["percent"]) for one in ann] == [("Ann's", 100, 300, 25)]
        assert [(one["name"], float(one["now"]["used"]), float(one["now"]["left"])) for one in bob] == [("Bob's", 0.015, 0.015)]

    eventually(it_is_shown)


def test_recipients_are_told_once_of_each_threshold_whatever_fails_is_sent_again_and_settled(stack, api):
    tenant, receiver = Tenant(stack, api), Receiver(500)
    to = f"{tenant.name}@example.com"
    body = {"name": "Shop", "scope": "project", "projectId": "shop", "measure": "tokens", "limit": 1000, "period": "month",
            "recipients": {"mail": [to], "webhooks": [receiver.url]}}
    set_ = api.post(PATH, body, by=tenant.admin)
    assert set_.status_code == 201, set_.text
    path, secret = set_.headers["Location"], set_.json()["webhookSecret"]

    def heard():
        return sorted(json.loads(body)["notice"]["data"]["threshold"] for body in {body for _, body in receiver.calls})

    def all_have(thresholds):
        def check():
            tick(stack, "minute")
            reports = [tenant.read(f"/api/v1/reports/{notice['report']}") for notice in tenant.read(path)["history"]]
            assert sorted(report["status"] for report in reports) == ["done"] * thresholds, reports

        eventually(check, within=120)

    use(tenant, "a", 900)
    all_have(2)
    # Sent again it counts twice until it is settled, and then no more.
    use(tenant, "a", 900)
    all_have(3)
    settle(stack, tenant)
    stands(tenant, path, 900)
    use(tenant, "b", 200)
    stands(tenant, path, 1100)
    for kind in ("minute", "hourly"):
        tick(stack, kind)
    all_have(3)
    subjects = [mail["Subject"] for mail in mails(stack, to)]
    assert sorted(subjects) == sorted(f"Budget Shop: {threshold}% is reached" for threshold in (50, 80, 100))
    # The first call was answered with 500, and came again under the same id.
    ids = [headers["x-weir-delivery"] for headers, _ in receiver.calls]
    assert (len(ids), len(set(ids)), sorted(set(heard()))) == (4, 3, [50, 80, 100])
    assert all(headers["x-weir-signature"] == signed(secret, headers, body) for headers, body in receiver.calls)
