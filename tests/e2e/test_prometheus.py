"""A real Prometheus scrapes the deployed stack: what it reads is well-formed, and no counter goes down, whatever is settled or restarted."""

import json
import math
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
import requests
from events import ago, batch, screen_view
from patience import eventually
from scraping import panels, scraping
from settling import settle
from stack import ROOT
from tenant import Tenant

sys.path.insert(0, str(ROOT / "local"))
import aws
from place import Place

# The names that the API's contract promises.
PROMISED = set(
    """ai_requests_total ai_request_duration_seconds ai_request_tokens_total ai_request_cost_total user_engagement_events_total
    active_users_current user_session_duration_seconds sales_transactions_total sales_revenue_total subscriptions_current
    http_request_duration_seconds http_requests_total system_cpu_usage_percentage system_memory_usage_percentage
    system_disk_usage_percentage database_connection_pool cache_hit_rate_percentage analytics_request_duration_seconds
    analytics_requests_total analytics_errors_total analytics_cache_hits_total analytics_cache_misses_total
    analytics_events_accepted_total analytics_event_lag_seconds analytics_pending_hours analytics_storage_bytes""".split()
)
# The one thing that `promtool` may say: it takes a promised name, which counts hours, for a time. All else must be clean.
COUNT_OF_HOURS = 'analytics_pending_hours use base unit "seconds" instead of "hours"'
SPANS = {"$__rate_interval": "5m", "$__range": "10m"}
USERS = 3


def test_the_tools_are_there():
    """`.ci/run` installs them: without them nothing here would have been tested."""
    assert shutil.which("prometheus") and shutil.which("promtool")


def sent(wave):
    """What happens in a wave: of each family so much that every panel has something to show. The times are those of the first sending."""
    long_ago = ago(minutes=1)
    views = [
        screen_view(f"{wave}-{n}-{user}", userId=f"u{user}", sessionId=f"s{wave}-{user}", timestamp=ago(minutes=3 - n))
        for user in range(USERS)
        for n in range(2)
    ]
    acts = [
        {
            "eventId": f"act-{wave}-{user}",
            "event": "click",
            "sessionId": f"s{wave}-{user}",
            "userId": f"u{user}",
            "page": "/pricing",
            "feature": "search",
            "metadata": {"deviceType": "desktop", "browser": "Firefox", "os": "Linux"},
            "timestamp": long_ago,
        }
        for user in range(USERS)
    ]
    requests_ = [
        {
            "userId": "u1",
            "service": "assistant",
            "model": "claude-3-haiku-20240307",
            "tokens": {"input": 1000, "output": 200},
            "credits": 1,
            "responseTimeMs": 800,
            "status": status,
            "requestId": f"r-{wave}-{status}",
            "timestamp": long_ago,
        }
        for status in ("completed", "failed")
    ]
    sale = {"amount": 20, "currency": "USD", "status": "completed", "paymentMethod": "card", "plan": "pro", "timestamp": long_ago}
    sales = [
        {**sale, "transactionId": f"p-{wave}", "type": "purchase", "userId": "u0"},
        {**sale, "transactionId": f"s-{wave}", "type": "subscription", "userId": f"u{wave}", "subscription": {"interval": "month"}},
        {**sale, "transactionId": f"f-{wave}", "type": "refund", "userId": "u0", "amount": 5},
    ]
    measured = [
        {
            "service": "shop",
            "endpoint": "/items",
            "method": "GET",
            "statusCode": status,
            "responseTime": 35,
            "system": {"cpu": {"usage": 40, "load": 1.5}, "memory": {"percentage": 60}, "disk": {"percentage": 70}},
            "database": {"queryTime": 12, "connectionPool": {"active": 3, "idle": 5, "total": 8}},
            "cache": {"hits": 9, "misses": 1},
            "requestId": f"m-{wave}-{status}",
            "timestamp": long_ago,
        }
        for status in (200, 500)
    ]
    return views, {
        "/api/analytics/engagement/track": acts,
        "/api/analytics/usage": requests_,
        "/api/analytics/sales/track": sales,
        "/api/performance/track": measured,
    }


def events_of(wave):
    views, bodies = sent(wave)
    return len(views) + sum(map(len, bodies.values()))


def send(api, tenant, key, wave_sent):
    views, bodies = wave_sent
    assert api.post("/api/events", batch(*views), by=key).status_code == 200
    for path, body in bodies.items():
        answer = api.post(path, body, by=tenant.service)
        assert answer.status_code in (200, 201), f"{path}: {answer.text}"


def counted(tenant, count):
    def all_are_counted():
        assert tenant.counted("events") == count

    eventually(all_are_counted, within=60)


@pytest.fixture(scope="module")
def place(stack):
    folder, port = Path(stack["watchEnvFile"]).parent, int(stack["endpointUrl"].rpartition(":")[2])
    return Place(folder, port, stack["watchPort"])


@pytest.fixture(scope="module")
def tenant(stack, api):
    return Tenant(stack, api)


@pytest.fixture(scope="module")
def scraped(stack, api, tenant, place, tmp_path_factory):
    """A Prometheus that has seen a wave of events sent twice, a settle that removes the repeats, a restart, and another wave."""
    app, first = tenant.key(), sent(1)
    for times in (1, 2):
        send(api, tenant, app, first)
        counted(tenant, times * events_of(1))
    key = stack.weir("key", "create", "--tenant", tenant.name, "--scrape").stdout.strip()
    with scraping(api.url, key, tmp_path_factory.mktemp("prometheus")) as prometheus:
        seen = {name: prometheus.value(f"sum({name})") for name in prometheus.counters()}
        assert seen["analytics_events_accepted_total"] == 2 * events_of(1), "the repeats were counted"

        settle(stack, tenant)
        counted(tenant, events_of(1))
        shown_anew(prometheus)
        assert prometheus.value("sum(analytics_events_accepted_total)") == 2 * events_of(1), "and are shown still"

        assert aws.stop(place)
        aws.start(place)
        shown_anew(prometheus)

        send(api, tenant, app, sent(2))
        send(api, tenant, app, sent(3))
        counted(tenant, sum(map(events_of, (1, 2, 3))))

        def more_is_shown():
            assert prometheus.value("sum(analytics_events_accepted_total)") == sum(map(events_of, (1, 2, 3)))
            assert prometheus.value("sum(rate(analytics_requests_total[5m]))") > 0

        eventually(more_is_shown, within=150, every=0.5)
        assert prometheus.value("sum(analytics_events_accepted_total)") > seen["analytics_events_accepted_total"]
        prometheus.seen = seen
        yield prometheus


def shown_anew(prometheus):
    """Waits until a page is read that was made after now."""
    lag = prometheus.value("analytics_event_lag_seconds")

    def it_is_another():
        try:
            assert prometheus.value('up{job="weir"}') == 1
            assert prometheus.value("analytics_event_lag_seconds") not in (lag, None)
        except requests.ConnectionError as error:
            raise AssertionError("it does not answer") from error

    eventually(it_is_another, within=90, every=0.3)


def test_no_counter_has_gone_down_over_a_settle_that_removes_repeats_and_a_restart(scraped):
    names = scraped.counters()
    assert {"ai_requests_total", "http_request_duration_seconds_bucket", "user_session_duration_seconds_sum"} <= set(names)
    for name in names:
        down = [sample for sample in scraped.query(f"resets({name}[30m])") if sample[1] != 0]
        assert not down, f"{name} was reset: {down}"
        negative = [sample for sample in scraped.query(f"rate({name}[30m])") if sample[1] < 0]
        assert not negative, f"{name} fell: {negative}"
    fallen = [name for name, before in scraped.seen.items() if scraped.value(f"sum({name})") < before]
    assert not fallen, f"show less than before: {fallen}"


def test_what_was_sent_is_what_a_prometheus_knows(scraped):
    for expression, expect in {
        'sum by (status) (ai_requests_total{model="claude-3-haiku-20240307"})': {"completed": 3, "failed": 3},
        "sum by (type) (ai_request_tokens_total)": {"input": 6000, "output": 1200, "cache_read": 0, "cache_write": 0},
        'sum by (currency) (sales_revenue_total{plan="pro"})': {"USD": 120},
        'sum by (status_code) (http_requests_total{service="shop",method="GET",endpoint="/items"})': {"200": 3, "500": 3},
        "sum by (page) (user_page_views_total)": {"Home": 3 * 2 * USERS},
        'sum by (state) (database_connection_pool{service="shop"})': {"active": 3, "idle": 5, "total": 8},
        "sum by (payment_method) (sales_payments_total)": {"card": 6},
    }.items():
        found = {next(iter(labels.values())): number for labels, number in scraped.query(expression)}
        assert found == expect, expression
    assert scraped.value("active_users_current") >= USERS
    assert scraped.value("system_cpu_usage_percentage") == 40
    assert scraped.value("cache_hit_rate_percentage") == pytest.approx(90)
    assert scraped.value("ai_request_duration_seconds_bucket{le='1'} - ignoring(le) ai_request_duration_seconds_bucket{le='0.5'}") == 6


def test_every_promised_metric_is_there_and_well_formed(api, tenant, scraped):
    page = api.get("/metrics", by=tenant.admin)
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/plain; version=0.0.4")
    checked = subprocess.run(["promtool", "check", "metrics"], input=page.content, capture_output=True)
    complaints = (checked.stdout + checked.stderr).decode().splitlines()
    assert complaints == [COUNT_OF_HOURS], "\n".join(complaints)
    told = {line.split(" ")[2] for line in page.text.splitlines() if line.startswith("# TYPE ")}
    assert not (missing := PROMISED - told), missing
    assert not any(name.startswith("process_") for name in told)
    documented = (ROOT / "docs" / "prometheus.md").read_text()
    assert not (missing := {name for name in told if f"`{name}" not in documented}), f"are not in docs/prometheus.md: {missing}"


def numbers_of(answer, target):
    """What the Infinity data source makes of an answer: the columns of the rows below the root."""

    def found(value, path):
        for name in path.replace("${currency}", "USD").split("."):
            value = value.get(name) if isinstance(value, dict) else None
        return value

    root = found(answer, target["root_selector"])
    rows = root if isinstance(root, list) else [root]
    numeric = [column for column in target["columns"] if column["type"] == "number"]
    return [number for row in rows for column in numeric if (number := found(row, column["selector"])) is not None]


@pytest.mark.parametrize(("dashboard", "panel", "target"), panels(), ids=lambda part: part if isinstance(part, str) else part["refId"])
def test_a_panel_shows_something(tenant, scraped, dashboard, panel, target):
    if "expr" in target:
        expression = target["expr"]
        for name, span in SPANS.items():
            expression = expression.replace(name, span)
        found = [number for _, number in scraped.query(expression)]
        assert [number for number in found if math.isfinite(number)], f"{expression}: {found}"
    else:
        parameters = "&".join(f"{one['key']}={one['value']}" for one in target["url_options"]["params"])
        answer = tenant.read(f"{target['url']}?{parameters}")
        found = numbers_of(answer, target)
        assert found and all(isinstance(number, (int, Decimal)) for number in found), f"{json.dumps(answer, default=str)[:2000]}"


def test_the_page_is_for_admins_and_for_keys_that_are_made_for_it(api, stack, tenant, scraped):
    key = stack.weir("key", "create", "--tenant", tenant.name, "--scrape").stdout.strip()
    assert requests.get(f"{api.url}/metrics", auth=("prometheus", key), timeout=40).status_code == 200, "as a basic password"
    assert api.get("/metrics", by=tenant.user("u1")).status_code == 403
    assert api.get("/metrics", by=tenant.key()).status_code == 403
    assert api.get("/metrics?period=7d", by=tenant.admin).status_code == 400
    assert api.get("/metrics").status_code == 401
    assert requests.get(f"{api.url}/usage/user/u1", headers={"Authorization": f"Bearer {key}"}, timeout=40).status_code == 403


def test_a_tenant_is_shown_nothing_of_another(api, new_tenant, scraped):
    page = api.get("/metrics", by=new_tenant().admin).text
    assert "claude-3-haiku" not in page and 'service="shop"' not in page
    assert "analytics_events_accepted_total 0" in page
