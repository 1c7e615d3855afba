// The gateway's handler between a fake engine and a fake key store, for tests of the way of a
// request.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "api-gateway/api_handler.h"
#include "api-gateway/auth/authenticator.h"
#include "api-gateway/auth/failure_limit.h"
#include "api-gateway/auth/header_signature.h"
#include "api-gateway/auth/metric_credential_source.h"
#include "api-gateway/auth/query_signature.h"
#include "api-gateway/auth/simplified_signature.h"
#include "api-gateway/engine/sample_stream.h"
#include "base/http_message.h"
#include "tests/support/fake_clock.h"

namespace google::protobuf {
class Message;
}

namespace accordion::gateway {

// The instant, key and region that testdata/dialects are signed for.
inline constexpr char kTestKey[] = "AKLTdialects";
inline constexpr char kTestSecret[] = "OMovU5PTLh6y9E9Ioe3K411jt99VqyQSBXgAcDYlo49";
inline constexpr char kTestRegion[] = "cn-beijing-6";
absl::Time TestNow();

// Keys in a map; counts how often it is asked.
class FakeCredentials final : public CredentialSource {
 public:
  FakeCredentials();  // knows kTestKey, of the main account 73400001
  void Find(absl::string_view access_key_id, Callback done) override;

  std::map<std::string, Credential> keys;
  bool is_down = false;
  int asked = 0;
};

// Answers with what the test says; keeps what it was asked.
class FakeEngine final : public EngineChannel {
 public:
  void Call(const Route& route, std::unique_ptr<google::protobuf::Message> request,
            std::string context, Callback done) override;
  bool IsReady() override { return is_ready; }

  bool is_ready = true;
  MaybeError refusal;
  bool loses_calls = false;                              // drops the callback
  std::function<void(google::protobuf::Message*)> fill;  // null: an empty answer
  std::vector<std::string> rpcs;                         // paths
  std::shared_ptr<google::protobuf::Message> last_request;
  std::string last_context;  // serialized
};

class FakeMetricCredentials final : public MetricCredentialSource {
 public:
  void Find(absl::string_view token_sha256, Callback done) override;
  std::map<std::string, MetricCredential> by_token_sha256;
};

class FakeSampleStream final : public SampleStream {
 public:
  void Push(SampleBatch batch, Callback done) override;
  absl::Status verdict;
  std::vector<SampleBatch> batches;
};

// A whole handler. Everything in it may be changed before a request.
struct HandlerFixture {
  HandlerFixture();

  // The answer to one request.
  base::HttpResponse Ask(const base::HttpRequest& request);

  testing::FakeClock clock{TestNow()};
  base::SystemRng rng;
  FakeCredentials credentials;
  FakeEngine engine;
  GatewayMetrics metrics;
  std::unique_ptr<const RouteTable> routes;
  Throttle throttle{{.per_second = 1000, .burst = 1000000}, 100};
  FailureLimit failures{{{.per_second = 0, .burst = 1}, {.per_second = 0, .burst = 1}}, 100};
  std::unique_ptr<Authenticator> authenticator;
  std::unique_ptr<ApiHandler> handler;
};

// What `text` (a whole HTTP/1.1 request) says.
base::HttpRequest ParseHttp(absl::string_view text);

// The content of a file below testdata/.
std::string ReadTestData(const std::string& name);

inline constexpr char kJson[] = "application/json";

// A request signed with the fixture's key by base/sigv4, as a client sends it that accepts
// `accept`.
base::HttpRequest SignedGet(const base::sigv4::Parameters& parameters, absl::Time now = TestNow(),
                            absl::string_view accept = kJson);

// An unsigned GET of `parameters`.
base::HttpRequest PlainGet(const base::sigv4::Parameters& parameters,
                           absl::string_view accept = kJson);

// What a header says, without one of that name.
void DropHeader(base::HttpRequest* request, const std::string& name);

}  // namespace accordion::gateway
