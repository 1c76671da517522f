"""Function processes are killed, and the local AWS is stopped and started, in the middle of a load: nothing is lost or doubled."""

import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from botocore.exceptions import BotoCoreError, ClientError
from events import ago, batch, screen_view, usage
from patience import eventually
from settling import pending, settle
from stack import ROOT
from test_queue import visibility_of

sys.path.insert(0, str(ROOT / "local"))
import aws
from place import Place

BATCHES, EVENTS = 60, 50
SENDERS = 4


@pytest.fixture(scope="module")
def place(stack):
    """Where the local AWS of these tests is, by what its deployment wrote down."""
    folder, port = Path(stack["watchEnvFile"]).parent, int(stack["endpointUrl"].rpartition(":")[2])
    return Place(folder, port, stack["watchPort"])


def function_processes(place):
    """The functions that run now: what the local AWS has started and is called `bootstrap`."""
    parents = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            name, _, rest = (process / "stat").read_text().partition("(")[2].rpartition(")")
            parents[int(process.name)] = (name, int(rest.split()[1]))
        except OSError:
            continue
    return [pid for pid, (name, parent) in parents.items() if name == "bootstrap" and parent == aws.running(place)]


def insist(send):
    """Sends until it is accepted, as a client does that retries: an outage answers with an error, or not at all."""
    deadline = time.monotonic() + 60
    while True:
        try:
            if (status := send().status_code) == 200:
                return
            assert status == 429 or status >= 500, status
        except requests.RequestException:
            pass
        assert time.monotonic() < deadline, "nothing is accepted any more"
        time.sleep(0.1)


def load(api, tenant):
    """What to send: batches of events over two hours, and a request to a model with each; every third batch is sent twice."""
    keys = [tenant.key() for _ in range(6)]  # of which each may send 1,000 events a minute

    def send(number):
        key = keys[number % len(keys)]
        views = [screen_view(f"{number}-{n}", timestamp=ago(hours=2 + n % 2)) for n in range(EVENTS)]
        request = usage(number, timestamp=ago(hours=2), inputTokens=number, outputTokens=0)
        for _ in range(2 if number % 3 == 0 else 1):
            insist(lambda: api.post("/api/events", batch(*views), by=key))
            insist(lambda: api.post("/usage/api", [request], by=tenant.service))

    return send


@contextmanager
def settling_meanwhile(stack, tenant):
    """Settles over and over while the load goes on, so that an outage meets settles too."""
    over = threading.Event()

    def go_on():
        while not over.wait(0.3):
            try:
                settle(stack, tenant, within=2)
            except (AssertionError, BotoCoreError, ClientError):
                continue

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def check(api, stack, tenant, outage, times):
    """Sends the load with so many outages in its middle, and compares what is settled in the end with what was accepted."""
    send, done = load(api, tenant), []
    with visibility_of(stack, 2), visibility_of(stack, 2, "workQueueUrl"):
        with settling_meanwhile(stack, tenant), ThreadPoolExecutor(SENDERS) as senders:
            sent = [senders.submit(lambda number=number: (send(number), done.append(number))) for number in range(1, BATCHES + 1)]
            outages = 0
            while outages < times:
                if len(done) >= BATCHES * (outages + 1) // (times + 2):
                    outage()
                    outages += 1
                time.sleep(0.02)
            for future in sent:
                future.result()

        def all_is_settled():
            # What the outage left in the queue of events is stored after a settle was sent as well: another one has to be sent then.
            settle(stack, tenant, within=10)
            assert tenant.counted("requests") == BATCHES
            assert tenant.counted("events") == BATCHES * EVENTS + BATCHES

        eventually(all_is_settled, within=180, every=0.5)
    assert not pending(stack, tenant)
    assert tenant.counted("tokens") == sum(range(1, BATCHES + 1))
    use = tenant.read("/usage/user/u1?period=24h")
    assert (use["totalRequests"], use["totalInputTokens"]) == (BATCHES, sum(range(1, BATCHES + 1)))


def test_function_processes_are_killed_in_the_middle_of_a_load(api, stack, tenant, place):
    killed = []

    def kill():
        for pid in function_processes(place):
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)

    check(api, stack, tenant, kill, times=3)
    assert len(killed) >= 3, "no process was there to kill"


def test_the_local_aws_is_restarted_in_the_middle_of_a_load(api, stack, tenant, place):
    def restart():
        assert aws.stop(place)
        aws.start(place)

    check(api, stack, tenant, restart, times=1)
