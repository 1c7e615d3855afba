"""The one place where end-to-end tests wait: polling with a deadline, never a bare sleep."""

import time

POLL_SECONDS = 0.02


class Expired(AssertionError):
    """What was waited for did not come about in time."""


def eventually(what, seconds, probe, every=POLL_SECONDS):
    """The first truthy value of `probe()`; raises Expired, naming `what` and the last value, after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Expired(f"not within {seconds} s: {what} (last: {str(value)[:500]})")
        time.sleep(every)


def settles(what, seconds, probe, quiet, every=0.1):
    """Waits until `probe()` has been truthy for `quiet` seconds without a break."""
    since = None

    def quiet_long_enough():
        nonlocal since
        if not probe():
            since = None
            return False
        since = since or time.monotonic()
        return time.monotonic() - since >= quiet

    eventually(what, seconds, quiet_long_enough, every)


def passes(instant):
    """Waits until the monotonic clock is past `instant`."""
    eventually("time passes", max(0.0, instant - time.monotonic()) + 1, lambda: time.monotonic() > instant)
