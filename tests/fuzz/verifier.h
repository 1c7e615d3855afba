// The product's authenticator with one key, one region and a clock that stands still: what the two
// signature targets verify against.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "api-gateway/auth/authenticator.h"
#include "api-gateway/auth/failure_limit.h"
#include "api-gateway/auth/signature_scheme.h"
#include "base/http_message.h"
#include "tests/support/fake_clock.h"

namespace accordion::fuzz {

// Of the requests in tests/api-gateway/testdata/dialects, which seed the corpora.
inline constexpr char kAccessKey[] = "AKLTdialects";
inline constexpr char kSecretKey[] = "OMovU5PTLh6y9E9Ioe3K411jt99VqyQSBXgAcDYlo49";
inline constexpr char kRegion[] = "cn-beijing-6";
inline constexpr char kNowText[] = "20261124T082125Z";
inline constexpr char kScope[] = "20261124/cn-beijing-6/kec/aws4_request";

class Verifier final : public gateway::CredentialSource {
 public:
  Verifier();

  absl::Time now() const { return clock_.Now(); }

  // The schemes by themselves, to read claims with.
  const gateway::SignatureScheme& header() const { return *header_; }
  const gateway::SignatureScheme& query() const { return *query_; }
  const gateway::SignatureScheme& simplified() const { return *simplified_; }

  // Parses the parameters as the gateway does, then verifies.
  bool Accepts(const base::HttpRequest& request);

  void Find(absl::string_view access_key_id, Callback done) override;

 private:
  testing::FakeClock clock_;
  // Never reached, so that one input has no effect on the next.
  gateway::FailureLimit failures_{
      {{.per_second = 1e15, .burst = 1e15}, {.per_second = 1e15, .burst = 1e15}}, 100};
  std::unique_ptr<const gateway::SignatureScheme> header_, query_, simplified_;
  std::unique_ptr<gateway::Authenticator> authenticator_;
};

}  // namespace accordion::fuzz
