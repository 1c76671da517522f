"""The local stack: `.local/stack/bin/python local/stack.py up | down | watch | test`, behind `make`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import aws
import build
import demo
import deployment
from place import ROOT, Place, kept, throw_away


def up(place: Place) -> dict:
    """Builds, starts, deploys, fills; each step does nothing where there is nothing to do."""
    step("Building …")
    build.build(place)
    step("Starting the local AWS …")
    aws.start(place)
    step("Deploying template.yaml …")
    stack = deployment.deploy(place)
    deployment.write_watch_env(place, stack)
    stack = demo.furnish(place, stack)
    place.stack_json.touch(mode=0o600)
    place.stack_json.write_text(json.dumps(stack, indent=2) + "\n")
    demo.replay(place, stack)
    return stack


def explain(place: Place, stack: dict) -> None:
    """Says where everything is, with commands that work when pasted."""
    print(f"""
Weir runs on this machine. What scripts need is in {place.stack_json.relative_to(ROOT)}; `make down` stops it, `make up` resumes it.

  API       {stack["apiUrl"]}
  AWS       {stack["endpointUrl"]}  (AWS_ENDPOINT_URL; key and secret: test, region: {stack["region"]})

Paste these:

  API='{stack["apiUrl"]}'
  KEY='{stack["apiKey"]}'
  ADMIN='{stack["adminToken"]}'

  # 8,819 real requests to a language model, as usage and as cost
  curl -s "$API/usage/user/{demo.TRACE_USER}?{query(demo.TRACE_DAY)}" -H "Authorization: Bearer $ADMIN"
  curl -s "$API/costs/user/{demo.TRACE_USER}?{query(demo.TRACE_DAY)}" -H "Authorization: Bearer $ADMIN"

  # 6,919 real purchases
  curl -s "$API/api/analytics/sales/stats?{query(demo.PURCHASE_YEARS)}" -H "Authorization: Bearer $ADMIN"

  # an event of your own, and the series it shows up in
  curl -s "$API/api/events/single" -H "X-API-Key: $KEY" -H 'Content-Type: application/json' \\
    -d '{{"type":"screen_view","sessionId":"s1","userId":"me","properties":{{"screenName":"Home"}}}}'
  curl -s "$API/metrics/timeseries?metric=events&period=24h" -H "Authorization: Bearer $ADMIN"
""")


def query(parameters: dict[str, str]) -> str:
    """Parameters as a URL has them."""
    return "&".join(f"{name}={value}" for name, value in parameters.items())


def down(place: Place) -> None:
    """Stops the local AWS; it keeps what it holds."""
    print("Stopped." if aws.stop(place) else "It was not running.")


def watch(place: Place) -> None:
    """Runs the functions under `cargo lambda watch`, which compiles them anew when they change, against the stack of `make up`."""
    if not aws.running(place):
        raise SystemExit("The local AWS is not running: `make up` first.")
    path = f"{ROOT / '.local/sam/bin'}{os.pathsep}{os.environ['PATH']}"
    command = ["cargo", "lambda", "watch", "--invoke-address", "127.0.0.1", "--invoke-port", str(place.watch_port)]
    command += ["--env-file", str(place.watch_env), "--concurrency", "4"]
    step(f"Serving on http://127.0.0.1:{place.watch_port} …")
    os.chdir(ROOT)
    os.execvpe("cargo", command, os.environ | {"PATH": path})


def test(place: Place) -> None:
    """Runs the tests that need a local AWS against a stack that is made for them and thrown away."""
    aws.stop(place)
    for name in ("aws", "demo.json", "secrets.json"):
        remove(place, name)
    try:
        up(place)
        environment = os.environ | {"STACK_JSON": str(place.stack_json)}
        adapters = ["cargo", "test", "--workspace", "--features", "memory/local-aws", "--test", "aws"]
        endpoints = [sys.executable, "-m", "pytest", "tests/e2e", *sys.argv[2:]]
        codes = [subprocess.run(command, cwd=ROOT, env=environment).returncode for command in (adapters, endpoints)]
    finally:
        aws.stop(place)
    raise SystemExit(max(codes))


def remove(place: Place, name: str) -> None:
    """Removes what an earlier run left."""
    path = place.folder / name
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def step(text: str) -> None:
    """Says what happens now."""
    print(text, flush=True)


def main(arguments: list[str]) -> None:
    """Runs one command."""
    match arguments[:1]:
        case ["up"]:
            explain(kept(), up(kept()))
        case ["down"]:
            down(kept())
        case ["watch"]:
            watch(kept())
        case ["test"]:
            test(throw_away())
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
