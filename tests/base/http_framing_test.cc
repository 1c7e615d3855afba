#include "base/http_framing.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace accordion::base {
namespace {

TEST(HttpHead, EndsWithItsEmptyLine) {
  EXPECT_EQ(HeadLength("GET / HTTP/1.1\r\nHost: a\r\n\r\nbody"), 27u);
  EXPECT_EQ(HeadLength("GET / HTTP/1.1\r\nHost: a\r\n"), std::nullopt);
  EXPECT_EQ(HeadLength("GET / HTTP/1.1\nHost: a\n\n"), std::nullopt);
}

TEST(HttpHead, ShowsItsTargetAsFarAsItHasCome) {
  EXPECT_EQ(TargetOf("GET /a?b=c HTTP/1.1\r\n"), "/a?b=c");
  EXPECT_EQ(TargetOf("GET /a?b"), "/a?b");
  EXPECT_EQ(TargetOf("GE"), "");
}

TEST(HttpHead, HasALimitForTheTargetAndOneForTheRest) {
  constexpr size_t kTarget = 10;
  constexpr size_t kHeader = 40;
  const std::string rest = "GET  HTTP/1.1\r\nHost: a\r\n\r\n";  // 27 bytes
  const auto head = [](absl::string_view target, absl::string_view padding) {
    return absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: a", padding, "\r\n\r\n");
  };
  EXPECT_EQ(CheckHeadSize(head("/123456789", ""), kTarget, kHeader), std::nullopt);
  EXPECT_EQ(CheckHeadSize(head("/1234567890", ""), kTarget, kHeader),
            HttpRejection::kTargetTooLong);
  const std::string full(kHeader - (rest.size()), 'x');
  EXPECT_EQ(CheckHeadSize(head("/", full), kTarget, kHeader), std::nullopt);
  EXPECT_EQ(CheckHeadSize(head("/", full + "x"), kTarget, kHeader), HttpRejection::kHeaderTooLarge);
}

TEST(HttpHead, ABodyDoesNotCount) {
  EXPECT_EQ(CheckHeadSize(absl::StrCat("GET / HTTP/1.1\r\n\r\n", std::string(1000, 'x')), 10, 40),
            std::nullopt);
}

struct FramingCase {
  absl::string_view name;
  HttpHeaders headers;
  int http_minor;
  bool plain;
};

TEST(HttpFraming, TakesOneWayToFrameABodyAndOneHost) {
  const FramingCase cases[] = {
      {"no body", {{"Host", "h"}}, 1, true},
      {"length", {{"Host", "h"}, {"Content-Length", "5"}}, 1, true},
      {"chunked", {{"Host", "h"}, {"Transfer-Encoding", "Chunked"}}, 1, true},
      {"HTTP/1.0 needs no host", {}, 0, true},
      {"no host", {}, 1, false},
      {"two hosts", {{"Host", "h"}, {"host", "h"}}, 1, false},
      {"length and encoding",
       {{"Host", "h"}, {"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}},
       1,
       false},
      {"equal lengths",
       {{"Host", "h"}, {"Content-Length", "5"}, {"Content-Length", "5"}},
       1,
       false},
      {"list of lengths", {{"Host", "h"}, {"Content-Length", "5, 5"}}, 1, false},
      {"signed length", {{"Host", "h"}, {"Content-Length", "+5"}}, 1, false},
      {"hexadecimal length", {{"Host", "h"}, {"Content-Length", "0x5"}}, 1, false},
      {"empty length", {{"Host", "h"}, {"Content-Length", ""}}, 1, false},
      {"length above 64 bits",
       {{"Host", "h"}, {"Content-Length", "18446744073709551617"}},
       1,
       false},
      {"chunked is not last", {{"Host", "h"}, {"Transfer-Encoding", "chunked, gzip"}}, 1, false},
      {"another encoding", {{"Host", "h"}, {"Transfer-Encoding", "gzip, chunked"}}, 1, false},
      {"identity", {{"Host", "h"}, {"Transfer-Encoding", "identity"}}, 1, false},
      {"chunked in HTTP/1.0", {{"Host", "h"}, {"Transfer-Encoding", "chunked"}}, 0, false},
  };
  for (const FramingCase& test : cases) {
    EXPECT_EQ(HasPlainFraming(test.headers, test.http_minor), test.plain) << test.name;
  }
}

TEST(HttpFraming, AFieldWithALineBreakCannotBeSent) {
  EXPECT_TRUE(IsSendable({"X-A", "b c"}));
  EXPECT_FALSE(IsSendable({"X-A", "b\r\nSet-Cookie: c"}));
  EXPECT_FALSE(IsSendable({"X-A", std::string("b\0", 2)}));
  EXPECT_FALSE(IsSendable({"X A", "b"}));
  EXPECT_FALSE(IsSendable({"", "b"}));
}

}  // namespace
}  // namespace accordion::base
