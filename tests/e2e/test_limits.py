"""Events a minute of one key: told in every answer, kept to, and nobody else's concern."""

import re

from events import batch, screen_view

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
