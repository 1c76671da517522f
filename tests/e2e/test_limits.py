"""Limits: told in the answers, kept to, and nobody else's concern."""

import json
import random
import re

from api import assert_problem
from events import batch, screen_view
from lambdas import Function

BATCH = 500


def over_the_limit(api, key, limit):
    """The first answer that is over the limit. The limit counts calendar minutes, so twice its batches and one more must meet it."""
    for _ in range(2 * limit // BATCH + 1):
        response = api.post("/api/events", batch(*(screen_view(n) for n in range(BATCH))), by=key)
        if response.status_code != 200:
            return response
        assert response.json()["rateLimit"]["exceeded"] is False
    raise AssertionError("no limit was met")


def test_a_batch_over_the_limit_is_refused_whole_as_documented(api, stack, tenant):
    limit = int(stack.function_environment("ingest")["EVENTS_PER_MINUTE"])
    response = over_the_limit(api, tenant.key(), limit)
    assert response.status_code == 429, response.text
    answer = response.json()
    assert (answer["success"], answer["accepted"], answer["rejected"]) == (False, 0, BATCH)
    assert answer["rateLimit"] == {"count": limit, "limit": limit, "exceeded": True}
    assert 1 <= int(response.headers["retry-after"]) <= 60
    assert re.fullmatch(r'"events";r=0;t=\d+', response.headers["ratelimit"])
    assert response.headers["ratelimit-policy"] == f'"events";q={limit};w=60'


def test_one_keys_limit_is_not_anothers(api, stack, tenant):
    limit = int(stack.function_environment("ingest")["EVENTS_PER_MINUTE"])
    busy, quiet = tenant.key(), tenant.key()
    assert over_the_limit(api, busy, limit).status_code == 429
    assert api.post("/api/events", batch(screen_view()), by=quiet).status_code == 200


def test_a_service_has_no_limit_of_events(api, stack, tenant):
    limit = int(stack.function_environment("ingest")["EVENTS_PER_MINUTE"])
    for _ in range(2 * limit // BATCH + 1):
        response = api.post("/api/events", batch(*(screen_view(n) for n in range(BATCH)), projectId="shop"), by=tenant.service)
        assert response.status_code == 200, response.text


def test_a_user_reads_so_often_a_minute_and_is_told_when_it_was_too_often(api, stack, tenant):
    limit = int(stack.function_environment("query")["READS_PER_MINUTE_USER"])
    ann = tenant.user("ann")
    for _ in range(2 * limit + 1):
        response = api.get("/usage/user/ann?period=24h", by=ann)
        if response.status_code != 200:
            break
    assert_problem(response, 429)
    assert 1 <= int(response.headers["retry-after"]) <= 60
    assert response.headers["ratelimit-policy"].endswith(f";q={limit};w=60")
    assert api.get("/usage/user/bob?period=24h", by=tenant.user("bob")).status_code == 200


def test_an_address_that_guesses_credentials_is_stopped(stack, tenant):
    guessing, other = (f"2001:db8:{random.randrange(16**4):x}:{random.randrange(16**4):x}::1" for _ in range(2))
    body = json.dumps(batch(screen_view())).encode()
    good, bad = tenant.key().headers("POST", "/api/events", body), {"X-API-Key": f"wk_{tenant.name}_{'A' * 43}"}
    with Function("ingest", stack.function_environment("ingest") | {"ANONYMOUS_LIMIT": "3"}) as ingest:

        def call(headers, source):
            status, told, text = ingest.http("POST", "/api/events", headers, body, source)
            assert status != 429 or int(told["retry-after"]) >= 1, text
            return status

        # The window of 15 minutes may end in between, once.
        statuses = [call(bad, guessing) for _ in range(7)]
        assert statuses[:3] == [401] * 3 and statuses[-1] == 429, statuses
        assert call(good, guessing) == 200, "somebody at the same address who has a key"
        assert call(bad, other) == 401
