#!/usr/bin/python3
"""Scale-out by ten while the cloud is short of stock: one activity each, with every attempt in its record."""

import collections

from checks import Checks
from eventually import eventually
from fleet import Fleet
from private_region import arguments, private_region

DESIRED = 10
ENGINE_SECONDS = 1.0  # from the first refusal to the last launch that was taken
FIRST_REST_SECONDS = 60


class Scarcity:
    def __init__(self, stack, checks):
        self.fleet, self.checks, self.spec = Fleet(stack), checks, stack.spec
        self.zones = {one["id"]: one["zone"] for one in stack.spec["subnets"]}
        self.subnets = stack.region["subnets"]

    def set_stock(self, types, subnets, count):
        for name in types:
            for subnet in subnets:
                self.fleet.cloud.put("/stock", {"type": name, "zone": self.zones[subnet], "count": count})

    def create_group(self, name, types):
        self.fleet.configuration = self.fleet.api.call(
            "CreateScalingConfiguration", ScalingConfigurationName=name, ImageId=self.fleet.region["image"],
            InstanceType=types, SystemDisk={"DiskType": "SSD3.0", "DiskSize": 20})["ScalingConfigurationId"]
        return self.fleet.create_group(max_size=20, name=name)

    def scale_out(self, group, what):
        """Scales out by DESIRED and says what it took; gives the instances by (subnet, type)."""
        seen = self.fleet.cloud.get("/state")["last_call"]
        self.fleet.set_desired(group, DESIRED)
        self.fleet.wait_settled(group, DESIRED, 60)
        launches = [one for one in self.fleet.calls("RunInstances") if one["seq"] > seen]
        refused = [one for one in launches if one["outcome"] == "refused"]
        taken = [one for one in launches if one["outcome"] == "executed"]
        self.checks.equal(len(taken), DESIRED, f"{what}: {DESIRED} launches were taken")
        self.checks.expect(refused, f"{what}: the cloud was out of stock for some")
        seconds = (max(one["executed_us"] for one in taken) - min(one["time_us"] for one in refused)) / 1e6
        print(f"        {len(launches)} attempts, {len(refused)} refused; {seconds * 1000:.0f} ms from the first refusal"
              " to the last launch taken", flush=True)
        self.checks.expect(seconds <= ENGINE_SECONDS, f"{what}: within {ENGINE_SECONDS:g} s", seconds)
        self.check_record(group, len(launches), what)
        self.fleet.check_exact(self.checks, group, DESIRED, 20, what)
        return self.placed(group)

    def placed(self, group):
        return collections.Counter((one["subnet_id"], one["instance_type"]) for one in self.fleet.instances(group))

    def check_record(self, group, attempts, what):
        activities = self.fleet.activities(group)
        self.checks.equal([(one["Type"], one["Status"]) for one in activities], [(0, 2)],
                          f"{what}: one activity, and it succeeded")
        cause = activities[0]["Cause"]
        print(f"        {cause}", flush=True)
        self.checks.expect(f"尝试 {attempts} 次：" in cause and "库存不足 ×" in cause,
                           f"{what}: the attempts are listed in its record", cause)

    def first_type_nowhere(self):
        types = self.fleet.region["instance_types"][:2]
        self.checks.section(f"{types[0]} is out of stock in every zone")
        self.set_stock(types[:1], self.subnets, 0)
        group = self.create_group("first-type", types)
        placed = self.scale_out(group, "first type")
        self.checks.equal({kind for _, kind in placed}, {types[1]}, "first type: all are of the second")
        self.checks.expect(max(placed.values()) - min(placed.values()) <= 1 and len(placed) == len(self.subnets),
                           "first type: balanced over the subnets", placed)
        return group, types[0]

    def one_zone_empty(self):
        first, second, *rest = reversed(self.fleet.region["instance_types"])
        self.checks.section("One zone is out of stock of all types")
        self.set_stock([first, second, *rest], self.subnets[:1], 0)
        placed = self.scale_out(self.create_group("one-zone", [first, second]), "one zone")
        self.checks.equal({subnet for subnet, _ in placed}, set(self.subnets[1:]), "one zone: in the others")
        self.checks.equal({kind for _, kind in placed}, {first}, "one zone: the first type is kept")
        self.checks.expect(max(placed.values()) - min(placed.values()) <= 1, "one zone: balanced over the open ones",
                           placed)

    def stock_returns(self, group, first_type):
        self.checks.section("Stock returns")
        self.set_stock([first_type], self.subnets, 9)
        resting = lambda: self.fleet.query(
            "SELECT count(*) FROM pair_rest WHERE instance_type = %s AND rest_until > clock_timestamp()",
            first_type)[0][0]
        eventually("the rests end", FIRST_REST_SECONDS + 10, lambda: resting() == 0, every=1)
        self.fleet.set_desired(group, DESIRED + 1)
        self.fleet.wait_settled(group, DESIRED + 1, 60)
        types = [one["instance_type"] for one in self.fleet.instances(group)]
        self.checks.equal(types.count(first_type), 1, "the next launch is of the first type again")


def play(options, checks):
    with private_region("scarcity", options.build) as stack:
        scarcity = Scarcity(stack, checks)
        group, first_type = scarcity.first_type_nowhere()
        if not options.short:
            scarcity.stock_returns(group, first_type)
        scarcity.one_zone_empty()


if __name__ == "__main__":
    chosen, found = arguments(__doc__), Checks()
    found.run("scarcity", play, chosen, found)
    found.finish()
