"""A known history, sent and settled, and of every read of the API what it must answer: at each granularity, by numbers worked out by hand.

To add a read: a line in the `cases_*.py` of its room, in `history`. The last test fails while the API's document has a GET without one. To
add to what is known: an `events_*.py` there with `WRITES` and `COUNTED`, on days that no other has."""

from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest
from api import exact
from history.case import differences
from patience import eventually
from settling import roll_up, settle
from tenant import Tenant



def parts(pattern):
    """The modules of the history that are called so."""
    return [import_module(f"history.{path.stem}") for path in sorted((Path(__file__).parent / "history").glob(pattern))]


CASES = [case for room in parts("cases_*.py") for case in room.CASES]
ASKED = [pytest.param(case, granularity, id=case.name(granularity)) for case in CASES for granularity in case.granularities]
# What is no read of what was counted, and tested elsewhere.
NO_NUMBERS = {"/health", "/live", "/livez", "/ready", "/readyz", "/api/events/health", "/metrics", "/openapi.json", "/docs", "/docs/explorer.js"}
NO_NUMBERS |= {"/api/v1/erasures/{id}"}
# What is made of what was counted: files and reports (test_exports.py, test_reports.py).
NO_NUMBERS |= {"/api/analytics/export", "/api/v1/jobs/{id}", "/api/v1/reports", "/api/v1/reports/{id}"}
NO_NUMBERS |= {"/api/v1/reports/scheduled", "/api/v1/reports/scheduled/{id}"}
# What administrators have set.
NO_NUMBERS |= {f"/api/v1/{path}" for path in ("audit", "prices", "prices/{revision}", "projects", "projects/{projectId}", "projects/{projectId}/keys")}
# What people keep, and how that stands now: of dashboards, what each widget's question answers (tests/e2e/test_dashboards.py, test_budgets.py).
NO_NUMBERS |= {f"/api/v1/{path}" for path in ("budgets", "budgets/{id}", "dashboards", "dashboards/{id}", "dashboards/{id}/data")}


@pytest.fixture(scope="module")
def sent(stack, api):
    """A tenant of whom all is stored, each family's events counted as often as they were sent."""
    tenant = Tenant(stack, api)
    known = Counter()
    for part in parts("events*.py"):
        known.update(part.COUNTED)
        for path, body, events in part.WRITES:
            method, target = path.split(" ") if " " in path else ("POST", path)
            answer = api.call(method, f"{target}?historical=true", by=tenant.service, body=body(list(events())))
            assert (answer.status_code, answer.json()["rejected"]) == (200, 0), answer.text

    def all_are_stored():
        assert {metric: tenant.counted(metric, "startDate=2026-01-01&endDate=2026-12-31", "month") for metric in known} == known

    eventually(all_are_stored)
    return tenant


@pytest.fixture(scope="module")
def settled(stack, sent):
    settle(stack, sent)
    roll_up(stack, sent)
    return sent


@pytest.fixture(scope="module")
def readers():
    """The tokens of who reads, made once. Of admins there is one for each granularity: one alone may not read that often in a minute."""
    return {}


def answer_of(tenant, readers, case, granularity):
    reader = (tenant.name, case.by, granularity)
    if reader not in readers:
        readers[reader] = tenant.token("admin", f"admin-{granularity}") if case.by == "admin" else tenant.user(case.by)
    response = tenant.api.get(case.target(granularity), by=readers[reader])
    assert response.status_code == 200, f"{response.status_code}: {response.text}"
    return exact(response)


def check(case, granularity, answer):
    wrong = differences(case.expect, answer) + differences(case.each.get(granularity, {}), answer)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name("")) for case in CASES])
def test_a_read_answers_what_is_known_before_it_is_settled(sent, readers, case):
    granularity = "day" if case.timed else ""
    check(case, granularity, answer_of(sent, readers, case, granularity))


@pytest.mark.parametrize(("case", "granularity"), ASKED)
def test_a_read_answers_what_is_known(settled, readers, case, granularity):
    check(case, granularity, answer_of(settled, readers, case, granularity))


def test_every_read_of_the_document_has_a_case(api):
    document = api.get("/openapi.json")
    if document.status_code == 404:
        pytest.xfail("this deployment does not have the API's document yet")
    reads = {path for path, item in document.json()["paths"].items() if "get" in item} - NO_NUMBERS
    assert not sorted(reads - {case.documented for case in CASES})
