#include "base/encoding.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace accordion::base {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;
using ::testing::Pair;

TEST(Hex, GoesBothWays) {
  EXPECT_EQ(HexEncode(absl::string_view("\x00\xab\xff", 3)), "00abff");
  EXPECT_EQ(HexDecode("00aBFf"), std::string("\x00\xab\xff", 3));
  EXPECT_EQ(HexDecode("abc"), std::nullopt);
  EXPECT_EQ(HexDecode("zz"), std::nullopt);
}

TEST(Base32, MatchesTheVectorsOfRfc4648) {
  EXPECT_EQ(Base32LowerEncode(""), "");
  EXPECT_EQ(Base32LowerEncode("f"), "my");
  EXPECT_EQ(Base32LowerEncode("fo"), "mzxq");
  EXPECT_EQ(Base32LowerEncode("foo"), "mzxw6");
  EXPECT_EQ(Base32LowerEncode("foob"), "mzxw6yq");
  EXPECT_EQ(Base32LowerEncode("fooba"), "mzxw6ytb");
  EXPECT_EQ(Base32LowerEncode("foobar"), "mzxw6ytboi");
}

TEST(Base64, GoesBothWays) {
  for (const absl::string_view bytes : {"", "f", "fo", "foo", "foob", "\xff\xfe+/"}) {
    EXPECT_EQ(Base64Decode(Base64Encode(bytes)), std::string(bytes));
  }
  EXPECT_EQ(Base64Encode("fo"), "Zm8=");
}

TEST(Base64, RefusesWhatAnEncoderWouldNotWrite) {
  for (const absl::string_view text : {"Zm8", "Zm8 =", "Zm9=", "Zm8=\n", "Zm8==", "Zm.8", "Z"}) {
    EXPECT_EQ(Base64Decode(text), std::nullopt) << text;
  }
}

TEST(Percent, LeavesOnlyTheUnreservedBare) {
  EXPECT_EQ(PercentEncode("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(PercentEncode(" *+/%="), "%20%2A%2B%2F%25%3D");
  EXPECT_EQ(PercentEncode("周"), "%E5%91%A8");
}

TEST(Percent, DecodesEitherCaseAndAPlusAsAsked) {
  EXPECT_EQ(PercentDecode("%e5%91%A8"), "周");
  EXPECT_EQ(PercentDecode("a+b"), "a+b");
  EXPECT_EQ(PercentDecode("a+b%2B", Plus::kIsBlank), "a b+");
}

TEST(Percent, RefusesBrokenEscapes) {
  for (const absl::string_view text : {"%", "%4", "a%4g", "%%41", "%u0041"}) {
    EXPECT_EQ(PercentDecode(text), std::nullopt) << text;
  }
}

TEST(Percent, ChecksTheTextIfAsked) {
  EXPECT_EQ(PercentDecode("%ff"), "\xff");
  EXPECT_EQ(PercentDecode("%ff", Plus::kIsPlus, TextCheck::kUtf8), std::nullopt);
}

TEST(Form, KeepsOrderAndRepeats) {
  EXPECT_THAT(FormDecode("b=2&a=1+x&b=3&&flag&=v&e=a=b"),
              Optional(ElementsAre(Pair("b", "2"), Pair("a", "1 x"), Pair("b", "3"),
                                   Pair("flag", ""), Pair("", "v"), Pair("e", "a=b"))));
  EXPECT_THAT(FormDecode(""), Optional(ElementsAre()));
}

TEST(Form, RefusesBrokenEscapesAndBytesThatAreNotText) {
  EXPECT_EQ(FormDecode("a=%"), std::nullopt);
  EXPECT_EQ(FormDecode("%zz=1"), std::nullopt);
  EXPECT_EQ(FormDecode("a=%C0%80"), std::nullopt);
}

TEST(Form, DecodesWhatItEncodes) {
  const FormParameters parameters = {{"Tag.1.Key", "a b&c=d+e"}, {"名", "值"}, {"empty", ""}};
  EXPECT_EQ(FormEncode({{"a", "1 2"}, {"b", ""}}), "a=1%202&b=");
  EXPECT_EQ(FormDecode(FormEncode(parameters)), parameters);
}

}  // namespace
}  // namespace accordion::base
