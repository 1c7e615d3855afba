// The edges are data that three readers share: the machines, the property test, and
// docs/activities.md. The page is checked against the code here; run with ACCORDION_UPDATE_DOCS=1
// to rewrite its generated parts.

#include "engine/activity/transition_table.h"

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "engine/activity/cause.h"
#include "engine/activity/outcome.h"
#include "gtest/gtest.h"

namespace accordion::activity {
namespace {

using domain::ActivityType;
using enum SlotState;

constexpr char kPage[] = ACCORDION_SOURCE_DIR "/docs/activities.md";
constexpr int kStates = static_cast<int>(kCancelled) + 1;

std::string ReadPage() {
  std::stringstream text;
  text << std::ifstream(kPage).rdbuf();
  return text.str();
}

std::string ErrorCodeTable() {
  std::string table =
      "| ErrorCode | when | 中文 |\n| --- | --- | --- |\n| 0 | nothing failed | |\n";
  const auto row = [&](int code, const std::string& english, const std::string& chinese) {
    absl::StrAppend(&table, "| ", code, " | ", english, " | ", chinese, " |\n");
  };
  for (int i = 1; i <= static_cast<int>(FailureClass::kUnresolved); ++i) {
    const auto failure = static_cast<FailureClass>(i);
    row(ErrorCodeOf(failure), FailureText(Language::kEnglish, failure, ""),
        FailureText(Language::kChinese, failure, ""));
  }
  row(kPartlyCancelledCode, CancelledText(Language::kEnglish), CancelledText(Language::kChinese));
  row(kReplacementHeldCode, "replacement is held: too many turned unhealthy at once",
      "30% 熔断，已停止替换");
  return table;
}

std::string Fenced(const std::string& diagram) {
  return absl::StrCat("```mermaid\n", diagram, "```\n");
}

// Compares the part of the page between the markers of `name` with `generated`.
void CheckPart(const std::string& name, const std::string& generated) {
  std::string page = ReadPage();
  const std::string begin = absl::StrCat("<!-- generated: ", name, " -->\n");
  const std::string end = absl::StrCat("<!-- end: ", name, " -->\n");
  const size_t from = page.find(begin);
  const size_t to = page.find(end);
  ASSERT_TRUE(from != std::string::npos && to != std::string::npos && from < to) << name;
  const size_t start = from + begin.size();
  if (std::getenv("ACCORDION_UPDATE_DOCS") != nullptr) {
    page.replace(start, to - start, generated);
    std::ofstream(kPage) << page;
  }
  EXPECT_EQ(page.substr(start, to - start), generated);
}

TEST(ActivitiesPage, ShowsTheMachinesAsTheyAre) {
  CheckPart("scale-out", Fenced(Diagram(LaunchEdges())));
  CheckPart("scale-in", Fenced(Diagram(RemovalEdges())));
  CheckPart("attach", Fenced(Diagram(AttachEdges())));
  CheckPart("registration", Fenced(Diagram(RegistrationEdges())));
  CheckPart("replace", Fenced(Diagram(ReplaceEdges())));
}
// Whatever table a kind of activity goes by, a reader finds its moves.
TEST(ActivitiesPage, ShowsEveryMoveOfEveryKindOfActivity) {
  const std::string page = ReadPage();
  int moves = 0;
  for (const ActivityType type :
       {ActivityType::kScaleOut, ActivityType::kScaleIn, ActivityType::kAttach,
        ActivityType::kDetach, ActivityType::kReplace, ActivityType::kRegistration}) {
    for (int i = 0; i < kStates; ++i) {
      for (int j = 0; j < kStates; ++j) {
        const auto from = static_cast<SlotState>(i);
        const auto to = static_cast<SlotState>(j);
        if (from == to || !IsLegal(type, from, to)) continue;
        ++moves;
        EXPECT_NE(
            page.find(absl::StrCat("    ", SlotStateName(from), " --> ", SlotStateName(to), ": ")),
            std::string::npos)
            << SlotStateName(from) << " to " << SlotStateName(to)
            << ": run this test with ACCORDION_UPDATE_DOCS=1";
      }
    }
  }
  EXPECT_GT(moves, 100);
}

TEST(ActivitiesPage, ListsEveryErrorCode) { CheckPart("error codes", ErrorCodeTable()); }

TEST(TransitionTable, FinalStatesHaveNoWayOutAndAllOthersHave) {
  for (const absl::Span<const Edge> edges :
       {LaunchEdges(), RemovalEdges(), AttachEdges(), RegistrationEdges()}) {
    std::set<SlotState> left;
    std::set<SlotState> states;
    std::set<std::pair<SlotState, SlotState>> pairs;
    for (const Edge& edge : edges) {
      EXPECT_FALSE(IsFinal(edge.from)) << SlotStateName(edge.from);
      EXPECT_FALSE(edge.because.empty());
      EXPECT_TRUE(pairs.insert({edge.from, edge.to}).second) << "listed twice";
      left.insert(edge.from);
      states.insert({edge.from, edge.to});
    }
    for (const SlotState state : states)
      EXPECT_EQ(left.count(state) == 0, IsFinal(state)) << SlotStateName(state);
  }
}

TEST(TransitionTable, APairsSlotsWaitForWhereALaunchAndARemovalBegin) {
  std::set<SlotState> to;
  for (const Edge& edge : ReplaceEdges()) {
    EXPECT_EQ(edge.from, kWaiting);
    EXPECT_FALSE(edge.because.empty());
    to.insert(edge.to);
  }
  EXPECT_EQ(to, (std::set<SlotState>{LaunchEdges().front().from, RemovalEdges().front().from,
                                     kCancelled}));
}

TEST(TransitionTable, OnlyListedMovesAndStayingAreLegal) {
  const auto listed = [](absl::Span<const Edge> edges, SlotState from, SlotState to) {
    for (const Edge& edge : edges) {
      if (edge.from == from && edge.to == to) return true;
    }
    return from == to;
  };
  for (int i = 0; i < kStates; ++i) {
    for (int j = 0; j < kStates; ++j) {
      const auto from = static_cast<SlotState>(i);
      const auto to = static_cast<SlotState>(j);
      EXPECT_EQ(IsLegal(ActivityType::kScaleOut, from, to), listed(LaunchEdges(), from, to));
      EXPECT_EQ(IsLegal(ActivityType::kReplace, from, to), listed(ReplaceEdges(), from, to) ||
                                                               listed(LaunchEdges(), from, to) ||
                                                               listed(RemovalEdges(), from, to));
      EXPECT_EQ(IsLegal(ActivityType::kAttach, from, to), listed(AttachEdges(), from, to));
      EXPECT_EQ(IsLegal(ActivityType::kRegistration, from, to),
                listed(RegistrationEdges(), from, to));
      EXPECT_EQ(IsLegal(ActivityType::kScaleIn, from, to), listed(RemovalEdges(), from, to));
      EXPECT_EQ(IsLegal(ActivityType::kDetach, from, to), listed(RemovalEdges(), from, to));
    }
  }
}

TEST(TransitionTable, EveryStateHasItsName) {
  std::set<std::string> names;
  for (int i = 0; i < kStates; ++i) names.insert(SlotStateName(static_cast<SlotState>(i)));
  EXPECT_EQ(names.size(), static_cast<size_t>(kStates));
}

TEST(TransitionTable, DiagramsBeginAtTheFirstStateAndShowTheEnds) {
  const Edge edges[] = {{kPicked, kLeft, "done"}, {kPicked, kCancelled, "not done"}};
  EXPECT_EQ(Diagram(edges),
            "stateDiagram-v2\n"
            "    [*] --> Picked\n"
            "    Picked --> Left: done\n"
            "    Picked --> Cancelled: not done\n"
            "    Left --> [*]\n"
            "    Cancelled --> [*]\n");
}

}  // namespace
}  // namespace accordion::activity
