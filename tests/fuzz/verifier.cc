#include "tests/fuzz/verifier.h"

#include <utility>

#include "api-gateway/auth/header_signature.h"
#include "api-gateway/auth/query_signature.h"
#include "api-gateway/auth/signing_keys.h"
#include "api-gateway/auth/simplified_signature.h"
#include "base/sigv4.h"
#include "tests/fuzz/finding.h"

namespace accordion::fuzz {
namespace {

const gateway::SignatureRules& Rules() {
  static const auto* const rules = new gateway::SignatureRules{{kRegion}, "kec", absl::Minutes(15)};
  return *rules;
}

}  // namespace

Verifier::Verifier() : clock_(*base::sigv4::ParseAmzDate(kNowText)) {
  const auto keys = std::make_shared<gateway::SigningKeys>(100);
  header_ = gateway::MakeHeaderSignature(Rules(), keys);
  query_ = gateway::MakeQuerySignature(Rules(), keys);
  simplified_ = gateway::MakeSimplifiedSignature(Rules());
  std::vector<std::unique_ptr<const gateway::SignatureScheme>> schemes;
  schemes.push_back(gateway::MakeHeaderSignature(Rules(), keys));
  schemes.push_back(gateway::MakeQuerySignature(Rules(), keys));
  schemes.push_back(gateway::MakeSimplifiedSignature(Rules()));
  authenticator_ = std::make_unique<gateway::Authenticator>(std::move(schemes), this, &failures_,
                                                            &clock_, base::SecretString("decoy"));
}

bool Verifier::Accepts(const base::HttpRequest& request) {
  auto parameters = gateway::RequestParameters::Parse(request.query,
                                                      request.method == "POST" ? request.body : "");
  if (!parameters.ok()) return false;
  int answers = 0;
  bool accepted = false;
  authenticator_->Verify(request, *std::move(parameters), [&](const auto& verified) {
    ++answers;
    accepted = verified.ok();
  });
  Expect(answers == 1, "a verification answers exactly once");
  return accepted;
}

void Verifier::Find(absl::string_view access_key_id, Callback done) {
  if (access_key_id != kAccessKey) {
    done(nullptr);
    return;
  }
  auto credential = std::make_shared<gateway::Credential>();
  credential->principal = {.account_id = "73400001",
                           .user_name = "root",
                           .access_key_id = kAccessKey,
                           .is_main_account = true};
  credential->secret_key = base::SecretString(kSecretKey);
  done(std::move(credential));
}

}  // namespace accordion::fuzz
