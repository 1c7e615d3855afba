// SigV4 from two sides. What the product reads out of a request must be what the plain signer
// computes of it; and what the plain signer signs must be accepted, until a byte of it changes.
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "api-gateway/envelope.h"
#include "api-gateway/limits.h"
#include "base/http_framing.h"
#include "tests/fuzz/finding.h"
#include "tests/fuzz/plain_signer.h"
#include "tests/fuzz/targets.h"
#include "tests/fuzz/verifier.h"

namespace accordion::fuzz {
namespace {

namespace envelope = gateway::envelope;

// Lenient on purpose: any text is some request.
base::HttpRequest ReadRequest(absl::string_view text) {
  base::HttpRequest request;
  request.remote_address = "192.0.2.1";
  const auto take_line = [&text] {
    const std::size_t end = text.find('\n');
    const absl::string_view line = text.substr(0, end);
    text.remove_prefix(end == absl::string_view::npos ? text.size() : end + 1);
    return absl::StripSuffix(line, "\r");
  };
  const std::vector<absl::string_view> first = absl::StrSplit(take_line(), absl::MaxSplits(' ', 2));
  request.method = std::string(first[0]);
  if (first.size() > 1) request.target = std::string(first[1]);
  const std::size_t question = request.target.find('?');
  request.path = request.target.substr(0, question);
  if (question != std::string::npos) request.query = request.target.substr(question + 1);
  while (!text.empty()) {
    const absl::string_view line = take_line();
    if (line.empty()) break;
    const std::pair<absl::string_view, absl::string_view> field =
        absl::StrSplit(line, absl::MaxSplits(':', 1));
    const base::HttpHeaders::Field kept(field.first, absl::StripAsciiWhitespace(field.second));
    // The server refuses other names and values before a handler sees them.
    if (base::IsSendable(kept)) request.headers.Add(kept.first, kept.second);
  }
  request.body = std::string(text);
  return request;
}

PlainRequest Plain(const base::HttpRequest& request) {
  PlainRequest plain{request.method, request.path, request.query, {}, request.body};
  for (const auto& field : request.headers.fields()) plain.headers.push_back(field);
  return plain;
}

std::string ScopeText(const base::sigv4::CredentialScope& scope) {
  return absl::StrCat(scope.date, "/", scope.region, "/", scope.service, "/", scope.terminator);
}

// The value of `wanted` in an Authorization header that the product could read.
std::string PartOf(absl::string_view authorization, absl::string_view wanted) {
  authorization =
      absl::StripPrefix(absl::StripLeadingAsciiWhitespace(authorization), base::sigv4::kAlgorithm);
  for (const absl::string_view part : absl::StrSplit(authorization, ',')) {
    const std::pair<absl::string_view, absl::string_view> pair =
        absl::StrSplit(absl::StripAsciiWhitespace(part), absl::MaxSplits('=', 1));
    if (pair.first == wanted) return std::string(pair.second);
  }
  return "";
}

// The date line: text as received, but for the forms of RFC 7231, which only the product rewrites.
std::string DateLine(const gateway::SignatureClaim& claim) {
  const std::vector<std::string> lines = absl::StrSplit(claim.strings_to_sign.at(0), '\n');
  return lines.at(1);
}

void CheckClaim(const gateway::SignatureScheme& scheme, const gateway::SignatureClaim& read,
                const std::vector<std::string>& expected) {
  gateway::SignatureClaim claim = read;
  Expect(claim.strings_to_sign == expected, "both canonicalisers agree",
         absl::StrCat(absl::StrJoin(claim.strings_to_sign, " | "),
                      "\n  plain: ", absl::StrJoin(expected, " | ")));
  for (const std::string& text : expected) {
    claim.signature = PlainSigV4(kSecretKey, ScopeText(claim.scope), text);
    Expect(scheme.Matches(claim, base::SecretString(kSecretKey)), "a right signature matches",
           text);
    Expect(!scheme.Matches(claim, base::SecretString("other")), "of another key it doesn't", text);
    claim.signature.back() = claim.signature.back() == '0' ? '1' : '0';
    Expect(!scheme.Matches(claim, base::SecretString(kSecretKey)), "a wrong one doesn't", text);
  }
}

void CheckHeaderForm(const Verifier& verifier, const base::HttpRequest& request,
                     const gateway::RequestParameters& parameters) {
  if (!verifier.header().Recognizes(request, parameters)) return;
  auto claim = verifier.header().Read(request, parameters, verifier.now());
  if (!claim.ok()) return;
  const absl::string_view header = *request.headers.Find(envelope::kAuthorizationHeader);
  const std::string names = PartOf(header, "SignedHeaders");
  const auto decoded = PlainFormDecode(request.query);
  Expect(decoded.has_value(), "a parsed query can be decoded", request.query);
  const std::string canonical_query = PlainCanonicalQuery(*decoded);
  std::vector<std::string> expected;
  for (const std::string& query : {canonical_query, request.query}) {
    if (!expected.empty() && query == canonical_query) continue;
    expected.push_back(PlainStringToSign(DateLine(*claim), ScopeText(claim->scope),
                                         PlainCanonicalRequest(Plain(request), query, names)));
  }
  CheckClaim(verifier.header(), *claim, expected);
}

void CheckQueryForm(const Verifier& verifier, const base::HttpRequest& request,
                    const gateway::RequestParameters& parameters) {
  if (!verifier.query().Recognizes(request, parameters)) return;
  auto claim = verifier.query().Read(request, parameters, verifier.now());
  if (!claim.ok()) return;
  const auto decoded = PlainFormDecode(request.query);
  Expect(decoded.has_value(), "a parsed query can be decoded", request.query);
  std::string names;
  for (const auto& [name, value] : *decoded) {
    if (name == envelope::kQuerySignedHeaders) names = value;
  }
  const std::string canonical = PlainCanonicalRequest(
      Plain(request), PlainCanonicalQuery(*decoded, envelope::kQuerySignature), names);
  CheckClaim(verifier.query(), *claim,
             {PlainStringToSign(DateLine(*claim), ScopeText(claim->scope), canonical)});
}

// `request` without any signature, as an honest client would have it before signing.
base::HttpRequest Unsigned(const base::HttpRequest& request) {
  base::HttpRequest bare = request;
  bare.headers = {{"Host", "kec.test"}, {"X-Amz-Date", kNowText}};
  for (const auto& [name, value] : request.headers.fields()) {
    const std::string lower = absl::AsciiStrToLower(name);
    const bool replaced = lower == "host" || lower == "x-amz-date" || lower == "authorization" ||
                          lower == "x-amz-content-sha256";
    if (!replaced) bare.headers.Add(name, value);
  }
  return bare;
}

// The names to sign, joined; empty if they are more than a gateway takes.
std::string HeaderList(const base::HttpRequest& request) {
  std::set<std::string> names;
  for (const auto& field : request.headers.fields()) {
    names.insert(absl::AsciiStrToLower(field.first));
  }
  return names.size() > gateway::limits::kMaxSignedHeaders ? "" : absl::StrJoin(names, ";");
}

std::string Sign(const base::HttpRequest& request, const std::string& headers) {
  const std::string query = PlainCanonicalQuery(*PlainFormDecode(request.query));
  return PlainSigV4(
      kSecretKey, kScope,
      PlainStringToSign(kNowText, kScope, PlainCanonicalRequest(Plain(request), query, headers)));
}

base::HttpRequest SignedInHeader(base::HttpRequest request, const std::string& headers) {
  const std::string signature = Sign(request, headers);
  request.headers.Add("Authorization",
                      absl::StrCat("AWS4-HMAC-SHA256 Credential=", kAccessKey, "/", kScope,
                                   ", SignedHeaders=", headers, ", Signature=", signature));
  return request;
}

base::HttpRequest SignedInQuery(base::HttpRequest request, const std::string& headers) {
  const PlainParameters credential = {
      {envelope::kQueryAlgorithm, "AWS4-HMAC-SHA256"},
      {envelope::kQueryCredential, absl::StrCat(kAccessKey, "/", kScope)},
      {envelope::kQueryDate, kNowText},
      {envelope::kQuerySignedHeaders, headers}};
  for (const auto& [name, value] : credential) {
    absl::StrAppend(&request.query, "&", name, "=", PlainPercentEncode(value));
  }
  absl::StrAppend(&request.query, "&", envelope::kQuerySignature, "=", Sign(request, headers));
  return request;
}

// `sent` is signed. Any change of what the signature covers must be noticed.
void CheckSigned(Verifier* verifier, const base::HttpRequest& sent) {
  const std::string shown = absl::StrCat(sent.method, " ", sent.path, "?", sent.query);
  // Signing adds parameters, and may add the one that is too many.
  if (!PlainRequestDecode(sent.query, sent.method == "POST" ? sent.body : "")) return;
  Expect(verifier->Accepts(sent), "what the plain signer signs is accepted", shown);

  base::HttpRequest other_body = sent;
  other_body.body += "&Tampered=1";
  Expect(!verifier->Accepts(other_body), "another body is refused", shown);
  base::HttpRequest other_query = sent;
  other_query.query += "&Tampered=1";
  Expect(!verifier->Accepts(other_query), "another query is refused", shown);
  base::HttpRequest other_path = sent;
  other_path.path += "/tampered";
  Expect(!verifier->Accepts(other_path), "another path is refused", shown);
  base::HttpRequest other_host = sent;
  other_host.headers.Set("Host", "kec.tampered");
  Expect(!verifier->Accepts(other_host), "another host is refused", shown);
  base::HttpRequest steered = sent;
  steered.headers.Add("X-Action", "Tampered");
  Expect(!verifier->Accepts(steered), "a steering header put in later is refused", shown);
}

}  // namespace

void FuzzSigV4(absl::string_view input) {
  static auto* const verifier = new Verifier();
  const base::HttpRequest request = ReadRequest(input);
  verifier->Accepts(request);
  const auto parameters = gateway::RequestParameters::Parse(
      request.query, request.method == "POST" ? request.body : "");
  if (!parameters.ok()) return;
  CheckHeaderForm(*verifier, request, *parameters);
  CheckQueryForm(*verifier, request, *parameters);
  const bool other_credential = parameters->HasPrefix(envelope::kQueryAuthPrefix) ||
                                parameters->Find(envelope::kSimplifiedSignature) != nullptr;
  if (other_credential) return;
  const base::HttpRequest honest = Unsigned(request);
  const std::string headers = HeaderList(honest);
  if (headers.empty()) return;
  CheckSigned(verifier, SignedInHeader(honest, headers));
  CheckSigned(verifier, SignedInQuery(honest, headers));
}

}  // namespace accordion::fuzz
