"""Fields of answers that appear only when something goes wrong or waits: made to appear, and taken away again."""

import datetime
import json

from eventually import eventually
from wire import pairs_of


def describe(suite, name, **values):
    """A Describe as the suite's checks make it, so that its fields count as answered."""
    action = suite.api.actions[name]
    answer = suite.send(action, pairs_of({**suite.world.sample(action), **values}))
    suite.accepted(action, "state", f"{name} while something waits", answer)
    return json.loads(answer[2])


def failed_launch(suite):
    """FailInsList: an instance that the cloud boots into an error."""
    world = suite.world
    world.cloud.put("/faults", [{"mode": "boot_error", "action": "RunInstances", "account": world.account["id"]}])
    group = world.create_group(world.api, world.things, world.mine.configuration, desired=1)
    failures = lambda: [one for one in world.api.call("DescribeScalingActivity", ScalingGroupId=group)["ScalingActivitySet"]
                        if one["FailInsList"]]
    eventually("an activity has failed", 60, failures, every=0.2)
    describe(suite, "DescribeScalingActivity", ScalingGroupId=group)
    world.cloud.put("/faults", [])
    return group


def waiting_deletion(suite):
    """Description of a group: it is to be deleted, and a protected member stays."""
    world, group = suite.world, suite.world.create_group(
        suite.world.api, suite.world.things, suite.world.mine.configuration, desired=1)
    members = lambda: [one["InstanceId"] for one in world.api.call(
        "DescribeScalingInstance", ScalingGroupId=group)["ScalingInstanceSet"] if one["LifeCycleState"] == "InService"]
    eventually("the member is in service", 60, members, every=0.2)
    world.api.call("SetKvmProtectedDetach", ScalingGroupId=group, ScalingInstanceId=members(), ProtectedFromDetach=1)
    world.api.call("ModifyScalingGroup", ScalingGroupId=group, MinSize=0, DesiredCapacity=0)
    delete = suite.api.actions["DeleteScalingGroup"]
    answer = suite.send(delete, [("ScalingGroupId", group)])
    suite.refused(delete, "state", "a group with a protected member", answer, "SCALING_GROUP_IN_USE", "=" + group)
    suite.ledger.expect(delete.name, "state", members()[0] in answer[2], "the protected member is named", answer[2])
    describe(suite, "DescribeScalingGroup", **{"ScalingGroupId.#": [group]})
    world.api.call("SetKvmProtectedDetach", ScalingGroupId=group, ScalingInstanceId=members(), ProtectedFromDetach=0)
    return group


def fired_task(suite):
    """Description of a task: how it last fired."""
    world = suite.world
    group = world.create_group(world.api, world.things, world.mine.configuration)
    zone = datetime.timezone(datetime.timedelta(hours=8))  # Asia/Shanghai, which has no summer time now
    due = datetime.datetime.now(zone) + datetime.timedelta(seconds=2)
    world.api.call("CreateScheduledTask", ScalingGroupId=group, ScalingScheduledTaskName="due", ReadjustMaxSize=7,
                   ReadjustMinSize=0, ReadjustExpectSize=0, StartTime=due.strftime("%Y-%m-%d %H:%M:%S"))
    fired = lambda: world.api.call("DescribeScalingGroup", ScalingGroupId=[group])["ScalingGroupSet"][0]["MaxSize"] == 7
    eventually("the task has fired", 60, fired, every=0.2)
    describe(suite, "DescribeScheduledTask", ScalingGroupId=group)
    return group


def remove(suite, group):
    """As clients do: Min and desired 0, then Delete until it succeeds."""
    suite.world.api.call("ModifyScalingGroup", ScalingGroupId=group, MinSize=0, DesiredCapacity=0)
    delete = suite.api.actions["DeleteScalingGroup"]
    eventually("the group is deleted", 60,
               lambda: suite.send(delete, [("ScalingGroupId", group)], signer="own")[1] in (200, 404), every=0.3)


def check_provoked(suite):
    for make in (failed_launch, waiting_deletion, fired_task):
        remove(suite, make(suite))
