"""Whether the suite can fail: against the same processes, with descriptors that are wrong in one fact each."""

import contextlib
import io

import descriptors
from cases import Cases
from checks import Checks
from ledger import Ledger
from reference import Broken, rename_answer, set_option, set_range, set_type

# What is wrong: (how, the action that must find it, the parameter or part of the answer that it concerns).
WRONG = {
    "a greatest value": (set_range("Slb", "weight", max=99), "CreateScalingGroup", "Slb.#.Weight"),
    "a least value": (set_range("DescribeScalingGroupRequest", "max_results", min=4), "DescribeScalingGroup", "MaxResults"),
    "a range in a JSON text": (set_range("Metric", "repeat_times", max=9), "CreateScalingPolicy", "Metric.RepeatTimes"),
    "required, which it isn't": (set_option("CreateScalingGroupRequest", "subnet_strategy", required=True),
                                 "CreateScalingGroup", "SubnetStrategy"),
    "not required, which it is": (set_option("CreateScalingGroupRequest", "scaling_group_name", required=False),
                                  "CreateScalingGroup", "ScalingGroupName"),
    "a length": (set_option("Tag", "key", max_length=64), "CreateScalingConfiguration", "Tag.#.Key"),
    "a number of elements": (set_option("CreateScalingConfigurationRequest", "tags", max_elements=5),
                             "CreateScalingConfiguration", "Tag.#"),
    "a size": (set_option("CreateScalingConfigurationRequest", "user_data", max_bytes=8192),
               "CreateScalingConfiguration", "UserData"),
    "a name": (set_option("CreateScalingGroupRequest", "min_size", name="Least"), "CreateScalingGroup", "MaxSize"),
    "a type": (set_type("SetKvmProtectedDetachRequest", "protected_from_detach", descriptors.FIELD.TYPE_BOOL),
               "SetKvmProtectedDetach", "ProtectedFromDetach"),
    "an alias": (lambda broken: broken.param("CreateScalingPolicyRequest", "cool_down").aliases.append("Rest"),
                 "CreateScalingPolicy", "Rest"),
    "a word": (lambda broken: broken.param("CreateScalingGroupRequest", "remove_policy").words.append("RemoveBest"),
               "CreateScalingGroup", "RemovePolicy"),
    "a field of an answer": (rename_answer("ScalingGroup", "slb_configs", "SlbConfigs"), "DescribeScalingGroup", "Marker"),
}


def check_teeth(suite, data):
    """One check for each wrong fact: the cases that concern it find it."""
    for name, (act, action_name, concerned) in WRONG.items():
        broken = Broken(data)
        act(broken)
        api = descriptors.of(broken.files)
        action = api.actions[action_name]
        quiet = Ledger(Checks())
        right = suite.ledger, suite.api
        suite.ledger, suite.api = quiet, api
        suite.world.values.setdefault("Least", 0)
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                for case in Cases(suite.world, action).all():
                    if concerned in case.name:
                        suite.check_case(action, case)
        finally:
            suite.ledger, suite.api = right
        found = quiet.wrong[action_name]
        suite.ledger.expect(action_name, "teeth", found > 0, f"a descriptor with {name} wrong is found out",
                            f"{sum(quiet.counts[action_name].values())} checks held")
