#include "base/log.h"

#include <limits>
#include <thread>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace accordion::base {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Line(absl::string_view message, LogFields fields = {}) {
  return FormatLogLine(absl::UnixEpoch(), LogLevel::kInfo, message, fields);
}

TEST(LogLine, IsOneJsonObjectWithTimeLevelMessageAndFields) {
  EXPECT_EQ(FormatLogLine(absl::FromUnixMicros(1'500'000), LogLevel::kWarning, "policy held",
                          {{"group", "5373"}, {"members", 3}, {"share", 0.5}, {"again", true}}),
            "{\"time\":\"1970-01-01T00:00:01.500000Z\",\"level\":\"warning\","
            "\"message\":\"policy held\",\"group\":\"5373\",\"members\":3,\"share\":0.5,"
            "\"again\":true}\n");
}

TEST(LogLine, KeepsTheWholeRangeOfIntegers) {
  EXPECT_THAT(Line("", {{"n", std::numeric_limits<uint64_t>::max()}}),
              HasSubstr("\"n\":18446744073709551615}"));
  EXPECT_THAT(Line("", {{"n", std::numeric_limits<int64_t>::min()}}),
              HasSubstr("\"n\":-9223372036854775808}"));
}

TEST(LogLine, ANumberThatJsonLacksIsNull) {
  EXPECT_THAT(Line("", {{"n", std::numeric_limits<double>::infinity()}}), HasSubstr("\"n\":null}"));
}

struct EscapeCase {
  absl::string_view raw;
  absl::string_view written;
};

TEST(LogLine, AValueCanNeitherForgeALineNorBreakTheJson) {
  const EscapeCase cases[] = {
      {"a\nb", R"(a\nb)"},
      {"a\rb", R"(a\u000db)"},
      {"tab\t", R"(tab\t)"},
      {absl::string_view("nul\0", 4), R"(nul\u0000)"},
      {"quote\"", R"(quote\")"},
      {"back\\slash", R"(back\\slash)"},
      {"\x1b[31m", R"(\u001b[31m)"},
      {"del\x7f", R"(del\u007f)"},
      {"\xc2\x9b", R"(\u009b)"},
      {"\xff!", R"(\ufffd!)"},
      {"\xed\xa0\x80", R"(\ufffd\ufffd\ufffd)"},
      {"伸缩组", "伸缩组"},
  };
  for (const EscapeCase& test : cases) {
    EXPECT_THAT(Line(test.raw), EndsWith("\"message\":\"" + std::string(test.written) + "\"}\n"));
    EXPECT_THAT(Line("", {{"k", test.raw}}),
                EndsWith("\"k\":\"" + std::string(test.written) + "\"}\n"));
  }
}

TEST(Log, KnowsItsLevelsByName) {
  LogLevel level = LogLevel::kInfo;
  EXPECT_TRUE(ParseLogLevel("error", &level));
  EXPECT_EQ(level, LogLevel::kError);
  EXPECT_FALSE(ParseLogLevel("loud", &level));
  EXPECT_EQ(level, LogLevel::kError);
}

TEST(Log, LeavesOutWhatIsBelowTheLevel) {
  SetLogLevel(LogLevel::kWarning);
  ::testing::internal::CaptureStderr();
  LogInfo("quiet");
  LogWarning("loud");
  const std::string written = ::testing::internal::GetCapturedStderr();
  SetLogLevel(LogLevel::kInfo);
  EXPECT_THAT(written, HasSubstr("loud"));
  EXPECT_THAT(written, ::testing::Not(HasSubstr("quiet")));
}

TEST(Log, LinesOfSeveralThreadsAreNotTorn) {
  constexpr int kThreads = 4;
  constexpr int kLines = 50;
  const std::string filling(9000, 'x');  // longer than a pipe's atomic write
  ::testing::internal::CaptureStderr();
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int line = 0; line < kLines; ++line) LogInfo("line", {{"filling", filling}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string written = ::testing::internal::GetCapturedStderr();

  const std::vector<std::string> lines = absl::StrSplit(written, '\n', absl::SkipEmpty());
  EXPECT_EQ(lines.size(), size_t{kThreads * kLines});
  for (const std::string& line : lines) {
    ASSERT_THAT(line, StartsWith("{\"time\""));
    ASSERT_THAT(line, EndsWith("x\"}"));
  }
}

}  // namespace
}  // namespace accordion::base
