// AWS signature version 4 in the query string: X-Amz-Algorithm, X-Amz-Credential, X-Amz-Date (or a
// Date header), X-Amz-SignedHeaders, X-Amz-Signature.
//
// The canonical query is every parameter of the query but X-Amz-Signature; the body is bound by its
// hash as in the header form. There is no X-Amz-Expires: the window is that of all signatures.
#pragma once

#include <memory>

#include "api-gateway/auth/signature_scheme.h"
#include "api-gateway/auth/signing_keys.h"
#include "api-gateway/auth/sigv4_rules.h"

namespace accordion::gateway {

std::unique_ptr<const SignatureScheme> MakeQuerySignature(SignatureRules rules,
                                                          std::shared_ptr<SigningKeys> keys);

}  // namespace accordion::gateway
