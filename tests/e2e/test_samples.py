"""Every sample of `events/`, sent to its function as its page says, answers what its page says."""

import json
import os
import re
import socket
import subprocess
from pathlib import Path

import pytest
from api import Api
from patience import eventually
from stack import ROOT
from tenant import Tenant

SAMPLES = ROOT / "events"
FUNCTIONS = ("ingest", "store", "aggregate", "report", "query")


@pytest.fixture(scope="module")
def cargo_lambda(stack):
    """`cargo lambda watch` for all functions, against the deployed stack's resources; how to invoke one of them."""
    port, variables = str(stack["watchPort"]), Path(stack["watchEnvFile"])
    environment = {**os.environ, "PATH": f"{ROOT / '.local' / 'sam' / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    log = variables.with_name("samples-watch.log").open("w")
    command = ["cargo", "lambda", "watch", "-A", "127.0.0.1", "-P", port, "--ignore-changes", "--wait", "--env-file", str(variables)]
    watch = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)

    def it_listens():
        assert watch.poll() is None, "cargo lambda watch ended"
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", int(port))) == 0

    def invoke(function, file):
        command = ["cargo", "lambda", "invoke", function, "-A", "127.0.0.1", "-P", port, "--data-file", str(file)]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, f"{function}: {done.stderr}"
        return json.loads(done.stdout)

    try:
        eventually(it_listens, within=60, every=0.2)
        yield invoke
    finally:
        os.killpg(watch.pid, 15)
        watch.wait()


def test_every_sample_is_on_the_page_and_every_function_has_one():
    named = set(re.findall(r"`([a-z-]+\.json)`", (SAMPLES / "README.md").read_text()))
    there = {path.name for path in SAMPLES.glob("*.json")}
    assert named == there
    assert {name.split("-")[0] for name in there} == set(FUNCTIONS)


def http_answer(answer):
    return answer["statusCode"], json.loads(answer["body"])


WRITES = sorted(path.stem for path in SAMPLES.glob("ingest-*.json") if path.stem != "ingest-health")


@pytest.mark.parametrize("name", [*WRITES, "query-usage", "query-dashboard"])
def test_a_call_without_a_real_credential_is_a_401(cargo_lambda, name):
    status, problem = http_answer(cargo_lambda(name.split("-")[0], SAMPLES / f"{name}.json"))
    assert (status, problem["status"]) == (401, 401)


@pytest.fixture(scope="module")
def with_credentials(stack, tmp_path_factory):
    """A sample with its placeholders replaced, as its page tells one to."""
    tenant = Tenant(stack, Api(stack["apiUrl"]))
    key, token = tenant.key(), tenant.admin
    folder = tmp_path_factory.mktemp("samples")

    def filled(name):
        text = (SAMPLES / f"{name}.json").read_text()
        assert "YOUR-KEY" in text or "YOUR-TOKEN" in text
        file = folder / f"{name}.json"
        file.write_text(text.replace("YOUR-KEY", key.text).replace("YOUR-TOKEN", token.text))
        return file

    filled.tenant = tenant
    return filled


def test_the_writes_are_accepted_once_they_have_a_key(cargo_lambda, with_credentials):
    status, answer = http_answer(cargo_lambda("ingest", with_credentials("ingest-events")))
    assert (status, answer["success"], answer["accepted"], answer["rejected"]) == (200, True, 2, 0)
    status, answer = http_answer(cargo_lambda("ingest", with_credentials("ingest-analytics-events")))
    assert (status, answer["accepted"]) == (200, 2), answer
    status, _ = http_answer(cargo_lambda("ingest", with_credentials("ingest-ai-update")))
    assert status == 404
    status, answer = http_answer(cargo_lambda("ingest", with_credentials("ingest-ai-track")))
    assert (status, answer["accepted"]) == (201, 1), answer
    for name in set(WRITES) - {"ingest-events", "ingest-analytics-events", "ingest-ai-track"}:
        status, answer = http_answer(cargo_lambda("ingest", with_credentials(name)))
        assert (status, answer["accepted"]) == (200, 1), f"{name}: {answer}"


def test_the_reads_answer_once_they_have_a_token(cargo_lambda, with_credentials):
    status, answer = http_answer(cargo_lambda("query", with_credentials("query-usage")))
    assert (status, answer["totalRequests"]) == (200, 0)
    status, answer = http_answer(cargo_lambda("query", with_credentials("query-dashboard")))
    assert status == 200
    assert set(answer) >= {"overview", "recentActivity", "trends", "topProjects"}


def test_health_needs_no_credential(cargo_lambda):
    status, answer = http_answer(cargo_lambda("ingest", SAMPLES / "ingest-health.json"))
    assert (status, answer) == (200, {"status": "ok", "service": "analytics-ingestion", "buffers": {}})
    status, answer = http_answer(cargo_lambda("query", SAMPLES / "query-health.json"))
    assert (status, answer["status"]) == (200, "ok")


def test_of_a_batch_only_the_malformed_message_fails(cargo_lambda):
    answer = cargo_lambda("store", SAMPLES / "store-sqs-batch.json")
    assert answer == {"batchItemFailures": [{"itemIdentifier": "00000000-0000-4000-8000-000000000002"}]}


def test_of_events_that_services_put_on_the_queue_only_one_without_a_tenant_fails(cargo_lambda):
    answer = cargo_lambda("store", SAMPLES / "store-service-events.json")
    assert answer == {"batchItemFailures": [{"itemIdentifier": "00000000-0000-4000-8000-000000000102"}]}


def test_an_event_of_the_bus_is_stored(cargo_lambda):
    assert cargo_lambda("store", SAMPLES / "store-bus-event.json") == {"batchItemFailures": []}


@pytest.mark.parametrize("tick", ["minute", "hourly", "daily", "weekly", "monthly"])
def test_a_tick_tells_what_waits_and_what_it_sent(cargo_lambda, tick):
    answer = cargo_lambda("aggregate", SAMPLES / f"aggregate-{tick}.json")
    assert answer["tick"] == tick
    assert answer["pendingPartials"] >= sum(answer["pendingHours"].values())
    assert (answer["complete"], answer["heldBack"]) == (True, False)
    if tick in ("hourly", "daily", "weekly"):
        assert answer["sent"] >= 547, "the settled days of the demo wait to be swept for an hour"


def test_of_work_only_the_malformed_message_fails(cargo_lambda):
    answer = cargo_lambda("aggregate", SAMPLES / "aggregate-work.json")
    assert answer == {"batchItemFailures": [{"itemIdentifier": "00000000-0000-4000-8000-000000000001"}]}


def test_a_tick_of_report_tells_what_it_sent(cargo_lambda):
    answer = cargo_lambda("report", SAMPLES / "report-hourly.json")
    assert answer["sent"] >= 0 and answer["held_back"] is False
