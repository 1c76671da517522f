"""A known history: what is sent (`events`), and of every read what it must answer, room by room (`cases_*`)."""
