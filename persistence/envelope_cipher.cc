#include "persistence/envelope_cipher.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace accordion::persistence {

namespace {

constexpr char kKeyVersion = 1;
constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;
constexpr size_t kHeaderBytes = 1 + kNonceBytes;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* Bytes(std::string& text, size_t at) {
  return reinterpret_cast<unsigned char*>(text.data()) + at;
}

// OpenSSL refuses only when it is broken or out of memory; writing a secret unsealed is no way out.
void Require(bool done, const char* what) {
  if (!done) throw std::runtime_error(absl::StrCat("OpenSSL failed: ", what));
}

// Every part with its length, so that no two places have the same bytes.
std::string AssociatedData(const SealedPlace& place, char key_version) {
  std::string data;
  for (const absl::string_view part : {absl::string_view(place.account_id.value()), place.table,
                                       place.column, absl::string_view(place.row_id)}) {
    absl::StrAppend(&data, part.size(), ":", part);
  }
  data.push_back(key_version);
  return data;
}

std::string RandomBytes(size_t count) {
  std::string bytes(count, '\0');
  Require(RAND_bytes(Bytes(bytes, 0), static_cast<int>(count)) == 1, "random bytes");
  return bytes;
}

SealedPlace DataKeyPlace(const domain::AccountId& account) {
  return {.account_id = account,
          .table = "account",
          .column = "sealed_data_key",
          .row_id = account.value()};
}

}  // namespace

std::string DataKey::Seal(const SealedPlace& place, const base::SecretString& secret) const {
  const std::string& plain = secret.Reveal();
  const std::string aad = AssociatedData(place, kKeyVersion);
  std::string sealed(1, kKeyVersion);
  sealed += RandomBytes(kNonceBytes);
  sealed.resize(kHeaderBytes + plain.size() + kTagBytes);

  const Context context(EVP_CIPHER_CTX_new());
  int written = 0;
  Require(EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, Bytes(key_.Reveal()),
                             Bytes(sealed, 1)) == 1,
          "encryption key");
  Require(EVP_EncryptUpdate(context.get(), nullptr, &written, Bytes(aad),
                            static_cast<int>(aad.size())) == 1,
          "aad");
  Require(EVP_EncryptUpdate(context.get(), Bytes(sealed, kHeaderBytes), &written, Bytes(plain),
                            static_cast<int>(plain.size())) == 1,
          "encryption");
  unsigned char* tag = Bytes(sealed, kHeaderBytes + plain.size());
  Require(EVP_EncryptFinal_ex(context.get(), tag, &written) == 1, "end of encryption");
  Require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, tag) == 1, "tag");
  return sealed;
}

absl::StatusOr<base::SecretString> DataKey::Open(const SealedPlace& place,
                                                 absl::string_view sealed) const {
  const absl::Status unreadable = absl::DataLossError(
      absl::StrCat("sealed value of ", place.table, ".", place.column, " does not open"));
  if (sealed.size() < kHeaderBytes + kTagBytes || sealed[0] != kKeyVersion) return unreadable;
  const std::string aad = AssociatedData(place, kKeyVersion);
  const absl::string_view cipher_text =
      sealed.substr(kHeaderBytes, sealed.size() - kHeaderBytes - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  std::string plain(cipher_text.size(), '\0');

  const Context context(EVP_CIPHER_CTX_new());
  int written = 0;
  Require(EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, Bytes(key_.Reveal()),
                             Bytes(sealed.substr(1))) == 1,
          "decryption key");
  Require(EVP_DecryptUpdate(context.get(), nullptr, &written, Bytes(aad),
                            static_cast<int>(aad.size())) == 1,
          "aad");
  Require(EVP_DecryptUpdate(context.get(), Bytes(plain, 0), &written, Bytes(cipher_text),
                            static_cast<int>(cipher_text.size())) == 1,
          "decryption");
  Require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1,
          "tag");
  unsigned char rest[kTagBytes];
  base::SecretString opened(std::move(plain));
  if (EVP_DecryptFinal_ex(context.get(), rest, &written) != 1) return unreadable;
  return opened;
}

absl::StatusOr<EnvelopeCipher> EnvelopeCipher::FromKeyFile(const std::string& path) {
  struct stat facts {};
  if (stat(path.c_str(), &facts) != 0) {
    return absl::FailedPreconditionError(absl::StrCat("key file cannot be read: ", path));
  }
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("key file is open to others than its owner: ", path));
  }
  std::ifstream file(path, std::ios::binary);
  std::string key((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  base::SecretString secret(std::move(key));
  if (secret.Reveal().size() != kKeyBytes) {
    return absl::FailedPreconditionError(
        absl::StrCat("key file must hold ", kKeyBytes, " bytes: ", path));
  }
  return EnvelopeCipher(std::move(secret));
}

std::string EnvelopeCipher::NewDataKey(const domain::AccountId& account) const {
  return master_.Seal(DataKeyPlace(account), base::SecretString(RandomBytes(kKeyBytes)));
}

absl::StatusOr<DataKey> EnvelopeCipher::OpenDataKey(const domain::AccountId& account,
                                                    absl::string_view sealed) const {
  absl::StatusOr<base::SecretString> key = master_.Open(DataKeyPlace(account), sealed);
  if (!key.ok()) return key.status();
  if (key->Reveal().size() != kKeyBytes) return absl::DataLossError("account key has a wrong size");
  return DataKey(*std::move(key));
}

}  // namespace accordion::persistence
