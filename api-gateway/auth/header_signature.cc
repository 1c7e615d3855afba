#include "api-gateway/auth/header_signature.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "accordion/v1/error_reason.pb.h"
#include "api-gateway/envelope.h"
#include "api-gateway/limits.h"
#include "base/hash.h"

namespace accordion::gateway {
namespace {

namespace sigv4 = base::sigv4;

ApiError Mismatch() { return {v1::SIGNATURE_MISMATCH, {}}; }

ApiError ErrorOf(sigv4::ParseError problem, absl::string_view header,
                 const sigv4::Authorization& parsed) {
  switch (problem) {
    case sigv4::ParseError::kUnsupportedAlgorithm:
      return {v1::UNSUPPORTED_ALGORITHM, {Echo(header.substr(0, header.find(' ')))}};
    case sigv4::ParseError::kMissingCredential:
      return {v1::CREDENTIAL_REQUIRED, {Echo(header)}};
    case sigv4::ParseError::kMissingSignedHeaders:
      return {v1::SIGNED_HEADERS_REQUIRED, {Echo(header)}};
    case sigv4::ParseError::kMissingSignature:
      return {v1::SIGNATURE_REQUIRED, {Echo(header)}};
    case sigv4::ParseError::kCredentialParts:
      return {v1::CREDENTIAL_FORMAT, {Echo(parsed.credential.access_key)}};
    case sigv4::ParseError::kNone:
    case sigv4::ParseError::kFormat:
      break;
  }
  return {v1::AUTHORIZATION_FORMAT, {}};
}

// A Date header of RFC 7231: `Tue, 24 Nov 2026 08:21:25 GMT`.
std::optional<absl::Time> ParseHttpDate(absl::string_view text) {
  absl::Time time;
  if (!absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", text, &time, nullptr)) return std::nullopt;
  return time;
}

// When the request was signed, and how the string to sign spells it.
struct SignedDate {
  absl::Time time;
  std::string text;
};

OrError<SignedDate> ReadDate(const base::HttpRequest& request, absl::string_view authorization) {
  const std::vector<absl::string_view> amz = request.headers.FindAll(envelope::kAmzDateHeader);
  const std::vector<absl::string_view> plain = request.headers.FindAll(envelope::kDateHeader);
  if (amz.empty() && plain.empty()) return ApiError{v1::DATE_REQUIRED, {Echo(authorization)}};
  const std::string text = absl::StrJoin(amz.empty() ? plain : amz, ",");
  const std::string trimmed(absl::StripAsciiWhitespace(text));
  if (std::optional<absl::Time> time = sigv4::ParseAmzDate(trimmed)) {
    return SignedDate{*time, trimmed};
  }
  if (amz.empty()) {
    if (std::optional<absl::Time> time = ParseHttpDate(trimmed)) {
      return SignedDate{*time, sigv4::FormatAmzDate(*time)};
    }
  }
  return ApiError{v1::DATE_FORMAT, {Echo(text)}};
}

// Headers that steer the request: one that is present but unsigned could have been put there by
// anybody.
bool MustBeSigned(absl::string_view lower_name) {
  return absl::StartsWith(lower_name, "x-amz-") || absl::StartsWith(lower_name, "x-ksc-") ||
         lower_name == envelope::kActionHeader || lower_name == envelope::kVersionHeader;
}

MaybeError CheckSignedHeaders(const base::HttpRequest& request, absl::string_view header,
                              const std::vector<std::string>& signed_headers) {
  if (signed_headers.size() > limits::kMaxSignedHeaders) {
    return ApiError{v1::AUTHORIZATION_FORMAT, {}};
  }
  // The list is a line of the canonical request, so its spelling counts: it must be lower case.
  if (!absl::StrContains(header,
                         absl::StrCat("SignedHeaders=", absl::StrJoin(signed_headers, ";")))) {
    return Mismatch();
  }
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

// The hash that the client declares is never used: only compared, where there is one. So a request
// that says UNSIGNED-PAYLOAD is refused like any other false hash.
bool DeclaredHashesFit(const base::HttpRequest& request, absl::string_view body_hash) {
  const auto declared = request.headers.FindAll(envelope::kContentHashHeader);
  return std::all_of(declared.begin(), declared.end(), [body_hash](absl::string_view hash) {
    return absl::StripAsciiWhitespace(hash) == body_hash;
  });
}

std::string SecurityToken(const base::HttpRequest& request) {
  for (const char* name : {envelope::kAmzTokenHeader, envelope::kKscTokenHeader}) {
    if (const auto token = request.headers.Find(name)) return std::string(*token);
  }
  return "";
}

// The canonical request with the query's text as it was received, as curl signs it: that text binds
// the same bytes.
std::string WithRawQuery(const base::HttpRequest& request,
                         const std::vector<std::string>& signed_headers,
                         absl::string_view body_hash) {
  const sigv4::Parameters no_parameters;
  std::string canonical = sigv4::CanonicalRequest(
      {request.method, request.path, no_parameters, request.headers, signed_headers, body_hash});
  const std::size_t query_at = canonical.find('\n', canonical.find('\n') + 1) + 1;
  return canonical.insert(query_at, request.query);
}

class HeaderSignature final : public SignatureScheme {
 public:
  explicit HeaderSignature(SignatureRules rules) : rules_(std::move(rules)) {}

  bool Recognizes(const base::HttpRequest& request, const RequestParameters&) const override {
    return request.headers.Count(envelope::kAuthorizationHeader) > 0;
  }

  OrError<SignatureClaim> Read(const base::HttpRequest& request,
                               const RequestParameters& parameters, absl::Time now) const override {
    const auto headers = request.headers.FindAll(envelope::kAuthorizationHeader);
    if (headers.size() != 1) return ApiError{v1::AUTHORIZATION_FORMAT, {}};
    const absl::string_view header = headers.front();
    sigv4::Authorization parsed;
    const sigv4::ParseError problem = sigv4::ParseAuthorization(header, &parsed);
    if (problem != sigv4::ParseError::kNone) return ErrorOf(problem, header, parsed);
    OrError<SignedDate> date = ReadDate(request, header);
    if (!date.ok()) return date.error();
    if (MaybeError error = CheckSignedHeaders(request, header, parsed.signed_headers)) {
      return *std::move(error);
    }
    if (MaybeError error = CheckScope(parsed.credential, *date, now)) return *std::move(error);
    const std::string body_hash = base::Sha256Hex(request.body);
    if (!DeclaredHashesFit(request, body_hash)) return Mismatch();

    SignatureClaim claim;
    claim.scope = std::move(parsed.credential);
    claim.signature = std::move(parsed.signature);
    claim.security_token = SecurityToken(request);
    const auto add = [&](absl::string_view canonical) {
      claim.strings_to_sign.push_back(sigv4::StringToSign(date->text, claim.scope, canonical));
    };
    add(sigv4::CanonicalRequest({request.method, request.path, parameters.query(), request.headers,
                                 parsed.signed_headers, body_hash}));
    if (request.query != parameters.canonical_query()) {
      add(WithRawQuery(request, parsed.signed_headers, body_hash));
    }
    return claim;
  }

  bool Matches(const SignatureClaim& claim, const base::SecretString& secret_key) const override {
    const base::SecretString key =
        sigv4::DeriveKey(secret_key, claim.scope.date, claim.scope.region, claim.scope.service);
    bool matches = false;
    for (const std::string& text : claim.strings_to_sign) {
      // No early exit: the number of comparisons depends on the request alone.
      matches |= base::ConstantTimeEquals(sigv4::Signature(key, text), claim.signature);
    }
    return matches;
  }

 private:
  MaybeError CheckScope(const sigv4::CredentialScope& scope, const SignedDate& date,
                        absl::Time now) const {
    if (scope.terminator != sigv4::kTerminator) {
      return ApiError{v1::SCOPE_TERMINATOR, {Echo(scope.terminator)}};
    }
    if (std::find(rules_.regions.begin(), rules_.regions.end(), scope.region) ==
        rules_.regions.end()) {
      return ApiError{v1::SCOPE_REGION, {Echo(scope.region)}};
    }
    if (scope.service != rules_.service) return ApiError{v1::SCOPE_SERVICE, {rules_.service}};
    if (scope.date != date.text.substr(0, date.text.find('T'))) {
      return ApiError{v1::SCOPE_DATE, {}};
    }
    if (date.time < now - rules_.window) {
      return Expired(date, " is now earlier than ", now - rules_.window, now, " - ");
    }
    if (date.time > now + rules_.window) {
      return Expired(date, " is still later than ", now + rules_.window, now, " + ");
    }
    return std::nullopt;
  }

  ApiError Expired(const SignedDate& date, absl::string_view relation, absl::Time bound,
                   absl::Time now, absl::string_view sign) const {
    return {
        v1::SIGNATURE_EXPIRED,
        {absl::StrCat(" ", Echo(date.text), relation, sigv4::FormatAmzDate(bound), " (",
                      sigv4::FormatAmzDate(now), sign, absl::FormatDuration(rules_.window), ")")}};
  }

  const SignatureRules rules_;
};

}  // namespace

std::unique_ptr<const SignatureScheme> MakeHeaderSignature(SignatureRules rules) {
  return std::make_unique<HeaderSignature>(std::move(rules));
}

}  // namespace accordion::gateway
