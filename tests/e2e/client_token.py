#!/usr/bin/python3
"""ClientToken: one effect and one answer, whoever repeats a request how often, also over kill -9 of the engine.

A kill hits its moment for certain: PostgreSQL holds the write, or its COMMIT, until the engine is dead.
"""

import concurrent.futures
import random
import time

import psycopg2

from checks import Checks
from eventually import eventually
from fleet import Fleet
from private_region import arguments, private_region
from public_api import METRIC
from region.openapi import ApiError

RETRY_SECONDS = 60
AT_ONCE = 8


class WriteGate:
    """Holds transactions that keep a client token: at the write of the token's row, or at their COMMIT."""

    LOCKS = {"write": 7101, "commit": 7102}

    def __init__(self, dsn):
        self.session = psycopg2.connect(dsn)
        self.session.autocommit = True
        for name, lock in self.LOCKS.items():
            self.execute(
                f"CREATE FUNCTION e2e_hold_{name}() RETURNS trigger LANGUAGE plpgsql AS $$"
                f" BEGIN PERFORM pg_advisory_xact_lock_shared({lock}); RETURN NEW; END $$")
        self.execute("CREATE TRIGGER e2e_hold_write BEFORE INSERT ON client_token"
                     " FOR EACH ROW EXECUTE FUNCTION e2e_hold_write()")
        self.execute("CREATE CONSTRAINT TRIGGER e2e_hold_commit AFTER INSERT ON client_token"
                     " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION e2e_hold_commit()")

    def execute(self, sql):
        with self.session.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def close(self, name):
        self.execute(f"SELECT pg_advisory_lock({self.LOCKS[name]})")

    def open(self, name):
        self.execute(f"SELECT pg_advisory_unlock({self.LOCKS[name]})")

    def waiting(self, name):
        return self.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                            f" AND objid = {self.LOCKS[name]}")[0][0]


def retry(api, action, **parameters):
    """As a client does that wants it done: the same request until it is answered."""
    deadline = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            return api.call(action, **parameters)
        except (OSError, ApiError) as error:
            if isinstance(error, ApiError) and error.status < 500 and error.code != "IdempotentRequestInProgress":
                raise
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def without_request_id(answer):
    return {name: value for name, value in answer.items() if name != "RequestId"}


def group_parameters(fleet, name):
    region = fleet.region
    return {"ScalingGroupName": name, "ScalingConfigurationId": fleet.configuration, "MinSize": 0, "MaxSize": 5,
            "DesiredCapacity": 0, "RemovePolicy": "RemoveOldestInstance", "SubnetId": region["subnets"][:2],
            "SecurityGroupId": [region["security_group"]]}


def creates(fleet, group):
    """A request of each kind of Create."""
    region = fleet.region
    return {
        "CreateScalingGroup": group_parameters(fleet, "token"),
        "CreateScalingConfiguration": {"ScalingConfigurationName": "token", "ImageId": region["image"],
                                       "InstanceType": region["instance_types"][:1], "Password": "Secret-123"},
        "CreateScalingPolicy": {"ScalingGroupId": group, "ScalingPolicyName": "token", "Metric": METRIC,
                                "AdjustmentType": "QuantityChangeInCapacity", "AdjustmentValue": 1, "CoolDown": 60},
        "CreateScalingNotification": {"ScalingGroupId": group, "NotificationType": [1]},
        "CreateScheduledTask": {"ScalingGroupId": group, "ScalingScheduledTaskName": "token",
                                "StartTime": "2036-01-01 03:00:00", "ReadjustMaxSize": 3, "ReadjustMinSize": 0,
                                "ReadjustExpectSize": 1},
    }


def count(fleet, action):
    table = {"CreateScalingGroup": "scaling_group", "CreateScalingConfiguration": "scaling_configuration",
             "CreateScalingPolicy": "scaling_policy", "CreateScalingNotification": "scaling_notification",
             "CreateScheduledTask": "scheduled_task"}[action]
    return fleet.query(f"SELECT count(*) FROM {table}")[0][0]


def refused(checks, fleet, status, code, text, action, **parameters):
    try:
        checks.expect(False, text, fleet.api.call(action, **parameters))
    except ApiError as error:
        checks.equal((error.status, error.code), (status, code), text)


def check_creates(checks, fleet):
    checks.section("Each Create, sent twice")
    group = fleet.create_group(name="target")
    for action, parameters in creates(fleet, group).items():
        before = count(fleet, action)
        first = fleet.api.call(action, ClientToken=f"t-{action}", **parameters)
        again = fleet.api.call(action, ClientToken=f"t-{action}", **parameters)
        checks.equal(without_request_id(again), without_request_id(first), f"{action}: the same answer")
        checks.expect(again["RequestId"] != first["RequestId"], f"{action}: a RequestId of its own")
        checks.equal(count(fleet, action), before + 1, f"{action}: one effect")
        if "Password" in parameters:
            refused(checks, fleet, 409, "IdempotentParameterMismatch", f"{action}: another password is another request",
                    action, ClientToken=f"t-{action}", **{**parameters, "Password": "Secret-124"})
    stored = fleet.query("SELECT string_agg(t::text, ' ') FROM client_token t")[0][0]
    checks.expect("Secret-123" not in stored and b"Secret-123".hex() not in stored, "no password is kept")
    return group


def check_others(checks, fleet, group):
    checks.section("Other writes, other parameters, other tokens")
    call = fleet.api.call
    call("DisableScalingGroup", ScalingGroupId=group, ClientToken="off")
    call("EnableScalingGroup", ScalingGroupId=group)
    call("DisableScalingGroup", ScalingGroupId=group, ClientToken="off")
    status = call("DescribeScalingGroup", ScalingGroupId=[group])["ScalingGroupSet"][0]["Status"]
    checks.equal(status, "Active", "a repeated Disable does not disable once more")
    refused(checks, fleet, 409, "IdempotentParameterMismatch", "the token with another action", "EnableScalingGroup",
            ScalingGroupId=group, ClientToken="off")
    refused(checks, fleet, 409, "IdempotentParameterMismatch", "the token with another group", "DisableScalingGroup",
            ScalingGroupId="1", ClientToken="off")
    for name, token in (("65 characters", "x" * 65), ("a tab", "a\tb"), ("Chinese", "令牌")):
        refused(checks, fleet, 400, "InvalidParameterValue", f"a token of {name}", "DisableScalingGroup",
                ScalingGroupId=group, ClientToken=token)
    refused(checks, fleet, 404, "ScalingGroupNotFound", "a refusal keeps nothing ...", "EnableScalingGroup",
            ScalingGroupId="1", ClientToken="free")
    refused(checks, fleet, 412, "DryRunOperation", "... nor does a dry run ...", "EnableScalingGroup",
            ScalingGroupId=group, ClientToken="free", DryRun=True)
    checks.run("... so the token is free", lambda: call("EnableScalingGroup", ScalingGroupId=group, ClientToken="free"))
    other = fleet.create_group(name="doomed")
    first = call("DeleteScalingGroup", ScalingGroupId=other, ClientToken="gone")
    again = checks.run("a repeated Delete", lambda: call("DeleteScalingGroup", ScalingGroupId=other, ClientToken="gone"))
    checks.equal(without_request_id(again or {}), without_request_id(first), "a repeated Delete is answered, not a 404")


def check_at_once(checks, fleet):
    checks.section(f"{AT_ONCE} clients at once")
    for number in range(5):
        name = f"at-once-{number}"
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(lambda _, name=name: retry(
                fleet.api, "CreateScalingGroup", ClientToken=name, **group_parameters(fleet, name)), range(AT_ONCE)))
        ids = {answer["ReturnSet"]["ScalingGroupId"] for answer in answers}
        checks.expect(len(ids) == 1 and groups_named(fleet, name) == ids, f"{name}: one group, one answer", answers)


def groups_named(fleet, name):
    return {str(row[0]) for row in fleet.query("SELECT id FROM scaling_group WHERE name = %s", name)}


def check_kill(checks, fleet, gate, number, moment):
    """A create whose engine is killed; `moment` is "write", "commit" or None for a random one."""
    name, stack = f"kill-{number}", fleet.stack
    if moment:
        gate.close(moment)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(retry, fleet.api, "CreateScalingGroup", ClientToken=name, **group_parameters(fleet, name))
                   for _ in range(2)]
        if moment:
            eventually(f"the {moment} is held", 20, lambda: gate.waiting(moment) > 0, every=0.01)
        else:
            time.sleep(random.uniform(0, 0.03))
        stack.processes.kill("engine")
        if moment:
            gate.open(moment)
            # A dead engine's COMMIT goes on, its open transaction does not.
            survives = moment == "commit"
            eventually(f"the {moment} has ended", 20, lambda: not gate.waiting(moment)
                       and bool(groups_named(fleet, name)) == survives, every=0.05)
            passed = fleet.query("SELECT count(*) FROM client_token WHERE token = %s", name)[0][0]
            checks.equal(passed, int(survives), f"{number:2}. killed at {moment}: {passed} rows of the token are left")
        stack.start_engine()
        ids = {answer.result()["ReturnSet"]["ScalingGroupId"] for answer in answers}
    found = groups_named(fleet, name)
    checks.expect(len(ids) == 1 and found == ids, f"{number:2}. killed at {moment or 'random'}: exactly one group", (ids, found))


def play(options, checks):
    kills = 6 if options.short else options.kills
    with private_region("client-token", options.build) as stack:
        fleet = Fleet(stack)
        group = check_creates(checks, fleet)
        check_others(checks, fleet, group)
        check_at_once(checks, fleet)
        checks.section("kill -9 of the engine under a create, repeated until it is answered")
        gate = WriteGate(stack.region["postgres_dsn"])
        for number in range(1, kills + 1):
            check_kill(checks, fleet, gate, number, ("write", "commit", None)[number % 3])


if __name__ == "__main__":
    chosen, found = arguments(__doc__, kills=30), Checks()
    found.run("client_token", play, chosen, found)
    found.finish()
