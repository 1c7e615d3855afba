#!/usr/bin/python3
"""How long a breach waits: from the later of the period's close and its last sample's arrival to RunInstances at cloudsim.

Lateness is 0. The script pushes the samples itself, so that it knows when each arrived; one group fires in each period.
"""

import statistics
import time

from checks import Checks
from eventually import eventually, passes
from fleet import Fleet
from private_region import arguments, private_region
from remote_write import push_cpu

PERIOD = 5
MEDIAN_LIMIT_SECONDS = 0.25  # a polling interval anywhere in the way would exceed it
SETTINGS = {"metrics.lateness": "0s"}
CLOUDSIM = ["--boot-ms-min", "100", "--boot-ms-max", "200"]


def push_before_close(fleet, instance, before_close):
    """Pushes a breaching sample so long before a period's close; (period's end, the sample's arrival), both in seconds."""
    now = time.time()
    end = (int(now + before_close) // PERIOD + 1) * PERIOD
    passes(time.monotonic() + (end - before_close - now))
    push_cpu(fleet.region, {instance: 90.0}, int(time.time() * 1000))
    return end, time.time()


def fire(fleet, group, number, checks):
    """One firing: the delay in seconds."""
    instance = fleet.in_service(group)[0]
    # From comfortable to close to the end, in turn.
    end, arrived = push_before_close(fleet, instance, (1.0, 0.5, 0.2)[number % 3])
    launches = eventually(f"group {group} launched", 10, lambda: fleet.launches(group)[1:])
    delay = launches[0]["time_us"] / 1e6 - max(end, arrived)
    checks.expect(delay > 0, f"firing {number}: {delay * 1000:.1f} ms (sample {(end - arrived) * 1000:.0f} ms before the close)")
    return delay


def play(options, checks):
    count = 5 if options.short else options.firings
    with private_region("latency", options.build, settings=SETTINGS, cloudsim_flags=CLOUDSIM) as stack:
        for account in stack.spec["accounts"]:
            stack.cloudsim.put("/push", {"account": account["id"], "enabled": False})
        fleet = Fleet(stack)
        groups = [fleet.create_group(desired=1, max_size=3, listener=False, name=f"latency-{number}")
                  for number in range(count)]
        for group in groups:
            fleet.wait_settled(group, 1, 60)
            fleet.api.call(
                "CreateScalingPolicy", ScalingGroupId=group, ScalingPolicyName="up", AdjustmentType="TotalCapacity",
                AdjustmentValue=2, CoolDown=60,
                Metric='{"dimensionName":"cpu_usage","comparisonOperator":"Greater","threshold":50,"function":"avg",'
                       f'"repeatTimes":1,"period":{PERIOD}}}')
        # Periods that began before the last launch ended don't count.
        passes(time.monotonic() + PERIOD + 0.5)
        delays = [fire(fleet, group, number, checks) for number, group in enumerate(groups)]
        median = statistics.median(delays)
        print(f"{len(delays)} firings: median {median * 1000:.1f} ms, "
              f"least {min(delays) * 1000:.1f} ms, most {max(delays) * 1000:.1f} ms")
        checks.expect(median < MEDIAN_LIMIT_SECONDS, f"the median is below {MEDIAN_LIMIT_SECONDS * 1000:.0f} ms", median)


if __name__ == "__main__":
    chosen, found = arguments(__doc__, firings=20), Checks()
    found.run("latency", play, chosen, found)
    found.finish()
