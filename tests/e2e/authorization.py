#!/usr/bin/python3
"""Who may do what: sub-users with patterns, disabled keys, frozen accounts, temporary keys and their end."""

import datetime
import hashlib
import json
import os
import subprocess

from checks import Checks
from fleet import Fleet
from private_region import arguments, private_region
from region.openapi import ApiError, Client

SECRET = "a-secret-of-this-test"


class Operator:
    """Sets accounts as an operator does: `accordion-engine admin apply`."""

    def __init__(self, stack):
        self.stack = stack

    def apply(self, **entry):
        file = self.stack.state / "operator.json"
        file.write_text(json.dumps({"accounts": [entry]}))
        engine = f"127.0.0.1:{self.stack.ports['engine']['port']}"
        subprocess.run([self.stack.program("accordion-engine"), "admin", "apply", file, "--engine", engine], check=True,
                       capture_output=True, timeout=30)
        os.unlink(file)

    def key(self, account, key, user="root", patterns=(), enabled=True, **temporary):
        """Puts a key and gives its client."""
        self.apply(account_id=account, access_keys=[{
            "access_key_id": key, "secret_key": SECRET, "user": user, "enabled": enabled,
            "allow_patterns": list(patterns), **temporary}])
        region = self.stack.region
        return Client(region["endpoint"], region["region"], key, SECRET)


def refused(checks, client, status, code, words, action, **parameters):
    try:
        checks.expect(False, f"{action} is refused", client.call(action, **parameters))
    except ApiError as error:
        checks.expect((error.status, error.code) == (status, code) and words in error.message,
                      f"{action}: {error.status} {error.code} {error.message}", f"wanted {status} {code} {words}")


def check_users(checks, fleet, operator):
    checks.section("Sub-users")
    account, group = fleet.region["account_id"], fleet.create_group(name="guarded")
    denied = lambda user, action: (403, "AccessDenied", f"User: {user} is not authorized to perform: kec:{action}.")
    reader = operator.key(account, "AKLTreader", user="reader", patterns=["kec:Describe*"])
    checks.equal(reader.call("DescribeScalingGroup", ScalingGroupId=[group])["ScalingGroupCount"], 1,
                 "kec:Describe* may describe")
    for action in ("DeleteScalingGroup", "EnableScalingGroup", "ModifyScalingGroup"):
        refused(checks, reader, *denied("reader", action), action, ScalingGroupId=group, DryRun=True)
    refused(checks, reader, *denied("reader", "Explode"), "Explode")
    exact = operator.key(account, "AKLTexact", user="exact", patterns=["kec:EnableScalingGroup", "slb:*"])
    checks.equal(exact.call("EnableScalingGroup", ScalingGroupId=group)["ReturnSet"]["ScalingGroupId"], group,
                 "a pattern without * allows its action ...")
    refused(checks, exact, *denied("exact", "DisableScalingGroup"), "DisableScalingGroup", ScalingGroupId=group)
    refused(checks, operator.key(account, "AKLTnone", user="none"), *denied("none", "DescribeScalingGroup"),
            "DescribeScalingGroup")
    everything = operator.key(account, "AKLTall", user="all", patterns=["*"])
    notification = everything.call("CreateScalingNotification", ScalingGroupId=group,
                                   NotificationType=[1])["ScalingNotificationId"]
    refused(checks, everything, *denied("all", "ModifyScalingNotification"), "ModifyScalingNotification",
            ScalingGroupId=group, ScalingNotificationId=notification)
    fleet.api.call("ModifyScalingNotification", ScalingGroupId=group, ScalingNotificationId=notification)
    everything.call("ModifyScalingGroup", ScalingGroupId=group, DesiredCapacity=1)
    fleet.wait_settled(group, 1, 60)
    causes = [one["Cause"] for one in fleet.activities(group)]
    checks.expect(all("all" in cause and "AKLTall" in cause for cause in causes) and causes,
                  "the activity's cause names the user and the key", causes)


def check_keys(checks, fleet, operator):
    checks.section("Keys")
    account = fleet.region["account_id"]
    refused(checks, operator.key(account, "AKLToff", enabled=False), 403, "InvalidClientTokenId", "security token",
            "DescribeScalingGroup")
    now = datetime.datetime.now(datetime.timezone.utc)
    temporary = lambda key, end: operator.key(
        account, key, security_token_sha256=hashlib.sha256(b"session").hexdigest(),
        expires_at=end.strftime("%Y-%m-%dT%H:%M:%SZ"))
    good = temporary("AKLTtemp", now + datetime.timedelta(minutes=5))
    checks.run("a temporary key with its token", lambda: good.call("DescribeScalingGroup", SecurityToken="session"))
    unknown = (403, "InvalidClientTokenId", "security token", "DescribeScalingGroup")
    refused(checks, good, *unknown)
    refused(checks, good, *unknown, SecurityToken="another")
    refused(checks, temporary("AKLTended", now - datetime.timedelta(seconds=1)), *unknown, SecurityToken="session")
    checks.section("A frozen account")
    operator.apply(account_id="90000001", name="frozen", frozen=True)
    refused(checks, operator.key("90000001", "AKLTfrozen"), 403, "AccessDenied", "User: root", "DescribeScalingGroup")


def play(options, checks):
    with private_region("authorization", options.build) as stack:
        fleet, operator = Fleet(stack), Operator(stack)
        check_users(checks, fleet, operator)
        check_keys(checks, fleet, operator)


if __name__ == "__main__":
    chosen, found = arguments(__doc__), Checks()
    found.run("authorization", play, chosen, found)
    found.finish()
