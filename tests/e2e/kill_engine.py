#!/usr/bin/python3
"""kill -9 of the engine at chosen moments of scale-outs by 5, and a restart each time.

Each moment is reached for certain, not by luck: cloudsim holds the calls, or PostgreSQL the commit, that comes next.
After each kill everything must end as if nothing had happened; cloudsim's call log is the witness.
"""

import collections
import time

import psycopg2

from checks import Checks
from eventually import eventually, passes
from fleet import ACCEPTED, PREPARED, REGISTERED, SENT_AFTER, SENT_BEFORE, Fleet
from private_region import arguments, private_region

STEP = 5
WINDOW_SECONDS = 4
# The horizon of an unknown outcome is the sum of signature window, call time and read lag: 7 s here, 20 min by default.
SETTINGS = {
    "cloud.signature-window": f"{WINDOW_SECONDS}s",
    "activity.call-timeout": "2s",
    "cloud.call-timeout": "2s",
    "cloud.read-lag": "1s",
    "activity.drain": "200ms",
    "lease.ttl": "4s",
    "lease.margin": "500ms",
}
CLOUDSIM = ["--signature-window", f"{WINDOW_SECONDS}s", "--boot-ms-min", "1500", "--boot-ms-max", "2500",
            "--terminate-ms", "200"]
SETTLE_SECONDS = 90


class SendGate:
    """Holds the commit of SENT in PostgreSQL: the engine has opened its activity and can't begin to send."""

    LOCK = 7001

    def __init__(self, dsn):
        self.dsn = dsn
        self.connect()
        self.execute(
            "CREATE FUNCTION e2e_send_gate() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN PERFORM pg_advisory_xact_lock_shared({self.LOCK}); RETURN NEW; END $$;"
            " CREATE TRIGGER e2e_send_gate BEFORE INSERT OR UPDATE ON launch_intent FOR EACH ROW"
            " WHEN (NEW.state = 'Sent') EXECUTE FUNCTION e2e_send_gate()")

    def connect(self):
        self.session = psycopg2.connect(self.dsn)
        self.session.autocommit = True

    def execute(self, sql):
        with self.session.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def close(self):
        self.execute(f"SELECT pg_advisory_lock({self.LOCK})")

    def open(self):
        self.execute(f"SELECT pg_advisory_unlock({self.LOCK})")

    def waiting(self):
        return self.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory'")[0][0]


class Moment:
    """How one moment is reached (`arrange`, `is_now`) and what happens after the kill and after the restart."""

    def __init__(self, word, fleet):
        self.word, self.fleet = word, fleet

    def arrange(self):
        pass

    def is_now(self, group):
        return self.fleet.histogram(group).get(self.word, 0) == STEP

    def after_kill(self):
        self.let_go()

    def after_restart(self):
        pass

    def let_go(self):
        self.fleet.cloud.put("/faults", [])
        self.fleet.cloud.post("/release", {})


class Prepared(Moment):
    def __init__(self, fleet, gate):
        super().__init__(PREPARED, fleet)
        self.gate = gate

    def arrange(self):
        self.gate.close()

    def is_now(self, group):
        return super().is_now(group) and self.gate.waiting() > 0

    def after_kill(self):
        self.gate.open()


class Held(Moment):
    """Calls of an action wait in the cloud. `release`: when they go on; a call later than the window is refused."""

    def __init__(self, word, fleet, action, mode, release="after kill", count=STEP):
        super().__init__(word, fleet)
        self.action, self.mode, self.release, self.count = action, mode, release, count

    def arrange(self):
        self.fleet.cloud.put("/faults", [{"action": self.action, "mode": self.mode, "count": self.count}])

    def is_now(self, group):
        held = [one for one in self.fleet.cloud.get("/held")["held"] if one["action"] == self.action]
        return len(held) == self.count and super().is_now(group)

    def after_kill(self):
        self.killed_at = time.monotonic()
        self.fleet.cloud.put("/faults", [])
        if self.release == "after kill":
            self.let_go()

    def after_restart(self):
        if self.release == "past the window":
            passes(self.killed_at + WINDOW_SECONDS + 1.5)
        if self.release != "after kill":
            self.let_go()


def moments(fleet, gate):
    """Twenty moments, four of each kind, the kinds in turn."""
    before = lambda release: Held(SENT_BEFORE, fleet, "RunInstances", "hold_before", release)
    after = lambda release: Held(SENT_AFTER, fleet, "RunInstances", "hold", release)
    # All five are registered; the engine knows it of all but `count`.
    registered = lambda count: Held(REGISTERED, fleet, "RegisterInstancesWithListener", "hold", count=count)
    for count, release in enumerate(("after kill", "past the window", "after restart", "past the window"), 1):
        yield Prepared(fleet, gate)
        yield before(release)
        yield after("after restart" if release == "after restart" else "after kill")
        yield Moment(ACCEPTED, fleet)
        yield registered(STEP if count == 1 else count - 1)


def kill_at(moment, fleet, number, checks, seen):
    """One scale-out by 5, killed at the moment; returns the group once all is as it should be."""
    stack = fleet.stack
    group = fleet.create_group(max_size=STEP, name=f"kill-{number}")
    moment.arrange()
    fleet.set_desired(group, STEP)
    eventually(f"{STEP} launches are {moment.word}", 30, lambda: moment.is_now(group))
    stack.processes.kill("engine")
    histogram = fleet.histogram(group)
    moment.after_kill()
    seen["moments"][moment.word] += bool(histogram.get(moment.word))
    seen["launches"].update(histogram)
    stack.start_engine()
    moment.after_restart()
    began = time.monotonic()
    fleet.wait_settled(group, STEP, SETTLE_SECONDS)
    what = f"{number:2}. {moment.word}" + (f", released {moment.release}" if isinstance(moment, Held) else "")
    print(f"{what}: {histogram}, settled after {time.monotonic() - began:.1f} s", flush=True)
    fleet.check_exact(checks, group, STEP, STEP, what)
    return group


def play(options, checks):
    count = 5 if options.short else options.moments
    with private_region("kill-engine", options.build, settings=SETTINGS, cloudsim_flags=CLOUDSIM) as stack:
        fleet = Fleet(stack)
        gate = SendGate(stack.region["postgres_dsn"])
        seen = {"moments": collections.Counter(), "launches": collections.Counter()}
        groups = []
        for number, moment in enumerate(list(moments(fleet, gate))[:count], 1):
            groups.append(kill_at(moment, fleet, number, checks, seen))
            fleet.set_desired(groups[-1], 0)  # its removal goes on through the next kills
        for group in groups:
            fleet.wait_settled(group, 0, SETTLE_SECONDS)
        checks.equal(fleet.instances(), [], "after all groups were emptied the cloud has no instance of any")
        fleet.check_audit(checks)
        print(f"\nkills by moment: {dict(seen['moments'])}\nlaunches at the kills: {dict(seen['launches'])}")
        outcomes = collections.Counter(call["outcome"] for call in fleet.calls("RunInstances"))
        print(f"RunInstances in the cloud's log (a held one has two records): {dict(outcomes)}")
        checks.equal(sum(seen["moments"].values()), count, "every kill hit its moment")
        if count == 20:
            checks.expect(len(seen["moments"]) == 5 and min(seen["moments"].values()) >= 3, "each kind at least 3 times")


if __name__ == "__main__":
    chosen, found = arguments(__doc__, moments=20), Checks()
    found.run("kill_engine", play, chosen, found)
    found.finish()
