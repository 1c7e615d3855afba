#include "base/sigv4.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/encoding.h"
#include "base/hash.h"

namespace accordion::base::sigv4 {
namespace {

bool AllDigits(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return absl::ascii_isdigit(c) != 0; });
}

// Trims, and makes each run of white space one blank. (absl::RemoveExtraAsciiWhitespace keeps the
// run's last character, which may be a tab.)
std::string NormalizedValue(absl::string_view value) {
  return absl::StrJoin(absl::StrSplit(value, absl::ByAnyChar(" \t\n\v\f\r"), absl::SkipEmpty()),
                       " ");
}

std::string CanonicalPath(absl::string_view path) {
  if (path.empty()) return "/";
  std::vector<std::string> segments;
  for (const absl::string_view segment : absl::StrSplit(path, '/')) {
    segments.push_back(PercentEncode(segment));
  }
  return absl::StrJoin(segments, "/");
}

std::string CanonicalHeaders(const HttpHeaders& headers,
                             const std::vector<std::string>& signed_headers) {
  std::string lines;
  for (const std::string& name : signed_headers) {
    std::vector<std::string> values;
    for (const absl::string_view value : headers.FindAll(name)) {
      values.push_back(NormalizedValue(value));
    }
    absl::StrAppend(&lines, name, ":", absl::StrJoin(values, ","), "\n");
  }
  return lines;
}

std::string ScopeText(const CredentialScope& scope) {
  return absl::StrCat(scope.date, "/", scope.region, "/", scope.service, "/", scope.terminator);
}

// The parts of the header that we know; null where absent.
struct Parts {
  std::optional<absl::string_view> credential;
  std::optional<absl::string_view> signed_headers;
  std::optional<absl::string_view> signature;
};

// False: not comma-separated k=v, or an empty or repeated part. Unknown names are passed over.
bool SplitParts(absl::string_view text, Parts* parts) {
  for (absl::string_view piece : absl::StrSplit(text, ',')) {
    piece = absl::StripAsciiWhitespace(piece);
    const size_t equals = piece.find('=');
    if (equals == absl::string_view::npos) return false;
    const absl::string_view name = piece.substr(0, equals);
    const absl::string_view value = piece.substr(equals + 1);
    if (name.empty() || value.empty()) return false;
    std::optional<absl::string_view>* slot = nullptr;
    if (name == "Credential") slot = &parts->credential;
    if (name == "SignedHeaders") slot = &parts->signed_headers;
    if (name == "Signature") slot = &parts->signature;
    if (slot == nullptr) continue;
    if (slot->has_value()) return false;
    *slot = value;
  }
  return true;
}

}  // namespace

ParseError ParseAuthorization(absl::string_view header, Authorization* authorization) {
  header = absl::StripAsciiWhitespace(header);
  if (!absl::ConsumePrefix(&header, kAlgorithm)) return ParseError::kUnsupportedAlgorithm;
  if (header.empty()) return ParseError::kFormat;
  // Another algorithm that begins like ours.
  if (!absl::ascii_isspace(static_cast<unsigned char>(header.front()))) {
    return ParseError::kUnsupportedAlgorithm;
  }
  Parts parts;
  if (!SplitParts(header, &parts)) return ParseError::kFormat;
  if (!parts.credential) return ParseError::kMissingCredential;
  if (!parts.signed_headers) return ParseError::kMissingSignedHeaders;
  if (!parts.signature) return ParseError::kMissingSignature;

  std::optional<std::vector<std::string>> signed_headers =
      ParseSignedHeaders(*parts.signed_headers);
  if (!signed_headers) return ParseError::kFormat;
  std::optional<CredentialScope> credential = ParseCredential(*parts.credential);
  if (!credential) {
    authorization->credential = {.access_key = std::string(*parts.credential)};
    return ParseError::kCredentialParts;
  }
  *authorization = {.credential = *std::move(credential),
                    .signed_headers = *std::move(signed_headers),
                    .signature = std::string(*parts.signature)};
  return ParseError::kNone;
}

std::optional<CredentialScope> ParseCredential(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  if (parts.size() != 5) return std::nullopt;
  return CredentialScope{.access_key = parts[0],
                         .date = parts[1],
                         .region = parts[2],
                         .service = parts[3],
                         .terminator = parts[4]};
}

std::optional<std::vector<std::string>> ParseSignedHeaders(absl::string_view text) {
  std::vector<std::string> names = absl::StrSplit(absl::AsciiStrToLower(text), ';');
  for (const std::string& name : names) {
    if (name.empty()) return std::nullopt;
  }
  return names;
}

std::optional<absl::Time> ParseAmzDate(absl::string_view text) {
  static constexpr size_t kSecondsEnd = 15;  // YYYYMMDDTHHMMSS
  if (text.size() <= kSecondsEnd || text[8] != 'T' || !AllDigits(text.substr(0, 8)) ||
      !AllDigits(text.substr(9, 6))) {
    return std::nullopt;
  }
  const absl::string_view zone = text.substr(kSecondsEnd);
  const bool is_offset = zone.size() == 6 && (zone[0] == '+' || zone[0] == '-') && zone[3] == ':' &&
                         AllDigits(zone.substr(1, 2)) && AllDigits(zone.substr(4, 2));
  if (zone != "Z" && !is_offset) return std::nullopt;
  absl::Time time;
  std::string error;
  // %E4Y, since %Y would take all the digits. An hour 25 or a month 13 is refused here.
  if (!absl::ParseTime("%E4Y%m%dT%H%M%S%Ez", text, &time, &error)) return std::nullopt;
  return time;
}

std::string FormatAmzDate(absl::Time time) {
  return absl::FormatTime("%Y%m%dT%H%M%SZ", time, absl::UTCTimeZone());
}

std::string CanonicalQuery(const Parameters& parameters) {
  Parameters encoded;
  encoded.reserve(parameters.size());
  for (const auto& [name, value] : parameters) {
    encoded.emplace_back(PercentEncode(name), PercentEncode(value));
  }
  std::sort(encoded.begin(), encoded.end());
  return absl::StrJoin(encoded, "&", absl::PairFormatter("="));
}

std::optional<std::string> FirstMissingHeader(const HttpHeaders& headers,
                                              const std::vector<std::string>& signed_headers) {
  for (const std::string& name : signed_headers) {
    if (!headers.Find(name)) return name;
  }
  return std::nullopt;
}

std::string CanonicalRequest(const CanonicalRequestParts& parts) {
  return absl::StrCat(parts.method, "\n", CanonicalPath(parts.path), "\n",
                      CanonicalQuery(parts.query), "\n",
                      CanonicalHeaders(parts.headers, parts.signed_headers), "\n",
                      absl::StrJoin(parts.signed_headers, ";"), "\n", parts.payload_hash);
}

std::string StringToSign(absl::string_view date_text, const CredentialScope& scope,
                         absl::string_view canonical_request) {
  return absl::StrCat(kAlgorithm, "\n", date_text, "\n", ScopeText(scope), "\n",
                      Sha256Hex(canonical_request));
}

SecretString DeriveKey(const SecretString& secret_key, absl::string_view date,
                       absl::string_view region, absl::string_view service) {
  const SecretString seed(absl::StrCat("AWS4", secret_key.Reveal()));
  const SecretString of_date(HmacSha256(seed.Reveal(), date));
  const SecretString of_region(HmacSha256(of_date.Reveal(), region));
  const SecretString of_service(HmacSha256(of_region.Reveal(), service));
  return SecretString(HmacSha256(of_service.Reveal(), kTerminator));
}

std::string Signature(const SecretString& derived_key, absl::string_view string_to_sign) {
  return HexEncode(HmacSha256(derived_key.Reveal(), string_to_sign));
}

HttpHeaders Sign(const SignableRequest& request, const SigningCredentials& credentials,
                 absl::Time now) {
  const std::string date_text = FormatAmzDate(now);
  HttpHeaders added = {{"X-Amz-Date", date_text}};
  if (!credentials.session_token.empty()) {
    added.Add("X-Amz-Security-Token", credentials.session_token);
  }

  HttpHeaders all = request.headers;
  for (const auto& [name, value] : added.fields()) all.Add(name, value);
  std::vector<std::string> names;
  for (const auto& [name, value] : all.fields()) names.push_back(absl::AsciiStrToLower(name));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());

  const CredentialScope scope = {.access_key = credentials.access_key,
                                 .date = date_text.substr(0, 8),
                                 .region = credentials.region,
                                 .service = credentials.service,
                                 .terminator = std::string(kTerminator)};
  const std::string payload_hash = Sha256Hex(request.body);
  const std::string canonical = CanonicalRequest({.method = request.method,
                                                  .path = request.path,
                                                  .query = request.query,
                                                  .headers = all,
                                                  .signed_headers = names,
                                                  .payload_hash = payload_hash});
  const SecretString key =
      DeriveKey(credentials.secret_key, scope.date, scope.region, scope.service);
  added.Add("Authorization",
            absl::StrCat(kAlgorithm, " Credential=", scope.access_key, "/", ScopeText(scope),
                         ", SignedHeaders=", absl::StrJoin(names, ";"), ", Signature=",
                         Signature(key, StringToSign(date_text, scope, canonical))));
  return added;
}

}  // namespace accordion::base::sigv4
