#include "persistence/envelope_cipher.h"

#include <sys/stat.h>

#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace accordion::persistence {

using ::accordion::testing::IsOk;
using ::accordion::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

const domain::AccountId kOwn("own");

SealedPlace Place() { return {.account_id = kOwn, .table = "t", .column = "c", .row_id = "1"}; }

EnvelopeCipher Cipher(char byte = 'k') {
  return EnvelopeCipher(base::SecretString(std::string(EnvelopeCipher::kKeyBytes, byte)));
}

DataKey Key() {
  const EnvelopeCipher cipher = Cipher();
  return *cipher.OpenDataKey(kOwn, cipher.NewDataKey(kOwn));
}

}  // namespace

TEST(EnvelopeCipher, OpensWhatItSealed) {
  const DataKey key = Key();
  for (const std::string& text :
       {std::string("x"), std::string(16384, 'u'), std::string("\0\xff", 2), std::string()}) {
    const auto opened = key.Open(Place(), key.Seal(Place(), base::SecretString(text)));
    ASSERT_THAT(opened, IsOk());
    EXPECT_EQ(opened->Reveal(), text);
  }
}

TEST(EnvelopeCipher, SealsTheSameTextDifferentlyEachTime) {
  const DataKey key = Key();
  const base::SecretString text("canary-text");
  const std::string sealed = key.Seal(Place(), text);
  EXPECT_NE(sealed, key.Seal(Place(), text));
  EXPECT_THAT(sealed, Not(HasSubstr("canary")));
  EXPECT_EQ(sealed.size(), 1 + 12 + text.Reveal().size() + 16);
}

TEST(EnvelopeCipher, RefusesAnotherPlace) {
  const DataKey key = Key();
  const std::string sealed = key.Seal(Place(), base::SecretString("text"));
  SealedPlace account = Place();
  account.account_id = domain::AccountId("other");
  SealedPlace table = Place();
  table.table = "tc";  // with an empty column: the same letters, but another place
  table.column = "";
  SealedPlace column = Place();
  column.column = "d";
  SealedPlace row = Place();
  row.row_id = "2";
  for (const SealedPlace& place : {account, table, column, row}) {
    EXPECT_THAT(key.Open(place, sealed), StatusIs(absl::StatusCode::kDataLoss));
  }
}

TEST(EnvelopeCipher, RefusesEveryChangedByteAndEveryCut) {
  const DataKey key = Key();
  const std::string sealed = key.Seal(Place(), base::SecretString("text"));
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_THAT(key.Open(Place(), changed), StatusIs(absl::StatusCode::kDataLoss)) << i;
    EXPECT_THAT(key.Open(Place(), sealed.substr(0, i)), StatusIs(absl::StatusCode::kDataLoss)) << i;
  }
}

TEST(EnvelopeCipher, AnAccountsKeyOpensForItsAccountAndMasterKeyOnly) {
  const std::string sealed = Cipher().NewDataKey(kOwn);
  EXPECT_THAT(Cipher().OpenDataKey(kOwn, sealed), IsOk());
  EXPECT_THAT(Cipher().OpenDataKey(domain::AccountId("other"), sealed),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Cipher('l').OpenDataKey(kOwn, sealed), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(EnvelopeCipher, TakesAKeyFileOf32BytesThatOnlyItsOwnerReads) {
  const std::string path = ::testing::TempDir() + "/envelope_cipher_key";
  const auto load = [&](size_t bytes, mode_t mode) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << std::string(bytes, 'k');
    chmod(path.c_str(), mode);
    return EnvelopeCipher::FromKeyFile(path).status();
  };
  EXPECT_THAT(load(32, 0600), IsOk());
  EXPECT_THAT(load(32, 0640),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("open to others")));
  EXPECT_THAT(load(31, 0600),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("32 bytes")));
  EXPECT_THAT(load(33, 0600), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(EnvelopeCipher::FromKeyFile(path + ".missing").status(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("cannot be read")));
  std::remove(path.c_str());
}

}  // namespace accordion::persistence
