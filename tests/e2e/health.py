#!/usr/bin/python3
"""Members that turn unhealthy: the 30 % breaker that holds replacement, and a replacement that launches first."""

import contextlib

from checks import Checks
from eventually import eventually
from fleet import Fleet
from private_region import arguments, private_region
from webhook import Receiver, put_contacts

SECRET = "an operator's secret of some length"
REPLACE = 10
SIZE, BAD, GROWN = 20, 8, 23


def force(fleet, instances, state):
    for instance in instances:
        fleet.cloud.put(f"/instances/{instance}", {"state": state})


def replacements(fleet, group):
    return [one for one in fleet.activities(group) if one["Type"] == REPLACE]


def unhealthy(fleet, group):
    return sorted(one["InstanceId"] for one in fleet.members(group) if one["HealthStatus"] == "UnHealthy")


def check_breaker(checks, fleet, group, receiver):
    fleet.wait_settled(group, SIZE, 120)
    bad = sorted(fleet.in_service(group))[:BAD]
    force(fleet, bad, "stopped")
    eventually(f"{BAD} members are unhealthy", 90, lambda: unhealthy(fleet, group) == bad, every=0.2)
    record = eventually("the hold is written down", 30, lambda: replacements(fleet, group) or None, every=0.2)[0]
    checks.equal(len(replacements(fleet, group)), 1, "the hold is one activity of type 10")
    checks.equal((record["Status"], record["ErrorCode"]), (3, 1011), "it failed at once, with the documented number")
    checks.equal(record["Cause"], f"30% 熔断：5 分钟内 {SIZE} 台中 {BAD} 台转为不健康，已停止替换", "its cause has the numbers")
    checks.equal((record["SuccInsList"], record["FailInsList"]), ([], []), "no instance was touched")
    events = eventually("the notification arrives", 30, lambda: receiver.events() or None, every=0.2)
    checks.equal([(one["data"]["NotificationType"], one["subject"]) for one in events],
                 [("6", record["ScalingActivityId"])], "one notification of type 6 names the record")

    fleet.set_desired(group, GROWN)
    eventually("the group grows while replacement is held", 90,
               lambda: len(fleet.in_service(group)) == GROWN, every=0.2)
    checks.equal(unhealthy(fleet, group), bad, "the unhealthy members are all still there")
    checks.equal(len(fleet.launches(group)), GROWN, "nobody got a successor")
    gone = {effect.get("instance_id") for call in fleet.calls("TerminateInstances") for effect in call["effects"]}
    checks.equal(sorted(gone & set(bad)), [], "none of them was terminated")
    checks.equal(len(receiver.events()), 1, "the hold was announced once")

    force(fleet, bad, "active")
    eventually("they are well again", 90, lambda: not unhealthy(fleet, group), every=0.2)
    eventually("the hold has ended", 30, lambda: fleet.query(
        "SELECT replacement_held_since IS NULL FROM scaling_group WHERE id = %s", int(group)) == [(True,)])
    fleet.check_exact(checks, group, GROWN, SIZE + 10, "after the hold")


def first_of(fleet, action, instance):
    """The sequence number of the first executed call of an action that had an effect on the instance."""
    return next((call["seq"] for call in fleet.calls(action) if call["outcome"] == "executed"
                 and any(effect.get("instance_id") == instance for effect in call["effects"])), None)


def check_replacement(checks, fleet, group):
    fleet.wait_settled(group, 3, 60)
    before = set(fleet.in_service(group))
    bad = sorted(before)[0]
    force(fleet, [bad], "error")
    eventually("the member is replaced", 120, lambda: (
        bad not in {one["InstanceId"] for one in fleet.members(group)} and fleet.is_settled(group, 3)), every=0.2)
    activity, = replacements(fleet, group)
    new, = set(fleet.in_service(group)) - before
    checks.equal(activity["Status"], 2, "the replacement succeeded")
    checks.expect(bad in activity["Cause"] and "健康检查触发" in activity["Cause"], "its cause names the member",
                  activity["Cause"])
    checks.equal(activity["SuccInsList"], [new, bad], "its list has the new one and the old one")
    order = [first_of(fleet, "RunInstances", new), first_of(fleet, "RegisterInstancesWithListener", new),
             first_of(fleet, "DeregisterInstancesFromListener", bad), first_of(fleet, "TerminateInstances", bad)]
    checks.expect(None not in order and order == sorted(order),
                  "launched, registered, and only then the old one deregistered and terminated", order)
    fleet.check_exact(checks, group, 3, 5, "after the replacement")


def play(checks, build):
    receiver = Receiver("127.0.0.1")
    settings = {
        "webhook.allowed-networks": "127.0.0.1/32",
        "webhook.allow-http": "true",
        "webhook.ports": str(receiver.port),
        "loop.account-sweep": "1s",
    }
    with contextlib.ExitStack() as contexts:
        stack = contexts.enter_context(private_region("health", build, settings=settings))
        fleet = Fleet(stack)
        contacts = [{"contact_id": "hook", "kind": "webhook", "address": f"http://127.0.0.1:{receiver.port}/",
                     "secret": SECRET}]
        checks.equal(put_contacts(stack, contacts), 0, "the operator's contact is taken")
        checks.section(f"{BAD} of {SIZE} at once")
        group = fleet.create_group(desired=SIZE, max_size=SIZE + 10, name="breaker")
        fleet.api.call("CreateScalingNotification", ScalingGroupId=group, NotificationType=[5, 6])
        check_breaker(checks, fleet, group, receiver)
        checks.section("one of 3")
        check_replacement(checks, fleet, fleet.create_group(desired=3, name="replaced"))
        fleet.check_audit(checks)


def main():
    options = arguments(__doc__)
    checks = Checks()
    checks.run("health", play, checks, options.build)
    checks.finish()


if __name__ == "__main__":
    main()
