"""Every request that an action's descriptor implies, good and bad, and what each must be answered.

Nothing here names an action; what a descriptor can't tell stands in the tables below, each row with its reason.
"""

import dataclasses

from descriptors import lower_first
from wire import name_of, pairs_of

GOOD = "good"      # 200, or DryRunOperation where the action writes
EMPTY = "empty"    # 200 and nothing found

INVALID, MISSING, MALFORMED = "INVALID_PARAMETER_VALUE", "MISSING_PARAMETER", "INVALID_QUERY_PARAMETER"
UNKNOWN_ID = "537276906367950848"
UNKNOWN_INSTANCE = "00000000-0000-4000-8000-00000000dead"
FORBIDDEN = {"": "a\x01b", "name": "a\x01b", "tag_key": "a!b", "tag_value": "a!b"}  # a character outside the class

# The ends of a range that other rules than the range refuse: (path, end) -> reason. 0 is the least value, 1 the greatest.
EDGES = {
    ("MinSize", 1): INVALID,              # above MaxSize
    ("MaxSize", 1): "QUOTA_EXCEEDED",     # sizes are bounded by a quota, not by the descriptor
    ("DesiredCapacity", 1): INVALID,      # above MaxSize
    ("ReadjustMaxSize", 1): "QUOTA_EXCEEDED",
    ("ReadjustMinSize", 1): INVALID,      # above ReadjustMaxSize
    ("ReadjustExpectSize", 1): INVALID,   # above ReadjustMaxSize
    ("RepeatCycle", 1): INVALID,          # a week has seven days
    ("Metric.Threshold", 1): INVALID,     # cpu_usage is a percentage
}
# References to things of the cloud or of ours that must exist, by the last part of the path; an absent or a foreign one
# is InvalidParameterValue (semantics §12). Ids that nobody looks up before a launch are not among them.
REFERENCES = ("ScalingConfigurationId", "SubnetId", "SecurityGroupId", "Slb.#.Id", "Slb.#.ListenerId", "ContainerSubnetId",
              "ImageId", "InstanceType", "ScalingInstanceId")
ABSENT = {"ScalingConfigurationId": UNKNOWN_ID}  # the rest: UNKNOWN_INSTANCE


@dataclasses.dataclass
class Case:
    kind: str
    name: str
    pairs: list
    wanted: str = GOOD      # GOOD, EMPTY or a reason of error_reason.proto
    argument: str = None    # path of the parameter that the message names, or "=" and its words; None: not compared
    signer: str = None      # where only one can send it


class Cases:
    """The cases of one action."""

    def __init__(self, world, action):
        self.world, self.action = world, action
        self.base = world.sample(action)

    def all(self):
        yield Case("happy", "required parameters only", pairs_of(self.base))
        yield Case("happy", "every parameter", pairs_of(self.full()))
        yield from self.envelope()
        for parameter in self.action.all_parameters():
            if parameter.is_leaf:
                yield from self.leaf(parameter)
            elif parameter.is_json:
                yield from self.json_text(parameter)
            elif parameter.repeated:
                yield from self.message_list(parameter)

    def full(self):
        return self.world.sample(self.action, *[one.path for one in self.action.leaves()])

    # ---- requests with one parameter as wanted ----

    def sample(self, parameter):
        return self.world.sample(self.action, parameter.path)

    def with_value(self, parameter, value):
        """A good request but for this parameter's value; of a list, its only element."""
        values = self.sample(parameter)
        values[parameter.path] = [value] if parameter.indexed and not isinstance(value, list) else value
        return pairs_of(values)

    def spelled(self, parameter, alias, value):
        """The same under another name."""
        values = self.sample(parameter)
        found = {}
        for path, one in values.items():
            found[alias if path == parameter.path else path] = one if path != parameter.path else (
                value if not parameter.indexed or isinstance(value, list) else [value])
        return pairs_of(found)

    def good_value(self, parameter):
        value = self.world.valid(self.action, parameter)
        return value[:1] if isinstance(value, list) else value

    # ---- one leaf ----

    def leaf(self, parameter):
        path = parameter.path
        yield Case("happy", path, self.with_value(parameter, self.good_value(parameter)))
        yield from self.missing(parameter)
        yield from getattr(self, f"{parameter.kind}_values")(parameter)
        if parameter.indexed:
            yield from self.list_forms(parameter)
        yield from self.aliases(parameter)
        yield from self.ids(parameter)
        if parameter.option.accepts_list_of_one:
            yield from self.list_of_one(parameter)

    def missing(self, parameter):
        blamed = self.message_name(parameter)
        # Of an optional message another part must be there, or the whole is absent.
        beside = [] if parameter.parent is None else [one.path for one in parameter.parent.children][:2]
        values = self.world.sample(self.action, parameter.path, *beside)
        absent = pairs_of({path: value for path, value in values.items() if path != parameter.path})
        empty = pairs_of({**values, parameter.path: [""] if parameter.indexed else ""})
        for word, pairs in (("absent", absent), ("empty", empty)):
            if parameter.option.required:
                yield Case("missing", f"{parameter.path} {word}", pairs, MISSING, blamed)
            elif word == "empty" and not self.needed_by_others(parameter):
                yield Case("missing", f"{parameter.path} empty counts as absent", pairs)
        for sibling in parameter.option.needs:
            other = next(one for one in self.siblings(parameter) if one.name == sibling)
            values = self.sample(parameter)
            values.pop(other.path, None)
            yield Case("missing", f"{parameter.path} without {other.path}", pairs_of(values), MISSING, other.path)

    def siblings(self, parameter):
        return self.action.parameters if parameter.parent is None else parameter.parent.children

    def needed_by_others(self, parameter):
        """Whether the good request of this parameter holds another one that can't be without it."""
        values = self.sample(parameter)
        others = [one for one in self.action.leaves() if one.path in values and one.path != parameter.path]
        return any(parameter.path in self.world.sample(self.action, one.path) for one in others)

    def message_name(self, parameter):
        """As a message names a key of a JSON text: in lowerCamelCase."""
        if not parameter.in_json:
            return parameter.path
        return parameter.parent.path + "." + lower_first(parameter.name)

    def bad(self, kind, parameter, value, shown=None):
        return Case(kind, f"{parameter.path} = {shown or repr(value)[:40]}", self.with_value(parameter, value), INVALID,
                    self.message_name(parameter))

    def good(self, kind, parameter, value, shown=None):
        return Case(kind, f"{parameter.path} = {shown or repr(value)[:40]}", self.with_value(parameter, value))

    # ---- by type ----

    def int32_values(self, parameter):
        wrong = ["many", 1.5, "1", True] if parameter.in_json else ["many", "1.5", "0x10", "1e1", "½", "--1", "+1"]
        if not parameter.in_json and "COMMA" not in parameter.list_style:
            wrong.append(" 1")  # blanks around commas are allowed
        for value in wrong:
            yield self.bad("type", parameter, value)
        yield from self.range_ends(parameter)

    int64_values = int32_values

    def range_ends(self, parameter):
        least, greatest = parameter.range
        for value in (least - 1, greatest + 1, -(2**63) - 1, 2**63, 10**30):
            yield self.bad("range", parameter, value)
        if not parameter.option.HasField("range"):
            return
        for end, value in enumerate((least, greatest)):
            reason = EDGES.get((parameter.path, end))
            if reason is None:
                yield self.good("range", parameter, value)
            else:
                blamed = parameter.path if reason == INVALID else None
                yield Case("range", f"{parameter.path} = {value}", self.with_value(parameter, value), reason,
                           blamed and self.message_name(parameter))

    def bool_values(self, parameter):
        for value in ("yes", "2", "on", "-1", "truee"):
            yield self.bad("type", parameter, value)
        for value in ("True", "FALSE", "tRuE", "1", "0", "false"):
            yield self.good("type", parameter, value)

    def time_values(self, parameter):
        for value in ("yesterday", "2036-01-01", "2036-01-01T03:00:00Z", "2036-13-01 03:00:00", "2036-02-30 03:00:00",
                      "2036-01-01 24:00:00", "2036-01-01 03:60:00", "2036-1-1 3:0:0", "2036-01-01 03:00:00 ", "0"):
            yield self.bad("type", parameter, value)

    def string_values(self, parameter):
        option = parameter.option
        if parameter.in_json:
            for value in (1, True):
                yield self.bad("type", parameter, value)
        if option.max_bytes:
            yield from self.base64_values(parameter)
            return
        if parameter.words:
            yield from self.words(parameter)
            return
        yield self.bad("range", parameter, "x" * (parameter.max_length + 1), f"{parameter.max_length + 1} characters")
        yield self.bad("range", parameter, "伸" * (parameter.max_length + 1), f"{parameter.max_length + 1} wide characters")
        yield self.bad("type", parameter, FORBIDDEN[option.charset])
        if option.charset:
            yield self.good("range", parameter, "伸" * parameter.max_length, f"{parameter.max_length} wide characters")
        if option.charset in ("tag_key", "tag_value"):
            yield self.good("type", parameter, "aZ9伸+-=._/@:")
            for character in "，!?*#%&\\\"'<>|~^$;\n\t":
                yield self.bad("type", parameter, f"a{character}b")

    def base64_values(self, parameter):
        size = parameter.option.max_bytes
        whole, padding = divmod(size, 3)
        exact = "QUFB" * whole + ("", "QQ==", "QUE=")[padding]
        yield self.good("range", parameter, exact, f"{size} bytes")
        yield self.bad("range", parameter, "QUFB" * (whole + 1), f"{(whole + 1) * 3} bytes")
        for value in ("not base64!", "QUF", "QUFB=", "Q===", "QU FB", "QUFB\n"):
            yield self.bad("type", parameter, value)

    def words(self, parameter):
        for word in parameter.words:
            yield self.good("enum", parameter, word)
        strange = [word for one in parameter.words for word in (one.lower(), one.upper(), one + " ", one[:-1])]
        for word in ["NoSuchWord", *dict.fromkeys(word for word in strange if word not in parameter.words)]:
            yield self.bad("enum", parameter, word)

    # ---- lists and names ----

    def list_forms(self, parameter):
        elements = self.world.valid(self.action, parameter)
        values = self.sample(parameter)
        values[parameter.path] = elements
        for name, first, step in (("from 0", 0, 1), ("from 1", 1, 1), ("with gaps", 3, 70), ("from 2^31", 2**31, 1)):
            yield Case("list", f"{parameter.path} {name}", self.reindexed(parameter, elements, first, step))
        bare = parameter.path.removesuffix(".#")
        if all(one.path != bare for one in self.action.leaves()):
            single = dict(values)
            del single[parameter.path]
            yield Case("list", f"{bare} without an index",
                       pairs_of({**single, bare: elements[0]}))
        overflow = pairs_of({**values, parameter.path: elements[:1]})
        head = name_of(bare, 1)
        overflow = [(f"{head}.{2**64}" if name == f"{head}.1" else name, text) for name, text in overflow]
        yield Case("list", f"{parameter.path} index 2^64", overflow, MALFORMED, parameter.path)
        if not self.action.writes:  # a filter may name one id often
            yield Case("list", f"{parameter.path} of {parameter.max_elements}",
                       self.with_value(parameter, elements[:1] * parameter.max_elements))
        yield Case("list", f"{parameter.path} of {parameter.max_elements + 1}",
                   self.with_value(parameter, elements[:1] * (parameter.max_elements + 1)), INVALID, parameter.path)
        if parameter.list_style == "INDEXED_OR_COMMA":
            text = ",".join(map(str, elements))
            for word in (text, text.replace(",", "，"), "[" + text + "]"):
                yield self.good("list", parameter, word)
            yield self.bad("list", parameter, "80,,81")

    def reindexed(self, parameter, elements, first, step):
        """The list's own indices from `first`; those of the messages around it stay 1."""
        values = self.sample(parameter)
        del values[parameter.path]
        head = name_of(parameter.path.removesuffix(".#"), 1)
        return pairs_of(values) + [(f"{head}.{first + number * step}", str(one)) for number, one in enumerate(elements)]

    def message_list(self, parameter):
        """A list of messages: indices and number."""
        leaves = [leaf for leaf in parameter.leaves()]
        values = self.world.sample(self.action, *[leaf.path for leaf in leaves])
        inside = {path: one for path, one in values.items() if path.startswith(parameter.prefix)}
        outside = {path: one for path, one in values.items() if path not in inside}
        for name, index in (("from 0", 0), ("from 1", 1), ("from 2^31", 2**31)):
            yield Case("list", f"{parameter.path} {name}", pairs_of(outside) + self.one_message(inside, index))
        if parameter.option.max_elements:
            count = parameter.max_elements + 1
            many = [pair for index in range(1, count + 1) for pair in self.one_message(inside, index)]
            yield Case("list", f"{parameter.path} of {count}", pairs_of(outside) + many, INVALID,
                       parameter.path)

    @staticmethod
    def one_message(inside, index):
        pairs = []
        for path, value in inside.items():
            head, tail = path.split("#", 1)
            for name, text in pairs_of({tail: value}):
                pairs.append((f"{head}{index}{name}", text))
        return pairs

    def list_of_one(self, parameter):
        path = parameter.path
        values = self.sample(parameter)
        value = values.pop(path)
        rest = pairs_of(values)
        for index in (0, 1):
            yield Case("list", f"{path}.{index} alone", rest + [(f"{path}.{index}", str(value))])
        yield Case("list", f"{path} and {path}.1, equal", rest + [(path, str(value)), (f"{path}.1", str(value))])
        yield Case("list", f"two of {path}", rest + [(f"{path}.1", str(value)), (f"{path}.2", UNKNOWN_ID)], INVALID,
                   path + ".#")

    def aliases(self, parameter):
        spellings = parameter.alias_paths()
        if parameter.in_json:
            spellings = []  # both spellings of a key: json_text
        for alias in spellings:
            yield Case("alias", f"{alias} for {parameter.path}",
                       self.spelled(parameter, alias, self.good_value(parameter)))
            wrong = {"string": "x" * (parameter.max_length + 1)}.get(parameter.kind, "wrong")
            yield Case("alias", f"{alias} = {wrong[:10]}", self.spelled(parameter, alias, wrong), INVALID, alias)

    # ---- ids ----

    def ids(self, parameter):
        addressed = self.action.addressed()
        bare = parameter.path.removesuffix(".#")
        foreign = self.world.foreign.by_path().get(bare)
        if parameter.path in addressed:
            unknown = UNKNOWN_INSTANCE if bare == "ScalingInstanceId" else UNKNOWN_ID
            for word, value in (("unknown", unknown), ("foreign", foreign), ("no id", "abc"), ("zero", "0"),
                                ("too large", "9" * 30)):
                yield Case("id", f"{parameter.path} {word}", self.with_value(parameter, value), addressed[parameter.path],
                           "=" + value)
        elif foreign is not None and not self.action.writes:
            for word, value in (("unknown", UNKNOWN_ID), ("foreign", foreign), ("no id", "abc")):
                yield Case("id", f"filter {parameter.path} {word}", self.with_value(parameter, value), EMPTY)
        elif self.action.writes and bare in REFERENCES:
            things = self.world.foreign_references()
            for word, value in (("unknown", ABSENT.get(bare, UNKNOWN_INSTANCE)), ("foreign", things.get(bare))):
                if value is not None:
                    yield Case("id", f"{parameter.path} {word}", self.with_value(parameter, value), INVALID,
                               parameter.path)

    # ---- JSON texts ----

    def json_text(self, parameter):
        values = self.sample_of_message(parameter)
        rest = pairs_of({path: one for path, one in values.items() if not path.startswith(parameter.prefix)})
        good = next(text for name, text in pairs_of(values) if name == parameter.path)
        name = parameter.path
        for shown, text in (("no JSON", "cpu > 70"), ("half an object", good[:-1]), ("two objects", good + good),
                            ("a list", f"[{good}]"), ("a number", "70"), ("null", "null"), ("a text", '"x"'),
                            ("nested deep", '{"a":' * 50 + "1" + "}" * 50),
                            ("one key twice", good[:-1] + ', "threshold": 1}'),
                            ("an object in an object", good[:-1] + ', "function": {}}')):
            yield Case("json", f"{name} is {shown}", rest + [(name, text)], INVALID, name)
        yield Case("json", f"{name} with an unknown key", rest + [(name, good[:-1] + ', "colour": "blue"}')])
        upper = good
        for leaf in parameter.leaves():
            upper = upper.replace(f'"{lower_first(leaf.name)}"', f'"{leaf.name}"')
        yield Case("json", f"{name} with UpperCamelCase keys", rest + [(name, upper)])
        if parameter.option.required:
            yield Case("missing", f"{name} absent", rest, MISSING, name)
            yield Case("missing", f"{name} empty", rest + [(name, "")], MISSING, name)

    def sample_of_message(self, parameter):
        return self.world.sample(self.action, *[leaf.path for leaf in parameter.leaves()])

    # ---- what every action has in common ----

    def envelope(self):
        good = pairs_of(self.base)
        yield Case("envelope", "unknown parameters are ignored", good + [("NoSuchThing", "1"), ("Filter.1.Name", "x")])
        yield Case("envelope", "DryRun is no flag", good + [("DryRun", "maybe")], INVALID, "DryRun")
        if self.action.writes:
            yield Case("envelope", "ClientToken of 65", good + [("ClientToken", "t" * 65)], INVALID, "ClientToken")
            yield Case("envelope", "ClientToken is no ASCII", good + [("ClientToken", "令牌")], INVALID, "ClientToken")
        if good:
            name, text = good[0]
            # botocore makes one parameter of two
            yield Case("envelope", f"{name} twice, equal", good + [(name, text)], signer="own")
            yield Case("envelope", f"{name} twice, different", good + [(name, text + "1")], MALFORMED, name_path(name),
                       signer="own")


def name_path(name):
    return ".".join("#" if part.isdigit() else part for part in name.split("."))
