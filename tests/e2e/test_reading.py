"""Who may read: a person their own, an admin their tenant's, nobody another tenant's."""

from decimal import Decimal

from api import assert_problem
from events import batch, screen_view, usage
from patience import eventually


def test_a_user_reads_their_own_use_and_no_one_elses(api, tenant):
    sent = [usage(1, userId="ann"), usage(2, userId="ann"), usage(3, userId="bob")]
    assert api.post("/usage/api", sent, by=tenant.service).status_code == 200

    def ann_sees_two():
        assert tenant.read("/usage/user/ann?period=24h", by=tenant.user("ann"))["totalRequests"] == 2

    ann = tenant.user("ann")
    eventually(ann_sees_two)
    for path in ("/usage/user/bob", "/costs/user/bob", "/metrics/dashboard", "/metrics/timeseries?metric=tokens"):
        assert_problem(api.get(path, by=ann), 403)
    assert_problem(api.get("/usage/user/ann"), 401)


def test_a_users_use_adds_up(api, tenant):
    sent = [
        usage(1, model="gpt-4", inputTokens=100, outputTokens=10, projectId="shop"),
        usage(2, model="gpt-4", inputTokens=200, outputTokens=20, projectId="blog"),
        usage(3, model="claude-3-haiku-20240307", inputTokens=1_000_000, outputTokens=1_000_000, projectId="shop"),
    ]
    assert api.post("/usage/api", sent, by=tenant.service).status_code == 200

    def all_is_there():
        use = tenant.read("/usage/user/u1?period=24h")
        assert use["totalRequests"] == 3
        return use

    use = eventually(all_is_there)
    assert (use["totalInputTokens"], use["totalOutputTokens"], use["totalTokens"]) == (1_000_300, 1_000_030, 2_000_330)
    assert use["uniqueProjects"] == 2
    assert use["byModel"]["gpt-4"] == {"requests": 2, "inputTokens": 300, "outputTokens": 30}
    assert sum(day["requests"] for day in use["byDay"]) == 3
    cost = tenant.read("/costs/user/u1?period=24h")
    assert cost["byModel"]["claude-3-haiku-20240307"] == {
        "inputCost": Decimal("0.25"),
        "outputCost": Decimal("1.25"),
        "totalCost": Decimal("1.5"),
    }
    assert cost["totalCost"] == cost["inputCost"] + cost["outputCost"] == sum(day["cost"] for day in cost["byDay"])


def test_the_dashboard_adds_up(api, tenant):
    def event(kind, project="shop", **metadata):
        return {"event": kind, "userId": "u1", "projectId": project, "metadata": metadata}

    sent = [event("project.created", name="The shop"), event("generation.started"), event("generation.started"), event("build.triggered")]
    assert api.post("/events", sent, by=tenant.service).status_code == 200
    assert api.post("/usage/api", [usage(1)], by=tenant.service).status_code == 200

    def all_is_there():
        dashboard = tenant.read("/metrics/dashboard")
        overview = dashboard["overview"]
        assert (overview["totalProjects"], overview["totalGenerations"], overview["totalBuilds"]) == (1, 2, 1)
        assert overview["totalTokensUsed"] == 1200
        return dashboard

    dashboard = eventually(all_is_there)
    assert dashboard["overview"]["totalCost"] == Decimal("0.0005")
    assert dashboard["recentActivity"] == {"generationsLast24h": 2, "buildsLast24h": 1, "tokensLast24h": 1200}
    [top] = dashboard["topProjects"]
    assert (top["id"], top["name"], top["generations"], top["tokens"]) == ("shop", "The shop", 2, 1200)


def test_tenants_see_nothing_of_each_other(api, tenant, new_tenant):
    other = new_tenant()
    for owner, count in ((tenant, 2), (other, 3)):
        assert api.post("/api/events", batch(*(screen_view(n) for n in range(count))), by=owner.key()).status_code == 200
        assert api.post("/usage/api", [usage(n) for n in range(count)], by=owner.service).status_code == 200

    def each_sees_its_own():
        for owner, count in ((tenant, 2), (other, 3)):
            assert owner.counted("events") == 2 * count
            assert owner.read("/usage/user/u1?period=24h")["totalRequests"] == count

    eventually(each_sees_its_own)


def test_an_unknown_parameter_is_a_400_that_lists_the_known_ones(api, tenant):
    response = api.get("/metrics/timeseries?metric=events&perriod=24h", by=tenant.admin)
    assert_problem(response, 400)
    assert "period" in response.text


def test_an_unknown_path_is_a_404(api, tenant):
    assert_problem(api.get("/nothing/here", by=tenant.admin), 404)


def test_a_request_id_is_taken_or_made(api):
    assert api.get("/live", headers={"X-Request-Id": "mine-1"}).headers["x-request-id"] == "mine-1"
    first, second = (api.get("/live").headers["x-request-id"] for _ in range(2))
    assert first and first != second


def test_a_tenant_of_india_has_hours_that_begin_at_half_past(api, new_tenant):
    tenant = new_tenant(hour_offset=30)
    sent = [usage(1, timestamp="2024-03-10T18:29:59Z"), usage(2, timestamp="2024-03-10T18:30:00Z")]
    assert api.post("/usage/api?historical=true", sent, by=tenant.service).status_code == 200

    def midnight_parts_them():
        series = tenant.read(
            "/metrics/timeseries?metric=requests&startDate=2024-03-10&endDate=2024-03-11&granularity=day&timezone=Asia/Kolkata"
        )
        assert [point["value"] for point in series["data"]] == [1, 1]

    eventually(midnight_parts_them)
