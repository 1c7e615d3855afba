#!/usr/bin/python3
"""The requests of Terraform's provider, in its dialect and order: create, read, update and destroy of its resources.

From the provider's sources (ksyun/resource_ksyun_scaling_*.go): each `Resource` sends what its Go function sends, and
reads back what that function reads, with the JSON types that its assertions need.
"""

import json
import time

from checks import Checks
from eventually import eventually
from ksc_go import KscGo, flag, is_gone, json_list, list_of, misfits, shape, text, whole
from private_region import arguments, private_region
from region.openapi import ApiError

SLB_CONFIG = {"SlbId": text, "ListenerId": text, "Weight": whole, "HealthCheckType": text,
              "ServerPortSet": list_of(whole)}
GROUP = {"ScalingGroupId": text, "ScalingGroupName": text, "ScalingConfigurationId": text,
         "ScalingConfigurationName": text, "MinSize": whole, "MaxSize": whole, "DesiredCapacity": whole,
         "InstanceNum": whole, "CreateTime": text, "RemovePolicy": text, "VpcId": text, "SecurityGroupId": text,
         "SecurityGroupIdSet": list_of(text), "SubnetIdSet": list_of(text), "SubnetStrategy": text, "Status": text,
         "SlbConfigSet": list_of(shape(SLB_CONFIG))}
CONFIGURATION = {"ScalingConfigurationId": text, "ScalingConfigurationName": text, "ImageId": text,
                 "InstanceTypeSet": list_of(text), "SystemDiskType": text, "SystemDiskSize": whole,
                 "DataDiskEbsDetail": json_list, "KeyIds": json_list, "ProjectId": whole, "KeepImageLogin": flag,
                 "InstanceName": text, "InstanceNameSuffix": text, "InstanceNameTimeSuffix": flag, "UserData": text,
                 "NeedMonitorAgent": whole, "NeedSecurityAgent": whole, "AddressBandWidth": whole, "ChargeType": text,
                 "Cpu": whole, "Gpu": whole, "Mem": whole, "CreateTime": text}
CONFIGURATION_OPTIONAL = ("KeyIds", "UserData", "InstanceName", "InstanceNameSuffix", "AddressBandWidth")
INSTANCE = {"InstanceId": text, "InstanceName": text, "HealthStatus": text, "CreationType": text, "AddTime": text,
            "ProtectedFromScaleIn": whole}
METRIC = {"DimensionName": text, "ComparisonOperator": text, "Threshold": whole, "RepeatTimes": whole, "Period": whole,
          "Function": text}
POLICY = {"ScalingPolicyId": text, "ScalingGroupId": text, "ScalingPolicyName": text, "AdjustmentType": text,
          "AdjustmentValue": whole, "CoolDown": whole, "CreateTime": text, "Metric": shape(METRIC)}
NOTIFICATION = {"ScalingNotificationId": text, "ScalingGroupId": text, "ScalingNotificationTypes": list_of(text)}
TASK = {"ScalingScheduledTaskId": text, "ScalingGroupId": text, "ScalingScheduledTaskName": text,
        "ReadjustMaxSize": whole, "ReadjustMinSize": whole, "ReadjustExpectSize": whole, "StartTime": text,
        "EndTime": text, "Recurrence": text, "RepeatUnit": text, "RepeatCycle": text, "CreateTime": text,
        "Description": text}
TASK_OPTIONAL = ("EndTime", "Recurrence", "RepeatUnit", "RepeatCycle", "Description")
DESTROY_SECONDS = 60


class Provider:
    def __init__(self, checks, region):
        self.checks, self.region, self.sdk = checks, region, KscGo(region)

    def do(self, action, parameters=None):
        """One request that must succeed."""
        answer = self.sdk.call(action, parameters)
        self.checks.expect(isinstance(answer.get("RequestId"), str), f"{action} succeeds", answer)
        return answer

    def read(self, action, parameters, items, fields, optional=()):
        """The resource's Read: the first item of the list, typed; None where the resource would leave the state."""
        found = self.sdk.call(action, parameters)[items]  # not an array, and the provider panics
        self.checks.expect(isinstance(found, list), f"{action}: {items} is an array", found)
        if not found:
            return None
        self.checks.equal(misfits(found[0], fields, optional), {}, f"{action}: every field has its type")
        return found[0]

    def expect_state(self, row, **wanted):
        """A field that doesn't read back as it was set is a diff in every plan."""
        self.checks.equal({name: (row or {}).get(name) for name in wanted}, wanted, f"reads back {', '.join(wanted)}")

    def delete(self, action, parameters):
        """Delete of all but groups: any error but "gone" is tried ten times, and then the provider's."""
        error = None
        for _ in range(10):
            try:
                self.sdk.call(action, parameters)
                return
            except ApiError as refusal:
                if is_gone(refusal):
                    return
                error = refusal
        raise error

    # ---- ksyun_scaling_configuration ----

    def create_configuration(self):
        region = self.region
        identity = self.do("CreateScalingConfiguration", {
            "ScalingConfigurationName": "tf-scaling-config", "ImageId": region["image"],
            "InstanceType.1": region["instance_types"][0], "InstanceType.2": region["instance_types"][1],
            "Password": "Aa123456", "SystemDisk.DiskType": "SSD3.0", "SystemDisk.DiskSize": 20, "DataDisk.1.Type": "SSD3.0",
            "DataDisk.1.Size": 50, "DataDisk.1.DeleteWithInstance": "false", "InstanceName": "tf kec",
            "NeedMonitorAgent": 1, "NeedSecurityAgent": 1, "ProjectId": 0})["ScalingConfigurationId"]
        self.checks.expect(text(identity), "the new id is a string", identity)
        row = self.read_configuration(identity)
        self.expect_state(row, ScalingConfigurationName="tf-scaling-config", InstanceName="tf kec", SystemDiskSize=20,
                          NeedMonitorAgent=1, InstanceTypeSet=region["instance_types"][:2])
        self.checks.equal(json.loads(row["DataDiskEbsDetail"]),
                          [{"deleteWithInstance": False, "size": 50, "type": "SSD3.0"}], "the data disk reads back")
        self.checks.expect("Aa123456" not in json.dumps(row), "the password is not shown")
        return identity

    def read_configuration(self, identity):
        return self.read("DescribeScalingConfiguration", {"ScalingConfigurationId.1": identity, "ProjectId.1": 0},
                         "ScalingConfigurationSet", CONFIGURATION, CONFIGURATION_OPTIONAL)

    def update_configuration(self, identity):
        self.do("ModifyScalingConfiguration", {"ScalingConfigurationId": identity, "InstanceName": "tf kec 2"})
        self.expect_state(self.read_configuration(identity), InstanceName="tf kec 2",
                          ScalingConfigurationName="tf-scaling-config")

    # ---- ksyun_scaling_group ----

    def slb(self, port=80):
        return {"Slb.1.Id": self.region["slb"], "Slb.1.ListenerId": self.region["listener"], "Slb.1.Weight": 20,
                "Slb.1.HealthCheckType": "slb", "Slb.1.ServerPort.1": port}

    def subnets(self):
        return {f"SubnetId.{number}": subnet for number, subnet in enumerate(self.region["subnets"], 1)}

    def create_group(self, configuration):
        group = self.do("CreateScalingGroup", {
            "ScalingGroupName": "tf-scaling-group", "ScalingConfigurationId": configuration, "MinSize": 0, "MaxSize": 3,
            "DesiredCapacity": 0, "RemovePolicy": "RemoveOldestInstance", "SubnetStrategy": "balanced-distribution",
            "SecurityGroupId.1": self.region["security_group"], "Status": "Active", **self.subnets(), **self.slb(),
        })["ReturnSet"]["ScalingGroupId"]
        self.checks.expect(text(group), "the new id is a string", group)
        row = self.read_group(group)
        self.expect_state(row, ScalingGroupName="tf-scaling-group", MinSize=0, MaxSize=3, DesiredCapacity=0,
                          Status="Active", SecurityGroupIdSet=[self.region["security_group"]],
                          SecurityGroupId=self.region["security_group"], VpcId=self.region["vpc"])
        self.checks.equal(sorted(row["SubnetIdSet"]), sorted(self.region["subnets"]), "all subnets read back")
        self.checks.equal(row["SlbConfigSet"], [{
            "SlbId": self.region["slb"], "ListenerId": self.region["listener"], "ServerPortSet": [80], "Weight": 20,
            "HealthCheckType": "slb"}], "the load balancer reads back")
        return group

    def read_group(self, group):
        return self.read("DescribeScalingGroup", {"ScalingGroupId.1": group}, "ScalingGroupSet", GROUP)

    def update_group(self, group, changed, slb=None):
        """Update: load balancers first and always, then the status, then the rest."""
        self.do("ModifyScalingLoadBalancers", {"ScalingGroupId": group, **(slb or {})})
        changed = dict(changed)
        status = changed.pop("Status", None)
        if status is not None:
            self.do("EnableScalingGroup" if status == "Active" else "DisableScalingGroup", {"ScalingGroupId": group})
        if changed:
            self.do("ModifyScalingGroup", {"ScalingGroupId": group, "SecurityGroupId.1": self.region["security_group"],
                                           **self.subnets(), **changed})
        return self.read_group(group)

    def destroy_group(self, group):
        """Min and desired to 0, then Delete until it succeeds. Returns how often it was refused."""
        self.do("ModifyScalingGroup", {"ScalingGroupId": group, "DesiredCapacity": 0, "MinSize": 0})
        refusals = []

        def is_deleted():
            try:
                self.sdk.call("DeleteScalingGroup", {"ScalingGroupId.1": group})
                return True
            except ApiError as error:
                if is_gone(error):
                    return True
                refusals.append(error)
                return False

        eventually("DeleteScalingGroup succeeds", DESTROY_SECONDS, is_deleted, every=0.5)
        self.checks.expect(all(error.status == 409 for error in refusals), "until then it was a conflict", refusals)
        self.checks.equal(self.read_group(group), None, "the group is gone")
        return len(refusals)

    # ---- ksyun_scaling_instance ----

    def create_instance(self, group, instance):
        self.do("AttachInstance", {"ScalingGroupId": group, "ScalingInstanceId.1": instance})
        self.do("SetKvmProtectedDetach",
                {"ScalingGroupId": group, "ScalingInstanceId.1": instance, "ProtectedFromDetach": 1})
        row = self.read_instance(group, instance)
        self.expect_state(row, InstanceId=instance, ProtectedFromScaleIn=1, CreationType="Manual")

    def read_instance(self, group, instance):
        return self.read("DescribeScalingInstance", {"ScalingGroupId": group, "ScalingInstanceId.1": instance},
                         "ScalingInstanceSet", INSTANCE)

    def update_instance(self, group, instance):
        self.do("SetKvmProtectedDetach",
                {"ScalingGroupId": group, "ScalingInstanceId.1": instance, "ProtectedFromDetach": 0})
        self.expect_state(self.read_instance(group, instance), ProtectedFromScaleIn=0)

    def destroy_instance(self, group, instance):
        self.delete("DetachInstance", {"ScalingGroupId": group, "ScalingInstanceId.1": instance})
        eventually("the detached instance is listed no more", DESTROY_SECONDS,
                   lambda: self.read_instance(group, instance) is None, every=0.5)

    # ---- ksyun_scaling_policy ----

    def metric(self, threshold):
        return json.dumps({"comparisonOperator": "Greater", "dimensionName": "cpu_usage", "function": "avg",
                           "period": 60, "repeatTimes": 3, "threshold": threshold}, separators=(",", ":"))

    def create_policy(self, group):
        policy = self.do("CreateScalingPolicy", {
            "ScalingGroupId": group, "ScalingPolicyName": "tf-scaling-policy", "Metric": self.metric(50),
            "AdjustmentType": "QuantityChangeInCapacity", "AdjustmentValue": 1, "CoolDown": 60,
        })["ReturnSet"]["ScalingPolicyId"]
        self.checks.expect(text(policy), "the new id is a string", policy)
        row = self.read_policy(group, policy)
        self.expect_state(row, ScalingPolicyName="tf-scaling-policy", AdjustmentValue=1, CoolDown=60)
        self.expect_state((row or {}).get("Metric"), DimensionName="cpu_usage", Threshold=50, RepeatTimes=3, Period=60)
        return policy

    def read_policy(self, group, policy):
        return self.read("DescribeScalingPolicy", {"ScalingGroupId": group, "ScalingPolicyId.1": policy},
                         "ScalingPolicySet", POLICY)

    def update_policy(self, group, policy):
        self.do("ModifyScalingPolicy", {"ScalingGroupId": group, "ScalingPolicyId": policy, "Metric": self.metric(75),
                                        "CoolDown": 120})
        row = self.read_policy(group, policy)
        self.expect_state(row, CoolDown=120, ScalingPolicyName="tf-scaling-policy")
        self.expect_state((row or {}).get("Metric"), Threshold=75)

    def destroy_policy(self, group, policy):
        self.delete("DeleteScalingPolicy", {"ScalingGroupId": group, "ScalingPolicyId": policy})
        self.checks.equal(self.read_policy(group, policy), None, "the policy is gone")

    # ---- ksyun_scaling_notification ----

    def create_notification(self, group, types):
        """Asks first, and modifies the first that there is instead of making a second."""
        request = {"ScalingGroupId": group, **{f"NotificationType.{n}": one for n, one in enumerate(types, 1)}}
        existing = self.do("DescribeScalingNotification", request)["ScalingNotificationSet"]
        if existing:
            identity = existing[0]["ScalingNotificationId"]
            self.do("ModifyScalingNotification", {**request, "ScalingNotificationId": identity})
        else:
            identity = self.do("CreateScalingNotification", request)["ScalingNotificationId"]
        self.checks.expect(text(identity), "its id is a string", identity)
        self.expect_state(self.read_notification(group, identity), ScalingNotificationTypes=types)
        return identity

    def read_notification(self, group, identity):
        return self.read("DescribeScalingNotification", {"ScalingGroupId": group, "ScalingNotificationId.1": identity},
                         "ScalingNotificationSet", NOTIFICATION)

    def destroy_notification(self, group, identity):
        """There is no Delete: Modify without types."""
        self.delete("ModifyScalingNotification", {"ScalingGroupId": group, "ScalingNotificationId": identity})
        row = self.read_notification(group, identity)
        self.checks.equal(row["ScalingNotificationTypes"] if row else [], [], "nothing is subscribed any more")

    # ---- ksyun_scaling_scheduled_task ----

    def create_task(self, group):
        task = self.do("CreateScheduledTask", {
            "ScalingGroupId": group, "ScalingScheduledTaskName": "tf-scaling-scheduled_task", "ReadjustMaxSize": 1,
            "ReadjustMinSize": 1, "ReadjustExpectSize": 1, "StartTime": "2036-05-01 12:00:00",
            "EndTime": "2037-05-01 12:00:00", "Recurrence": "30 3 * * MON-FRI"})["ReturnSet"]["ScalingScheduleTaskId"]
        self.checks.expect(text(task), "the new id is a string", task)
        self.expect_state(self.read_task(group, task), StartTime="2036-05-01 12:00:00", EndTime="2037-05-01 12:00:00",
                          Recurrence="30 3 * * MON-FRI", ReadjustMaxSize=1)
        return task

    def read_task(self, group, task):
        return self.read("DescribeScheduledTask", {"ScalingGroupId": group, "ScalingScheduledTaskId.1": task},
                         "ScalingScheduleTaskSet", TASK, TASK_OPTIONAL)

    def update_task(self, group, task):
        """Only what changed, with the group's id, and so without the StartTime that the reference wants."""
        self.do("ModifyScheduledTask", {"ScalingGroupId": group, "ScalingScheduledTaskId": task,
                                        "ScalingScheduledTaskName": "tf 2", "ReadjustMaxSize": 2})
        self.expect_state(self.read_task(group, task), ScalingScheduledTaskName="tf 2", ReadjustMaxSize=2,
                          StartTime="2036-05-01 12:00:00", Recurrence="30 3 * * MON-FRI")

    def destroy_task(self, group, task):
        self.delete("DeleteScheduledTask", {"ScalingGroupId": group, "ScalingScheduledTaskId": task})
        self.checks.equal(self.read_task(group, task), None, "the task is gone")

    # ---- data sources ----

    def data_sources(self, group):
        """They page from 1, which skips the first row; what counts is that arrays come back."""
        for action, items, more in (
                ("DescribeScalingGroup", "ScalingGroupSet", {}),
                ("DescribeScalingConfiguration", "ScalingConfigurationSet", {}),
                ("DescribeScalingActivity", "ScalingActivitySet", {"ScalingGroupId": group}),
                ("DescribeScalingInstance", "ScalingInstanceSet", {"ScalingGroupId": group}),
                ("DescribeScalingPolicy", "ScalingPolicySet", {"ScalingGroupId": group}),
                ("DescribeScalingNotification", "ScalingNotificationSet", {"ScalingGroupId": group}),
                ("DescribeScheduledTask", "ScalingScheduleTaskSet", {"ScalingGroupId": group})):
            found = self.sdk.call(action, {"MaxResults": 10, "Marker": 1, **more})
            self.checks.expect(isinstance(found.get(items), list), f"{action} from 1 answers an array", found)
        unknown = self.sdk.call("DescribeScalingGroup", {"ScalingGroupId.1": "1"})
        self.checks.equal(unknown["ScalingGroupSet"], [], "an unknown group is an empty array")


def apply_and_destroy(provider, checks, stack):
    cloud_before = stack.cloudsim.get("/state")
    instance = provider.region["spare_instances"][0]
    checks.section("apply")
    configuration = provider.create_configuration()
    group = provider.create_group(configuration)
    policy = provider.create_policy(group)
    notification = provider.create_notification(group, ["1", "3"])
    checks.equal(provider.create_notification(group, ["2"]), notification, "a second one is the first one, modified")
    task = provider.create_task(group)
    provider.create_instance(group, instance)
    checks.section("apply with changes")
    provider.update_configuration(configuration)
    provider.expect_state(provider.update_group(group, {"MaxSize": 4, "DesiredCapacity": 2}, provider.slb(8080)),
                          MaxSize=4, DesiredCapacity=2)
    provider.expect_state(provider.update_group(group, {"Status": "UnActive"}, provider.slb(8080)), Status="UnActive")
    row = provider.update_group(group, {"Status": "Active", "ScalingGroupName": "tf 2"})
    provider.expect_state(row, Status="Active", ScalingGroupName="tf 2", SlbConfigSet=[])
    provider.update_policy(group, policy)
    provider.update_task(group, task)
    provider.update_instance(group, instance)
    checks.section("data sources")
    provider.data_sources(group)
    checks.section("destroy")
    provider.destroy_instance(group, instance)
    provider.destroy_task(group, task)
    provider.destroy_notification(group, notification)
    provider.destroy_policy(group, policy)
    provider.destroy_group(group)
    provider.delete("DeleteScalingConfiguration", {"ScalingConfigurationId.1": configuration})
    checks.equal(provider.read_configuration(configuration), None, "the configuration is gone")
    check_cloud(checks, cloud_before, stack)


def check_cloud(checks, before, stack):
    """What the cloud has: instances by state, and registrations."""
    def view(state):
        return ({one["id"]: one["state"] for one in state["instances"]},
                [server["instance_id"] for listener in state["listeners"] for server in listener["real_servers"]])
    eventually("the cloud has the instances and registrations that it had before", DESTROY_SECONDS,
               lambda: view(stack.cloudsim.get("/state")) == view(before), every=0.5)
    checks.expect(True, "the cloud has the instances and registrations that it had before")


def destroy_an_inactive_group(provider, checks):
    """Members are removed even while the group is UnActive, and Delete is refused in words that don't mean "gone"."""
    checks.section("destroy of a group that is UnActive and has members")
    configuration = provider.create_configuration()
    group = provider.create_group(configuration)
    provider.update_group(group, {"DesiredCapacity": 1})
    eventually("it has a member", DESTROY_SECONDS, lambda: provider.read_group(group)["InstanceNum"] == 1, every=0.5)
    provider.update_group(group, {"Status": "UnActive"})
    checks.expect(provider.destroy_group(group) > 0, "Delete was refused while members were leaving")
    provider.delete("DeleteScalingConfiguration", {"ScalingConfigurationId.1": configuration})


def play(options, checks):
    with private_region("terraform", options.build) as stack:
        provider = Provider(checks, stack.region)
        started = time.monotonic()
        checks.run("apply and destroy", apply_and_destroy, provider, checks, stack)
        checks.run("destroy an inactive group", destroy_an_inactive_group, provider, checks)
        checks.equal(len(set(provider.sdk.called)), 27, "all 27 actions are in the sequence")
        print(f"{len(provider.sdk.called)} requests in {time.monotonic() - started:.1f} s", flush=True)


if __name__ == "__main__":
    chosen, found = arguments(__doc__), Checks()
    found.run("terraform_sequence", play, chosen, found)
    found.finish()
