#include "engine/ports/webhook_url.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/ports/contact.h"

namespace accordion::ports {
namespace {

TEST(WebhookUrl, IsTakenApartAndPutTogether) {
  const struct {
    const char* text;
    const char* again;
  } rows[] = {
      {"https://example.com", "https://example.com:443/"},
      {"HTTPS://Example.COM:8443/a?b=c", "https://example.com:8443/a?b=c"},
      {"http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"},
      {"https://[2001:DB8::1]/", "https://[2001:db8::1]:443/"},
      {"https://a.b?q", "https://a.b:443/?q"},
      {"https://localhost/", "https://localhost:443/"},
  };
  for (const auto& row : rows) {
    const auto url = ParseWebhookUrl(row.text);
    ASSERT_TRUE(url.ok()) << row.text << ": " << url.status();
    EXPECT_EQ(url->Text(), row.again);
  }
}

TEST(WebhookUrl, RefusesWhatTwoParsersCouldReadInTwoWays) {
  const std::string rows[] = {
      "", "example.com", "ftp://a.b/", "file:///etc/passwd", "gopher://a.b/", "https:/a.b/",
      "https:///", "https://user@a.b/", "https://user:pw@a.b/", "https://a.b@127.0.0.1/",
      "https://a.b/#x", "https://a.b\\@c.d/", "https://a b/", "https://a.b/\r\nX: y",
      "https://a.b/\t", "https://a_b.c/", "https://-a.b/", "https://a-.b/", "https://a..b/",
      "https://a.b./", "https://a.b:0/", "https://a.b:65536/", "https://a.b:x/", "https://a.b:/",
      "https://a.b:443:443/", "https://ex\xc3\xa4mple.com/", "https://a%2eb/",
      // IPv4 in forms that only resolvers understand
      "https://2130706433/", "https://0x7f000001/", "https://0x7f.0.0.1/", "https://017700000001/",
      "https://0177.0.0.1/", "https://127.1/", "https://127.0.1/", "https://127.0.0.01/",
      "https://1.2.3.4.5/", "https://256.1.1.1/", "https://a.b.123/", "https://a.0x1/",
      // IPv6
      "https://[::1/", "https://::1/", "https://[fe80::1%25eth0]/", "https://[a]/",
      "https://[::1]x/", "https://[]/", "https://" + std::string(254, 'a') + "/",
      "https://" + std::string(64, 'a') + ".b/", "https://a.b/" + std::string(2048, 'a')};
  for (const std::string& text : rows) {
    EXPECT_EQ(ParseWebhookUrl(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(Contact, IsCheckedByKind) {
  const base::SecretString secret("0123456789abcdef");
  const Contact webhook{.id = "hook", .address = "https://a.b/", .secret = secret};
  EXPECT_TRUE(CheckContact(webhook).ok());
  Contact wrong = webhook;
  wrong.secret = base::SecretString("short");
  EXPECT_FALSE(CheckContact(wrong).ok());
  wrong = webhook;
  wrong.id = "a b";
  EXPECT_FALSE(CheckContact(wrong).ok());
  Contact mail{.id = "m", .kind = ContactKind::kEmail, .address = "ops+as@example.com"};
  EXPECT_TRUE(CheckContact(mail).ok());
  mail.secret = secret;
  EXPECT_FALSE(CheckContact(mail).ok());
  EXPECT_EQ(EndpointOf(webhook), "https://a.b:443");
  EXPECT_EQ(EndpointOf(mail), "mailto:");
}

TEST(MailAddress, HoldsNothingThatEndsAHeaderOrACommand) {
  for (const char* text :
       {"", "a", "@b", "a@", "a@b\r\nBcc: c@d", "a@b\n", "a b@c", "a@b c", "<a@b>", "a@b>,<c@d",
        "\"a\"@b", "a@b@c", "\xc3\xa4@b", "a@-b", "a@b-", "a,b@c"}) {
    EXPECT_FALSE(CheckMailAddress(text).ok()) << text;
  }
}

}  // namespace
}  // namespace accordion::ports
