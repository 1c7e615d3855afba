// Matchers for absl::Status and absl::StatusOr, which Debian's Abseil lacks:
//   EXPECT_THAT(status, IsOk());
//   EXPECT_THAT(result, StatusIs(absl::StatusCode::kNotFound, HasSubstr("group")));
//   EXPECT_THAT(result, IsOkAndHolds(Eq(3)));
//   ASSERT_OK_AND_ASSIGN(const Group group, store.Find(id));
#pragma once

#include <ostream>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace accordion::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

MATCHER(IsOk, negation ? "isn't OK" : "is OK") {
  if (StatusOf(arg).ok()) return true;
  *result_listener << "which is " << StatusOf(arg).ToString();
  return false;
}

MATCHER_P2(StatusIsMatcher, code, message_matcher,
           std::string(negation ? "hasn't" : "has") + " code " + absl::StatusCodeToString(code)) {
  const absl::Status& status = StatusOf(arg);
  *result_listener << "which is " << status.ToString() << " ";
  return status.code() == code &&
         ::testing::ExplainMatchResult(message_matcher, std::string(status.message()),
                                       result_listener);
}

template <typename MessageMatcher>
auto StatusIs(absl::StatusCode code, MessageMatcher message_matcher) {
  return StatusIsMatcher(code, message_matcher);
}
inline auto StatusIs(absl::StatusCode code) { return StatusIsMatcher(code, ::testing::_); }

MATCHER_P(IsOkAndHolds, value_matcher,
          "is OK and holds a value that " +
              ::testing::DescribeMatcher<typename std::decay_t<arg_type>::value_type>(value_matcher,
                                                                                      negation)) {
  if (!arg.ok()) {
    *result_listener << "which is " << arg.status().ToString();
    return false;
  }
  return ::testing::ExplainMatchResult(value_matcher, *arg, result_listener);
}

}  // namespace accordion::testing

#define EXPECT_OK(expression) EXPECT_THAT((expression), ::accordion::testing::IsOk())
#define ASSERT_OK(expression) ASSERT_THAT((expression), ::accordion::testing::IsOk())

#define ASSERT_OK_AND_ASSIGN(declaration, expression)                                             \
  ACCORDION_ASSERT_OK_AND_ASSIGN(ACCORDION_TEST_CONCAT(accordion_result_, __LINE__), declaration, \
                                 expression)
#define ACCORDION_ASSERT_OK_AND_ASSIGN(result, declaration, expression) \
  auto result = (expression);                                           \
  ASSERT_OK(result);                                                    \
  declaration = *std::move(result)
#define ACCORDION_TEST_CONCAT(a, b) ACCORDION_TEST_CONCAT_EXPANDED(a, b)
#define ACCORDION_TEST_CONCAT_EXPANDED(a, b) a##b
