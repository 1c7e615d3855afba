"""Checks, counted by action and kind."""

import collections


class Ledger:
    """Prints what is wrong as it comes, and a table at the end."""

    def __init__(self, checks, verbose=False):
        self.checks, self.verbose = checks, verbose
        self.counts = collections.defaultdict(collections.Counter)
        self.wrong = collections.Counter()

    def expect(self, action, kind, held, text, detail=""):
        self.counts[action][kind] += 1
        if held:
            self.checks.passed += 1
            if self.verbose:
                print(f"  ok    {action}: {text}", flush=True)
        else:
            self.wrong[action] += 1
            self.checks.expect(False, f"{action}: {kind}: {text}", detail)
        return held

    def table(self):
        kinds = sorted({kind for row in self.counts.values() for kind in row})
        print("\n" + "action".ljust(30) + "".join(kind.rjust(max(7, len(kind) + 1)) for kind in kinds) + "   total  wrong")
        for action, row in self.counts.items():
            cells = "".join(str(row[kind]).rjust(max(7, len(kind) + 1)) for kind in kinds)
            print(f"{action:30}{cells}{sum(row.values()):8}{self.wrong[action]:7}")
        print(f"{'all':30}" + "".join(
            str(sum(row[kind] for row in self.counts.values())).rjust(max(7, len(kind) + 1)) for kind in kinds)
            + f"{sum(sum(row.values()) for row in self.counts.values()):8}{sum(self.wrong.values()):7}", flush=True)
