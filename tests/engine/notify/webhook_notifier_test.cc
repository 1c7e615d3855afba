// Against a real server on the loopback address, which the tests' operator allows.
#include "engine/notify/webhook_notifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "base/http_server.h"
#include "tests/engine/notify/announcements.h"
#include "tests/support/fake_clock.h"

namespace accordion::notify {
namespace {

using ports::DeliveryOutcome;
using ::testing::HasSubstr;

class Webhook : public ::testing::Test {
 protected:
  Webhook() {
    base::HttpServerOptions options;
    options.address = "127.0.0.1";
    options.port = 0;
    auto server = base::HttpServer::Start(
        options, [this](const base::HttpRequest& request, const base::Responder& respond) {
          absl::MutexLock lock(&mutex_);
          ++requests_;
          last_ = request;
          respond(answer_);
        });
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    port_ = server_->Port();
    options_ = {.region = "r",
                .allowed_networks = {*IpNetwork::Parse("127.0.0.0/8")},
                .ports = {port_},
                .allow_http = true};
  }

  ports::DeliveryResult Deliver(const std::string& host, std::vector<IpAddress> addresses = {}) {
    WebhookNotifier notifier(options_, clock_, [&](const std::string& name) {
      looked_up_ = name;
      return absl::StatusOr<std::vector<IpAddress>>(addresses);
    });
    return notifier.Deliver({.id = "hook",
                             .address = absl::StrCat("http://", host, ":", port_, "/hook?x=1"),
                             .secret = base::SecretString("0123456789abcdef")},
                            MakeAnnouncement());
  }
  void Answer(int status, std::string body = "") {
    absl::MutexLock lock(&mutex_);
    answer_.status = status;
    answer_.body = std::move(body);
  }
  int requests() {
    absl::MutexLock lock(&mutex_);
    return requests_;
  }
  base::HttpRequest last() {
    absl::MutexLock lock(&mutex_);
    return last_;
  }

  const IpAddress loopback_ = IpAddress::V4(0x7f000001);
  testing::FakeClock clock_;
  WebhookOptions options_;
  std::string looked_up_;
  absl::Mutex mutex_;
  int requests_ ABSL_GUARDED_BY(mutex_) = 0;
  base::HttpRequest last_ ABSL_GUARDED_BY(mutex_);
  base::HttpResponse answer_ ABSL_GUARDED_BY(mutex_);
  int port_ = 0;
  std::unique_ptr<base::HttpServer> server_;
};

TEST_F(Webhook, SendsASignedEventToTheAddressThatWasChecked) {
  Answer(204);
  // No resolver knows this name: only the checked address can have been used.
  const auto result = Deliver("hooks.invalid", {loopback_});
  EXPECT_EQ(result.outcome, DeliveryOutcome::kDelivered) << result.words;
  EXPECT_EQ(looked_up_, "hooks.invalid");
  const base::HttpRequest request = last();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.headers.Find("Host"), absl::StrCat("hooks.invalid:", port_));
  EXPECT_EQ(request.headers.Find("X-Event-Id"), "11111111-2222-4333-8444-555555555555");
  EXPECT_EQ(request.headers.Find("Content-Type"), "application/cloudevents+json; charset=utf-8");
  const std::string timestamp = absl::StrCat(absl::ToUnixSeconds(clock_.Now()));
  EXPECT_EQ(request.headers.Find("X-Accordion-Timestamp"), timestamp);
  EXPECT_EQ(request.headers.Find("X-Accordion-Signature"),
            WebhookSignature(base::SecretString("0123456789abcdef"), timestamp,
                             "11111111-2222-4333-8444-555555555555", request.body));
}

TEST_F(Webhook, ARefusedAddressGetsNoConnection) {
  options_.allowed_networks.clear();
  const auto literal = Deliver("127.0.0.1");
  EXPECT_EQ(literal.outcome, DeliveryOutcome::kPermanent);
  EXPECT_THAT(literal.words, HasSubstr("loopback"));
  const auto rebound = Deliver("hooks.invalid", {IpAddress::V4(0x08080808), loopback_});
  EXPECT_EQ(rebound.outcome, DeliveryOutcome::kPermanent);
  EXPECT_EQ(requests(), 0);
}

TEST_F(Webhook, PortsAndPlainHttpMustBeAllowed) {
  options_.allow_http = false;
  EXPECT_EQ(Deliver("127.0.0.1").outcome, DeliveryOutcome::kPermanent);
  options_.allow_http = true;
  // In public, and not in the allowed networks: TLS only.
  EXPECT_EQ(Deliver("hooks.invalid", {IpAddress::V4(0x08080808)}).outcome,
            DeliveryOutcome::kPermanent);
  options_.ports = {443};
  EXPECT_THAT(Deliver("127.0.0.1").words, HasSubstr("webhook.ports"));
  EXPECT_EQ(requests(), 0);
}

TEST_F(Webhook, AnswersDecideWhatIsTriedAgain) {
  const struct {
    int status;
    DeliveryOutcome outcome;
  } rows[] = {{200, DeliveryOutcome::kDelivered}, {202, DeliveryOutcome::kDelivered},
              {301, DeliveryOutcome::kPermanent}, {307, DeliveryOutcome::kPermanent},
              {400, DeliveryOutcome::kRetry},     {404, DeliveryOutcome::kRetry},
              {410, DeliveryOutcome::kPermanent}, {429, DeliveryOutcome::kRetry},
              {500, DeliveryOutcome::kRetry},     {503, DeliveryOutcome::kRetry}};
  for (const auto& row : rows) {
    Answer(row.status);
    const auto result = Deliver("127.0.0.1");
    EXPECT_EQ(result.outcome, row.outcome) << row.status << " " << result.words;
    EXPECT_TRUE(result.reached);
  }
}

TEST_F(Webhook, ALongReplyIsCutAndNotAFailure) {
  Answer(200, std::string(1'000'000, 'x'));
  EXPECT_EQ(Deliver("127.0.0.1").outcome, DeliveryOutcome::kDelivered);
}

TEST_F(Webhook, NobodyThereIsUnreached) {
  server_.reset();
  const auto result = Deliver("127.0.0.1");
  EXPECT_EQ(result.outcome, DeliveryOutcome::kRetry);
  EXPECT_FALSE(result.reached);
}

}  // namespace
}  // namespace accordion::notify
