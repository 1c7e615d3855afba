// A simulator in this process, on free ports, with hand-moved region time, and a client that signs.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/encoding.h"
#include "base/http_client.h"
#include "base/sigv4.h"
#include "gtest/gtest.h"
#include "tests/cloudsim/json.h"
#include "tests/cloudsim/region/default_region.h"
#include "tests/cloudsim/simulator.h"
#include "tests/support/fake_clock.h"

namespace accordion::cloudsim {

using Pairs = base::sigv4::Parameters;

// A parsed answer.
struct Reply {
  base::Delivery delivery = base::Delivery::kNotSent;
  int status = 0;
  Json body;

  std::string Text(absl::string_view name) const {
    const Json* member = body.Find(name);
    return member == nullptr ? "" : member->AsString().value_or("");
  }
  int64_t Int(absl::string_view name) const {
    const Json* member = body.Find(name);
    return member == nullptr ? -1 : member->AsInt().value_or(-1);
  }
  std::vector<Json> List(absl::string_view name) const {
    const Json* member = body.Find(name);
    return member == nullptr ? std::vector<Json>() : member->items();
  }
  std::string ErrorCode() const {
    const Json* error = body.Find("Error");
    return error == nullptr ? "" : error->Find("Code")->AsString().value_or("");
  }
  std::string ErrorMessage() const {
    const Json* error = body.Find("Error");
    return error == nullptr ? "" : error->Find("Message")->AsString().value_or("");
  }
};

inline std::string TextOf(const Json& object, absl::string_view name) {
  const Json* member = object.Find(name);
  return member == nullptr ? "" : member->AsString().value_or("");
}

class SimulatorTest : public ::testing::Test {
 protected:
  SimulatorTest() : region_(DefaultRegion()) { Restart(absl::Minutes(15)); }

  void Restart(absl::Duration signature_window) {
    simulator_.reset();
    absl::StatusOr<std::unique_ptr<Simulator>> started = Simulator::Start(
        {.region = region_, .seed = 3, .signature_window = signature_window}, clock_);
    ASSERT_TRUE(started.ok()) << started.status();
    simulator_ = *std::move(started);
  }

  // Signed as the first account's, unless `credentials` says otherwise.
  base::sigv4::SigningCredentials Credentials(absl::string_view service, int account = 0) const {
    return {.access_key = region_.accounts[account].access_key,
            .secret_key = base::SecretString(region_.accounts[account].secret_key),
            .region = region_.name,
            .service = std::string(service),
            .session_token = {}};
  }
  base::HttpCall Signed(const base::sigv4::SigningCredentials& credentials, Pairs parameters,
                        absl::string_view method = "GET") const {
    base::HttpCall call;
    call.method = std::string(method);
    call.url = absl::StrCat("http://127.0.0.1:", simulator_->Port(), "/");
    call.headers.Add("Host", absl::StrCat("127.0.0.1:", simulator_->Port()));
    const Pairs query = method == "GET" ? parameters : Pairs();
    if (method == "GET") absl::StrAppend(&call.url, "?", base::FormEncode(query));
    if (method == "POST") {
      call.body = base::FormEncode(parameters);
      call.headers.Add("Content-Type", "application/x-www-form-urlencoded");
    }
    const base::HttpHeaders signature = base::sigv4::Sign({.method = call.method,
                                                           .path = "/",
                                                           .query = query,
                                                           .headers = call.headers,
                                                           .body = call.body},
                                                          credentials, clock_.Now());
    for (const auto& [name, value] : signature.fields()) call.headers.Add(name, value);
    return call;
  }
  Reply Send(const base::HttpCall& call) {
    const base::HttpResult result = client_.Call(call);
    Reply reply{.delivery = result.delivery};
    if (result.delivery == base::Delivery::kAnswered) reply.status = result.response.status;
    if (absl::StatusOr<Json> body = ParseJson(result.response.body); body.ok()) {
      reply.body = *std::move(body);
    }
    return reply;
  }
  static Pairs Action(absl::string_view action, Pairs parameters = {}) {
    parameters.insert(parameters.begin(),
                      {{"Action", std::string(action)}, {"Version", "2016-03-04"}});
    return parameters;
  }
  Reply Ask(absl::string_view service, absl::string_view action, Pairs parameters = {},
            int account = 0) {
    return Send(Signed(Credentials(service, account), Action(action, std::move(parameters))));
  }

  Pairs LaunchParameters(int count = 1) const {
    return {{"ImageId", region_.images[0].id},
            {"InstanceType", "N3.1A"},
            {"MinCount", absl::StrCat(count)},
            {"MaxCount", absl::StrCat(count)},
            {"SubnetId", region_.subnets[0].id},
            {"SecurityGroupId.1", region_.security_groups[0].id},
            {"ChargeType", "HourlyInstantSettlement"},
            {"InstanceName", "as-1-abc"},
            {"Tag.1.Key", "as.intent"},
            {"Tag.1.Value", "abc"}};
  }
  // Launches one and lets it boot; its id.
  std::string RunActive() {
    const Reply reply = Ask("kec", "RunInstances", LaunchParameters());
    EXPECT_EQ(reply.status, 200) << ToText(reply.body);
    clock_.Advance(region_.boot_max);
    return reply.List("InstancesSet").empty() ? ""
                                              : TextOf(reply.List("InstancesSet")[0], "InstanceId");
  }

  Reply Admin(absl::string_view method, absl::string_view path, absl::string_view body = "") {
    base::HttpCall call;
    call.method = std::string(method);
    call.url = absl::StrCat("http://127.0.0.1:", simulator_->AdminPort(), path);
    call.body = std::string(body);
    return Send(call);
  }

  RegionSpec region_;
  accordion::testing::FakeClock clock_;
  base::HttpClient client_;
  std::unique_ptr<Simulator> simulator_;
};

}  // namespace accordion::cloudsim
