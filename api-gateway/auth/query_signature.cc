#include "api-gateway/auth/query_signature.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "accordion/v1/error_reason.pb.h"
#include "api-gateway/auth/sigv4_scheme.h"
#include "api-gateway/envelope.h"
#include "base/hash.h"

namespace accordion::gateway {
namespace {

namespace sigv4 = base::sigv4;

// The query's own parameters: what a form body holds under these names is no credential.
const std::string* FindInQuery(const RequestParameters& parameters, absl::string_view name) {
  for (const auto& [given, value] : parameters.query()) {
    if (given == name && !value.empty()) return &value;
  }
  return nullptr;
}

// The date by parameter, else by Date header. Text as received, for the error message.
struct DateText {
  std::string text;
  bool is_header = false;
};

std::optional<DateText> FindDate(const base::HttpRequest& request,
                                 const RequestParameters& parameters) {
  if (const std::string* date = FindInQuery(parameters, envelope::kQueryDate)) {
    return DateText{*date, false};
  }
  const auto headers = request.headers.FindAll(envelope::kDateHeader);
  if (headers.empty()) return std::nullopt;
  return DateText{absl::StrJoin(headers, ","), true};
}

class QuerySignature final : public SigV4Scheme {
 public:
  using SigV4Scheme::SigV4Scheme;

  bool Recognizes(const base::HttpRequest&, const RequestParameters& parameters) const override {
    return std::any_of(parameters.query().begin(), parameters.query().end(), [](const auto& given) {
      return absl::StartsWith(given.first, envelope::kQueryAuthPrefix);
    });
  }

  OrError<SignatureClaim> Read(const base::HttpRequest& request,
                               const RequestParameters& parameters, absl::Time now) const override {
    std::vector<absl::string_view> missing;
    const auto find = [&](absl::string_view name) {
      const std::string* value = FindInQuery(parameters, name);
      if (value == nullptr) missing.push_back(name);
      return value;
    };
    const std::string* algorithm = find(envelope::kQueryAlgorithm);
    const std::string* credential = find(envelope::kQueryCredential);
    const std::optional<DateText> date_text = FindDate(request, parameters);
    if (!date_text) missing.emplace_back(envelope::kQueryDate);
    const std::string* header_list = find(envelope::kQuerySignedHeaders);
    const std::string* signature = find(envelope::kQuerySignature);
    if (!missing.empty()) {
      return ApiError{v1::QUERY_AUTH_PARAMETERS_REQUIRED, {absl::StrJoin(missing, ", ")}};
    }
    if (*algorithm != sigv4::kAlgorithm) {
      return ApiError{v1::UNSUPPORTED_ALGORITHM, {Echo(*algorithm)}};
    }
    std::optional<sigv4::CredentialScope> scope = sigv4::ParseCredential(*credential);
    if (!scope) return ApiError{v1::CREDENTIAL_FORMAT, {Echo(*credential)}};
    const std::optional<std::vector<std::string>> signed_headers =
        sigv4::ParseSignedHeaders(*header_list);
    if (!signed_headers) return ApiError{v1::AUTHORIZATION_FORMAT, {}};
    const std::optional<SignedDate> date =
        date_text->is_header ? ParseDateHeader(date_text->text) : ParseSignedDate(date_text->text);
    if (!date) return ApiError{v1::DATE_FORMAT, {Echo(date_text->text)}};
    if (MaybeError error = CheckSignedHeaders(request, *header_list, *signed_headers)) {
      return *std::move(error);
    }
    if (MaybeError error = CheckScope(rules(), *scope, *date, now)) return *std::move(error);
    const std::string body_hash = base::Sha256Hex(request.body);
    if (!DeclaredHashesFit(request, body_hash)) return ApiError{v1::SIGNATURE_MISMATCH, {}};

    sigv4::Parameters covered;
    for (const auto& parameter : parameters.query()) {
      if (parameter.first != envelope::kQuerySignature) covered.push_back(parameter);
    }
    SignatureClaim claim;
    claim.access_key_id = scope->access_key;
    claim.scope = *std::move(scope);
    claim.signature = *signature;
    claim.security_token = SecurityTokenOf(request, parameters);
    claim.strings_to_sign.push_back(sigv4::StringToSign(
        date->text, claim.scope,
        sigv4::CanonicalRequest(
            {request.method, request.path, covered, request.headers, *signed_headers, body_hash})));
    return claim;
  }
};

}  // namespace

std::unique_ptr<const SignatureScheme> MakeQuerySignature(SignatureRules rules,
                                                          std::shared_ptr<SigningKeys> keys) {
  return std::make_unique<QuerySignature>(std::move(rules), std::move(keys));
}

}  // namespace accordion::gateway
