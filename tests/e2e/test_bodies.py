"""Bodies as they come over the wire: compressed, too large, or not what they say."""

import gzip
import io
import json
import time

import pytest
import zstandard
from api import assert_problem
from events import batch, screen_view
from lambdas import Function
from patience import eventually


def compressed(how, text):
    return gzip.compress(text) if how == "gzip" else zstandard.ZstdCompressor().compress(text)


def bomb(how, megabytes):
    """A small body that is large once unpacked."""
    buffer = io.BytesIO()
    writer = gzip.GzipFile(fileobj=buffer, mode="wb") if how == "gzip" else zstandard.ZstdCompressor().stream_writer(buffer, closefd=False)
    with writer:
        for _ in range(megabytes):
            writer.write(b" " * 1_000_000)
    return buffer.getvalue()


@pytest.mark.parametrize("how", ["gzip", "zstd"])
def test_a_compressed_batch_counts(api, tenant, how):
    body = compressed(how, json.dumps(batch(*(screen_view(n) for n in range(20)))).encode())
    response = api.post("/api/events", body, by=tenant.key(), headers={"Content-Encoding": how, "Content-Type": "application/json"})
    assert (response.status_code, response.json()["accepted"]) == (200, 20), response.text

    def all_count():
        assert tenant.counted("events") == 20

    eventually(all_count)


@pytest.mark.parametrize("how", ["gzip", "zstd"])
def test_a_bomb_is_a_413_at_once(api, tenant, how):
    body = bomb(how, megabytes=300)
    assert len(body) < 1_000_000
    started = time.monotonic()
    assert_problem(api.post("/api/events", body, by=tenant.key(), headers={"Content-Encoding": how}), 413)
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("how", ["gzip", "zstd"])
def test_a_bomb_takes_no_memory(stack, tenant, how):
    body, headers = bomb(how, megabytes=1000), {"Content-Encoding": how, **tenant.key().headers("POST", "/api/events", b"")}
    with Function("ingest", stack.function_environment("ingest")) as ingest:
        for _ in range(3):
            assert ingest.http("POST", "/api/events", headers, body)[0] == 413
    assert ingest.peak_bytes < 250_000_000


def test_a_body_over_a_megabyte_is_a_413(api, tenant):
    assert_problem(api.post("/api/events", batch(*(screen_view(n, note="x" * 20_000) for n in range(60))), by=tenant.key()), 413)


def test_an_encoding_that_nobody_reads_is_a_415(api, tenant):
    assert_problem(api.post("/api/events", b"{}", by=tenant.key(), headers={"Content-Encoding": "br"}), 415)


def test_a_body_that_is_not_what_it_says_is_a_400(api, tenant):
    key = tenant.key()
    assert_problem(api.post("/api/events", b"not gzip", by=key, headers={"Content-Encoding": "gzip"}), 400)
    assert_problem(api.post("/api/events", b'{"events":[', by=key), 400)


def test_answers_are_compressed_for_those_who_ask(api, tenant):
    response = api.get("/metrics/timeseries?metric=events&period=30d&granularity=hour", by=tenant.admin, headers={"Accept-Encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert response.json()["metric"] == "events"
