#include "base/secret.h"

#include <concepts>
#include <ostream>
#include <type_traits>

#include "gtest/gtest.h"

namespace accordion::base {
namespace {

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

static_assert(!Printable<SecretString>);
static_assert(!std::is_convertible_v<SecretString, std::string>);
static_assert(!std::is_convertible_v<std::string, SecretString>);

TEST(Secret, IsSeenOnlyWhereItIsRevealed) {
  const SecretString secret(std::string("hunter2"));
  EXPECT_EQ(secret.Reveal(), "hunter2");
  EXPECT_FALSE(secret.empty());
  EXPECT_TRUE(SecretString().empty());
}

TEST(Secret, ComparesByValue) {
  EXPECT_TRUE(SecretString(std::string("a")) == SecretString(std::string("a")));
  EXPECT_FALSE(SecretString(std::string("a")) == SecretString(std::string("b")));
  EXPECT_FALSE(SecretString(std::string("a")) == SecretString(std::string("ab")));
}

TEST(Secret, MovesLeaveNothingBehind) {
  SecretString from(std::string("short"));  // fits into the string object itself
  const SecretString to = std::move(from);
  EXPECT_EQ(to.Reveal(), "short");
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): that is the point

  SecretString assigned(std::string("old"));
  SecretString source(std::string("new"));
  assigned = std::move(source);
  EXPECT_EQ(assigned.Reveal(), "new");
  EXPECT_TRUE(source.empty());  // NOLINT(bugprone-use-after-move)
}

TEST(Secret, WipesItsMemoryWhenItIsOverwritten) {
  SecretString secret(std::string("0123456789"));  // inside the object, so it can be looked at
  const char* const bytes = secret.Reveal().data();
  secret = SecretString();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(bytes[i], '\0') << i;
}

TEST(Secret, SurvivesAssignmentToItself) {
  SecretString secret(std::string("same"));
  const SecretString& alias = secret;
  secret = alias;
  EXPECT_EQ(secret.Reveal(), "same");
}

}  // namespace
}  // namespace accordion::base
