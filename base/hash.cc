#include "base/hash.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <cstdlib>
#include <memory>

#include "base/encoding.h"

namespace accordion::base {
namespace {

constexpr size_t kDigestBytes = 32;

void Require(bool condition) {
  if (!condition) std::abort();
}

const EVP_MD* Sha256Algorithm() {
  static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
  Require(algorithm != nullptr);
  return algorithm;
}

EVP_MAC* HmacAlgorithm() {
  static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
  Require(algorithm != nullptr);
  return algorithm;
}

struct FreeMac {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string Sha256(absl::string_view data) {
  std::string digest(kDigestBytes, '\0');
  Require(EVP_Digest(data.data(), data.size(), Bytes(digest), nullptr, Sha256Algorithm(),
                     nullptr) == 1);
  return digest;
}

std::string HmacSha256(absl::string_view key, absl::string_view data) {
  // A context that has set the digest by name once is duplicated: cheaper than setting it anew.
  static EVP_MAC_CTX* const model = [] {
    EVP_MAC_CTX* context = EVP_MAC_CTX_new(HmacAlgorithm());
    char digest[] = "SHA2-256";
    const std::array<OSSL_PARAM, 2> parameters = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end()};
    Require(context != nullptr && EVP_MAC_CTX_set_params(context, parameters.data()) == 1);
    return context;
  }();
  // OpenSSL takes a null key for "keep the old one"; an empty key is a valid one.
  static constexpr unsigned char kEmptyKey = 0;
  const unsigned char* const key_bytes = key.empty() ? &kEmptyKey : Bytes(key);

  const std::unique_ptr<EVP_MAC_CTX, FreeMac> context(EVP_MAC_CTX_dup(model));
  std::string digest(kDigestBytes, '\0');
  size_t written = 0;
  Require(context != nullptr && EVP_MAC_init(context.get(), key_bytes, key.size(), nullptr) == 1 &&
          EVP_MAC_update(context.get(), Bytes(data), data.size()) == 1 &&
          EVP_MAC_final(context.get(), Bytes(digest), &written, digest.size()) == 1 &&
          written == kDigestBytes);
  return digest;
}

std::string Sha256Hex(absl::string_view data) { return HexEncode(Sha256(data)); }

bool ConstantTimeEquals(absl::string_view a, absl::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace accordion::base
