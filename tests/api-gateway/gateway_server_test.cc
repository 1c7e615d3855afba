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
#include "tests/api-gateway/server_fixture.h"

namespace accordion::gateway {
namespace {

class GatewayServer : public ::testing::Test, protected ServerFixture {
 protected:
  GatewayServer()
      : ServerFixture([](Config* config) { config->disabled_actions = {"DeleteScalingGroup"}; }) {}

  std::string Admin(const std::string& path) { return Get(gateway->AdminPort(), path); }
};

TEST_F(GatewayServer, AnswersEveryRecordedDialect) {
  const std::string directory = std::string(GATEWAY_TESTDATA) + "/dialects";
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const std::string name = entry.path().filename();
    const std::string answer = Send(ParseHttp(ReadTestData("dialects/" + name)));
    EXPECT_TRUE(absl::StartsWith(answer, "HTTP/1.1 200 ")) << name << "\n" << answer;
    ++count;
  }
  EXPECT_EQ(count, 17);
  EXPECT_EQ(engine->rpcs.size(), 17u);
}

TEST_F(GatewayServer, ListsGroupsAlikeAsJsonAndAsXml) {
  engine->fill = [](google::protobuf::Message* answer) {
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
  ASSERT_TRUE(context.ParseFromString(engine->last_context));
  EXPECT_EQ(context.account_id(), "73400001");
  EXPECT_EQ(context.principal(), "root");
  EXPECT_EQ(context.access_key_id(), kTestKey);
  EXPECT_TRUE(context.dry_run());
  EXPECT_EQ(context.client_token(), "t-1");
  EXPECT_EQ(context.source_address(), "127.0.0.1");
  EXPECT_EQ(context.request_id().size(), 36u);
  EXPECT_EQ(engine->rpcs.at(0), "/accordion.v1.AutoScalingService/EnableScalingGroup");
}

v1::RequestContext ContextOf(const FakeEngine& engine) {
  v1::RequestContext context;
  EXPECT_TRUE(context.ParseFromString(engine.last_context));
  return context;
}

TEST_F(GatewayServer, HandsDryRunAndClientTokenOnForWritesOnly) {
  Send(SignedGet({{"Action", "DescribeScalingGroup"},
                  {"Version", "2016-03-04"},
                  {"DryRun", "true"},
                  {"ClientToken", "t-1"}}));
  EXPECT_FALSE(ContextOf(*engine).dry_run());
  EXPECT_EQ(ContextOf(*engine).client_token(), "");
  const base::sigv4::Parameters enable = {
      {"Action", "EnableScalingGroup"}, {"Version", "2016-03-04"}, {"ScalingGroupId", "5"}};
  for (const std::string& token : {std::string(64, 'x'), std::string("a ~!"), std::string()}) {
    base::sigv4::Parameters parameters = enable;
    parameters.emplace_back("ClientToken", token);
    EXPECT_EQ(StatusOf(Send(SignedGet(parameters))), 200) << token;
    EXPECT_EQ(ContextOf(*engine).client_token(), token);
  }
  const std::size_t calls = engine->rpcs.size();
  for (const auto& [name, value] :
       {std::pair<std::string, std::string>("ClientToken", std::string(65, 'x')),
        {"ClientToken", "tab\there"},
        {"ClientToken", "中"},
        {"DryRun", "maybe"}}) {
    base::sigv4::Parameters parameters = enable;
    parameters.emplace_back(name, value);
    const std::string answer = Send(SignedGet(parameters));
    EXPECT_EQ(StatusOf(answer), 400) << value;
    EXPECT_TRUE(absl::StrContains(answer, "for the input parameter " + name + ".")) << answer;
  }
  EXPECT_EQ(engine->rpcs.size(), calls);
}

TEST_F(GatewayServer, ReadsFormatAndRefusesAHeaderThatNamesAnotherAction) {
  const std::string json = Send(
      SignedGet({{"Action", "DescribeScalingGroup"}, {"Version", "2016-03-04"}, {"Format", "JSON"}},
                TestNow(), "*/*"));
  EXPECT_TRUE(absl::StrContains(json, "Content-Type: application/json\r\n")) << json;
  base::HttpRequest request =
      SignedGet({{"Action", "DescribeScalingGroup"}, {"Version", "2016-03-04"}});
  request.headers.Add("X-Action", "DeleteScalingGroup");
  EXPECT_TRUE(absl::StrContains(Send(request), "The query parameter Action is malformed"));
}

TEST_F(GatewayServer, PassesTheEnginesReasonsOn) {
  engine->refusal = ApiError{v1::SCALING_GROUP_NOT_FOUND, {"5"}};
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
      Exchange(gateway->Port(),
               "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 65537\r\n\r\n");
  EXPECT_TRUE(absl::StartsWith(answer, "HTTP/1.1 400 ")) << answer;
  EXPECT_TRUE(absl::StrContains(answer, "\"Code\":\"InvalidQueryParameter\"")) << answer;
  EXPECT_TRUE(absl::StrContains(answer, "The query parameter body is malformed")) << answer;
}

TEST_F(GatewayServer, RefusesGarbageBytesInTheEnvelope) {
  const std::string answer = Exchange(gateway->Port(), std::string("\x16\x03\x01\xff\xfe\r\n\r\n"));
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
      Exchange(gateway->Port(),
               absl::StrCat("POST /api/v1/write HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                            "Authorization: Bearer token\r\nContent-Length: ",
                            body.size(), "\r\n\r\n", body));
  EXPECT_TRUE(absl::StartsWith(answer, "HTTP/1.1 204 ")) << answer;
  EXPECT_EQ(samples->batches.at(0).size(), 3000u);
}

TEST_F(GatewayServer, ShowsHealthAndMetricsOnTheAdminListenerOnly) {
  EXPECT_TRUE(absl::StartsWith(Admin("/livez"), "HTTP/1.1 200 "));
  EXPECT_TRUE(absl::StartsWith(Admin("/readyz"), "HTTP/1.1 200 "));
  engine->is_ready = false;
  EXPECT_TRUE(absl::StartsWith(Admin("/readyz"), "HTTP/1.1 503 "));
  EXPECT_TRUE(absl::StartsWith(Admin("/livez"), "HTTP/1.1 200 "));
  Send(SignedGet({{"Action", "DescribeScalingGroup"}, {"Version", "2016-03-04"}}));
  EXPECT_TRUE(absl::StrContains(
      Admin("/metrics"),
      R"(accordion_gateway_requests_total{action="DescribeScalingGroup",code="OK"} 1)"));
  const std::string outside =
      Exchange(gateway->Port(), "GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
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
