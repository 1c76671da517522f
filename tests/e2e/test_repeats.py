"""The same events again: accepted again, so that a client may retry, and known as the same."""

from collections import Counter

from bucket import stored
from events import batch, screen_view, usage
from patience import eventually


def stored_identities(stack, tenant, family):
    """The ids of all stored events of a family, with how often each is there."""
    return Counter(id_ for (id_,) in stored(stack, tenant, family, "id"))


def test_the_same_batch_twice_is_accepted_twice_and_stored_under_the_same_identities(api, stack, tenant):
    key = tenant.key()
    sent = batch(*(screen_view(n) for n in range(3)), screen_view(eventId=None), screen_view(eventId=None, timestamp=None))
    answers = [api.post("/api/events", sent, by=key) for _ in range(2)]
    assert [(answer.status_code, answer.json()["accepted"]) for answer in answers] == [(200, 5), (200, 5)]

    def each_is_stored_twice():
        counts = stored_identities(stack, tenant, "engagement")
        assert (len(counts), set(counts.values())) == (5, {2}), counts

    eventually(each_is_stored_twice)


def test_a_request_told_by_two_doors_has_one_identity(api, stack, tenant):
    key = tenant.key()
    for body in (usage(1), [usage(1)]):
        assert api.post("/usage/api", body, by=key).status_code in (200, 201, 202)

    def is_one():
        assert stored_identities(stack, tenant, "ai") == {"r:request-1": 2}

    eventually(is_one)
