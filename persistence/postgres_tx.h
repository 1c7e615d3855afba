// ports::Tx on one open PostgreSQL transaction.
#pragma once

#include "engine/ports/store.h"
#include "persistence/account_queries.h"
#include "persistence/activity_queries.h"
#include "persistence/client_token_queries.h"
#include "persistence/configuration_queries.h"
#include "persistence/contact_queries.h"
#include "persistence/decision_queries.h"
#include "persistence/group_queries.h"
#include "persistence/member_queries.h"
#include "persistence/notification_queries.h"
#include "persistence/outbox_queries.h"
#include "persistence/pair_rest_queries.h"
#include "persistence/policy_queries.h"
#include "persistence/task_queries.h"

namespace accordion::persistence {

class PostgresTx final : public ports::Tx {
 public:
  PostgresTx(SqlTransaction& sql, const EnvelopeCipher& cipher)
      : sql_(sql),
        sealed_(sql, cipher),
        accounts_(sql, sealed_),
        groups_(sql),
        configurations_(sql, sealed_),
        policies_(sql),
        tasks_(sql),
        members_(sql),
        activities_(sql, sealed_),
        decisions_(sql),
        outbox_(sql, sealed_),
        notifications_(sql),
        contacts_(sql, sealed_),
        client_tokens_(sql, sealed_),
        pair_rests_(sql) {}

  absl::Time Now() override { return sql_.Now(); }
  absl::StatusOr<int64_t> NewId() override;

  ports::AccountStore& accounts() override { return accounts_; }
  ports::GroupStore& groups() override { return groups_; }
  ports::ConfigurationStore& configurations() override { return configurations_; }
  ports::PolicyStore& policies() override { return policies_; }
  ports::TaskStore& tasks() override { return tasks_; }
  ports::MemberStore& members() override { return members_; }
  ports::ActivityStore& activities() override { return activities_; }
  ports::DecisionStore& decisions() override { return decisions_; }
  ports::OutboxStore& outbox() override { return outbox_; }
  ports::NotificationStore& notifications() override { return notifications_; }
  ports::ContactStore& contacts() override { return contacts_; }
  ports::ClientTokenStore& client_tokens() override { return client_tokens_; }
  ports::PairRestStore& pair_rests() override { return pair_rests_; }

 private:
  SqlTransaction& sql_;
  SealedColumns sealed_;
  AccountQueries accounts_;
  GroupQueries groups_;
  ConfigurationQueries configurations_;
  PolicyQueries policies_;
  TaskQueries tasks_;
  MemberQueries members_;
  ActivityQueries activities_;
  DecisionQueries decisions_;
  OutboxQueries outbox_;
  NotificationQueries notifications_;
  ContactQueries contacts_;
  ClientTokenQueries client_tokens_;
  PairRestQueries pair_rests_;
};

}  // namespace accordion::persistence
