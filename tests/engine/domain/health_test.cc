#include "engine/domain/health.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/engine/domain/facts.h"

namespace accordion::domain {
namespace {

constexpr HealthRules kRules;

Member Serving(Health health = Health::kHealthy) {
  Member member = MakeMember("i-1");
  member.health = health;
  member.in_service_at = kNow - absl::Hours(1);
  return member;
}

// One letter a reading, 30 s apart: f fine, b bad, a absent, - unread; upper case with a listener
// that says unhealthy; s fine, while the listener did not answer. Answers one letter each: .
// nothing, u turns UnHealthy, h turns Healthy, ? asks by id.
std::string Judge(Member member, const std::string& readings,
                  absl::Duration apart = absl::Seconds(30)) {
  HealthRun run;
  std::string words;
  absl::Time at = kNow;
  for (const char letter : readings) {
    HealthReading reading{.at = at};
    switch (letter) {
      case 'f':
        reading.cloud = CloudWord::kFine;
        break;
      case 'F':
        reading.cloud = CloudWord::kFine;
        break;
      case 'b':
        reading.cloud = CloudWord::kBad;
        break;
      case 'a':
        reading.cloud = CloudWord::kAbsent;
        break;
      case '-':
        break;
      case 's':
        reading.cloud = CloudWord::kFine;
        reading.listener = ListenerWord::kUnread;
        break;
      case '_':
        break;
      default:
        ADD_FAILURE() << letter;
    }
    if (letter == 'F' || letter == '_') reading.listener = ListenerWord::kUnhealthy;
    const HealthVerdict verdict = JudgeHealth(member, run, reading, kRules);
    run = verdict.run;
    at += apart;
    switch (verdict.change) {
      case HealthChange::kNone:
        words += '.';
        break;
      case HealthChange::kTurnsUnHealthy:
        member.health = Health::kUnHealthy;
        words += 'u';
        break;
      case HealthChange::kTurnsHealthy:
        member.health = Health::kHealthy;
        words += 'h';
        break;
      case HealthChange::kAskById:
        words += '?';
        break;
    }
  }
  return words;
}

TEST(Health, TurnsOnlyByEqualReadingsInARow) {
  struct Row {
    const char* readings;
    const char* changes;
  };
  const Row rows[] = {
      {"ffff", "...."},
      {"bbb", "..u"},
      {"bbfbb", "....."},    // a flap begins the run anew
      {"b-b-b", "....u"},    // silence is no word, neither good nor bad
      {"bbbb", "..u."},      // told once
      {"bbbfff", "..u..h"},  // and back
      {"bbbffbfff", "..u.....h"},
      {"FFF", "..u"},  // a running instance that its listener refuses
      {"FFf", "..."},
      {"FFFsss", "..u..."},  // a listener that is silent says neither that it is well again
      {"FFsF", "...u"},      // nor that it never was unwell
      {"FFFsfffs", "..u...h."},
      {"___", "..u"},  // the listener alone, while the cloud's list failed
      {"----------", ".........."},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Judge(Serving(), row.readings), row.changes) << row.readings;
  }
}

TEST(Health, AbsenceAsksByIdOnlyAfterCompleteReadingsThatLieApart) {
  EXPECT_EQ(Judge(Serving(), "a"), ".");
  EXPECT_EQ(Judge(Serving(), "aa", absl::Seconds(59)), "..");
  EXPECT_EQ(Judge(Serving(), "aa", absl::Seconds(60)), ".?");
  EXPECT_EQ(Judge(Serving(), "aaa"), "..?");
  EXPECT_EQ(Judge(Serving(), "aafa"), "....") << "a reading that has it ends the absence";
  EXPECT_EQ(Judge(Serving(), "a-a"), "..?") << "silence does not";
  EXPECT_EQ(Judge(Serving(), "---"), "...") << "and is never absence itself";
}

TEST(Health, ASlowListsAbsenceCountsFromWhenItWasWhole) {
  const auto absent = [](absl::Duration asked, absl::Duration whole) {
    return HealthReading{.cloud = CloudWord::kAbsent, .at = kNow + asked, .whole_at = kNow + whole};
  };
  const HealthRun first =
      JudgeHealth(Serving(), {}, absent(absl::ZeroDuration(), absl::Seconds(5)), kRules).run;
  const auto judge = [&](absl::Duration asked) {
    return JudgeHealth(Serving(), first, absent(asked, asked), kRules).change;
  };
  EXPECT_EQ(judge(absl::Seconds(64)), HealthChange::kNone);
  EXPECT_EQ(judge(absl::Seconds(65)), HealthChange::kAskById);
}

TEST(Health, AnAbsentMemberIsNotUnHealthyAsWell) {
  EXPECT_EQ(Judge(Serving(), "bbab"), "...u") << "absence neither ends nor feeds the bad run";
}

TEST(Health, TheListenerHasItsGraceFromEnteringService) {
  Member member = Serving();
  member.in_service_at = kNow - kDefaultListenerGrace + absl::Seconds(45);
  // Readings at 0, 30 s are within the grace; from 60 s on they count.
  EXPECT_EQ(Judge(member, "FFFFF"), "....u");
  member.in_service_at.reset();
  EXPECT_EQ(Judge(member, "FFFFF"), ".....");
  member.in_service_at = kNow;
  EXPECT_EQ(Judge(member, "bbb"), "..u") << "a dead instance has no grace";
}

TEST(Health, OnlyMembersInServiceHaveOne) {
  for (LifeCycle life_cycle : {LifeCycle::kPending, LifeCycle::kAttaching, LifeCycle::kDetaching,
                               LifeCycle::kTerminating, LifeCycle::kClosed}) {
    Member member = Serving();
    member.life_cycle = life_cycle;
    EXPECT_EQ(Judge(member, "bbbbaaaa"), "........");
  }
}

TEST(Health, TheReasonNamesTheSource) {
  HealthRun run{.bad = kRules.bad_readings - 1};
  const HealthReading stopped{.cloud = CloudWord::kBad, .at = kNow};
  const HealthReading refused{
      .cloud = CloudWord::kFine, .listener = ListenerWord::kUnhealthy, .at = kNow};
  EXPECT_EQ(JudgeHealth(Serving(), run, stopped, kRules).reason, HealthReason::kStopped);
  EXPECT_EQ(JudgeHealth(Serving(), run, refused, kRules).reason, HealthReason::kListener);
}

TEST(Health, AListThatLostTooMuchIsNotBelieved) {
  EXPECT_TRUE(IsPlausible(0, 0));
  EXPECT_TRUE(IsPlausible(1, 1)) << "an account's only instance may well be gone";
  EXPECT_TRUE(IsPlausible(10, 3));
  EXPECT_FALSE(IsPlausible(10, 4));
  EXPECT_FALSE(IsPlausible(2, 2));
}

TEST(Health, ReplacementIsHeldWhenManyTurnTogether) {
  const auto held = [](int members, const std::vector<int>& minutes) {
    std::vector<absl::Time> turned_at;
    for (const int minute : minutes) turned_at.push_back(kNow + absl::Minutes(minute));
    return ReplacementIsHeld(members, turned_at);
  };
  EXPECT_FALSE(held(20, {}));
  EXPECT_FALSE(held(1, {0})) << "one bad member of one is replaced";
  EXPECT_FALSE(held(3, {0})) << "never for one, whatever its share";
  EXPECT_TRUE(held(2, {0, 1}));
  EXPECT_FALSE(held(20, {0, 0, 0, 0, 0, 0})) << "30 % is not more than 30 %";
  EXPECT_TRUE(held(20, {0, 0, 0, 0, 0, 0, 0}));
  EXPECT_TRUE(held(20, {0, 1, 2, 3, 4, 5, 5})) << "five minutes, both ends inclusive";
  EXPECT_FALSE(held(20, {0, 1, 2, 3, 4, 5, 6}));
  EXPECT_TRUE(held(20, {90, 1, 91, 92, 50, 93, 94, 90, 90})) << "any window, in any order";
}

TEST(Health, HoldNeverEndsByMoreMembersTurning) {
  ForAll([](Random& random) {
    const int members = random.Int(1, 40);
    std::vector<absl::Time> turned_at;
    bool was_held = false;
    for (int i = 0; i < members; ++i) {
      turned_at.push_back(kNow + absl::Seconds(random.Int(0, 1200)));
      const bool is_held = ReplacementIsHeld(members, turned_at);
      EXPECT_TRUE(is_held || !was_held);
      was_held = is_held;
    }
  });
}

}  // namespace
}  // namespace accordion::domain
