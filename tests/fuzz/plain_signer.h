// A second signer, for comparison with the product's verifier: AWS signature version 4 and the
// simplified signature, written from the published rules with the standard library and OpenSSL.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/fuzz/plain_form.h"

namespace accordion::fuzz {

// A request as it is on the wire.
struct PlainRequest {
  std::string method;
  std::string path;
  std::string query;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

// `signed_headers`: names in lower case joined by ';', walked as given. `canonical_query` is the
// caller's, since the query-string form leaves a parameter out.
std::string PlainCanonicalRequest(const PlainRequest& request, const std::string& canonical_query,
                                  const std::string& signed_headers);

// `scope`: date/region/service/aws4_request.
std::string PlainStringToSign(const std::string& date, const std::string& scope,
                              const std::string& canonical_request);

// Lower-case hexadecimal.
std::string PlainSigV4(const std::string& secret_key, const std::string& scope,
                       const std::string& string_to_sign);
std::string PlainSimplified(const std::string& secret_key, const PlainParameters& parameters);

}  // namespace accordion::fuzz
