#include "engine/notify/mail_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "base/encoding.h"
#include "tests/engine/notify/announcements.h"

namespace accordion::notify {
namespace {

using ::testing::HasSubstr;

const MailOptions kOptions{.from = "accordion@example.com", .region = "cn-beijing-6"};

std::pair<std::vector<std::string>, std::string> HeadersAndBody(const std::string& message) {
  const size_t end = message.find("\r\n\r\n");
  std::string base64;
  for (const absl::string_view line : absl::StrSplit(message.substr(end + 4), "\r\n")) {
    EXPECT_LE(line.size(), 76U);
    base64.append(line.data(), line.size());
  }
  return {absl::StrSplit(message.substr(0, end), "\r\n"),
          base::Base64Decode(base64).value_or("not base64")};
}

TEST(MailText, SaysWhatHappenedAndCarriesTheStableId) {
  const auto message = MailText(kOptions, "ops@example.com", MakeAnnouncement(), absl::UnixEpoch());
  ASSERT_TRUE(message.ok()) << message.status();
  const auto [headers, body] = HeadersAndBody(*message);
  EXPECT_THAT(headers, testing::Contains("From: <accordion@example.com>"));
  EXPECT_THAT(headers, testing::Contains("To: <ops@example.com>"));
  EXPECT_THAT(headers, testing::Contains("Date: Thu, 01 Jan 1970 00:00:00 +0000"));
  EXPECT_THAT(headers,
              testing::Contains("Message-ID: <11111111-2222-4333-8444-555555555555@example.com>"));
  EXPECT_THAT(body, HasSubstr("scale_out.failed"));
  EXPECT_THAT(body, HasSubstr("Cause: 创建伸缩组触发"));
  EXPECT_THAT(body, HasSubstr("Failed: i-2, i-3"));
}

TEST(MailText, AGroupsNameAddsNoHeader) {
  const auto message = MailText(kOptions, "ops@example.com", MakeAnnouncement(), absl::UnixEpoch());
  ASSERT_TRUE(message.ok());
  for (const std::string& header : HeadersAndBody(*message).first) {
    EXPECT_THAT(header, testing::Not(testing::StartsWith("Bcc")));
  }
}

TEST(MailText, AddressesWithLineEndsAreRefused) {
  EXPECT_FALSE(MailText(kOptions, "a@b\r\nBcc: c@d", MakeAnnouncement(), absl::UnixEpoch()).ok());
  MailOptions options = kOptions;
  options.from = "a@b\nX: y";
  EXPECT_FALSE(MailText(options, "a@b.c", MakeAnnouncement(), absl::UnixEpoch()).ok());
}

}  // namespace
}  // namespace accordion::notify
