"""Descriptors against the fixture of the reference, both ways: each difference is named."""

import dataclasses
import re

ENVELOPE = {"RequestId"}
COMMON_PARAMETERS = {"Action", "Version"}
# A reference's name -> the field of an answer that holds it as a set.
TYPE_FIELDS = {"ScalingActivity": "ScalingActivitySet", "ScalingInstance": "ScalingInstanceSet",
               "ScalingGroup": "ScalingGroupSet", "SlbConfig": "SlbConfigSet"}


@dataclasses.dataclass(frozen=True)
class Difference:
    """`what` is its kind, by which deviations.py declares it."""

    action: str
    subject: str
    what: str
    reference: str
    ours: str

    def __str__(self):
        return f"{self.action} {self.subject}: {self.what}: reference {self.reference}, descriptors {self.ours}"


def wire_path(name):
    """Slb.N.ServerPort.M -> Slb.#.ServerPort.#"""
    return re.sub(r"\.[NM](?=\.|$)", ".#", name)


def sample_path(name):
    return re.sub(r"\.\d+(?=\.|$)", ".#", name)


def compare(api, fixture):
    differences = []
    for name in fixture["actions"]:
        if name not in api.actions:
            differences.append(Difference(name, "", "action missing", "has it", "have not"))
    for name, action in api.actions.items():
        if name not in fixture["actions"]:
            differences.append(Difference(name, "", "action added", "has not", "have it"))
            continue
        page = fixture["actions"][name]
        differences += compare_parameters(action, page["parameters"], fixture["metric"])
        differences += compare_samples(action, page["samples"])
        differences += compare_answers(action, page, fixture["types"])
    return differences


# ---- parameters ----

def rows_of(parameters, metric):
    """{path: row} of the reference; the keys of Metric as parts of it."""
    rows = {}
    for row in parameters:
        rows[wire_path(row["name"])] = row
        if row["name"] == "Metric":
            for key in metric:
                rows["Metric." + key["name"][:1].upper() + key["name"][1:]] = key
    return rows


def compare_parameters(action, parameters, metric):
    found, rows = [], rows_of(parameters, metric)
    ours = {one.path: one for one in action.all_parameters() if one.is_leaf or one.is_json}
    add = lambda path, what, reference, mine: found.append(Difference(action.name, path, what, str(reference), str(mine)))
    seen = set()
    for path, row in rows.items():
        mine = ours.get(path)
        if mine is None and path + ".#" in ours:
            mine = ours[path + ".#"]
            add(mine.path, "list", "a single value", "a list")
        elif mine is None and path.removesuffix(".#") in ours:
            mine = ours[path.removesuffix(".#")]
            add(mine.path, "list", "a list", "a single value")
        if mine is None:
            add(path, "parameter missing", "has it", "have not")
            continue
        seen.add(mine.path)
        for what, reference, value in parameter_differences(mine, row):
            add(mine.path, what, reference, value)
    for path in ours.keys() - seen:
        add(path, "parameter added", "has not", "have it")
    return found


def parameter_differences(mine, row):
    """(what, reference, ours) of each fact that differs."""
    kind = wire_type(mine)
    wanted = row.get("type", kind)
    if wanted != kind and not (wanted == "array" and mine.repeated):
        yield "type", wanted, kind
    yield from required_differences(mine, row)
    default = mine.option.default_value
    if row.get("default", "") != default:
        yield "default", row.get("default", "none"), default or "none"
    if kind == "integer":
        least, greatest = (mine.option.range.min, mine.option.range.max) if mine.option.HasField("range") else (None, None)
        if row.get("min") != least:
            yield "least", row.get("min"), least
        if row.get("max") != greatest:
            yield "greatest", row.get("max"), greatest
    missing, added = set(row.get("words", [])) - set(mine.words), set(mine.words) - set(row.get("words", []))
    if missing:
        yield "word missing", " ".join(sorted(missing)), "have not"
    if added:
        yield "word added", "has not", " ".join(sorted(added))
    top = mine
    while not top.repeated and top.parent is not None:
        top = top.parent
    if row.get("max_elements", 0) != top.option.max_elements:
        yield "max_elements", row.get("max_elements", 0), top.option.max_elements
    for fact in ("max_length", "max_bytes"):
        if row.get(fact, 0) != getattr(mine.option, fact):
            yield fact, row.get(fact, 0), getattr(mine.option, fact)


def wire_type(mine):
    """In the reference's words. A list in one value with commas is one text."""
    if mine.kind in ("int32", "int64"):
        return "string" if mine.repeated and not mine.indexed else "integer"
    return "boolean" if mine.kind == "bool" else "string"


def required_differences(mine, row):
    """The reference's "required when another is given" is, for a part of a message, required within it."""
    if mine.option.required != bool(row.get("required")):
        if not (mine.option.required and mine.parent is not None and row.get("required_when")):
            yield "required", bool(row.get("required")), mine.option.required
    elif row.get("required_when") and not mine.option.required:
        yield "required", "sometimes", "never"


def compare_samples(action, samples):
    """Each name of the samples must be known."""
    known = set()
    for one in action.leaves():
        top = one
        while top.in_json:
            top = top.parent
        known.update([top.path, *top.alias_paths()])
        known.add(top.path.removesuffix(".#") if top.indexed else top.path)
        if top.option.accepts_list_of_one:
            known.add(top.path + ".#")
    found = []
    for sample in samples:
        for name, _ in sample:
            if name not in COMMON_PARAMETERS and sample_path(name) not in known:
                found.append(Difference(action.name, sample_path(name), "sample", "uses it", "do not know it"))
    return found


# ---- answers ----

def answer_paths(fields, prefix=""):
    """{path: JSON type}, in the way of the fixture."""
    found = {}
    for field in fields:
        path = prefix + field.name
        if field.repeated:
            found[path] = "array"
            path += ".#"
        if not (field.repeated and field.kind == "message"):
            found[path] = field.json_type
        found.update(answer_paths(field.children, path + "."))
    return found


def compare_answers(action, page, types):
    found, ours = [], answer_paths(action.answer)
    add = lambda path, what, reference, mine: found.append(Difference(action.name, path, what, reference, mine))
    said = {path: kind for answer in page["answers"] for path, kind in answer if path not in ENVELOPE}
    for path, kind in said.items():
        if path not in ours:
            add(path, "answer missing", kind, "have not")
        elif ours[path] != kind:
            add(path, "answer type", kind, ours[path])
    named = said.keys() | documented(action, page["response"], types, ours, add)
    for path in ours:
        if path not in named and path.removesuffix(".#") not in named:
            add(path, "answer added", "has not", ours[path])
    return found


def documented(action, response, types, ours, add):
    """The paths that the reference's prose names, at any depth."""
    named = set()
    rows = [(row, None) for row in response if row["name"] not in ENVELOPE]
    for name, contents in types.items():
        holders = [path for path in ours if path.split(".")[-1] == TYPE_FIELDS[name]]
        rows += [(row, holder + ".#.") for holder in holders for row in contents]
    for row, prefix in rows:
        paths = [path for path in ours if (path == prefix + row["name"] if prefix else path.split(".")[-1] == row["name"])]
        if not paths:
            add((prefix or "") + row["name"], "answer missing", row.get("type", "it"), "have not")
        for path in paths:
            wanted = {"integer": "number"}.get(row.get("type"), row.get("type"))
            if wanted and ours[path] != wanted and not (ours[path] == "array" and ours.get(path + ".#") == wanted):
                add(path, "answer type", wanted, ours[path])
        named.update(paths)
    return named
