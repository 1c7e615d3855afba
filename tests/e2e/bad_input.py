#!/usr/bin/python3
"""Bad input at the public door: each gets its row of the catalogue, changes nothing, and the gateway lives on."""

import datetime
import json
import random
import socket
import urllib.parse

from checks import Checks
from fleet import Fleet
from private_region import arguments, private_region
from probe import readiness
from public_api import METRIC
from region.openapi import VERSION, Client, flatten
from remote_write import field, post, snappy, varint, write_request

TABLES = ("account", "access_key", "cloud_credential", "metric_credential", "quota", "scaling_configuration",
          "scaling_group", "desired_change", "scaling_policy", "scaling_instance", "activity_open", "activity_slot",
          "activity_history", "launch_intent", "decision", "outbox", "scaling_notification", "client_token")
UNKNOWN_ID = "537276906367950848"
DESCRIBE = [("Action", "DescribeScalingGroup"), ("Version", VERSION)]
MAX_GROWTH_KB = 64 * 1024


class Door:
    """Sends what is given and compares the answer with the row that is expected."""

    def __init__(self, stack, fleet, checks):
        self.stack, self.fleet, self.checks, self.region = stack, fleet, checks, stack.region
        self.api = fleet.api
        self.group = fleet.create_group(name="target")
        self.policy = self.api.call(
            "CreateScalingPolicy", ScalingGroupId=self.group, ScalingPolicyName="up", Metric=METRIC,
            AdjustmentType="QuantityChangeInCapacity", AdjustmentValue=1, CoolDown=60)["ReturnSet"]["ScalingPolicyId"]

    def client(self, **changes):
        region = {**{name: self.region[name] for name in ("endpoint", "region", "access_key", "secret_key")}, **changes}
        return Client(**region)

    def contents(self):
        """A digest of every table that a user's request could change."""
        return {table: self.fleet.query(
            f"SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t")[0]
            for table in TABLES}

    def row(self, name, answer, status, code, words=""):
        """One bad input; `words` must stand in the message."""
        found, body = answer
        try:
            error = json.loads(body)["Error"]
        except (ValueError, KeyError):
            self.checks.expect(False, f"{name}: the error envelope", (found, body[:300]))
            return
        held = (found, error["Code"]) == (status, code) and words in error["Message"]
        self.checks.expect(held and error["Type"] == ("Sender" if status < 500 else "Receiver"),
                           f"{name}: {found} {error['Code']} {error['Message'][:120]}", f"wanted {status} {code} {words}")

    def call(self, name, status, code, words, action, **parameters):
        pairs = [("Action", action), ("Version", VERSION)] + flatten(parameters)
        self.row(name, self.api.send(pairs), status, code, words)


def check_signatures(door):
    door.checks.section("Signatures")
    api, now = door.api, datetime.datetime.now(datetime.timezone.utc)
    query = "Action=DescribeScalingGroup&Version=" + VERSION
    accept = {"Accept": "application/json"}
    signed = api.headers("GET", query, "")
    send = lambda headers: api.exchange("GET", query, "", headers)
    with_authorization = lambda text: send({**signed, "Authorization": text})
    authorization = signed["Authorization"]
    door.row("unsigned", send(accept), 403, "MissingAuthentication", "Authentication Token")
    flipped = authorization[:-1] + ("0" if authorization[-1] != "0" else "1")
    door.row("wrongly signed", with_authorization(flipped), 403, "SignatureDoesNotMatch", "does not match")
    door.row("signed by another secret", door.client(secret_key="not-it").send(DESCRIBE), 403, "SignatureDoesNotMatch")
    door.row("query changed after signing", api.exchange("GET", query + "&Marker=1", "", signed), 403,
             "SignatureDoesNotMatch")
    for name, minutes in (("expired", -16), ("from the future", 16)):
        door.row(name, api.send(DESCRIBE, now=now + datetime.timedelta(minutes=minutes)), 403, "SignatureDoesNotMatch",
                 "Signature expired")
    door.row("unknown key", door.client(access_key="AKLTnobody").send(DESCRIBE), 403, "InvalidClientTokenId",
             "security token")
    door.row("another region's scope", door.client(region="us-east-1").send(DESCRIBE), 403, "SignatureDoesNotMatch",
             "us-east-1")
    door.row("another service's scope", door.client(service="slb").send(DESCRIBE), 403, "SignatureDoesNotMatch", "kec")
    for name, text, code, words in (
        ("another scheme", "Basic YTpi", "IncompleteSignature", "algorithm"),
        ("Authorization without Signature", authorization.rsplit(",", 1)[0], "IncompleteSignature", "'Signature'"),
        ("Authorization that is no list", "AWS4-HMAC-SHA256 garbage", "IncompleteSignature", "format error"),
        ("Credential of four parts", authorization.replace("/aws4_request", ""), "IncompleteSignature", "exactly 5"),
    ):
        door.row(name, with_authorization(text), 400, code, words)
    door.row("a date of no form", send({**signed, "X-Amz-Date": "yesterday"}), 400, "IncompleteSignature", "yesterday")
    status, body = api.exchange("GET", query, "", {})
    door.checks.expect(status == 403 and b"<Code>MissingAuthentication</Code>" in body, "without Accept the error is XML",
                       body)


def check_requests(door):
    door.checks.section("Requests")
    api = door.api
    door.row("unknown action", api.send([("Action", "Explode"), ("Version", VERSION)]), 404, "NoSuchEntity")
    door.row("no Action", api.send([("Version", VERSION)]), 400, "MissingParameter", "Action")
    door.row("no Version", api.send([("Action", "DescribeScalingGroup")]), 400, "MissingParameter", "Version")
    door.row("another Version", api.send([("Action", "DescribeScalingGroup"), ("Version", "2011-01-01")]), 400,
             "InvalidQueryParameter", "Version")
    headers = api.headers("PUT", "", "")
    door.row("another method", api.exchange("PUT", "", "", headers), 400, "InvalidMethod", "PUT")
    door.row("a parameter twice with two values", api.send(DESCRIBE + [("Marker", "1"), ("Marker", "2")]), 400,
             "InvalidQueryParameter", "Marker")
    for name, text in (("half a percent sign", "Marker=%zz"), ("bytes that are no UTF-8", "ScalingGroupName=%ff%fe")):
        query = f"Action=DescribeScalingGroup&{text}&Version={VERSION}"
        door.row(name, api.exchange("GET", query, "", api.headers("GET", query, "")), 400, "InvalidQueryParameter")
    door.row("too many parameters", api.send(DESCRIBE + [(f"X{number}", "1") for number in range(1200)]), 400,
             "InvalidQueryParameter")
    body = "&".join(f"{urllib.parse.quote(name)}={value}" for name, value in DESCRIBE) + "&Pad=" + "x" * 70_000
    door.row("an oversized body", api.exchange("POST", "", body, api.headers("POST", "", body)), 400,
             "InvalidQueryParameter", "body")
    door.row("an oversized query", api.exchange("GET", "Pad=" + "x" * 40_000, "", {"Accept": "application/json"}), 400,
             "InvalidQueryParameter", "query")
    door.row("oversized headers", api.exchange("GET", "", "", {"Accept": "application/json", "X-Pad": "x" * 20_000}), 400,
             "InvalidQueryParameter", "header")


def group_parameters(door):
    region = door.region
    return {"ScalingGroupName": "bad", "ScalingConfigurationId": door.fleet.configuration, "MinSize": 0, "MaxSize": 5,
            "DesiredCapacity": 1, "RemovePolicy": "RemoveOldestInstance", "SubnetId": region["subnets"][:2],
            "SecurityGroupId": [region["security_group"]]}


def check_parameters(door):
    door.checks.section("Parameters")
    complete = {
        "CreateScalingGroup": group_parameters(door),
        "CreateScalingConfiguration": {"ScalingConfigurationName": "bad", "ImageId": door.region["image"]},
        "CreateScalingPolicy": {"ScalingGroupId": door.group, "ScalingPolicyName": "bad", "Metric": METRIC,
                                "AdjustmentType": "TotalCapacity", "AdjustmentValue": 1, "CoolDown": 60},
        "DescribeScalingInstance": {"ScalingGroupId": door.group},
        "DeleteScalingPolicy": {"ScalingGroupId": door.group, "ScalingPolicyId": door.policy},
    }
    for action, parameters in complete.items():
        for missing in parameters:
            rest = {name: value for name, value in parameters.items() if name != missing}
            door.call(f"{action} without {missing}", 400, "MissingParameter", missing, action, **rest)
    slb = lambda **one: [{"Id": door.region["slb"], "ListenerId": door.region["listener"], "ServerPort": [80], **one}]
    group_changes = {
        "MinSize": (-1, "x", 6, 2**40), "MaxSize": (0, "many"), "DesiredCapacity": (6, -1, "1.5", ""),
        "RemovePolicy": ("RemoveBestInstance",), "SubnetStrategy": ("random",), "SubnetId": (["no-such-subnet"],),
        "SecurityGroupId": (["no-such-group"],), "ScalingConfigurationId": (UNKNOWN_ID, "abc"),
        "Slb": (slb(ListenerId="no-such-listener"), slb(Weight=256), slb(ServerPort=[70000])),
        "ScalingGroupName": ("x" * 300,),
    }
    for name, values in group_changes.items():
        for value in values:
            code = "MissingParameter" if value == "" else "InvalidParameterValue"
            inner = {256: "Weight", 70000: "ServerPort"}
            words = next((word for number, word in inner.items() if str(number) in str(value)), name)
            door.call(f"CreateScalingGroup with {name}={str(value)[:40]}", 400, code, words, "CreateScalingGroup",
                      **{**complete["CreateScalingGroup"], name: value})
    policy_changes = {"CoolDown": (59, 86401, "soon"), "AdjustmentType": ("Double",), "AdjustmentValue": ("x", 2**40)}
    for name, values in policy_changes.items():
        for value in values:
            door.call(f"CreateScalingPolicy with {name}={value}", 400, "InvalidParameterValue", name,
                      "CreateScalingPolicy", **{**complete["CreateScalingPolicy"], name: value})
    for value in (4, 1001, "ten"):
        door.call(f"MaxResults={value}", 400, "InvalidParameterValue", "MaxResults", "DescribeScalingGroup",
                  MaxResults=value)
    for name, value in (("ImageId", "no-such-image"), ("InstanceType", ["no-such-type"]), ("ChargeType", "Monthly"),
                        ("UserData", "not base64!"), ("InstanceType", ["N3.1A"] * 11)):
        door.call(f"CreateScalingConfiguration with {name}={str(value)[:30]}", 400, "InvalidParameterValue", name,
                  "CreateScalingConfiguration", **{**complete["CreateScalingConfiguration"],
                                                   "InstanceType": [door.region["instance_types"][0]], name: value})
    for action in ("DescribeScalingInstance", "DescribeScalingActivity", "DescribeScalingPolicy", "DeleteScalingGroup",
                   "EnableScalingGroup", "DisableScalingGroup", "ModifyScalingGroup"):
        door.call(f"{action} of an unknown group", 404, "ScalingGroupNotFound", UNKNOWN_ID, action,
                  ScalingGroupId=UNKNOWN_ID)


def check_metrics(door):
    door.checks.section("Metric")
    good = json.loads(METRIC)
    texts = {
        "no JSON": "cpu > 70", "half an object": METRIC[:-1], "two objects": METRIC + METRIC, "a list": f"[{METRIC}]",
        "a number": "70", "deep nesting": '{"a":' * 50 + "1" + "}" * 50, "an empty text in it": '{"":}',
        "a raw control character": METRIC.replace("cpu", "c\x01pu"),
    }
    for name, text in texts.items():
        create_policy(door, f"Metric is {name}", text, "InvalidParameterValue", "Metric")
    for key in ("dimensionName", "comparisonOperator", "threshold"):
        text = json.dumps({name: value for name, value in good.items() if name != key})
        create_policy(door, f"Metric without {key}", text, "MissingParameter", f"Metric.{key}")
    changes = {"dimensionName": ("disk_usage", 1), "comparisonOperator": ("Around",), "function": ("median",),
               "threshold": (101, -1, 1.5, "high"), "repeatTimes": (0, 11), "period": (4, 86401, 60.5)}
    for key, values in changes.items():
        for value in values:
            create_policy(door, f"Metric with {key}={value!r}", json.dumps({**good, key: value}),
                          "InvalidParameterValue", f"Metric.{key}")


def create_policy(door, name, metric, code, words):
    door.call(name, 400, code, words, "CreateScalingPolicy", ScalingGroupId=door.group, ScalingPolicyName="bad",
              Metric=metric, AdjustmentType="TotalCapacity", AdjustmentValue=1, CoolDown=60)


def check_garbage(door):
    door.checks.section("Garbage bytes")
    host = urllib.parse.urlsplit(door.region["endpoint"])
    get = b"GET /?Action=DescribeScalingGroup HTTP/1.1\r\nHost: x\r\n"
    raw = {
        "a TLS hello": bytes.fromhex("16030100a5010000a10303") + b"\x00" * 160,
        "another protocol's preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "a version that isn't": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        "no request line": b"\r\n\r\n\r\n:::\r\n\r\n",
        "two framings": get.replace(b"GET", b"POST") + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "two lengths": get.replace(b"GET", b"POST") + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "a NUL in a header": get + b"X: a\x00b\r\n\r\n",
        "a folded header": get + b"X: a\r\n b\r\n\r\n",
    }
    dice = random.Random(3)
    raw.update({f"random bytes, seed {number}": dice.randbytes(dice.randint(1, 4000)) for number in range(40)})
    for name, data in raw.items():
        answer = send_raw(host.hostname, host.port, data)
        door.checks.expect(answer == b"" or answer.startswith(b"HTTP/1.1 4"), f"{name}: refused or closed", answer[:200])


def send_raw(host, port, data, end=True):
    """Whatever comes back until the peer closes; what it didn't wait for is no matter. `end`: say that no more comes."""
    answer = b""
    with socket.create_connection((host, port), timeout=10) as connection:
        try:
            connection.sendall(data)
            if end:
                connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                answer += part
        except OSError:
            pass
    return answer


def memory_kb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def check_remote_write(door):
    door.checks.section("remote-write")
    region = door.region
    url, token = region["remote_write_url"], region["remote_write_credential"]
    good = snappy(write_request([({"__name__": "cpu_usage", "instance_id": "i-1"}, [(1.0, 1_700_000_000_000)])]))
    gateway = door.stack.processes.pid("gateway")
    before = memory_kb(gateway)
    rows = [
        ("no credential", good, None, 401), ("a bad credential", good, "nobody", 401),
        ("no snappy", b"this is no snappy block", token, 400), ("an empty body", b"", token, 400),
        ("a declared length of 4 GB", varint(2**32 - 1) + b"\x00", token, 400),
        ("a declared length of 1 GB and no data", varint(2**30), token, 400),
        ("a declared length past 32 bits", varint(2**40) + b"\x00" * 20, token, 400),
        ("a truncated block", good[:-5], token, 400),
        ("snappy of no protobuf", snappy(b"\xff" * 50), token, 400),
        ("a label of 1 MB", snappy(write_request([({"__name__": "x" * 2**20}, [(1.0, 1)])])), token, 400),
        ("a nested length that lies", snappy(b"\x0a" + varint(2**31) + b"x"), token, 400),
        ("6000 series", snappy(b"".join(field(1, b"") for _ in range(6000))), token, 400),
    ]
    for name, body, credential, status in rows:
        found, text = post(url, body, credential)
        door.checks.equal(found, status, f"{name}: {found} {text[:80].decode('utf-8', 'replace')}")
    host = urllib.parse.urlsplit(url)
    head = f"POST {host.path} HTTP/1.1\r\nHost: {host.netloc}\r\nContent-Length: {5 << 20}\r\n\r\n".encode()
    answer = send_raw(host.hostname, host.port, head, end=False)
    door.checks.expect(answer.startswith(b"HTTP/1.1 4"), "a body of 5 MB is refused before it is sent", answer[:200])
    grown = memory_kb(gateway) - before
    door.checks.expect(grown < MAX_GROWTH_KB, f"the gateway's peak of memory grew by {grown} kB")
    found, text = post(url, good, token)
    door.checks.equal(found, 204, "a good batch is still taken")


def play(options, checks):
    with private_region("bad-input", options.build) as stack:
        door = Door(stack, Fleet(stack), checks)
        pids = {name: stack.processes.pid(name) for name in ("gateway", "engine")}
        before = door.contents()
        for part in (check_signatures, check_requests, check_parameters, check_metrics, check_garbage,
                     check_remote_write):
            checks.run(part.__name__, part, door)
        checks.section("Afterwards")
        after = door.contents()
        checks.equal({table: rows for table, rows in after.items() if rows != before[table]}, {}, "no table has changed")
        checks.equal({name: stack.processes.pid(name) for name in pids}, pids, "gateway and engine are the same processes")
        checks.equal([readiness(stack, name) for name in pids], [200, 200], "both are ready")
        checks.expect(door.api.call("DescribeScalingGroup")["ScalingGroupCount"] == 1, "a good request is answered")


if __name__ == "__main__":
    chosen, found = arguments(__doc__), Checks()
    found.run("bad_input", play, chosen, found)
    found.finish()
