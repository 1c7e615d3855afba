"""./dev run and ./dev stop."""

import argparse
import pathlib
import signal
import sys
import threading

from .processes import Processes, StartError
from .scenario import Scenario
from .stack import Stack
from .timeline import Timeline

EPILOGUE = """\
The region's addresses, ids and keys are in DIR/region.json; its logs in DIR/log.
Times are short on purpose (periods of 5 or 10 s, drain 2 s): every one is a setting of the engine."""


def arguments():
    parser = argparse.ArgumentParser(prog="./dev run", description=__doc__, epilog=EPILOGUE,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=["run", "stop"], help=argparse.SUPPRESS)
    parser.add_argument("--state", type=pathlib.Path, required=True, metavar="DIR",
                        help="folder of the region's data, logs and region.json (default: .local in the checkout)")
    parser.add_argument("--build", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
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
    if set(Processes(options.state.resolve()).names()) & {"engine", "gateway", "cloudsim", "postgres"}:
        running = [name for name in ("postgres", "cloudsim", "engine", "gateway")
                   if Processes(options.state.resolve()).pid(name) is not None]
        if running:
            line.note(f"{', '.join(running)} of {options.state} still run; ./dev stop ends them")
            return 1
    stack = Stack(options.state, options.build, gateway_port=options.gateway_port, seed=options.seed)
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: stopping.set() or sys.exit(143))
    keep = False
    try:
        line.title("Starting")
        stack.start(say=line.note)
        greet(line, stack)
        if options.detach:
            keep = True
            line.note("./dev stop ends it")
            return 0
        held = Scenario(stack, options.seed, line).run()
        if options.once:
            return 0 if held else 1
        line.note("The region stays up; Ctrl-C ends it.")
        threading.Event().wait()
        return 0
    except StartError as error:
        line.event(str(error), "red")
        return 1
    except KeyboardInterrupt:
        line.note("ending")
        return 0
    finally:
        if not keep:
            stack.stop()


def stop(options):
    processes = Processes(options.state.resolve())
    stopped = []
    for name in ("gateway", "engine", "cloudsim"):
        if processes.pid(name) is not None:
            stopped.append(name)
        processes.stop(name)
    if processes.pid("postgres") is not None:
        stopped.append("postgres")
    processes.stop("postgres", signal.SIGINT)
    print("stopped " + ", ".join(stopped) if stopped else f"nothing of {options.state} was running")
    return 0


if __name__ == "__main__":
    chosen = arguments()
    sys.exit(run(chosen) if chosen.verb == "run" else stop(chosen))
