// Two sessions at once: what must never both succeed.
#include "absl/strings/str_cat.h"
#include "tests/contract/race.h"
#include "tests/contract/store_contract.h"

namespace accordion::testing {

namespace {

constexpr int kRounds = 300;

}  // namespace

TEST_P(StoreContract, AProtectedMemberIsNeverPicked) {
  const domain::ScalingGroup group = AddGroup();
  std::vector<domain::InstanceId> ids;
  for (int round = 0; round < kRounds; ++round) {
    ids.push_back(AddMember(group, absl::StrCat("i-", round)).instance_id);
  }
  absl::StatusOr<std::vector<domain::Member>> picked;
  absl::StatusOr<std::vector<domain::Member>> guarded;
  int won_by_pick = 0;
  Race(
      kRounds,
      [&](int round) {
        const domain::InstanceId& id = ids[static_cast<size_t>(round)];
        picked = Write([&](ports::Tx& tx) {
          return tx.members().Pick(KeyOf(group), {id}, domain::LifeCycle::kTerminating,
                                   domain::ActivityId(1));
        });
      },
      [&](int round) {
        const domain::InstanceId& id = ids[static_cast<size_t>(round)];
        guarded =
            Write([&](ports::Tx& tx) { return tx.members().Protect(KeyOf(group), {id}, true); });
      },
      [&](int) {
        ASSERT_OK(picked);
        won_by_pick += picked->empty() ? 0 : 1;
        // Exactly one of the two: protected, or picked and the protection refused.
        ASSERT_EQ(guarded.ok(), picked->empty());
        if (!guarded.ok()) {
          ASSERT_THAT(guarded, StatusIs(absl::StatusCode::kFailedPrecondition));
        }
      });
  RecordProperty("won_by_pick", won_by_pick);
}

TEST_P(StoreContract, TwoSessionsOpenOneActivity) {
  std::vector<domain::ScalingGroup> groups;
  std::vector<activity::Activity> ones;
  std::vector<activity::Activity> twos;
  constexpr int kGroups = 50;
  for (int round = 0; round < kGroups; ++round) {
    groups.push_back(AddGroup());
    ones.push_back(MakeActivity(groups.back()));
    twos.push_back(MakeActivity(groups.back()));
  }
  absl::Status first;
  absl::Status second;
  const auto open = [&](const activity::Activity& activity) {
    return Write([&](ports::Tx& tx) { return tx.activities().Open(activity, {}, {}); });
  };
  Race(
      kGroups, [&](int round) { first = open(ones[static_cast<size_t>(round)]); },
      [&](int round) { second = open(twos[static_cast<size_t>(round)]); },
      [&](int) {
        ASSERT_NE(first.ok(), second.ok());
        ASSERT_THAT(first.ok() ? second : first, StatusIs(absl::StatusCode::kAlreadyExists));
      });
}

TEST_P(StoreContract, TwoSessionsSendAnIntentOnce) {
  const domain::ScalingGroup group = AddGroup();
  const activity::Activity activity = AddActivity(group);
  constexpr int kIntents = 100;
  const auto intent = [&](int round) {
    return activity::LaunchIntent{.id = domain::IntentId(absl::StrCat("intent-", round)),
                                  .account_id = own,
                                  .group_id = group.id,
                                  .activity_id = activity.id};
  };
  for (int round = 0; round < kIntents; ++round) {
    ASSERT_OK(Write([&](ports::Tx& tx) { return tx.activities().InsertIntent(intent(round)); }));
  }
  absl::Status first;
  absl::Status second;
  const auto send = [&](int round) {
    activity::LaunchIntent sent = intent(round);
    sent.state = activity::IntentState::kSent;
    return Write([&](ports::Tx& tx) {
      return tx.activities().UpdateIntent(sent, activity::IntentState::kPrepared);
    });
  };
  Race(
      kIntents, [&](int round) { first = send(round); }, [&](int round) { second = send(round); },
      [&](int) {
        ASSERT_NE(first.ok(), second.ok());
        ASSERT_THAT(first.ok() ? second : first, StatusIs(absl::StatusCode::kFailedPrecondition));
      });
}

TEST_P(StoreContract, TwoRequestsWithOneClientTokenHaveOneEffectAndOneAnswer) {
  constexpr int kTokens = 100;
  // What a write does: a repeat answers what the first was answered.
  const auto create = [&](int round) {
    const std::string token = absl::StrCat("token-", round);
    domain::ScalingGroup group = MakeGroup();
    return Write([&, group](ports::Tx& tx) -> absl::StatusOr<std::string> {
      const auto earlier = tx.client_tokens().Lock(own, token, kLongAgo);
      if (!earlier.ok()) return earlier.status();
      if (earlier->has_value()) return (*earlier)->answer;
      const std::string answer = absl::StrCat(group.id.value());
      absl::Status written = tx.groups().Insert(group);
      if (written.ok()) {
        written = tx.client_tokens().Put({.account_id = own,
                                          .token = token,
                                          .action = "CreateScalingGroup",
                                          .request_sha256 = "same",
                                          .answer = answer});
      }
      if (!written.ok()) return written;
      return answer;
    });
  };
  absl::StatusOr<std::string> first;
  absl::StatusOr<std::string> second;
  Race(
      kTokens, [&](int round) { first = create(round); },
      [&](int round) { second = create(round); },
      [&](int round) {
        ASSERT_OK(first);
        ASSERT_OK(second);
        ASSERT_EQ(*first, *second);
        ASSERT_THAT(Read([&](ports::Tx& tx) { return tx.groups().Count(own); }),
                    IsOkAndHolds(round + 1));
      });
}

TEST_P(StoreContract, TwoCreatesNeverPassTheQuotaByOne) {
  constexpr int kConfigurations = 50;
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.accounts().PutQuota(own, "configurations", 1); }));
  const auto create = [&](int round) {
    domain::ScalingConfiguration configuration = MakeConfiguration();
    return Write([&](ports::Tx& tx) -> absl::Status {
      const auto quotas = tx.accounts().LockQuotas(own);
      if (!quotas.ok()) return quotas.status();
      const auto count = tx.configurations().Count(own);
      if (!count.ok()) return count.status();
      if (*count >= quotas->configurations + round) return absl::ResourceExhaustedError("quota");
      return tx.configurations().Insert(configuration);
    });
  };
  // The fixture has one configuration: each round has room for one more.
  absl::Status first;
  absl::Status second;
  Race(
      kConfigurations, [&](int round) { first = create(round + 1); },
      [&](int round) { second = create(round + 1); },
      [&](int) {
        ASSERT_NE(first.ok(), second.ok());
        ASSERT_THAT(first.ok() ? second : first, StatusIs(absl::StatusCode::kResourceExhausted));
      });
}

TEST_P(StoreContract, LockedGroupsLoseNoUpdate) {
  const domain::ScalingGroup group = AddGroup();
  constexpr int kUpdates = 100;
  const auto count_up = [&](int) {
    ASSERT_OK(Write([&](ports::Tx& tx) -> absl::Status {
      auto locked = tx.groups().Lock(KeyOf(group));
      if (!locked.ok()) return locked.status();
      locked->failed_in_a_row += 1;
      return tx.groups().Update(*locked);
    }));
  };
  Race(kUpdates, count_up, count_up, [](int) {});
  const auto read = Read([&](ports::Tx& tx) { return tx.groups().Get(KeyOf(group)); });
  ASSERT_OK(read);
  EXPECT_EQ(read->failed_in_a_row, group.failed_in_a_row + 2 * kUpdates);
  EXPECT_EQ(read->version, group.version + 2 * kUpdates);
}

TEST_P(StoreContract, TwoEnginesNeverHoldAShardTogether) {
  constexpr int kTakeOvers = 20;
  int64_t sessions[2] = {0, 0};
  std::vector<ports::HeldShard> held[2];
  const auto take = [&](size_t engine) {
    return [&, engine](int) {
      const auto session = leases().OpenSession(absl::StrCat("engine-", engine), absl::Seconds(12));
      ASSERT_OK(session);
      sessions[engine] = *session;
      auto acquired = leases().Acquire(*session);
      ASSERT_OK(acquired);
      held[engine] = *std::move(acquired);
    };
  };
  int64_t last_epoch = 0;
  Race(kTakeOvers, take(0), take(1), [&](int) {
    ASSERT_EQ(held[0].size() + held[1].size(), static_cast<size_t>(ports::kShardCount));
    const auto& winner = held[0].empty() ? held[1] : held[0];
    ASSERT_GT(winner.front().epoch, last_epoch);
    last_epoch = winner.front().epoch;
    for (const int64_t session : sessions) backend().Expire(session);
  });
}

}  // namespace accordion::testing
