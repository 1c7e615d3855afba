// AWS Signature Version 4, the building blocks: the cloud's OpenAPI and ours are signed with it,
// nothing renamed. Pure functions. The policy (clock skew, scope checks, which error row) is the
// verifier's; here is only what signer and verifier must compute alike.
//
// Real clients deviate (spec/clients.md traps 2-5), so a verifier must
//  - walk SignedHeaders as given: one SDK names `host` twice and signs the line twice;
//  - sign decoded and re-encoded parameters, not the query text;
//  - put the date header's text, as received, into the string to sign.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/http_message.h"
#include "base/secret.h"

namespace accordion::base::sigv4 {

inline constexpr absl::string_view kAlgorithm = "AWS4-HMAC-SHA256";
inline constexpr absl::string_view kTerminator = "aws4_request";

// `access_key/date/region/service/terminator`.
struct CredentialScope {
  std::string access_key;
  std::string date;  // YYYYMMDD, not checked
  std::string region;
  std::string service;
  std::string terminator;
};

struct Authorization {
  CredentialScope credential;
  std::vector<std::string> signed_headers;  // lower case, order and repeats as given
  std::string signature;                    // as given
};

// What is wrong with an Authorization header; one value a row of the API's error table.
enum class ParseError {
  kNone,
  kUnsupportedAlgorithm,  // another scheme than AWS4-HMAC-SHA256
  kFormat,                // not comma-separated k=v, or an empty or repeated part
  kMissingCredential,
  kMissingSignedHeaders,
  kMissingSignature,
  kCredentialParts,  // Credential has not exactly 5 parts
};

// Parses the value of an Authorization header. *authorization is whole only after kNone. After
// kCredentialParts `credential.access_key` holds the whole credential, for the error message.
ParseError ParseAuthorization(absl::string_view header, Authorization* authorization);

// The same pieces for the query-string form (X-Amz-Credential, X-Amz-SignedHeaders).
// nullopt: not exactly 5 parts / an empty name.
std::optional<CredentialScope> ParseCredential(absl::string_view text);
std::optional<std::vector<std::string>> ParseSignedHeaders(absl::string_view text);

// X-Amz-Date: YYYYMMDDTHHMMSS followed by Z or ±hh:mm (trap 5). nullopt: another form.
std::optional<absl::Time> ParseAmzDate(absl::string_view text);
// YYYYMMDDTHHMMSSZ.
std::string FormatAmzDate(absl::Time time);

using Parameters = std::vector<std::pair<std::string, std::string>>;

// Decoded parameters, percent-encoded and sorted by encoded name, then value. For the query-string
// form leave X-Amz-Signature out.
std::string CanonicalQuery(const Parameters& parameters);

// The first of `signed_headers` that `headers` lacks.
std::optional<std::string> FirstMissingHeader(const HttpHeaders& headers,
                                              const std::vector<std::string>& signed_headers);

struct CanonicalRequestParts {
  absl::string_view method;
  absl::string_view path;  // as on the wire; "" counts as "/"
  const Parameters& query;
  const HttpHeaders& headers;
  const std::vector<std::string>& signed_headers;
  absl::string_view payload_hash;  // hexadecimal SHA-256 of the body
};

// Lines for signed headers hold trimmed values with runs of blanks collapsed; repeated fields are
// joined by commas. A header that is absent counts as empty: check FirstMissingHeader before.
// Dot segments of the path are not resolved; neither API has any.
std::string CanonicalRequest(const CanonicalRequestParts& parts);

// `date_text` is the date header as received.
std::string StringToSign(absl::string_view date_text, const CredentialScope& scope,
                         absl::string_view canonical_request);

// The key for one day, region and service; cacheable for that day.
SecretString DeriveKey(const SecretString& secret_key, absl::string_view date,
                       absl::string_view region, absl::string_view service);

// Lower-case hexadecimal. Compare with ConstantTimeEquals (base/hash.h).
std::string Signature(const SecretString& derived_key, absl::string_view string_to_sign);

struct SigningCredentials {
  std::string access_key;
  SecretString secret_key;
  std::string region;
  std::string service;
  std::string session_token;  // "" = none
};

struct SignableRequest {
  absl::string_view method;
  absl::string_view path;
  const Parameters& query;
  // Signed all; must hold Host exactly as it will be sent.
  const HttpHeaders& headers;
  absl::string_view body;
};

// The headers to add to the request: X-Amz-Date, X-Amz-Security-Token if there is one, and
// Authorization. Send the query as FormEncode of the same parameters.
HttpHeaders Sign(const SignableRequest& request, const SigningCredentials& credentials,
                 absl::Time now);

}  // namespace accordion::base::sigv4
