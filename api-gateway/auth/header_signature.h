// AWS signature version 4 in the Authorization header, with the dialects of the API's real clients.
//
// What clients do (each was seen on the wire): the same header signed twice, a date with an offset,
// content-length signed, blanks sent as '+' and signed as %20, an unsorted query signed as it was
// typed. Canonical headers are therefore built by walking SignedHeaders as given, and the query is
// signed from the parse.
#pragma once

#include <memory>

#include "api-gateway/auth/signature_scheme.h"
#include "api-gateway/auth/signing_keys.h"
#include "api-gateway/auth/sigv4_rules.h"

namespace accordion::gateway {

std::unique_ptr<const SignatureScheme> MakeHeaderSignature(SignatureRules rules,
                                                           std::shared_ptr<SigningKeys> keys);

}  // namespace accordion::gateway
