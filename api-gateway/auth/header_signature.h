// AWS signature version 4 in the Authorization header, with the dialects of the API's real clients.
//
// What clients do (each was seen on the wire): the same header signed twice, a date with an offset,
// content-length signed, blanks sent as '+' and signed as %20, an unsorted query signed as it was
// typed. Canonical headers are therefore built by walking SignedHeaders as given, and the query is
// signed from the parse.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api-gateway/auth/signature_scheme.h"

namespace accordion::gateway {

struct SignatureRules {
  std::vector<std::string> regions;  // that a scope may name
  std::string service;               // that it must name
  absl::Duration window;             // the date may be off by this, either way
};

std::unique_ptr<const SignatureScheme> MakeHeaderSignature(SignatureRules rules);

}  // namespace accordion::gateway
