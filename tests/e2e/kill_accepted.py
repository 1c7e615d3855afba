#!/usr/bin/python3
"""kill -9 of the engine exactly between "the cloud accepted" and "the answer was received", again and again.

The cloud executes a launch and holds its answer; the engine is killed while it waits; then the next one is started, and
the next kill hits it while it still looks for what the last one left behind. At the end, past the horizon, cloudsim's own
call log is asked: nothing left over, nothing launched twice, MaxSize never exceeded.
"""

import collections
import time

from checks import Checks
from eventually import eventually, passes
from fleet import SENT_AFTER, Fleet
from private_region import arguments, private_region
from region.openapi import ApiError

SIZE = 2  # desired and MaxSize of each group: a doubled launch would exceed it
# Of an unknown outcome: signature window, call time and read lag.
HORIZON_SECONDS = 3 + 1 + 1
SETTINGS = {
    "cloud.signature-window": "3s",
    "activity.call-timeout": "1s",
    "cloud.call-timeout": "1s",
    "cloud.read-lag": "1s",
    "activity.drain": "200ms",
    "lease.ttl": "2s",
    "lease.margin": "300ms",
}
CLOUDSIM = ["--signature-window", "3s", "--boot-ms-min", "300", "--boot-ms-max", "900", "--terminate-ms", "100"]
SETTLE_SECONDS = 120


def ask(fleet, group, desired):
    """Asks for instances; the same request again until an engine takes it."""
    def accepted():
        try:
            fleet.set_desired(group, desired)
            return True
        except (OSError, ApiError):
            return False

    eventually(f"group {group} gets its desired capacity", 30, accepted, every=0.05)


def kill_once(fleet, group, held, seen):
    """One kill with `held` launches executed and not answered."""
    def is_now():
        waiting = [one for one in fleet.cloud.get("/held")["held"] if one["action"] == "RunInstances"]
        return len(waiting) >= held and fleet.histogram(group).get(SENT_AFTER, 0)

    fleet.cloud.put("/faults", [{"action": "RunInstances", "mode": "hold", "count": held}])
    ask(fleet, group, SIZE)
    eventually("the cloud has accepted and holds the answer", 30, is_now)
    fleet.stack.processes.kill("engine")
    unanswered = fleet.histogram(group).get(SENT_AFTER, 0)
    fleet.cloud.put("/faults", [])
    fleet.cloud.post("/release", {})
    seen["kills that hit"] += bool(unanswered)
    seen["launches without an answer"] += unanswered
    fleet.stack.start_engine()


def play(options, checks):
    kills = 5 if options.short else options.kills
    began = time.monotonic()
    with private_region("kill-accepted", options.build, settings=SETTINGS, cloudsim_flags=CLOUDSIM) as stack:
        fleet = Fleet(stack)
        seen = collections.Counter()
        groups = [fleet.create_group(max_size=SIZE, name=f"accepted-{number}") for number in range(kills)]
        for number, group in enumerate(groups):
            kill_once(fleet, group, 1 + number % SIZE, seen)
        last = time.monotonic()
        print(f"{kills} kills after {last - began:.0f} s", flush=True)
        for group in groups:
            fleet.wait_settled(group, SIZE, SETTLE_SECONDS)
        passes(last + HORIZON_SECONDS)
        check(fleet, groups, kills, checks, seen)
        fleet.check_audit(checks)
        for group in groups:
            fleet.set_desired(group, 0)
        for group in groups:
            fleet.wait_settled(group, 0, SETTLE_SECONDS)
        checks.equal(fleet.instances(), [], "after all groups were emptied the cloud has no instance of any")
        fleet.check_audit(checks)
    print(f"took {time.monotonic() - began:.0f} s")


def check(fleet, groups, kills, checks, seen):
    """What the cloud's log says once every group is settled."""
    checks.equal(seen["kills that hit"], kills, "every kill hit between the acceptance and the answer")
    launches = [call for group in groups for call in fleet.launches(group)]
    intents = collections.Counter(call["tags"]["as.intent"] for call in launches)
    members = {one["InstanceId"] for group in groups for one in fleet.members(group)}
    alive = {one["id"] for one in fleet.instances()}
    doubled = [intent for intent, count in intents.items() if count > 1]
    most = max(fleet.most_alive(group) for group in groups)
    checks.equal(sorted(alive - members), [], "left over: none")
    checks.equal(sorted(members - alive), [], "missing: none")
    checks.equal(doubled, [], "launched twice for one intent: none")
    checks.expect(most <= SIZE, f"MaxSize {SIZE} was never exceeded: at most {most} at once")
    checks.equal(len(members), SIZE * len(groups), "every group has what it desires")
    states = collections.Counter(state for group in groups for state, _ in fleet.intents(group).values())
    checks.expect(set(states) <= {"Accepted", "Adopted", "Rejected", "Abandoned"}, "no intent is left unresolved", states)
    print(f"{dict(seen)}; executed launches {len(launches)}, intents by state {dict(states)}, "
          f"instances {len(alive)}, left over {len(alive - members)}, doubled {len(doubled)}, most at once {most}")


if __name__ == "__main__":
    chosen, found = arguments(__doc__, kills=50), Checks()
    found.run("kill_accepted", play, chosen, found)
    found.finish()
