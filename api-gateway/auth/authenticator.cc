#include "api-gateway/auth/authenticator.h"

#include <utility>

#include "accordion/v1/error_reason.pb.h"
#include "api-gateway/envelope.h"
#include "api-gateway/limits.h"
#include "base/hash.h"

namespace accordion::gateway {
namespace {

// The scheme that the request uses. A request with two credentials is refused: which one counts
// must not depend on who reads it.
OrError<const SignatureScheme*> ChooseScheme(
    const std::vector<std::unique_ptr<const SignatureScheme>>& schemes,
    const base::HttpRequest& request, const RequestParameters& parameters) {
  const SignatureScheme* chosen = nullptr;
  for (const auto& scheme : schemes) {
    if (!scheme->Recognizes(request, parameters)) continue;
    if (chosen != nullptr) return ApiError{v1::AUTHORIZATION_FORMAT, {}};
    chosen = scheme.get();
  }
  if (chosen == nullptr) return ApiError{v1::MISSING_AUTHENTICATION_TOKEN, {}};
  const bool second_credential = parameters.HasPrefix(envelope::kQueryAuthPrefix) ||
                                 parameters.Find(envelope::kSimplifiedSignature) != nullptr;
  const bool in_header = request.headers.Count(envelope::kAuthorizationHeader) > 0;
  if (in_header && second_credential) return ApiError{v1::AUTHORIZATION_FORMAT, {}};
  return chosen;
}

// A temporary credential is the key and its token; a permanent key's request may carry a token that
// nobody issued for it (one client always sends the header), but only a signed one, which proves
// nothing more.
bool TokenFits(const Credential& credential, const SignatureClaim& claim, absl::Time now) {
  if (credential.security_token_sha256.empty()) return true;
  return now < credential.expires_at &&
         base::ConstantTimeEquals(base::Sha256Hex(claim.security_token),
                                  credential.security_token_sha256);
}

}  // namespace

Authenticator::Authenticator(std::vector<std::unique_ptr<const SignatureScheme>> schemes,
                             CredentialSource* credentials, FailureLimit* failures,
                             const base::Clock* clock, base::SecretString decoy_key)
    : schemes_(std::move(schemes)),
      credentials_(*credentials),
      failures_(*failures),
      clock_(*clock),
      decoy_key_(std::move(decoy_key)) {}

void Authenticator::Verify(const base::HttpRequest& request, RequestParameters parameters,
                           Callback done) const {
  if (request.headers.Count(envelope::kHostHeader) == 0) {
    done(ApiError{v1::MISSING_HOST, {}});
    return;
  }
  OrError<const SignatureScheme*> scheme = ChooseScheme(schemes_, request, parameters);
  if (!scheme.ok()) {
    done(scheme.error());
    return;
  }
  OrError<SignatureClaim> claim = (*scheme)->Read(request, parameters, clock_.Now());
  if (!claim.ok()) {
    done(claim.error());
    return;
  }
  const std::string& address = request.remote_address;
  if (const absl::Duration wait = failures_.Wait(address, clock_.Now());
      wait > absl::ZeroDuration()) {
    done(LimitExceeded(wait));
    return;
  }
  const std::string access_key_id = claim->access_key_id;
  if (access_key_id.size() > limits::kMaxAccessKeyBytes) {
    done(Judge(**scheme, *claim, nullptr, std::move(parameters), address));
    return;
  }
  credentials_.Find(access_key_id,
                    [this, scheme = *scheme, claim = *std::move(claim),
                     parameters = std::move(parameters), address, done = std::move(done)](
                        absl::StatusOr<std::shared_ptr<const Credential>> found) mutable {
                      if (!found.ok()) {
                        done(ApiError{v1::AUTH_SERVICE_UNAVAILABLE, {}});
                        return;
                      }
                      done(Judge(*scheme, claim, found->get(), std::move(parameters), address));
                    });
}

OrError<VerifiedRequest> Authenticator::Judge(const SignatureScheme& scheme,
                                              const SignatureClaim& claim,
                                              const Credential* credential,
                                              RequestParameters parameters,
                                              absl::string_view address) const {
  const bool matches =
      scheme.Matches(claim, credential != nullptr ? credential->secret_key : decoy_key_);
  const bool is_known = credential != nullptr && TokenFits(*credential, claim, clock_.Now());
  if (is_known && matches) return VerifiedRequest(credential->principal, std::move(parameters));
  const absl::Duration wait = failures_.Charge(address, claim.access_key_id, clock_.Now());
  if (wait > absl::ZeroDuration()) return LimitExceeded(wait);
  return ApiError{is_known ? v1::SIGNATURE_MISMATCH : v1::INVALID_CLIENT_TOKEN_ID, {}};
}

}  // namespace accordion::gateway
