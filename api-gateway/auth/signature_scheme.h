// One way of signing a request. The authenticator holds one object for each way that is served.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "api-gateway/openapi/api_error.h"
#include "api-gateway/openapi/request_parameters.h"
#include "base/http_message.h"
#include "base/secret.h"
#include "base/sigv4.h"

namespace accordion::gateway {

// What a request claims, read and checked as far as that is possible without its secret.
struct SignatureClaim {
  std::string access_key_id;
  std::string security_token;  // of temporary credentials; empty without
  std::string signature;       // as received
  // What the signature may be of; any match proves it. More than one where clients differ in what
  // they sign and each form binds every byte that is dispatched.
  std::vector<std::string> strings_to_sign;
  base::sigv4::CredentialScope scope;  // where a SigV4 signing key belongs; empty otherwise
};

// Immutable (but for caches) and thread-safe.
class SignatureScheme {
 public:
  virtual ~SignatureScheme() = default;

  // Whether the request carries (parts of) a credential of this scheme.
  virtual bool Recognizes(const base::HttpRequest& request,
                          const RequestParameters& parameters) const = 0;

  // Everything but the secret: syntax, scope, date, which headers are signed.
  virtual OrError<SignatureClaim> Read(const base::HttpRequest& request,
                                       const RequestParameters& parameters,
                                       absl::Time now) const = 0;

  // Whether `secret_key` gave the signature. In time that does not depend on where they differ.
  virtual bool Matches(const SignatureClaim& claim, const base::SecretString& secret_key) const = 0;
};

}  // namespace accordion::gateway
