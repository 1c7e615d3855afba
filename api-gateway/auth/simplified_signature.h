// The vendor's simplified signature: one HMAC over the parameters, no header, method or path.
//
// Recognized by a bare `Signature` parameter; `Accesskey` alone says nothing, since an SDK sends it
// with every SigV4 request. All parameters are covered, wherever they stand; no header is, so none
// may steer the request.
#pragma once

#include <memory>
#include <string>

#include "api-gateway/auth/signature_scheme.h"
#include "api-gateway/auth/sigv4_rules.h"

namespace accordion::gateway {

std::unique_ptr<const SignatureScheme> MakeSimplifiedSignature(SignatureRules rules);

// Lower-case hexadecimal signature of `parameters`, of which one named Signature is left out.
std::string SimplifiedSignature(const base::sigv4::Parameters& parameters,
                                const base::SecretString& secret_key);

}  // namespace accordion::gateway
