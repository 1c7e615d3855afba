#include "base/http_message.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace accordion::base {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(HttpHeaders, FindWithoutRegardToCase) {
  const HttpHeaders headers = {{"Content-Type", "text/plain"}};
  EXPECT_EQ(headers.Find("content-TYPE"), "text/plain");
  EXPECT_EQ(headers.Find("Content"), std::nullopt);
}

TEST(HttpHeaders, KeepOrderAndRepeats) {
  HttpHeaders headers = {{"A", "1"}, {"B", "2"}};
  headers.Add("a", "3");
  EXPECT_EQ(headers.Count("A"), 2);
  EXPECT_EQ(headers.Find("A"), "1");
  EXPECT_THAT(headers.FindAll("A"), ElementsAre("1", "3"));
}

TEST(HttpHeaders, SetReplacesAllOfThatName) {
  HttpHeaders headers = {{"A", "1"}, {"B", "2"}, {"a", "3"}};
  headers.Set("A", "4");
  EXPECT_THAT(headers.fields(), ElementsAre(Pair("B", "2"), Pair("A", "4")));
}

}  // namespace
}  // namespace accordion::base
