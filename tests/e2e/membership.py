#!/usr/bin/python3
"""Attach, detach and changes of load balancers: what a user does with members, seen by the cloud's own eyes."""

import time

from bad_input import TABLES
from checks import Checks
from eventually import eventually, settles
from fleet import Fleet
from private_region import arguments, private_region
from region.openapi import ApiError, Client

PATIENCE = 30  # seconds


class Cloud:
    """cloudsim as the account's owner uses it, without the engine."""

    def __init__(self, stack):
        self.stack, self.region = stack, stack.region
        endpoint = f"http://127.0.0.1:{stack.ports['cloudsim']['port']}"
        self.api = Client(endpoint, self.region["region"], self.region["access_key"], self.region["secret_key"])

    def run(self, count, subnet=0, project=0):
        """Instances that are the user's own, running."""
        made = self.api.call(
            "RunInstances", ImageId=self.region["image"], InstanceType=self.region["instance_types"][0],
            SubnetId=self.region["subnets"][subnet], SecurityGroupId=self.region["security_group"],
            ChargeType="HourlyInstantSettlement", MinCount=count, MaxCount=count, ProjectId=project)
        ids = [one["InstanceId"] for one in made["InstancesSet"]]
        eventually("the user's instances run", PATIENCE, lambda: all(self.state(one) == "active" for one in ids))
        return ids

    def look(self):
        return self.stack.cloudsim.get("/state")

    def state(self, instance):
        return next((one["state"] for one in self.look()["instances"] if one["id"] == instance), "gone")

    def set_state(self, instance, state):
        self.stack.cloudsim.put(f"/instances/{instance}", {"state": state})

    def registered(self, instances):
        """[(listener, port, instance)] of these instances, sorted."""
        return sorted((listener["id"], server["port"], server["instance_id"]) for listener in self.look()["listeners"]
                      for server in listener["real_servers"] if server["instance_id"] in instances)


class Play:
    def __init__(self, stack, checks):
        self.checks, self.fleet, self.cloud, self.region = checks, Fleet(stack), Cloud(stack), stack.region
        self.api, self.stack = self.fleet.api, stack
        account = self.region["account_id"]
        vpc = next(one["id"] for one in stack.spec["vpcs"] if one["account_id"] == account)
        balancer = next(one for one in stack.spec["load_balancers"] if one["vpc_id"] == vpc)
        self.listeners = [one["id"] for one in balancer["listeners"]]

    # ---- what is seen ----

    def member(self, group, instance):
        return next((one for one in self.fleet.members(group) if one["InstanceId"] == instance), None)

    def desired(self, group):
        return self.api.call("DescribeScalingGroup", ScalingGroupId=[group])["ScalingGroupSet"][0]["DesiredCapacity"]

    def contents(self):
        return {table: self.fleet.query(
            f"SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t")[0]
            for table in TABLES}

    def calm(self):
        """Waits until the loops have written what there was to write."""
        seen = []

        def unchanged():
            seen.append(self.contents())
            return seen[-1:] == seen[-2:-1]
        settles("nothing writes", PATIENCE, unchanged, quiet=1)

    def refused(self, what, status, code, action, **parameters):
        before = self.contents()
        try:
            answer = self.api.call(action, **parameters)
            self.checks.expect(False, f"{what} is refused", answer)
        except ApiError as error:
            self.checks.equal((error.status, error.code), (status, code), f"{what}: {error.status} {error.code}")
        self.checks.expect(self.contents() == before, f"{what}: nothing was written")

    def slb(self, listener, *ports):
        return {"Id": self.region["slb"], "ListenerId": self.listeners[listener], "ServerPort": list(ports)}

    # ---- acts ----

    def attach(self):
        self.checks.section("attach")
        group = self.fleet.create_group(desired=1, max_size=5)
        self.fleet.wait_settled(group, 1, PATIENCE)
        ids = self.cloud.run(1) + self.cloud.run(1, subnet=1)
        answer = self.api.call("AttachInstance", ScalingGroupId=group, ScalingInstanceId=ids)
        self.checks.equal(answer["Return"], True, "Return says that it was accepted")
        listed = [self.member(group, one) for one in ids]
        self.checks.expect(all(one and one["CreationType"] == "Manual" for one in listed), "listed at once", listed)
        self.checks.equal(self.desired(group), 3, "desired capacity counts them at once")
        protected = self.api.call("SetKvmProtectedDetach", ScalingGroupId=group, ScalingInstanceId=ids[:1])
        self.checks.equal(protected["ScalingInstanceSet"][0]["ProtectedFromScaleIn"], 1, "protectable at once")
        self.fleet.wait_settled(group, 3, PATIENCE)
        self.checks.equal(self.cloud.registered(ids), sorted((self.listeners[0], 80, one) for one in ids),
                          "each is registered once")
        activity = self.fleet.activities(group)[0]
        self.checks.equal((activity["Type"], activity["Status"], sorted(activity["SuccInsList"])), (2, 2, sorted(ids)),
                          "an activity of type 2 with both")
        self.checks.expect("添加云服务器触发" in activity["Cause"] and self.region["access_key"] in activity["Cause"],
                           "its cause names the act and the key", activity["Cause"])
        self.checks.equal(len(self.fleet.launches(group)), 1, "nothing was launched for it")
        return group, ids

    def wrong(self, group, ids):
        self.checks.section("wrong attaches and detaches")
        stopped, far, free = self.cloud.run(1) + self.cloud.run(1, subnet=2) + self.cloud.run(1)
        self.cloud.set_state(stopped, "stopped")
        narrow = self.fleet.create_group(subnets=2, max_size=1, listener=False)
        foreign = self.stack.cloudsim.post("/instances", {
            "account": self.region["other_account"]["account_id"], "count": 1, "name": "foreign",
            "subnet_id": self.stack.resources(self.region["other_account"]["account_id"])["subnets"][0],
        })["instances"][0]["id"]
        self.calm()
        attach = lambda what, status, code, *instances, into=narrow: self.refused(
            what, status, code, "AttachInstance", ScalingGroupId=into, ScalingInstanceId=list(instances))
        attach("an instance that does not exist", 400, "InvalidParameterValue", "no-such-instance")
        attach("another account's instance", 400, "InvalidParameterValue", foreign)
        attach("an instance of another subnet", 400, "InvalidParameterValue", far)
        attach("an instance named twice", 400, "InvalidParameterValue", free, free)
        attach("a stopped instance", 409, "InstanceNotRunning", stopped)
        attach("a member of another group", 409, "InstanceInUse", ids[0])
        attach("a member of the group", 409, "InstanceInUse", free, ids[0], into=group)
        attach("more than MaxSize", 409, "CapacityOutOfRange", free, *self.cloud.run(1))
        attach("into a group that does not exist", 404, "ScalingGroupNotFound", free, into="1")
        attach("no instance at all", 400, "MissingParameter")
        self.refused("a dry run", 412, "DryRunOperation", "AttachInstance", ScalingGroupId=narrow,
                     ScalingInstanceId=[free], DryRun="true")
        self.stack.cloudsim.put("/faults", [{"mode": "error", "action": "DescribeInstances", "count": -1, "status": 503,
                                             "code": "Down"}])
        attach("while the cloud can't answer", 500, "ServiceTimeout", free)
        self.stack.cloudsim.put("/faults", [])
        detach = lambda what, status, code, *instances, **more: self.refused(
            what, status, code, "DetachInstance", ScalingGroupId=group, ScalingInstanceId=list(instances), **more)
        detach("a stranger", 404, "ScalingInstanceNotFound", ids[1], free)
        detach("a protected member", 409, "InstanceProtected", ids[0])
        detach("an empty list", 400, "MissingParameter")
        detach("a dry run", 412, "DryRunOperation", ids[1], DryRun="true")
        self.api.call("ModifyScalingGroup", ScalingGroupId=group, MinSize=3)
        self.calm()
        detach("below MinSize", 409, "CapacityOutOfRange", ids[1])
        self.api.call("ModifyScalingGroup", ScalingGroupId=group, MinSize=0)

    def detach(self, group, ids):
        self.checks.section("detach")
        self.api.call("SetKvmProtectedDetach", ScalingGroupId=group, ScalingInstanceId=ids[:1], ProtectedFromDetach=0)
        launched = next(one for one in self.fleet.in_service(group) if one not in ids)
        answer = self.api.call("DetachInstance", ScalingGroupId=group, ScalingInstanceId=[ids[0], launched])
        self.checks.equal(answer["Return"], True, "Return says that it was accepted")
        self.checks.equal(self.desired(group), 1, "desired capacity falls at once")
        self.fleet.wait_settled(group, 1, PATIENCE)
        self.checks.equal(self.fleet.in_service(group), [ids[1]], "the other one stays")
        self.checks.equal(self.cloud.registered([ids[0], launched]), [], "deregistered")
        self.checks.equal([self.cloud.state(one) for one in (ids[0], launched)], ["active", "active"],
                          "left running, also the one that the group launched")
        activity = self.fleet.activities(group)[0]
        self.checks.equal((activity["Type"], activity["Status"], sorted(activity["SuccInsList"])),
                          (3, 2, sorted([ids[0], launched])), "an activity of type 3 with both")
        self.api.call("AttachInstance", ScalingGroupId=group, ScalingInstanceId=[ids[0]])
        self.fleet.wait_settled(group, 2, PATIENCE)
        self.checks.expect(True, "one that was detached may come back")

    def disabled(self, group, ids):
        self.checks.section("a disabled group")
        self.api.call("DisableScalingGroup", ScalingGroupId=group)
        self.api.call("DetachInstance", ScalingGroupId=group, ScalingInstanceId=[ids[0]])
        self.fleet.wait_settled(group, 1, PATIENCE)
        self.api.call("AttachInstance", ScalingGroupId=group, ScalingInstanceId=[ids[0]])
        self.fleet.wait_settled(group, 2, PATIENCE)
        self.checks.expect(True, "users' own acts work in it")
        self.api.call("EnableScalingGroup", ScalingGroupId=group)

    def balancers(self, group, ids):
        self.checks.section("load balancers")
        activities = len(self.fleet.activities(group))
        moves = [
            ("ModifyScalingLoadBalancers", [self.slb(0, 80, 81), self.slb(1, 90)]),
            ("ModifyScalingLoadBalancer", [self.slb(1, 91)]),
            ("ModifyLoadBalancers", []),
            ("ModifyScalingGroup", [self.slb(0, 80)]),
        ]
        for action, slbs in moves:
            self.api.call(action, ScalingGroupId=group, Slb=slbs)
            wanted = sorted((one["ListenerId"], port, instance) for one in slbs for port in one["ServerPort"]
                            for instance in ids)
            eventually(f"{action}: every member is where it should be", PATIENCE,
                       lambda wanted=wanted: self.cloud.registered(ids) == wanted)
            self.checks.expect(True, f"{action} with {len(slbs)} listeners: the members follow")
        self.checks.equal(len(self.fleet.activities(group)), activities, "no activity is shown for it")
        self.calm()
        self.refused("a listener that does not exist", 400, "InvalidParameterValue", "ModifyScalingLoadBalancers",
                     ScalingGroupId=group, Slb=[{**self.slb(0, 80), "ListenerId": "none"}])
        self.stack.cloudsim.put("/faults", [{"mode": "error", "action": "RegisterInstancesWithListener", "count": 2,
                                             "status": 500, "code": "Down"}])
        self.api.call("ModifyScalingLoadBalancers", ScalingGroupId=group, Slb=[self.slb(1, 90)])
        self.stack.processes.kill("engine")
        self.stack.start_engine()
        eventually("a killed engine's successor goes on", PATIENCE, lambda: self.cloud.registered(ids) == sorted(
            (self.listeners[1], 90, one) for one in ids))
        self.checks.expect(True, "the change survives a kill of the engine, and calls that fail")
        self.stack.cloudsim.put("/faults", [])
        eventually("the API is back", PATIENCE, lambda: self.fleet.is_settled(group, 2))
        self.fleet.set_desired(group, 0)
        self.fleet.wait_settled(group, 0, PATIENCE)
        self.checks.equal(self.cloud.registered(ids), [], "a scale-in leaves every listener")
        self.checks.equal([self.cloud.state(one) for one in ids], ["active"] * len(ids),
                          "and the user's own instances running")


def play(options, checks):
    began = time.monotonic()
    with private_region("membership", options.build) as stack:
        act = Play(stack, checks)
        group, ids = act.attach()
        checks.run("wrong", act.wrong, group, ids)
        checks.run("detach", act.detach, group, ids)
        checks.run("disabled", act.disabled, group, ids)
        checks.run("balancers", act.balancers, group, ids)
        act.fleet.check_audit(checks)
    print(f"took {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    chosen, found = arguments(__doc__), Checks()
    found.run("membership", play, chosen, found)
    found.finish()
