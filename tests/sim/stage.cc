#include "tests/sim/stage.h"

#include "absl/strings/str_cat.h"

namespace accordion::sim {

Stage::Stage(const Options& options, cloudsim::RegionSpec region, absl::Duration signature_window)
    : seed(options.seed),
      trace(options.lines, clock.Now()),
      faults(options.seed * 2 + 1, options.calm),
      rng(options.seed * 2),
      cloud(std::move(region), options.seed + 17, clock, {.signature_window = signature_window}),
      fences(Add(std::make_unique<FenceChecker>(truth, verdict))),
      announcements(Add(std::make_unique<AnnouncementChecker>(truth, verdict))),
      requests(Add(std::make_unique<RequestChecker>(truth, verdict))) {
  store.SetWatch(this);
}

Stage::~Stage() { store.SetWatch(nullptr); }

bool Stage::RunUntil(absl::Time end) {
  while (ok() && time.RunNext(end)) {
    trace.Mix(time.Now(), "work", static_cast<uint64_t>(events_));
    Look();
  }
  if (ok()) time.RunUntil(end);  // time itself
  return ok();
}

void Stage::Meanwhile(absl::Duration span) {
  if (!CanWait()) return;
  ++depth_;
  const Actor actor = actor_;
  const std::string request = request_;
  RunUntil(time.Now() + span);
  actor_ = actor;
  request_ = request;
  --depth_;
}

void Stage::Look() {
  ++events_;
  const absl::Time now = time.Now();
  for (const auto& checker : checkers_) checker->OnEvent(now);
}

void Stage::AfterTransaction() { Look(); }

void Stage::AfterCall() {
  cloudsim::CallLog& log = cloud.region().call_log();
  if (log.last_sequence() != records_seen_) {
    for (const cloudsim::CallRecord& record : log.Since(records_seen_, 1'000)) {
      trace.Note(time.Now(), "cloud", [&] {
        std::string words =
            absl::StrCat(record.call.action, " ", record.outcome, " ", record.call.digest);
        for (const cloudsim::CallEffect& effect : record.effects) {
          absl::StrAppend(&words, " ", effect.instance_id, effect.ok ? "" : " failed");
        }
        return words;
      });
      for (const auto& checker : checkers_) checker->BeforeCall(record);
      truth.TakeIn(record);
      for (const auto& checker : checkers_) checker->OnCall(record);
      records_seen_ = record.sequence;
    }
  }
  // Calls that are under way arrive by themselves.
  if (const absl::Time next = cloud.NextArrival(); next != next_arrival_) {
    next_arrival_ = next;
    if (next < absl::InfiniteFuture()) At(next, [this] { AfterCall(); });
  }
  Look();
}

void Stage::OnCommit(const testing::MemoryState& state, const ports::Fence* fence) {
  const CommitNotice notice{.state = state, .fence = fence, .actor = actor_, .at = time.Now()};
  for (const auto& checker : checkers_) checker->BeforeCommit(notice);
  truth.TakeIn(state);
  for (const auto& checker : checkers_) checker->OnCommit(notice);
  trace.Mix(notice.at, "commit", static_cast<uint64_t>(actor_.engine + 1));
}

void Stage::Rest() {
  for (const auto& checker : checkers_) checker->AtRest(time.Now());
}

}  // namespace accordion::sim
