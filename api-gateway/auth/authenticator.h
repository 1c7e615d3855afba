// Proves who signed a request.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api-gateway/auth/credential_source.h"
#include "api-gateway/auth/failure_limit.h"
#include "api-gateway/auth/signature_scheme.h"
#include "api-gateway/auth/verified_request.h"
#include "api-gateway/openapi/api_error.h"
#include "base/clock.h"
#include "base/http_message.h"
#include "base/secret.h"

namespace accordion::gateway {

// Thread-safe. What it is given must outlive it and every open verification.
class Authenticator {
 public:
  using Callback = std::function<void(OrError<VerifiedRequest>)>;

  // `failures`: counts what fails here. `decoy_key`: any secret of the usual length. An unknown key
  // id is checked against it, so that the answer takes the work that a known one takes
  // (reliability.md E6).
  Authenticator(std::vector<std::unique_ptr<const SignatureScheme>> schemes,
                CredentialSource* credentials, FailureLimit* failures, const base::Clock* clock,
                base::SecretString decoy_key);

  // `parameters` must be the parse of `request`. Calls `done` exactly once, on this or the
  // credential source's thread. Errors are rows of the reference's table: 400 for a signature that
  // cannot be read, 403 for one that proves nothing, 409 for one of too many of those.
  void Verify(const base::HttpRequest& request, RequestParameters parameters, Callback done) const;

 private:
  OrError<VerifiedRequest> Judge(const SignatureScheme& scheme, const SignatureClaim& claim,
                                 const Credential* credential, RequestParameters parameters,
                                 absl::string_view address) const;

  const std::vector<std::unique_ptr<const SignatureScheme>> schemes_;
  CredentialSource& credentials_;
  FailureLimit& failures_;
  const base::Clock& clock_;
  const base::SecretString decoy_key_;
};

}  // namespace accordion::gateway
