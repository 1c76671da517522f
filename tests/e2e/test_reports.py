"""Reports on the deployed stack: a week of CDNOW by mail, drawn as a reader sees it; webhooks that answer late; and what was due long ago."""

import json
from decimal import Decimal

import pytest
import requests
from browser import Browser
from patience import eventually
from receiving import Receiver, mails, signed
from stack import ROOT

WEEK = {"from": "1997-02-10", "to": "1997-02-16"}


@pytest.fixture
def shop(stack, new_tenant):
    """A tenant with what CDNOW's customers bought."""
    tenant = new_tenant()
    by = ["--service", tenant.service.name, "--secret", tenant.service.secret]
    stack.weir("send", "cdnow", str(ROOT / "data/cdnow_sample.txt"), *by)

    def all_is_stored():
        assert tenant.counted("transactions", "startDate=1997-01-01&endDate=1998-06-30", "month") == 6_919

    eventually(all_is_stored, within=60, every=1)
    return tenant


def ask(api, tenant, body):
    """Asks for a report, and answers it once nothing is left to be done about it."""
    asked = api.post("/api/v1/reports", body, by=tenant.admin)
    assert asked.status_code == 202, asked.text
    return eventually(lambda: finished(tenant, asked.headers["Location"]), 150)


def finished(tenant, path):
    told = tenant.read(path)
    assert told["status"] in ("done", "failed"), told
    return told


def test_a_week_of_cdnow_arrives_by_mail_and_reads_well_with_the_apis_numbers(stack, api, shop, tmp_path):
    to = f"{shop.name}@example.com"
    told = ask(api, shop, {"template": "digest", "name": "CDNOW", "range": WEEK, "recipients": {"mail": [to]}})
    assert told["status"] == "done", told
    [mail] = mails(stack, to)
    assert mail["Subject"] == "CDNOW: 10 February 1997 to 16 February 1997 (UTC)"
    page = tmp_path / "mail.html"
    page.write_text(mail["BodyHtml"])
    assert requests.get(told["link"], timeout=10).text.strip() == mail["BodyHtml"].strip()
    browser = Browser(tmp_path)
    for width in (360, 1200):
        for scheme in ("light", "dark"):
            seen = browser.look(page, width, scheme)
            assert seen["scrollWidth"] <= width, (width, scheme, seen["scrollWidth"])
            assert seen["worst"]["contrast"] >= 4.5, (width, scheme, seen["worst"])
    question = {"cube": "sales", "measures": ["revenue"], "groupBy": ["currency"], "range": WEEK, "granularity": "day"}
    series = api.post("/api/v1/analytics/query", question, by=shop.admin)
    assert series.status_code == 200, series.text
    expected = api_points(json.loads(series.text, parse_float=Decimal, parse_int=Decimal))
    assert {start: Decimal(value) for start, value in seen["bars"]["sales"]} == expected
    assert sum(expected.values()) > 1000
    total = shop.read("/api/analytics/sales/stats?startDate=1997-02-10&endDate=1997-02-16")
    assert Decimal(seen["figures"]["revenue"]["revenue"]) == Decimal(str(total["revenue"]["USD"])) == sum(expected.values())


def api_points(answer):
    """The points of a series by their beginning, whatever it is shaped like."""
    points = {}
    for row in answer["data"]:
        start = row.get("timestamp") or row.get("start")
        points[start] = points.get(start, 0) + row["revenue"]
    return points


def test_a_webhook_that_answers_500_twice_is_called_with_one_id_and_a_good_signature(api, tenant):
    receiver = Receiver(500, 500)
    body = {"template": "usage", "format": "csv", "recipients": {"webhooks": [receiver.url]}}
    asked = api.post("/api/v1/reports", body, by=tenant.admin)
    assert asked.status_code == 202, asked.text
    told = eventually(lambda: finished(tenant, asked.headers["Location"]), 240)
    assert told["status"] == "done", told
    assert len(receiver.calls) == 3
    assert len({headers["x-weir-delivery"] for headers, _ in receiver.calls}) == 1
    assert all(headers["x-weir-signature"] == signed(asked.json()["webhookSecret"], headers, sent) for headers, sent in receiver.calls)
    assert requests.get(json.loads(receiver.calls[-1][1])["report"]["link"], timeout=10).text.startswith("part,from,to,")


def test_what_was_due_three_times_long_ago_is_made_up_for_once_each(api, shop):
    body = {"name": "Weeks", "template": "revenue", "schedule": "weekly", "timezone": "America/New_York", "format": "json",
            "startsAt": "1997-02-01T00:00:00Z", "endsAt": "1997-02-18T00:00:00Z"}
    made = api.post("/api/v1/reports/scheduled", body, by=shop.admin)
    assert made.status_code == 201, made.text
    path = f"/api/v1/reports?schedule={made.json()['id']}"

    def all_done():
        data = shop.read(path)["data"]
        assert [one["status"] for one in data] == ["done"] * 3, data
        return data

    reports = eventually(all_done, 180)
    assert [one["due"] for one in reports] == [f"1997-02-{day}T11:00:00.000Z" for day in ("17", "10", "03")]
    link = shop.read(f"/api/v1/reports/{reports[0]['id']}")["link"]
    assert requests.get(link, timeout=10).json()["range"] == {"from": "1997-02-10T05:00:00.000Z", "to": "1997-02-17T05:00:00.000Z"}


def test_an_address_that_is_no_ones_and_a_webhook_inside_are_refused(api, tenant):
    body = {"template": "usage", "recipients": {"mail": ["nobody"], "webhooks": ["http://10.0.0.1/", "https://169.254.169.254/"]}}
    refused = api.post("/api/v1/reports", body, by=tenant.admin)
    assert refused.status_code == 422
    assert {error["pointer"] for error in refused.json()["errors"]} == {
        "/recipients/mail/0", "/recipients/webhooks/0", "/recipients/webhooks/1"
    }
