"""How Describe shows what a Create or a Modify was given: by the same name, or as the tables here say."""

import json

# Path of a parameter -> where the item of a Describe has it.
SHOWN_AS = {
    "SystemDisk.DiskType": "SystemDiskType", "SystemDisk.DiskSize": "SystemDiskSize", "DataDiskGb": "StorageSize",
    "Tag.#.Key": "TagSet.#.Key", "Tag.#.Value": "TagSet.#.Value", "KeyId.#": "KeyIds.#",
    "DataDisk.#.Type": "DataDiskEbsDetail.#.type", "DataDisk.#.Size": "DataDiskEbsDetail.#.size",
    "DataDisk.#.DeleteWithInstance": "DataDiskEbsDetail.#.deleteWithInstance",
    "DataDisk.#.SnapshotId": "DataDiskEbsDetail.#.snapshotId", "SystemDisk.ResizeType": "SystemDiskResizeType",
    "Slb.#.Id": "SlbConfigSet.#.SlbId", "Slb.#.ListenerId": "SlbConfigSet.#.ListenerId",
    "Slb.#.ServerPort.#": "SlbConfigSet.#.ServerPortSet.#", "Slb.#.Weight": "SlbConfigSet.#.Weight",
    "Slb.#.HealthCheckType": "SlbConfigSet.#.HealthCheckType",
    "SubnetId.#": "SubnetIdSet.#", "SecurityGroupId.#": "SecurityGroupIdSet.#", "InstanceType.#": "InstanceTypeSet.#",
    "NotificationType.#": "ScalingNotificationTypes.#",
}
# What no answer of the reference or of its clients has, with the reason.
NOT_SHOWN = {
    "Password": "a secret is never answered",
    "ContainerSubnetId.#": "concerns one scale-out, not the group",
}


def shown(item, path):
    """The values of a parameter in an item of a Describe, as lower-case texts; None if the item has no such field."""
    values = [item]
    for name in SHOWN_AS.get(path, path).split("."):
        found = []
        for value in values:
            if name == "#":
                value = json.loads(value) if isinstance(value, str) else value
                found += value if isinstance(value, list) else []
            elif isinstance(value, dict) and name in value:
                found.append(value[name])
        values = found
    return [str(value).lower() for value in values] or None


def given(value):
    return [str(one).lower() for one in (value if isinstance(value, list) else [value])]


# Fields of answers that no request of the suite can make appear, with the reason.
NEVER_ANSWERED = {
    "ScalingConfigurationSet.#.SpotStrategy": "instances are never spot instances",
    "ScalingConfigurationSet.#.SpotPriceLimit": "instances are never spot instances",
    "ScalingConfigurationSet.#.BillType": "the cloud's number for ChargeType, which it does not tell",
    "ScalingConfigurationSet.#.HostNameSuffix": "no parameter of the API sets it",
    "ScalingConfigurationSet.#.Project.ProjectName": "the cloud's project service is not asked",
    "ScalingConfigurationSet.#.Project.ProjectDesc": "the cloud's project service is not asked",
    "ScalingConfigurationSet.#.Project.Status": "the cloud's project service is not asked",
    "ScalingConfigurationSet.#.Project.CreateTime": "the cloud's project service is not asked",
    "ScalingConfigurationSet.#.Project.UpdateTime": "the cloud's project service is not asked",
    "ScalingPolicySet.#.Description": "no parameter of the API sets it; the Go SDK's type has it",
    "ReturnSet.Message": "says what a client may show; nothing to say on success",
    "ReturnSet.#.Message": "says what a client may show; nothing to say on success",
}


def paths_in(answer, prefix=""):
    """The paths of the fields that an answer has, lists as `#`."""
    found = set()
    for name, value in answer.items():
        path = prefix + name
        found.add(path)
        for one in value if isinstance(value, list) else [value]:
            inside = path + (".#" if isinstance(value, list) else "")
            found.add(inside)
            if isinstance(one, dict):
                found |= paths_in(one, inside + ".")
    return found
