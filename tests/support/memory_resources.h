// The resources of the in-memory store: the calls of engine/ports on a MemoryState.
#pragma once

#include "tests/support/memory_state.h"

namespace accordion::testing {

class MemoryAccounts final : public ports::AccountStore {
 public:
  explicit MemoryAccounts(MemoryState& state) : state_(state) {}
  absl::Status PutAccount(const ports::Account& account) override;
  absl::StatusOr<ports::Account> GetAccount(const domain::AccountId& id) override;
  absl::Status PutAccessKey(const ports::AccessKey& key) override;
  absl::StatusOr<ports::AccessKey> GetAccessKey(absl::string_view access_key_id) override;
  absl::Status PutCloudCredential(const ports::CloudCredential& credential) override;
  absl::StatusOr<ports::CloudCredential> GetCloudCredential(
      const domain::AccountId& account) override;
  absl::Status PutMetricCredential(const ports::MetricCredential& credential) override;
  absl::StatusOr<ports::MetricCredential> GetMetricCredential(
      absl::string_view token_sha256) override;
  absl::StatusOr<domain::Quotas> GetQuotas(const domain::AccountId& account) override;
  absl::StatusOr<domain::Quotas> LockQuotas(const domain::AccountId& account) override;
  absl::Status PutQuota(const domain::AccountId& account, absl::string_view name,
                        int value) override;

 private:
  MemoryState& state_;
};

class MemoryConfigurations final : public ports::ConfigurationStore {
 public:
  explicit MemoryConfigurations(MemoryState& state) : state_(state) {}
  absl::Status Insert(const domain::ScalingConfiguration& configuration) override;
  absl::StatusOr<domain::ScalingConfiguration> Get(const domain::AccountId& account,
                                                   const domain::ConfigurationId& id) override;
  absl::StatusOr<domain::ScalingConfiguration> Lock(const domain::AccountId& account,
                                                    const domain::ConfigurationId& id) override;
  absl::StatusOr<domain::ScalingConfiguration> LockShared(
      const domain::AccountId& account, const domain::ConfigurationId& id) override;
  absl::Status Update(const domain::ScalingConfiguration& configuration) override;
  absl::Status Delete(const domain::AccountId& account, const domain::ConfigurationId& id) override;
  absl::StatusOr<ports::Listing<domain::ScalingConfiguration>> List(
      const domain::AccountId& account, const ports::ConfigurationFilter& filter,
      const ports::Page& page) override;
  absl::StatusOr<int> Count(const domain::AccountId& account) override;
  absl::StatusOr<std::vector<ports::ConfigurationUser>> Users(
      const domain::AccountId& account, const std::vector<domain::ConfigurationId>& ids) override;

 private:
  MemoryState& state_;
};

class MemoryGroups final : public ports::GroupStore {
 public:
  explicit MemoryGroups(MemoryState& state) : state_(state) {}
  absl::Status Insert(const domain::ScalingGroup& group) override;
  absl::StatusOr<domain::ScalingGroup> Get(const ports::GroupKey& key) override;
  absl::StatusOr<domain::ScalingGroup> Lock(const ports::GroupKey& key) override;
  absl::Status Update(const domain::ScalingGroup& group) override;
  absl::Status Delete(const ports::GroupKey& key) override;
  absl::StatusOr<ports::Listing<domain::ScalingGroup>> List(const domain::AccountId& account,
                                                            const ports::GroupFilter& filter,
                                                            const ports::Page& page) override;
  absl::StatusOr<int> Count(const domain::AccountId& account) override;
  absl::Status SetWake(const ports::GroupKey& key, absl::Time wake_at) override;
  absl::StatusOr<std::vector<ports::DueGroup>> Due(absl::Span<const int> shards, absl::Time now,
                                                   int limit) override;
  absl::StatusOr<std::vector<domain::ScalingGroup>> Scan(absl::Span<const int> shards,
                                                         const domain::GroupId& after,
                                                         int limit) override;

 private:
  MemoryState& state_;
};

class MemoryPolicies final : public ports::PolicyStore {
 public:
  explicit MemoryPolicies(MemoryState& state) : state_(state) {}
  absl::StatusOr<domain::PolicyId> NewPolicyId() override;
  absl::Status Insert(const domain::ScalingPolicy& policy) override;
  absl::StatusOr<domain::ScalingPolicy> Get(const ports::GroupKey& group,
                                            const domain::PolicyId& id) override;
  absl::StatusOr<domain::ScalingPolicy> Lock(const ports::GroupKey& group,
                                             const domain::PolicyId& id) override;
  absl::Status Update(const domain::ScalingPolicy& policy) override;
  absl::Status Delete(const ports::GroupKey& group, const domain::PolicyId& id) override;
  absl::StatusOr<ports::Listing<domain::ScalingPolicy>> List(const ports::GroupKey& group,
                                                             const ports::PolicyFilter& filter,
                                                             const ports::Page& page) override;
  absl::StatusOr<int> Count(const ports::GroupKey& group) override;
  absl::StatusOr<std::vector<domain::ScalingPolicy>> Scan(absl::Span<const int> shards,
                                                          const domain::PolicyId& after,
                                                          int limit) override;
  absl::Status SaveRuns(absl::Span<const ports::PolicyCheckpoint> runs) override;
  absl::StatusOr<std::vector<ports::PolicyCheckpoint>> LoadRuns(
      absl::Span<const int> shards) override;

 private:
  MemoryState& state_;
};

class MemoryTasks final : public ports::TaskStore {
 public:
  explicit MemoryTasks(MemoryState& state) : state_(state) {}
  absl::Status Insert(const domain::ScheduledTask& task) override;
  absl::StatusOr<domain::ScheduledTask> Find(const domain::AccountId& account,
                                             const domain::TaskId& id) override;
  absl::StatusOr<domain::ScheduledTask> Lock(const ports::GroupKey& group,
                                             const domain::TaskId& id) override;
  absl::Status Update(const domain::ScheduledTask& task) override;
  absl::Status Delete(const ports::GroupKey& group, const domain::TaskId& id) override;
  absl::StatusOr<ports::Listing<ports::ListedTask>> List(const ports::GroupKey& group,
                                                         const ports::TaskFilter& filter,
                                                         const ports::Page& page) override;
  absl::StatusOr<int> Count(const ports::GroupKey& group) override;
  absl::StatusOr<std::vector<ports::DueGroupTasks>> Due(absl::Span<const int> shards,
                                                        absl::Time until, int limit) override;
  absl::StatusOr<std::vector<domain::ScheduledTask>> LockDue(const ports::GroupKey& group,
                                                             absl::Time now) override;
  absl::StatusOr<std::vector<absl::Time>> AddOccurrences(
      const ports::GroupKey& group, absl::Span<const ports::TaskOccurrence> occurrences) override;
  absl::StatusOr<ports::Listing<ports::TaskOccurrence>> Occurrences(
      const ports::GroupKey& group, const domain::TaskId& id, const ports::Page& page) override;
  absl::StatusOr<int> PruneOccurrences(absl::Time before, int limit) override;

 private:
  MemoryState& state_;
};

class MemoryMembers final : public ports::MemberStore {
 public:
  explicit MemoryMembers(MemoryState& state) : state_(state) {}
  absl::Status Insert(const domain::Member& member) override;
  absl::StatusOr<domain::Member> Lock(const ports::GroupKey& group,
                                      const domain::InstanceId& id) override;
  absl::Status Update(const domain::Member& member) override;
  absl::StatusOr<std::vector<domain::Member>> Unclosed(const ports::GroupKey& group) override;
  absl::StatusOr<std::vector<domain::Member>> Pick(const ports::GroupKey& group,
                                                   absl::Span<const domain::InstanceId> ids,
                                                   domain::LifeCycle life_cycle,
                                                   const domain::ActivityId& activity) override;
  absl::StatusOr<std::vector<domain::Member>> Protect(const ports::GroupKey& group,
                                                      absl::Span<const domain::InstanceId> ids,
                                                      bool is_protected) override;
  absl::StatusOr<ports::Listing<domain::Member>> List(const ports::GroupKey& group,
                                                      const ports::MemberFilter& filter,
                                                      const ports::Page& page) override;
  absl::StatusOr<int> Count(const ports::GroupKey& group) override;
  absl::StatusOr<std::vector<domain::Member>> Scan(absl::Span<const int> shards,
                                                   const domain::GroupId& after_group,
                                                   int limit_groups) override;

 private:
  MemoryState& state_;
};

class MemoryActivities final : public ports::ActivityStore {
 public:
  explicit MemoryActivities(MemoryState& state) : state_(state) {}
  absl::Status Open(const activity::Activity& activity, absl::Span<const activity::Slot> slots,
                    absl::Span<const activity::LaunchIntent> intents) override;
  absl::StatusOr<std::optional<ports::OpenActivity>> GetOpen(const ports::GroupKey& group) override;
  absl::StatusOr<std::optional<ports::OpenActivity>> LockOpen(
      const ports::GroupKey& group) override;
  absl::StatusOr<std::vector<ports::OpenActivity>> ScanOpen(absl::Span<const int> shards) override;
  absl::StatusOr<activity::Slot> LockSlot(const ports::GroupKey& group,
                                          const domain::ActivityId& activity, int number) override;
  absl::Status UpdateSlot(const ports::GroupKey& group, const activity::Slot& slot) override;
  absl::Status InsertIntent(const activity::LaunchIntent& intent) override;
  absl::Status UpdateIntent(const activity::LaunchIntent& intent,
                            activity::IntentState from) override;
  absl::StatusOr<activity::LaunchIntent> GetIntent(const domain::AccountId& account,
                                                   const domain::IntentId& id) override;
  absl::StatusOr<int> UnresolvedIntents(const ports::GroupKey& group) override;
  absl::StatusOr<std::vector<activity::LaunchIntent>> UnresolvedEnded(absl::Span<const int> shards,
                                                                      int limit) override;
  absl::Status Finish(const activity::Activity& finished) override;
  absl::StatusOr<ports::Listing<activity::Activity>> List(const ports::GroupKey& group,
                                                          const ports::ActivityFilter& filter,
                                                          const ports::Page& page) override;

 private:
  const activity::Activity* FindOpen(const ports::GroupKey& group) const;
  ports::OpenActivity WithSlots(const activity::Activity& activity) const;

  MemoryState& state_;
};

class MemoryDecisions final : public ports::DecisionStore {
 public:
  explicit MemoryDecisions(MemoryState& state) : state_(state) {}
  absl::Status Insert(const ports::DecisionRecord& record) override;
  absl::StatusOr<ports::Listing<ports::DecisionRecord>> List(const ports::GroupKey& group,
                                                             const ports::Page& page) override;

 private:
  MemoryState& state_;
};

class MemoryOutbox final : public ports::OutboxStore {
 public:
  explicit MemoryOutbox(MemoryState& state) : state_(state) {}
  absl::StatusOr<std::vector<int>> SubscribedTypes(const ports::GroupKey& group) override;
  absl::Status Add(const ports::OutboxEvent& event) override;
  absl::StatusOr<std::vector<ports::OutboxEvent>> Pending(int limit) override;
  absl::StatusOr<int> FanOut(absl::Span<const int> shards, int limit) override;
  absl::StatusOr<std::vector<ports::ClaimedDelivery>> Claim(
      const ports::ClaimOptions& options) override;
  absl::Status Retry(const ports::ClaimedDelivery& claimed, absl::Time next_at,
                     absl::string_view error) override;
  absl::Status End(const ports::ClaimedDelivery& claimed, ports::DeliveryState state,
                   absl::string_view error) override;
  absl::StatusOr<std::vector<ports::Delivery>> Deliveries(absl::string_view event_id) override;
  absl::StatusOr<int> Prune(absl::Time before, int limit) override;

 private:
  bool MayClaim(const MemoryDeliveryRow& row, const ports::ClaimOptions& options) const;
  absl::StatusOr<MemoryDeliveryRow> Claimed(const ports::ClaimedDelivery& claimed) const;

  MemoryState& state_;
};

class MemoryNotifications final : public ports::NotificationStore {
 public:
  explicit MemoryNotifications(MemoryState& state) : state_(state) {}
  absl::StatusOr<std::optional<domain::ScalingNotification>> Find(
      const ports::GroupKey& group) override;
  absl::Status Put(const domain::ScalingNotification& notification) override;

 private:
  MemoryState& state_;
};

class MemoryClientTokens final : public ports::ClientTokenStore {
 public:
  explicit MemoryClientTokens(MemoryState& state) : state_(state) {}
  absl::StatusOr<std::optional<ports::ClientTokenRecord>> Find(const domain::AccountId& account,
                                                               absl::string_view token,
                                                               absl::Time since) override;
  absl::StatusOr<std::optional<ports::ClientTokenRecord>> Lock(const domain::AccountId& account,
                                                               absl::string_view token,
                                                               absl::Time since) override;
  absl::Status Put(const ports::ClientTokenRecord& record) override;
  absl::StatusOr<int> Prune(absl::Time before, int limit) override;

 private:
  MemoryState& state_;
};

class MemoryPairRests final : public ports::PairRestStore {
 public:
  explicit MemoryPairRests(MemoryState& state) : state_(state) {}
  absl::StatusOr<std::vector<domain::PairRest>> Resting(const domain::AccountId& account,
                                                        absl::Span<const domain::SubnetId> subnets,
                                                        absl::Time now) override;
  absl::StatusOr<std::optional<domain::PairRest>> Lock(const domain::AccountId& account,
                                                       const domain::PlacementPair& pair) override;
  absl::Status Put(const domain::AccountId& account, const domain::PairRest& rest,
                   absl::Time forget_before) override;
  absl::Status Clear(const domain::AccountId& account, const domain::PlacementPair& pair,
                     absl::Time sent_at) override;

 private:
  MemoryState& state_;
};

class MemoryContacts final : public ports::ContactStore {
 public:
  explicit MemoryContacts(MemoryState& state) : state_(state) {}
  absl::Status Put(const ports::Contact& contact) override;
  absl::StatusOr<ports::Contact> Get(const domain::AccountId& account,
                                     absl::string_view id) override;
  absl::StatusOr<std::vector<ports::Contact>> List(const domain::AccountId& account) override;
  absl::Status Delete(const domain::AccountId& account, absl::string_view id) override;

 private:
  void DropDeliveries(const domain::AccountId& account, absl::string_view id);

  MemoryState& state_;
};

}  // namespace accordion::testing
