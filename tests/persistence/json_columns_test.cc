#include "persistence/json_columns.h"

#include <exception>

#include "gtest/gtest.h"

namespace accordion::persistence {

TEST(JsonColumns, WriteFieldsUnderTheirNames) {
  const std::vector<domain::Registration> registrations = {
      {.listener_id = domain::ListenerId("l"), .port = 80, .register_id = "r"}};
  // Stored rows have this form: a renamed field needs a migration.
  EXPECT_EQ(JsonText(registrations), R"([{"listener_id":"l","port":80,"register_id":"r"}])");
  const std::vector<domain::PeriodVerdict> periods = {
      {.start = absl::FromUnixMicros(1'795'507'200'123'456),
       .breach = domain::Breach::kTrue,
       .value = 0.5,
       .reporting = 1,
       .silent = {"i-1"}}};
  EXPECT_EQ(JsonText(periods), R"([{"breach":"True","reporting":1,"silent":["i-1"],)"
                               R"("start":"2026-11-24 08:00:00.123456+00","value":0.5}])");
}

TEST(JsonColumns, KeepLargeIdsAndEmptyOptionals) {
  domain::ScalingPolicy policy;
  policy.id = domain::PolicyId(9'223'372'036'854'775'807);
  policy.create_time = absl::InfinitePast();
  domain::ScalingPolicy read;
  ParseJson(JsonText(policy), read);
  EXPECT_EQ(read, policy);

  domain::AddressSettings address{.bandwidth_mbps = std::nullopt,
                                  .project_id = 9'007'199'254'740'993};
  domain::AddressSettings read_address{.bandwidth_mbps = 3};
  ParseJson(JsonText(address), read_address);
  EXPECT_EQ(read_address, address);
}

TEST(JsonColumns, RefuseWhatTheyDidNotWrite) {
  std::vector<domain::SlbConfig> configs;
  for (const char* bad :
       {"", "{", "7", "[{}]", R"([{"ports":"80"}])", R"([{"health_check":"tcp"}])"}) {
    EXPECT_THROW(ParseJson(bad, configs), std::exception) << bad;
  }
}

}  // namespace accordion::persistence
