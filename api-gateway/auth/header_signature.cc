#include "api-gateway/auth/header_signature.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "accordion/v1/error_reason.pb.h"
#include "api-gateway/auth/sigv4_scheme.h"
#include "api-gateway/envelope.h"
#include "base/hash.h"

namespace accordion::gateway {
namespace {

namespace sigv4 = base::sigv4;

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

OrError<SignedDate> ReadDate(const base::HttpRequest& request, absl::string_view authorization) {
  const std::vector<absl::string_view> amz = request.headers.FindAll(envelope::kAmzDateHeader);
  const std::vector<absl::string_view> plain = request.headers.FindAll(envelope::kDateHeader);
  if (amz.empty() && plain.empty()) return ApiError{v1::DATE_REQUIRED, {Echo(authorization)}};
  const std::string text = absl::StrJoin(amz.empty() ? plain : amz, ",");
  std::optional<SignedDate> date = amz.empty() ? ParseDateHeader(text) : ParseSignedDate(text);
  if (!date) return ApiError{v1::DATE_FORMAT, {Echo(text)}};
  return *std::move(date);
}

// The value of SignedHeaders as received; the parsed list is in lower case.
absl::string_view SignedHeadersText(absl::string_view header) {
  constexpr absl::string_view kName = "SignedHeaders=";
  const std::size_t at = header.find(kName) + kName.size();
  return absl::StripAsciiWhitespace(header.substr(at, header.find(',', at) - at));
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

class HeaderSignature final : public SigV4Scheme {
 public:
  using SigV4Scheme::SigV4Scheme;

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
    if (MaybeError error =
            CheckSignedHeaders(request, SignedHeadersText(header), parsed.signed_headers)) {
      return *std::move(error);
    }
    if (MaybeError error = CheckScope(rules(), parsed.credential, *date, now)) {
      return *std::move(error);
    }
    const std::string body_hash = base::Sha256Hex(request.body);
    if (!DeclaredHashesFit(request, body_hash)) return ApiError{v1::SIGNATURE_MISMATCH, {}};

    SignatureClaim claim;
    claim.access_key_id = parsed.credential.access_key;
    claim.scope = std::move(parsed.credential);
    claim.signature = std::move(parsed.signature);
    claim.security_token = SecurityTokenOf(request, parameters);
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
};

}  // namespace

std::unique_ptr<const SignatureScheme> MakeHeaderSignature(SignatureRules rules,
                                                           std::shared_ptr<SigningKeys> keys) {
  return std::make_unique<HeaderSignature>(std::move(rules), std::move(keys));
}

}  // namespace accordion::gateway
