#include "engine/cloud/failure_taxonomy.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace accordion::cloud {
namespace {

using ::accordion::testing::StatusIs;
using activity::FailureClass;
using ::testing::HasSubstr;

FailureTaxonomy With(const std::vector<std::string>& lines) {
  FailureTaxonomy taxonomy = FailureTaxonomy::Defaults();
  taxonomy.rows = *ParseFailureRows(lines);
  return taxonomy;
}

TEST(FailureRows, AnOperatorsRowDecidesBeforeEverythingElse) {
  const FailureTaxonomy taxonomy =
      With({"ZoneFull=stock", "*no subnet left*=address", "InstanceSoldOut=permanent",
            "Ksc.Limit=quota", "Busy=throttle", "KeyGone=auth", "Odd=transient"});
  const struct {
    int status;
    const char* code;
    const char* message;
    FailureClass failure;
  } rows[] = {
      {400, "ZoneFull", "", FailureClass::kStock},
      {400, "zonefull", "", FailureClass::kStock},
      {400, "ZoneFullest", "", FailureClass::kPermanent},  // only the whole code
      {400, "X", "There is No Subnet Left here", FailureClass::kNoAddress},
      {409, "InstanceSoldOut", "", FailureClass::kPermanent},  // overrides a word of ours
      {409, "Ksc.Limit", "", FailureClass::kQuota},
      {503, "Busy", "", FailureClass::kThrottled},
      {400, "KeyGone", "", FailureClass::kAuth},
      {404, "Odd", "", FailureClass::kTransient},
      {409, "InstanceQuotaExceeded", "", FailureClass::kQuota},  // what no row names, as ever
      {500, "Unheard", "", FailureClass::kTransient},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(taxonomy.Classify(row.status, row.code, row.message), row.failure)
        << row.status << " " << row.code;
  }
}

TEST(FailureRows, TheFirstThatFitsDecides) {
  EXPECT_EQ(With({"*full*=stock", "ZoneFull=quota"}).Classify(409, "ZoneFull", ""),
            FailureClass::kStock);
  EXPECT_EQ(With({"ZoneFull=quota", "*full*=stock"}).Classify(409, "ZoneFull", ""),
            FailureClass::kQuota);
}

TEST(FailureRows, WhatIsNoRowIsRefusedWithItsText) {
  for (const char* line : {"ZoneFull", "ZoneFull=", "ZoneFull=full", "=stock", "**=stock", "*=auth",
                           "Zone*=stock", "ZoneFull=none", ""}) {
    EXPECT_THAT(ParseFailureRows({line}),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(line)));
  }
  EXPECT_THAT(ParseFailureRows({"A=stock", "a=quota"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("twice")));
}

}  // namespace
}  // namespace accordion::cloud
