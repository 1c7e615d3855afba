"""What stands in the region while the suite runs, and the valid value of each parameter.

Two accounts get the same things: a configuration, a group with a member in service, a policy, a task, a notification.
The first account's are used; the second's are the foreign ids.
"""

import dataclasses

import private_region  # noqa: F401  (makes `region` known)
from eventually import eventually
from region.openapi import Client

METRIC_TEXT = ('{"dimensionName":"cpu_usage","comparisonOperator":"Greater","threshold":90,"function":"avg",'
               '"repeatTimes":3,"period":300}')
START, END = "2036-01-01 03:00:00", "2037-01-01 03:00:00"

# Parameters that an action needs although its descriptor can't say so, each with the reason.
ALSO_REQUIRED = {
    "CreateScalingConfiguration": ["InstanceType"],  # one of InstanceType and InstanceType.N
}
# Parameters that are valid only together with others, beyond `needs` of the descriptors.
COMPANIONS = {
    "EndTime": ["Recurrence"],               # a one-shot task has no end (semantics §6)
    "Recurrence": ["EndTime"],               # a repeating task needs an end
    "RepeatUnit": ["EndTime", "RepeatCycle"],
    "RepeatCycle": ["EndTime", "RepeatUnit"],
    "LineId": ["AddressBandWidth"],          # an elastic IP is bought by its bandwidth (semantics §13)
    "AddressChargeType": ["AddressBandWidth"],
    "AddressProjectId": ["AddressBandWidth"],
    "ContainerSubnetId.#": ["DesiredCapacity"],
    "DataDisk.#.SnapshotId": ["DataDisk.#.Type", "DataDisk.#.Size"],
    "DataDisk.#.DeleteWithInstance": ["DataDisk.#.Type", "DataDisk.#.Size"],
    "Tag.#.Value": ["Tag.#.Key"],
}
ONLY_TASKS = ("EndTime",)  # DescribeScalingActivity has an EndTime that stands alone


@dataclasses.dataclass
class Estate:
    """The ids of one account's things."""

    group: str = ""
    configuration: str = ""
    policy: str = ""
    task: str = ""
    notification: str = ""
    instance: str = ""
    activity: str = ""

    def by_path(self):
        return {
            "ScalingGroupId": self.group, "ScalingConfigurationId": self.configuration,
            "ScalingPolicyId": self.policy, "ScalingScheduledTaskId": self.task,
            "ScalingNotificationId": self.notification, "NotificationId": self.notification,
            "ScalingInstanceId": self.instance, "ScalingActivityId": self.activity,
        }


class World:
    def __init__(self, stack):
        self.stack, self.cloud = stack, stack.cloudsim
        self.region = stack.region
        first, second = stack.spec["accounts"][:2]
        self.account, self.stranger = first, second
        self.things, self.foreign_things = stack.resources(first["id"]), stack.resources(second["id"])
        self.api, self.foreign_api = self.client(first), self.client(second)
        self.mine = self.settle(self.api, self.things)
        self.foreign = self.settle(self.foreign_api, self.foreign_things)
        self.values = {**self.plain_values(), **self.mine.by_path()}
        # What an action must not find in use, or must find free.
        self.values_of = {
            ("AttachInstance", "ScalingInstanceId"): [self.create_instance(first, self.things) for _ in range(3)],
            ("DeleteScalingGroup", "ScalingGroupId"): self.create_group(self.api, self.things, self.mine.configuration),
            ("DeleteScalingConfiguration", "ScalingConfigurationId"): [
                self.create_configuration(self.api, self.things) for _ in range(3)],
        }

    def client(self, account):
        return Client(self.region["endpoint"], self.region["region"], account["access_key"], account["secret_key"])

    # ---- things ----

    def create_configuration(self, api, things):
        return api.call("CreateScalingConfiguration", ScalingConfigurationName="conformance", ImageId=things["image"],
                        InstanceType=[things["instance_types"][0]])["ScalingConfigurationId"]

    def create_group(self, api, things, configuration, desired=0):
        return api.call(
            "CreateScalingGroup", ScalingGroupName="conformance", ScalingConfigurationId=configuration, MinSize=0,
            MaxSize=50, DesiredCapacity=desired, RemovePolicy="RemoveOldestInstance", SubnetId=things["subnets"][:2],
            SecurityGroupId=things["security_group"],
            Slb=[{"Id": things["slb"], "ListenerId": things["listener"], "ServerPort": [80]}],
        )["ReturnSet"]["ScalingGroupId"]

    def create_policy(self, api, group):
        return api.call("CreateScalingPolicy", ScalingGroupId=group, ScalingPolicyName="conformance",
                        Metric=METRIC_TEXT, AdjustmentType="TotalCapacity", AdjustmentValue=1,
                        CoolDown=60)["ReturnSet"]["ScalingPolicyId"]

    def create_task(self, api, group):
        return api.call("CreateScheduledTask", ScalingGroupId=group, ScalingScheduledTaskName="conformance",
                        ReadjustMaxSize=50, ReadjustMinSize=0, ReadjustExpectSize=1,
                        StartTime=START)["ReturnSet"]["ScalingScheduleTaskId"]

    def create_instance(self, account, things):
        """A running instance of the user's own, in the group's first subnet."""
        made = self.cloud.post("/instances", {
            "account": account["id"], "subnet_id": things["subnets"][0], "instance_type": things["instance_types"][0],
            "image_id": things["image"], "count": 1, "name": "conformance"})
        return made["instances"][0]["id"]

    def settle(self, api, things):
        estate = Estate(configuration=self.create_configuration(api, things))
        estate.group = self.create_group(api, things, estate.configuration, desired=1)
        estate.policy = self.create_policy(api, estate.group)
        estate.task = self.create_task(api, estate.group)
        estate.notification = api.call("CreateScalingNotification", ScalingGroupId=estate.group,
                                       NotificationType=[1, 3])["ScalingNotificationId"]
        members = lambda: [one for one in api.call("DescribeScalingInstance", ScalingGroupId=estate.group)
                           ["ScalingInstanceSet"] if one["LifeCycleState"] == "InService"]
        eventually("the group has its member", 30, members, every=0.1)
        estate.instance = members()[0]["InstanceId"]
        estate.activity = api.call("DescribeScalingActivity",
                                   ScalingGroupId=estate.group)["ScalingActivitySet"][0]["ScalingActivityId"]
        return estate

    # ---- valid values ----

    def plain_values(self):
        """{path without its last index: valid value}; a list holds several."""
        things = self.things
        return {
            "ScalingGroupName": "conformance", "MinSize": 0, "MaxSize": 50, "DesiredCapacity": 0,
            "RemovePolicy": "RemoveNewestInstance", "SubnetId": things["subnets"], "SubnetStrategy": "choice-first",
            "SecurityGroupId": [things["security_group"]], "Slb.#.Id": things["slb"],
            "Slb.#.ListenerId": things["listener"], "Slb.#.ServerPort": [80, 8080, 443], "Slb.#.Weight": 30,
            "Slb.#.HealthCheckType": "slb", "ContainerSubnetId": things["subnets"][:2], "VpcId": things["vpc"],
            "Marker": 0, "MaxResults": 20, "CreationType": "Auto", "HealthStatus": "Healthy",
            "ProtectedFromDetach": 0,
            "ScalingConfigurationName": "conformance", "ImageId": things["image"], "Password": "Secret-123",
            "InstanceType": things["instance_types"], "ChargeType": "Daily", "DataDiskGb": 20, "ProjectId": 101,
            "KeepImageLogin": "true", "KeyId": ["key-1", "key-2"], "DataDisk.#.Type": "SSD3.0", "DataDisk.#.Size": 50,
            "DataDisk.#.DeleteWithInstance": "true", "DataDisk.#.SnapshotId": "snapshot-1",
            "SystemDisk.DiskType": "SSD3.0", "SystemDisk.DiskSize": 40, "SystemDisk.ResizeType": "online",
            "AddressBandWidth": 5, "BandWidthShareId": "share-1", "LineId": "line-1", "AddressProjectId": 101,
            "AddressChargeType": "Peak", "InstanceName": "web", "InstanceNameSuffix": "1", "UserData": "aGVsbG8=",
            "InstanceNameTimeSuffix": "true", "Tag.#.Key": "team", "Tag.#.Value": "伸缩", "NeedMonitorAgent": 0,
            "NeedSecurityAgent": 0, "SyncTag": "true", "LoginSetAfter": "true", "IpBindAfter": "true",
            "InstanceNameRandom": "true",
            "ScalingPolicyName": "conformance", "Metric.DimensionName": "cpu_usage",
            "Metric.ComparisonOperator": "Greater", "Metric.Threshold": 90, "Metric.RepeatTimes": 3,
            "Metric.Period": 300, "Metric.Function": "avg", "AdjustmentType": "TotalCapacity", "AdjustmentValue": 1,
            "CoolDown": 60,
            "ScalingScheduledTaskName": "conformance", "ReadjustMaxSize": 50, "ReadjustMinSize": 0,
            "ReadjustExpectSize": 1, "StartTime": START, "EndTime": END, "Recurrence": "30 3 * * 1-5",
            "RepeatUnit": "Week", "RepeatCycle": "2", "NotificationType": [1, 2, 3], "Description": "conformance",
        }

    def valid(self, action, parameter):
        """A valid value; of a list its elements."""
        bare = parameter.path.removesuffix(".#")
        value = self.values_of.get((action.name, bare), self.values[bare])
        if parameter.indexed:
            return value if isinstance(value, list) else [value]
        return value[0] if isinstance(value, list) else value

    def foreign_references(self):
        """{path without its last index: an id of the other account}, of what a request may refer to."""
        things = self.foreign_things
        return {"SubnetId": things["subnets"][0], "SecurityGroupId": things["security_group"],
                "Slb.#.Id": things["slb"], "Slb.#.ListenerId": things["listener"],
                "ContainerSubnetId": things["subnets"][0], "ScalingConfigurationId": self.foreign.configuration,
                "ScalingInstanceId": self.foreign.instance}

    def sample(self, action, *extra):
        """The required parameters of an action, those of `extra` (paths), and what these need: {path: value}."""
        wanted = [one.path for one in action.parameters if one.option.required]
        wanted += ALSO_REQUIRED.get(action.name, []) + list(extra)
        values, leaves = {}, {one.path: one for one in action.leaves()}
        queue = list(wanted)
        while queue:
            path = queue.pop(0)
            for leaf in self.parts(action, path, leaves):
                if leaf.path in values:
                    continue
                value = self.valid(action, leaf)
                values[leaf.path] = value[:1] if isinstance(value, list) else value
                queue += self.needed(action, leaf, leaves)
        return {path: values[path] for path in leaves if path in values}  # in the descriptors' order

    @staticmethod
    def parts(action, path, leaves):
        """The leaves that giving `path` means: itself, or the required ones of a message."""
        if path in leaves:
            return [leaves[path]]
        return [leaf for leaf in action.find(path).leaves() if leaf.option.required]

    @staticmethod
    def needed(action, leaf, leaves):
        """Paths that must come along with a leaf."""
        beside = action.parameters if leaf.parent is None else leaf.parent.children
        paths = [one.path for one in beside if one.name in leaf.option.needs]
        if leaf.parent is not None:
            paths += [one.path for one in leaf.parent.children if one.option.required]
        if action.name.endswith("ScheduledTask") or leaf.path not in ONLY_TASKS:
            paths += [path for path in COMPANIONS.get(leaf.path, []) if path in leaves]
        return paths

    # ---- subjects: what a call that really runs may change or take away ----

    def subject(self, action):
        """Values that replace the sample's for one real call of an action, so that the world stays as it is."""
        api = self.api
        if action == "DeleteScalingGroup":
            return {"ScalingGroupId": self.create_group(api, self.things, self.mine.configuration)}
        if action == "DeleteScalingConfiguration":
            return {"ScalingConfigurationId.#": [self.create_configuration(api, self.things)]}
        if action == "DeleteScalingPolicy":
            return {"ScalingPolicyId": self.create_policy(api, self.mine.group)}
        if action == "DeleteScheduledTask":
            return {"ScalingScheduledTaskId": self.create_task(api, self.mine.group)}
        if action == "AttachInstance":
            return {"ScalingInstanceId.#": [self.create_instance(self.account, self.things)]}
        if action == "DetachInstance":
            instance = self.create_instance(self.account, self.things)
            api.call("AttachInstance", ScalingGroupId=self.mine.group, ScalingInstanceId=[instance])
            self.wait_quiet()
            return {"ScalingInstanceId.#": [instance]}
        if action in ("ModifyScalingGroup", "DisableScalingGroup", "EnableScalingGroup"):
            return {"ScalingGroupId": self.create_group(api, self.things, self.mine.configuration)}
        return {}

    def undo(self, action, values, answer):
        """Takes away what a real call made."""
        api = self.api
        if action == "CreateScalingGroup":
            api.call("DeleteScalingGroup", ScalingGroupId=answer["ReturnSet"]["ScalingGroupId"])
        elif action == "CreateScalingConfiguration":
            api.call("DeleteScalingConfiguration", ScalingConfigurationId=[answer["ScalingConfigurationId"]])
        elif action == "CreateScalingPolicy":
            api.call("DeleteScalingPolicy", ScalingGroupId=values["ScalingGroupId"],
                     ScalingPolicyId=answer["ReturnSet"]["ScalingPolicyId"])
        elif action == "CreateScheduledTask":
            api.call("DeleteScheduledTask", ScalingGroupId=values["ScalingGroupId"],
                     ScalingScheduledTaskId=answer["ReturnSet"]["ScalingScheduleTaskId"])
        elif action == "AttachInstance":
            self.wait_quiet()
            api.call("DetachInstance", ScalingGroupId=values["ScalingGroupId"],
                     ScalingInstanceId=values["ScalingInstanceId.#"])
        elif action in ("ModifyScalingGroup", "DisableScalingGroup", "EnableScalingGroup"):
            api.call("DeleteScalingGroup", ScalingGroupId=values["ScalingGroupId"])

    def wait_quiet(self):
        """Until no activity of the group runs."""
        still = lambda: all(one["Status"] != 1 for one in self.api.call(
            "DescribeScalingActivity", ScalingGroupId=self.mine.group)["ScalingActivitySet"])
        eventually("the group is quiet", 60, still, every=0.1)
