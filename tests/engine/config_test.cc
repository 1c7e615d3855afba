#include "engine/config.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace accordion {
namespace {

using ::accordion::testing::StatusIs;
using ::testing::HasSubstr;

const char* NoEnvironment(const std::string&) { return nullptr; }

absl::StatusOr<Config> Read(std::vector<std::string> flags) {
  flags.push_back("--secrets.key-file=k");
  return ReadConfig(flags, NoEnvironment);
}

TEST(EngineConfig, DefaultsFitTogether) { EXPECT_OK(Read({})); }

TEST(EngineConfig, FlagsReachTheLoopsAndTheCloud) {
  ASSERT_OK_AND_ASSIGN(const Config config,
                       Read({"--activity.drain=5s", "--cloud.call-timeout", "3s",
                             "--region.name=r-1", "--causes.language=en"}));
  EXPECT_EQ(config.control.steps.drain, absl::Seconds(5));
  EXPECT_EQ(config.cloud.api.call_timeout, absl::Seconds(3));
  EXPECT_EQ(config.control.cloud_call_timeout, absl::Seconds(3));
  EXPECT_EQ(config.cloud.api.region, "r-1");
  EXPECT_EQ(config.control.language, activity::Language::kEnglish);
}

TEST(EngineConfig, TheRegionsWordsForElasticIpsReachTheLaunches) {
  ASSERT_OK_AND_ASSIGN(const Config config,
                       Read({"--cloud.lines=BGP=2c26,Unicom=7d1e", "--cloud.default-line=Unicom",
                             "--cloud.address-charge-types=Daily=PostPaidByDay"}));
  const cloud::AddressTerms& terms = config.cloud.kec.address_terms;
  EXPECT_EQ(terms.default_line, "Unicom");
  EXPECT_EQ(terms.line_ids.at("BGP"), "2c26");
  EXPECT_EQ(terms.line_ids.at("Unicom"), "7d1e");
  EXPECT_EQ(terms.charge_types.at("Daily"), "PostPaidByDay");
  ASSERT_OK_AND_ASSIGN(const Config bare, Read({}));
  EXPECT_EQ(bare.cloud.kec.address_terms.default_line, "BGP");
}

TEST(EngineConfig, MannersReachTheCloudsClient) {
  ASSERT_OK_AND_ASSIGN(
      const Config config,
      Read({"--cloud.account-rate=7.5", "--cloud.action-rates=RunInstances=3,DescribeInstances=4",
            "--activity.boot-poll=1s", "--cloud.failure-classes=ZoneFull=stock"}));
  EXPECT_EQ(config.cloud.gate.account_rate, 7.5);
  EXPECT_EQ(config.cloud.gate.action_rates.at("DescribeInstances"), 4);
  EXPECT_EQ(config.cloud.gather.share, absl::Milliseconds(500));
  EXPECT_EQ(config.cloud.api.taxonomy.Classify(400, "ZoneFull", ""),
            activity::FailureClass::kStock);
  ASSERT_OK_AND_ASSIGN(const Config bare, Read({}));
  EXPECT_EQ(bare.cloud.gate.action_rates.at("RunInstances"), 20);
}

TEST(EngineConfig, TheRegionsTimeIsThatOfNames) {
  ASSERT_OK_AND_ASSIGN(const Config config, Read({"--region.time-zone=Europe/Berlin"}));
  EXPECT_EQ(config.control.steps.time_zone.name(), "Europe/Berlin");
}

TEST(EngineConfig, WhatCannotBeNamesItsKey) {
  struct Row {
    const char* flag;
    const char* key;
  };
  const Row rows[] = {
      {"--policy.period-floor=4s", "policy.period-floor"},
      {"--region.time-zone=Mars/Base", "region.time-zone"},
      {"--causes.language=fr", "causes.language"},
      {"--log.level=loud", "log.level"},
      {"--cloud.call-timeout=12s", "cloud.call-timeout"},
      {"--activity.drain=soon", "activity.drain"},
      {"--cloud.lines=BGP", "cloud.lines"},
      {"--cloud.address-charge-types==x", "cloud.address-charge-types"},
      {"--cloud.account-rate=0", "cloud.account-rate"},
      {"--cloud.action-rates=RunInstances=fast", "cloud.action-rates"},
      {"--cloud.account-calls=0", "cloud.account-calls"},
      {"--cloud.breaker-failures=101", "cloud.breaker-failures"},
      {"--cloud.auth-pause-max=1s", "cloud.auth-pause-max"},
      {"--cloud.failure-classes=ZoneFull=full", "cloud.failure-classes"},
      {"--no.such-key=1", "no.such-key"},
  };
  for (const Row& row : rows) {
    EXPECT_THAT(Read({row.flag}), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(row.key)));
  }
}

TEST(EngineConfig, AKeyFileIsNeeded) {
  EXPECT_THAT(ReadConfig({}, NoEnvironment),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("init-key")));
}

TEST(EngineConfig, EachKeyIsDeclaredOnceAndExplained) {
  Config config;
  std::set<std::string> names;
  for (const base::Setting& setting : SettingsOf(config)) {
    EXPECT_TRUE(names.insert(setting.name).second) << setting.name;
    EXPECT_STRNE(setting.meaning, "") << setting.name;
    EXPECT_STRNE(setting.unit, "") << setting.name;
  }
}

}  // namespace
}  // namespace accordion
