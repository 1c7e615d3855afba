#!/usr/bin/python3
"""Scheduled tasks through kill -9 of the engine around their due instants: each instant has one effect.

A task is due every second, in groups that take turns. The engine is killed just before an instant, in the middle of the
transaction that fires it (PostgreSQL holds it), right after its commit, and at random moments near it. Witnesses are the
rows of PostgreSQL: one occurrence an instant, and one change of desired capacity for each that changed it.
"""

import collections
import datetime
import random
import re
import time

import psycopg2

from checks import Checks
from eventually import eventually
from fleet import Fleet
from private_region import arguments, private_region
from region.openapi import ApiError

SETTINGS = {
    "lease.ttl": "1500ms",
    "lease.margin": "250ms",
    "cloud.call-timeout": "800ms",
    "activity.call-timeout": "1s",
    "cloud.signature-window": "3s",
    "cloud.read-lag": "500ms",
    "activity.drain": "100ms",
    "activity.boot-poll": "200ms",
}
CLOUDSIM = ["--signature-window", "3s", "--boot-ms-min", "200", "--boot-ms-max", "500", "--terminate-ms", "100"]
SETTLE_SECONDS = 90
TASKS_PER_GROUP = 60  # the quota is 70
BEFORE, WITHIN, AFTER, NEAR = "before the instant", "in the transaction", "right after its commit", "near it"
SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


def local(instant):
    """A time of the API."""
    return datetime.datetime.fromtimestamp(instant, SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


class Database:
    """One session, as quick as polls of a moment need."""

    LOCK = 7002

    def __init__(self, dsn):
        self.session = psycopg2.connect(dsn)
        self.session.autocommit = True
        self.query("CREATE FUNCTION e2e_gate() RETURNS trigger LANGUAGE plpgsql AS $$"
                   f" BEGIN PERFORM pg_advisory_xact_lock_shared({self.LOCK}); RETURN NEW; END $$;"
                   " CREATE TRIGGER e2e_gate BEFORE UPDATE ON scheduled_task FOR EACH ROW"
                   " EXECUTE FUNCTION e2e_gate()")

    def query(self, sql, *values):
        with self.session.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def close_gate(self):
        self.query(f"SELECT pg_advisory_lock({self.LOCK})")

    def open_gate(self):
        self.query(f"SELECT pg_advisory_unlock({self.LOCK})")

    def waiting(self):
        return self.query("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory'")[0][0]

    def decided(self, task):
        return self.query("SELECT count(*) FROM task_occurrence WHERE task_id = %s", task)[0][0]

    def overdue(self):
        return self.query("SELECT count(*) FROM scheduled_task WHERE next_due_at <= clock_timestamp()")[0][0]

    def newest_session(self):
        return self.query("SELECT coalesce(max(sid), 0) FROM engine_session")[0][0]

    def shards_held(self, since):
        """By live sessions that were opened after the session `since`."""
        return self.query("SELECT count(*) FROM shard JOIN engine_session USING (sid)"
                          " WHERE sid > %s AND expires_at > clock_timestamp()", since)[0][0]


class Schedule:
    """One-shot tasks, one a second; groups take turns, and each task asks for another size than the one before it."""

    TURNS = 3

    def __init__(self, fleet):
        self.fleet, self.groups, self.number = fleet, [], 0
        self.tasks = {}  # task id: (group, instant, name, size)
        self.end = 0

    def extend(self, seconds):
        """Goes on for so many seconds, from soon on."""
        self.end = max(self.end, int(time.time()) + 2 + seconds // 15)
        for _ in range(seconds):
            round, turn = divmod(self.number, self.TURNS)
            if turn == 0 and round % TASKS_PER_GROUP == 0:
                self.groups += [self.fleet.create_group(max_size=3, listener=False, subnets=1, name=f"tasks-{self.number}")
                                for _ in range(self.TURNS)]
            self.end += 1
            self.create(self.groups[turn - self.TURNS], self.end, f"任务-{self.number}", 1 + round % 2)
            self.number += 1

    def create(self, group, instant, name, size, **repeats):
        answer = self.fleet.api.call(
            "CreateScheduledTask", ScalingGroupId=group, ScalingScheduledTaskName=name, ReadjustMaxSize=3,
            ReadjustMinSize=0, ReadjustExpectSize=size, StartTime=local(instant), **repeats)
        task = int(answer["ReturnSet"]["ScalingScheduleTaskId"])
        self.tasks[task] = (group, instant, name, size)
        return task

    def next_due(self, after):
        """The first instant past `after` with its task."""
        return min((instant, task) for task, (_, instant, _, _) in self.tasks.items() if instant > after)


def until(instant):
    """Waits for a moment of the wall clock, to a millisecond."""
    eventually("the moment comes", max(0.0, instant - time.time()) + 1, lambda: time.time() >= instant, every=0.001)


class Killer:
    def __init__(self, fleet, database, schedule):
        self.stack, self.database, self.schedule = fleet.stack, database, schedule
        self.random, self.kills = random.Random(7), collections.Counter()
        self.kinds = (WITHIN, AFTER, BEFORE, NEAR)

    def run(self, kills):
        session = 0
        for number in range(kills):
            eventually("the engine holds its shards", 30, lambda: self.database.shards_held(session) == 256)
            if self.schedule.end - time.time() < 4:
                self.stack.wait_ready()
                self.schedule.extend(15)
            kind = self.kinds[number % len(self.kinds)]
            session = self.database.newest_session()
            self.kills[kind] += self.kill(kind, *self.schedule.next_due(time.time() + 0.25))
            self.stack.start_engine()

    def kill(self, kind, instant, task):
        """True if the moment was met."""
        if kind == WITHIN:
            until(instant - 0.1)
            self.database.close_gate()
            eventually(f"task {task} is being fired", 10, lambda: self.database.waiting() > 0, every=0.001)
            hit = self.database.decided(task) == 0  # its transaction has not committed
            self.stack.processes.kill("engine")
            self.database.open_gate()
            return hit
        if kind == AFTER:
            until(instant)
            eventually(f"task {task} has fired", 10, lambda: self.database.decided(task) > 0, every=0.001)
        else:
            until(instant + (-0.03 if kind == BEFORE else self.random.uniform(-0.01, 0.04)))
        self.stack.processes.kill("engine")
        return True


def check_occurrences(checks, database, schedule):
    checks.section("Occurrences")
    rows = database.query("SELECT task_id, extract(epoch FROM due_at)::bigint, outcome, desired_before, desired_after,"
                          " extract(epoch FROM decided_at - due_at)::float FROM task_occurrence")
    by_task = collections.defaultdict(list)
    for task, due, *rest in rows:
        by_task[task].append((due, *rest))
    outcomes = collections.Counter(row[2] for row in rows)
    late = sorted(row[5] for row in rows)
    print(f"  occurrences: {dict(outcomes)}; late by {late[len(late) // 2]:.3f} s (median), {late[-1]:.2f} s (at most)",
          flush=True)
    once = [task for task, (_, instant, _, _) in schedule.tasks.items()
            if [row[:2] for row in by_task[task]] == [(instant, "Fired")]]
    checks.equal(len(once), len(schedule.tasks), "each one-shot task fired once, for the instant that it was due at")
    return rows


def check_repeating(checks, database, task, first, last):
    """A cron task: one row for each minute that passed."""
    minutes = list(range(-(-first // 60) * 60, last + 1, 60))
    rows = database.query("SELECT extract(epoch FROM due_at)::bigint, outcome FROM task_occurrence WHERE task_id = %s"
                          " ORDER BY due_at", task)
    found = [row for row in rows if row[0] <= last]
    checks.equal(found, [(minute, "Fired") for minute in minutes],
                 f"the cron task fired once for each of {len(minutes)} minutes")


def check_groups(checks, fleet, database, rows):
    checks.section("Groups")
    changes = database.query("SELECT cause_text, before, after FROM desired_change WHERE cause_kind = 'Task'")
    named = collections.Counter()
    for text, before, after in changes:
        match = re.fullmatch(r'定时任务"[^"]+"\((\d+)\)触发：计划时间 ([\d-]+ [\d:]+)，实例数范围 0~3；期望实例数 (\d+) → (\d+)', text)
        named[match and (int(match[1]), match[2], int(match[3]), int(match[4])) or text] += 1
        if match and (before, after) != (int(match[3]), int(match[4])):
            named["numbers that differ"] += 1
    wanted = collections.Counter((task, local(due), before, after)
                                 for task, due, outcome, before, after, _ in rows
                                 if outcome == "Fired" and before != after)
    checks.equal(named, wanted, f"each of {len(wanted)} firings that changed a desired capacity did so once,"
                                " and its cause names task and instant")
    return changes


def check_end(checks, fleet, schedule):
    for group in schedule.groups:
        mine = [(instant, name, size) for owner, instant, name, size in schedule.tasks.values() if owner == group]
        _, name, size = max(mine)
        fleet.wait_settled(group, size, SETTLE_SECONDS)
        found = fleet.api.call("DescribeScalingGroup", ScalingGroupId=[group])["ScalingGroupSet"][0]
        checks.equal((found["MinSize"], found["MaxSize"], found["DesiredCapacity"]), (0, 3, size),
                     f"group {group} has the sizes of its last task, {name}")
        causes = [one["Cause"] for one in fleet.activities(group)]
        names = {f'"{name}"' for _, name, _ in mine}
        odd = [cause for cause in causes
               if not any(name in cause for name in names) and not cause.startswith("继续完成")]
        checks.equal(odd, [], f"the causes of its {len(causes)} activities name its tasks")
        checks.equal(len(fleet.instances(group)), size, "and the cloud has as many instances")


def check_misfire(checks, fleet, database, schedule):
    """An engine that was away for longer than the grace fires nothing of before, and goes on."""
    checks.section("Missed for longer than the grace")
    stack, group = fleet.stack, schedule.groups[0]
    before = fleet.api.call("DescribeScalingGroup", ScalingGroupId=[group])["ScalingGroupSet"][0]["DesiredCapacity"]
    instant = int(time.time()) + 3
    missed = schedule.create(group, instant, "missed", 3)
    later = schedule.create(group, instant + 10, "later", 0)
    stack.processes.kill("engine")
    stack.engine_settings["tasks.misfire-grace"] = "1s"
    until(instant + 1.5)
    stack.start_engine()
    eventually("the missed instant was decided", 20, lambda: database.decided(missed))
    rows = database.query("SELECT outcome, desired_before, desired_after FROM task_occurrence WHERE task_id = %s", missed)
    checks.equal(rows, [("Expired", before, before)], "it is recorded as expired and changed nothing")
    stack.wait_ready(("engine", "gateway"))
    shown = fleet.api.call("DescribeScheduledTask", ScalingGroupId=group, ScalingScheduledTaskId=[str(missed)])
    checks.equal(shown["ScalingScheduleTaskSet"][0]["Description"], f"{local(instant)}：已错过，超过补偿时间",
                 "DescribeScheduledTask says so")
    eventually("the later task was decided", 30, lambda: database.decided(later))
    rows = database.query("SELECT outcome, desired_after FROM task_occurrence WHERE task_id = %s", later)
    checks.equal(rows, [("Fired", 0)], "the next one fires in its time")


def check_deletion(checks, fleet, database, schedule):
    checks.section("Deletion")
    group = schedule.groups[0]
    task = next(task for task, (owner, *_) in schedule.tasks.items() if owner == group)
    answer = fleet.api.call("DeleteScheduledTask", ScalingGroupId=group, ScalingScheduledTaskId=task)
    checks.equal(answer["ReturnSet"]["ScalingScheduleTaskId"], str(task), "a task is deleted")
    try:
        fleet.api.call("DeleteScheduledTask", ScalingGroupId=group, ScalingScheduledTaskId=task)
        checks.expect(False, "twice it is not found")
    except ApiError as error:
        checks.equal((error.status, error.code), (404, "ScalingScheduledTaskNotFound"), "twice it is not found")
    fleet.api.call("ModifyScalingGroup", ScalingGroupId=group, MinSize=0, DesiredCapacity=0)
    fleet.wait_settled(group, 0, SETTLE_SECONDS)
    fleet.api.call("DeleteScalingGroup", ScalingGroupId=group)
    left = [database.query(f"SELECT count(*) FROM {table} WHERE group_id = %s", int(group))[0][0]
            for table in ("scheduled_task", "task_occurrence")]
    checks.equal(left, [0, 0], "a group takes its tasks along")


def play(options, checks):
    kills = 6 if options.short else options.kills
    with private_region("scheduled-task", options.build, settings=SETTINGS, cloudsim_flags=CLOUDSIM) as stack:
        fleet, database = Fleet(stack), Database(stack.region["postgres_dsn"])
        schedule = Schedule(fleet)
        schedule.extend(15)
        repeating_group = fleet.create_group(max_size=3, listener=False, subnets=1, name="cron")
        first = int(time.time()) + 1
        answer = fleet.api.call(
            "CreateScheduledTask", ScalingGroupId=repeating_group, ScalingScheduledTaskName="cron", ReadjustMaxSize=3,
            ReadjustMinSize=0, ReadjustExpectSize=0, StartTime=local(first), EndTime=local(first + 86400),
            Recurrence="0-59 0-23 * * *")
        repeating = int(answer["ReturnSet"]["ScalingScheduleTaskId"])
        killer = Killer(fleet, database, schedule)
        killer.run(kills)
        print(f"\nkill -9: {dict(killer.kills)}, {sum(killer.kills.values())} in all", flush=True)
        checks.equal(sum(killer.kills.values()), kills, "the engine was killed so often, each time at the moment meant")
        until(schedule.end)
        last = int(time.time())
        until(last + 2)
        eventually("no task is overdue", 60, lambda: database.overdue() == 0)
        rows = check_occurrences(checks, database, schedule)
        if not options.short:  # which may see no full minute
            check_repeating(checks, database, repeating, first, last)
        check_groups(checks, fleet, database, rows)
        check_end(checks, fleet, schedule)
        check_misfire(checks, fleet, database, schedule)
        check_deletion(checks, fleet, database, schedule)


if __name__ == "__main__":
    chosen, found = arguments(__doc__, kills=52), Checks()
    found.run("scheduled_task", play, chosen, found)
    found.finish()
