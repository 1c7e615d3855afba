#include "base/utf8.h"

#include "gtest/gtest.h"

namespace accordion::base {
namespace {

TEST(Utf8, TakesEveryLengthOfCharacter) {
  EXPECT_EQ(Utf8CharacterLength("a"), 1u);
  EXPECT_EQ(Utf8CharacterLength("\xc2\x80"), 2u);
  EXPECT_EQ(Utf8CharacterLength("周"), 3u);
  EXPECT_EQ(Utf8CharacterLength("\xf4\x8f\xbf\xbf"), 4u);
  EXPECT_TRUE(IsValidUtf8("a\xc2\x80周\xf0\x9f\x98\x80"));
  EXPECT_TRUE(IsValidUtf8(""));
}

TEST(Utf8, RefusesWhatIsIllFormed) {
  const absl::string_view cases[] = {
      "\x80",              // a continuation byte alone
      "\xc2",              // cut short
      "\xe5\x91",          //
      "\xf0\x9f\x98",      //
      "\xc0\x80",          // overlong forms
      "\xc1\xbf",          //
      "\xe0\x9f\xbf",      //
      "\xf0\x8f\xbf\xbf",  //
      "\xed\xa0\x80",      // a surrogate
      "\xf4\x90\x80\x80",  // above U+10FFFF
      "\xf5\x80\x80\x80",  //
      "\xff",              //
      "\xe5\x91\x41",      // a letter where a continuation belongs
  };
  for (const absl::string_view text : cases) EXPECT_FALSE(IsValidUtf8(text)) << text;
  EXPECT_EQ(Utf8CharacterLength(""), 0u);
}

}  // namespace
}  // namespace accordion::base
