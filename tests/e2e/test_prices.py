"""A tenant's own prices: what is new costs by them at once, what is settled is priced anew, and the job says how far it is."""

from datetime import timedelta
from decimal import Decimal

from events import iso, now, usage
from patience import eventually
from settling import idle, roll_up, settle, tick

HAIKU = "claude-3-haiku-20240307"
# USD of one request of `usage`, 1,000 tokens read and 200 written, at 0.25 and 1.25 a million.
BEFORE = Decimal("0.0005")


def day_of(moment):
    return f"startDate={moment:%Y-%m-%d}&endDate={moment:%Y-%m-%d}"


def cost(tenant, moment):
    return sum(tenant.series("cost", day_of(moment), "day").values())


def job(stack, tenant):
    """What `weir jobs` says: state, and days done of days."""
    [line] = stack.weir("jobs", "--tenant", tenant.name).stdout.splitlines()
    name, _, _, state, done = line.split("\t")
    assert name == tenant.name
    return state, done


def test_a_price_changed_for_last_week_is_a_job_that_prices_it_anew_to_the_pico(api, stack, tenant):
    days = [now() - timedelta(days=ago) for ago in (9, 6, 5)]
    sent = [usage(number, model=HAIKU, timestamp=iso(moment)) for number, moment in enumerate(days)]
    assert api.post("/usage/api", sent, by=tenant.service).status_code == 200

    def all_are_stored():
        assert [cost(tenant, moment) for moment in days] == [BEFORE] * 3

    eventually(all_are_stored)
    settle(stack, tenant)
    roll_up(stack, tenant)
    all_are_stored()

    week = (now() - timedelta(days=7)).strftime("%Y-%m-%d")
    set_price = ["price", "set", "--tenant", tenant.name, "--model", "claude-3-haiku", "--provider", "anthropic", "--effective", week]
    said = stack.weir(*set_price, "--input", "1.235432", "--output", "0.987654").stdout
    assert f"settled from {week} on" in said
    assert stack.weir("price", "list", "--tenant", tenant.name).stdout.split("\t")[0] == HAIKU
    assert job(stack, tenant) == ("open", "0 of 0 days")
    assert tick(stack, "minute")["failed"] == 0

    def it_is_done():
        tick(stack, "minute")
        assert job(stack, tenant) == ("done", "2 of 2 days")

    idle(stack)
    eventually(it_is_done, within=60)
    by_hand = (1000 * Decimal("1.235432") + 200 * Decimal("0.987654")) / 1_000_000
    assert [cost(tenant, moment) for moment in days] == [BEFORE, by_hand, by_hand]
    # What is built from those days says so too, and what comes from now on costs the new price as soon as it is stored.
    roll_up(stack, tenant)
    assert [cost(tenant, moment) for moment in days] == [BEFORE, by_hand, by_hand]


def test_what_is_stored_after_a_price_is_set_costs_by_it_before_it_is_settled(api, stack, tenant):
    stack.weir(
        *("price", "set", "--tenant", tenant.name, "--model", "our-own", "--provider", "us", "--effective", "2026-01-01"),
        *("--input", "0.000001", "--output", "2"),
    )
    moment = now() - timedelta(hours=2)
    assert api.post("/usage/api", [usage(1, model="our-own", timestamp=iso(moment))], by=tenant.service).status_code == 200
    by_hand = (1000 * Decimal("0.000001") + 200 * 2) / 1_000_000

    def it_counts():
        assert tenant.counted("cost") == by_hand

    eventually(it_counts)
    settle(stack, tenant)
    it_counts()


def test_a_price_of_the_future_is_no_job(stack, tenant):
    tomorrow = (now() + timedelta(days=1)).strftime("%Y-%m-%d")
    of_model = ["price", "set", "--tenant", tenant.name, "--model", "our-own", "--provider", "us", "--effective", tomorrow]
    assert "in effect from" in stack.weir(*of_model, "--input", "1", "--output", "2").stdout
    assert stack.weir("jobs", "--tenant", tenant.name).stdout == ""
    refused = stack.weir(*of_model, "--input", "0.0000001", "--output", "2", check=False)
    assert refused.returncode != 0
    assert "6 digits" in refused.stderr
