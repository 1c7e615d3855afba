// Every promise of the audit finds what breaks it, and nothing in a database where all is well.
#include "engine/ports/audit.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "persistence/audit_queries.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_database.h"

namespace accordion::persistence {

using ::accordion::testing::RunSql;
using ::accordion::testing::TestDatabase;
using ::testing::Contains;
using ::testing::Key;

namespace {

// A database at work: each promise applies to at least one row, and all are kept. Activity 20 is
// open and launches member i-2; activity 10 has ended and left i-1 in service.
constexpr char kHealthy[] = R"sql(
INSERT INTO account (id, name, sealed_data_key) VALUES ('a', 'a', ''), ('b', 'b', '');
INSERT INTO scaling_configuration VALUES (1, 'a', 'n', 'i', '{}', 'c', 0, NULL, '{}', false, NULL,
  '[]', '{}', '{}', '', '', false, NULL, '[]', NULL, NULL, NULL, NULL, NULL, NULL, now(), 0, 0, 0,
  0, '{}');
INSERT INTO scaling_group VALUES (1, 'a', 7, 'g', 'Active', 0, 3, 2, 'Create', 'created', NULL, 0,
  1, 'RemoveOldestInstance', 'v', '{s}', 'choice-first', '{}', '[]', '{}', now(),
  now() + interval '10 minutes', NULL, NULL, NULL, 0, NULL, 0, now());
UPDATE scaling_group SET desired_capacity = 3, cause_kind = 'Policy', cause_text = 'cpu',
  cause_policy_id = 5;
INSERT INTO decision VALUES (5, date_trunc('minute', now()) - interval '1 minute', 'a', 1, now(),
  'Acted', 2, 3, 3, '{}', '[]');
INSERT INTO activity_history VALUES (10, 1, 'a', 'ScaleOut', 'Succeeded', 'Create', '', NULL,
  60000000, '', now() - interval '1 hour', now() - interval '50 minutes', now(), 0, '{i-1}', '{}',
  '[]', '{}');
INSERT INTO activity_open VALUES (1, 20, 'a', 'ScaleOut', 'Policy', '', NULL, 0, '', now(),
  now() + interval '1 hour', 0, '{}', '{}', NULL, '[]', '{}');
INSERT INTO activity_slot (activity_id, number, account_id, state, creation_type, subnet_id,
  instance_type, intent_id, tried, negative_lookups, instance_id, instance_name, host_name,
  private_ip, network_interface_id, zone, project_id, registrations, must_list, absent_reads,
  attempts, launches, state_since, failure, failure_words)
  SELECT 20, n, 'a', 'Booting', 'Auto', '', '', '', '[]', 0, CASE n WHEN 0 THEN 'i-2' ELSE '' END,
  '', '', '', '', '', 0, '[]', false, 0, 0, 1, now(), 'None', '' FROM generate_series(0, 1) AS n;
INSERT INTO launch_intent (id, account_id, group_id, activity_id, slot, state, subnet_id,
  instance_type, sent_at, send_not_after, launch_name, project_id, shard, instance_id, outcome)
  VALUES
  ('one', 'a', 1, 10, 0, 'Accepted', '', '', now() - interval '1 hour',
   now() - interval '50 minutes', '', 0, 7, 'i-1', ''),
  ('two', 'a', 1, 20, 0, 'Adopted', '', '', now(), now(), '', 0, 7, 'i-2', ''),
  ('three', 'a', 1, 20, 1, 'Sent', '', '', now(), now(), '', 0, 7, '', '');
INSERT INTO scaling_instance (account_id, group_id, instance_id, name, host_name, life_cycle,
  health, creation_type, subnet_id, zone, instance_type, private_ip, network_interface_id,
  project_id, is_protected, activity_id, registrations, add_time, in_service_at) VALUES
  ('a', 1, 'i-1', '', '', 'InService', 'Healthy', 'Auto', 's', '', '', '', '', 0, true, NULL,
   '[]', now(), now()),
  ('a', 1, 'i-2', '', '', 'Pending', 'Healthy', 'Auto', 's', '', '', '', '', 0, false, 20, '[]',
   now(), NULL);
INSERT INTO scheduled_task VALUES (30, 'a', 1, 7, 't', 3, 0, 2, now() - interval '2 hours', NULL,
  '', '', '', now() + interval '1 hour', now(), 0);
INSERT INTO task_occurrence VALUES (30, now() - interval '2 hours', 'a', 1, 'Fired',
  now() - interval '2 hours', 2, 3, '');
INSERT INTO engine_session (engine, timeline, opened_at, expires_at)
  VALUES ('e', current_timeline(), now(), clock_timestamp() + interval '12 seconds');
UPDATE shard SET sid = (SELECT sid FROM engine_session), epoch = 1, timeline = current_timeline();
INSERT INTO contact VALUES ('a', 'hook', 'Webhook', 'https://h', 'h', NULL, true);
INSERT INTO outbox (event_id, account_id, group_id, activity_id, type, created_at, shard,
  fanned_out_at) VALUES ('00000000-0000-0000-0000-000000000001', 'a', 1, 10, 1, now(), 7, now());
INSERT INTO outbox_delivery (event_id, contact_id, account_id, group_id, shard, seq, next_at)
  SELECT event_id, 'hook', 'a', 1, 7, seq, now() FROM outbox;
INSERT INTO client_token VALUES ('a', 'token', 'CreateScalingGroup', '', '', now());
)sql";

// What breaks a promise. The schema refuses most of it, so keys and triggers are off meanwhile.
const std::multimap<std::string, std::string> kDamage = {
    {"max_size",
     "UPDATE launch_intent SET state = 'Prepared', activity_id = 20, slot = 2 WHERE id = 'one'; "
     "UPDATE launch_intent SET state = 'Unknown', slot = 3 WHERE id = 'two'"},
    {"protected", "UPDATE scaling_instance SET life_cycle = 'Terminating' WHERE is_protected"},
    {"protected", "UPDATE scaling_instance SET life_cycle = 'Detaching' WHERE is_protected"},
    {"member_has_intent", "DELETE FROM launch_intent WHERE id = 'one'"},
    {"intent_has_one_instance",
     "UPDATE launch_intent SET state = 'Adopted', instance_id = 'i-1' WHERE id = 'three'"},
    {"intent_was_written", "UPDATE launch_intent SET sent_at = NULL WHERE id = 'two'"},
    {"intent_was_written", "UPDATE launch_intent SET instance_id = '' WHERE id = 'two'"},
    {"one_unresolved_intent",
     "UPDATE launch_intent SET state = 'Unknown', slot = 1 WHERE id = 'two'"},
    {"intent_horizon",
     "UPDATE launch_intent SET sent_at = now() - interval '31 minutes' WHERE id = 'three'"},
    {"intent_horizon",
     "UPDATE launch_intent SET state = 'Prepared', activity_id = 10 WHERE id = 'three'"},
    {"desired_has_cause", "UPDATE scaling_group SET desired_capacity = 1"},
    {"desired_chain", "UPDATE desired_change SET before = 1 WHERE before = 2"},
    {"desired_by_request", "UPDATE desired_change SET cause_kind = 'Health' WHERE before IS NULL"},
    {"desired_by_request", "DELETE FROM decision"},
    {"shard_of_rows", "UPDATE launch_intent SET shard = 8 WHERE id = 'three'"},
    {"shard_of_rows", "UPDATE scheduled_task SET shard = 8"},
    {"shard_of_rows", "UPDATE outbox SET shard = 8"},
    {"open_or_ended", "UPDATE activity_open SET id = 10"},
    {"open_or_ended",
     "INSERT INTO activity_history SELECT id, group_id, account_id, type, status, cause_kind, "
     "cause_text, cause_policy_id, cause_cooldown_us, description, start_time + interval '1 "
     "second', end_time, deadline, error_code, succeeded, failed, slb_configs, security_group_ids "
     "FROM activity_history"},
    {"ends_by_deadline", "UPDATE activity_open SET deadline = now() - interval '21 minutes'"},
    {"ended_is_whole", "UPDATE activity_history SET end_time = start_time - interval '1 second'"},
    {"ended_is_whole", "UPDATE activity_history SET failed = succeeded"},
    {"slot_has_activity", "DELETE FROM activity_open"},
    {"member_has_activity", "UPDATE scaling_instance SET activity_id = 10 WHERE activity_id = 20"},
    {"member_has_activity",
     "UPDATE scaling_instance SET activity_id = NULL WHERE activity_id = 20"},
    {"cooldown_is_kept",
     "UPDATE decision SET decided_at = now() - interval '49.5 minutes', "
     "window_end = now() - interval '60 minutes'"},
    {"cooldown_is_recorded", "UPDATE scaling_group SET cooldown_until = NULL"},
    {"decided_once", "UPDATE decision SET reason = 'InCooldown'"},
    {"decided_once", "UPDATE decision SET window_end = decided_at + interval '1 second'"},
    {"occurrence_acts_when_fired", "UPDATE task_occurrence SET outcome = 'Expired'"},
    {"occurrence_acts_when_fired",
     "UPDATE task_occurrence SET decided_at = due_at - interval '1 s'"},
    {"next_is_undecided",
     "UPDATE scheduled_task SET next_due_at = (SELECT due_at FROM task_occurrence)"},
    {"next_is_undecided", "UPDATE scheduled_task SET next_due_at = now() - interval '11 minutes'"},
    {"leases", "UPDATE engine_session SET expires_at = clock_timestamp() - interval '18 seconds'"},
    {"leases", "UPDATE engine_session SET expires_at = clock_timestamp() + interval '14 seconds'"},
    {"leases", "UPDATE engine_session SET timeline = 'other'"},
    {"leases", "DELETE FROM engine_session"},
    {"event_has_activity", "UPDATE outbox SET activity_id = 20"},
    {"event_has_activity", "UPDATE outbox SET activity_id = 99"},
    {"event_goes_on",
     "UPDATE outbox SET fanned_out_at = NULL, created_at = now() - interval '11 minutes'"},
    {"event_goes_on", "UPDATE outbox_delivery SET state = 'Delivered', ended_at = now()"},
    {"event_goes_on", "UPDATE outbox_delivery SET next_at = now() - interval '11 minutes'"},
    {"client_token_age", "UPDATE client_token SET created_at = now() - interval '27 hours'"},
    {"account_of_rows", "UPDATE launch_intent SET account_id = 'b' WHERE id = 'three'"},
    {"account_of_rows", "UPDATE outbox SET account_id = 'b'"},
    {"account_of_rows", "UPDATE desired_change SET account_id = 'b'"},
    {"account_of_rows", "UPDATE scaling_instance SET account_id = 'b'"},
    {"account_of_rows", "UPDATE activity_open SET account_id = 'b'"},
    {"account_of_rows", "UPDATE activity_history SET account_id = 'b'"},
    {"member_has_group", "DELETE FROM scaling_group"},
    {"member_times", "UPDATE scaling_instance SET in_service_at = NULL"},
    {"member_times", "UPDATE scaling_instance SET closed_at = now()"},
    {"slot_has_member", "DELETE FROM scaling_instance WHERE instance_id = 'i-2'"},
    {"sizes",
     "ALTER TABLE scaling_group DROP CONSTRAINT scaling_group_check; "
     "UPDATE scaling_group SET min_size = 9"},
};

}  // namespace

class AuditTest : public ::testing::Test {
 protected:
  void SetUp() override { Damage(kHealthy, "origin"); }

  void Damage(const std::string& sql, const std::string& role = "replica") {
    RunSql(test_database_->dsn(), absl::StrCat("SET session_replication_role = ", role, "; ", sql));
  }

  ports::AuditReport Run(int max_violations = 20) {
    const absl::StatusOr<ports::AuditReport> report =
        database_->audit().Run({.horizon = absl::Minutes(20),
                                .lease_ttl = absl::Seconds(12),
                                .cleanup_grace = absl::Minutes(10),
                                .max_violations = max_violations});
    EXPECT_OK(report);
    return report.value_or(ports::AuditReport());
  }

  // The broken promises, with what was shown of the first violation.
  std::map<std::string, std::string> Broken() {
    std::map<std::string, std::string> broken;
    for (const ports::AuditFinding& finding : Run().findings) {
      EXPECT_EQ(finding.violations > 0, !finding.shown.empty()) << finding.name;
      EXPECT_LE(finding.violations, finding.checked) << finding.name;
      if (finding.violations > 0) broken[finding.name] = finding.shown.front().subject;
    }
    return broken;
  }

  void Renew() {
    database_.reset();
    test_database_.emplace();
    database_ = *OpenDatabase(test_database_->options());
    SetUp();
  }

  std::optional<TestDatabase> test_database_{std::in_place};
  std::unique_ptr<Database> database_ = *OpenDatabase(test_database_->options());
};

TEST_F(AuditTest, FindsNothingWhereAllIsWellAndLooksAtRowsForEachPromise) {
  const ports::AuditReport report = Run();
  EXPECT_EQ(report.findings.size(), AuditQueries().size());
  for (const ports::AuditFinding& finding : report.findings) {
    EXPECT_EQ(finding.violations, 0)
        << finding.name << ": " << (finding.shown.empty() ? "" : finding.shown[0].subject);
    EXPECT_GT(finding.checked, 0) << finding.name;
    EXPECT_FALSE(finding.promise.empty());
  }
}

TEST_F(AuditTest, FindsNothingInAnEmptyDatabase) {
  test_database_.emplace();
  database_ = *OpenDatabase(test_database_->options());
  EXPECT_THAT(Broken(), ::testing::IsEmpty());
}

TEST_F(AuditTest, FindsEachPlantedViolation) {
  std::set<std::string> planted;
  for (const auto& [name, sql] : kDamage) {
    Damage(sql);
    EXPECT_THAT(Broken(), Contains(Key(name))) << sql;
    planted.insert(name);
    Renew();
  }
  std::set<std::string> names;
  for (const AuditQuery& query : AuditQueries()) names.insert(query.name);
  EXPECT_EQ(planted, names);
}

TEST_F(AuditTest, CountsAllViolationsAndShowsAsManyAsAskedFor) {
  Damage("UPDATE launch_intent SET state = 'Accepted', instance_id = '', sent_at = now()");
  for (const ports::AuditFinding& finding : Run(/*max_violations=*/2).findings) {
    if (finding.name != "intent_was_written") continue;
    EXPECT_EQ(finding.checked, 3);
    EXPECT_EQ(finding.violations, 3);
    ASSERT_EQ(finding.shown.size(), 2u);
    EXPECT_EQ(finding.shown[0].account_id, domain::AccountId("a"));
    EXPECT_EQ(finding.shown[0].subject, "intent one of group 1: Accepted");
    return;
  }
  FAIL();
}

}  // namespace accordion::persistence
