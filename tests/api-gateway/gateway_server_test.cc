// The whole gateway behind its sockets, with a fake engine.
#include "api-gateway/gateway.h"

#include <snappy.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "accordion/v1/error_reason.pb.h"
#include "accordion/v1/request_context.pb.h"
#include "accordion/v1/scaling_group.pb.h"
#include "base/hash.h"
#include "gtest/gtest.h"
#include "tests/api-gateway/document_tree.h"
#include "tests/api-gateway/gateway_fixture.h"
#include "tests/api-gateway/remote_write/write_body.h"
#include "tests/support/raw_connection.h"

namespace accordion::gateway {
namespace {

class GatewayServer : public ::testing::Test {
 protected:
  GatewayServer() {
    EngineLinks links;
    links.credentials = std::make_unique<FakeCredentials>();
    auto metric_credentials = std::make_unique<FakeMetricCredentials>();
    metric_credentials->by_token_sha256[base::Sha256Hex("token")] = {.account_id = "1"};
    links.metric_credentials = std::move(metric_credentials);
    auto engine = std::make_unique<FakeEngine>();
    engine_ = engine.get();
    links.channel = std::move(engine);
    auto samples = std::make_unique<FakeSampleStream>();
    samples_ = samples.get();
    links.samples = std::move(samples);
    Config config;
    config.listen = "127.0.0.1:0";
    config.admin_listen = "127.0.0.1:0";
    config.disabled_actions = {"DeleteScalingGroup"};
    auto started = Gateway::Start(config, std::move(links), &clock_, &rng_);
    EXPECT_TRUE(started.ok()) << started.status();
    gateway_ = *std::move(started);
  }

  // The whole answer to `request`, which must ask to close.
  static std::string Exchange(int port, const std::string& request) {
    testing::RawConnection connection(port);
    EXPECT_TRUE(connection.Send(request));
    return connection.ReceiveAll();
  }

  std::string Get(const std::string& path) {
    return Exchange(gateway_->AdminPort(),
                    "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  }

  std::string Send(base::HttpRequest request) {
    std::string text = absl::StrCat(request.method, " ", request.target, " HTTP/1.1\r\n");
    for (const auto& [name, value] : request.headers.fields()) {
      absl::StrAppend(&text, name, ": ", value, "\r\n");
    }
    return Exchange(gateway_->Port(), text + "Connection: close\r\n\r\n" + request.body);
  }

  testing::FakeClock clock_{TestNow()};
  base::SystemRng rng_;
  FakeEngine* engine_;
  FakeSampleStream* samples_;
  std::unique_ptr<Gateway> gateway_;
};

std::string BodyOf(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }

TEST_F(GatewayServer, AnswersEveryRecordedDialect) {
  const std::string directory = std::string(GATEWAY_TESTDATA) + "/dialects";
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const std::string name = entry.path().filename();
    const std::string answer = Send(ParseHttp(ReadTestData("dialects/" + name)));
    EXPECT_TRUE(absl::StartsWith(answer, "HTTP/1.1 200 ")) << name << "\n" << answer;
    ++count;
  }
  EXPECT_EQ(count, 12);
  EXPECT_EQ(engine_->rpcs.size(), 12u);
}

TEST_F(GatewayServer, ListsGroupsAlikeAsJsonAndAsXml) {
  engine_->fill = [](google::protobuf::Message* answer) {
    auto* groups = dynamic_cast<v1::DescribeScalingGroupResponse*>(answer);
    groups->set_scaling_group_count(1);
    groups->add_scaling_groups()->set_scaling_group_name("web");
  };
  const base::sigv4::Parameters parameters = {{"Action", "DescribeScalingGroup"},
                                              {"Version", "2016-03-04"}};
  const base::HttpRequest request = SignedGet(parameters);
  std::string json_id, xml_id;
  const auto json = ReadJsonAnswer(BodyOf(Send(request)), &json_id);
  // Accept is signed by this client, so XML is asked for by a request of its own.
  base::HttpRequest xml_request = request;
  xml_request.headers = {{"Host", "kec.test"}};
  const base::HttpHeaders signature = base::sigv4::Sign(
      {"GET", "/", parameters, xml_request.headers, ""},
      {kTestKey, base::SecretString(kTestSecret), kTestRegion, "kec", ""}, TestNow());
  for (const auto& [name, value] : signature.fields()) {
    xml_request.headers.Add(name, value);
  }
  const auto xml =
      ReadXmlAnswer(BodyOf(Send(xml_request)), "DescribeScalingGroupResponse", &xml_id);
  EXPECT_EQ(json, xml);
  EXPECT_EQ(json_id.size(), 36u);
  EXPECT_NE(json_id, xml_id);
}

TEST_F(GatewayServer, HandsTheContextToTheEngine) {
  Send(SignedGet({{"Action", "EnableScalingGroup"},
                  {"Version", "2016-03-04"},
                  {"ScalingGroupId", "5"},
                  {"DryRun", "True"},
                  {"ClientToken", "t-1"}}));
  v1::RequestContext context;
  ASSERT_TRUE(context.ParseFromString(engine_->last_context));
  EXPECT_EQ(context.account_id(), "73400001");
  EXPECT_EQ(context.principal(), "root");
  EXPECT_EQ(context.access_key_id(), kTestKey);
  EXPECT_TRUE(context.dry_run());
  EXPECT_EQ(context.client_token(), "t-1");
  EXPECT_EQ(context.source_address(), "127.0.0.1");
  EXPECT_EQ(context.request_id().size(), 36u);
  EXPECT_EQ(engine_->rpcs.at(0), "/accordion.v1.AutoScalingService/EnableScalingGroup");
}

TEST_F(GatewayServer, PassesTheEnginesReasonsOn) {
  engine_->refusal = ApiError{v1::SCALING_GROUP_NOT_FOUND, {"5"}};
  const std::string answer = Send(SignedGet(
      {{"Action", "EnableScalingGroup"}, {"Version", "2016-03-04"}, {"ScalingGroupId", "5"}}));
  EXPECT_TRUE(absl::StartsWith(answer, "HTTP/1.1 404 ")) << answer;
  EXPECT_TRUE(absl::StrContains(answer, "\"Code\":\"ScalingGroupNotFound\"")) << answer;
}

TEST_F(GatewayServer, AnswersASwitchedOffAction) {
  const std::string answer = Send(SignedGet(
      {{"Action", "DeleteScalingGroup"}, {"Version", "2016-03-04"}, {"ScalingGroupId", "5"}}));
  EXPECT_TRUE(absl::StartsWith(answer, "HTTP/1.1 404 ")) << answer;
  EXPECT_TRUE(absl::StrContains(answer, "\"Code\":\"ServiceUnavailable\"")) << answer;
}

TEST_F(GatewayServer, RefusesOversizedBodiesInTheEnvelope) {
  const std::string answer =
      Exchange(gateway_->Port(),
               "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 65537\r\n\r\n");
  EXPECT_TRUE(absl::StartsWith(answer, "HTTP/1.1 400 ")) << answer;
  EXPECT_TRUE(absl::StrContains(answer, "\"Code\":\"InvalidQueryParameter\"")) << answer;
  EXPECT_TRUE(absl::StrContains(answer, "The query parameter body is malformed")) << answer;
}

TEST_F(GatewayServer, RefusesGarbageBytesInTheEnvelope) {
  const std::string answer =
      Exchange(gateway_->Port(), std::string("\x16\x03\x01\xff\xfe\r\n\r\n"));
  EXPECT_TRUE(absl::StartsWith(answer, "HTTP/1.1 400 ")) << answer;
  EXPECT_TRUE(absl::StrContains(answer, "\"Code\":\"InvalidQueryParameter\"")) << answer;
}

TEST_F(GatewayServer, TakesRemoteWriteOnItsPathWithItsOwnBodyLimit) {
  std::string series;
  for (int i = 0; i < 3000; ++i) {
    series += Series("cpu_usage", "instance_id",
                     "instance-" + base::Sha256Hex(std::to_string(i)).substr(0, 40), {{i, i}});
  }
  std::string body;
  snappy::Compress(series.data(), series.size(), &body);
  ASSERT_GT(body.size(), 65536u);
  const std::string answer =
      Exchange(gateway_->Port(),
               absl::StrCat("POST /api/v1/write HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                            "Authorization: Bearer token\r\nContent-Length: ",
                            body.size(), "\r\n\r\n", body));
  EXPECT_TRUE(absl::StartsWith(answer, "HTTP/1.1 204 ")) << answer;
  EXPECT_EQ(samples_->batches.at(0).size(), 3000u);
}

TEST_F(GatewayServer, ShowsHealthAndMetricsOnTheAdminListenerOnly) {
  EXPECT_TRUE(absl::StartsWith(Get("/livez"), "HTTP/1.1 200 "));
  EXPECT_TRUE(absl::StartsWith(Get("/readyz"), "HTTP/1.1 200 "));
  engine_->is_ready = false;
  EXPECT_TRUE(absl::StartsWith(Get("/readyz"), "HTTP/1.1 503 "));
  EXPECT_TRUE(absl::StartsWith(Get("/livez"), "HTTP/1.1 200 "));
  Send(SignedGet({{"Action", "DescribeScalingGroup"}, {"Version", "2016-03-04"}}));
  EXPECT_TRUE(absl::StrContains(
      Get("/metrics"),
      R"(accordion_gateway_requests_total{action="DescribeScalingGroup",code="OK"} 1)"));
  const std::string outside =
      Exchange(gateway_->Port(), "GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(absl::StartsWith(outside, "HTTP/1.1 403 ")) << outside;
}

TEST(GatewayStart, SaysWhichSettingCannotBe) {
  testing::FakeClock clock;
  base::SystemRng rng;
  Config config;
  config.time_zone = "Mars/Olympus";
  EXPECT_EQ(Gateway::Start(config, EngineLinks(), &clock, &rng).status().message(),
            "unknown time-zone: Mars/Olympus");
  config = Config();
  config.listen = "nowhere";
  EXPECT_EQ(Gateway::Start(config, EngineLinks(), &clock, &rng).status().message(),
            "not host:port: nowhere");
}

}  // namespace
}  // namespace accordion::gateway
