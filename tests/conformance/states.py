"""Bad input that no single parameter shows: values that contradict each other, and what the state forbids.

Descriptors can't tell these, so they are written down: (action, what is wrong, values over the good sample, the error).
Each changes nothing.
"""

from cases import INVALID, MISSING, UNKNOWN_ID, Case
from wire import pairs_of

GONE_WORDS = ("invalid", "not found", "notfound", "not exist", "not_found")  # what clients take for "gone"


class States:
    def __init__(self, suite):
        self.suite, self.world = suite, suite.world
        world = self.world
        self.bare = world.api.call(
            "CreateScalingGroup", ScalingGroupName="bare", ScalingConfigurationId=world.mine.configuration, MinSize=0,
            MaxSize=1, DesiredCapacity=0, RemovePolicy="RemoveOldestInstance", SubnetId=world.things["subnets"][:1],
            SecurityGroupId=world.things["security_group"])["ReturnSet"]["ScalingGroupId"]
        self.free = world.create_configuration(world.api, world.things)

    def rows(self):
        yield from self.groups()
        yield from self.policies()
        yield from self.tasks()
        yield from self.members()

    def groups(self):
        many = [f"00000000-0000-4000-8000-{number:012}" for number in range(31)]
        subnets, mine = self.world.things["subnets"], self.world.mine
        slb = {"Slb.#.Id": self.world.things["slb"], "Slb.#.ListenerId": self.world.things["listener"]}
        yield "CreateScalingGroup", "MinSize above MaxSize", {"MinSize": 6, "MaxSize": 5}, INVALID, "MinSize"
        yield "CreateScalingGroup", "desired above MaxSize", {"DesiredCapacity": 51}, INVALID, "DesiredCapacity"
        yield "CreateScalingGroup", "desired below MinSize", {"MinSize": 1}, INVALID, "DesiredCapacity"
        yield "CreateScalingGroup", "a subnet twice", {"SubnetId.#": subnets[:1] * 2}, INVALID, "SubnetId"
        yield "CreateScalingGroup", "eleven subnets", {"SubnetId.#": many[:11]}, "QUOTA_EXCEEDED", None
        yield ("CreateScalingGroup", "subnets of two VPCs",
               {"SubnetId.#": [subnets[0], self.world.foreign_things["subnets"][0]]}, INVALID, "SubnetId")
        yield "CreateScalingGroup", "a port twice", {**slb, "Slb.#.ServerPort.#": [80, 80]}, INVALID, "Slb.#.ServerPort"
        yield ("CreateScalingGroup", "no integer among ports", {**slb, "Slb.#.ServerPort.#": [80, "http"]}, INVALID,
               "Slb.#.ServerPort")
        yield "ModifyScalingGroup", "MinSize above the MaxSize that stays", {"MinSize": 51}, INVALID, "MinSize"
        yield "ModifyScalingGroup", "MaxSize below the MinSize given", {"MinSize": 9, "MaxSize": 8}, INVALID, "MinSize"
        yield "ModifyScalingGroup", "desired above the MaxSize that stays", {"DesiredCapacity": 51}, INVALID, "DesiredCapacity"
        yield "ModifyScalingGroup", "a MaxSize above the quota", {"MaxSize": 51}, "QUOTA_EXCEEDED", None
        yield ("DeleteScalingGroup", "a group with a member", {"ScalingGroupId": mine.group}, "SCALING_GROUP_IN_USE",
               "=" + mine.group)
        in_use = "SCALING_CONFIGURATION_IN_USE"
        yield ("DeleteScalingConfiguration", "one that is in use", {"ScalingConfigurationId.#": [mine.configuration]}, in_use,
               "=" + mine.configuration)
        yield ("DeleteScalingConfiguration", "one free, one in use",
               {"ScalingConfigurationId.#": [self.free, mine.configuration]}, in_use, "=" + mine.configuration)
        yield ("DeleteScalingConfiguration", "one free, one unknown", {"ScalingConfigurationId.#": [self.free, UNKNOWN_ID]},
               "SCALING_CONFIGURATION_NOT_FOUND", "=" + UNKNOWN_ID)
        yield "CreateScalingConfiguration", "no instance type", {"InstanceType": ""}, MISSING, "InstanceType"
        yield ("CreateScalingConfiguration", "an instance type twice",
               {"InstanceType.#": self.world.things["instance_types"][:1] * 2}, INVALID, "InstanceType")
        yield "CreateScalingConfiguration", "a line without bandwidth", {"LineId": "l"}, MISSING, "AddressBandWidth"
        yield "CreateScalingConfiguration", "a prepaid kind", {"ChargeType": "Monthly"}, INVALID, "ChargeType"

    def policies(self):
        mine, bare = self.world.mine, {"ScalingGroupId": self.bare}
        listener = {"Metric.DimensionName": "listener_outtraffic"}
        for action in ("ModifyScalingPolicy", "DeleteScalingPolicy"):
            yield action, "a policy of another group", bare, "SCALING_POLICY_NOT_FOUND", "=" + mine.policy
        yield ("CreateScalingPolicy", "listener traffic without a listener", {**bare, **listener}, INVALID,
               "Metric.dimensionName")
        yield "CreateScalingPolicy", "101 percent", {"Metric.Threshold": 101}, INVALID, "Metric.threshold"
        yield ("CreateScalingPolicy", "traffic of 0", {"Metric.DimensionName": "net_intraffic", "Metric.Threshold": 0}, INVALID,
               "Metric.threshold")
        yield ("ModifyScalingNotification", "a notification of another group", bare, "SCALING_NOTIFICATION_NOT_FOUND",
               "=" + mine.notification)

    def tasks(self):
        past, end = "2020-12-18 11:50:24", "2037-01-01 03:00:00"
        repeated = {"EndTime": end}
        yield "CreateScheduledTask", "a past start", {"StartTime": past}, INVALID, "StartTime"
        yield "CreateScheduledTask", "an end without a repetition", {"EndTime": end}, INVALID, "EndTime"
        yield "CreateScheduledTask", "a repetition without an end", {"Recurrence": "0 3 * * *"}, MISSING, "EndTime"
        yield ("CreateScheduledTask", "an end before the start", {"EndTime": "2035-01-01 00:00:00", "Recurrence": "0 3 * * *"},
               INVALID, "EndTime")
        for cron in ("* 3 * * *", "0 * * * *", "*/5 3 * * *", "0 */2 * * *", "60 3 * * *", "0 24 * * *", "0 3 0 * *", "0 3 32 * *",
                     "0 3 * 13 *", "0 3 * * 8", "0 3 * *", "0 3 * * * *", "0 3 * * FUNDAY", "5-1 3 * * *", "0 3 * * 1-", "@daily"):
            yield "CreateScheduledTask", f"Recurrence {cron}", {**repeated, "Recurrence": cron}, INVALID, "Recurrence"
        for unit, cycle in (("Week", "8"), ("Month", "32"), ("Month", "5,2"), ("Month", "1,2,3"), ("Day", "1,2"), ("Day", "0"),
                            ("Week", "1,,2"), ("Week", "Monday")):
            yield ("CreateScheduledTask", f"{unit} {cycle}", {**repeated, "RepeatUnit": unit, "RepeatCycle": cycle}, INVALID,
                   "RepeatCycle")
        yield "CreateScheduledTask", "a unit without a cycle", {**repeated, "RepeatUnit": "Day"}, MISSING, "RepeatCycle"
        yield "CreateScheduledTask", "expected above its max", {"ReadjustExpectSize": 51}, INVALID, "ReadjustExpectSize"
        yield "CreateScheduledTask", "its min above its max", {"ReadjustMinSize": 51}, INVALID, "ReadjustMinSize"
        yield "ModifyScheduledTask", "expected below the min given", {"ReadjustMinSize": 2}, INVALID, "ReadjustMinSize"
        bare = {"ScalingGroupId": self.bare}
        for action in ("ModifyScheduledTask", "DeleteScheduledTask"):
            yield action, "a task of another group", bare, "SCALING_SCHEDULED_TASK_NOT_FOUND", "=" + self.world.mine.task

    def members(self):
        world = self.world
        here, ids = world.mine.instance, "ScalingInstanceId.#"
        yield "DetachInstance", "a member of another group", {"ScalingGroupId": self.bare}, "SCALING_INSTANCE_NOT_FOUND", "=" + here
        yield "SetKvmProtectedDetach", "one member, one not", {ids: [here, "i-none"]}, "SCALING_INSTANCE_NOT_FOUND", "=i-none"
        free = [world.create_instance(world.account, world.things) for _ in range(3)]
        world.cloud.put(f"/instances/{free[2]}", {"state": "stopped"})
        elsewhere = world.cloud.post("/instances", {
            "account": world.account["id"], "subnet_id": world.things["subnets"][2], "count": 1, "name": "elsewhere",
            "instance_type": world.things["instance_types"][0], "image_id": world.things["image"]})["instances"][0]["id"]
        yield "AttachInstance", "a member of this group", {ids: [here]}, "INSTANCE_IN_USE", "=" + here
        yield "AttachInstance", "a member of another group", {"ScalingGroupId": self.bare, ids: [here]}, "INSTANCE_IN_USE", "=" + here
        yield "AttachInstance", "a stopped instance", {ids: [free[2]]}, "INSTANCE_NOT_RUNNING", "=" + free[2]
        yield "AttachInstance", "one running, one stopped", {ids: [free[0], free[2]]}, "INSTANCE_NOT_RUNNING", "=" + free[2]
        yield "AttachInstance", "an instance in no subnet of the group", {ids: [elsewhere]}, INVALID, ids
        yield "AttachInstance", "a foreign instance", {ids: [world.foreign.instance]}, INVALID, ids
        yield "AttachInstance", "above MaxSize", {"ScalingGroupId": self.bare, ids: free[:2]}, "CAPACITY_OUT_OF_RANGE", None

    def run(self):
        suite = self.suite
        suite.settle()
        for action_name, text, values, reason, argument in self.rows():
            action = suite.api.actions[action_name]
            # Of a message its required parts come along; a plain parameter stands alone.
            nested = [one.path for one in action.leaves() if one.path in values and one.parent is not None]
            sample = self.world.sample(action, *nested)
            before = suite.database.contents()
            case = Case("state", text, pairs_of({**sample, **values}), reason, argument)
            suite.check_case(action, case)
            after = suite.database.contents()
            suite.ledger.expect(action_name, "unwritten", before == after, f"state: {text} changes nothing", (before, after))
        self.world.api.call("DeleteScalingGroup", ScalingGroupId=self.bare)
        self.world.api.call("DeleteScalingConfiguration", ScalingConfigurationId=[self.free])


def check_states(suite, checks):
    States(suite).run()
    checks.section("Words of the catalogue")
    for row in suite.api.errors.values():
        if row.http == 409 and row.reason != "LIMIT_EXCEEDED":
            text = (row.code + ": " + row.message).lower()
            checks.expect(not any(word in text for word in GONE_WORDS), f"{row.code} does not read like `gone`", text)
