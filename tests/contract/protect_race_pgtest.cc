// Protect against scale-in, on real sessions: an instance whose protection returned success is
// never picked afterwards (I-3). The database's own audit has the last word.
#include <atomic>
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/random.h"
#include "gtest/gtest.h"
#include "persistence/database.h"
#include "tests/contract/interleaving_world.h"
#include "tests/contract/race.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_database.h"

namespace accordion::testing {
namespace {

constexpr int kRounds = 10'000;
// Far more than one transaction's share of a round, so that each side is often the first.
constexpr absl::Duration kLongestHesitation = absl::Microseconds(800);

const domain::InstanceId kMember("i-1");

void Hesitate(base::Rng& rng) {
  const base::SystemClock clock;
  const absl::Duration until = clock.BootTime() + kLongestHesitation * base::UniformUnit(rng);
  while (clock.BootTime() < until) {
  }
}

class ProtectRace : public ::testing::Test {
 protected:
  ports::Store& store() { return database_->store(); }

  domain::Member Member() {
    domain::Member member;
    EXPECT_OK(store().Read([&](ports::Tx& tx) -> absl::Status {
      const auto members = tx.members().Unclosed(world_.group);
      for (const domain::Member& one : *members) {
        if (one.instance_id == kMember) member = one;
      }
      return members.status();
    }));
    return member;
  }

  // In service and without protection again.
  void Reset() {
    EXPECT_OK(store().Transact([&](ports::Tx& tx) -> absl::Status {
      auto member = tx.members().Lock(world_.group, kMember);
      if (!member.ok()) return member.status();
      member->life_cycle = domain::LifeCycle::kInService;
      member->activity_id.reset();
      const absl::Status updated = tx.members().Update(*member);
      if (!updated.ok()) return updated;
      return tx.members().Protect(world_.group, {kMember}, false).status();
    }));
  }

  // What reconcile does: under its fence and the group's lock, whoever it saw as removable before.
  absl::StatusOr<bool> ScaleIn() {
    bool picked = false;
    const absl::Status status = store().Transact(world_.fence, [&](ports::Tx& tx) -> absl::Status {
      const auto group = tx.groups().Lock(world_.group);
      if (!group.ok()) return group.status();
      const auto victims = tx.members().Pick(world_.group, {kMember},
                                             domain::LifeCycle::kTerminating, world_.made[0]);
      if (!victims.ok()) return victims.status();
      picked = !victims->empty();
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return picked;
  }

  absl::Status Protect() {
    return store().Transact([&](ports::Tx& tx) {
      return tx.members().Protect(world_.group, {kMember}, true).status();
    });
  }

  TestDatabase test_database_;
  std::unique_ptr<persistence::Database> database_ =
      *persistence::OpenDatabase(test_database_.options());
  InterleavingWorld world_ = InterleavingWorld::Make(
      database_->store(), database_->leases(), [](int64_t) {}, "1", /*with_lease=*/true);
};

TEST_F(ProtectRace, AProtectedMemberIsNeverPickedInTenThousandRounds) {
  RunSql(test_database_.dsn(),
         "UPDATE engine_session SET expires_at = clock_timestamp() + interval '1 hour'");
  base::SystemRng first_rng;
  base::SystemRng second_rng;
  absl::StatusOr<bool> picked;
  absl::Status guarded;
  int won_by_pick = 0;
  int won_by_protection = 0;
  Race(
      kRounds,
      [&](int) {
        Hesitate(first_rng);
        picked = ScaleIn();
      },
      [&](int) {
        Hesitate(second_rng);
        guarded = Protect();
      },
      [&](int round) {
        ASSERT_OK(picked);
        // Exactly one of the two, and the row says the same.
        ASSERT_NE(*picked, guarded.ok()) << round;
        const absl::StatusCode expected =
            *picked ? absl::StatusCode::kFailedPrecondition : absl::StatusCode::kOk;
        ASSERT_EQ(guarded.code(), expected) << guarded;
        const domain::Member member = Member();
        ASSERT_EQ(member.is_protected, guarded.ok()) << round;
        ASSERT_EQ(member.life_cycle == domain::LifeCycle::kTerminating, *picked) << round;
        ++(*picked ? won_by_pick : won_by_protection);
        Reset();
      });
  printf("%d rounds: picked first %d, protected first %d, protected and picked 0\n", kRounds,
         won_by_pick, won_by_protection);
  RecordProperty("won_by_pick", won_by_pick);
  RecordProperty("won_by_protection", won_by_protection);
  EXPECT_GT(won_by_pick, kRounds / 50);
  EXPECT_GT(won_by_protection, kRounds / 50);
}

}  // namespace
}  // namespace accordion::testing
