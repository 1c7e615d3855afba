"""Scaling groups of a test, and what PostgreSQL and cloudsim know of them, apart from the engine's word."""

import collections
import json
import subprocess

import psycopg2

import private_region  # noqa: F401  (makes `region` known)
from eventually import eventually
from region.openapi import ApiError

CALL_LOG_PAGE = 10_000
# What the cloud shows of a launch's fate, as the histogram of a kill counts it.
PREPARED, SENT_BEFORE, SENT_AFTER, ACCEPTED, REGISTERED = (
    "PREPARED", "SENT, not accepted yet", "SENT, accepted", "ACCEPTED, booting", "registered")


class Fleet:
    def __init__(self, stack):
        self.stack, self.api, self.cloud, self.region = stack, stack.client(), stack.cloudsim, stack.region
        self.configuration = self.api.call(
            "CreateScalingConfiguration", ScalingConfigurationName="e2e", ImageId=self.region["image"],
            InstanceType=[self.region["instance_types"][0]], SystemDisk={"DiskType": "SSD3.0", "DiskSize": 20},
        )["ScalingConfigurationId"]

    # ---- the public API ----

    def create_group(self, desired=0, max_size=5, min_size=0, listener=True, subnets=3, name="e2e"):
        slb = [{"Id": self.region["slb"], "ListenerId": self.region["listener"], "ServerPort": [80]}] if listener else []
        return self.api.call(
            "CreateScalingGroup", ScalingGroupName=name, ScalingConfigurationId=self.configuration,
            MinSize=min_size, MaxSize=max_size, DesiredCapacity=desired, RemovePolicy="RemoveOldestInstance",
            SubnetId=self.region["subnets"][:subnets], SecurityGroupId=self.region["security_group"], Slb=slb,
        )["ReturnSet"]["ScalingGroupId"]

    def set_desired(self, group, desired):
        self.api.call("ModifyScalingGroup", ScalingGroupId=group, DesiredCapacity=desired)

    def members(self, group):
        return self.api.call("DescribeScalingInstance", ScalingGroupId=group, MaxResults=100)["ScalingInstanceSet"]

    def activities(self, group):
        return self.api.call("DescribeScalingActivity", ScalingGroupId=group, MaxResults=100)["ScalingActivitySet"]

    def in_service(self, group):
        return [one["InstanceId"] for one in self.members(group) if one["LifeCycleState"] == "InService"]

    def is_settled(self, group, desired):
        """All members in service, as many as desired, nothing running. False while the API is away."""
        try:
            members, activities = self.members(group), self.activities(group)
        except (OSError, ApiError):
            return False
        return (len(members) == desired and all(one["LifeCycleState"] == "InService" for one in members)
                and all(one["Status"] != 1 for one in activities))

    def wait_settled(self, group, desired, seconds):
        eventually(f"group {group} has {desired} members in service and nothing running", seconds,
                   lambda: self.is_settled(group, desired), every=0.2)

    # ---- PostgreSQL ----

    def query(self, sql, *values):
        with psycopg2.connect(self.region["postgres_dsn"]) as connection, connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    def intents(self, group):
        """Launch intents of a group: {id: (state, slot's state or None)}."""
        rows = self.query(
            "SELECT i.id, i.state, s.state FROM launch_intent i LEFT JOIN activity_slot s"
            " ON s.activity_id = i.activity_id AND s.intent_id = i.id WHERE i.group_id = %s", int(group))
        return {row[0]: (row[1], row[2]) for row in rows}

    # ---- the engine's own word on its database ----

    def check_audit(self, checks):
        """The audit finds nothing: what an operator would run (docs/operations.md)."""
        engine = f"127.0.0.1:{self.stack.ports['engine']['port']}"
        done = subprocess.run([self.stack.program("accordion-engine"), "admin", "audit", "--json", "--engine", engine],
                              capture_output=True, text=True, timeout=60, check=False)
        promises = json.loads(done.stdout or "{}").get("promises", [])
        broken = [one for one in promises if int(one["violations"])]
        checked = sum(int(one["checked"]) for one in promises)
        checks.expect(done.returncode == 0 and checked and not broken,
                      f"the audit's {len(promises)} promises are kept, {checked} rows checked", broken or done.stderr)

    # ---- cloudsim ----

    def calls(self, action=None):
        calls, since = [], 0
        while True:
            page = self.cloud.get(f"/calls?since={since}")
            calls += page["calls"]
            if not page["calls"] or page["calls"][-1]["seq"] >= page["last"]:
                break
            since = page["calls"][-1]["seq"]
        return [call for call in calls if action in (None, call["action"])]

    def launches(self, group):
        """Executed RunInstances of a group, from cloudsim's call log."""
        return [call for call in self.calls("RunInstances")
                if call["outcome"] == "executed" and call.get("tags", {}).get("as.group") == str(group)]

    def instances(self, group=None):
        """What the cloud has, of one group or of all groups."""
        found = [one for one in self.cloud.get("/state")["instances"] if "as.group" in one["tags"]]
        return [one for one in found if group is None or one["tags"]["as.group"] == str(group)]

    def real_servers(self):
        listeners = self.cloud.get("/state")["listeners"]
        return [server["instance_id"] for one in listeners if one["id"] == self.region["listener"]
                for server in one["real_servers"]]

    def histogram(self, group):
        """Where each launch of a running scale-out stands: {word: count}."""
        launched = {call["tags"]["as.intent"] for call in self.launches(group)}
        servers = set(self.real_servers())
        by_intent = {one["tags"]["as.intent"]: one["id"] for one in self.instances(group)}
        counts = collections.Counter()
        for intent, (state, _) in self.intents(group).items():
            if state == "Prepared":
                counts[PREPARED] += 1
            elif state in ("Sent", "Unknown"):
                counts[SENT_AFTER if intent in launched else SENT_BEFORE] += 1
            elif by_intent.get(intent) in servers:
                counts[REGISTERED] += 1
            else:
                counts[ACCEPTED] += 1
        return dict(counts)

    def most_alive(self, group):
        """The largest number of instances that the group had at once, by the order of cloudsim's call log."""
        alive, most = set(), 0
        mine = {call["instance_id"] for call in self.launches(group)}
        for call in self.calls():
            for effect in call["effects"]:
                instance = effect.get("instance_id")
                if call["outcome"] != "executed" or instance not in mine or not effect["ok"]:
                    continue
                if call["action"] == "RunInstances":
                    alive.add(instance)
                elif call["action"] == "TerminateInstances":
                    alive.discard(instance)
            most = max(most, len(alive))
        return most

    def check_exact(self, checks, group, desired, max_size, what):
        """What must hold once a group is settled, whatever happened on the way."""
        members = {one["InstanceId"] for one in self.members(group)}
        checks.equal(sorted(one["id"] for one in self.instances(group)), sorted(members),
                     f"{what}: the members are exactly the cloud's instances of the group")
        checks.equal(len(members), desired, f"{what}: as many as desired")
        mine = {call["instance_id"] for call in self.launches(group)}
        checks.equal(sorted(one for one in self.real_servers() if one in mine), sorted(members),
                     f"{what}: each member is registered with the listener, once")
        per_intent = collections.Counter(call["tags"]["as.intent"] for call in self.launches(group))
        checks.expect(all(count == 1 for count in per_intent.values()), f"{what}: no intent was launched twice",
                      per_intent)
        intents = self.intents(group)
        checks.expect(set(per_intent) <= set(intents), f"{what}: every launch had its intent written down before")
        checks.expect(all(state in ("Accepted", "Adopted", "Rejected", "Abandoned") for state, _ in intents.values()),
                      f"{what}: no intent is left unresolved", intents)
        checks.expect(self.most_alive(group) <= max_size, f"{what}: never more than MaxSize instances",
                      self.most_alive(group))
        states = {one["Status"] for one in self.activities(group)}
        checks.expect(states <= {2, 3, 4}, f"{what}: every activity has ended", states)
