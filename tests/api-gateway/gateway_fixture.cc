#include "tests/api-gateway/gateway_fixture.h"

#include <google/protobuf/message.h>

#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/encoding.h"
#include "base/sigv4.h"
#include "gtest/gtest.h"

namespace accordion::gateway {

absl::Time TestNow() { return *base::sigv4::ParseAmzDate("20261124T082125Z"); }

FakeCredentials::FakeCredentials() {
  Credential credential;
  credential.principal = {.account_id = "73400001",
                          .user_name = "root",
                          .access_key_id = kTestKey,
                          .is_main_account = true};
  credential.secret_key = base::SecretString(kTestSecret);
  keys[kTestKey] = credential;
}

void FakeCredentials::Find(absl::string_view access_key_id, Callback done) {
  ++asked;
  if (is_down) {
    done(absl::UnavailableError("down"));
    return;
  }
  const auto found = keys.find(std::string(access_key_id));
  done(found == keys.end() ? nullptr : std::make_shared<const Credential>(found->second));
}

void FakeEngine::Call(const Route& route, std::unique_ptr<google::protobuf::Message> request,
                      std::string context, Callback done) {
  rpcs.push_back(route.rpc_path);
  last_request = std::move(request);
  last_context = std::move(context);
  if (loses_calls) return;
  if (refusal) {
    done(*refusal);
    return;
  }
  std::unique_ptr<google::protobuf::Message> answer(route.answer_prototype->New());
  if (fill) fill(answer.get());
  done(std::move(answer));
}

void FakeMetricCredentials::Find(absl::string_view token_sha256, Callback done) {
  const auto found = by_token_sha256.find(std::string(token_sha256));
  done(found == by_token_sha256.end() ? nullptr
                                      : std::make_shared<const MetricCredential>(found->second));
}

void FakeSampleStream::Push(SampleBatch batch, Callback done) {
  batches.push_back(std::move(batch));
  done(verdict);
}

HandlerFixture::HandlerFixture() {
  absl::StatusOr<std::unique_ptr<const RouteTable>> built = RouteTable::Build(PublicApi());
  EXPECT_TRUE(built.ok()) << built.status();
  routes = *std::move(built);
  std::vector<std::unique_ptr<const SignatureScheme>> schemes;
  const SignatureRules rules = {{kTestRegion}, "kec", absl::Minutes(15)};
  const auto keys = std::make_shared<SigningKeys>(100);
  schemes.push_back(MakeHeaderSignature(rules, keys));
  schemes.push_back(MakeQuerySignature(rules, keys));
  schemes.push_back(MakeSimplifiedSignature(rules));
  authenticator = std::make_unique<Authenticator>(std::move(schemes), &credentials, &failures,
                                                  &clock, base::SecretString("decoy"));
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Asia/Shanghai", &zone));
  handler = std::make_unique<ApiHandler>(
      ApiHandler::Parts{*routes, *authenticator, throttle, engine, metrics, clock, rng},
      ApiHandler::Settings{zone, {}});
}

base::HttpResponse HandlerFixture::Ask(const base::HttpRequest& request) {
  base::HttpResponse answer;
  int answers = 0;
  handler->Handle(request, [&](base::HttpResponse response) {
    answer = std::move(response);
    ++answers;
  });
  EXPECT_EQ(answers, 1);
  return answer;
}

base::HttpRequest ParseHttp(absl::string_view text) {
  base::HttpRequest request;
  const std::size_t head_end = text.find("\r\n\r\n");
  const std::vector<absl::string_view> lines = absl::StrSplit(text.substr(0, head_end), "\r\n");
  const std::vector<std::string> first = absl::StrSplit(lines[0], ' ');
  request.method = first[0];
  request.target = first[1];
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(request.target, absl::MaxSplits('?', 1));
  request.path = parts.first;
  request.query = parts.second;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::pair<absl::string_view, absl::string_view> field =
        absl::StrSplit(lines[i], absl::MaxSplits(": ", 1));
    request.headers.Add(field.first, field.second);
  }
  request.body = std::string(text.substr(head_end + 4));
  request.remote_address = "127.0.0.1";
  return request;
}

std::string ReadTestData(const std::string& name) {
  std::ifstream file(std::string(GATEWAY_TESTDATA) + "/" + name, std::ios::binary);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

base::HttpRequest PlainGet(const base::sigv4::Parameters& parameters, absl::string_view accept) {
  base::HttpRequest request;
  request.method = "GET";
  request.path = "/";
  request.query = base::FormEncode(parameters);
  request.target = "/?" + request.query;
  request.headers = {{"Host", "kec.test"}, {"Accept", std::string(accept)}};
  request.remote_address = "127.0.0.1";
  return request;
}

base::HttpRequest SignedGet(const base::sigv4::Parameters& parameters, absl::Time now,
                            absl::string_view accept) {
  base::HttpRequest request = PlainGet(parameters, accept);
  const base::HttpHeaders signature =
      base::sigv4::Sign({request.method, request.path, parameters, request.headers, request.body},
                        {kTestKey, base::SecretString(kTestSecret), kTestRegion, "kec", ""}, now);
  for (const auto& [name, value] : signature.fields()) request.headers.Add(name, value);
  return request;
}

void DropHeader(base::HttpRequest* request, const std::string& name) {
  base::HttpHeaders kept;
  for (const auto& [field, value] : request->headers.fields()) {
    if (field != name) kept.Add(field, value);
  }
  request->headers = kept;
}

}  // namespace accordion::gateway
