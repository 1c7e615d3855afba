#include "tests/api-gateway/server_fixture.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "gtest/gtest.h"
#include "tests/support/raw_connection.h"

namespace accordion::gateway {

ServerFixture::ServerFixture(const std::function<void(Config*)>& configure) {
  EngineLinks links;
  auto keys = std::make_unique<FakeCredentials>();
  credentials = keys.get();
  links.credentials = std::move(keys);
  auto metric_credentials = std::make_unique<FakeMetricCredentials>();
  metric_credentials->by_token_sha256[base::Sha256Hex("token")] = {.account_id = "1"};
  links.metric_credentials = std::move(metric_credentials);
  auto channel = std::make_unique<FakeEngine>();
  engine = channel.get();
  links.channel = std::move(channel);
  auto stream = std::make_unique<FakeSampleStream>();
  samples = stream.get();
  links.samples = std::move(stream);
  Config config;
  config.listen = "127.0.0.1:0";
  config.admin_listen = "127.0.0.1:0";
  if (configure) configure(&config);
  auto started = Gateway::Start(config, std::move(links), &clock, &rng);
  EXPECT_TRUE(started.ok()) << started.status();
  gateway = *std::move(started);
}

std::string ServerFixture::Exchange(int port, const std::string& request) {
  testing::RawConnection connection(port);
  EXPECT_TRUE(connection.Send(request));
  return connection.ReceiveAll();
}

std::string ServerFixture::Get(int port, const std::string& path) {
  return Exchange(port, "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
}

std::string ServerFixture::Send(const base::HttpRequest& request) {
  std::string text = absl::StrCat(request.method, " ", request.target, " HTTP/1.1\r\n");
  for (const auto& [name, value] : request.headers.fields()) {
    absl::StrAppend(&text, name, ": ", value, "\r\n");
  }
  if (request.headers.Count("content-length") == 0 && !request.body.empty()) {
    absl::StrAppend(&text, "Content-Length: ", request.body.size(), "\r\n");
  }
  return Exchange(gateway->Port(), text + "Connection: close\r\n\r\n" + request.body);
}

std::string BodyOf(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }

int StatusOf(const std::string& answer) {
  int status = 0;
  return absl::SimpleAtoi(answer.substr(9, 3), &status) ? status : 0;
}

}  // namespace accordion::gateway
