#!/usr/bin/python3
"""Compares the descriptors with the fixture of the vendor's reference, and shows that the comparison can fail.

usage: reference.py [--descriptors FILE] [--table]

Every difference must be declared, with its reason, in deviations.py. Then copies of the descriptors are broken, one
fact at a time, and each must be named. --table prints the differences as Markdown instead.
"""

import argparse
import collections
import json
import os
import pathlib
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "e2e"))

import descriptors  # noqa: E402  (after the path is set)
from checks import Checks  # noqa: E402
from comparison import compare  # noqa: E402
from deviations import declared, undeclared  # noqa: E402

FIXTURE = HERE / "reference_fixture.json"
FIELD = descriptors.FIELD


class Broken:
    """A copy of the set, to be broken."""

    def __init__(self, data):
        self.files = descriptors.parse(data)
        self.extensions = descriptors.of(self.files).extensions

    def message(self, name):
        for file in self.files.file:
            stack = [(file.package + "." + one.name, one) for one in file.message_type]
            for full, one in stack:
                if full == "accordion.v1." + name:
                    return one
                stack += [(full + "." + nested.name, nested) for nested in one.nested_type]
        raise KeyError(name)

    def field(self, message, name):
        return next(one for one in self.message(message).field if one.name == name)

    def param(self, message, name):
        return self.field(message, name).options.Extensions[self.extensions["param"]]

    def answer(self, message, name):
        return self.field(message, name).options.Extensions[self.extensions["answer"]]

    def drop(self, message, name):
        fields = self.message(message).field
        fields.remove(self.field(message, name))

    def method(self, name):
        for file in self.files.file:
            for service in file.service:
                for method in service.method:
                    if method.name == name:
                        return service, method
        raise KeyError(name)


def drop_action(broken):
    service, method = broken.method("AttachInstance")
    service.method.remove(method)


def add_action(broken):
    service, method = broken.method("AttachInstance")
    added = service.method.add()
    added.CopyFrom(method)
    added.name = "ReplaceInstance"


def add_parameter(broken):
    field = broken.message("EnableScalingGroupRequest").field.add()
    field.CopyFrom(broken.field("CreateScalingGroupRequest", "remove_policy"))
    field.name = "force"


def set_range(message, name, **bounds):
    def act(broken):
        for bound, value in bounds.items():
            setattr(broken.param(message, name).range, bound, value)
    return act


def set_option(message, field, **options):
    def act(broken):
        for option, value in options.items():
            setattr(broken.param(message, field), option, value)
    return act


def set_type(message, name, kind):
    def act(broken):
        broken.field(message, name).type = kind
    return act


def set_words(message, name, words):
    def act(broken):
        del broken.param(message, name).words[:]
        broken.param(message, name).words.extend(words)
    return act


def rename_answer(message, name, spelling):
    def act(broken):
        broken.answer(message, name).name = spelling
    return act


def make_single(message, name):
    def act(broken):
        broken.field(message, name).label = FIELD.LABEL_OPTIONAL
    return act


# What is broken, and (action, subject, kind) of a difference that must be found undeclared.
BREAKS = {
    "an action is dropped": (drop_action, ("AttachInstance", "", "action missing")),
    "an action is added": (add_action, ("ReplaceInstance", "", "action added")),
    "a parameter is dropped": (lambda broken: broken.drop("CreateScalingGroupRequest", "remove_policy"),
                               ("CreateScalingGroup", "RemovePolicy", "parameter missing")),
    "a nested parameter is dropped": (lambda broken: broken.drop("Slb", "weight"),
                                      ("ModifyScalingLoadBalancers", "Slb.#.Weight", "parameter missing")),
    "a key of Metric is dropped": (lambda broken: broken.drop("Metric", "function"),
                                   ("CreateScalingPolicy", "Metric.Function", "parameter missing")),
    "a parameter is added": (add_parameter, ("EnableScalingGroup", "Force", "parameter added")),
    "a parameter is renamed": (set_option("AttachInstanceRequest", "scaling_instance_ids", name="InstanceId"),
                               ("AttachInstance", "ScalingInstanceId.#", "parameter missing")),
    "a least value is changed": (set_range("Slb", "weight", min=1), ("CreateScalingGroup", "Slb.#.Weight", "least")),
    "a greatest value is changed": (set_range("Metric", "repeat_times", max=11),
                                    ("ModifyScalingPolicy", "Metric.RepeatTimes", "greatest")),
    "the least page is changed": (set_range("DescribeScalingGroupRequest", "max_results", min=1),
                                  ("DescribeScalingGroup", "MaxResults", "least")),
    "the least cooldown is changed": (set_range("CreateScalingPolicyRequest", "cool_down", min=30),
                                      ("CreateScalingPolicy", "CoolDown", "least")),
    "a default is changed": (set_option("DescribeScheduledTaskRequest", "max_results", default_value="10"),
                             ("DescribeScheduledTask", "MaxResults", "default")),
    "a default is dropped": (set_option("Slb", "weight", default_value=""),
                             ("CreateScalingGroup", "Slb.#.Weight", "default")),
    "required is lifted": (set_option("DetachInstanceRequest", "scaling_instance_ids", required=False),
                           ("DetachInstance", "ScalingInstanceId.#", "required")),
    "required is added": (set_option("CreateScalingConfigurationRequest", "password", required=True),
                          ("CreateScalingConfiguration", "Password", "required")),
    "a type is changed": (set_type("CreateScalingPolicyRequest", "adjustment_value", FIELD.TYPE_STRING),
                          ("CreateScalingPolicy", "AdjustmentValue", "type")),
    "a flag becomes a number": (set_type("CreateScalingConfigurationRequest", "keep_image_login", FIELD.TYPE_INT32),
                                ("CreateScalingConfiguration", "KeepImageLogin", "type")),
    "a word is dropped": (set_words("CreateScalingGroupRequest", "remove_policy", ["RemoveOldestInstance"]),
                          ("CreateScalingGroup", "RemovePolicy", "word missing")),
    "a word is added": (set_words("DescribeScalingInstanceRequest", "creation_type", ["Auto", "Manual", "Both"]),
                        ("DescribeScalingInstance", "CreationType", "word added")),
    "a list is made longer": (set_option("CreateScalingConfigurationRequest", "tags", max_elements=20),
                              ("CreateScalingConfiguration", "Tag.#.Key", "max_elements")),
    "a list becomes a single value": (make_single("DeleteScalingConfigurationRequest", "scaling_configuration_ids"),
                                      ("DeleteScalingConfiguration", "ScalingConfigurationId", "list")),
    "a text may be longer": (set_option("Tag", "key", max_length=256),
                             ("CreateScalingConfiguration", "Tag.#.Key", "max_length")),
    "user data may be larger": (set_option("ModifyScalingConfigurationRequest", "user_data", max_bytes=32768),
                                ("ModifyScalingConfiguration", "UserData", "max_bytes")),
    "an alias that a sample uses is dropped": (
        lambda broken: broken.param("ModifyScalingPolicyRequest", "cool_down").ClearField("aliases"),
        ("ModifyScalingPolicy", "Cooldown", "sample")),
    "a field of an answer is dropped": (lambda broken: broken.drop("ScalingActivity", "error_code"),
                                        ("DescribeScalingActivity", "ScalingActivitySet.#.ErrorCode", "answer missing")),
    "a field of an answer is renamed": (rename_answer("ScalingGroup", "slb_configs", "SlbConfigs"),
                                        ("DescribeScalingGroup", "ScalingGroupSet.#.SlbConfigSet", "answer missing")),
    "a field of an answer changes its type": (set_type("ScalingInstance", "protected_from_scale_in", FIELD.TYPE_BOOL),
                                              ("DescribeScalingInstance", "ScalingInstanceSet.#.ProtectedFromScaleIn",
                                               "answer type")),
    "a field of an answer is added": (rename_answer("ScalingGroup", "subnet_id", "SubnetID"),
                                      ("DescribeScalingGroup", "ScalingGroupSet.#.SubnetID", "answer added")),
}


def check_breaks(checks, data, fixture):
    checks.section("A wrong descriptor is named")
    for name, (act, wanted) in BREAKS.items():
        broken = Broken(data)
        act(broken)
        left, _ = undeclared(compare(descriptors.of(broken.files), fixture))
        found = [(one.action, one.subject, one.what) for one in left]
        checks.expect(wanted in found, f"{name}: {' '.join(wanted)}", found[:10])


def check_reference(checks, data, fixture):
    checks.section("The descriptors and the reference")
    api = descriptors.of(descriptors.parse(data))
    differences = compare(api, fixture)
    left, stale = undeclared(differences)
    by_action = collections.Counter(one.action for one in left)
    for name, page in fixture["actions"].items():
        facts = sum(len(row) for row in page["parameters"]) + sum(len(one) for one in page["answers"])
        checks.expect(not by_action[name], f"{name}: {facts} facts", [str(one) for one in left if one.action == name])
    checks.equal(sorted(api.actions), sorted(fixture["actions"]), "the same actions")
    checks.equal(len(fixture["actions"]), 27, "27 actions")
    checks.equal([str(one) for one in left], [], f"each of {len(differences)} differences is declared")
    checks.equal(stale, [], "each declaration is of a difference")


def print_table(data, fixture):
    differences = compare(descriptors.of(descriptors.parse(data)), fixture)
    print(f"{len(differences)} differences.\n\n| action | what | kind | why |\n| --- | --- | --- | --- |")
    for (action, subject, kind), reason in declared().items():
        print(f"| `{action}` | `{subject}` | {kind} | {reason} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    build = os.environ.get("ACCORDION_BUILD", HERE.parents[1] / "build" / "dev")
    parser.add_argument("--descriptors", type=pathlib.Path, default=pathlib.Path(build) / "proto" / "api.desc")
    parser.add_argument("--table", action="store_true")
    options = parser.parse_args()
    data, fixture = options.descriptors.read_bytes(), json.loads(FIXTURE.read_text(encoding="utf-8"))
    if options.table:
        print_table(data, fixture)
        return
    checks = Checks()
    check_reference(checks, data, fixture)
    check_breaks(checks, data, fixture)
    checks.finish()


if __name__ == "__main__":
    main()
