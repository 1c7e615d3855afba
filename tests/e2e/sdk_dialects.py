#!/usr/bin/python3
"""The vendor's SDKs and its cluster-autoscaler, each in its own dialect: how it writes lists, booleans, blanks and dates,
which headers it signs, and which fields its types read back. Nothing here is a client's code; what they send was seen on
the wire."""

import datetime
import hashlib
import hmac
import json
import urllib.parse

from checks import Checks
from eventually import eventually
from private_region import arguments, private_region
from region.openapi import SERVICE, VERSION, Client, quote, sign

FORM = "application/x-www-form-urlencoded"


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def plus(text):
    return urllib.parse.quote_plus(str(text), safe="-_.~")


class Dialect:
    """One client: `start` is the first index of its lists, `signed` the headers that it signs, in its order."""

    method, start, signed, booleans = "GET", 0, ("accept", "host", "x-amz-date"), ("true", "false")
    date_form, blank, extra, in_headers = "%Y%m%dT%H%M%SZ", staticmethod(quote), {}, False

    def __init__(self, region):
        self.region = region
        self.wire = Client(region["endpoint"], region["region"], region["access_key"], region["secret_key"])

    def flatten(self, parameters, prefix=""):
        pairs = []
        for name, value in parameters.items():
            if isinstance(value, list):
                value = {str(number): one for number, one in enumerate(value, self.start)}
            if isinstance(value, dict):
                pairs += self.flatten(value, prefix + name + ".")
            elif isinstance(value, bool):
                pairs.append((prefix + name, self.booleans[0 if value else 1]))
            else:
                pairs.append((prefix + name, str(value)))
        return pairs

    def request(self, action, parameters):
        """(method, query, body, headers) as they go on the wire."""
        named = {} if self.in_headers else {"Action": action, "Version": VERSION}
        pairs = self.flatten({**named, **self.extra, **parameters})
        text = "&".join(f"{self.blank(name)}={self.blank(value)}" for name, value in pairs)
        query, body = (text, "") if self.method == "GET" else ("", text)
        date = now()
        have = {"accept": "application/json", "content-type": FORM, "host": self.wire.host,
                "x-amz-date": date.strftime(self.date_form),
                "x-amz-content-sha256": hashlib.sha256(body.encode()).hexdigest(),
                "content-length": str(len(body)), "x-action": action, "x-version": VERSION}
        # What is signed is the canonical query, whatever the wire has: sorted, and a blank is %20.
        canonical_query = "&".join(sorted(f"{quote(name)}={quote(value)}" for name, value in pairs)) if query else ""
        canonical = "\n".join([self.method, "/", canonical_query] + [f"{name}:{have[name]}" for name in self.signed]
                              + ["", ";".join(self.signed), hashlib.sha256(body.encode()).hexdigest()])
        scope = f"{date:%Y%m%d}/{self.region['region']}/{SERVICE}/aws4_request"
        to_sign = "\n".join(["AWS4-HMAC-SHA256", have["x-amz-date"], scope,
                             hashlib.sha256(canonical.encode()).hexdigest()])
        signature = sign(self.region["secret_key"], f"{date:%Y%m%d}", self.region["region"], SERVICE, to_sign)
        headers = {name: have[name] for name in dict.fromkeys(self.signed) if name != "content-length"}
        headers.setdefault("accept", "application/json")
        if body:
            headers.setdefault("content-type", FORM)
        headers["Authorization"] = (f"AWS4-HMAC-SHA256 Credential={self.region['access_key']}/{scope}, "
                                    f"SignedHeaders={';'.join(self.signed)}, Signature={signature}")
        return self.method, query, body, headers

    def call(self, action, **parameters):
        """(HTTP status, answer)."""
        status, body = self.wire.exchange(*self.request(action, parameters))
        return status, json.loads(body)


class Kscore(Dialect):
    """The old Python SDK: everything by GET, Action and Version in headers, lists from 1."""
    start, in_headers, booleans = 1, True, ("True", "False")
    signed = ("accept", "host", "x-action", "x-amz-date", "x-version")


class PythonSdkGet(Dialect):
    """The new Python SDK: its wire has `+` for a blank, and it names its access key in every request."""
    booleans, blank = ("True", "False"), staticmethod(plus)
    signed = ("content-type", "host", "x-amz-content-sha256", "x-amz-date")

    def __init__(self, region):
        super().__init__(region)
        self.extra = {"Service": SERVICE, "SdkVersion": "1.5.8", "Region": region["region"],
                      "Accesskey": region["access_key"], "Language": "python"}


class PythonSdkPost(PythonSdkGet):
    method = "POST"


class GoSdk(Dialect):
    """The new Go SDK signs `host` twice."""
    method, extra = "POST", {"Service": SERVICE}
    signed = ("accept", "content-type", "host", "host", "x-amz-date")


class NodeSdk(Dialect):
    """The Node SDK writes an offset where others write Z."""
    date_form, signed = "%Y%m%dT%H%M%S+00:00", ("host", "x-amz-date")


class ClusterAutoscaler(Dialect):
    start, signed = 1, ("accept", "content-type", "host", "x-amz-date")


class Simplified(Dialect):
    """Java's other way: one HMAC over the sorted parameters, no header signed."""

    def request(self, action, parameters):
        pairs = self.flatten({"Action": action, "Version": VERSION, **parameters, "Service": SERVICE,
                              "Accesskey": self.region["access_key"], "Timestamp": now().strftime("%Y-%m-%dT%H:%M:%SZ"),
                              "SignatureVersion": "1.0", "SignatureMethod": "HMAC-SHA256"})
        text = "&".join(f"{quote(name)}={quote(value)}" for name, value in sorted(pairs))
        signature = hmac.new(self.region["secret_key"].encode(), text.encode(), hashlib.sha256).hexdigest()
        return self.method, f"{text}&Signature={signature}", "", {"Accept": "application/json"}


class SimplifiedPost(Simplified):
    method = "POST"

    def request(self, action, parameters):
        method, text, _, headers = super().request(action, parameters)
        return method, "", text, {**headers, "Content-Type": FORM}


DIALECTS = [Kscore, PythonSdkGet, PythonSdkPost, GoSdk, NodeSdk, ClusterAutoscaler, Simplified, SimplifiedPost]


def is_id(value):
    return isinstance(value, str) and value.isdigit() and len(value) in (18, 19)


def drive(checks, region, dialect):
    """One life of a group without members: what is created is read back at once, with the types that clients assert."""
    client = dialect(region)

    def call(action, wanted, **parameters):
        status, answer = client.call(action, **parameters)
        checks.expect(status == 200 and wanted(answer), f"{dialect.__name__}: {action}", answer)
        return answer

    name = f"sdk {dialect.__name__} ~*%+&=伸缩"
    configuration = call(
        "CreateScalingConfiguration", lambda answer: is_id(answer["ScalingConfigurationId"]),
        ScalingConfigurationName=name, ImageId=region["image"], InstanceType=region["instance_types"][:2],
        SystemDisk={"DiskType": "SSD3.0", "DiskSize": 20}, KeepImageLogin=True,
        DataDisk=[{"Type": "SSD3.0", "Size": 50, "DeleteWithInstance": True}])["ScalingConfigurationId"]
    found = call("DescribeScalingConfiguration", lambda answer: answer["ScalingConfigurationCount"] == 1,
                 ScalingConfigurationId=[configuration])["ScalingConfigurationSet"][0]
    checks.equal((found["ScalingConfigurationName"], found["InstanceTypeSet"], found["KeepImageLogin"]),
                 (name, region["instance_types"][:2], True), f"{dialect.__name__}: text, order and boolean as sent")
    disks = json.loads(found["DataDiskEbsDetail"])
    checks.equal(disks, [{"deleteWithInstance": True, "size": 50, "type": "SSD3.0"}],
                 f"{dialect.__name__}: DataDiskEbsDetail is a string with JSON")
    group = call("CreateScalingGroup", lambda answer: is_id(answer["ReturnSet"]["ScalingGroupId"]),
                 ScalingGroupName=name, ScalingConfigurationId=configuration, MinSize=0, MaxSize=2, DesiredCapacity=0,
                 SubnetId=region["subnets"][:2], SubnetStrategy="choice-first", RemovePolicy="RemoveNewestInstance",
                 SecurityGroupId=region["security_group"],
                 Slb=[{"Id": region["slb"], "ListenerId": region["listener"], "ServerPort": [80, 8080], "Weight": 7}],
                 )["ReturnSet"]["ScalingGroupId"]
    read = call("DescribeScalingGroup", lambda answer: answer["ScalingGroupCount"] == 1,
                ScalingGroupId=[group])["ScalingGroupSet"][0]
    checks.equal((read["ScalingGroupId"], read["ScalingGroupName"], read["Status"], read["SecurityGroupIdSet"]),
                 (group, name, "Active", [region["security_group"]]), f"{dialect.__name__}: the group as created")
    policy = call("CreateScalingPolicy", lambda answer: answer["ReturnSet"]["ScalingPolicyId"].isdigit(),
                  ScalingGroupId=group, ScalingPolicyName=name, AdjustmentType="QuantityChangeInCapacity",
                  AdjustmentValue=1, CoolDown=60,
                  Metric='{"dimensionName":"cpu_usage","comparisonOperator":"Greater","threshold":70,'
                         '"function":"avg","repeatTimes":2,"period":60}')["ReturnSet"]["ScalingPolicyId"]
    metric = call("DescribeScalingPolicy", lambda answer: answer["ScalingPolicySize"] == 1,
                  ScalingGroupId=group)["ScalingPolicySet"][0]["Metric"]
    checks.equal({name: type(metric[name]) for name in ("DimensionName", "Threshold", "RepeatTimes", "Period")},
                 {"DimensionName": str, "Threshold": int, "RepeatTimes": int, "Period": int},
                 f"{dialect.__name__}: the metric's types")
    call("DeleteScalingPolicy", lambda answer: True, ScalingGroupId=group, ScalingPolicyId=policy)
    call("DisableScalingGroup", lambda answer: answer["ReturnSet"]["ScalingGroupId"] == group, ScalingGroupId=group)
    call("DeleteScalingGroup", lambda answer: answer["ReturnSet"]["ScalingGroupId"] == group, ScalingGroupId=group)
    gone = call("DescribeScalingGroup", lambda answer: answer["ScalingGroupSet"] == [], ScalingGroupId=[group])
    checks.equal(gone["ScalingGroupCount"], 0, f"{dialect.__name__}: a deleted group is an empty list, not null")
    call("DeleteScalingConfiguration",
         lambda answer: answer["ReturnSet"][0]["ScalingConfigurationId"] == configuration,
         ScalingConfigurationId=[configuration])
    status, answer = client.call("DescribeScalingInstance", ScalingGroupId=group)
    checks.expect(status == 404 and answer["Error"]["Code"] == "ScalingGroupNotFound" and answer["RequestId"],
                  f"{dialect.__name__}: an addressed group that is gone is a 404 with an envelope", answer)


def autoscale(checks, region):
    """The cluster-autoscaler: grows a group by Modify, reads its nodes, protects one, and scales in by Detach alone."""
    setup, client = GoSdk(region), ClusterAutoscaler(region)
    configuration = setup.call(
        "CreateScalingConfiguration", ScalingConfigurationName="nodes", ImageId=region["image"],
        InstanceType=region["instance_types"][:1], SystemDisk={"DiskType": "SSD3.0", "DiskSize": 20})[1]
    group = setup.call(
        "CreateScalingGroup", ScalingGroupName="nodes", MinSize=0, MaxSize=4, DesiredCapacity=0, RemovePolicy="RemoveOldestInstance",
        ScalingConfigurationId=configuration["ScalingConfigurationId"], SubnetId=region["subnets"][:1],
        SecurityGroupId=region["security_group"])[1]["ReturnSet"]["ScalingGroupId"]

    status, answer = client.call("ModifyScalingGroup", ScalingGroupId=group, DesiredCapacity=2)
    checks.expect(status == 200 and answer["Return"] is True, "cluster-autoscaler: Modify answers Return true", answer)

    def nodes():
        answer = client.call("DescribeScalingInstance", ScalingGroupId=group)[1]
        ready = [one for one in answer["ScalingInstanceSet"] if one["LifeCycleState"] == "InService"]
        return answer if len(ready) == answer["DesiredCapacity"] == answer["ScalingInstanceCount"] else None

    seen = eventually("two nodes", 60, nodes, every=0.3)
    ids = [one["InstanceId"] for one in seen["ScalingInstanceSet"]]
    checks.equal(len(ids), 2, "cluster-autoscaler: as many nodes as it asked for")
    checks.expect(all(isinstance(one["ProtectedFromScaleIn"], int) and one["ProtectedFromScaleIn"] == 0
                      for one in seen["ScalingInstanceSet"]), "cluster-autoscaler: ProtectedFromScaleIn is a number")
    status, answer = client.call("DetachInstance", ScalingGroupId=group)
    checks.expect(status == 400 and answer["Error"]["Code"] == "MissingParameter",
                  "cluster-autoscaler: an empty list of nodes is refused, never taken for all", answer)
    status, answer = client.call("SetKvmProtectedDetach", ScalingGroupId=group, ScalingInstanceId=ids[:1])
    checks.expect(status == 200 and answer["Return"] is True, "cluster-autoscaler: protects a node", answer)
    status, answer = client.call("DetachInstance", ScalingGroupId=group, ScalingInstanceId=ids[:1])
    checks.expect(status == 409 and answer["Error"]["Code"] == "InstanceProtected",
                  "cluster-autoscaler: a protected node stays", answer)
    status, answer = client.call("DetachInstance", ScalingGroupId=group, ScalingInstanceId=ids[1:])
    checks.expect(status == 200 and answer["Return"] is True, "cluster-autoscaler: scales in by Detach", answer)
    left = eventually("one node", 60, nodes, every=0.3)
    checks.equal([one["InstanceId"] for one in left["ScalingInstanceSet"]], ids[:1],
                 "cluster-autoscaler: the other node stays, and no replacement starts")
    return ids[1]


def play(options, checks):
    with private_region("sdk-dialects", options.build) as stack:
        for dialect in DIALECTS:
            checks.section(dialect.__name__)
            checks.run(dialect.__name__, drive, checks, stack.region, dialect)
        checks.section("cluster-autoscaler")
        detached = checks.run("cluster-autoscaler", autoscale, checks, stack.region)
        running = {one["id"]: one["state"] for one in stack.cloudsim.get("/state")["instances"]}
        checks.equal(running.get(detached), "active", "cluster-autoscaler: a detached node keeps running")


if __name__ == "__main__":
    chosen, found = arguments(__doc__), Checks()
    found.run("sdk_dialects", play, chosen, found)
    found.finish()
