#!/usr/bin/python3
"""What happens to instances behind the engine's back: deleted, stopped, or left behind by launches.

The operator's hand of cloudsim deletes and stops instances and makes others by hand; the engine, which only lists the
account, must refill what is gone, once, mark what is stopped, believe no list that lost too much, end what a launch of
its own left behind, and touch nothing else.
"""

import re
import urllib.request

from checks import Checks
from eventually import eventually
from fleet import Fleet
from private_region import arguments, private_region

SIZE = 4
MAX_SIZE = 8  # the call log counts the deleted ones as alive
ORPHANS, CAP = 12, 10
SETTINGS = {
    "cloud.signature-window": "4s",
    "activity.call-timeout": "2s",
    "cloud.call-timeout": "2s",
    "cloud.read-lag": "500ms",
    "activity.drain": "200ms",
    "lease.ttl": "4s",
    "lease.margin": "500ms",
    "loop.account-sweep": "500ms",
    "loop.orphan-search": "1s",
    "orphans.least-age": "2s",
    "health.absence-gap": "1s",
    "health.loss-patience": "12s",
}
CLOUDSIM = ["--signature-window", "4s", "--boot-ms-min", "300", "--boot-ms-max", "600", "--terminate-ms", "200"]
SETTLE_SECONDS = 60


class SweptFleet(Fleet):
    def delete(self, instance):
        """As a user does in the console: nobody tells the engine."""
        self.cloud.request("DELETE", f"/instances/{instance}")

    def health(self, group):
        return {one["InstanceId"]: one["HealthStatus"] for one in self.members(group)}

    def make(self, name):
        """An instance that somebody starts in the console."""
        made = self.cloud.post("/instances", {
            "account": self.cloud.get("/region")["accounts"][0]["id"], "subnet_id": self.region["subnets"][0],
            "count": 1, "instance_type": self.region["instance_types"][0], "image_id": self.region["image"],
            "name": name})
        return made["instances"][0]["id"]

    def existing(self):
        return {one["id"] for one in self.cloud.get("/state")["instances"] if one["state"] == "active"}

    def counter(self, name):
        """One of the engine's counters, by name and labels."""
        url = f"http://127.0.0.1:{self.stack.ports['engine']['admin_port']}/metrics"
        with urllib.request.urlopen(url, timeout=10) as response:
            found = re.search(rf"^{re.escape(name)} (\S+)", response.read().decode(), re.MULTILINE)
        return float(found.group(1)) if found else 0.0


def refill(fleet, group, checks):
    checks.section("an instance is deleted out of band")
    gone = fleet.in_service(group)[0]
    fleet.delete(gone)
    eventually("the gone member has left", SETTLE_SECONDS, lambda: gone not in fleet.in_service(group))
    fleet.wait_settled(group, SIZE, SETTLE_SECONDS)
    fleet.check_exact(checks, group, SIZE, MAX_SIZE, "refilled")
    checks.equal(len(fleet.launches(group)), SIZE + 1, "one launch more, and no double")


def mark(fleet, group, checks):
    checks.section("an instance of a disabled group stops and comes back")
    fleet.api.call("DisableScalingGroup", ScalingGroupId=group)
    stopped = fleet.in_service(group)[0]
    fleet.cloud.put(f"/instances/{stopped}", {"state": "stopped"})
    eventually("it is UnHealthy", 20, lambda: fleet.health(group)[stopped] == "UnHealthy")
    others = {health for one, health in fleet.health(group).items() if one != stopped}
    checks.equal(others, {"Healthy"}, "and no other is")
    fleet.cloud.put(f"/instances/{stopped}", {"state": "active"})
    eventually("it is Healthy again", 20, lambda: fleet.health(group)[stopped] == "Healthy")
    checks.equal(len(fleet.launches(group)), SIZE + 1, "nothing was replaced while the group was disabled")
    fleet.api.call("EnableScalingGroup", ScalingGroupId=group)


def lose_too_much(fleet, group, checks):
    checks.section("half of the account's instances are missing at once")
    before = len(fleet.launches(group))
    for instance in fleet.in_service(group)[:2]:
        fleet.delete(instance)
    eventually("the engine raises the alarm", 20, 
               lambda: fleet.counter('accordion_alarms_total{what="implausible_list"}') > 4)
    checks.equal(len(fleet.in_service(group)), SIZE, "and holds none of them to be gone")
    checks.equal(len(fleet.launches(group)), before, "nor launches anything")
    eventually("both are launched anew, once the loss isn't sudden any more", SETTLE_SECONDS,
               lambda: len(fleet.launches(group)) == before + 2)
    fleet.wait_settled(group, SIZE, SETTLE_SECONDS)
    fleet.check_exact(checks, group, SIZE, MAX_SIZE, "refilled in the end")


def end_orphans(fleet, checks):
    checks.section("instances carry the names of launches that were refused")
    group = fleet.create_group(max_size=ORPHANS + 2, listener=False, name="orphans")
    fleet.cloud.put("/faults", [{"action": "RunInstances", "mode": "error", "count": -1, "status": 400,
                                 "code": "InvalidParameterValue", "message": "no"}])
    fleet.set_desired(group, ORPHANS)
    names = lambda: [row[0] for row in fleet.query(
        "SELECT launch_name FROM launch_intent WHERE group_id = %s AND state = 'Rejected' ORDER BY id", int(group))]
    eventually("all launches are refused", 30, lambda: len(names()) >= ORPHANS)
    fleet.set_desired(group, 0)
    fleet.cloud.put("/faults", [])
    known = names()
    alike = known[0][:-1] + ("a" if known[0][-1] != "a" else "b")
    bystanders = {fleet.make("database-1"), fleet.make(alike)}
    left_behind = {fleet.make(name) for name in known[:ORPHANS]}
    gone = lambda: left_behind - fleet.existing()
    eventually("as many as may be are terminated", 40, lambda: len(gone()) >= CAP)
    eventually("and the rest is held", 20, lambda: fleet.counter('accordion_orphans_total{outcome="held"}') > 2)
    checks.equal(len(gone()), CAP, f"{CAP} of {ORPHANS}, and no more for ten minutes")
    checks.expect(bystanders <= fleet.existing(), "a look-alike and a stranger are left alone")


def play(options, checks):
    with private_region("sweep", options.build, settings=SETTINGS, cloudsim_flags=CLOUDSIM) as stack:
        fleet = SweptFleet(stack)
        group = fleet.create_group(desired=SIZE, max_size=MAX_SIZE, name="swept")
        fleet.wait_settled(group, SIZE, SETTLE_SECONDS)
        checks.run("refill", refill, fleet, group, checks)
        checks.run("mark", mark, fleet, group, checks)
        checks.run("lose too much", lose_too_much, fleet, group, checks)
        checks.run("end orphans", end_orphans, fleet, checks)
        fleet.check_audit(checks)


if __name__ == "__main__":
    chosen, found = arguments(__doc__), Checks()
    found.run("sweep", play, chosen, found)
    found.finish()
