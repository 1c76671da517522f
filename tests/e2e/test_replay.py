"""The two real data sets, sent with the tool as anyone would, add up to what is known of them."""

from decimal import Decimal

import pytest
from api import Api, exact
from patience import eventually
from stack import ROOT
from tenant import Tenant

TRACE, PURCHASES = ROOT / "data" / "azure_llm_code.csv", ROOT / "data" / "cdnow_sample.txt"
TRACE_DAY = "startDate=2023-11-16&endDate=2023-11-16"
PURCHASE_DAYS = "startDate=1997-01-01&endDate=1998-06-30"


@pytest.fixture(scope="module")
def shop(stack):
    """A tenant with both data sets in, and what the tool said of sending them."""
    tenant = Tenant(stack, Api(stack["apiUrl"]))
    by = ["--service", tenant.service.name, "--secret", tenant.service.secret]
    tenant.said = [
        stack.weir("send", "llm", str(TRACE), *by).stdout,
        stack.weir("send", "cdnow", str(PURCHASES), *by).stdout,
    ]

    def all_is_stored():
        assert tenant.counted("requests", TRACE_DAY) == 8_819
        assert tenant.counted("transactions", PURCHASE_DAYS, "month") == 6_919

    eventually(all_is_stored, within=60, every=1)
    return tenant


def test_the_tool_says_what_became_of_each_record(shop):
    assert shop.said[0].startswith("sent 8819, accepted 8819, rejected 0, in ")
    assert shop.said[1].startswith("sent 6919, accepted 6919, rejected 0, in ")


def test_the_trace_has_its_requests_and_tokens(shop):
    use = shop.read(f"/usage/user/trace-user?{TRACE_DAY}")
    assert (use["totalRequests"], use["totalInputTokens"], use["totalOutputTokens"]) == (8_819, 18_059_974, 245_896)
    assert use["totalTokens"] == 18_305_870
    assert use["uniqueProjects"] == 1
    assert use["byModel"] == {"claude-3-opus-20240229": {"requests": 8_819, "inputTokens": 18_059_974, "outputTokens": 245_896}}
    assert use["byDay"] == [{"date": "2023-11-16", "requests": 8_819, "tokens": 18_305_870}]


@pytest.mark.parametrize(
    ("hour", "requests", "tokens_in", "tokens_out"), [(18, 7_717, 15_710_990, 213_958), (19, 1_102, 2_348_984, 31_938)]
)
def test_the_trace_has_its_hours(shop, hour, requests, tokens_in, tokens_out):
    range_ = f"startDate=2023-11-16T{hour}:00:00Z&endDate=2023-11-16T{hour + 1}:00:00Z"
    use = shop.read(f"/usage/user/trace-user?{range_}")
    assert (use["totalRequests"], use["totalInputTokens"], use["totalOutputTokens"]) == (requests, tokens_in, tokens_out)


def test_the_series_of_the_trace_has_its_hours_newest_first(shop):
    range_ = "startDate=2023-11-16T17:00:00Z&endDate=2023-11-16T20:00:00Z"
    answer = shop.read(f"/metrics/timeseries?metric=requests&{range_}&granularity=hour")
    assert [point["value"] for point in answer["data"]] == [1_102, 7_717, 0]
    assert answer["data"][0]["timestamp"].startswith("2023-11-16T19:00:00")


def test_the_trace_costs_what_it_costs_to_the_last_digit(shop):
    cost = shop.read(f"/costs/user/trace-user?{TRACE_DAY}")
    assert cost["totalCost"] == Decimal("289.341810")
    assert cost["inputCost"] == Decimal(18_059_974 * 15) / 1_000_000
    assert cost["outputCost"] == Decimal(245_896 * 75) / 1_000_000
    assert cost["byDay"] == [{"date": "2023-11-16", "cost": Decimal("289.34181"), "tokens": 18_305_870}]


def test_a_cheaper_model_costs_its_fraction_of_a_micro_dollar(shop, stack):
    by = ["--service", shop.service.name, "--secret", shop.service.secret]
    stack.weir("send", "llm", str(TRACE), "--user", "haiku", "--project", "other", "--model", "claude-3-haiku-20240307", *by)

    def costs_exactly():
        assert shop.read(f"/costs/user/haiku?{TRACE_DAY}")["totalCost"] == Decimal("4.8223635")

    eventually(costs_exactly, within=30, every=0.5)


def test_the_purchases_add_up_to_the_cent(shop):
    stats = shop.read(f"/api/analytics/sales/stats?{PURCHASE_DAYS}")
    assert stats["transactions"] == 6_919
    assert stats["revenue"] == {"USD": Decimal("244091.94")}


def test_a_token_of_the_traces_user_reads_it_too(shop):
    response = shop.api.get(f"/costs/user/trace-user?{TRACE_DAY}", by=shop.user("trace-user"))
    assert exact(response)["totalCost"] == Decimal("289.34181")


def test_the_tool_fails_where_a_record_is_refused(shop, stack, tmp_path):
    file = tmp_path / "events.ndjson"
    file.write_text('{"type":"screen_view","userId":"u1"}\n{"type":"screen_view","timestamp":"yesterday"}\n')
    done = stack.weir("send", "events", str(file), "--key", shop.key().text, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("sent 2, accepted 1, rejected 1")
    assert "line 2: " in done.stderr
