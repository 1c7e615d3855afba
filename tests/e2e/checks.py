"""What a script expects, counted; its last line is `N passed, N failed`."""

import sys
import traceback


class Checks:
    def __init__(self):
        self.passed, self.failures = 0, []

    def expect(self, held, text, detail=""):
        """Counts one check and prints it; returns whether it held."""
        if held:
            self.passed += 1
            print(f"  ok    {text}", flush=True)
        else:
            self.failures.append(text)
            print(f"  WRONG {text}{': ' if detail != '' else ''}{str(detail)[:2000]}", flush=True)
        return bool(held)

    def equal(self, found, wanted, text):
        return self.expect(found == wanted, text, f"wanted {wanted!r}, found {found!r}")

    def section(self, name):
        print(f"\n{name}", flush=True)

    def run(self, name, step, *arguments):
        """Runs one step; an exception in it is one failed check, and the steps after it still run."""
        try:
            return step(*arguments)
        except Exception as error:  # a test script reports whatever goes wrong
            traceback.print_exc()
            self.expect(False, name, f"{type(error).__name__}: {error}")
            return None

    def finish(self):
        for failure in self.failures:
            print(f"failed: {failure}")
        print(f"{self.passed} passed, {len(self.failures)} failed", flush=True)
        sys.exit(1 if self.failures else 0)
