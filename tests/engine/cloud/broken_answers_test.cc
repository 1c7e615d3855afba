// A hostile or broken cloud: what it answers is an error or unknown, never empty and never a crash.
#include <memory>
#include <string>
#include <variant>

#include "base/http_server.h"
#include "gtest/gtest.h"
#include "tests/engine/cloud/http_cloud.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"

namespace accordion::cloud {
namespace {

// Answers every request with the same bytes.
class BrokenCloud {
 public:
  BrokenCloud(int status, std::string body)
      : server_(*base::HttpServer::Start(
            {},
            [status, body](const base::HttpRequest&, const base::Responder& respond) {
              base::HttpResponse response;
              response.status = status;
              response.body = body;
              respond(response);
            })),
        cloud(HttpCloudOptions(server_->Port()),
              {{.account_id = domain::AccountId("1"),
                .access_key_id = "key",
                .secret_key = base::SecretString("secret")}},
              clock_) {}

 private:
  testing::FakeClock clock_;
  std::unique_ptr<base::HttpServer> server_;

 public:
  HttpCloud cloud;
  const domain::AccountId account{"1"};
};

const char* const kGarbage[] = {
    "",
    " ",
    "not json",
    "<html>maintenance</html>",
    "[]",
    "\"text\"",
    "{",
    "{}",
    "null",
    R"({"RequestId":"1","InstanceCount":2,"InstancesSet":[)",
    R"({"RequestId":"1","InstancesSet":7,"RealServerSet":7,"SubnetSet":7,"ImagesSet":7,)"
    R"("ListenerSet":7,"SecurityGroupSet":7,"InstanceTypeConfigSet":7})",
    "\xff\xfe\x00",
};

TEST(BrokenAnswers, OfReadsAreErrorsAndNeverEmpty) {
  const domain::InstanceId id("i");
  for (const char* body : kGarbage) {
    SCOPED_TRACE(body);
    BrokenCloud broken(200, body);
    KecCompute& compute = broken.cloud.compute;
    const auto read = compute.ReadInstances(broken.account, 0, {id});
    EXPECT_FALSE(read.ok());
    const auto found = compute.FindByMarker(broken.account, 0, "as-1-abc", domain::IntentId("abc"));
    EXPECT_FALSE(found.ok());
    EXPECT_FALSE(broken.cloud.load_balancers.List(broken.account, domain::ListenerId("l")).ok());
    const absl::Status image = broken.cloud.inventory.Image(broken.account, "image");
    EXPECT_FALSE(image.ok());
    EXPECT_FALSE(absl::IsNotFound(image));
  }
}

TEST(BrokenAnswers, AnInstanceListWithoutItsTotalIsNoList) {
  for (const char* body : {R"({"RequestId":"1"})", R"({"RequestId":"1","InstancesSet":[]})",
                           R"({"RequestId":"1","InstanceCount":"many","InstancesSet":[]})"}) {
    BrokenCloud broken(200, body);
    EXPECT_FALSE(
        broken.cloud.compute.FindByMarker(broken.account, 0, "as-1-abc", domain::IntentId("abc"))
            .ok())
        << body;
  }
}

TEST(BrokenAnswers, OfALaunchSayNothing) {
  domain::ScalingConfiguration configuration;
  const ports::LaunchCall call{.marker = domain::IntentId("abc"),
                               .group_id = domain::GroupId(1),
                               .pair = {},
                               .security_group_ids = {},
                               .configuration = &configuration,
                               .signed_at = testing::FakeClock().Now()};
  std::vector<std::string> bodies(std::begin(kGarbage), std::end(kGarbage));
  bodies.push_back(R"({"RequestId":"1","InstancesSet":[]})");
  bodies.push_back(R"({"RequestId":"1","InstancesSet":[{"InstanceId":""}]})");
  bodies.push_back(R"({"RequestId":"1","InstancesSet":[{"InstanceId":"a"},{"InstanceId":"b"}]})");
  for (const int status : {200, 400, 404, 409, 500, 302, 429}) {
    for (const std::string& body : bodies) {
      BrokenCloud broken(status, body);
      const activity::Event event = broken.cloud.compute.Launch(broken.account, call);
      EXPECT_TRUE(std::holds_alternative<activity::LaunchUnknown>(event))
          << status << " " << body << " is " << activity::EventName(event);
    }
  }
}

TEST(BrokenAnswers, OfChangesAreErrors) {
  for (const char* body : kGarbage) {
    SCOPED_TRACE(body);
    BrokenCloud broken(200, body);
    EXPECT_FALSE(broken.cloud.compute.Terminate(broken.account, domain::InstanceId("i")).ok());
    EXPECT_FALSE(broken.cloud.load_balancers.Deregister(broken.account, "r").ok());
    EXPECT_FALSE(broken.cloud.load_balancers.Register(broken.account, {}).ok());
  }
}

TEST(BrokenAnswers, AListThatEndsBeforeItsTotalIsNoList) {
  BrokenCloud broken(200, R"({"RequestId":"1","InstanceCount":3,"InstancesSet":[]})");
  EXPECT_FALSE(
      broken.cloud.compute.ReadInstances(broken.account, 0, {domain::InstanceId("i")}).ok());
}

TEST(BrokenAnswers, AListThatDoesNotEndIsNoList) {
  BrokenCloud broken(
      200, R"({"RequestId":"1","RealServerSet":[{"RegisterId":"r"}],"NextToken":"again"})");
  EXPECT_FALSE(broken.cloud.load_balancers.List(broken.account, domain::ListenerId("l")).ok());
}

TEST(BrokenAnswers, AnAccountWithoutACredentialSendsNothing) {
  BrokenCloud broken(200, "{}");
  domain::ScalingConfiguration configuration;
  const activity::Event event = broken.cloud.compute.Launch(
      domain::AccountId("2"), {.marker = domain::IntentId("abc"),
                               .group_id = domain::GroupId(1),
                               .pair = {},
                               .security_group_ids = {},
                               .configuration = &configuration,
                               .signed_at = testing::FakeClock().Now()});
  EXPECT_TRUE(std::holds_alternative<activity::LaunchNotSent>(event));
  const auto read =
      broken.cloud.compute.ReadInstances(domain::AccountId("2"), 0, {domain::InstanceId("i")});
  EXPECT_EQ(ports::FailureClassOf(read.status()), activity::FailureClass::kAuth);
}

}  // namespace
}  // namespace accordion::cloud
