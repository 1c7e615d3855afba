// Every single crash of every scenario, and a sample of double ones (reliability.md D2.4).
//
// A scenario is played once to find its boundaries, the moments before and after each transaction,
// each call to the cloud and each delivery; then once for each of them with a death there, after
// which a new engine takes over; then with two deaths, drawn from a fixed seed. However it went,
// the world must come to the same rest without a misdeed. An engine leaves nothing behind but what
// it wrote, so of boundaries between which nothing was written one is enough (Stage::telling).
#include <cstdio>
#include <random>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/crash_points/scenario.h"

namespace accordion::control {
namespace {

constexpr int kPairs = 24;             // of deaths, a scenario
constexpr int kFewestBoundaries = 15;  // fewer: the scenario does nothing

// The figures that this run adds up to; printed at its end.
class Tally final : public ::testing::Environment {
 public:
  void TearDown() override {
    if (scenarios_ == 0) return;
    std::printf("crash points: %d scenarios, %d boundaries, %d deaths, %d pairs\n", scenarios_,
                boundaries_, deaths_, pairs_);
  }
  void Add(const std::string& name, int boundaries, int deaths, int pairs) {
    std::printf("crash points: %-32s %4d boundaries, %3d deaths, %d pairs\n", name.c_str(),
                boundaries, deaths, pairs);
    ++scenarios_;
    boundaries_ += boundaries;
    deaths_ += deaths;
    pairs_ += pairs;
  }

 private:
  int scenarios_ = 0;
  int boundaries_ = 0;
  int deaths_ = 0;
  int pairs_ = 0;
};

// GoogleTest owns it.
Tally* const tally = static_cast<Tally*>(::testing::AddGlobalTestEnvironment(new Tally));

class CrashPoints : public ::testing::TestWithParam<Scenario> {};

TEST_P(CrashPoints, EndWellWhereverAnEngineDies) {
  const Scenario& scenario = GetParam();
  const Played undisturbed = Play(scenario, {});
  ASSERT_EQ(undisturbed.wrong, "") << "nobody died";
  const int boundaries = undisturbed.boundaries;
  ASSERT_GE(boundaries, kFewestBoundaries);
  for (const int die_at : undisturbed.telling) {
    const Played played = Play(scenario, {die_at});
    ASSERT_EQ(played.wrong, "") << "boundary " << die_at << " of " << boundaries;
    ASSERT_EQ(played.unused_deaths, 0) << "boundary " << die_at << " was not come to again";
  }
  std::minstd_rand random(static_cast<uint32_t>(boundaries));
  const auto draw = [&] { return undisturbed.telling[random() % undisturbed.telling.size()]; };
  for (int i = 0; i < kPairs; ++i) {
    const Deaths deaths = {draw(), draw()};
    // The second engine may have less to do than that: then it lives.
    const Played played = Play(scenario, deaths);
    ASSERT_EQ(played.wrong, "") << "boundaries " << deaths[0] << " and then " << deaths[1];
  }
  tally->Add(scenario.name, boundaries, static_cast<int>(undisturbed.telling.size()), kPairs);
}

std::string NameOf(const ::testing::TestParamInfo<Scenario>& one) { return one.param.name; }

INSTANTIATE_TEST_SUITE_P(All, CrashPoints, ::testing::ValuesIn(AllScenarios()), NameOf);

}  // namespace
}  // namespace accordion::control
