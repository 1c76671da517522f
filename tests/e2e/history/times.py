"""The four days of the history, and how they are divided."""

DAYS = {"startDate": "2026-01-30", "endDate": "2026-02-02"}
TOKYO = {**DAYS, "timezone": "Asia/Tokyo"}
DATES = ("2026-01-30", "2026-01-31", "2026-02-01", "2026-02-02")

# How many points a series of the four days has.
POINTS = {"hour": 96, "day": 4, "week": 2, "month": 2}


def slots(value):
    """By hour: a value in each of the sixteen slots."""
    return {f"{date}T{hour}:00:00.000Z": value for date in DATES for hour in ("00", "09", "15", "23")}


def days(*values):
    """By day: a value for each of the four."""
    return {f"{date}T00:00:00.000Z": value for date, value in zip(DATES, values, strict=True)}


def weeks(first, second):
    """By week: the three days up to Sunday, February 1, and Monday."""
    return {"2026-01-26T00:00:00.000Z": first, "2026-02-02T00:00:00.000Z": second}


def months(january, february):
    return {"2026-01-01T00:00:00.000Z": january, "2026-02-01T00:00:00.000Z": february}
