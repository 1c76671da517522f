"""SQS may take part of a request: then nothing is acknowledged, and sending all of it again loses nothing and invents nothing."""

import base64
import json
import os

import pytest
from events import batch, screen_view
from lambdas import Function
from queue_stub import QueueStub


@pytest.fixture
def sent():
    """Events that do not compress, so that they take several messages: two of them small enough to share a request."""

    def events(first, count, kilobytes):
        noise = [base64.b64encode(os.urandom(kilobytes * 768)).decode() for _ in range(count)]
        return [screen_view(first + place, properties={"note": text}) for place, text in enumerate(noise)]

    return batch(*events(0, 10, 24), *events(10, 10, 3), *events(20, 10, 3), *events(30, 10, 24), projectId="shop")


def post(ingest, by, body):
    body = json.dumps(body).encode()
    headers = {**by.headers("POST", "/api/events", body), "Content-Type": "application/json"}
    status, headers, text = ingest.http("POST", "/api/events", headers, body)
    return status, headers, json.loads(text)


def ingest_onto(stack, stub):
    return Function("ingest", {**stack.function_environment("ingest"), "AWS_ENDPOINT_URL_SQS": stub.url, "QUEUE_URL": f"{stub.url}/queue"})


def ids(events):
    return sorted(event["id"] for event in events)


def test_what_sqs_keeps_refusing_is_a_503_and_a_resend_loses_nothing(stack, tenant, sent):
    with QueueStub(refuses=lambda number, body: number % 2 == 1) as stub, ingest_onto(stack, stub) as ingest:
        refused = set()

        def refuse_the_second_message_for_good(number, body):
            if not refused and len(stub.taken) == 1:
                refused.add(body)
            return body in refused

        stub.refuses = refuse_the_second_message_for_good
        status, headers, problem = post(ingest, tenant.service, sent)
        assert status == 503, problem
        assert int(headers["retry-after"]) >= 1
        assert headers["content-type"].startswith("application/problem+json")
        assert 0 < len(stub.events_taken()) < 40, "part of it was taken"
        assert stub.offered > len(stub.taken) + 1, "what was refused was offered again within the request"

        stub.refuses = lambda number, body: False
        status, _, answer = post(ingest, tenant.service, sent)
        assert (status, answer["accepted"]) == (200, 40)
        assert len(set(ids(stub.events_taken()))) == 40
        assert len(stub.events_taken()) > 40, "what was taken before was sent again, under the same identities"


def test_what_sqs_refuses_once_is_sent_again_within_the_request(stack, tenant, sent):
    seen = set()

    def first_time(number, body):
        is_first = body not in seen
        seen.add(body)
        return is_first

    with QueueStub(refuses=first_time) as stub, ingest_onto(stack, stub) as ingest:
        status, _, answer = post(ingest, tenant.service, sent)
        assert (status, answer["accepted"]) == (200, 40), answer
        assert len(ids(stub.events_taken())) == len(set(ids(stub.events_taken()))) == 40
        assert len(stub.taken) > 1


def test_a_small_batch_is_one_message_of_one_request(stack, tenant):
    with QueueStub(refuses=lambda number, body: False) as stub, ingest_onto(stack, stub) as ingest:
        sent = batch(*(screen_view(n) for n in range(500)), projectId="shop")
        assert post(ingest, tenant.service, sent)[0] == 200
        assert [request for request in stub.requests if request[0] == "SendMessageBatch"] == [("SendMessageBatch", 1)]
        assert len(stub.taken[0]) < 64 * 1024
