#!/usr/bin/python3
"""Elastic IPs that are bought with launches: after kill -9 of the engine at chosen moments none is left behind.

The cloud keeps an address, and its bill, until somebody releases it; cloudsim does the same and is the witness. An
address of the account's own stays where it is, whatever comes and goes around it.
"""

from checks import Checks
from eventually import eventually
from fleet import Fleet
from private_region import arguments, private_region
from region.openapi import Client

STEP = 3
SETTINGS = {
    "cloud.signature-window": "4s",
    "activity.call-timeout": "2s",
    "cloud.call-timeout": "2s",
    "cloud.read-lag": "1s",
    "activity.drain": "200ms",
    "lease.ttl": "4s",
    "lease.margin": "500ms",
    "cloud.lines": "BGP=line-of-this-region",
}
CLOUDSIM = ["--signature-window", "4s", "--boot-ms-min", "500", "--boot-ms-max", "900", "--terminate-ms", "200"]
SETTLE_SECONDS = 90


class AddressFleet(Fleet):
    """Groups whose launches buy addresses, and one address that an account has bought by itself."""

    def __init__(self, stack):
        super().__init__(stack)
        self.configuration = self.api.call(
            "CreateScalingConfiguration", ScalingConfigurationName="e2e-eip", ImageId=self.region["image"],
            InstanceType=[self.region["instance_types"][0]], AddressBandWidth=5, AddressProjectId=0,
        )["ScalingConfigurationId"]
        region = self.cloud.get("/region")
        account = region["accounts"][0]
        self.eip = Client(f"http://127.0.0.1:{stack.ports['cloudsim']['port']}", region["name"],
                          account["access_key"], account["secret_key"], service="eip")
        self.own = self.eip.call("AllocateAddress", LineId="x", BandWidth=1, ChargeType="Daily")["AllocationId"]

    def addresses(self):
        """Those that launches have bought: {allocation id: whose}."""
        return {one["allocation_id"]: one["instance_id"] for one in self.cloud.get("/state")["addresses"]
                if one["allocation_id"] != self.own}

    def check_addresses(self, checks, group, desired, what):
        self.check_exact(checks, group, desired, STEP, what)
        members = sorted(one["InstanceId"] for one in self.members(group))
        checks.equal(sorted(self.addresses().values()), members, f"{what}: one address each, and no other")
        everything = [one["allocation_id"] for one in self.cloud.get("/state")["addresses"]]
        checks.expect(self.own in everything, f"{what}: the account's own address is still there")


def kill_when(fleet, group, desired, action, mode, checks, what):
    """Sets desired, kills the engine while calls of an action are held, and lets the world go on."""
    fleet.cloud.put("/faults", [{"action": action, "mode": mode, "count": STEP}])
    fleet.set_desired(group, desired)
    held = lambda: [one for one in fleet.cloud.get("/held")["held"] if one["action"] == action]
    eventually(f"{what}: {action} is held", 60, lambda: len(held()) == STEP)
    fleet.stack.processes.kill("engine")
    fleet.cloud.put("/faults", [])
    fleet.cloud.post("/release", {})
    fleet.stack.start_engine()
    fleet.wait_settled(group, desired, SETTLE_SECONDS)
    fleet.check_addresses(checks, group, desired, what)


def fail_and_kill(fleet, group, checks):
    """Launches that come up in error are undone; the engine dies while their instances are terminated."""
    what = "launches are undone"
    fleet.cloud.put("/faults", [{"action": "RunInstances", "mode": "boot_error", "count": STEP},
                                {"action": "TerminateInstances", "mode": "hold", "count": STEP}])
    fleet.set_desired(group, STEP)
    held = lambda: [one for one in fleet.cloud.get("/held")["held"] if one["action"] == "TerminateInstances"]
    eventually(f"{what}: terminates are held", 60, lambda: len(held()) == STEP)
    checks.equal(len(fleet.addresses()), STEP, f"{what}: each had bought an address")
    fleet.stack.processes.kill("engine")
    fleet.cloud.put("/faults", [])
    fleet.cloud.post("/release", {})
    fleet.stack.start_engine()
    fleet.wait_settled(group, STEP, SETTLE_SECONDS)
    fleet.check_addresses(checks, group, STEP, what)


def play(options, checks):
    with private_region("eip", options.build, settings=SETTINGS, cloudsim_flags=CLOUDSIM) as stack:
        fleet = AddressFleet(stack)
        group = fleet.create_group(desired=STEP, max_size=STEP, name="eip")
        fleet.wait_settled(group, STEP, SETTLE_SECONDS)
        fleet.check_addresses(checks, group, STEP, "scaled out")
        lines = {one["line_id"] for one in fleet.cloud.get("/state")["addresses"]
                 if one["allocation_id"] in fleet.addresses()}
        checks.equal(lines, {"line-of-this-region"}, "the line's name became the region's id")

        kill_when(fleet, group, 0, "TerminateInstances", "hold", checks, "killed after the terminates")
        kill_when(fleet, group, STEP, "RunInstances", "hold", checks, "killed before the launches' answers")
        kill_when(fleet, group, 0, "ReleaseAddress", "hold", checks, "killed before the releases' answers")
        kill_when(fleet, group, STEP, "RunInstances", "hold_before", checks, "killed before the launches")
        kill_when(fleet, group, 0, "ReleaseAddress", "hold_before", checks, "killed before the releases")
        fail_and_kill(fleet, group, checks)
        fleet.set_desired(group, 0)
        fleet.wait_settled(group, 0, SETTLE_SECONDS)
        fleet.check_addresses(checks, group, 0, "scaled in")
        released = [call for call in fleet.calls("ReleaseAddress") if call["outcome"] == "executed"]
        checks.equal(len({call["allocation_id"] for call in released}), len(released), "each was released once")
        checks.expect(fleet.own not in {call["allocation_id"] for call in released}, "and no other")


if __name__ == "__main__":
    chosen, found = arguments(__doc__), Checks()
    found.run("eip", play, chosen, found)
    found.finish()
