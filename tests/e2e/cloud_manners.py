#!/usr/bin/python3
"""Bursts of "too fast" (409) and of 5xx from the cloud during scale-outs: the engine keeps its budget and gets there.

cloudsim's call log is the judge: how many launches it saw in any second, that none was made twice, that all ends well.
"""

import re
import urllib.request

from checks import Checks
from eventually import eventually
from fleet import Fleet
from private_region import arguments, private_region

STEP = 20
RATE, BURST_SECONDS = 5, 2
BREAKER_CALLS, BREAKER_REST = 10, 3
SETTINGS = {
    "cloud.action-rates": f"RunInstances={RATE}",
    "cloud.rate-burst": f"{BURST_SECONDS}s",
    "cloud.breaker-calls": str(BREAKER_CALLS),
    "cloud.breaker-rest": f"{BREAKER_REST}s",
    # The horizon of an unknown outcome is the sum of these, 7 s here.
    "cloud.signature-window": "4s",
    "activity.call-timeout": "2s",
    "cloud.call-timeout": "2s",
    "cloud.read-lag": "1s",
    "activity.drain": "200ms",
    "activity.retry-max": "5s",
    "lease.ttl": "6s",
    "lease.margin": "500ms",
}
CLOUDSIM = ["--signature-window", "4s", "--boot-ms-min", "200", "--boot-ms-max", "600", "--terminate-ms", "200"]
SETTLE_SECONDS = 150


def metrics(stack, name):
    """Samples of one metric: {labels as text: value}."""
    with urllib.request.urlopen(stack.region["engine_metrics_url"], timeout=5) as answer:
        text = answer.read().decode()
    return {labels: float(value)
            for labels, value in re.findall(rf"^{name}(?:{{(.*)}})? (\S+)$", text, re.MULTILINE)}


def check_budget(fleet, checks, since, what):
    """No stretch of cloudsim's log has more launches than the budget allows."""
    times = sorted(call["time_us"] / 1e6 for call in fleet.calls("RunInstances") if call["seq"] > since)
    worst = max((count - RATE * (times[first + count - 1] - times[first]) for first in range(len(times))
                 for count in range(1, len(times) - first + 1)), default=0)
    # One more for the call that the first instant counts itself, one for the network's jitter.
    checks.expect(worst <= RATE * BURST_SECONDS + 2, f"{what}: launches stay within the budget", worst)
    print(f"  {len(times)} launches seen, at worst {worst:.2f} above the steady rate", flush=True)


def last_call(fleet):
    return max((call["seq"] for call in fleet.calls()), default=0)


def throttled(stack, fleet, checks):
    checks.section("409 LimitExceeded to the first ten launches")
    fleet.cloud.put("/faults", [{"action": "RunInstances", "mode": "error", "status": 409, "code": "LimitExceeded",
                                 "message": "Request was rejected because of flow control", "count": 10}])
    since = last_call(fleet)
    group = fleet.create_group(desired=STEP, max_size=STEP, name="throttled")
    fleet.wait_settled(group, STEP, SETTLE_SECONDS)
    fleet.check_exact(checks, group, STEP, STEP, "throttled")
    check_budget(fleet, checks, since, "throttled")
    calls = metrics(stack, "accordion_cloud_calls_total")
    checks.equal(sum(value for labels, value in calls.items() if 'outcome="throttled"' in labels), 10,
                 "throttled: each is counted")
    held = metrics(stack, "accordion_cloud_calls_held_back_total")
    checks.expect(any('reason="action_rate"' in labels for labels in held), "throttled: the budget was in the way", held)
    return group


def failing(stack, fleet, checks):
    checks.section("500 to every launch, until the breaker has opened")
    fleet.cloud.put("/faults", [{"action": "RunInstances", "mode": "error", "status": 500, "code": "InternalFailure",
                                 "count": -1}])
    since = last_call(fleet)
    group = fleet.create_group(desired=STEP, max_size=STEP, name="failing")
    is_open = lambda: metrics(stack, "accordion_cloud_breaker_open").get('action="RunInstances"') == 1
    eventually("the breaker opens", 30, is_open, every=0.1)
    eventually("launches are held back by it", 30, lambda: any(
        'reason="breaker"' in labels for labels in metrics(stack, "accordion_cloud_calls_held_back_total")), every=0.1)
    checks.expect(True, "failing: the breaker opened and held launches back")
    fleet.cloud.put("/faults", [])
    eventually("the breaker closes", 60, lambda: not is_open(), every=0.2)
    fleet.wait_settled(group, STEP, SETTLE_SECONDS)
    fleet.check_exact(checks, group, STEP, STEP, "failing")
    check_budget(fleet, checks, since, "failing")
    return group


def play(options, checks):
    with private_region("cloud-manners", options.build, settings=SETTINGS, cloudsim_flags=CLOUDSIM) as stack:
        fleet = Fleet(stack)
        groups = [throttled(stack, fleet, checks), failing(stack, fleet, checks)]
        for group in groups:
            fleet.set_desired(group, 0)
        for group in groups:
            fleet.wait_settled(group, 0, SETTLE_SECONDS)
        checks.equal(fleet.instances(), [], "the cloud has no instance of any group")
        reads = metrics(stack, "accordion_cloud_calls_total").get('action="DescribeInstances",outcome="succeeded"')
        print(f"\nDescribeInstances for {2 * STEP} launches and removals: {reads}")


if __name__ == "__main__":
    chosen, found = arguments(__doc__), Checks()
    found.run("cloud_manners", play, chosen, found)
    found.finish()
