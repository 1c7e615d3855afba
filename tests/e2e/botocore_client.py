#!/usr/bin/python3
"""All 27 actions, signed by botocore, against a region that `./dev run --detach` started. Nothing is left behind."""

import contextlib
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import urllib.parse

import psycopg2
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from checks import Checks
from eventually import eventually
from private_region import ROOT, arguments
from region.cloudsim import Cloudsim
from region.openapi import VERSION, ApiError, flatten

ACTIONS = 27
METRIC = {"dimensionName": "cpu_usage", "comparisonOperator": "Greater", "threshold": 70, "function": "avg",
          "repeatTimes": 2, "period": 60}
# Every table whose rows belong to a group or a configuration that still exists; history may stay.
LIVING = ("scaling_group", "scaling_configuration", "scaling_policy", "scheduled_task", "scaling_notification",
          "scaling_instance", "activity_open")


@contextlib.contextmanager
def detached_region(build):
    """Starts a region as a user does; gives its region.json. The folder stays, and is named, when the body raises."""
    # Not below the checkout: PostgreSQL's own user must reach its data.
    state = pathlib.Path(tempfile.mkdtemp(prefix="accordion-botocore-", dir="/var/tmp"))
    state.chmod(0o755)

    def dev(verb, *more):
        subprocess.run([ROOT / "dev", verb, "--state", state, *more], check=True, timeout=120,
                       env={**os.environ, "ACCORDION_BUILD": str(build)})

    try:
        dev("run", "--detach")
        yield json.loads((state / "region.json").read_text())
    except BaseException:
        print(f"logs: {state}/log", flush=True)
        dev("stop")
        raise
    dev("stop")
    shutil.rmtree(state, ignore_errors=True)


class Client:
    """Signs by botocore and sends what botocore signed. Writes go by GET and POST in turn: clients do both."""

    def __init__(self, region):
        self.region, self.called, self.methods = region, set(), 0
        self.credentials = Credentials(region["access_key"], region["secret_key"])
        self.host = urllib.parse.urlsplit(region["endpoint"]).netloc

    def sign(self, method, pairs, signer=SigV4Auth):
        where = {"params": pairs} if method == "GET" else {"data": pairs}
        headers = {"Accept": "application/json"} if signer is SigV4Auth else {}
        request = AWSRequest(method=method, url=self.region["endpoint"] + "/", headers=headers, **where)
        signer(self.credentials, "kec", self.region["region"]).add_auth(request)
        return request.prepare()

    def send(self, request, **headers):
        connection = http.client.HTTPConnection(self.host, timeout=15)
        try:
            target = request.url.split(self.host, 1)[1]
            connection.request(request.method, target, request.body, {**dict(request.headers.items()), **headers})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def call(self, action, **parameters):
        self.methods += 1
        method = "POST" if self.methods % 2 else "GET"
        self.called.add(action)
        pairs = dict([("Action", action), ("Version", VERSION)] + flatten(parameters))
        status, body = self.send(self.sign(method, pairs))
        answer = json.loads(body)
        if status != 200:
            error = answer["Error"]
            raise ApiError(status, error["Code"], error["Message"])
        return answer


class Walk:
    """The life of one configuration and one group, action by action."""

    def __init__(self, checks, region):
        self.checks, self.region, self.api = checks, region, Client(region)
        self.cloud = Cloudsim(region["cloudsim_admin_url"])
        self.configuration = self.group = ""

    def call(self, action, wanted=lambda answer: True, **parameters):
        """One action; what it answers is checked by `wanted`, also where a KeyError says that a field is missing."""
        answer = self.api.call(action, **parameters)
        try:
            held = wanted(answer)
        except (KeyError, IndexError, TypeError) as error:
            held, answer = False, f"{type(error).__name__} {error} in {answer}"
        self.checks.expect(held, action, answer)
        return answer

    def group_row(self):
        return self.api.call("DescribeScalingGroup", ScalingGroupId=[self.group])["ScalingGroupSet"][0]

    def members(self):
        return self.api.call("DescribeScalingInstance", ScalingGroupId=self.group, MaxResults=100)["ScalingInstanceSet"]

    def settle(self, count):
        def is_settled():
            rows = self.members()
            activities = self.api.call("DescribeScalingActivity", ScalingGroupId=self.group)["ScalingActivitySet"]
            return (len(rows) == count and all(one["LifeCycleState"] == "InService" for one in rows)
                    and all(one["Status"] != 1 for one in activities))

        eventually(f"{count} members in service and nothing running", 60, is_settled, every=0.2)

    def cloud_state(self):
        """What the cloud has: instances with their state, and the registrations of every listener."""
        state = self.cloud.get("/state")
        instances = {one["id"]: one["state"] for one in state["instances"]}
        servers = sorted((listener["id"], server["instance_id"]) for listener in state["listeners"]
                         for server in listener["real_servers"])
        return instances, servers

    # ---- the actions ----

    def configure(self):
        region = self.region
        self.configuration = self.call(
            "CreateScalingConfiguration", lambda answer: answer["ScalingConfigurationId"].isdigit(),
            ScalingConfigurationName="botocore", ImageId=region["image"], InstanceType=region["instance_types"][:2],
            SystemDisk={"DiskType": "SSD3.0", "DiskSize": 20},
            DataDisk=[{"Type": "SSD3.0", "Size": 50, "DeleteWithInstance": True}], ChargeType="HourlyInstantSettlement",
            Tag=[{"Key": "团队", "Value": "a+b=c"}], InstanceName="as", UserData="aGVsbG8=", ProjectId=0,
        )["ScalingConfigurationId"]
        self.call("ModifyScalingConfiguration", lambda answer: answer["Return"] is True,
                  ScalingConfigurationId=self.configuration, ScalingConfigurationName="botocore ~ 2")
        self.call("DescribeScalingConfiguration",
                  lambda answer: answer["ScalingConfigurationCount"] == 1
                  and answer["ScalingConfigurationSet"][0]["ScalingConfigurationName"] == "botocore ~ 2"
                  and answer["ScalingConfigurationSet"][0]["InstanceTypeSet"] == region["instance_types"][:2],
                  ScalingConfigurationId=[self.configuration])

    def create_group(self):
        region = self.region
        self.group = self.call(
            "CreateScalingGroup", lambda answer: answer["ReturnSet"]["ScalingGroupId"].isdigit(),
            ScalingGroupName="botocore", ScalingConfigurationId=self.configuration, MinSize=0, MaxSize=5,
            DesiredCapacity=1, RemovePolicy="RemoveNewestInstance", SubnetId=region["subnets"],
            SubnetStrategy="balanced-distribution", SecurityGroupId=region["security_group"], Slb=[self.listener(80)],
        )["ReturnSet"]["ScalingGroupId"]
        self.call("DescribeScalingGroup",
                  lambda answer: answer["ScalingGroupCount"] == 1
                  and answer["ScalingGroupSet"][0]["ScalingGroupId"] == self.group
                  and answer["ScalingGroupSet"][0]["SlbConfigSet"][0]["ServerPortSet"] == [80],
                  ScalingGroupId=[self.group])
        self.settle(1)
        self.call("DescribeScalingInstance",
                  lambda answer: answer["ScalingInstanceCount"] == 1 and answer["DesiredCapacity"] == 1
                  and answer["ScalingInstanceSet"][0]["CreationType"] == "Auto", ScalingGroupId=self.group)
        self.call("DescribeScalingActivity",
                  lambda answer: answer["ScalingActivityCount"] == 1 and answer["ScalingActivitySet"][0]["Status"] == 2
                  and len(answer["ScalingActivitySet"][0]["SuccInsList"]) == 1, ScalingGroupId=self.group)

    def listener(self, port):
        return {"Id": self.region["slb"], "ListenerId": self.region["listener"], "ServerPort": [port], "Weight": 20}

    def attach_and_detach(self):
        spares = self.region["spare_instances"][:2]
        self.call("AttachInstance", lambda answer: answer["Return"] is True, ScalingGroupId=self.group,
                  ScalingInstanceId=spares)
        listed = {one["InstanceId"]: one for one in self.members()}
        self.checks.expect(set(spares) <= set(listed) and listed[spares[0]]["CreationType"] == "Manual",
                           "attached instances are listed at once", listed)
        self.call("SetKvmProtectedDetach",
                  lambda answer: {one["InstanceId"]: one["ProtectedFromScaleIn"]
                                  for one in answer["ScalingInstanceSet"]} == {spares[0]: 1},
                  ScalingGroupId=self.group, ScalingInstanceId=spares[:1], ProtectedFromDetach=1)
        self.settle(3)
        self.checks.equal(self.group_row()["DesiredCapacity"], 3, "attaching raised the desired capacity")
        registered = {server for _, server in self.cloud_state()[1]}
        self.checks.expect(set(spares) <= registered, "attached instances are registered", registered)
        self.call("SetKvmProtectedDetach", lambda answer: answer["Return"] is True, ScalingGroupId=self.group,
                  ScalingInstanceId=spares[:1], ProtectedFromDetach=0)
        self.call("DetachInstance", lambda answer: answer["Return"] is True, ScalingGroupId=self.group,
                  ScalingInstanceId=spares)
        self.settle(1)
        instances, servers = self.cloud_state()
        self.checks.equal([instances.get(one) for one in spares], ["active"] * 2, "detached instances go on running")
        self.checks.expect(not set(spares) & {server for _, server in servers}, "and are registered no more", servers)
        self.checks.equal(self.group_row()["DesiredCapacity"], 1, "detaching lowered the desired capacity")

    def balance(self):
        self.call("ModifyScalingLoadBalancers",
                  lambda answer: answer["Return"] is True and answer["ReturnSet"]["ScalingGroupId"] == self.group,
                  ScalingGroupId=self.group)
        self.checks.equal(self.group_row()["SlbConfigSet"], [], "no Slb clears the load balancers")
        eventually("the member is registered no more", 30, lambda: not self.cloud_state()[1], every=0.2)
        self.call("ModifyScalingLoadBalancers", lambda answer: answer["Return"] is True, ScalingGroupId=self.group,
                  Slb=[self.listener(8080)])
        eventually("the member is registered again", 30, lambda: len(self.cloud_state()[1]) == 1, every=0.2)
        self.settle(1)

    def policies(self):
        policy = self.call(
            "CreateScalingPolicy", lambda answer: answer["ReturnSet"]["ScalingPolicyId"] == str(answer["ScalingPolicyId"]),
            ScalingGroupId=self.group, ScalingPolicyName="up", Metric=json.dumps(METRIC),
            AdjustmentType="QuantityChangeInCapacity", AdjustmentValue=1, CoolDown=60)["ReturnSet"]["ScalingPolicyId"]
        self.call("ModifyScalingPolicy", lambda answer: answer["Return"] is True, ScalingGroupId=self.group,
                  ScalingPolicyId=policy, CoolDown=90)
        self.call("DescribeScalingPolicy",
                  lambda answer: answer["ScalingPolicySize"] == 1 and answer["ScalingPolicySet"][0]["CoolDown"] == 90
                  and answer["ScalingPolicySet"][0]["Metric"]["Threshold"] == 70, ScalingGroupId=self.group)
        self.call("DeleteScalingPolicy", lambda answer: answer["ReturnSet"]["ScalingPolicyId"] == policy,
                  ScalingGroupId=self.group, ScalingPolicyId=policy)

    def notifications(self):
        notification = self.call(
            "CreateScalingNotification", lambda answer: answer["ScalingNotificationId"].isdigit(),
            ScalingGroupId=self.group, NotificationType=[1, 2])["ScalingNotificationId"]
        self.call("ModifyScalingNotification", lambda answer: answer["Return"] is True, ScalingGroupId=self.group,
                  ScalingNotificationId=notification, NotificationType=[3, 6])
        self.call("DescribeScalingNotification",
                  lambda answer: answer["ScalingNotificationSet"][0]["ScalingNotificationTypes"] == ["3", "6"],
                  ScalingGroupId=self.group)

    def tasks(self):
        task = self.call(
            "CreateScheduledTask", lambda answer: answer["ReturnSet"]["ScalingScheduleTaskId"].isdigit(),
            ScalingGroupId=self.group, ScalingScheduledTaskName="nightly", ReadjustMaxSize=3, ReadjustMinSize=0,
            ReadjustExpectSize=1, StartTime="2036-01-01 03:00:00", EndTime="2037-01-01 00:00:00",
            RepeatUnit="Week", RepeatCycle="1,3")["ReturnSet"]["ScalingScheduleTaskId"]
        self.call("ModifyScheduledTask", lambda answer: bool(answer["RequestId"]), ScalingScheduledTaskId=task,
                  StartTime="2036-01-01 04:00:00", ScalingScheduledTaskName="nightly 2")
        self.call("DescribeScheduledTask",
                  lambda answer: answer["ScheduledTaskSize"] == 1 and (
                      lambda row: (row["ScalingScheduledTaskId"], row["StartTime"], row["ScalingScheduledTaskName"],
                                   row["RepeatCycle"]) == (task, "2036-01-01 04:00:00", "nightly 2", "1,3"))(
                                       answer["ScalingScheduleTaskSet"][0]), ScalingGroupId=self.group)
        self.call("DeleteScheduledTask", lambda answer: bool(answer["RequestId"]), ScalingGroupId=self.group,
                  ScalingScheduledTaskId=task)
        left = self.api.call("DescribeScheduledTask", ScalingGroupId=self.group)
        self.checks.equal((left["ScheduledTaskSize"], left["ScalingScheduleTaskSet"]), (0, []), "the task is gone")

    def end(self):
        mine = lambda answer: answer["ReturnSet"]["ScalingGroupId"] == self.group
        self.call("DisableScalingGroup", mine, ScalingGroupId=self.group)
        self.checks.equal(self.group_row()["Status"], "UnActive", "a disabled group says so")
        self.call("EnableScalingGroup", mine, ScalingGroupId=self.group)
        self.call("ModifyScalingGroup", lambda answer: answer["Return"] is True, ScalingGroupId=self.group, MinSize=0,
                  DesiredCapacity=0)
        self.settle(0)
        self.call("DeleteScalingGroup", mine, ScalingGroupId=self.group)
        self.call("DeleteScalingConfiguration",
                  lambda answer: [one["ScalingConfigurationId"] for one in answer["ReturnSet"]] == [self.configuration],
                  ScalingConfigurationId=[self.configuration])


def check_forms(checks, region):
    """What else botocore can do: a signature in the query string; and what it signed must arrive as it was."""
    checks.section("Other forms")
    client = Client(region)
    pairs = {"Action": "DescribeScalingGroup", "Version": VERSION, "ScalingGroupName": "a b+c~*%", "Format": "json"}
    status, body = client.send(client.sign("GET", pairs, SigV4QueryAuth))
    checks.equal((status, json.loads(body)["ScalingGroupCount"]), (200, 0), "signed in the query string")
    for method in ("GET", "POST"):
        status, body = client.send(client.sign(method, pairs))
        checks.equal(status, 200, f"{method} with a blank, +, ~, * and % in a value")
        status, body = client.send(client.sign(method, pairs), **{"X-Amz-Date": "20200101T000000Z"})
        checks.equal(status, 403, f"{method} with another date than the signed one")


def check_nothing_left(checks, walk, before):
    checks.section("Nothing is left")
    for action, listed in (("DescribeScalingGroup", "ScalingGroupSet"),
                           ("DescribeScalingConfiguration", "ScalingConfigurationSet")):
        checks.equal(walk.api.call(action)[listed], [], f"{action} shows nothing")
    for action in ("DescribeScalingInstance", "DescribeScalingPolicy", "DescribeScalingNotification",
                   "DescribeScheduledTask"):
        try:
            checks.expect(False, f"{action} of the deleted group", walk.api.call(action, ScalingGroupId=walk.group))
        except ApiError as error:
            checks.equal((error.status, error.code), (404, "ScalingGroupNotFound"), f"{action} of the deleted group")
    with psycopg2.connect(walk.region["postgres_dsn"]) as connection, connection.cursor() as cursor:
        for table in LIVING:
            closed = " WHERE closed_at IS NULL" if table == "scaling_instance" else ""
            cursor.execute(f"SELECT count(*) FROM {table}{closed}")
            checks.equal(cursor.fetchone()[0], 0, f"table {table} has no row")
    checks.equal(walk.cloud_state(), before, "the cloud has the instances and registrations that it had before")


def play(options, checks):
    with detached_region(options.build) as region:
        check_forms(checks, region)
        walk = Walk(checks, region)
        before = walk.cloud_state()
        for step in (walk.configure, walk.create_group, walk.attach_and_detach, walk.balance, walk.policies,
                     walk.notifications, walk.tasks, walk.end):
            checks.section(step.__name__.replace("_", " "))
            checks.run(step.__name__, step)
        checks.equal(len(walk.api.called), ACTIONS, "every action was called")
        check_nothing_left(checks, walk, before)


if __name__ == "__main__":
    chosen, found = arguments(__doc__), Checks()
    found.run("botocore_client", play, chosen, found)
    found.finish()
