// What the two SigV4 schemes (header and query string) share: the rules and the comparison.
#pragma once

#include <memory>
#include <utility>

#include "api-gateway/auth/signature_scheme.h"
#include "api-gateway/auth/signing_keys.h"
#include "api-gateway/auth/sigv4_rules.h"
#include "base/hash.h"

namespace accordion::gateway {

class SigV4Scheme : public SignatureScheme {
 public:
  SigV4Scheme(SignatureRules rules, std::shared_ptr<SigningKeys> keys)
      : rules_(std::move(rules)), keys_(std::move(keys)) {}

  bool Matches(const SignatureClaim& claim, const base::SecretString& secret_key) const override {
    const base::SecretString key = keys_->Derive(secret_key, claim.scope);
    bool matches = false;
    for (const std::string& text : claim.strings_to_sign) {
      // No early exit: the number of comparisons depends on the request alone.
      matches |= base::ConstantTimeEquals(base::sigv4::Signature(key, text), claim.signature);
    }
    return matches;
  }

 protected:
  const SignatureRules& rules() const { return rules_; }

 private:
  const SignatureRules rules_;
  const std::shared_ptr<SigningKeys> keys_;
};

}  // namespace accordion::gateway
