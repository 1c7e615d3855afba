#include "api-gateway/auth/sigv4_rules.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "accordion/v1/error_reason.pb.h"
#include "api-gateway/envelope.h"
#include "api-gateway/limits.h"

namespace accordion::gateway {
namespace {

namespace sigv4 = base::sigv4;

ApiError Mismatch() { return {v1::SIGNATURE_MISMATCH, {}}; }

// Headers that steer the request: one that is present but unsigned could have been put there by
// anybody.
bool MustBeSigned(absl::string_view lower_name) {
  return absl::StartsWith(lower_name, "x-amz-") || absl::StartsWith(lower_name, "x-ksc-") ||
         lower_name == envelope::kActionHeader || lower_name == envelope::kVersionHeader;
}

ApiError Expired(const SignedDate& date, absl::string_view relation, absl::Time bound,
                 absl::Time now, absl::string_view sign, absl::Duration window) {
  return {v1::SIGNATURE_EXPIRED,
          {absl::StrCat(" ", Echo(date.text), relation, sigv4::FormatAmzDate(bound), " (",
                        sigv4::FormatAmzDate(now), sign, absl::FormatDuration(window), ")")}};
}

}  // namespace

std::optional<SignedDate> ParseSignedDate(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  const std::optional<absl::Time> time = sigv4::ParseAmzDate(text);
  if (!time) return std::nullopt;
  return SignedDate{*time, std::string(text)};
}

std::optional<SignedDate> ParseDateHeader(absl::string_view text) {
  if (std::optional<SignedDate> date = ParseSignedDate(text)) return date;
  // RFC 7231, 7.1.1.1: the preferred form and the two that recipients must still take.
  for (const char* form :
       {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    absl::Time time;
    if (!absl::ParseTime(form, text, &time, nullptr)) continue;
    // ParseTime also takes "infinite-future" and years of any length.
    SignedDate date{time, sigv4::FormatAmzDate(time)};
    if (sigv4::ParseAmzDate(date.text) == time) return date;
  }
  return std::nullopt;
}

MaybeError CheckScope(const SignatureRules& rules, const sigv4::CredentialScope& scope,
                      const SignedDate& date, absl::Time now) {
  if (scope.terminator != sigv4::kTerminator) {
    return ApiError{v1::SCOPE_TERMINATOR, {Echo(scope.terminator)}};
  }
  if (std::find(rules.regions.begin(), rules.regions.end(), scope.region) == rules.regions.end()) {
    return ApiError{v1::SCOPE_REGION, {Echo(scope.region)}};
  }
  if (scope.service != rules.service) return ApiError{v1::SCOPE_SERVICE, {rules.service}};
  if (scope.date != date.text.substr(0, date.text.find('T'))) {
    return ApiError{v1::SCOPE_DATE, {}};
  }
  return CheckWindow(date, now, rules.window);
}

MaybeError CheckWindow(const SignedDate& date, absl::Time now, absl::Duration window) {
  if (date.time < now - window) {
    return Expired(date, " is now earlier than ", now - window, now, " - ", window);
  }
  if (date.time > now + window) {
    return Expired(date, " is still later than ", now + window, now, " + ", window);
  }
  return std::nullopt;
}

MaybeError CheckSignedHeaders(const base::HttpRequest& request, absl::string_view list,
                              const std::vector<std::string>& signed_headers) {
  if (signed_headers.size() > limits::kMaxSignedHeaders) {
    return ApiError{v1::AUTHORIZATION_FORMAT, {}};
  }
  // The list is a line of the canonical request, so its spelling counts: it must be lower case.
  if (list != absl::StrJoin(signed_headers, ";")) return Mismatch();
  if (std::optional<std::string> absent =
          sigv4::FirstMissingHeader(request.headers, signed_headers)) {
    return ApiError{v1::SIGNED_HEADER_ABSENT, {Echo(*absent)}};
  }
  const auto is_signed = [&signed_headers](const std::string& name) {
    return std::find(signed_headers.begin(), signed_headers.end(), name) != signed_headers.end();
  };
  if (!is_signed(envelope::kHostHeader)) return ApiError{v1::HOST_NOT_SIGNED, {}};
  for (const auto& [name, value] : request.headers.fields()) {
    const std::string lower_name = absl::AsciiStrToLower(name);
    if (MustBeSigned(lower_name) && !is_signed(lower_name)) return Mismatch();
  }
  return std::nullopt;
}

bool DeclaredHashesFit(const base::HttpRequest& request, absl::string_view body_hash) {
  const auto declared = request.headers.FindAll(envelope::kContentHashHeader);
  return std::all_of(declared.begin(), declared.end(), [body_hash](absl::string_view hash) {
    return absl::StripAsciiWhitespace(hash) == body_hash;
  });
}

std::string SecurityTokenOf(const base::HttpRequest& request, const RequestParameters& parameters) {
  for (const char* name : {envelope::kAmzTokenHeader, envelope::kKscTokenHeader}) {
    if (const auto token = request.headers.Find(name)) return std::string(*token);
  }
  for (const char* name : {envelope::kQueryToken, envelope::kSecurityToken}) {
    if (const std::string* token = parameters.Find(name)) return *token;
  }
  return "";
}

}  // namespace accordion::gateway
