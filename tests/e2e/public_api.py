#!/usr/bin/python3
"""The public API of a detached region, by clients that share no code with it: curl, botocore and a signer of our own."""

import json
import subprocess
import xml.etree.ElementTree as xml

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from checks import Checks
from fleet import Fleet
from private_region import arguments, private_region
from region.openapi import VERSION, ApiError, Client, flatten

METRIC = ('{"dimensionName":"cpu_usage","comparisonOperator":"Greater","threshold":70,"function":"avg",'
          '"repeatTimes":2,"period":60}')


# ---- JSON and XML ----

def without_namespace(element):
    return element.tag.rsplit("}", 1)[-1]


def equals_json(element, value):
    """Whether an XML element says what a JSON value says: lists are <item>s, everything else is text."""
    children = list(element)
    if isinstance(value, list):
        return len(children) == len(value) and all(
            without_namespace(child) == "item" and equals_json(child, one) for child, one in zip(children, value))
    if isinstance(value, dict):
        by_name = {without_namespace(child): child for child in children}
        return by_name.keys() == value.keys() and len(by_name) == len(children) and all(
            equals_json(by_name[name], value[name]) for name in value)
    text = {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value
    return not children and (element.text or "") == str(text)


def same_answer(json_text, xml_text):
    """RequestId differs and stands elsewhere, by the reference's envelope; the rest must be equal."""
    answer, root = json.loads(json_text), xml.fromstring(xml_text)
    answer.pop("RequestId")
    metadata = [child for child in root if without_namespace(child) == "ResponseMetadata"]
    if len(metadata) != 1 or [without_namespace(child) for child in metadata[0]] != ["RequestId"]:
        return False
    root.remove(metadata[0])
    return equals_json(root, answer)


def curl(region, query, accept):
    command = ["curl", "-sS", "--fail-with-body", "--aws-sigv4", f"aws:amz:{region['region']}:kec",
               "--user", f"{region['access_key']}:{region['secret_key']}", "-H", f"Accept: {accept}",
               f"{region['endpoint']}/?{query}"]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout


def check_curl(checks, region):
    checks.section("curl --aws-sigv4")
    for query in ("Action=DescribeScalingGroup&Version=2016-03-04",
                  "Action=DescribeScalingConfiguration&MaxResults=5&Version=2016-03-04"):
        as_json, as_xml = curl(region, query, "application/json"), curl(region, query, "application/xml")
        checks.expect(same_answer(as_json, as_xml), f"{query}: JSON and XML, parsed, are equal", as_json + as_xml)
    groups = json.loads(curl(region, "Action=DescribeScalingGroup&Version=2016-03-04", "application/json"))
    checks.expect(groups["ScalingGroupCount"] >= 1 and groups["ScalingGroupSet"], "curl lists the groups")


def botocore_call(region, method, action, **parameters):
    pairs = dict([("Action", action), ("Version", VERSION)] + flatten(parameters))
    where = {"params": pairs} if method == "GET" else {"data": pairs}
    request = AWSRequest(method=method, url=region["endpoint"] + "/", headers={"Accept": "application/json"}, **where)
    SigV4Auth(Credentials(region["access_key"], region["secret_key"]), "kec", region["region"]).add_auth(request)
    prepared = request.prepare()
    client = Client(region["endpoint"], region["region"], "", "")
    query = prepared.url.partition("?")[2]
    body = prepared.body.decode() if isinstance(prepared.body, bytes) else prepared.body or ""
    return client.exchange(method, query, body, dict(prepared.headers.items()))


def check_botocore(checks, region):
    checks.section("botocore's signer")
    for method in ("GET", "POST"):
        status, body = botocore_call(region, method, "DescribeScalingGroup", ScalingGroupName="a b+c~*%")
        checks.expect(status == 200, f"{method} with a blank, +, ~, * and % in a value", body)


# ---- every action ----

def check_served(checks, fleet):
    """Each action that is served today, once, in an order that leaves nothing behind. Returns their names."""
    checks.section("Every action served today")
    region, served = fleet.region, []

    def call(action, wanted, **parameters):
        served.append(action)
        answer = checks.run(action, lambda: fleet.api.call(action, **parameters))
        if answer is not None:
            checks.expect(wanted(answer), action, answer)
        return answer or {}

    done = lambda answer: answer.get("Return") is True
    configuration = call(
        "CreateScalingConfiguration", lambda answer: answer["ScalingConfigurationId"].isdigit(),
        ScalingConfigurationName="api", ImageId=region["image"], InstanceType=region["instance_types"][:2],
        SystemDisk={"DiskType": "SSD3.0", "DiskSize": 20}, Tag=[{"Key": "team", "Value": "伸缩"}],
        UserData="aGVsbG8=", Password="Secret-123")["ScalingConfigurationId"]
    call("ModifyScalingConfiguration", done, ScalingConfigurationId=configuration, ScalingConfigurationName="api-2")
    found = call("DescribeScalingConfiguration",
                 lambda answer: answer["ScalingConfigurationSet"][0]["ScalingConfigurationName"] == "api-2",
                 ScalingConfigurationId=[configuration])
    checks.expect("Secret-123" not in json.dumps(found), "a password is never answered")
    group = call(
        "CreateScalingGroup", lambda answer: answer["ReturnSet"]["ScalingGroupId"].isdigit(), ScalingGroupName="api",
        ScalingConfigurationId=configuration, MinSize=0, MaxSize=5, DesiredCapacity=1,
        RemovePolicy="RemoveOldestInstance", SubnetId=region["subnets"][:2], SecurityGroupId=region["security_group"],
        Slb=[{"Id": region["slb"], "ListenerId": region["listener"], "ServerPort": [80], "Weight": 20}],
    )["ReturnSet"]["ScalingGroupId"]
    call("DescribeScalingGroup", lambda answer: answer["ScalingGroupSet"][0]["ScalingGroupId"] == group,
         ScalingGroupId=[group])
    fleet.wait_settled(group, 1, 60)
    member = call("DescribeScalingInstance", lambda answer: answer["ScalingInstanceCount"] == 1,
                  ScalingGroupId=group)["ScalingInstanceSet"][0]["InstanceId"]
    for flag in (1, 0):
        call("SetKvmProtectedDetach",
             lambda answer, flag=flag: answer["ScalingInstanceSet"][0]["ProtectedFromScaleIn"] == flag,
             ScalingGroupId=group, ScalingInstanceId=[member], ProtectedFromDetach=flag)
    call("DescribeScalingActivity",
         lambda answer: [one["Cause"] for one in answer["ScalingActivitySet"]] == ["创建伸缩组触发"]
         and answer["ScalingActivitySet"][0]["SuccInsList"] == [member], ScalingGroupId=group)
    spare = region["spare_instances"][0]
    call("AttachInstance", done, ScalingGroupId=group, ScalingInstanceId=[spare])
    fleet.wait_settled(group, 2, 60)
    call("DetachInstance", done, ScalingGroupId=group, ScalingInstanceId=[spare])
    fleet.wait_settled(group, 1, 60)
    call("ModifyScalingLoadBalancers", lambda answer: answer["ReturnSet"]["ScalingGroupId"] == group,
         ScalingGroupId=group)
    policy = call(
        "CreateScalingPolicy",
        lambda answer: str(answer["ScalingPolicyId"]) == answer["ReturnSet"]["ScalingPolicyId"],
        ScalingGroupId=group, ScalingPolicyName="up", Metric=METRIC, AdjustmentType="QuantityChangeInCapacity",
        AdjustmentValue=1, CoolDown=60)["ReturnSet"]["ScalingPolicyId"]
    call("ModifyScalingPolicy", done, ScalingGroupId=group, ScalingPolicyId=policy, CoolDown=90)
    call("DescribeScalingPolicy", lambda answer: answer["ScalingPolicySet"][0]["CoolDown"] == 90, ScalingGroupId=group)
    notification = call(
        "CreateScalingNotification", lambda answer: answer["ScalingNotificationId"].isdigit(), ScalingGroupId=group,
        NotificationType=[1, 3])["ScalingNotificationId"]
    call("ModifyScalingNotification", done, ScalingGroupId=group, ScalingNotificationId=notification)
    call("DescribeScalingNotification",
         lambda answer: answer["ScalingNotificationSet"][0]["ScalingNotificationTypes"] == [], ScalingGroupId=group)
    task = call(
        "CreateScheduledTask", lambda answer: answer["ReturnSet"]["ScalingScheduleTaskId"].isdigit(), ScalingGroupId=group,
        ScalingScheduledTaskName="nightly", StartTime="2036-01-01 03:00:00", EndTime="2037-01-01 00:00:00",
        ReadjustMaxSize=3, ReadjustMinSize=0, ReadjustExpectSize=1, RepeatUnit="Month", RepeatCycle='["2", "5"]',
    )["ReturnSet"]["ScalingScheduleTaskId"]
    call("ModifyScheduledTask",
         lambda answer: answer["Return"] is True and answer["ReturnSet"]["ScalingScheduleTaskId"] == task,
         ScalingScheduledTaskId=task, StartTime="2036-01-01 04:00:00", RepeatCycle="2，6")
    call("DescribeScheduledTask",
         lambda answer: answer["ScheduledTaskSize"] == 1 and [
             (one["ScalingScheduledTaskId"], one["StartTime"], one["EndTime"], one["RepeatUnit"], one["RepeatCycle"])
             for one in answer["ScalingScheduleTaskSet"]] == [
                 (task, "2036-01-01 04:00:00", "2037-01-01 00:00:00", "Month", "2,6")], ScalingGroupId=group)
    check_isolation(checks, fleet, group, policy, member, configuration)
    call("DeleteScheduledTask", lambda answer: answer["ReturnSet"]["ScalingScheduleTaskId"] == task,
         ScalingGroupId=group, ScalingScheduledTaskId=task)
    call("DeleteScalingPolicy", lambda answer: answer["ReturnSet"]["ScalingPolicyId"] == policy, ScalingGroupId=group,
         ScalingPolicyId=policy)
    call("DisableScalingGroup", lambda answer: answer["ReturnSet"]["ScalingGroupId"] == group, ScalingGroupId=group)
    call("EnableScalingGroup", lambda answer: answer["ReturnSet"]["ScalingGroupId"] == group, ScalingGroupId=group)
    call("ModifyScalingGroup", done, ScalingGroupId=group, DesiredCapacity=0)
    fleet.wait_settled(group, 0, 60)
    call("DeleteScalingGroup", lambda answer: answer["ReturnSet"]["ScalingGroupId"] == group, ScalingGroupId=group)
    call("DeleteScalingConfiguration", lambda answer: len(answer["ReturnSet"]) == 1,
         ScalingConfigurationId=[configuration])
    checks.equal(len(set(served)), 27, "these are the 27 actions")


# ---- accounts ----

def check_isolation(checks, fleet, group, policy, member, configuration):
    checks.section("Another account")
    region, other = fleet.region, fleet.region["other_account"]
    stranger = Client(region["endpoint"], region["region"], other["access_key"], other["secret_key"])
    before = fleet.api.call("DescribeScalingGroup", ScalingGroupId=[group])["ScalingGroupSet"]
    for parameters in ({}, {"ScalingGroupId": [group]}):
        checks.equal(stranger.call("DescribeScalingGroup", **parameters)["ScalingGroupSet"], [],
                     f"sees no group, filter {list(parameters)}")
    for parameters in ({}, {"ScalingConfigurationId": [configuration]}):
        checks.equal(stranger.call("DescribeScalingConfiguration", **parameters)["ScalingConfigurationSet"], [],
                     f"sees no configuration, filter {list(parameters)}")
    addressed = {
        "DescribeScalingInstance": {}, "DescribeScalingActivity": {}, "DescribeScalingPolicy": {},
        "EnableScalingGroup": {}, "DisableScalingGroup": {}, "DeleteScalingGroup": {},
        "ModifyScalingGroup": {"DesiredCapacity": 3},
        "SetKvmProtectedDetach": {"ScalingInstanceId": [member]},
        "ModifyScalingPolicy": {"ScalingPolicyId": policy, "CoolDown": 100},
        "DeleteScalingPolicy": {"ScalingPolicyId": policy},
        "CreateScalingPolicy": {"ScalingPolicyName": "x", "Metric": METRIC, "CoolDown": 60, "AdjustmentValue": 1,
                                "AdjustmentType": "QuantityChangeInCapacity"},
    }
    for action, parameters in addressed.items():
        refused(checks, stranger, 404, "NotFound", action, ScalingGroupId=group, **parameters)
    refused(checks, stranger, 404, "NotFound", "ModifyScalingConfiguration", ScalingConfigurationId=configuration,
            ScalingConfigurationName="mine")
    refused(checks, stranger, 404, "NotFound", "DeleteScalingConfiguration", ScalingConfigurationId=[configuration])
    refused(checks, stranger, 400, "InvalidParameterValue", "CreateScalingGroup", ScalingGroupName="x",
            ScalingConfigurationId=configuration, MinSize=0, MaxSize=1, DesiredCapacity=0,
            RemovePolicy="RemoveOldestInstance", SubnetId=region["subnets"][:1],
            SecurityGroupId=region["security_group"])
    after = fleet.api.call("DescribeScalingGroup", ScalingGroupId=[group])["ScalingGroupSet"]
    checks.equal(after, before, "the group is as it was")


def refused(checks, client, status, code_end, action, **parameters):
    try:
        answer = client.call(action, **parameters)
        checks.expect(False, f"{action} is refused", answer)
    except ApiError as error:
        checks.expect(error.status == status and error.code.endswith(code_end),
                      f"{action}: {error.status} {error.code}", error)


def play(options, checks):
    with private_region("public-api", options.build) as stack:
        fleet = Fleet(stack)
        fleet.create_group(name="first")
        fleet.create_group(name="第二 <&>")
        check_curl(checks, stack.region)
        check_botocore(checks, stack.region)
        check_served(checks, fleet)


if __name__ == "__main__":
    chosen, found = arguments(__doc__), Checks()
    found.run("public_api", play, chosen, found)
    found.finish()
