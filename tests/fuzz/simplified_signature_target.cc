// The simplified signature: what the plain signer signs must be accepted, until a parameter
// changes.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "api-gateway/envelope.h"
#include "tests/fuzz/finding.h"
#include "tests/fuzz/plain_signer.h"
#include "tests/fuzz/targets.h"
#include "tests/fuzz/verifier.h"

namespace accordion::fuzz {
namespace {

namespace envelope = gateway::envelope;

const std::string* Find(const PlainParameters& parameters, const std::string& wanted) {
  for (const auto& [name, value] : parameters) {
    if (name == wanted) return &value;
  }
  return nullptr;
}

// What a client must send; an input may have said otherwise already.
const PlainParameters& Envelope() {
  static const auto* const parameters = new PlainParameters{
      {envelope::kAccesskey, kAccessKey},
      {envelope::kServiceParameter, "kec"},
      {envelope::kTimestamp, "2026-11-24T08:21:25Z"},
      {envelope::kSignatureVersion, "1.0"},
      {envelope::kSignatureMethod, "HMAC-SHA256"},
  };
  return *parameters;
}

void Append(const std::string& name, const std::string& value, std::string* text) {
  absl::StrAppend(text, text->empty() ? "" : "&", PlainPercentEncode(name), "=",
                  PlainPercentEncode(value));
}

base::HttpRequest Request(const std::string& query, const std::string& form) {
  base::HttpRequest request;
  request.method = form.empty() ? "GET" : "POST";
  request.path = "/";
  request.query = query;
  request.body = form;
  request.headers = {{"Host", "kec.test"}};
  request.remote_address = "192.0.2.1";
  return request;
}

}  // namespace

void FuzzSimplifiedSignature(absl::string_view input) {
  static auto* const verifier = new Verifier();
  const std::size_t line_end = input.find('\n');
  std::string query(input.substr(0, line_end));
  const std::string form(line_end == absl::string_view::npos ? absl::string_view()
                                                             : input.substr(line_end + 1));
  verifier->Accepts(Request(query, form));

  auto given = PlainRequestDecode(query, form);
  if (!given || Find(*given, envelope::kSimplifiedSignature) != nullptr) return;
  bool honest = Find(*given, envelope::kRegion) == nullptr ||
                *Find(*given, envelope::kRegion) == kRegion ||
                Find(*given, envelope::kRegion)->empty();
  for (const auto& [name, value] : Envelope()) {
    const std::string* found = Find(*given, name);
    if (found == nullptr) {
      Append(name, value, &query);
      given->emplace_back(name, value);
    } else if (*found != value) {
      honest = false;
    }
  }
  for (const auto& parameter : *given) {
    if (parameter.first.rfind(envelope::kQueryAuthPrefix, 0) == 0) honest = false;
  }
  Append(envelope::kSimplifiedSignature, PlainSimplified(kSecretKey, *given), &query);
  if (!PlainRequestDecode(query, form)) return;  // too many parameters now
  if (!honest) {
    verifier->Accepts(Request(query, form));
    return;
  }
  Expect(verifier->Accepts(Request(query, form)), "what the plain signer signs is accepted", query);
  // Repeating a parameter with its value changes nothing, and the signature may cover it once.
  if (Find(*given, "Tampered") != nullptr) return;
  Expect(!verifier->Accepts(Request(query + "&Tampered=1", form)), "one more parameter is refused",
         query);
  Expect(!verifier->Accepts(Request(query, form.empty() ? "Tampered=1" : form + "&Tampered=1")),
         "one more in the body is refused", query);
}

}  // namespace accordion::fuzz
