#include "persistence/audit_queries.h"

namespace accordion::persistence {

namespace {

// Each statement below is a list of subjects: to whom the promise applies, in words, and whether it
// is broken. Around it stands what is the same for all: the terms, and the counts.
constexpr SqlText kGiven(
    "WITH given AS (SELECT now() AS at, now() - $1::bigint * interval '1 microsecond' AS "
    "history_from, $2::bigint * interval '1 microsecond' AS horizon, "
    "$3::bigint * interval '1 microsecond' AS lease_ttl, "
    "$4::bigint * interval '1 microsecond' AS cleanup_grace, "
    "$5::bigint * interval '1 microsecond' AS slack, $6::integer AS max_violations), "
    "subject AS (");
constexpr SqlText kCounted(
    "), counted AS (SELECT count(*) AS checked, count(*) FILTER (WHERE violated) AS violations "
    "FROM subject) SELECT counted.checked, counted.violations, shown.account_id, shown.subject "
    "FROM counted LEFT JOIN (SELECT account_id, subject FROM subject WHERE violated "
    "ORDER BY account_id, subject LIMIT (SELECT max_violations FROM given)) AS shown ON true");

// tidy:allow(account) of all accounts
constexpr Statement kMaxSize(
    "audit_max_size",
    kGiven +
        SqlText(
            "SELECT g.account_id, format('group %s: %s members, %s launches that may arrive, "
            "MaxSize %s', g.id, m.n, i.n, g.max_size) AS subject, m.n + i.n > "
            "greatest(g.max_size, (SELECT max(d.after) FROM desired_change AS d WHERE d.group_id "
            "= g.id AND d.changed_at >= coalesce((SELECT max(e.changed_at) FROM desired_change AS "
            "e WHERE e.group_id = g.id AND e.changed_at <= least(m.since, i.since) - interval '1 "
            "hour'), '-infinity'))) AS violated FROM scaling_group AS g CROSS JOIN LATERAL "
            "(SELECT count(*) AS n, max(add_time) AS since FROM scaling_instance AS s WHERE "
            "s.group_id = g.id AND s.life_cycle NOT IN ('Closed', 'Detaching')) AS m CROSS JOIN "
            "LATERAL (SELECT count(*) AS n, min(prepared_at) AS since FROM launch_intent AS l "
            "WHERE l.group_id = g.id AND l.state IN ('Prepared', 'Sent', 'Unknown')) AS i WHERE "
            "m.n + i.n > 0") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kProtected(
    "audit_protected",
    kGiven +
        SqlText("SELECT account_id, format('member %s of group %s: protected and %s', instance_id, "
                "group_id, life_cycle) AS subject, life_cycle IN ('Detaching', 'Terminating') AS "
                "violated FROM scaling_instance WHERE is_protected AND life_cycle <> 'Closed'") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kMemberHasIntent(
    "audit_member_has_intent",
    kGiven +
        SqlText(
            "SELECT m.account_id, format('member %s of group %s', m.instance_id, m.group_id) AS "
            "subject, i.instance_id IS NULL AS violated FROM scaling_instance AS m LEFT JOIN "
            "(SELECT DISTINCT account_id, group_id, instance_id FROM launch_intent WHERE "
            "instance_id <> '') AS i USING (account_id, group_id, instance_id) WHERE "
            "m.creation_type = 'Auto' AND m.life_cycle <> 'Closed'") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kIntentHasOneInstance(
    "audit_intent_has_one_instance",
    kGiven +
        SqlText(
            "SELECT account_id, format('instance %s: intents %s', instance_id, string_agg(id, ', "
            "' ORDER BY id)) AS subject, count(*) > 1 AS violated FROM launch_intent WHERE "
            "instance_id <> '' GROUP BY account_id, instance_id") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kIntentWasWritten(
    "audit_intent_was_written",
    kGiven +
        SqlText(
            "SELECT account_id, format('intent %s of group %s: %s', id, group_id, state) AS "
            "subject, sent_at IS NULL OR send_not_after < sent_at OR (state IN ('Accepted', "
            "'Adopted')) <> (instance_id <> '') AS violated FROM launch_intent WHERE state NOT IN "
            "('Prepared', 'Rejected')") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kOneUnresolvedIntent(
    "audit_one_unresolved_intent",
    kGiven +
        SqlText("SELECT account_id, format('activity %s, slot %s: intents %s', activity_id, slot, "
                "string_agg(id, ', ' ORDER BY id)) AS subject, count(*) > 1 AS violated FROM "
                "launch_intent WHERE state IN ('Prepared', 'Sent', 'Unknown') GROUP BY account_id, "
                "activity_id, slot") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kIntentHorizon(
    "audit_intent_horizon",
    kGiven +
        SqlText(
            "SELECT account_id, format('intent %s of group %s: %s since %s', i.id, i.group_id, "
            "i.state, coalesce(i.sent_at, i.prepared_at)) AS subject, CASE WHEN i.state = "
            "'Prepared' THEN a.id IS NULL ELSE i.sent_at < given.at - given.horizon - given.slack "
            "END AS violated FROM launch_intent AS i CROSS JOIN given LEFT JOIN (SELECT id FROM "
            "activity_open) AS a ON a.id = i.activity_id WHERE i.state IN ('Prepared', 'Sent', "
            "'Unknown')") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kDesiredHasCause(
    "audit_desired_has_cause",
    kGiven +
        SqlText(
            "SELECT g.account_id, format('group %s: desired %s, last change made it %s', g.id, "
            "g.desired_capacity, d.after) AS subject, d.after IS DISTINCT FROM g.desired_capacity "
            "AS violated FROM scaling_group AS g LEFT JOIN (SELECT DISTINCT ON (group_id) "
            "group_id, after FROM desired_change ORDER BY group_id, changed_at DESC) AS d ON "
            "d.group_id = g.id") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kDesiredChain(
    "audit_desired_chain",
    kGiven +
        SqlText("SELECT account_id, format('group %s at %s: from %s, but it was %s', group_id, "
                "changed_at, before, was) AS subject, before IS DISTINCT FROM was AS violated FROM "
                "(SELECT account_id, group_id, changed_at, before, lag(after) OVER (PARTITION BY "
                "group_id ORDER BY changed_at) AS was FROM desired_change) AS change") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kDesiredByRequest(
    "audit_desired_by_request",
    kGiven +
        SqlText(
            "SELECT d.account_id, format('group %s at %s: %s made %s of %s', d.group_id, "
            "d.changed_at, d.cause_kind, d.after, d.before) AS subject, d.cause_kind = 'Health' "
            "OR d.cause_kind = 'Policy' AND NOT EXISTS (SELECT FROM decision AS by WHERE "
            "by.group_id = d.group_id AND by.reason = 'Acted' AND by.desired_after = d.after AND "
            "by.decided_at BETWEEN d.changed_at - interval '1 minute' AND d.changed_at + interval "
            "'1 minute') AS violated FROM desired_change AS d CROSS JOIN given WHERE d.changed_at "
            ">= given.history_from") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kShardOfRows(
    "audit_shard_of_rows",
    kGiven +
        SqlText(
            "SELECT account_id, format('%s %s of group %s: shard %s', kind, id, group_id, "
            "row_shard) AS subject, row_shard <> shard AS violated FROM (SELECT g.account_id, "
            "'intent' AS kind, i.id::text, group_id, i.shard AS row_shard, g.shard FROM "
            "launch_intent AS i JOIN scaling_group AS g ON g.id = i.group_id WHERE i.state IN "
            "('Prepared', 'Sent', 'Unknown') UNION ALL SELECT g.account_id, 'task', t.id::text, "
            "group_id, t.shard, g.shard FROM scheduled_task AS t JOIN scaling_group AS g ON g.id "
            "= t.group_id UNION ALL SELECT g.account_id, 'event', o.event_id::text, group_id, "
            "o.shard, g.shard FROM outbox AS o JOIN scaling_group AS g ON g.id = o.group_id WHERE "
            "o.done_at IS NULL) AS held") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kOpenOrEnded(
    "audit_open_or_ended",
    kGiven +
        SqlText(
            "SELECT account_id, format('activity %s of group %s: %s rows', id, min(group_id), "
            "count(*)) AS subject, count(*) > 1 AS violated FROM (SELECT account_id, id, group_id "
            "FROM activity_open UNION ALL SELECT account_id, id, group_id FROM activity_history "
            "CROSS JOIN given WHERE start_time >= given.history_from) AS activity GROUP BY "
            "account_id, id") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kEndsByDeadline(
    "audit_ends_by_deadline",
    kGiven +
        SqlText(
            "SELECT account_id, format('activity %s of group %s: open since %s', id, group_id, "
            "start_time) AS subject, deadline + given.cleanup_grace + given.slack < given.at AS "
            "violated FROM activity_open CROSS JOIN given") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kEndedIsWhole(
    "audit_ended_is_whole",
    kGiven +
        SqlText(
            "SELECT account_id, format('activity %s of group %s', id, group_id) AS subject, "
            "end_time < start_time OR succeeded && failed AS violated FROM activity_history CROSS "
            "JOIN given WHERE start_time >= given.history_from") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kSlotHasActivity(
    "audit_slot_has_activity",
    kGiven +
        SqlText(
            "SELECT s.account_id, format('activity %s, slot %s', s.activity_id, s.number) AS "
            "subject, a.id IS NULL AS violated FROM activity_slot AS s LEFT JOIN activity_open AS "
            "a ON a.id = s.activity_id AND a.account_id = s.account_id") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kMemberHasActivity(
    "audit_member_has_activity",
    kGiven +
        SqlText(
            "SELECT m.account_id, format('member %s of group %s: %s, activity %s', m.instance_id, "
            "m.group_id, m.life_cycle, m.activity_id) AS subject, a.id IS NULL AS violated FROM "
            "scaling_instance AS m LEFT JOIN activity_open AS a ON a.group_id = m.group_id AND "
            "a.id = m.activity_id WHERE m.activity_id IS NOT NULL OR m.life_cycle = 'Pending'") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kCooldownIsKept(
    "audit_cooldown_is_kept",
    kGiven +
        SqlText(
            "SELECT d.account_id, format('group %s: policy %s acted at %s, cooldown of activity "
            "%s until %s', d.group_id, d.policy_id, d.decided_at, a.id, a.until) AS subject, a.id "
            "IS NOT NULL AS violated FROM decision AS d CROSS JOIN given LEFT JOIN LATERAL "
            "(SELECT h.id, h.end_time + h.cause_cooldown_us * interval '1 microsecond' AS until "
            "FROM activity_history AS h WHERE h.group_id = d.group_id AND h.account_id = "
            "d.account_id AND h.start_time >= given.history_from AND h.type IN ('ScaleOut', "
            "'ScaleIn') AND cardinality(h.succeeded) > 0 AND h.end_time <= d.decided_at AND "
            "d.decided_at < h.end_time + h.cause_cooldown_us * interval '1 microsecond' LIMIT 1) "
            "AS a ON true WHERE d.reason = 'Acted' AND d.decided_at >= given.history_from") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kCooldownIsRecorded(
    "audit_cooldown_is_recorded",
    kGiven +
        SqlText(
            "SELECT h.account_id, format('group %s: activity %s ended at %s, cooldown recorded "
            "until %s', g.id, h.id, h.end_time, g.cooldown_until) AS subject, g.cooldown_until IS "
            "NULL OR g.cooldown_until < h.end_time + h.cause_cooldown_us * interval '1 "
            "microsecond' AS violated FROM activity_history AS h CROSS JOIN given JOIN "
            "scaling_group AS g ON g.id = h.group_id WHERE h.start_time >= given.history_from AND "
            "h.type IN ('ScaleOut', 'ScaleIn') AND cardinality(h.succeeded) > 0 AND "
            "h.cause_cooldown_us > 0") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kDecidedOnce(
    "audit_decided_once",
    kGiven +
        SqlText(
            "SELECT account_id, format('group %s: policy %s at %s: %s, desired %s to %s', "
            "group_id, policy_id, window_end, reason, desired_before, desired_after) AS subject, "
            "(reason = 'Acted') <> (desired_before <> desired_after) OR decided_at < window_end "
            "AS violated FROM decision CROSS JOIN given WHERE decided_at >= given.history_from") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kOccurrenceActsWhenFired(
    "audit_occurrence_acts_when_fired",
    kGiven +
        SqlText(
            "SELECT account_id, format('task %s due at %s: %s, desired %s to %s', task_id, "
            "due_at, outcome, desired_before, desired_after) AS subject, decided_at < due_at OR "
            "outcome <> 'Fired' AND desired_before <> desired_after AS violated FROM "
            "task_occurrence CROSS JOIN given WHERE decided_at >= given.history_from") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kNextIsUndecided(
    "audit_next_is_undecided",
    kGiven +
        SqlText(
            "SELECT t.account_id, format('task %s of group %s: next due at %s', t.id, t.group_id, "
            "t.next_due_at) AS subject, o.task_id IS NOT NULL OR t.next_due_at < given.at - "
            "given.slack AS violated FROM scheduled_task AS t CROSS JOIN given LEFT JOIN "
            "task_occurrence AS o ON o.task_id = t.id AND o.due_at = t.next_due_at WHERE "
            "t.next_due_at IS NOT NULL") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kLeases(
    "audit_leases",
    kGiven +
        SqlText(
            "SELECT '' AS account_id, format('shard %s of session %s (%s): until %s', s.shard, "
            "s.sid, e.engine, e.expires_at) AS subject, e.sid IS NULL OR e.timeline <> s.timeline "
            "OR s.epoch < 1 OR e.expires_at NOT BETWEEN clock_timestamp() - given.lease_ttl - "
            "interval '5 seconds' AND clock_timestamp() + given.lease_ttl + interval '1 second' "
            "AS violated FROM shard AS s CROSS JOIN given LEFT JOIN engine_session AS e ON e.sid "
            "= s.sid WHERE s.sid IS NOT NULL") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kEventHasActivity(
    "audit_event_has_activity",
    kGiven +
        SqlText(
            "SELECT o.account_id, format('event %s of activity %s', o.event_id, o.activity_id) AS "
            "subject, a.id IS NOT NULL OR h.id IS NULL AND NOT EXISTS (SELECT FROM "
            "activity_history AS old WHERE old.id = o.activity_id) AS violated FROM outbox AS o "
            "CROSS JOIN given LEFT JOIN activity_open AS a ON a.id = o.activity_id LEFT JOIN "
            "LATERAL (SELECT id FROM activity_history AS h WHERE h.id = o.activity_id AND "
            "h.start_time >= given.history_from LIMIT 1) AS h ON true WHERE o.created_at >= "
            "given.history_from") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kEventGoesOn(
    "audit_event_goes_on",
    kGiven +
        SqlText(
            "SELECT o.account_id, format('event %s: of %s, fanned out at %s', o.event_id, "
            "o.created_at, o.fanned_out_at) AS subject, o.fanned_out_at IS NULL AND o.created_at "
            "< given.at - given.slack OR o.fanned_out_at IS NOT NULL AND NOT d.is_open OR d.due < "
            "given.at - given.slack AS violated FROM outbox AS o CROSS JOIN given CROSS JOIN "
            "LATERAL (SELECT count(*) > 0 AS is_open, min(next_at) AS due FROM outbox_delivery AS "
            "d WHERE d.event_id = o.event_id AND d.state = 'Open' AND NOT EXISTS (SELECT FROM "
            "outbox_delivery AS b WHERE b.state = 'Open' AND b.account_id = d.account_id AND "
            "b.contact_id = d.contact_id AND b.group_id = d.group_id AND b.seq < d.seq)) AS d "
            "WHERE o.done_at IS NULL") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kClientTokenAge(
    "audit_client_token_age",
    kGiven +
        SqlText("SELECT account_id, format('token %s of %s', token, created_at) AS subject, "
                "created_at < given.at - interval '26 hours' OR created_at > given.at AS violated "
                "FROM client_token CROSS JOIN given") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kAccountOfRows(
    "audit_account_of_rows",
    kGiven +
        SqlText(
            "SELECT g.account_id, format('%s %s of group %s: account %s', kind, row_id, g.id, "
            "row_account) AS subject, g.account_id <> row_account AS violated FROM scaling_group "
            "AS g JOIN (SELECT 'intent' AS kind, id::text AS row_id, group_id, account_id AS "
            "row_account FROM launch_intent UNION ALL SELECT 'event', event_id::text, group_id, "
            "account_id FROM outbox UNION ALL SELECT 'change', changed_at::text, group_id, "
            "account_id FROM desired_change UNION ALL SELECT 'member', instance_id, group_id, "
            "account_id FROM scaling_instance UNION ALL SELECT 'activity', id::text, group_id, "
            "account_id FROM activity_open UNION ALL SELECT 'ended activity', id::text, group_id, "
            "account_id FROM activity_history CROSS JOIN given WHERE start_time >= "
            "given.history_from) AS held ON held.group_id = g.id") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kMemberHasGroup(
    "audit_member_has_group",
    kGiven +
        SqlText(
            "SELECT m.account_id, format('member %s of group %s', m.instance_id, m.group_id) AS "
            "subject, g.id IS NULL AS violated FROM scaling_instance AS m LEFT JOIN scaling_group "
            "AS g ON g.id = m.group_id AND g.account_id = m.account_id WHERE m.life_cycle <> "
            "'Closed'") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kMemberTimes(
    "audit_member_times",
    kGiven +
        SqlText("SELECT account_id, format('member %s of group %s: %s', instance_id, group_id, "
                "life_cycle) AS subject, life_cycle = 'InService' AND in_service_at IS NULL OR "
                "(life_cycle = 'Closed') <> (closed_at IS NOT NULL) AS violated FROM "
                "scaling_instance") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kSlotHasMember(
    "audit_slot_has_member",
    kGiven +
        SqlText(
            "SELECT s.account_id, format('activity %s, slot %s: instance %s', s.activity_id, "
            "s.number, s.instance_id) AS subject, m.instance_id IS NULL AS violated FROM "
            "activity_slot AS s JOIN activity_open AS a ON a.id = s.activity_id LEFT JOIN "
            "scaling_instance AS m ON m.group_id = a.group_id AND m.account_id = a.account_id AND "
            "m.instance_id = s.instance_id WHERE s.instance_id <> ''") +
        kCounted);

// tidy:allow(account) of all accounts
constexpr Statement kSizes(
    "audit_sizes",
    kGiven +
        SqlText(
            "SELECT account_id, format('group %s: %s of %s to %s', id, desired_capacity, "
            "min_size, max_size) AS subject, desired_capacity NOT BETWEEN min_size AND max_size "
            "AS violated FROM scaling_group") +
        kCounted);

}  // namespace

absl::Span<const AuditQuery> AuditQueries() {
  static const AuditQuery kQueries[] = {
      {"I-1", "max_size",
       "Members and launches that may still arrive do not exceed MaxSize, as it was when they were "
       "planned.",
       kMaxSize},
      {"I-3", "protected", "No protected member is being removed.", kProtected},
      {"I-7", "member_has_intent",
       "Every member that was launched has the intent that launched it.", kMemberHasIntent},
      {"I-7", "intent_has_one_instance", "An instance comes from one intent.",
       kIntentHasOneInstance},
      {"I-7", "intent_was_written",
       "An intent that was sent has its time, and one with an instance names it.",
       kIntentWasWritten},
      {"I-8", "one_unresolved_intent",
       "A slot has one intent that may still arrive: the next comes when the last is resolved.",
       kOneUnresolvedIntent},
      {"I-8", "intent_horizon",
       "No launch of unknown outcome outlives its horizon, and none is prepared for an activity "
       "that has ended.",
       kIntentHorizon},
      {"I-9", "desired_has_cause", "Desired capacity is what its last recorded change made it.",
       kDesiredHasCause},
      {"I-9", "desired_chain",
       "Every change of desired capacity begins where the one before it ended.", kDesiredChain},
      {"I-9", "desired_by_request",
       "Only users, tasks and policies change desired capacity, and a policy's change has its "
       "decision.",
       kDesiredByRequest},
      {"I-10", "shard_of_rows",
       "The rows of a group are its shard's, so that one fence covers them.", kShardOfRows},
      {"I-13", "open_or_ended", "An activity is open or has ended, never both, and ends once.",
       kOpenOrEnded},
      {"I-13", "ends_by_deadline", "An activity ends by its deadline and the clean-up grace.",
       kEndsByDeadline},
      {"I-13", "ended_is_whole",
       "An ended activity has its times in order, and no instance both succeeded and failed.",
       kEndedIsWhole},
      {"I-13", "slot_has_activity", "A slot is an open activity's, and of its account.",
       kSlotHasActivity},
      {"I-13", "member_has_activity",
       "A member that an activity works on, or that waits to come into service, has it open.",
       kMemberHasActivity},
      {"I-14", "cooldown_is_kept",
       "No policy acts within the cooldown that an activity's end began.", kCooldownIsKept},
      {"I-14", "cooldown_is_recorded",
       "The cooldown is in the group's row since the commit that ended its activity.",
       kCooldownIsRecorded},
      {"I-16", "decided_once", "A decision that did not act changed nothing.", kDecidedOnce},
      {"I-17", "occurrence_acts_when_fired",
       "A due instant is decided at or after it is due, and changes desired capacity only if it "
       "fired.",
       kOccurrenceActsWhenFired},
      {"I-17", "next_is_undecided",
       "The next due instant of a task was not decided yet, and is not long past.",
       kNextIsUndecided},
      {"I-18", "leases",
       "No lease is longer than its TTL, and no shard stays with an engine that is gone.", kLeases},
      {"I-19", "event_has_activity", "An event announces an activity that has ended.",
       kEventHasActivity},
      {"I-19", "event_goes_on",
       "An event is fanned out soon, tried when it is due, and done when its deliveries have "
       "ended.",
       kEventGoesOn},
      {"I-21", "client_token_age", "A client token is kept a day, and not much longer.",
       kClientTokenAge},
      {"I-23", "account_of_rows", "What belongs to a group is of the group's account.",
       kAccountOfRows},
      {"rows", "member_has_group", "An unclosed member has its group.", kMemberHasGroup},
      {"rows", "member_times",
       "A member in service says since when, and a closed one, and no other, when it left.",
       kMemberTimes},
      {"rows", "slot_has_member",
       "A slot with an instance has the member, in the group of its activity.", kSlotHasMember},
      {"rows", "sizes", "Desired capacity lies between MinSize and MaxSize.", kSizes},
  };
  return kQueries;
}

}  // namespace accordion::persistence
