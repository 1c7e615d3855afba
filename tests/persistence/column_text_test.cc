#include "persistence/column_text.h"

#include <stdexcept>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace accordion::persistence {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(TimestampText, KeepsMicrosecondsBothWays) {
  for (const int64_t micros :
       {0L, 1L, -1L, 1'795'507'200'123'456L, 1'795'507'200'000'000L, -2'000'000'000'000'001L}) {
    const absl::Time time = absl::FromUnixMicros(micros);
    EXPECT_EQ(ParseTimestamp(TimestampText(time)), time) << TimestampText(time);
  }
  EXPECT_EQ(TimestampText(absl::FromUnixMicros(1'795'507'200'123'456)),
            "2026-11-24 08:00:00.123456+00");
}

TEST(TimestampText, CutsWhatIsFinerTowardThePast) {
  const absl::Time time = absl::FromUnixNanos(1'795'507'200'123'456'789);
  EXPECT_EQ(ParseTimestamp(TimestampText(time)), absl::FromUnixMicros(1'795'507'200'123'456));
}

TEST(TimestampText, KnowsTheInfinities) {
  for (const absl::Time time : {absl::InfiniteFuture(), absl::InfinitePast()}) {
    EXPECT_EQ(ParseTimestamp(TimestampText(time)), time);
  }
}

TEST(ParseTimestamp, ReadsWhatPostgresWrites) {
  EXPECT_EQ(ParseTimestamp("2026-11-24 08:00:00+00"), absl::FromUnixSeconds(1'795'507'200));
  EXPECT_EQ(ParseTimestamp("2026-11-24 08:00:00.5+00"), absl::FromUnixMillis(1'795'507'200'500));
  for (const char* bad :
       {"", "now", "2026-11-24", "2026-11-24 08:00:00+08", "2026-13-24 08:00:00+00"}) {
    EXPECT_THROW(ParseTimestamp(bad), std::invalid_argument) << bad;
  }
}

TEST(ByteaText, KeepsEveryByte) {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  EXPECT_EQ(ParseBytea(ByteaText(all)), all);
  EXPECT_EQ(ByteaText(""), "\\x");
  EXPECT_EQ(ParseBytea("\\x"), "");
  EXPECT_THROW(ParseBytea("00"), std::invalid_argument);
  EXPECT_THROW(ParseBytea("\\x0"), std::invalid_argument);
}

TEST(ArrayText, KeepsEveryElement) {
  const std::vector<std::string> odd = {"",   "NULL", "a b",  "a,b", "\"",
                                        "\\", "{}",   "中文", "\n",  " "};
  EXPECT_EQ(ParseArray(ArrayText(odd)), odd);
  EXPECT_EQ(ArrayText(std::vector<std::string>()), "{}");
  EXPECT_EQ(ArrayText(std::vector<int64_t>{1, -2}), "{1,-2}");
}

TEST(ParseArray, ReadsWhatPostgresWrites) {
  EXPECT_THAT(ParseArray("{}"), IsEmpty());
  EXPECT_THAT(ParseArray("{a,\"b c\",\"\"}"), ElementsAre("a", "b c", ""));
  for (const char* bad : {"", "{", "a", "{\"a\"b}"})
    EXPECT_THROW(ParseArray(bad), std::invalid_argument) << bad;
}

}  // namespace accordion::persistence
