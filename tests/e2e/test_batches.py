"""A batch is judged event by event: the good ones count, each bad one is told why."""

from datetime import timedelta

from api import assert_problem
from bucket import stored
from events import ago, batch, iso, milliseconds, now, screen_view
from patience import eventually


def test_a_mixed_batch_is_judged_event_by_event(api, tenant):
    key = tenant.key()
    too_large = screen_view("too-large", properties={"screenName": "Home", "note": "x" * 33_000})
    sent = batch(
        screen_view("good"),
        screen_view("no-type", type=None),
        "not an object",
        too_large,
        screen_view("too-old", timestamp=ago(days=100)),
        screen_view("two-faults", timestamp="yesterday", type=None),
        screen_view("future", timestamp=ago(hours=-30)),
        screen_view("another-project", projectId="elsewhere"),
    )
    response = api.post("/api/events", sent, by=key)
    assert response.status_code == 200, response.text
    answer = response.json()
    assert (answer["success"], answer["accepted"], answer["rejected"]) == (True, 2, 6)
    assert answer["rateLimit"]["count"] in range(2, 9)
    assert answer["rateLimit"]["exceeded"] is False
    told = {(error["index"], error["code"], error["pointer"]) for error in answer["errors"]}
    assert told == {
        (1, "required", "/events/1/type"),
        (2, "not_an_object", "/events/2"),
        (3, "too_large", "/events/3"),
        (4, "too_old", "/events/4/timestamp"),
        (5, "required", "/events/5/type"),
        (5, "bad_time", "/events/5/timestamp"),
        (7, "other_project", "/events/7/projectId"),
    }
    assert all(error["message"] and error["retryable"] is False for error in answer["errors"])
    assert {error["index"]: error.get("eventId") for error in answer["errors"]} == {
        1: "event-no-type",
        2: None,
        3: "event-too-large",
        4: "event-too-old",
        5: "event-two-faults",
        7: "event-another-project",
    }

    def both_good_ones_count():
        # The one from the future is counted at its arrival: were it counted when it claims to be, no range that ends now would hold it.
        assert tenant.counted("events") == 2

    eventually(both_good_ones_count)


def test_a_batch_without_a_good_event_is_a_422(api, tenant):
    response = api.post("/api/events", batch(screen_view(1, type=None), screen_view(2, timestamp="?")), by=tenant.key())
    assert response.status_code == 422, response.text
    answer = response.json()
    assert (answer["success"], answer["accepted"], answer["rejected"]) == (False, 0, 2)
    assert {error["index"] for error in answer["errors"]} == {0, 1}


def test_a_batch_that_is_none_tells_every_fault(api, tenant):
    problem = assert_problem(api.post("/api/events", {"sentAt": "?", "events": {}}, by=tenant.key()), 422)
    assert {(error["pointer"], error["code"]) for error in problem["errors"]} == {("/sentAt", "bad_time"), ("/events", "not_an_array")}


def test_a_batch_may_hold_500_events_and_no_more(api, tenant):
    key = tenant.key()
    response = api.post("/api/events", batch(*(screen_view(n) for n in range(500))), by=key)
    assert (response.status_code, response.json()["accepted"]) == (200, 500)
    assert_problem(api.post("/api/events", batch(*(screen_view(n) for n in range(501))), by=key), 413)


def test_every_door_takes_its_events(api, tenant):
    key = tenant.key()
    sent = {
        "/api/events/single": screen_view(1),
        "/events": {"event": "project.created", "userId": "u1", "projectId": "shop", "metadata": {"name": "Shop"}},
        "/usage/api": {"userId": "u1", "model": "gpt-4", "inputTokens": 10, "outputTokens": 5, "requestId": "r1"},
        "/api/analytics/sales/track": {
            "transactionId": "t1",
            "type": "purchase",
            "amount": 9.99,
            "currency": "EUR",
            "status": "completed",
            "userId": "u1",
        },
    }
    for path, body in sent.items():
        response = api.post(path, body, by=key)
        assert response.status_code in (200, 201, 202), f"{path}: {response.status_code}: {response.text}"

    def all_four_count():
        assert tenant.counted("events") == 4
        assert tenant.counted("requests") == 1

    eventually(all_four_count)


def test_history_is_for_services_and_admins(api, tenant):
    old = screen_view("old", timestamp="2020-02-29T12:00:00Z")
    refused = api.post("/api/events", batch(old, historical=True), by=tenant.key())
    assert refused.status_code in (403, 422), refused.text
    taken = api.post("/api/events", batch(old, historical=True, projectId="shop"), by=tenant.service)
    assert (taken.status_code, taken.json()["accepted"]) == (200, 1), taken.text

    def counts_on_its_day():
        assert tenant.counted("events", "startDate=2020-02-29&endDate=2020-02-29") == 1

    eventually(counts_on_its_day)


def test_a_wrong_device_clock_is_corrected_by_whole_minutes_and_all_three_times_are_kept(api, stack, tenant):
    # The device is 3 hours and some seconds behind; it saw the event 5 minutes before it sent the batch.
    behind = timedelta(hours=3, seconds=10)
    sent_at, seen_at = now() - behind, now() - behind - timedelta(minutes=5)
    sent = batch(screen_view(timestamp=iso(seen_at)), sentAt=iso(sent_at))
    assert api.post("/api/events", sent, by=tenant.key()).status_code == 200

    def is_stored():
        [times] = stored(stack, tenant, "engagement", "epoch_ms(time), epoch_ms(original_time), epoch_ms(received)")
        return times

    time, original, received = eventually(is_stored)
    assert original == milliseconds(seen_at)
    assert time - original == 3 * 60 * 60 * 1000
    assert 0 <= received - milliseconds(sent_at + behind) < 10_000
