"""A whole region for one script: made from nothing in a folder of its own, and removed when all went well."""

import argparse
import contextlib
import os
import pathlib
import shutil
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "deploy" / "local"))

from region.stack import Stack  # noqa: E402  (after the path is set)


def arguments(description, **extra):
    """--build and --short, which every script takes; `extra` adds integers with their default."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--build", type=pathlib.Path,
                        default=os.environ.get("ACCORDION_BUILD", ROOT / "build" / "dev"), help="the build's folder")
    parser.add_argument("--short", action="store_true", help="the form that ./dev test runs")
    for name, default in extra.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    return parser.parse_args()


@contextlib.contextmanager
def private_region(name, build, start=True, **options):
    """A Stack, started unless told otherwise. Its folder stays, and is named, when the body raises."""
    for program in ("accordion-engine", "accordion-gateway", "accordion-cloudsim"):
        if not (pathlib.Path(build) / "bin" / program).exists():
            raise FileNotFoundError(f"{program} is not built in {build}")
    # Not below the checkout: PostgreSQL's own user must reach its data.
    state = pathlib.Path(tempfile.mkdtemp(prefix=f"accordion-{name}-", dir="/var/tmp"))
    state.chmod(0o755)
    stack = Stack(state, build, **options)
    try:
        if start:
            stack.start()
        yield stack
    except BaseException:
        print(f"logs: {state}/log", flush=True)
        stack.stop()
        raise
    stack.stop()
    stack.postgres.remove()
    shutil.rmtree(state, ignore_errors=True)
