"""What may be depended on: by licence, by layer, and of what there may be only one."""

from __future__ import annotations

import re

import pytest
from graph import ROOT, Package, members, package, packages, permitted, reachable, workspace

try:
    import tomllib
except ModuleNotFoundError:  # before Python 3.11
    import tomli as tomllib

DENY = tomllib.loads((ROOT / "deny.toml").read_text())
CRATES_IO = "registry+https://github.com/rust-lang/crates.io-index"
OUTSIDE_WORLD = re.compile(r"aws-.*|aws_lambda_events|lambda_.*|tokio(-.*)?|hyper(-.*)?|reqwest|axum(-.*)?|mio|socket2|rustls")
SDKS = {
    "ingest": {"aws-sdk-dynamodb", "aws-sdk-sqs"},
    "store": {"aws-sdk-dynamodb", "aws-sdk-s3"},
    "aggregate": {"aws-sdk-dynamodb", "aws-sdk-s3", "aws-sdk-sqs"},
    "report": {"aws-sdk-dynamodb", "aws-sdk-s3", "aws-sdk-sesv2", "aws-sdk-sqs"},
    "query": {"aws-sdk-dynamodb", "aws-sdk-s3", "aws-sdk-sqs"},
}
ADAPTER = {"aws", "model", "ports"}
ARROWS = {
    "model": set(),
    "setup": set(),
    "cube": {"model"},
    "ports": {"model"},
    "records": {"model", "ports"},
    "reports": {"cube", "model"},
    "rollups": {"cube", "model", "ports", "records"},
    "settle": {"cube", "model", "ports", "records", "rollups"},
    "reader": {"cube", "model", "ports", "records", "rollups"},
    "budgets": {"cube", "model", "ports", "reader", "records", "reports"},
    "export": {"cube", "model", "ports", "records", "rollups"},
    "forecast": set(),
    "access": {"model", "ports", "records", "setup"},
    "web": {"access", "model", "ports", "records"},
    "aws": {"ports"},
    "bucket": ADAPTER,
    "queue": ADAPTER,
    "table": ADAPTER,
}
CREDENTIALS = "aws-sdk-sts"  # comes with aws-config


def versions(graph: set[Package], name: str) -> set[str]:
    """The versions of a crate in a graph."""
    return {found.version for found in graph if found.name == name}


def outside_world(graph: set[Package]) -> list[str]:
    """The crates of a graph that do I/O, or exist to."""
    return sorted({found.name for found in graph if OUTSIDE_WORLD.fullmatch(found.name)})


def test_every_licence_is_allowed() -> None:
    allowed = set(DENY["licenses"]["allow"])
    refused = {found["name"]: found["license"] for found in packages() if not permitted(found["license"] or "none", allowed)}
    assert refused == {}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("MIT/Apache-2.0", True),
        ("(GPL-3.0-only OR MIT) AND ISC", False),
        ("MIT AND (Apache-2.0 OR ISC)", True),
        ("Apache-2.0 WITH LLVM-exception", False),
        ("Apache-2.0 WITH LLVM-exception OR Apache-2.0", True),
        ("MIT)", False),
    ],
)
def test_a_licence_is_read_as_spdx_has_it(expression: str, expected: bool) -> None:
    assert permitted(expression, {"MIT", "Apache-2.0"}) is expected


def test_everything_comes_from_crates_io_or_the_workspace() -> None:
    assert {found["source"] for found in packages()} == {CRATES_IO, None}


@pytest.mark.parametrize("crate", ["model", "cube", "ports", "records", "reports", "rollups", "settle", "reader", "budgets", "export", "forecast"])
def test_the_core_and_what_speaks_through_ports_reach_no_outside_world(crate: str) -> None:
    assert outside_world(reachable(crate)) == []


def test_a_function_is_seen_to_reach_the_outside_world() -> None:
    assert {"tokio", "hyper", "aws-sdk-dynamodb", "lambda_runtime"} <= set(outside_world(reachable("store")))


def test_the_arrows_between_crates_go_one_way() -> None:
    """No shared crate knows an adapter, none knows a function, and no function another."""
    found = members()
    assert {name for name, (folder, _) in found.items() if folder == "shared"} == set(ARROWS)
    assert {name: needed - ARROWS[name] for name, (folder, needed) in found.items() if folder == "shared" and needed - ARROWS[name]} == {}
    assert {name: needed - set(ARROWS) for name, (folder, needed) in found.items() if folder == "functions" and needed - set(ARROWS)} == {}


def test_the_model_has_no_clock() -> None:
    [chrono] = [found for found in reachable("model") if found.name == "chrono"]
    assert chrono.features.isdisjoint({"clock", "now", "iana-time-zone"})


def test_the_cubes_ask_for_no_clock_though_arrow_does() -> None:
    """arrow turns chrono's clock on; clippy.toml bans its use in both crates."""
    manifests = [(ROOT / crate).read_text() for crate in ("Cargo.toml", "shared/model/Cargo.toml", "shared/cube/Cargo.toml")]
    assert not any(re.search(r"^chrono\b.*\bclock\b", manifest, re.MULTILINE) for manifest in manifests)
    for crate in ("model", "cube"):
        bans = tomllib.loads((ROOT / "shared" / crate / "clippy.toml").read_text())["disallowed-methods"]
        assert {"chrono::Utc::now", "std::time::SystemTime::now", "std::time::Instant::now"} <= {ban["path"] for ban in bans}


@pytest.mark.parametrize("function", SDKS)
def test_a_function_has_one_http_and_one_tls_stack_and_its_own_sdks(function: str) -> None:
    graph = reachable(function)
    for name in ("hyper", "http", "rustls", "aws-lc-rs"):
        assert len(versions(graph, name)) == 1, name
    assert {ban["name"] for ban in DENY["bans"]["deny"]}.isdisjoint(found.name for found in graph)
    assert {found.name for found in graph if found.name.startswith("aws-sdk-")} == SDKS[function] | {CREDENTIALS}


def test_programs_and_tests_share_one_build_of_each_dependency() -> None:
    """Otherwise most of them would be compiled twice; tests/memory/Cargo.toml is where to add what a test wants more."""
    alone, with_tests = workspace("normal,build"), workspace("normal,build,dev")
    assert len(alone) > 200
    assert sorted(f"{found.name} {found.version}" for found in alone - with_tests) == []


def test_a_line_of_cargo_tree_is_read() -> None:
    assert package("serde v1.0.2|derive,std (*)") == Package("serde", "1.0.2", frozenset({"derive", "std"}))
    assert package("model v0.1.0 (/weir/shared/model)|") == Package("model", "0.1.0", frozenset())
