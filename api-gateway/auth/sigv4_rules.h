// What a SigV4 signature must satisfy wherever it stands, in the Authorization header or in the
// query: its date, its scope, the headers that it covers. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "api-gateway/openapi/api_error.h"
#include "api-gateway/openapi/request_parameters.h"
#include "base/http_message.h"
#include "base/sigv4.h"

namespace accordion::gateway {

struct SignatureRules {
  std::vector<std::string> regions;  // that a scope may name
  std::string service;               // that it must name
  absl::Duration window;             // the date may be off by this, either way
};

// When a request was signed, and how the string to sign spells it.
struct SignedDate {
  absl::Time time;
  std::string text;
};

// Of X-Amz-Date: ISO-8601 basic format with Z or an offset, spelled as received.
std::optional<SignedDate> ParseSignedDate(absl::string_view text);
// Of a Date header: the same, or a form of RFC 7231, which is spelled as FormatAmzDate does.
std::optional<SignedDate> ParseDateHeader(absl::string_view text);

// Terminator, region, service and day of the scope, then the window.
MaybeError CheckScope(const SignatureRules& rules, const base::sigv4::CredentialScope& scope,
                      const SignedDate& date, absl::Time now);

// Nothing if `date` is within the window around `now`.
MaybeError CheckWindow(const SignedDate& date, absl::Time now, absl::Duration window);

// `list`: SignedHeaders as received. Every header named is there, host is named, and so is every
// header that steers the request.
MaybeError CheckSignedHeaders(const base::HttpRequest& request, absl::string_view list,
                              const std::vector<std::string>& signed_headers);

// The hash that the client declares is never used: only compared, where there is one. So a request
// that says UNSIGNED-PAYLOAD is refused like any other false hash.
bool DeclaredHashesFit(const base::HttpRequest& request, absl::string_view body_hash);

// The session token that came along, in a (signed) header or parameter of any client's spelling;
// empty without.
std::string SecurityTokenOf(const base::HttpRequest& request, const RequestParameters& parameters);

}  // namespace accordion::gateway
