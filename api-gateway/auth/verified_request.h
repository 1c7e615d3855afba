// A request whose signature has been checked. Only the authenticator can make one, so code that
// takes a VerifiedRequest cannot be reached without a check (reliability.md E2).
#pragma once

#include <utility>

#include "api-gateway/auth/principal.h"
#include "api-gateway/openapi/request_parameters.h"

namespace accordion::gateway {

class VerifiedRequest {
 public:
  const Principal& principal() const { return principal_; }
  // The parameters that the signature covers, from the very parse that it was checked on.
  const RequestParameters& parameters() const { return parameters_; }

 private:
  friend class Authenticator;
  VerifiedRequest(Principal principal, RequestParameters parameters)
      : principal_(std::move(principal)), parameters_(std::move(parameters)) {}

  Principal principal_;
  RequestParameters parameters_;
};

}  // namespace accordion::gateway
