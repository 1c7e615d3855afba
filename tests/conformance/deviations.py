"""Where the API departs from the vendor's reference, and why: every difference that comparison.py may find.

A row is (action, subject, kinds, reason); `*` and `?` match as in file names, `{A,B}` is A or B, kinds are separated by
`|`. A row, or a name in its braces, that nothing matches is an error, so the table cannot outlive what it declares. "traps" are those of the clients, numbered in
the project's notes on them: the old and new SDKs, Terraform's provider, the cluster autoscaler.
"""

import fnmatch

QUOTA = "sizes are bounded by a quota of the account (default 50), which an operator raises without a release"
SAMPLES_ZERO = "the text says 1, both samples and Terraform send 0"
OFFSET = "an offset is an integer that is not negative"
PAGE = "the bound that the other Describe actions state holds for each"
READ_BY = "read by clients: the typed Go SDK or Terraform"
SENT_BY = "sent by clients"
KEPT = "only the given fields of a Modify change, so an absent one has no default"
ENGINE_CHECKS = "depends on other parameters: the engine checks it"
SLB_ID = "a load balancer's part without its Id is an error, never `clear`; no Slb at all is absent"
PORTS = "the text says 0..255, its own sample and every client send TCP ports"
SIZE = "bounds what a typing error can buy; the cloud judges the rest"
PROJECT = "project ids are whole numbers that JavaScript's numbers hold"
METRIC_PERIOD = "whole seconds; 300 is the period that the reference's prose speaks of; the engine's floor is 60 unless lowered"
EIP = "an elastic IP is bought only when its bandwidth is given; BGP then is the engine's default"
TASK_ANSWER = "the reference shows no answer; these are the fields that Terraform and the Go SDK read"

DEVIATIONS = (
    # groups
    ("CreateScalingGroup", "MinSize", "least", SAMPLES_ZERO),
    ("CreateScalingGroup", "M??Size", "greatest", QUOTA),
    ("CreateScalingGroup", "DesiredCapacity", "greatest", "stale: it lies within MinSize and MaxSize, as the samples have it"),
    ("*ScalingGroup", "SubnetStrategy", "required", "has a default, so it is never required"),
    ("ModifyScalingGroup", "SubnetStrategy", "default", KEPT),
    ("CreateScalingGroup", "SecurityGroupId.#", "list", "Terraform sends a list, and one value is accepted too"),
    ("ModifyScalingGroup", "SecurityGroupId.#", "parameter added", SENT_BY + ": Terraform"),
    ("ModifyScalingGroup", "M??Size", "least|greatest", "the bounds that Create states"),
    ("ModifyScalingGroup", "DesiredCapacity", "least|greatest", "the bounds that Create states"),
    ("*", "Slb.#.Id", "required", SLB_ID),
    ("*", "Slb.#.ServerPort.#", "least|greatest", PORTS),
    ("*", "Slb.#.HealthCheckType", "parameter added", SENT_BY + ": Terraform"),
    ("DescribeScalingGroup",
     "ScalingGroupSet.#.{SlbConfigSet.#.HealthCheckType,SecurityGroupIdSet,SecurityGroupIdSet.#,BInScalingActivity,"
     "Description,ServerPort,SubnetId,AvailabilityZone,AvailabilityZoneName,DistributeIpv6,LockDesiredCapacity,"
     "AllowSlbScalingPolicy}", "answer added", READ_BY),
    # paging
    ("Describe*", "Marker", "least|greatest", OFFSET),
    ("Describe*", "MaxResults", "greatest", PAGE),
    ("DescribeScheduledTask", "MaxResults", "least", "a page of tasks may be one task"),
    # activities and members
    ("DescribeScalingActivity", "ScalingActivitySet.#.{FailInsList,FailInsList.#}", "answer added", READ_BY),
    ("DescribeScalingActivity", "AvailabilityZone", "answer added", READ_BY),
    ("*", "ScalingInstanceSet.#.{HostName,LifeCycleState,AvailabilityZone,ProtectedFromScaleDown,Hostname}", "answer added",
     READ_BY + ", or the cluster autoscaler"),
    ("SetKvmProtectedDetach", "ProtectedFromDetach", "default", "the sample omits it to protect"),
    ("SetKvmProtectedDetach", "Return", "answer added", READ_BY),
    # configurations
    ("CreateScalingConfiguration", "InstanceType", "required", ENGINE_CHECKS),
    ("CreateScalingConfiguration", "InstanceType.#", "required", ENGINE_CHECKS),
    ("*ScalingConfiguration", "AddressBandWidth", "required", ENGINE_CHECKS),
    ("*ScalingConfiguration", "ChargeType", "word added", "post-paid kinds only: a scale-in gives no money back"),
    ("*ScalingConfiguration", "DataDiskGb", "least|greatest", SIZE),
    ("*ScalingConfiguration", "DataDisk.#.Size", "least|greatest", SIZE),
    ("*ScalingConfiguration", "SystemDisk.DiskSize", "least|greatest", SIZE),
    ("*ScalingConfiguration", "AddressBandWidth", "least|greatest", SIZE),
    ("*ScalingConfiguration", "*ProjectId", "least|greatest", PROJECT),
    ("ModifyScalingConfiguration", "ProjectId", "default", KEPT),
    ("CreateScalingConfiguration", "KeepImageLogin", "default", "an absent flag is off"),
    ("CreateScalingConfiguration", "InstanceNameTimeSuffix", "default", "an absent flag is off"),
    ("CreateScalingConfiguration", "LineId", "default", EIP),
    ("*ScalingConfiguration", "SystemDisk.DiskType", "word added", "disk types that the cloud has gained since"),
    ("*ScalingConfiguration", "Need*Agent", "parameter added", SENT_BY + ": Terraform"),
    ("*ScalingConfiguration", "SystemDisk.ResizeType", "parameter added", SENT_BY + ": the new SDKs"),
    ("*ScalingConfiguration", "SyncTag", "parameter added", SENT_BY + ": the new SDKs"),
    ("*ScalingConfiguration", "DataDisk.#.SnapshotId", "parameter added", SENT_BY + ": the new SDKs"),
    ("*ScalingConfiguration", "AddressChargeType", "parameter added", SENT_BY + ", and needed to buy an elastic IP"),
    ("ModifyScalingConfiguration", "LoginSetAfter", "parameter added", SENT_BY + ": the new SDKs"),
    ("ModifyScalingConfiguration", "IpBindAfter", "parameter added", SENT_BY + ": the new SDKs"),
    ("ModifyScalingConfiguration", "InstanceNameRandom", "parameter added", SENT_BY + ": the new SDKs"),
    ("DescribeScalingConfiguration",
     "ScalingConfigurationSet.#.{ScalingGroupIdSet.#.ScalingGroupId,ScalingGroupIdSet.#.ScalingGroupName,"
     "Project.UpdateTime,AddressChargeType,TagSet.#.Key,TagSet.#.Value,KeyIds,UserData,SyncTag,BillType,HostNameSuffix,"
     "SpotStrategy,SpotPriceLimit}", "answer added", READ_BY),
    ("DescribeScalingConfiguration",
     "ScalingConfigurationSet.#.{SystemDiskResizeType,LoginSetAfter,IpBindAfter,InstanceNameRandom}", "answer added",
     "everything that is accepted is shown"),
    ("DeleteScalingConfiguration", "ReturnSet.#.Message", "answer added", READ_BY),
    # policies
    ("*ScalingPolicy", "Metric.Threshold", "least|greatest", "0..100 or above 0, by the dimension: the engine checks it"),
    ("*ScalingPolicy", "Metric.Period", "default|least|greatest", METRIC_PERIOD),
    ("*ScalingPolicy", "CoolDown", "greatest", "a day: a longer lock is a typing error"),
    ("ModifyScalingPolicy", "CoolDown", "least", "the bound that Create states"),
    ("CreateScalingPolicy", "ScalingPolicyId", "answer type", "the sample is a number; ReturnSet has the string"),
    ("CreateScalingPolicy", "ReturnSet", "answer added", READ_BY),
    ("DescribeScalingPolicy", "ScalingPolicySet.#.Description", "answer added", READ_BY),
    ("DeleteScalingPolicy", "{ReturnSet,ReturnSet.ScalingPolicyId}", "answer added", READ_BY),
    # scheduled tasks
    ("*ScheduledTask", "Readjust*Size", "least|greatest", "not negative; the quota bounds it when the task fires"),
    ("*ScheduledTask", "EndTime", "required", ENGINE_CHECKS),
    ("*ScheduledTask", "Recurrence", "required", "RepeatUnit repeats a task too, and a one-shot task has neither"),
    ("*ScheduledTask", "RepeatCycle", "max_elements", "a month has 31 days"),
    ("ModifyScheduledTask", "StartTime", "required", "Terraform sends only what changed"),
    ("ModifyScheduledTask", "ScalingGroupId", "parameter added", SENT_BY + ": Terraform"),
    ("CreateScheduledTask", "ReturnSet", "answer type",
     "trap 1: Terraform crashes on the sample's bare number; the number is a setting of the gateway"),
    ("*ScheduledTask", "{ReturnSet,ReturnSet.ScalingScheduleTaskId,ReturnSet.Message}", "answer added", READ_BY),
    ("ModifyScheduledTask", "Return", "answer added", READ_BY),
    ("DescribeScheduledTask", "{ScheduledTaskSize,ScalingScheduleTaskSet}", "answer added", TASK_ANSWER),
    ("DescribeScheduledTask",
     "ScalingScheduleTaskSet.#.{ScalingScheduledTaskId,ScalingGroupId,ScalingScheduledTaskName,ReadjustMaxSize,"
     "ReadjustMinSize,ReadjustExpectSize,StartTime,EndTime,Recurrence,RepeatUnit,RepeatCycle,CreateTime,Description,"
     "AvailabilityZone}", "answer added", TASK_ANSWER),
    # notifications
    ("CreateScalingNotification", "Description", "parameter added", SENT_BY + ": the new SDKs"),
    ("CreateScalingNotification", "ScalingNotificationId", "answer added", READ_BY),
    ("DescribeScalingNotification", "NotificationId.#", "list", "clients send ScalingNotificationId.N; one value is accepted"),
    ("DescribeScalingNotification", "Marker", "parameter added", SENT_BY + ": the new SDKs"),
    ("DescribeScalingNotification", "MaxResults", "parameter added", SENT_BY + ": the new SDKs"),
    ("DescribeScalingNotification", "{ScalingNotificationCount,ScalingNotificationSet}", "answer added", TASK_ANSWER),
    ("DescribeScalingNotification",
     "ScalingNotificationSet.#.{ScalingNotificationId,ScalingGroupId,ScalingNotificationTypes,"
     "ScalingNotificationTypes.#,Description,AvailabilityZone}", "answer added", TASK_ANSWER),
    ("ModifyScalingNotification", "ScalingNotificationId", "type", "18 digits: its own sample and all clients treat ids as text"),
    ("ModifyScalingNotification", "NotificationType.#", "required",
     "trap 8: without types it unsubscribes; clients have no other way to delete"),
    ("ModifyScalingNotification", "ScalingNotificationId", "answer added", READ_BY),
)


def subjects(pattern):
    """The patterns that one with braces stands for."""
    before, brace, rest = pattern.partition("{")
    return [before + name for name in rest.rstrip("}").split(",")] if brace else [pattern]


def declared():
    """{(action, subject, kind): reason}, each one of the table's."""
    return {(action, subject, kind): reason for action, pattern, kinds, reason in DEVIATIONS
            for subject in subjects(pattern) for kind in kinds.split("|")}


def undeclared(differences):
    """(differences that no row declares, rows that declare no difference)."""
    rows = declared()
    used, left = set(), []
    for one in differences:
        # no name of the API holds a character that fnmatch would take for a pattern
        matching = [row for row in rows if fnmatch.fnmatchcase(one.action, row[0])
                    and fnmatch.fnmatchcase(one.subject, row[1]) and one.what == row[2]]
        used.update(matching)
        left += [] if matching else [one]
    return left, [row for row in rows if row not in used]
