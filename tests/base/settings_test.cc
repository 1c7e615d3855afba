#include "base/settings.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "tests/support/status_matchers.h"
#include "tests/support/temp_path.h"

namespace accordion::base {
namespace {

using ::testing::HasSubstr;

constexpr ProgramName kProgram = {"accordion-test", "ACCORDION_TEST", "A program."};

std::map<std::string, std::string>& Variables() {
  static auto* const variables = new std::map<std::string, std::string>();
  return *variables;
}

const char* FakeEnvironment(const std::string& name) {
  const auto found = Variables().find(name);
  return found == Variables().end() ? nullptr : found->second.c_str();
}

class SettingsTest : public ::testing::Test {
 protected:
  void SetUp() override { Variables().clear(); }

  absl::Status Read(const std::vector<std::string>& args) {
    return ReadSettings(kProgram, settings_, args, FakeEnvironment);
  }

  std::string WriteFile(const std::string& text) {
    const std::string path = accordion::testing::TempPath("settings_test.json");
    std::ofstream(path) << text;
    return path;
  }

  std::string listen_ = "127.0.0.1:1";
  std::vector<std::string> names_ = {"a"};
  int threads_ = 2;
  double rate_ = 0.5;
  bool strict_ = false;
  absl::Duration drain_ = absl::Seconds(30);
  const std::vector<Setting> settings_ = {{"listen", &listen_, "host:port", "where it listens"},
                                          {"names", &names_, "comma-separated names", "who"},
                                          {"pool.threads", &threads_, "threads", "how many"},
                                          {"rate", &rate_, "1/s", "how often"},
                                          {"strict", &strict_, "true or false", "how strict"},
                                          {"drain-time", &drain_, "duration", "how long"}};
};

TEST_F(SettingsTest, DefaultsStayWhereNothingIsSaid) {
  EXPECT_OK(Read({}));
  EXPECT_EQ(listen_, "127.0.0.1:1");
  EXPECT_EQ(drain_, absl::Seconds(30));
}

TEST_F(SettingsTest, FlagsComeWithAndWithoutEquals) {
  EXPECT_OK(Read({"--pool.threads=4", "--drain-time", "1m30s", "--strict", "true", "--names=b,c",
                  "--rate=2"}));
  EXPECT_EQ(threads_, 4);
  EXPECT_EQ(drain_, absl::Seconds(90));
  EXPECT_TRUE(strict_);
  EXPECT_EQ(names_, (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(rate_, 2);
}

TEST_F(SettingsTest, AFlagBeatsTheEnvironmentAndThatTheFile) {
  const std::string path =
      WriteFile(R"({"pool": {"threads": 5}, "listen": "file:1", "names": ["x", "y"], "rate": 9})");
  Variables() = {{"ACCORDION_TEST_POOL_THREADS", "6"}, {"ACCORDION_TEST_LISTEN", "environment:1"}};
  EXPECT_OK(Read({"--config", path, "--listen=flag:1"}));
  EXPECT_EQ(listen_, "flag:1");
  EXPECT_EQ(threads_, 6);
  EXPECT_EQ(rate_, 9);
  EXPECT_EQ(names_, (std::vector<std::string>{"x", "y"}));
}

TEST_F(SettingsTest, AMistakeIsNamed) {
  struct Case {
    std::vector<std::string> args;
    std::string says;
  };
  const Case cases[] = {
      {{"--no-such=1"}, "no setting no-such"},
      {{"--pool.threads=many"}, "pool.threads must be threads, not 'many'"},
      {{"--pool.threads=-1"}, "not '-1'"},
      {{"--drain-time=5"}, "drain-time must be duration"},
      {{"--strict=perhaps"}, "strict must be true or false"},
      {{"--listen"}, "--listen needs a value"},
      {{"listen"}, "not a flag"},
      {{"--config=/nowhere/at/all.json"}, "/nowhere/at/all.json"},
      {{"--config=" + WriteFile("[1]")}, "not a JSON object"},
      {{"--config=" + WriteFile("{")}, "not a JSON object"},
  };
  for (const Case& one : cases) {
    const absl::Status status = Read(one.args);
    EXPECT_FALSE(status.ok()) << one.says;
    EXPECT_THAT(std::string(status.message()), HasSubstr(one.says));
  }
}

TEST_F(SettingsTest, HelpAndReferenceNameEveryKeyWithItsDefault) {
  const std::string help = SettingsHelp(settings_);
  const std::string reference = SettingsReference(kProgram, settings_);
  for (const Setting& setting : settings_) {
    EXPECT_THAT(help, HasSubstr(setting.name));
    EXPECT_THAT(reference, HasSubstr(setting.name));
    EXPECT_THAT(reference, HasSubstr(setting.meaning));
  }
  EXPECT_THAT(reference, HasSubstr("ACCORDION_TEST_POOL_THREADS"));
  EXPECT_THAT(help, HasSubstr("30s"));
}

}  // namespace
}  // namespace accordion::base
