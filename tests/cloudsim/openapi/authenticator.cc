#include "tests/cloudsim/openapi/authenticator.h"

#include <algorithm>
#include <array>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/hash.h"
#include "base/secret.h"
#include "base/sigv4.h"
#include "base/status_macros.h"
#include "tests/cloudsim/region/cloud_error.h"

namespace accordion::cloudsim {
namespace {

namespace sigv4 = base::sigv4;

constexpr std::array<absl::string_view, 4> kServices = {"kec", "vpc", "slb", "eip"};

absl::Status Mismatch(absl::string_view message) {
  return CloudError(403, "SignatureDoesNotMatch", message);
}

absl::StatusOr<sigv4::Authorization> ReadAuthorization(const base::HttpHeaders& headers) {
  const std::optional<absl::string_view> header = headers.Find("Authorization");
  if (!header) {
    return CloudError(403, "MissingAuthentication", "Request is missing Authentication Token.");
  }
  sigv4::Authorization authorization;
  if (headers.Count("Authorization") != 1 ||
      sigv4::ParseAuthorization(*header, &authorization) != sigv4::ParseError::kNone) {
    return CloudError(400, "IncompleteSignature", "Authorization header format error.");
  }
  return authorization;
}

// The date header's text, as signed.
absl::StatusOr<std::string> ReadDate(const base::HttpRequest& request,
                                     const sigv4::Authorization& authorization) {
  const std::vector<std::string>& signed_headers = authorization.signed_headers;
  const auto is_signed = [&](absl::string_view name) {
    return std::find(signed_headers.begin(), signed_headers.end(), name) != signed_headers.end();
  };
  if (!is_signed("host")) return Mismatch("'Host' must be a 'SignedHeader' in the Authorization.");
  const std::optional<absl::string_view> date = request.headers.Find("X-Amz-Date");
  if (!date || request.headers.Count("X-Amz-Date") != 1) {
    return CloudError(400, "IncompleteSignature",
                      "Authorization header requires existence of a 'X-Amz-Date' header");
  }
  if (!is_signed("x-amz-date")) {
    return Mismatch("'X-Amz-Date' must be a 'SignedHeader' in the Authorization.");
  }
  if (const auto missing = sigv4::FirstMissingHeader(request.headers, signed_headers)) {
    return CloudError(403, "MissingAuthentication", absl::StrCat(*missing, " not in Http Header."));
  }
  return std::string(*date);
}

absl::Status CheckScope(const sigv4::CredentialScope& scope, const RegionSpec& spec,
                        absl::string_view date) {
  if (scope.terminator != sigv4::kTerminator) {
    return Mismatch("Credential should be scoped with a valid terminator: 'aws4_request'");
  }
  if (scope.region != spec.name) {
    return Mismatch(
        absl::StrCat("Credential should be scoped to a valid region, not: ", scope.region, "."));
  }
  if (std::find(kServices.begin(), kServices.end(), scope.service) == kServices.end()) {
    return Mismatch(absl::StrCat(
        "Credential should be scoped to correct service: ", absl::StrJoin(kServices, ", "), "."));
  }
  if (scope.date != date.substr(0, 8)) {
    return Mismatch(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
        "HTTP.");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckSignatureAge(absl::Time signed_at, absl::Duration window, absl::Time now) {
  if (absl::AbsDuration(now - signed_at) <= window) return absl::OkStatus();
  return Mismatch(absl::StrCat("Signature expired: ", sigv4::FormatAmzDate(signed_at),
                               " is not within ", absl::FormatDuration(window), " of ",
                               sigv4::FormatAmzDate(now), "."));
}

absl::StatusOr<Principal> Authenticate(
    const base::HttpRequest& request, const std::vector<std::pair<std::string, std::string>>& query,
    const RegionSpec& spec, absl::Duration window, absl::Time now) {
  ASSIGN_OR_RETURN(const sigv4::Authorization authorization, ReadAuthorization(request.headers));
  ASSIGN_OR_RETURN(const std::string date, ReadDate(request, authorization));
  const std::optional<absl::Time> signed_at = sigv4::ParseAmzDate(date);
  if (!signed_at) {
    return CloudError(400, "IncompleteSignature",
                      absl::StrCat("Date must be in ISO-8601 'basic format'. Got '", date, "'."));
  }
  const sigv4::CredentialScope& scope = authorization.credential;
  RETURN_IF_ERROR(CheckScope(scope, spec, date));
  const auto account = std::find_if(
      spec.accounts.begin(), spec.accounts.end(),
      [&](const AccountSpec& candidate) { return candidate.access_key == scope.access_key; });
  if (account == spec.accounts.end()) {
    return CloudError(403, "InvalidClientTokenId",
                      "The security token included in the request is invalid.");
  }
  const std::string payload_hash = base::Sha256Hex(request.body);
  const std::string canonical =
      sigv4::CanonicalRequest({.method = request.method,
                               .path = request.path,
                               .query = query,
                               .headers = request.headers,
                               .signed_headers = authorization.signed_headers,
                               .payload_hash = payload_hash});
  const base::SecretString key = sigv4::DeriveKey(base::SecretString(account->secret_key),
                                                  scope.date, scope.region, scope.service);
  const std::string expected = sigv4::Signature(key, sigv4::StringToSign(date, scope, canonical));
  const std::optional<absl::string_view> sent_hash = request.headers.Find("X-Amz-Content-Sha256");
  if (!base::ConstantTimeEquals(expected, authorization.signature) ||
      (sent_hash && *sent_hash != payload_hash)) {
    return Mismatch(
        "The request signature we calculated does not match the signature you provided.");
  }
  RETURN_IF_ERROR(CheckSignatureAge(*signed_at, window, now));
  return Principal{.account = &*account, .service = scope.service, .signed_at = *signed_at};
}

}  // namespace accordion::cloudsim
