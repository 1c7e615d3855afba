"""Checks that span several parameters: the reference's own samples, paging, envelope forms, quotas of an adjustment."""

import json

from cases import INVALID, MALFORMED, UNKNOWN_ID, Case
from comparison import sample_path
from region.openapi import VERSION, quote
from wire import pairs_of

# Parameters of the samples that name what no other cloud has; each stands for something of the region.
THINGS = ("ImageId", "InstanceType")
# Samples that must be refused today, with the parameter that is to blame: their tasks were due in 2020.
PAST = {"CreateScheduledTask": "StartTime"}
PAGE_ITEMS = 12  # configurations, so that listings have more than one page


def sample_pairs(suite, action, sample):
    """A request of the reference, its ids replaced by ours."""
    leaves = {one.path: one for one in action.leaves()}
    pairs, counts = [], {}
    for name, value in sample:
        if name in ("Action", "Version"):
            continue
        path = sample_path(name)
        leaf = leaves.get(path) or leaves.get(path + ".#")
        if leaf is not None and (leaf.name.endswith("Id") or leaf.name in THINGS) and leaf.kind == "string":
            valid = suite.world.valid(action, leaf)
            number = counts[path] = counts.get(path, -1) + 1
            value = valid[number % len(valid)] if isinstance(valid, list) else valid
        pairs.append((name, value))
    return pairs


def check_samples(suite, fixture):
    """Each request of the reference is accepted as it is printed."""
    for name, page in fixture["actions"].items():
        action = suite.api.actions[name]
        for number, sample in enumerate(page["samples"], 1):
            pairs = sample_pairs(suite, action, sample)
            text = f"the reference's request {number}"
            case = Case("sample", text, pairs, signer="own")  # two of them repeat a parameter
            if name in PAST:
                case = Case("sample", text + ", which is past", pairs, INVALID, PAST[name], signer="own")
            suite.check_case(action, case)


def check_paging(suite):
    """Pages of the least size, joined, are the whole listing in its order; the count is the whole's."""
    world = suite.world
    made = [world.create_configuration(world.api, world.things) for _ in range(PAGE_ITEMS)]
    for action in suite.api.actions.values():
        paths = {one.path: one for one in action.leaves()}
        if "Marker" not in paths:
            continue
        base, size = world.sample(action), paths["MaxResults"].range[0]
        listing = next(field.name for field in action.answer if field.repeated)
        counter = next(field.name for field in action.answer if field.name.endswith(("Count", "Size")))
        ask = lambda **more: json.loads(suite.send(action, pairs_of({**base, **more}))[2])
        whole = ask(MaxResults=1000)
        joined, marker = [], 0
        while marker < whole[counter]:
            page = ask(MaxResults=size, Marker=marker)
            joined += page[listing]
            marker += size
        same = joined == whole[listing] and len(joined) == whole[counter]
        suite.ledger.expect(action.name, "paging", same, f"{len(joined)} items in pages of {size}", whole)
        beyond = ask(Marker=whole[counter])
        suite.ledger.expect(action.name, "paging", beyond[listing] == [] and beyond[counter] == whole[counter],
                            "a page past the end is empty", beyond)
        default = int(paths["MaxResults"].option.default_value)
        first = ask()
        suite.ledger.expect(action.name, "paging", first[listing] == whole[listing][:default],
                            f"without MaxResults a page has {default}", first)
    world.api.call("DeleteScalingConfiguration", ScalingConfigurationId=made)


def check_filters(suite):
    """A listing by an id of ours has it, whatever page it stands on."""
    ids = suite.world.mine.by_path()
    for action in suite.api.actions.values():
        if action.writes:
            continue
        for leaf in action.leaves():
            bare = leaf.path.removesuffix(".#")
            if bare not in ids or leaf.option.required:
                continue
            values = {**suite.world.sample(action, leaf.path)}
            values[leaf.path] = [UNKNOWN_ID, ids[bare]] if leaf.indexed else ids[bare]
            how, status, body = suite.send(action, pairs_of(values))
            counter = next(field.name for field in action.answer if field.name.endswith(("Count", "Size")))
            found = status == 200 and json.loads(body)[counter]
            suite.ledger.expect(action.name, "id", found and (not leaf.indexed or found == 1),
                                f"{leaf.path} finds it [{how}]", body[:300])


def check_envelope(suite):
    """Where Action, Version and parameters may stand, and how JSON is asked for."""
    door, version = suite.door, VERSION
    for action in suite.api.actions.values():
        if action.writes:
            continue
        pairs = pairs_of(suite.world.sample(action))
        whole = [("Action", action.name), ("Version", version), *pairs]
        text = lambda some: "&".join(f"{quote(name)}={quote(value)}" for name, value in sorted(some))
        head = text(whole[:2])

        def exchange(method, query, body, accept="application/json", **headers):
            signed = door.own.headers(method, query, body, accept)
            kind = {"Content-Type": "application/x-www-form-urlencoded"} if method == "POST" else {}
            return (method, *door.exchange(method, query, body, {**signed, **kind, **headers}))

        forms = {
            "Action in query and body": exchange("POST", head, text(whole)),
            "Action in the query, parameters in the body": exchange("POST", head, text(pairs)),
            "everything in the query of a POST": exchange("POST", text(whole), ""),
            "Format=json": exchange("GET", text([*whole, ("Format", "json")]), "", "*/*"),
        }
        for name, answer in forms.items():
            suite.accepted(action, "envelope", name, answer)
        answer = exchange("POST", head, text([("Action", "DeleteScalingGroup"), *whole[1:]]))
        suite.refused(action, "envelope", "query and body disagree", answer, MALFORMED, "Action")
        xml = exchange("GET", text(whole), "", "*/*")[2]
        suite.ledger.expect(action.name, "xml", xml.startswith(f"<{action.name}Response>"), "XML without Accept", xml[:80])


def check_adjustments(suite, fixture):
    """The ranges that the reference states for AdjustmentValue by AdjustmentType: quotas, so not in the descriptors."""
    rows = fixture["actions"]["ModifyScalingPolicy"]["parameters"]
    ranges = next(row["ranges"] for row in rows if row["name"] == "AdjustmentValue")
    for name in ("CreateScalingPolicy", "ModifyScalingPolicy"):
        action = suite.api.actions[name]
        for kind, (least, greatest) in ranges.items():
            values = suite.world.sample(action, "AdjustmentType", "AdjustmentValue")
            for value in (least - 1, least, 0, greatest, greatest + 1):
                fits = least <= value <= greatest
                pairs = pairs_of({**values, "AdjustmentType": kind, "AdjustmentValue": value})
                text = f"{kind} of {value}"
                suite.check_case(action, Case("range", text, pairs) if fits else
                                 Case("range", text, pairs, INVALID, "AdjustmentValue"))


def check_further(suite, fixture):
    suite.settle()
    before = suite.database.contents()
    check_samples(suite, fixture)
    check_filters(suite)
    check_envelope(suite)
    check_adjustments(suite, fixture)
    after = suite.database.contents()
    suite.ledger.expect("CreateScalingGroup", "unwritten", after == before, "the samples write nothing", (before, after))
    check_paging(suite)
