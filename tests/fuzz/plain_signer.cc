#include "tests/fuzz/plain_signer.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <sstream>

namespace accordion::fuzz {
namespace {

std::string Hex(const std::string& bytes) {
  const std::string digits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const std::size_t byte = static_cast<unsigned char>(c);
    out += digits[byte / 16];
    out += digits[byte % 16];
  }
  return out;
}

std::string Sha256(const std::string& text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return {reinterpret_cast<const char*>(digest), sizeof(digest)};
}

std::string Hmac(const std::string& key, const std::string& text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  return {reinterpret_cast<const char*>(digest), size};
}

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text + separator);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
}

std::string Lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// The words of a header's value with one blank between them.
std::string Words(const std::string& value) {
  std::istringstream in(value);
  in.imbue(std::locale::classic());
  std::string out;
  for (std::string word; in >> word;) out += (out.empty() ? "" : " ") + word;
  return out;
}

}  // namespace

std::string PlainCanonicalRequest(const PlainRequest& request, const std::string& canonical_query,
                                  const std::string& signed_headers) {
  std::string out = request.method + "\n";
  out += request.path.empty() ? "/" : PlainPercentEncode(request.path, true);
  out += "\n" + canonical_query + "\n";
  for (const std::string& name : Split(signed_headers, ';')) {
    std::string values;
    int found = 0;
    for (const auto& [given, value] : request.headers) {
      if (Lower(given) != name) continue;
      if (found++ > 0) values += ',';
      values += Words(value);
    }
    out += name + ":" + values + "\n";
  }
  return out + "\n" + signed_headers + "\n" + Hex(Sha256(request.body));
}

std::string PlainStringToSign(const std::string& date, const std::string& scope,
                              const std::string& canonical_request) {
  return "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + Hex(Sha256(canonical_request));
}

std::string PlainSigV4(const std::string& secret_key, const std::string& scope,
                       const std::string& string_to_sign) {
  std::string key = "AWS4" + secret_key;
  for (const std::string& part : Split(scope, '/')) key = Hmac(key, part);
  return Hex(Hmac(key, string_to_sign));
}

std::string PlainSimplified(const std::string& secret_key, const PlainParameters& parameters) {
  return Hex(Hmac(secret_key, PlainCanonicalQuery(parameters, "Signature")));
}

}  // namespace accordion::fuzz
