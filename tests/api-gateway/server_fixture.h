// A whole gateway behind its sockets, with fakes in the place of the engine.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api-gateway/gateway.h"
#include "base/http_message.h"
#include "tests/api-gateway/gateway_fixture.h"

namespace accordion::gateway {

struct ServerFixture {
  // `configure` may change the settings, which are the defaults on free ports.
  explicit ServerFixture(const std::function<void(Config*)>& configure = {});

  // The whole answer to `request`, sent as it is; it must ask to close.
  static std::string Exchange(int port, const std::string& request);

  // A page of either listener.
  std::string Get(int port, const std::string& path);

  // The whole answer to `request` on the API's listener.
  std::string Send(const base::HttpRequest& request);

  testing::FakeClock clock{TestNow()};
  base::SystemRng rng;
  FakeCredentials* credentials;
  FakeEngine* engine;
  FakeSampleStream* samples;
  std::unique_ptr<Gateway> gateway;
};

// Parts of a whole answer.
std::string BodyOf(const std::string& answer);
int StatusOf(const std::string& answer);

}  // namespace accordion::gateway
