"""A real Prometheus that scrapes the deployed stack, by the configuration that ships."""

import json
import os
import re
import signal
import socket
import subprocess
from contextlib import contextmanager
from urllib.parse import urlsplit

import requests
from patience import eventually
from stack import ROOT

EVERY = "3s"  # so that the test need not wait for minutes: a page is the answer for 15 seconds all the same
SHIPPED = ROOT / "prometheus" / "prometheus.yml"


def configured(url, key_file):
    """The configuration that ships, with what its reader is told to put in: the address and the key."""
    parts = urlsplit(url)
    changes = {
        "scrape_interval: 1m": f"scrape_interval: {EVERY}",
        # A scrape may not take longer than the time between two.
        "scrape_timeout: 25s": f"scrape_timeout: {EVERY}",
        "scheme: https": f"scheme: {parts.scheme}",
        "metrics_path: /metrics": f"metrics_path: {parts.path}/metrics",
        "credentials_file: weir-key": f"credentials_file: {key_file}",
        "YOUR-API-ID.execute-api.us-east-1.amazonaws.com": parts.netloc,
    }
    text = SHIPPED.read_text()
    for shipped, own in changes.items():
        assert shipped in text, f"{SHIPPED} has no {shipped!r}"
        text = text.replace(shipped, own)
    return text


class Prometheus:
    def __init__(self, url):
        self.url = url

    def ask(self, path, **parameters):
        answer = requests.get(f"{self.url}/api/v1/{path}", params=parameters, timeout=10).json()
        assert answer["status"] == "success", answer
        return answer["data"]

    def query(self, expression):
        """The samples of a query, now: their labels and numbers."""
        result = self.ask("query", query=expression)["result"]
        return [(sample["metric"], float(sample["value"][1])) for sample in result]

    def value(self, expression):
        """The one number that a query comes to; `None` where there is none."""
        found = self.query(expression)
        assert len(found) <= 1, found
        return found[0][1] if found else None

    def counters(self):
        """The names of all series that must never go down."""
        names = self.ask("label/__name__/values")
        return [name for name in names if re.search("_(total|bucket|sum|count)$", name) and not name.startswith("scrape_")]


@contextmanager
def scraping(url, key, folder):
    """A Prometheus of its own, that reads what a key may read."""
    (folder / "key").write_text(key)
    (folder / "prometheus.yml").write_text(configured(url, folder / "key"))
    subprocess.run(["promtool", "check", "config", folder / "prometheus.yml"], check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = "127.0.0.1:%d" % free.getsockname()[1]
    command = ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen([*command, f"--web.listen-address={address}"], stdout=log, stderr=log, env={"PATH": os.environ["PATH"]})
    try:
        prometheus = Prometheus(f"http://{address}")

        def it_scrapes():
            assert process.poll() is None, (folder / "log").read_text()
            try:
                assert prometheus.value('up{job="weir"}') == 1, prometheus.ask("targets")["activeTargets"]
            except requests.ConnectionError as error:
                raise AssertionError("it does not listen yet") from error

        eventually(it_scrapes, within=60)
        yield prometheus
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def panels():
    """Every question of every panel of the dashboards that ship: the dashboard, the panel, and the target."""
    found = []
    for file in sorted((ROOT / "grafana" / "dashboards").glob("*.json")):
        dashboard = json.loads(file.read_text())
        for panel in dashboard["panels"]:
            found += [(file.stem, panel["title"], target) for target in panel["targets"]]
    return found
