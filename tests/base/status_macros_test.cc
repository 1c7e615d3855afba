#include "base/status_macros.h"

#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace accordion::base {
namespace {

using ::accordion::testing::IsOk;
using ::accordion::testing::IsOkAndHolds;
using ::accordion::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

absl::Status Pass(const absl::Status& status, bool* reached_end) {
  RETURN_IF_ERROR(status);
  *reached_end = true;
  return absl::OkStatus();
}

absl::StatusOr<int> Sum(const absl::StatusOr<int>& a, const absl::StatusOr<int>& b) {
  ASSIGN_OR_RETURN(const int first, a);
  int second = 0;
  ASSIGN_OR_RETURN(second, b);
  return first + second;
}

absl::StatusOr<int> Unwrap(absl::StatusOr<std::unique_ptr<int>> owned) {
  ASSIGN_OR_RETURN(const std::unique_ptr<int> value, std::move(owned));
  return *value;
}

TEST(StatusMacros, AnErrorLeavesTheFunction) {
  bool reached_end = false;
  EXPECT_THAT(Pass(absl::NotFoundError("no group"), &reached_end),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("group")));
  EXPECT_FALSE(reached_end);
  EXPECT_THAT(Pass(absl::OkStatus(), &reached_end), IsOk());
  EXPECT_TRUE(reached_end);
}

TEST(StatusMacros, AValueIsAssignedOrItsErrorReturned) {
  EXPECT_THAT(Sum(1, 2), IsOkAndHolds(3));
  EXPECT_THAT(Sum(1, absl::AbortedError("")), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(Sum(absl::DataLossError(""), 1), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(StatusMacros, AMoveOnlyValueIsMovedOut) {
  EXPECT_THAT(Unwrap(std::make_unique<int>(4)), IsOkAndHolds(4));
}

TEST(StatusMatchers, TellErrorsFromValues) {
  EXPECT_THAT(absl::StatusOr<int>(absl::InternalError("x")), Not(IsOk()));
  EXPECT_THAT(absl::StatusOr<int>(absl::InternalError("x")), Not(IsOkAndHolds(1)));
  EXPECT_THAT(absl::StatusOr<int>(2), Not(IsOkAndHolds(1)));
  ASSERT_OK_AND_ASSIGN(const int value, absl::StatusOr<int>(2));
  EXPECT_EQ(value, 2);
}

}  // namespace
}  // namespace accordion::base
