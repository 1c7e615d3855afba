#!/usr/bin/python3
"""Processes that come late, go away and come back: clear words, nothing lost, no restart of the others needed."""

import re
import time

from checks import Checks
from eventually import eventually, passes
from fleet import Fleet
from private_region import arguments, private_region
from probe import readiness
from region.openapi import ApiError
from region.postgres import free_port
from tcp_gate import TcpGate

# Short, so that an answer that must wait for the cloud comes within the gateway's deadline.
SETTINGS = {"cloud.call-timeout": "2s", "cloud.signature-window": "4s", "activity.call-timeout": "2s", "lease.ttl": "4s",
            "lease.margin": "500ms", "activity.drain": "200ms"}
CLOUDSIM = ["--boot-ms-min", "500", "--boot-ms-max", "800", "--terminate-ms", "200"]
FAST_SECONDS = 1.0


def log_of(stack, name):
    return (stack.processes.logs / f"{name}.log").read_text(errors="replace")


def check_late_database(checks, stack):
    checks.section("PostgreSQL is down when the engine starts")
    stack.postgres.port = free_port()
    ports = stack.launch_engine()
    lines = lambda: [line for line in log_of(stack, "engine").splitlines()
                     if re.search("postgres|database", line, re.IGNORECASE)]
    eventually("the engine says several times what it waits for", 30, lambda: len(lines()) >= 3)
    checks.expect(stack.processes.pid("engine") is not None, "the engine waits and does not end")
    checks.expect(str(stack.postgres.port) in lines()[-1] or "refused" in lines()[-1], "its log names the trouble",
                  lines()[-1])
    checks.expect(len(log_of(stack, "engine").splitlines()) < 60, "it backs off instead of flooding its log")
    stack.postgres.start(stack.postgres.port)
    stack.await_engine(ports)
    checks.expect(True, "it serves once the database is there")


def check_cloud_at_start(checks, stack, gate):
    checks.section("The cloud is down when the engine starts")
    fleet = None
    checks.equal(readiness(stack, "engine"), 503, "the engine says that it is not ready")
    lines = lambda: [line for line in log_of(stack, "engine").splitlines() if "OpenAPI does not answer" in line]
    eventually("the engine says several times what it waits for", 30, lambda: len(lines()) >= 3)
    checks.expect(stack.engine_settings["cloud.endpoint"] in lines()[-1], "its log names the endpoint", lines()[-1])
    try:
        fleet = Fleet(stack)
        checks.expect(False, "a request that must ask the cloud is refused")
    except ApiError as error:
        checks.expect(error.status == 500, f"a request that must ask the cloud is refused: {error.code}", error)
    checks.equal(stack.client().call("DescribeScalingConfiguration")["ScalingConfigurationSet"], [],
                 "nothing was written, and what needs no cloud is answered")
    gate.open()
    fleet = eventually("the request succeeds once the cloud is there", 30, lambda: attempt(lambda: Fleet(stack)))
    checks.expect(True, "it succeeds once the cloud is there")
    eventually("the engine is ready", 30, lambda: readiness(stack, "engine") == 200)
    return fleet


def attempt(act):
    try:
        return act()
    except (OSError, ApiError):
        return None


def check_cloud_later(checks, fleet, gate):
    checks.section("The cloud goes away during a scale-out")
    group = fleet.create_group(max_size=4, name="cloud-away")
    fleet.set_desired(group, 4)
    eventually("a launch reached the cloud", 20, lambda: fleet.launches(group))
    gate.close()
    away = time.monotonic()
    eventually("the engine says that it is not ready", 10, lambda: readiness(fleet.stack, "engine") == 503)
    passes(away + 4)
    checks.equal(fleet.api.call("DescribeScalingGroup", ScalingGroupId=[group])["ScalingGroupSet"][0]["DesiredCapacity"],
                 4, "reads are answered meanwhile")
    gate.open()
    fleet.wait_settled(group, 4, 90)
    eventually("the engine is ready again", 30, lambda: readiness(fleet.stack, "engine") == 200)
    fleet.check_exact(checks, group, 4, 4, "after the cloud came back")
    return group


def check_engine_down(checks, fleet, group):
    checks.section("The engine is down")
    stack = fleet.stack
    stack.processes.kill("engine")
    for _ in range(3):
        began = time.monotonic()
        try:
            fleet.api.call("DescribeScalingGroup")
            checks.expect(False, "the gateway answers an error")
        except ApiError as error:
            took = time.monotonic() - began
            checks.expect((error.status, error.code) == (500, "ServiceUnavailable") and took < FAST_SECONDS,
                          f"the gateway answers {error.status} {error.code} within {took * 1000:.0f} ms", error)
    eventually("the gateway says that it is not ready", 10, lambda: readiness(stack, "gateway") == 503)
    checks.equal(readiness(stack, "gateway", "livez"), 200, "the gateway is alive all the while")
    stack.start_engine()
    stack.wait_ready()
    checks.expect(fleet.is_settled(group, 4), "after the restart the group is as it was")


def check_gateway_restart(checks, fleet, group):
    checks.section("The gateway is killed")
    stack = fleet.stack
    stack.processes.kill("gateway")
    checks.expect(attempt(lambda: fleet.api.call("DescribeScalingGroup")) is None, "nobody answers")
    stack.start_gateway()
    checks.expect(eventually("it answers on the same port", 20, lambda: fleet.is_settled(group, 4)),
                  "a new one answers on the same port")


def check_database_later(checks, fleet, group):
    checks.section("PostgreSQL goes away while nothing runs")
    stack = fleet.stack
    stack.postgres.kill()
    eventually("the engine says that it is not ready", 10, lambda: readiness(stack, "engine") == 503)
    checks.equal(readiness(stack, "engine", "livez"), 200, "the engine is alive all the while")
    try:
        fleet.set_desired(group, 2)
        checks.expect(False, "a write is refused")
    except ApiError as error:
        checks.equal(error.status, 500, f"a write is refused: {error.code}")
    stack.postgres.restart()
    eventually("the engine is ready again", 30, lambda: readiness(stack, "engine") == 200)
    checks.equal(len(fleet.members(group)), 4, "nothing of the refused write is seen")
    fleet.set_desired(group, 2)
    fleet.wait_settled(group, 2, 60)
    checks.expect(True, "the write succeeds now")


def play(options, checks):
    with private_region("start-order", options.build, start=False, settings=SETTINGS, cloudsim_flags=CLOUDSIM) as stack:
        stack.start_cloudsim()
        gate = TcpGate(stack.ports["cloudsim"]["port"])
        stack.engine_settings["cloud.endpoint"] = f"http://127.0.0.1:{gate.port}"
        gate.close()
        check_late_database(checks, stack)
        stack.open(ready=("gateway",))
        fleet = check_cloud_at_start(checks, stack, gate)
        group = check_cloud_later(checks, fleet, gate)
        check_engine_down(checks, fleet, group)
        check_gateway_restart(checks, fleet, group)
        check_database_later(checks, fleet, group)


if __name__ == "__main__":
    chosen, found = arguments(__doc__), Checks()
    found.run("start_order", play, chosen, found)
    found.finish()
