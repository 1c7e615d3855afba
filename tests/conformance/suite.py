#!/usr/bin/python3
"""Conformance of real processes: every action and parameter that the descriptors have, and the matrix of accounts.

usage: suite.py [--build FOLDER] [--action NAME ...] [--verbose]

Starts PostgreSQL, cloudsim, engine and gateway of its own. What is asked and what must be answered comes from the
descriptors (cases.py); requests are signed in turn by five signers (signers.py); after each request that must not write
anything the database is compared with what it was.
"""

import argparse
import collections
import itertools
import json
import os
import pathlib
import re
import sys
import time
import uuid

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e"), str(ROOT / "deploy" / "local")]

import descriptors  # noqa: E402  (after the path is set)
from accounts import check_accounts  # noqa: E402
from answers import argument_of, as_path, error_of, faults, same_content, same_error  # noqa: E402
from cases import EMPTY, GOOD, Cases  # noqa: E402
from checks import Checks  # noqa: E402
from comparison import answer_paths  # noqa: E402
from database import Database, changes  # noqa: E402
from eventually import eventually  # noqa: E402
from further import check_further  # noqa: E402
from ledger import Ledger  # noqa: E402
from private_region import private_region  # noqa: E402
from provoke import check_provoked  # noqa: E402
from shown import NEVER_ANSWERED, NOT_SHOWN, given, paths_in, shown  # noqa: E402
from signers import ROTATION, Door  # noqa: E402
from states import check_states  # noqa: E402
from teeth import check_teeth  # noqa: E402
from wire import pairs_of  # noqa: E402
from world import World  # noqa: E402

DRY_RUN = "DRY_RUN_OPERATION"
LARGE = 6000  # characters of parameters; larger ones go in a body, as clients send them
# No throttle: one client sends in a minute what many send in an hour.
GATEWAY_SETTINGS = {"throttle.rate": 0, "failures.key-rate": 0, "failures.address-rate": 0}
ENGINE_SETTINGS = {"activity.drain": "0s"}


class Suite:
    def __init__(self, stack, api, ledger):
        self.stack, self.api, self.ledger = stack, api, ledger
        self.world = World(stack)
        self.door = Door(stack.region)
        self.database = Database(stack.region["postgres_dsn"])
        self.turns = itertools.count()
        self.answered = collections.defaultdict(set)  # the fields that answers of an action had

    # ---- one request ----

    def send(self, action, pairs, accept="application/json", method=None, signer=None):
        turn = next(self.turns)
        size = sum(len(name) + len(text) * 3 for name, text in pairs)
        method = "POST" if size > LARGE else method or ("GET", "POST")[turn % 2]
        signer = "own" if size > LARGE else signer or ROTATION[turn // 2 % len(ROTATION)]
        return (f"{method} {signer}", *self.door.send(signer, method, action.name, pairs, accept))

    def refused(self, action, kind, text, answer, reason, argument=None):
        """One check: the error is exactly a row of the catalogue, with this argument."""
        how, status, body = answer
        row, error = self.api.errors[reason], error_of(body)
        held = error is not None and (status, error["Code"]) == (row.http, row.code)
        held = held and error["Type"] == ("Sender" if status < 500 else "Receiver")
        if held:
            found = argument_of(row, error["Message"])
            held = found is not None and self.argument_fits(found, argument)
        return self.ledger.expect(action.name, kind, held, f"{text} [{how}]",
                                  f"wanted {row.http} {row.code} {argument or ''}, found {status} {body[:300]}")

    @staticmethod
    def argument_fits(found, argument):
        if argument is None:
            return True
        if argument.startswith("="):
            return found == argument[1:]
        return as_path(found).removesuffix(".#") == argument.removesuffix(".#")

    def accepted(self, action, kind, text, answer):
        """One check: 200, and an answer as its descriptor says."""
        how, status, body = answer
        wrong = [body[:300]] if status != 200 else faults(action.answer, json.loads(body))
        if status == 200:
            self.answered[action.name] |= paths_in(json.loads(body))
        return self.ledger.expect(action.name, kind, not wrong, f"{text} [{how}]", f"{status} {wrong}")

    # ---- an action ----

    def check_action(self, action):
        self.really(action)
        seen = set()
        before = self.database.contents()
        for case in Cases(self.world, action).all():
            self.check_case(action, case)
            after = self.database.contents()
            self.ledger.expect(action.name, "unwritten", after == before, f"{case.kind}: {case.name} writes nothing",
                               changes(before, after))
            before = after
            if case.wanted not in (GOOD, EMPTY) and case.kind not in seen:
                seen.add(case.kind)
                self.error_in_both_formats(action, case)

    def check_case(self, action, case):
        if case.wanted == EMPTY:
            answer = self.send(action, case.pairs, signer=case.signer)
            if self.accepted(action, case.kind, case.name, answer):
                found = json.loads(answer[2])
                lists = [found[field.name] for field in action.answer if field.repeated]
                counts = [found[field.name] for field in action.answer if field.name.endswith(("Count", "Size"))]
                self.ledger.expect(action.name, case.kind, not any(lists) and not any(counts),
                                   f"{case.name} finds nothing", answer[2][:300])
        elif case.wanted != GOOD:
            self.refused(action, case.kind, case.name, self.send(action, case.pairs, signer=case.signer), case.wanted, case.argument)
        elif action.writes:
            answer = self.send(action, [*case.pairs, ("DryRun", "true")], signer=case.signer)
            self.refused(action, case.kind, case.name, answer, DRY_RUN)
        else:
            self.accepted(action, case.kind, case.name, self.send(action, case.pairs, signer=case.signer))

    def error_in_both_formats(self, action, case):
        as_json = self.send(action, case.pairs, signer=case.signer)
        how, _, as_xml = self.send(action, case.pairs, "application/xml", signer=case.signer)
        self.ledger.expect(action.name, "xml", same_error(as_json[2], as_xml),
                           f"{case.kind}: {case.name}: JSON and XML say the same [{how}]", as_json[2] + as_xml)

    # ---- with effect ----

    def really(self, action):
        """Calls that run: GET and POST, JSON and XML, the required parameters and all of them."""
        world = self.world
        base = world.sample(action)
        everything = world.sample(action, *[one.path for one in action.leaves()])
        for values, method in ((base, "GET"), (everything, "POST")):
            values = {**values, **world.subject(action.name)}
            token = [("ClientToken", str(uuid.uuid4()))] if action.writes else []
            pairs = pairs_of(values) + token
            answer = self.send(action, pairs, method=method)
            kind = "real"
            if not self.accepted(action, kind, f"{method} with effect", answer):
                continue
            found = json.loads(answer[2])
            self.repeat(action, pairs, method, answer[2])
            self.round_trip(action, values, found)
            world.undo(action.name, values, found)
        for alias in action.aliases:
            answer = self.door.send("own", "POST", alias, pairs_of(everything))
            self.accepted(action, "alias", f"as {alias}", ("POST own", *answer))
        self.settle()

    def settle(self):
        """Until nothing that a call has begun goes on: no activity, and the database stays as it is."""
        self.world.wait_quiet()
        seen = []

        def rests():
            seen.append(self.database.contents())
            return len(seen) > 1 and seen[-1] == seen[-2]
        eventually("the database rests", 30, rests, every=0.15)

    def repeat(self, action, pairs, method, text):
        """The same request in XML, and by the other method: equal content, and of a write no second effect."""
        if action.writes:
            self.settle()
        before = self.database.contents()
        other = {"GET": "POST", "POST": "GET"}[method]
        for how in (method, other):
            sent, status, body = self.send(action, pairs, "application/xml", method=how)
            held = status == 200 and same_content(action.name, text, body)
            self.ledger.expect(action.name, "xml", held, f"{how}: XML has the content of JSON [{sent}]", text + body)
        if action.writes:
            after = self.database.contents()
            self.ledger.expect(action.name, "unwritten", after == before, "a repeat with the same ClientToken writes nothing",
                               changes(before, after))

    def round_trip(self, action, values, answer):
        """What a Create or a Modify was given is what Describe shows, by the names that both have."""
        match = re.fullmatch(r"(Create|Modify)(\w+)", action.name)
        describe = self.api.actions.get("Describe" + match.group(2)) if match else None
        if describe is None:
            return
        creates = match.group(1) == "Create"
        ids = {str(value) for value in self.ids_of(answer)} | {str(one) for one in values.values()}
        question = {path: values.get(path, one) for path, one in self.world.sample(describe, "MaxResults").items()}
        question["MaxResults"] = 1000
        _, _, body = self.send(describe, pairs_of(question), signer="own")
        listing = next(field for field in describe.answer if field.repeated)
        own_id = next(field.name for field in listing.children if field.name.endswith("Id") and field.name not in question)
        item = next((one for one in json.loads(body)[listing.name] if one[own_id] in ids), None)
        if not self.ledger.expect(action.name, "shown", item is not None, f"{describe.name} lists it", body[:500]):
            return
        inside = {path.partition(".")[0] for path in values}
        for leaf in action.leaves():
            default = leaf.option.default_value if leaf.parent is None or leaf.path.partition(".")[0] in inside else ""
            value = values.get(leaf.path, default)
            if value == "" or leaf.path in NOT_SHOWN or (default and leaf.path not in values and not creates):
                continue
            found = shown(item, leaf.path)
            self.ledger.expect(action.name, "shown", found == given(value), f"{leaf.path} = {value}",
                               f"{describe.name} shows {found}")

    @staticmethod
    def ids_of(answer):
        found = []
        for name, value in answer.items():
            inner = value if isinstance(value, list) else [value]
            for one in inner:
                found += Suite.ids_of(one) if isinstance(one, dict) else [one] if name.endswith("Id") else []
        return found


def check_coverage(suite, checks):
    checks.section("Coverage")
    for name, action in suite.api.actions.items():
        counted = suite.ledger.counts[name]
        checks.expect(sum(counted.values()) > 0, f"{name} is covered: {sum(counted.values())} checks")
        checks.expect(counted["real"] > 0, f"{name} ran with effect")
        fields = set(answer_paths(action.answer)) - NEVER_ANSWERED.keys()
        checks.equal(sorted(fields - suite.answered[name]), [], f"{name}: each of {len(fields)} fields was answered")
    print("  signers: " + ", ".join(f"{ROTATION.count(name)}/{len(ROTATION)} {name}" for name in dict.fromkeys(ROTATION)))


def play(options, checks):
    path = options.descriptors or options.build / "proto" / "api.desc"
    api = descriptors.load(path)
    ledger = Ledger(checks, options.verbose)
    started = time.monotonic()
    with private_region("conformance", options.build, settings=ENGINE_SETTINGS,
                        gateway_settings=GATEWAY_SETTINGS) as stack:
        suite = Suite(stack, api, ledger)
        print(f"the world stands after {time.monotonic() - started:.1f} s", flush=True)
        for name, action in api.actions.items():
            if not options.action or name in options.action:
                checks.run(name, suite.check_action, action)
        if not options.action or "accounts" in options.action:
            checks.run("accounts", check_accounts, suite, checks)
        if not options.action or "further" in options.action:
            checks.run("further", check_further, suite, json.loads((HERE / "reference_fixture.json").read_text("utf-8")))
        if not options.action or "states" in options.action:
            checks.run("states", check_states, suite, checks)
            checks.run("provoked", check_provoked, suite)
        if not options.action or "teeth" in options.action:
            checks.run("teeth", check_teeth, suite, path.read_bytes())
        ledger.table()
        if not options.action:
            check_coverage(suite, checks)
        suite.database.close()
    print(f"took {time.monotonic() - started:.1f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=os.environ.get("ACCORDION_BUILD", ROOT / "build" / "dev"))
    parser.add_argument("--descriptors", type=pathlib.Path, help="default: the build's")
    parser.add_argument("--action", action="append", help="only this one; also accounts (the matrix), further, states, teeth")
    parser.add_argument("--short", action="store_true", help="as the other scripts have it; there is one form")
    parser.add_argument("--verbose", action="store_true", help="print each check that holds, too")
    checks = Checks()
    checks.run("conformance", play, parser.parse_args(), checks)
    checks.finish()


if __name__ == "__main__":
    main()
