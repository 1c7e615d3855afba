"""./dev run and ./dev stop."""

import argparse
import os
import pathlib
import signal
import sys

from .processes import Processes, StartError
from .scenario import Scenario
from .stack import Stack
from .timeline import Timeline

ROOT = pathlib.Path(__file__).resolve().parents[3]
NAMES = ("gateway", "engine", "cloudsim", "postgres")  # in the order of ending
EPILOGUE = """\
The region's addresses, ids and keys are in DIR/region.json; its logs in DIR/log.
Times are short on purpose (periods of 5 or 10 s, drain 2 s): every one is a setting of the engine."""


def arguments():
    parser = argparse.ArgumentParser(prog="./dev run", description=__doc__, epilog=EPILOGUE,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=["run", "stop"], help=argparse.SUPPRESS)
    parser.add_argument("--state", type=pathlib.Path, default=ROOT / ".local", metavar="DIR",
                        help="folder of the region's data, logs and region.json (default: .local in the checkout)")
    parser.add_argument("--build", type=pathlib.Path, help=argparse.SUPPRESS,
                        default=os.environ.get("ACCORDION_BUILD", ROOT / "build" / "dev"))
    parser.add_argument("--gateway-port", type=int, default=0, metavar="N", help="port of the API (default: a free one)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="varies load, sizes and subnets (default: 1)")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--once", action="store_true", help="end after the scenario; 0 only if every expectation held")
    mode.add_argument("--detach", action="store_true",
                      help="start without a scenario and return when all are ready; ./dev stop ends it")
    return parser.parse_args()


def greet(line, stack):
    region = stack.region
    line.title("A region is up")
    line.note(f"API       {region['endpoint']}  (region {region['region']}, account {region['account_id']})")
    line.note(f"metrics   {region['gateway_metrics_url']}  {region['engine_metrics_url']}")
    line.note(f"cloudsim  {region['cloudsim_admin_url']}/state")
    line.note(f"details   {stack.state}/region.json, logs in {stack.state}/log")


def run(options):
    line = Timeline()
    running = alive(options.state)
    if running:
        line.event(f"{', '.join(running)} of {options.state} still run; ./dev stop ends them", "red")
        return 1
    stack = Stack(options.state, options.build, gateway_port=options.gateway_port, seed=options.seed)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    ready = False
    try:
        line.title("Starting")
        stack.start(say=line.note)
        greet(line, stack)
        ready = True
        if options.detach:
            line.note("./dev stop ends it")
            return 0
        held = Scenario(stack, options.seed, line).run()
        if options.once:
            return 0 if held else 1
        line.note("The region stays up; Ctrl-C ends it.")
        while True:
            signal.pause()
    except StartError as error:
        line.event(str(error), "red")
        return 1
    except KeyboardInterrupt:
        line.note("ending")
        return 0
    finally:
        if not (options.detach and ready):
            stack.stop()


def alive(state):
    processes = Processes(state.resolve())
    return [name for name in NAMES if processes.pid(name) is not None]


def stop(options):
    running = alive(options.state)
    Stack(options.state, options.build).stop()
    print("stopped " + ", ".join(running) if running else f"nothing of {options.state} was running")
    return 0


if __name__ == "__main__":
    chosen = arguments()
    sys.exit(run(chosen) if chosen.verb == "run" else stop(chosen))
