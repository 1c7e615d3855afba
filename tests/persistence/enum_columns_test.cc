#include "persistence/enum_columns.h"

#include <set>
#include <stdexcept>
#include <string>

#include "gtest/gtest.h"

namespace accordion::persistence {

template <typename Enum>
class EnumColumn : public ::testing::Test {};

using Enums = ::testing::Types<
    domain::GroupStatus, domain::RemovePolicy, domain::SubnetStrategy, domain::LifeCycle,
    domain::Health, domain::CreationType, domain::HealthCheck, domain::Dimension,
    domain::Comparison, domain::Statistic, domain::AdjustmentType, domain::ActivityType,
    domain::ActivityStatus, domain::TriggerKind, domain::Breach, domain::DecisionReason,
    domain::OccurrenceOutcome, activity::SlotState, activity::FailureClass, activity::IntentState>;
TYPED_TEST_SUITE(EnumColumn, Enums);

TYPED_TEST(EnumColumn, HasOneWordAValueAndBack) {
  std::set<std::string> words;
  for (const EnumWord<TypeParam>& row : EnumWords<TypeParam>()) {
    EXPECT_TRUE(words.insert(row.word).second) << row.word;
    EXPECT_STREQ(WordOf(row.value), row.word);
    EXPECT_EQ(EnumOf<TypeParam>(row.word), row.value);
  }
  EXPECT_THROW(EnumOf<TypeParam>("NoSuchWord"), std::invalid_argument);
  EXPECT_THROW(WordOf(static_cast<TypeParam>(99)), std::invalid_argument);
}

// The last value of each that grows most often: a value without a word is a failed write in
// production.
TEST(EnumColumns, ReachTheLastValue) {
  EXPECT_STREQ(WordOf(activity::SlotState::kCancelled), "Cancelled");
  EXPECT_STREQ(WordOf(activity::FailureClass::kUnresolved), "Unresolved");
  EXPECT_STREQ(WordOf(activity::IntentState::kAbandoned), "Abandoned");
  EXPECT_STREQ(WordOf(domain::DecisionReason::kOutvoted), "Outvoted");
  EXPECT_STREQ(WordOf(domain::TriggerKind::kHealth), "Health");
}

}  // namespace accordion::persistence
