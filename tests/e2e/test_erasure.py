"""A person is shown all that is kept about it, and then taken out of everything: no object and no item names it, and no total changes."""

import tempfile
from datetime import timedelta

import duckdb
from events import iso, now, usage
from patience import eventually
from settling import idle, roll_up, settle, tick

PERSON = "person-to-be-forgotten"
OTHER = "somebody-else"
METRICS = ("events", "requests", "tokens", "cost", "revenue")


def totals(tenant):
    return {metric: tenant.counted(metric, "period=90d", "day") for metric in METRICS}


def objects(stack, tenant):
    """Every object of a tenant, as text: its bytes, and the rows and statistics of its Parquet."""
    pages = stack.s3.get_paginator("list_objects_v2").paginate(Bucket=stack["bucketName"])
    for entry in (entry for page in pages for entry in page.get("Contents", [])):
        if tenant.name in entry["Key"]:
            with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
                stack.s3.download_fileobj(stack["bucketName"], entry["Key"], file)
                file.flush()
                text = str(open(file.name, "rb").read())
                if entry["Key"].endswith(".parquet"):
                    for source in ("read_parquet", "parquet_metadata"):
                        text += str(duckdb.sql(f"select * from {source}('{file.name}')").fetchall())
            yield entry["Key"], text


def everything(stack, tenant):
    """Every item of a tenant, whole, as text: what is compressed is in the test of the settler."""
    page = stack.table.scan(ConsistentRead=True)
    found = page["Items"]
    while "LastEvaluatedKey" in page:
        page = stack.table.scan(ConsistentRead=True, ExclusiveStartKey=page["LastEvaluatedKey"])
        found += page["Items"]
    return [(item["pk"], item["sk"], str(item)) for item in found if tenant.name in item["pk"]]


def named(stack, tenant):
    in_bucket = [key for key, text in objects(stack, tenant) if PERSON in text]
    return in_bucket + [f"{pk} {sk}" for pk, sk, text in everything(stack, tenant) if PERSON in text]


def send(api, tenant, path, events, historical=False):
    answer = api.post(f"{path}{'?historical=true' if historical else ''}", events, by=tenant.service)
    assert answer.status_code == 200, answer.text


def sale(number, user, moment):
    return {
        **{"transactionId": f"{user}-{number}", "type": "purchase", "status": "completed", "amount": 12.5, "currency": "USD"},
        **{"userId": user, "timestamp": iso(moment), "metadata": {"note": user}},
    }


def view(number, user, moment):
    properties = {"screenName": f"/users/{user}", "note": user}
    return {"eventId": f"{user}-{number}", "type": "screen_view", "sessionId": f"of-{user}", "userId": user, "timestamp": iso(moment), "properties": properties}


def history(api, tenant):
    """Of two people: today, of last week, and imported from 40 days ago."""
    for user in (PERSON, OTHER):
        for ago in (0, 7):
            moment = now() - timedelta(days=ago, minutes=5)
            send(api, tenant, "/usage/api", [usage(f"{user}-{ago}-{number}", userId=user, timestamp=iso(moment)) for number in range(3)])
            send(api, tenant, "/api/analytics/sales/track", [sale(ago, user, moment)])
        views = {"projectId": "shop", "events": [view(number, user, now() - timedelta(minutes=number + 1)) for number in range(4)]}
        assert api.post("/api/events", views, by=tenant.service).status_code == 200
        old = now() - timedelta(days=40)
        send(api, tenant, "/usage/api", [usage(f"{user}-old", userId=user, timestamp=iso(old))], historical=True)


def begun(api, tenant):
    """Requests of both that wait for their end: what is counted does not know of them, and the table does."""
    for user in (PERSON, OTHER):
        body = {"requestId": f"{user}-waits", "model": "gpt-4", "userId": user, "feature": f"/users/{user}", "metadata": {"note": user}}
        assert api.post("/api/ai-tracking/track", body, by=tenant.service).status_code == 201


def kept(api, tenant):
    """What people keep that names the person: budgets, dashboards, a schedule, and a report with its file."""
    of_person = {"name": "Its own", "scope": "user", "userId": PERSON, "measure": "tokens", "limit": 1, "period": "month"}
    widget = {"title": "One", "chart": "number", "query": {"metrics": ["requests"], "filters": {"user": [PERSON]}, "range": {"period": "7d"}}}
    other = {"title": "All", "chart": "number", "query": {"metrics": ["requests"], "range": {"period": "7d"}}}
    billing = {"template": "billing", "name": f"For {PERSON}", "format": "csv", "range": {"period": "7d"}}
    schedule = {"name": f"About {PERSON}", "template": "usage", "schedule": "monthly"}
    paths = {}
    for path, body, by in [
        ("/api/v1/budgets", of_person, tenant.admin),
        ("/api/v1/dashboards", {"name": "Shared", "sharing": "tenant", "widgets": [widget, other]}, tenant.user(PERSON)),
        ("/api/v1/dashboards", {"name": "Private", "widgets": [other]}, tenant.user(PERSON)),
        ("/api/v1/reports/scheduled", schedule, tenant.service),
        ("/api/v1/reports", billing, tenant.admin),
    ]:
        made = api.post(path, body, by=by)
        assert made.status_code in (201, 202), made.text
        paths[body["name"]] = made.headers["Location"]

    def it_is_made():
        assert tenant.read(paths[f"For {PERSON}"])["status"] == "done"

    eventually(it_is_made, within=60)
    return paths


def kept_without_the_person(api, tenant, paths):
    for name in ("Its own", "Private"):
        assert api.get(paths[name], by=tenant.admin).status_code == 404, name
    shared = tenant.read(paths["Shared"])
    assert (shared["owner"], [widget["title"] for widget in shared["widgets"]]) == (None, ["All"])
    report = tenant.read(paths[f"For {PERSON}"])
    assert (report["name"], report["erased"], report["link"]) == ("For (erased)", True, None)
    assert tenant.read(paths[f"About {PERSON}"])["name"] == "About (erased)"


def test_a_person_sees_everything_and_is_then_forgotten_everywhere(api, stack, tenant):
    history(api, tenant)
    begun(api, tenant)
    data = f"/api/v1/users/{PERSON}/data"

    def all_is_stored():
        seen = tenant.read(f"{data}?limit=1000")
        assert len(seen["events"]["data"]) == 13
        return seen

    seen = eventually(all_is_stored, within=60)
    assert (seen["ai"]["requests"], seen["sales"]["revenue"], seen["engagement"]) == (7, {"USD": 25}, {"screen_view": 4})
    assert seen["profile"]["daysActive"] >= 3
    assert all(event["user"] == PERSON for event in seen["events"]["data"])
    assert seen["erasure"] is None and seen["notIncluded"]
    for refused in (tenant.service, tenant.user(PERSON)):
        assert api.get(data, by=refused).status_code == 403
        assert api.delete(data, by=refused).status_code == 403
    settle(stack, tenant)
    roll_up(stack, tenant)
    # Not settled: what comes now.
    send(api, tenant, "/usage/api", [usage(f"{PERSON}-new", userId=PERSON, timestamp=iso(now()))])
    eventually(lambda: all_requests(tenant, 8))
    before = totals(tenant)
    paths = kept(api, tenant)

    asked = api.delete(data, by=tenant.admin)
    assert asked.status_code == 202, asked.text
    job = asked.json()
    assert asked.headers["Location"] == job["url"] and job["state"] == "settling"
    assert api.delete(data, by=tenant.admin).json()["id"] == job["id"]

    def it_is_done():
        tick(stack, "minute")
        idle(stack)
        assert tenant.read(job["url"])["state"] == "done", tenant.read(job["url"])

    eventually(it_is_done, within=420, every=3)
    assert named(stack, tenant) == []
    kept_without_the_person(api, tenant, paths)
    assert totals(tenant) == before
    gone = tenant.read(data)
    assert gone["profile"] is None and gone["events"]["data"] == [] and gone["ai"]["requests"] == 0
    assert gone["erasure"]["id"] == job["id"]
    [line] = [line for line in stack.weir("jobs", "--tenant", tenant.name).stdout.splitlines() if "erasure" in line]
    assert line.split("\t")[3] == "done" and PERSON not in line
    assert api.delete(data, by=tenant.admin).json()["id"] == job["id"], "nothing is left to erase: it is the same job"

    late_event_stays_nameless(api, stack, tenant, before)


def all_requests(tenant, count):
    assert tenant.read(f"/api/v1/users/{PERSON}/data")["ai"]["requests"] == count


def late_event_stays_nameless(api, stack, tenant, before):
    late = now() - timedelta(days=3)
    send(api, tenant, "/usage/api", [usage("from-a-phone-that-was-offline", userId=PERSON, timestamp=iso(late))])

    def it_counts():
        assert totals(tenant)["requests"] == before["requests"] + 1

    eventually(it_counts, within=60)
    all_requests(tenant, 0)
    settle(stack, tenant)
    it_counts()
    all_requests(tenant, 0)
    assert named(stack, tenant) == []
