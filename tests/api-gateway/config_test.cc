#include "api-gateway/config.h"

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace accordion::gateway {
namespace {

const char* NoEnvironment(const std::string&) { return nullptr; }

std::string WriteFile(const std::string& text) {
  static int count = 0;
  const std::string path =
      absl::StrCat(::testing::TempDir(), "/gateway_config_test_", getpid(), "_", count++, ".json");
  std::ofstream(path) << text;
  return path;
}

TEST(Config, TakesFlagsBeforeEnvironmentBeforeFileBeforeDefaults) {
  const std::string path =
      WriteFile(R"({"listen":"f:1","engine":{"deadline":"3s"},"region":["a","b"],"threads":5,)"
                R"("throttle":{"rate":1.5}})");
  const auto line = ParseCommandLine({"--config", path, "--listen=flag:1"},
                                     [](const std::string& name) -> const char* {
                                       if (name == "ACCORDION_GATEWAY_LISTEN") return "env:1";
                                       return name == "ACCORDION_GATEWAY_THREADS" ? "7" : nullptr;
                                     });
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->config.listen, "flag:1");
  EXPECT_EQ(line->config.threads, 7);
  EXPECT_EQ(line->config.engine_deadline, absl::Seconds(3));
  EXPECT_EQ(line->config.regions, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(line->config.throttle_rate, 1.5);
  EXPECT_EQ(line->config.time_zone, "Asia/Shanghai");
}

TEST(Config, SaysWhatIsWrong) {
  const struct {
    std::vector<std::string> args;
    std::string message;
  } rows[] = {
      {{"serve"}, "not a flag: serve"},
      {{"--listen"}, "--listen needs a value"},
      {{"--frob", "1"}, "there is no setting frob"},
      {{"--threads", "-1"}, "threads must be threads, not '-1'"},
      {{"--engine.deadline", "8"}, "engine.deadline must be duration, not '8'"},
      {{"--config", "/no/such/file"}, "/no/such/file"},
      {{"--config", WriteFile(R"({"frob":1})")}, "there is no setting frob"},
      {{"--config", WriteFile("{")}, "not a JSON object"},
  };
  for (const auto& row : rows) {
    const auto line = ParseCommandLine(row.args, NoEnvironment);
    EXPECT_TRUE(absl::StrContains(line.status().message(), row.message)) << line.status();
  }
}

TEST(Config, ReferenceNamesEveryKeyWithItsDefault) {
  const std::string reference = ConfigReference();
  EXPECT_TRUE(absl::StrContains(reference,
                                "| `signature.window` | `15m` | duration | "
                                "`ACCORDION_GATEWAY_SIGNATURE_WINDOW` |"))
      << reference;
  const auto line = ParseCommandLine({"--help"}, NoEnvironment);
  ASSERT_TRUE(line.ok());
  EXPECT_EQ(line->action, CommandLine::Action::kPrintHelp);
}

TEST(Config, TakesTheCommandsThatPrintTheApisDocument) {
  EXPECT_EQ(ParseCommandLine({"--print-openapi"}, NoEnvironment)->action,
            CommandLine::Action::kPrintOpenApi);
  const auto pages = ParseCommandLine({"--print-api-pages", "out"}, NoEnvironment);
  ASSERT_TRUE(pages.ok());
  EXPECT_EQ(pages->action, CommandLine::Action::kPrintApiPages);
  EXPECT_EQ(pages->directory, "out");
  EXPECT_EQ(ParseCommandLine({"--print-api-pages"}, NoEnvironment).status().message(),
            "--print-api-pages needs a directory");
}

TEST(Config, DocumentationIsThePrintedReference) {
  std::ifstream page(GATEWAY_CONFIG_PAGE);
  const std::string text{std::istreambuf_iterator<char>(page), std::istreambuf_iterator<char>()};
  EXPECT_EQ(text, ConfigReference())
      << "write it again: accordion-gateway --print-config-reference > docs/gateway-config.md";
}

}  // namespace
}  // namespace accordion::gateway
