#include "api-gateway/auth/expiring_cache.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"

namespace accordion::gateway {
namespace {

struct CacheFixture {
  CacheFixture(std::size_t max_entries = 10)
      : cache({absl::Seconds(60), absl::Seconds(5), max_entries}, &clock,
              [this](absl::string_view key, ExpiringCache<int>::Callback done) {
                questions.push_back({std::string(key), std::move(done)});
              }) {}

  // Asks, and answers the question if one came.
  std::string Ask(const std::string& key, ExpiringCache<int>::Answer answer) {
    std::string got = "nothing";
    cache.Find(key, [&](ExpiringCache<int>::Answer found) { got = Show(found); });
    for (auto& question : std::exchange(questions, {})) {
      ++asked;
      question.done(answer);
    }
    return got;
  }

  static std::string Show(const ExpiringCache<int>::Answer& answer) {
    if (!answer.ok()) return "error";
    return *answer == nullptr ? "none" : std::to_string(**answer);
  }

  struct Question {
    std::string key;
    ExpiringCache<int>::Callback done;
  };
  testing::FakeClock clock;
  std::vector<Question> questions;
  int asked = 0;
  ExpiringCache<int> cache;
};

std::shared_ptr<const int> Value(int value) { return std::make_shared<const int>(value); }

TEST(ExpiringCache, AsksOnceUntilAnAnswerIsTooOld) {
  CacheFixture fixture;
  EXPECT_EQ(fixture.Ask("k", Value(1)), "1");
  fixture.clock.Advance(absl::Seconds(59));
  EXPECT_EQ(fixture.Ask("k", Value(2)), "1");
  EXPECT_EQ(fixture.asked, 1);
  fixture.clock.Advance(absl::Seconds(1));
  EXPECT_EQ(fixture.Ask("k", Value(2)), "2");
  EXPECT_EQ(fixture.asked, 2);
}

TEST(ExpiringCache, RemembersAnUnknownKeyShortlyAndAFailureNotAtAll) {
  CacheFixture fixture;
  EXPECT_EQ(fixture.Ask("k", std::shared_ptr<const int>()), "none");
  fixture.clock.Advance(absl::Seconds(4));
  EXPECT_EQ(fixture.Ask("k", Value(1)), "none");
  fixture.clock.Advance(absl::Seconds(1));
  EXPECT_EQ(fixture.Ask("k", absl::UnavailableError("down")), "error");
  EXPECT_EQ(fixture.Ask("k", Value(1)), "1");
}

TEST(ExpiringCache, LetsCallersOfOneKeyShareTheQuestion) {
  CacheFixture fixture;
  std::vector<std::string> got;
  for (int i = 0; i < 3; ++i) {
    fixture.cache.Find("k", [&](auto answer) { got.push_back(CacheFixture::Show(answer)); });
  }
  ASSERT_EQ(fixture.questions.size(), 1u);
  fixture.questions[0].done(Value(7));
  EXPECT_EQ(got, (std::vector<std::string>{"7", "7", "7"}));
}

TEST(ExpiringCache, StaysBounded) {
  CacheFixture fixture(2);
  for (int i = 0; i < 5; ++i) fixture.Ask(std::to_string(i), Value(i));
  EXPECT_EQ(fixture.Ask("0", Value(9)), "9");  // was dropped
}

}  // namespace
}  // namespace accordion::gateway
