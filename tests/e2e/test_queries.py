"""Every question of docs/queries.md is answered."""

import re

import pytest
from stack import ROOT
from tenant import Tenant

QUESTIONS = re.findall(r"```http\n(.*?)\n```", (ROOT / "docs" / "queries.md").read_text(), flags=re.S)


@pytest.fixture(scope="module")
def tenant(stack, api):
    return Tenant(stack, api)


@pytest.mark.parametrize("question", QUESTIONS, ids=[question.splitlines()[0][:60] for question in QUESTIONS])
def test_a_question_is_answered(tenant, question):
    first, _, body = question.partition("\n\n")
    method, target = first.split(" ", 1)
    headers = {"Content-Type": "application/json"} if body else {}
    answer = tenant.api.call(method, target, by=tenant.admin, body=body.encode(), headers=headers)
    assert answer.status_code == 200, f"{question}: {answer.text}"
    assert answer.json()["meta"] is not None


def test_there_are_questions():
    assert len(QUESTIONS) >= 9
