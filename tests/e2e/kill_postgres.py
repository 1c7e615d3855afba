#!/usr/bin/python3
"""kill -9 of PostgreSQL in the middle of scale-outs by 5, while the engine runs on, and a restart each time.

While the database is away the engine is not ready and changes nothing in the cloud; then it goes on where it stopped.
"""

import collections
import time

from checks import Checks
from eventually import eventually, passes
from fleet import ACCEPTED, PREPARED, REGISTERED, SENT_AFTER, SENT_BEFORE, Fleet
from kill_engine import CLOUDSIM, SETTINGS, SETTLE_SECONDS, STEP, Held, Moment, Prepared, SendGate
from private_region import arguments, private_region
from probe import readiness

AWAY_SECONDS = 3


def moments(fleet, gate):
    return [
        Held(SENT_AFTER, fleet, "RunInstances", "hold"),
        Held(SENT_BEFORE, fleet, "RunInstances", "hold_before"),
        Moment(ACCEPTED, fleet),
        Held(REGISTERED, fleet, "RegisterInstancesWithListener", "hold"),
        Prepared(fleet, gate),
    ]


def kill_at(moment, gate, fleet, number, checks):
    stack = fleet.stack
    group = fleet.create_group(max_size=STEP, name=f"kill-{number}")
    moment.arrange()
    fleet.set_desired(group, STEP)
    # Not the database's word at the kill, which is gone then, but what was seen right before it.
    eventually(f"{STEP} launches are {moment.word}", 30, lambda: moment.is_now(group))
    histogram = fleet.histogram(group)
    stack.postgres.kill()
    killed = time.monotonic()
    if not isinstance(moment, Prepared):
        moment.let_go()  # the cloud's answers reach an engine that can't write them down
    eventually("the engine says that it is not ready", 10, lambda: readiness(stack, "engine") == 503)
    before = len(fleet.calls("RunInstances"))
    passes(killed + AWAY_SECONDS)
    checks.equal(readiness(stack, "engine"), 503, f"{number}. {moment.word}: not ready while the database is away")
    checks.equal(len(fleet.calls("RunInstances")), before, f"{number}. {moment.word}: no launch meanwhile")
    stack.postgres.restart()
    gate.connect()  # its session, and the lock if it held it, died with the server
    eventually("the engine is ready again", 30, lambda: readiness(stack, "engine") == 200)
    began = time.monotonic()
    fleet.wait_settled(group, STEP, SETTLE_SECONDS)
    print(f"{number}. {moment.word}: {histogram}, settled {time.monotonic() - began:.1f} s after ready", flush=True)
    fleet.check_exact(checks, group, STEP, STEP, f"{number}. {moment.word}")
    return group


def play(options, checks):
    with private_region("kill-postgres", options.build, settings=SETTINGS, cloudsim_flags=CLOUDSIM) as stack:
        fleet = Fleet(stack)
        gate = SendGate(stack.region["postgres_dsn"])
        groups = []
        for number, moment in enumerate(moments(fleet, gate)[: 2 if options.short else None], 1):
            groups.append(kill_at(moment, gate, fleet, number, checks))
            fleet.set_desired(groups[-1], 0)
        for group in groups:
            fleet.wait_settled(group, 0, SETTLE_SECONDS)
        checks.equal(fleet.instances(), [], "after all groups were emptied the cloud has no instance of any")
        fleet.check_audit(checks)
        statuses = collections.Counter(one["Status"] for group in groups for one in fleet.activities(group))
        print(f"activities by status: {dict(statuses)}")


if __name__ == "__main__":
    chosen, found = arguments(__doc__), Checks()
    found.run("kill_postgres", play, chosen, found)
    found.finish()
