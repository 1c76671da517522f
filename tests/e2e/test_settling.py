"""Settled numbers are exact: whatever is sent twice, delivered twice, late, across a month's end, or older than the log."""

import json
import uuid
from datetime import datetime, timedelta, timezone

import zstandard
from events import ago, batch, iso, milliseconds, now, screen_view, usage
from patience import eventually
from settling import items, pending, roll_up, settle, tick

MONTH_ENDS = datetime(2024, 2, 29, 18, 30, tzinfo=timezone.utc)  # in India
OLD = datetime(2023, 3, 5, 7, 20, tzinfo=timezone.utc)


def stored(tenant, count, metric="events", range_="period=24h"):
    """Waits until so many are counted, each as often as it was sent."""

    def all_are_stored():
        assert tenant.counted(metric, range_) == count

    eventually(all_are_stored)


def day_of(moment):
    return f"startDate={moment:%Y-%m-%d}&endDate={moment:%Y-%m-%d}"


def test_an_event_sent_in_five_batches_over_two_hours_counts_once(api, stack, tenant):
    key = tenant.key()
    again = [screen_view(f"again-{hour}", timestamp=ago(hours=hour)) for hour in (2, 3)]
    for number in range(5):
        own = screen_view(f"own-{number}", timestamp=ago(hours=2 + number % 2))
        assert api.post("/api/events", batch(*again, own), by=key).status_code == 200
        stored(tenant, 3 * (number + 1))
    settle(stack, tenant)
    assert tenant.counted("events") == 2 + 5
    # Once more, now that it is settled: until the next settle the copies are told apart by nothing but their partial.
    assert api.post("/api/events", batch(*again, screen_view("last", timestamp=ago(hours=2))), by=key).status_code == 200
    stored(tenant, 2 + 5 + 3)
    settle(stack, tenant)
    assert tenant.counted("events") == 2 + 5 + 1
    assert sorted(tenant.series("events").values()) == [1 + 2, 1 + 3 + 1]


def test_a_batch_delivered_again_counts_once_before_and_after_it_is_settled(stack, tenant):
    moment = milliseconds(now() - timedelta(hours=2))
    event = {"project": "shop", "kind": "screen_view", "time": moment, "received": moment, "facts": {"engagement": {"page": "Home"}}}
    message = {"tenant": tenant.name, "hour_offset": 0, "currency": "USD", "received": moment}
    body = json.dumps({**message, "events": [{**event, "id": f"e:s:{number}"} for number in range(3)]})
    attributes = {"ApproximateReceiveCount": "1"}
    delivery = {"Records": [{"messageId": str(uuid.uuid4()), "body": body, "attributes": attributes, "eventSource": "aws:sqs"}]}

    def deliver():
        answer = stack.lambda_.invoke(FunctionName=stack["functions"]["store"], Payload=json.dumps(delivery).encode())
        assert json.loads(answer["Payload"].read()) == {"batchItemFailures": []}

    for _ in range(2):
        deliver()
        assert tenant.counted("events") == 3
    settle(stack, tenant)
    assert tenant.counted("events") == 3
    deliver()
    assert pending(stack, tenant), "its partial is there again"
    assert tenant.counted("events") == 3, "and is known to be settled"
    settle(stack, tenant)
    assert tenant.counted("events") == 3


def test_events_of_forty_days_ago_reopen_their_hour_their_day_and_their_month(api, stack, tenant):
    key, then = tenant.key(), now() - timedelta(days=40)
    sent = [screen_view("first", timestamp=iso(then)), screen_view("second", timestamp=iso(then))]
    for event, counted, exact in ((sent[0], 1, 1), (sent[1], 2, 2), (sent[0], 3, 2)):
        assert api.post("/api/events", batch(event), by=key).status_code == 200
        stored(tenant, counted, range_=day_of(then))
        settle(stack, tenant)
        assert tenant.counted("events", day_of(then)) == exact
        roll_up(stack, tenant)
        month = f"startDate={then:%Y-%m}-01&endDate={now():%Y-%m-%d}"
        assert tenant.counted("events", month, "month") == exact


def test_a_tenant_of_india_has_its_own_months(api, stack, new_tenant):
    tenant = new_tenant(hour_offset=30)
    # Around the month's end there, and around the end of the day that is settled as one, six hours later.
    moments = [MONTH_ENDS + timedelta(seconds=seconds) for seconds in (-3600, -1, 0, 1, 6 * 3600 - 1, 6 * 3600)]
    sent = [usage(number, timestamp=iso(moment), inputTokens=10**number, outputTokens=0) for number, moment in enumerate(moments)]
    for events in (sent, sent[1:5]):
        assert api.post("/usage/api?historical=true", events, by=tenant.service).status_code == 200

    india = "startDate=2024-02-01&endDate=2024-03-31&timezone=Asia/Kolkata"

    def months(metric):
        answer = tenant.read(f"/metrics/timeseries?metric={metric}&{india}&granularity=month")
        return {point["timestamp"][:7]: point["value"] for point in answer["data"]}

    def all_are_stored():
        assert sum(months("requests").values()) == 10

    eventually(all_are_stored)
    for build in (settle, roll_up):
        build(stack, tenant)
        assert sorted(months("requests").values()) == [2, 4]
        assert sorted(months("tokens").values()) == [11, 111_100]
    assert {"2024-02-29", "2024-03-01"} < {item["sk"] for item in items(stack, f"T#{tenant.name}#M#ai")}


def test_history_of_an_hour_whose_log_has_expired_is_merged_into_it(api, stack, tenant):
    def send(number):
        sent = usage(number, timestamp=iso(OLD + timedelta(seconds=number)), inputTokens=10**number, outputTokens=0)
        assert api.post("/usage/api?historical=true", [sent], by=tenant.service).status_code == 200

    for number, requests in ((1, 1), (1, 2), (2, 2)):
        send(number)
        stored(tenant, requests, "requests", day_of(OLD))
        settle(stack, tenant)
    assert (tenant.counted("requests", day_of(OLD)), tenant.counted("tokens", day_of(OLD))) == (2, 110)
    expire_log(stack, tenant, "ai", f"{OLD:%Y-%m-%d}")
    send(3)
    stored(tenant, 3, "requests", day_of(OLD))
    settle(stack, tenant)
    assert (tenant.counted("requests", day_of(OLD)), tenant.counted("tokens", day_of(OLD))) == (3, 1_110)
    # And once more, on top of what is merged.
    send(4)
    stored(tenant, 4, "requests", day_of(OLD))
    settle(stack, tenant)
    assert (tenant.counted("requests", day_of(OLD)), tenant.counted("tokens", day_of(OLD))) == (4, 11_110)


def test_the_daily_tick_settles_a_day_that_is_over_and_leaves_an_open_hour(api, stack, tenant):
    then = now() - timedelta(days=3)
    sent = batch(screen_view("over", timestamp=iso(then)), screen_view("over", timestamp=iso(then)), screen_view("open"))
    assert api.post("/api/events", sent, by=tenant.key()).status_code == 200
    stored(tenant, 3, range_="period=7d")
    assert tick(stack, "daily")["sent"] > 0

    def only_today_waits():
        assert [day for _, day in pending(stack, tenant)] == [f"{now():%Y-%m-%d}"]

    eventually(only_today_waits, within=120, every=0.2)  # whatever other tests have left is settled too
    assert tenant.counted("events", "period=7d") == 2


def expire_log(stack, tenant, family, day):
    """Makes the log of a day as old as if a lifecycle rule had removed it: its objects are gone, and its manifest was written 500 days
    ago. (No local AWS lets a year pass: the manifest's times are moved where they lie in it.)"""
    prefix = f"log/{family}/{tenant.name}/{day}/"
    objects = stack.s3.list_objects_v2(Bucket=stack["bucketName"], Prefix=prefix)["Contents"]
    assert objects
    for entry in objects:
        stack.s3.delete_object(Bucket=stack["bucketName"], Key=entry["Key"])
    item = stack.table.get_item(Key={"pk": f"T#{tenant.name}#M#{family}", "sk": day}, ConsistentRead=True)["Item"]
    version, packed = item["body"].value[:1], item["body"].value[1:]
    body = zstandard.ZstdDecompressor().decompressobj().decompress(packed)
    aged = moved(body, timedelta(days=-500))
    assert aged != body
    stack.table.put_item(Item={**item, "body": version + zstandard.ZstdCompressor().compress(aged)})


def moved(body, by):
    """Encoded bytes with each time of the last ten minutes moved: milliseconds as postcard writes them, in groups of seven bits."""
    latest, shift, place, aged = milliseconds(now()), by // timedelta(milliseconds=1), 0, bytearray(body)
    while place + 6 <= len(aged):
        value = sum((byte & 0x7F) << 7 * index for index, byte in enumerate(aged[place : place + 6]))
        is_whole = all(byte & 0x80 for byte in aged[place : place + 5]) and not aged[place + 5] & 0x80
        if is_whole and value % 2 == 0 and latest - 600_000 <= value // 2 <= latest:
            later = value + 2 * shift
            aged[place : place + 6] = bytes(later >> 7 * index & 0x7F | (0x80 if index < 5 else 0) for index in range(6))
            place += 5
        place += 1
    return bytes(aged)
