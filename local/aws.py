"""The local AWS as a process: started in the background, stopped so that it keeps what it holds."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import boto3
from place import ROOT, Place

REGION = "us-east-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


def client(place: Place, service: str):
    """A boto3 client of the local AWS."""
    return boto3.client(
        service,
        endpoint_url=place.endpoint,
        region_name=REGION,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
    )


def environment(place: Place) -> dict[str, str]:
    """What a program needs to reach the local AWS and nothing else: no profile of the developer's own leaks in."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "CARGO_HOME", "RUSTUP_HOME") if name in os.environ}
    return (
        inherited
        | CREDENTIALS
        | {
            "AWS_ENDPOINT_URL": place.endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
    )


def start(place: Place) -> None:
    """Starts the local AWS, unless it runs already."""
    if running(place):
        return
    if healthy(place):
        raise SystemExit(f"Another local AWS listens on {place.endpoint}: stop it, or choose another port with WEIR_PORT.")
    state, scratch = place.folder / "aws", place.folder / "tmp"
    shutil.rmtree(scratch, ignore_errors=True)
    for folder in (state / "state", state / "s3", scratch):
        folder.mkdir(parents=True, exist_ok=True)
    # The launcher's environment is made from nothing, since every function inherits it.
    settings = CREDENTIALS | {
        "PATH": os.environ.get("PATH", os.defpath),
        "TMPDIR": str(scratch),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(place.port),
        "MINISTACK_REGION": REGION,
        "AWS_ENDPOINT_URL": place.endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        "LAMBDA_EXECUTOR": "local",
        "AUTH": "true",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": "1",
        "S3_PERSIST": "1",
        "STATE_DIR": str(state / "state"),
        "S3_DATA_DIR": str(state / "s3"),
    }
    command = [ROOT / ".local/stack/bin/python", ROOT / "local/launcher.py", pid_file(place)]
    with open(place.folder / "aws.log", "ab") as log:
        process = subprocess.Popen(command, env=settings, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    deadline = time.monotonic() + 30
    while not healthy(place):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"The local AWS did not start on {place.endpoint}; see {place.folder / 'aws.log'}.")
        time.sleep(0.1)


def stop(place: Place) -> bool:
    """Stops the local AWS with the signal on which it writes down what it holds; `False` if it did not run."""
    pid = running(place)
    if not pid:
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 30
    while running(place):
        if time.monotonic() > deadline:
            raise SystemExit(f"The local AWS (process {pid}) does not end; see {place.folder / 'aws.log'}.")
        time.sleep(0.1)
    return True


def running(place: Place) -> int | None:
    """The process of this place's local AWS, if it runs: it holds a lock on the file with its number."""
    try:
        with open(pid_file(place)) as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        pass
    except BlockingIOError:
        return int(pid_file(place).read_text())
    return None


def healthy(place: Place) -> bool:
    """Whether a local AWS answers on this place's port, be it this one's or another's."""
    try:
        with urllib.request.urlopen(f"{place.endpoint}/_ministack/health", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def pid_file(place: Place) -> Path:
    """Where the process's number is kept."""
    return place.folder / "aws.pid"
