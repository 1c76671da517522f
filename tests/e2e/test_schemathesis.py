"""Schemathesis makes up calls from the document, good ones and bad ones, and no answer is other than the document says."""

import threading
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy

import hypothesis
import pytest
import requests
import schemathesis
from document import Document
from hypothesis.errors import HypothesisException
from raised import limits_raised
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tenant import Tenant

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
CASES = 50
GOOD_CASES = 36
# A static file of 750 KB: fifty answers of it say no more than one, and test_openapi.py has that one.
LEFT_OUT = {"GET /docs/explorer.js"}
REACH = 0.8


class Fuzzed:
    """One operation's calls: how many, how they were answered, and what was wrong."""

    def __init__(self, operation, examples):
        self.operation, self.cases = operation, []
        self.statuses, self.wrong = set(), {}
        if not operation.path_parameters:
            self.cases += [operation.Case(body=body, media_type="application/json") for body in examples]
        self.draw(GenerationMode.POSITIVE, GOOD_CASES)
        try:
            self.draw(GenerationMode.NEGATIVE, CASES - GOOD_CASES)
        except HypothesisException:
            pass  # nothing of it can be wrong
        while len(self.cases) < CASES:  # there are no more ways to call it
            before = len(self.cases)
            self.draw(GenerationMode.POSITIVE, CASES - before)
            assert len(self.cases) > before

    def draw(self, mode, count):
        """Makes up so many cases of a mode, fewer where there are no more."""
        settings = hypothesis.settings(
            max_examples=count,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        cases = self.operation.as_strategy(generation_mode=mode)

        @settings
        @hypothesis.given(case=cases)
        def made_up(case):
            self.cases.append(case)

        made_up()

    def send(self, url, session, headers):
        """Sends its cases, and holds each answer against the document."""
        for case in self.cases:
            response = case.call(base_url=url, session=session, headers=headers, timeout=40)
            self.statuses.add(response.status_code)
            try:
                case.validate_response(response, checks=CHECKS)
            except (FailureGroup, AssertionError) as failure:
                failures = getattr(failure, "exceptions", [failure])
                for one in failures:
                    kind = f"{type(one).__name__} {response.status_code}"
                    self.wrong.setdefault(kind, f"{one} — {case.as_curl_command()[:700]}")


@pytest.fixture(scope="module")
def fuzzed(stack, api):
    """Every operation, called as Schemathesis thinks of it."""
    document, tenant = Document(api), Tenant(stack, api)
    raw = deepcopy(document.text)
    for item in raw["paths"].values():
        for operation in item.values():
            operation["security"] = []  # each call has the one credential below, and no made-up ones
    operations = [found.ok() for found in schemathesis.openapi.from_dict(raw).get_all_operations()]
    operations = [one for one in operations if one.label not in LEFT_OUT]
    headers = tenant.admin.headers("", "", b"")
    own = threading.local()

    def session():
        if not hasattr(own, "session"):
            own.session = requests.Session()
        return own.session

    # Made up one after the other, since Hypothesis parses source, and Python 3.11 can do that in one thread at a time only; sent side by side.
    all_cases = [Fuzzed(operation, document.operations[operation.label].bodies.values()) for operation in operations]
    with limits_raised(stack), ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda one: one.send(api.url, session(), headers), all_cases))
    return {one.operation.label: one for one in all_cases}


def test_no_answer_is_other_than_the_document_says(fuzzed):
    wrong = [f"{label}: {kind}: {what}" for label, one in fuzzed.items() for kind, what in one.wrong.items()]
    assert not wrong, "\n\n".join(wrong)


def test_every_operation_is_called_often_enough(fuzzed, api):
    assert set(fuzzed) == set(Document(api).operations) - LEFT_OUT
    assert {label: len(one.cases) for label, one in fuzzed.items() if len(one.cases) < CASES} == {}


def test_most_operations_are_brought_to_succeed(fuzzed):
    never = {label: sorted(one.statuses) for label, one in fuzzed.items() if not any(200 <= status < 300 for status in one.statuses)}
    assert len(never) <= (1 - REACH) * len(fuzzed), never
