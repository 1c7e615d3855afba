"""The demo: a group scales out and in by its policies, driven and checked through the signed public API.

Every expectation is checked against the public API and cloudsim's own call log, never against the engine's word alone.
"""

import datetime
import random
import re
import time

from .openapi import ApiError

CAPACITY_RPS = 100  # of the smallest instance type in cloudsim's default region
COOLDOWN = 60       # the least that the API takes


class Plan:
    """What a seed decides."""

    def __init__(self, seed):
        dice = random.Random(seed)
        self.subnets = dice.choice([2, 2, 3])
        self.initial = dice.randint(2, 3)
        self.add = dice.randint(3, 4)
        self.remove = dice.randint(2, 3)
        self.period = dice.choice([5, 10])
        self.repeat = 2
        self.busy_cpu = dice.randint(72, 92)        # of the initial members
        self.quiet_cpu = dice.randint(4, 9)         # of the enlarged group
        self.high, self.low = 60, 20

    @property
    def enlarged(self):
        return self.initial + self.add


class Scenario:
    def __init__(self, stack, seed, timeline):
        self.stack, self.timeline, self.plan = stack, timeline, Plan(seed)
        self.api, self.cloud, self.region = stack.client(), stack.cloudsim, stack.region
        self.failures, self.seen = [], set()
        self.rps, self.group = 0.0, None
        self.zone_of = {one["id"]: one["zone"] for one in stack.spec["subnets"]}

    def expect(self, held, text):
        self.timeline.expect(held, text)
        if not held:
            self.failures.append(text)

    # ---- what the world looks like ----

    def describe(self):
        groups = self.api.call("DescribeScalingGroup", ScalingGroupId=[self.group])["ScalingGroupSet"]
        members = self.api.call("DescribeScalingInstance", ScalingGroupId=self.group, MaxResults=100)
        activities = self.api.call("DescribeScalingActivity", ScalingGroupId=self.group, MaxResults=100)
        return groups[0], members["ScalingInstanceSet"], activities["ScalingActivitySet"]

    def cloud_instances(self):
        state = self.cloud.get("/state")
        return {one["id"]: one for one in state["instances"]}

    def servers(self):
        """Instance ids registered with the group's listener, by cloudsim."""
        state = self.cloud.get("/state")
        for listener in state["listeners"]:
            if listener["id"] == self.region["listener"]:
                return [server["instance_id"] for server in listener["real_servers"]]
        return []

    def watch(self, until, seconds, what):
        """A row a second until `until(group, members, activities)` or the deadline. Returns the last view."""
        deadline = time.monotonic() + seconds
        while True:
            tick = time.monotonic()
            try:
                view = self.describe()
            except (OSError, ApiError) as error:
                self.timeline.note(f"the API is away: {error}")
                view = None
            if view is not None:
                self.show(*view)
                if until(*view):
                    return view
            if time.monotonic() > deadline:
                self.expect(False, f"within {seconds} s: {what}")
                return view
            time.sleep(max(0.0, 1.0 - (time.monotonic() - tick)))

    def show(self, group, members, activities):
        instances = self.cloud_instances()
        serving = [one for one in members if one["LifeCycleState"] == "InService"]
        loads = [instances[one["InstanceId"]].get("cpu_percent") for one in serving if one["InstanceId"] in instances]
        loads = [load for load in loads if load is not None]
        zones = {}
        for one in serving:
            zone = instances.get(one["InstanceId"], {}).get("zone", "?")
            zones[zone[-1]] = zones.get(zone[-1], 0) + 1
        for activity in reversed(activities):
            self.show_activity(activity)
        self.timeline.row(self.rps, CAPACITY_RPS * self.plan.initial, sum(loads) / len(loads) if loads else None,
                          group["DesiredCapacity"], len(serving), len(members) - len(serving), zones)

    def show_activity(self, activity):
        key = (activity["ScalingActivityId"], activity["Status"])
        if key in self.seen:
            return
        self.seen.add(key)
        kind = {0: "scale out", 1: "scale in", 2: "attach", 3: "detach", 10: "replace"}[activity["Type"]]
        word, style = {1: ("began", "cyan"), 2: ("succeeded", "green"), 3: ("failed", "red"),
                       4: ("was cancelled", "yellow")}[activity["Status"]]
        self.timeline.event(f"{kind} {word}: {activity['Cause']}", style)

    # ---- the play ----

    def set_load(self, rps):
        self.rps = rps
        self.cloud.put("/load", {"listener_id": self.region["listener"], "rps": rps})

    def create(self):
        plan, region = self.plan, self.region
        configuration = self.api.call(
            "CreateScalingConfiguration", ScalingConfigurationName="web", ImageId=region["image"],
            InstanceType=[region["instance_types"][0], region["instance_types"][1]],
            SystemDisk={"DiskType": "SSD3.0", "DiskSize": 20}, InstanceName="web",
        )["ScalingConfigurationId"]
        self.group = self.api.call(
            "CreateScalingGroup", ScalingGroupName="demo", ScalingConfigurationId=configuration, MinSize=1,
            MaxSize=20, DesiredCapacity=plan.initial, RemovePolicy="RemoveOldestInstance",
            SubnetId=region["subnets"][: plan.subnets], SubnetStrategy="balanced-distribution",
            SecurityGroupId=region["security_group"],
            Slb=[{"Id": region["slb"], "ListenerId": region["listener"], "ServerPort": [80], "Weight": 20}],
        )["ReturnSet"]["ScalingGroupId"]
        self.policy("cpu-high", "Greater", plan.high, plan.add)
        self.policy("cpu-low", "Less", plan.low, -plan.remove)

    def policy(self, name, comparison, threshold, value):
        metric = (
            f'{{"dimensionName":"cpu_usage","comparisonOperator":"{comparison}","threshold":{threshold},'
            f'"function":"avg","repeatTimes":{self.plan.repeat},"period":{self.plan.period}}}'
        )
        return self.api.call("CreateScalingPolicy", ScalingGroupId=self.group, ScalingPolicyName=name, Metric=metric,
                             AdjustmentType="QuantityChangeInCapacity", AdjustmentValue=value, CoolDown=COOLDOWN)

    def run(self):
        """True if every expectation held."""
        plan, line = self.plan, self.timeline
        line.title("1  A group over %d subnets behind a listener, kept at %d" % (plan.subnets, plan.initial))
        line.header()
        # Enough load from the start that the scale-in policy has no reason to act.
        self.set_load(CAPACITY_RPS * plan.initial * 0.4)
        self.create()
        done = lambda wanted: lambda group, members, activities: (
            len(members) == wanted and all(one["LifeCycleState"] == "InService" for one in members)
            and all(activity["Status"] != 1 for activity in activities)
        )
        _, members, _ = self.watch(done(plan.initial), 60, f"{plan.initial} members in service")
        self.expect(sorted(one["InstanceId"] for one in members) == sorted(self.servers()),
                    "the listener has exactly the members")

        line.title("2  Load rises: cpu above %d %% in %d periods of %d s fires cpu-high" % (plan.high, plan.repeat, plan.period))
        line.header()
        self.set_load(CAPACITY_RPS * plan.initial * plan.busy_cpu / 100)
        grown = self.watch(done(plan.enlarged), 90, f"{plan.enlarged} members in service")
        self.check_scale_out(members, *grown)

        line.title("3  Load falls: below %d %% fires cpu-low, once the cooldown of %d s is over" % (plan.low, COOLDOWN))
        line.header()
        self.set_load(CAPACITY_RPS * plan.enlarged * plan.quiet_cpu / 100)
        before = grown[1]
        shrunk = self.watch(done(plan.enlarged - plan.remove), COOLDOWN + 90,
                            f"{plan.enlarged - plan.remove} members in service")
        self.check_scale_in(before, *shrunk)
        self.summary()
        return not self.failures

    # ---- what must hold ----

    def check_scale_out(self, before, group, members, activities):
        plan = self.plan
        newest = next((one for one in activities if one["Type"] == 0 and "cpu-high" in one["Cause"]), None)
        self.expect(newest is not None and newest["Status"] == 2,
                    "a scale-out with status 2 whose cause names cpu-high")
        instances = self.cloud_instances()
        spread = {}
        for one in members:
            subnet = instances[one["InstanceId"]]["subnet_id"]
            spread[subnet] = spread.get(subnet, 0) + 1
        counts = [spread.get(subnet, 0) for subnet in self.region["subnets"][: plan.subnets]]
        self.expect(max(counts) - min(counts) <= 1, f"balanced over the subnets: {counts}")
        self.expect(sorted(one["InstanceId"] for one in members) == sorted(self.servers()),
                    "every member is registered with the listener, nobody else is")
        launches = [call for call in self.calls("RunInstances") if call["outcome"] == "executed"]
        self.expect(len(launches) == plan.enlarged, f"cloudsim executed {len(launches)} RunInstances, one a member")
        if newest is not None:
            self.check_cause(newest, "cpu-high", plan.high, before)

    def check_scale_in(self, before, group, members, activities):
        plan = self.plan
        newest = next((one for one in activities if one["Type"] == 1), None)
        self.expect(newest is not None and newest["Status"] == 2 and "cpu-low" in newest["Cause"],
                    "a scale-in with status 2 whose cause names cpu-low")
        gone = {one["InstanceId"] for one in before} - {one["InstanceId"] for one in members}
        instances = self.cloud_instances()
        self.expect(gone == set(newest["SuccInsList"] if newest else []), "the activity lists those that left")
        self.expect(self.balanced_choice(before, gone),
                    "the oldest members left (in the fullest subnets)")
        self.check_order(gone)
        self.expect(sorted(one["InstanceId"] for one in members) == sorted(self.servers()),
                    "the listener has exactly the remaining members")
        if newest is not None:
            self.check_cause(newest, "cpu-low", plan.low, before)

    def balanced_choice(self, before, gone):
        """Whether each victim was the oldest of a fullest subnet at its turn (semantics.md §8)."""
        launched = {one["instance_id"]: one for one in self.calls("RunInstances") if one.get("instance_id")}
        left = {one["InstanceId"]: (one["AddTime"], one["InstanceId"], launched[one["InstanceId"]]["subnet_id"])
                for one in before}
        for _ in range(len(gone)):
            sizes = {}
            for _, _, subnet in left.values():
                sizes[subnet] = sizes.get(subnet, 0) + 1
            fullest = {subnet for subnet, size in sizes.items() if size == max(sizes.values())}
            candidates = [row for row in left.values() if row[2] in fullest]
            first = min(candidates)[0]
            turn = [row[1] for row in candidates if row[0] == first and row[1] in gone]
            if not turn:
                return False
            del left[turn[0]]
        return True

    def check_order(self, gone):
        for instance in gone:
            removed = [call for call in self.calls("DeregisterInstancesFromListener")
                       if call.get("instance_id") == instance]
            ended = [call for call in self.calls("TerminateInstances") if call.get("instance_id") == instance]
            self.expect(bool(removed and ended) and removed[0]["time_us"] < ended[0]["time_us"],
                        f"{instance[:8]} was deregistered before it was terminated")

    def check_cause(self, activity, policy, threshold, members):
        cause = activity["Cause"]
        self.expect(policy in cause and str(threshold) in cause and str(self.plan.repeat) in cause,
                    "the cause names policy, threshold and periods")
        values = self.recomputed(cause, {one["InstanceId"] for one in members})
        self.expect(bool(values) and all(abs(told - mean) < 1e-6 * max(1.0, abs(mean)) for told, mean in values),
                    "the values in the cause are the means of the pushed samples: "
                    + ", ".join(f"{told:.4f}" for told, _ in values))

    def recomputed(self, cause, members):
        """(value in the cause, mean recomputed from cloudsim's log of pushed samples) for each period.

        Periods that fire begin after the last change of membership, so all members of that time count whole.
        """
        pairs = []
        for told, at in parse_periods(cause):
            start = local_to_epoch(at)
            end = start + self.plan.period
            samples = self.cloud.get(
                f"/samples?metric=cpu_usage&since={int(start * 1000)}&until={int(end * 1000)}"
            )["samples"]
            by_instance = {}
            for sample in samples:
                if sample["resource_id"] in members and start <= sample["timestamp_ms"] / 1000 < end:
                    by_instance.setdefault(sample["resource_id"], {})[sample["timestamp_ms"]] = sample["value"]
            means = [sum(values.values()) / len(values) for values in by_instance.values()]
            if means:
                pairs.append((told, sum(means) / len(means)))
        return pairs

    def calls(self, action):
        return [call for call in self.cloud.get("/calls?since=0")["calls"] if call["action"] == action]

    def summary(self):
        line = self.timeline
        if self.failures:
            line.title(f"{len(self.failures)} expectations did not hold:")
            for failure in self.failures:
                line.note(failure)
        else:
            line.title("Every expectation held.")


def parse_periods(cause):
    """The `value@hh:mm:ss` pairs of a policy's cause."""
    return [(float(value), at) for value, at in re.findall(r"(-?[0-9.]+(?:e[+-]?\d+)?)@(\d\d:\d\d:\d\d)", cause)]


def local_to_epoch(clock):
    """Today's instant of a wall-clock time in the region's zone (Asia/Shanghai has no summer time now)."""
    zone = datetime.timezone(datetime.timedelta(hours=8))
    now = datetime.datetime.now(zone)
    at = datetime.datetime.combine(now.date(), datetime.time.fromisoformat(clock), zone)
    if at > now:
        at -= datetime.timedelta(days=1)
    return at.timestamp()
