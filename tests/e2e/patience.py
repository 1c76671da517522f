"""Waiting for what becomes true: by asking again, never by sleeping for as long as it usually takes."""

import time


def eventually(check, within=20.0, every=0.1):
    """Asks `check` until it does not fail; its answer, or its last failure once `within` seconds are over."""
    deadline = time.monotonic() + within
    while True:
        try:
            return check()
        except AssertionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(every)
