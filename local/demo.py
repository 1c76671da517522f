"""The demo tenant: its project, key, service and tokens, and two real data sets, sent through the public HTTP API."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from typing import Any

import build
import requests
from aws import client, environment
from place import ROOT, Place

TENANT, PROJECT, SERVICE, TRACE_USER = "demo", "shop", "replayer", "trace-user"
YEAR_SECONDS = 365 * 24 * 3600
TRACE_DAY = {"startDate": "2023-11-16", "endDate": "2023-11-16"}
PURCHASE_YEARS = {"startDate": "1997-01-01", "endDate": "1998-06-30"}
REQUESTS, REVENUE = 8_819, "244091.94"
PATIENCE_SECONDS = 120


def furnish(place: Place, stack: dict[str, Any]) -> dict[str, Any]:
    """Makes what the demo needs, once for each table, and answers the stack with its credentials."""
    weir = program(place, stack)
    table = client(place, "dynamodb").describe_table(TableName=stack["tableName"])["Table"]["TableId"]
    demo = remembered(place, table)
    if "apiKey" not in demo:
        weir("tenant", "create", TENANT)
        weir("project", "create", PROJECT, "--tenant", TENANT)
        weir("project", "create", PROJECT, "--tenant", TENANT)
        demo["apiKey"] = weir("key", "create", "--tenant", TENANT, "--project", PROJECT)
        demo["serviceSecret"] = weir("service", "create", "--tenant", TENANT, "--name", SERVICE)
        remember(place, demo)

    def token(role: str, subject: str) -> str:
        return weir("token", "--tenant", TENANT, "--role", role, "--sub", subject, "--ttl", str(YEAR_SECONDS))

    stack |= {
        "tenant": TENANT,
        "projectId": PROJECT,
        "apiKey": demo["apiKey"],
        "serviceName": SERVICE,
        "serviceSecret": demo["serviceSecret"],
        "adminToken": token("admin", "admin"),
        "userToken": token("user", TRACE_USER),
    }
    return stack


def replay(place: Place, stack: dict[str, Any]) -> None:
    """Sends the two data sets, once for each table, and has them settled: then the answers are exact, even if a replay was cut short
    before, and some of it was sent twice."""
    demo = remembered(place, client(place, "dynamodb").describe_table(TableName=stack["tableName"])["Table"]["TableId"])
    if demo.get("replayed"):
        return
    print("Sending the data sets …", flush=True)
    weir = program(place, stack)
    weir("send", "llm", str(ROOT / "data/azure_llm_code.csv"), "--user", TRACE_USER, "--project", PROJECT, show=True)
    weir("send", "cdnow", str(ROOT / "data/cdnow_sample.txt"), "--project", PROJECT, show=True)
    settle(place, stack)
    await_answer("the requests", lambda: get(stack, f"/usage/user/{TRACE_USER}", TRACE_DAY)["totalRequests"], REQUESTS)
    await_answer("the purchases", lambda: revenue(get(stack, "/api/analytics/sales/stats", PURCHASE_YEARS)), REVENUE)
    remember(place, demo | {"replayed": True})


def settle(place: Place, stack: dict[str, Any]) -> None:
    """Does at once what the schedules do in time: all days that are over are settled, and months and all time made of them."""
    print("Settling …", flush=True)
    functions = client(place, "lambda")
    await_empty(place, stack["queueUrl"])
    for tick in ("daily", "monthly"):
        answer = functions.invoke(FunctionName=stack["functions"]["aggregate"], Payload=json.dumps({"tick": tick}).encode())
        if "FunctionError" in answer:
            raise SystemExit(f"The {tick} tick failed: {answer['Payload'].read().decode()}")
        await_empty(place, stack["workQueueUrl"])


def await_empty(place: Place, url: str) -> None:
    """Waits until nothing is in a queue, nor on its way out of it."""
    queues, names = client(place, "sqs"), ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(int(count) for count in queues.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"].values()):
        if time.monotonic() > deadline:
            raise SystemExit(f"After {PATIENCE_SECONDS} seconds there are still messages in {url}.")
        time.sleep(0.2)


def program(place: Place, stack: dict[str, Any]) -> Callable[..., str]:
    """The command-line tool, set up for this stack; it answers the line that the tool prints."""
    settings = environment(place) | {
        "TABLE_NAME": stack["tableName"],
        "SERVICE_SECRET": stack["serviceMasterSecret"],
        "JWT_SECRET": stack["jwtSecret"],
        "JWT_ISSUER": stack["jwtIssuer"],
        "JWT_AUDIENCE": stack["jwtAudience"],
        "WEIR_URL": stack["apiUrl"],
    }
    if "serviceSecret" in stack:
        settings |= {"WEIR_SERVICE": f"{SERVICE}@{TENANT}", "WEIR_SECRET": stack["serviceSecret"]}
    binary = build.binary("weir")

    def run(*arguments: str, show: bool = False) -> str:
        ran = subprocess.run(
            [binary, *arguments], env=settings, stdin=subprocess.DEVNULL, stdout=None if show else subprocess.PIPE, text=True
        )
        if ran.returncode:
            raise SystemExit(f"`weir {' '.join(arguments[:2])}` failed.")
        return (ran.stdout or "").strip()

    return run


def get(stack: dict[str, Any], path: str, query: dict[str, str]) -> dict[str, Any]:
    """An admin's read."""
    answer = requests.get(stack["apiUrl"] + path, params=query, headers={"Authorization": f"Bearer {stack['adminToken']}"}, timeout=30)
    if answer.status_code != 200:
        raise SystemExit(f"GET {path} answered {answer.status_code}: {answer.text}")
    return json.loads(answer.text, parse_float=str)


def revenue(stats: dict[str, Any]) -> str:
    """The total in US dollars of the sales statistics."""
    return str(stats["revenue"]["USD"])


def await_answer(what: str, ask: Callable[[], Any], expected: Any) -> None:
    """Asks until the answer is the expected one."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (answer := ask()) != expected:
        if time.monotonic() > deadline:
            raise SystemExit(f"After {PATIENCE_SECONDS} seconds the total of {what} is {answer}, and not {expected}.")
        time.sleep(0.5)


def remembered(place: Place, table: str) -> dict[str, Any]:
    """What was made before for this very table; nothing if the local AWS has begun anew."""
    path = place.folder / "demo.json"
    demo = json.loads(path.read_text()) if path.is_file() else {}
    return demo if demo.get("table") == table else {"table": table}


def remember(place: Place, demo: dict[str, Any]) -> None:
    """Writes down what was made."""
    path = place.folder / "demo.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(demo))
