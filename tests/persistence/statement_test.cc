#include "persistence/statement.h"

#include <stdexcept>

#include "gtest/gtest.h"
#include "persistence/params.h"

namespace accordion::persistence {

TEST(SqlText, IsPutTogetherAtCompileTime) {
  constexpr auto kText = SqlText("SELECT ") + SqlText("a, b") + SqlText("");
  static_assert(sizeof(kText) == sizeof("SELECT a, b"));
  EXPECT_STREQ(kText.c_str(), "SELECT a, b");
  constexpr Statement kStatement("name", kText + SqlText(" FROM t"));
  const StatementRef ref = kStatement;
  EXPECT_STREQ(ref.name(), "name");
  EXPECT_STREQ(ref.sql(), "SELECT a, b FROM t");
}

TEST(SqlText, NumbersPlaceholders) {
  EXPECT_STREQ(Placeholders<1>().c_str(), "$1");
  EXPECT_STREQ(Placeholders<2>().c_str(), "$1, $2");
  EXPECT_STREQ(Placeholders<11>().c_str(), "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11");
}

TEST(Params, BindTextNullsAndLists) {
  const Params params("a", std::optional<int>(), std::optional<int>(-3), true, domain::GroupId(5),
                      std::vector<domain::SubnetId>{domain::SubnetId("s\"")},
                      domain::LifeCycle::kInService, absl::Seconds(90),
                      Bytes{std::string("\0\x01", 2)});
  const std::vector<const char*> values = params.pointers();
  ASSERT_EQ(values.size(), 9U);
  EXPECT_STREQ(values[0], "a");
  EXPECT_EQ(values[1], nullptr);
  EXPECT_STREQ(values[2], "-3");
  EXPECT_STREQ(values[3], "t");
  EXPECT_STREQ(values[4], "5");
  EXPECT_STREQ(values[5], R"({"s\""})");
  EXPECT_STREQ(values[6], "InService");
  EXPECT_STREQ(values[7], "90000000");
  EXPECT_STREQ(values[8], "\\x0001");
}

TEST(Params, RefuseTextThatWouldEndEarly) {
  EXPECT_THROW(Params(std::string("a\0b", 3)), std::invalid_argument);
  EXPECT_THROW(Params(std::vector<std::string>{std::string("a\0b", 3)}), std::invalid_argument);
}

}  // namespace accordion::persistence
