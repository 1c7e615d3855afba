#include "api-gateway/auth/simplified_signature.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "accordion/v1/error_reason.pb.h"
#include "api-gateway/envelope.h"
#include "base/encoding.h"
#include "base/hash.h"

namespace accordion::gateway {
namespace {

namespace sigv4 = base::sigv4;

constexpr absl::string_view kMethod = "HMAC-SHA256";
constexpr absl::string_view kVersions[] = {"1.0", "1"};

std::string CanonicalText(const sigv4::Parameters& parameters) {
  sigv4::Parameters covered;
  for (const auto& parameter : parameters) {
    if (parameter.first != envelope::kSimplifiedSignature) covered.push_back(parameter);
  }
  return sigv4::CanonicalQuery(covered);
}

std::string Sign(absl::string_view canonical, const base::SecretString& secret_key) {
  return base::HexEncode(base::HmacSha256(secret_key.Reveal(), canonical));
}

const std::string* FindGiven(const RequestParameters& parameters, absl::string_view name) {
  const std::string* value = parameters.Find(name);
  return value == nullptr || value->empty() ? nullptr : value;
}

std::optional<SignedDate> ParseTimestamp(const std::string& text) {
  absl::Time time;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) return std::nullopt;
  // ParseTime also takes these two by name.
  if (time == absl::InfiniteFuture() || time == absl::InfinitePast()) return std::nullopt;
  return SignedDate{time, text};
}

class SimplifiedScheme final : public SignatureScheme {
 public:
  explicit SimplifiedScheme(SignatureRules rules) : rules_(std::move(rules)) {}

  bool Recognizes(const base::HttpRequest&, const RequestParameters& parameters) const override {
    return parameters.Find(envelope::kSimplifiedSignature) != nullptr;
  }

  OrError<SignatureClaim> Read(const base::HttpRequest& request,
                               const RequestParameters& parameters, absl::Time now) const override {
    const std::string* signature = FindGiven(parameters, envelope::kSimplifiedSignature);
    const std::string* access_key = FindGiven(parameters, envelope::kAccesskey);
    if (signature == nullptr || access_key == nullptr) {
      return ApiError{v1::MISSING_AUTHENTICATION_TOKEN, {}};
    }
    if (MaybeError error = CheckParameters(parameters, now)) return *std::move(error);
    // An action that only an unsigned header names is nobody's.
    for (const auto& [parameter, header] :
         {std::pair(envelope::kAction, envelope::kActionHeader),
          std::pair(envelope::kVersion, envelope::kVersionHeader)}) {
      if (FindGiven(parameters, parameter) == nullptr && request.headers.Count(header) > 0) {
        return ApiError{v1::SIGNATURE_MISMATCH, {}};
      }
    }
    SignatureClaim claim;
    claim.access_key_id = *access_key;
    claim.signature = *signature;
    if (const std::string* token = FindGiven(parameters, envelope::kSecurityToken)) {
      claim.security_token = *token;
    }
    sigv4::Parameters each_once;
    for (const Parameter& parameter : parameters.all()) {
      each_once.emplace_back(parameter.name, parameter.value);
    }
    claim.strings_to_sign.push_back(CanonicalText(each_once));
    // A parameter that a query repeats is signed as sent.
    if (request.body.empty() && parameters.query().size() != each_once.size()) {
      claim.strings_to_sign.push_back(CanonicalText(parameters.query()));
    }
    return claim;
  }

  bool Matches(const SignatureClaim& claim, const base::SecretString& secret_key) const override {
    bool matches = false;
    for (const std::string& text : claim.strings_to_sign) {
      matches |= base::ConstantTimeEquals(Sign(text, secret_key), claim.signature);
    }
    return matches;
  }

 private:
  MaybeError CheckParameters(const RequestParameters& parameters, absl::Time now) const {
    std::vector<absl::string_view> missing;
    const auto find = [&](absl::string_view name) {
      const std::string* value = FindGiven(parameters, name);
      if (value == nullptr) missing.push_back(name);
      return value;
    };
    const std::string* service = find(envelope::kServiceParameter);
    const std::string* timestamp = find(envelope::kTimestamp);
    const std::string* version = find(envelope::kSignatureVersion);
    const std::string* method = find(envelope::kSignatureMethod);
    if (!missing.empty()) {
      return ApiError{v1::QUERY_AUTH_PARAMETERS_REQUIRED, {absl::StrJoin(missing, ", ")}};
    }
    if (*method != kMethod) return ApiError{v1::UNSUPPORTED_ALGORITHM, {Echo(*method)}};
    if (std::find(std::begin(kVersions), std::end(kVersions), *version) == std::end(kVersions)) {
      return ApiError{v1::UNSUPPORTED_ALGORITHM, {Echo(*version)}};
    }
    const std::optional<SignedDate> date = ParseTimestamp(*timestamp);
    if (!date) return ApiError{v1::DATE_FORMAT, {Echo(*timestamp)}};
    const std::string* region = FindGiven(parameters, envelope::kRegion);
    if (region != nullptr &&
        std::find(rules_.regions.begin(), rules_.regions.end(), *region) == rules_.regions.end()) {
      return ApiError{v1::SCOPE_REGION, {Echo(*region)}};
    }
    if (*service != rules_.service) return ApiError{v1::SCOPE_SERVICE, {rules_.service}};
    return CheckWindow(*date, now, rules_.window);
  }

  const SignatureRules rules_;
};

}  // namespace

std::unique_ptr<const SignatureScheme> MakeSimplifiedSignature(SignatureRules rules) {
  return std::make_unique<SimplifiedScheme>(std::move(rules));
}

std::string SimplifiedSignature(const sigv4::Parameters& parameters,
                                const base::SecretString& secret_key) {
  return Sign(CanonicalText(parameters), secret_key);
}

}  // namespace accordion::gateway
