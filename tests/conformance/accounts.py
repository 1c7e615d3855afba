"""The matrix of accounts: each action called with its own ids, a foreign account's, absent ones, a key without the
right, a frozen account and by sub-users. Which answer each must get follows from the descriptors.
"""

import json
import os
import secrets

from cases import ABSENT, EMPTY, REFERENCES, UNKNOWN_ID, UNKNOWN_INSTANCE, Case
from database import changes
from signers import Door
from wire import pairs_of

MAIN_USER = "root"
FROZEN = "2000000099"
DENIED, INVALID, DRY_RUN = "ACCESS_DENIED", "INVALID_PARAMETER_VALUE", "DRY_RUN_OPERATION"
# Keys of the matrix: (name, account or None for the first, user, patterns).
KEYS = (
    ("reader", None, "reader", ["kec:Describe*"]),          # may read
    ("stranger to kec", None, "guest", ["slb:*"]),          # may do nothing here
    ("nobody", None, "nobody", []),
    ("operator", None, "operator", ["kec:*"]),              # may do all that a sub-user can
    ("frozen", FROZEN, MAIN_USER, []),
    ("frozen sub-user", FROZEN, "reader", ["kec:*"]),
)


def make_keys(stack, account_id):
    """Applies the keys through the engine's operator command: {name: Door}."""
    by_account, doors = {}, {}
    for name, account, user, patterns in KEYS:
        key = {"access_key": f"AKLTconformance{len(doors)}", "secret_key": secrets.token_urlsafe(24)}
        by_account.setdefault(account or account_id, []).append({
            "access_key_id": key["access_key"], "secret_key": key["secret_key"], "user": user, "enabled": True,
            "allow_patterns": patterns})
        doors[name] = Door(stack.region, key)
    entries = [{"account_id": account, "name": f"demo-{account}", "frozen": account == FROZEN, "access_keys": keys}
               for account, keys in by_account.items()]
    file = stack.state / "conformance-accounts.json"
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump({"accounts": entries}, out)
    stack.processes.start("admin", [stack.program("accordion-engine"), "admin", "apply", file,
                                    "--engine", f"127.0.0.1:{stack.ports['engine']['port']}"])
    code = stack.processes.children["admin"].wait(timeout=30)
    file.unlink()
    assert code == 0, stack.processes.tail("admin")
    return doors


class Matrix:
    def __init__(self, suite, doors):
        self.suite, self.doors = suite, doors
        self.world, self.users = suite.world, {name: user for name, _, user, _ in KEYS}

    def expect(self, action, column, answer, reason, argument=None):
        """One cell."""
        row = self.suite.api.errors[reason]
        self.suite.refused(action, "account", f"{column}: {row.http} {row.code}", answer, reason, argument)

    def own(self, action, door, column):
        """The required parameters with the account's own ids: a success, or DryRunOperation where it writes."""
        pairs = pairs_of(self.world.sample(action))
        if action.writes:
            answer = ("POST own", *door.send("own", "POST", action.name, pairs + [("DryRun", "true")]))
            self.expect(action, column, answer, DRY_RUN)
        else:
            self.suite.accepted(action, "account", f"{column}: 200",
                                ("GET own", *door.send("own", "GET", action.name, pairs)))

    def denied(self, action, name):
        """AccessDenied with the user's name and the action, and nothing else is looked at."""
        for word, pairs in (("own ids", pairs_of(self.world.sample(action))), ("no parameters", [])):
            answer = ("POST own", *self.doors[name].send("own", "POST", action.name, pairs))
            self.expect(action, f"{name}, {word}", answer, DENIED, "=" + self.users[name])
            message = json.loads(answer[2]).get("Error", {}).get("Message", "")
            self.suite.ledger.expect(action.name, "account", f"kec:{action.name}" in message,
                                     f"{name}, {word}: the action is named", message)

    def other_ids(self, action, column, replace):
        """The required parameters with ids that the account doesn't have, all at once and each alone."""
        sample = self.world.sample(action)
        targets = [path for path in sample if replace(action, path) is not None]
        if not targets and not action.writes:
            self.filtered(action, column, replace)
        for chosen in [targets] * bool(targets) + ([[path] for path in targets] if len(targets) > 1 else []):
            values = dict(sample)
            for path in chosen:
                value = replace(action, path)
                values[path] = [value] if path.endswith(".#") else value
            answer = self.suite.send(action, pairs_of(values))
            self.expect(action, f"{column} {', '.join(chosen)}", answer, *self.reason(action, chosen, values))

    def filtered(self, action, column, replace):
        """A listing by ids that the account doesn't have: empty."""
        foreign = self.world.foreign.by_path()
        for leaf in action.leaves():
            bare = leaf.path.removesuffix(".#")
            if bare in foreign:
                value = foreign[bare] if replace == self.foreign else UNKNOWN_ID
                pairs = pairs_of({leaf.path: [value] if leaf.indexed else value})
                self.suite.check_case(action, Case("account", f"{column} {leaf.path}: nothing", pairs, EMPTY))

    @staticmethod
    def reason(action, chosen, values):
        """The error of the first id that is not there: the group before what belongs to it."""
        addressed = action.addressed()
        order = sorted((path for path in chosen if path in addressed), key=lambda path: path != "ScalingGroupId")
        if order:
            value = values[order[0]]
            return addressed[order[0]], "=" + (value[0] if isinstance(value, list) else value)
        return INVALID, None

    def foreign(self, action, path):
        bare = path.removesuffix(".#")
        if path in action.addressed():
            return self.world.foreign.by_path()[bare]
        return self.world.foreign_references().get(bare) if action.writes and bare in REFERENCES else None

    @staticmethod
    def absent(action, path):
        bare = path.removesuffix(".#")
        if path in action.addressed():
            return UNKNOWN_INSTANCE if bare == "ScalingInstanceId" else UNKNOWN_ID
        return ABSENT.get(bare, UNKNOWN_INSTANCE) if action.writes and bare in REFERENCES else None

    def stranger_sees_nothing(self, action):
        """A Describe without ids, by the other account: what the first has is not in it."""
        door = Door(self.suite.world.region, self.world.stranger)
        if any(path in action.addressed() for path in self.world.sample(action)):
            return  # its group is addressed: other_ids has it
        _, body = door.send("own", "GET", action.name, [("MaxResults", "1000")])
        mine = [one for one in vars(self.world.mine).values() if len(one) > 3 and one in body]
        self.suite.ledger.expect(action.name, "account", not mine, "the other account's listing has none of ours", mine)

    def row(self, action):
        self.own(action, self.suite.door, "own")
        self.other_ids(action, "foreign", self.foreign)
        self.other_ids(action, "absent", self.absent)
        if not action.writes:
            self.stranger_sees_nothing(action)
        reads = action.name.startswith("Describe")
        for name, _, _, patterns in KEYS:
            allowed = patterns == ["kec:*"] and not action.main_account_only or patterns == ["kec:Describe*"] and reads
            if name.startswith("frozen") or not allowed:
                self.denied(action, name)
            else:
                self.own(action, self.doors[name], name)


def check_accounts(suite, checks):
    checks.section("The matrix of accounts")
    doors = make_keys(suite.stack, suite.world.account["id"])
    matrix = Matrix(suite, doors)
    suite.settle()
    for action in suite.api.actions.values():
        before = suite.database.contents()
        matrix.row(action)
        after = suite.database.contents()
        suite.ledger.expect(action.name, "account", after == before, "nothing is changed", changes(before, after))
