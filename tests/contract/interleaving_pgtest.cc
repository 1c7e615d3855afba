// Two sessions, statement by statement, in every order: what PostgreSQL makes of them, the store in
// memory must make, too, or the simulation lies.
//
// The store in memory runs one transaction at a time, so a session that PostgreSQL lets wait for a
// row has no twin there. The claim that both must keep is the stronger one: whatever the order of
// the statements was, the outcome (every status, and all rows) is that of the two transactions one
// after the other, in the order in which they ended. So a script runs on PostgreSQL in its order,
// with real sessions that really block; then in memory, one transaction after the other, in the
// order that PostgreSQL's took. A reader's place is that of its snapshot: its first statement. A
// victim of a deadlock runs again as a whole, after the other.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <pqxx/pqxx>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "gtest/gtest.h"
#include "persistence/database.h"
#include "tests/contract/interleaving_world.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_store.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_database.h"

namespace accordion::testing {
namespace {

// What came of a session: the status of every statement of its last run, then the transaction's.
// Words only where they are ours: the stores' own words differ.
std::string WordsOf(const absl::Status& status) {
  return absl::IsAlreadyExists(status) && absl::StartsWith(status.message(), "version ")
             ? std::string(status.message())
             : absl::StatusCodeToString(status.code());
}

// Runs one program. Before each statement, and before the end, asks `pass(step)` for leave.
template <typename Pass>
std::string RunProgram(InterleavingWorld& world, const Program& program, int who, Pass pass) {
  pass(0, /*restarted=*/false);
  if (program.kind == Program::Kind::kTakeOver) {
    world.expire(world.fence.session);
    const auto session = world.leases.OpenSession("rival", absl::Minutes(1));
    if (!session.ok()) return WordsOf(session.status());
    const absl::Status taken = world.leases.Acquire(*session).status();
    EXPECT_OK(world.leases.Close(*session));  // or the next script would get no shard
    return WordsOf(taken);
  }
  std::vector<std::string> words;
  int runs = 0;
  const auto work = [&](ports::Tx& tx) -> absl::Status {
    words.clear();
    ++runs;
    for (size_t i = 0; i < program.operations.size(); ++i) {
      if (i > 0) pass(static_cast<int>(i), runs > 1);
      const absl::Status status = program.operations[i].run(world, tx, who);
      words.push_back(WordsOf(status));
      if (!status.ok() && program.kind != Program::Kind::kRead) return status;
    }
    pass(static_cast<int>(program.operations.size()), runs > 1);
    return absl::OkStatus();
  };
  absl::Status ended;
  switch (program.kind) {
    case Program::Kind::kFenced:
      ended = world.store.Transact(world.fence, work);
      break;
    case Program::Kind::kRead:
      ended = world.store.Read(work);
      break;
    case Program::Kind::kWrite:
    case Program::Kind::kTakeOver:
      ended = world.store.Transact(work);
      break;
  }
  words.push_back(WordsOf(ended));
  return absl::StrJoin(words, " ");
}

int StepsOf(const Program& program) { return static_cast<int>(program.operations.size()) + 1; }

// A session in a thread of its own, which takes a step when it is given leave.
class Session {
 public:
  Session(InterleavingWorld& world, const Program& program, int who)
      : thread_([this, &world, &program, who] {
          std::string words = RunProgram(world, program, who, [this](int step, bool restarted) {
            absl::MutexLock lock(&mutex_);
            done_ = restarted ? done_ : step;
            restarted_ |= restarted;
            const auto may_go = [this, step]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
              return restarted_ || granted_ > step;
            };
            mutex_.Await(absl::Condition(&may_go));
          });
          absl::MutexLock lock(&mutex_);
          words_ = std::move(words);
          ended_ = true;
        }) {}
  ~Session() { thread_.join(); }

  void Grant() {
    absl::MutexLock lock(&mutex_);
    ++granted_;
  }
  // It has taken every step that it was given leave for, or has ended early.
  bool AtRest() const {
    absl::MutexLock lock(&mutex_);
    return ended_ || (!restarted_ && done_ == granted_);
  }
  bool Ended() const {
    absl::MutexLock lock(&mutex_);
    return ended_;
  }
  // A deadlock's victim: its later steps need no leave.
  bool Restarted() const {
    absl::MutexLock lock(&mutex_);
    return restarted_;
  }
  std::string Words() const {
    absl::MutexLock lock(&mutex_);
    return words_;
  }

 private:
  mutable absl::Mutex mutex_;
  int granted_ ABSL_GUARDED_BY(mutex_) = 0;
  int done_ ABSL_GUARDED_BY(mutex_) = 0;
  bool restarted_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::string words_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;  // last: it uses the others
};

struct Outcome {
  std::array<std::string, 2> words;
  std::string rows;
  int first = 0;  // the session that comes first in the serial order
  bool waited = false;
  bool restarted = false;
};

// Taking 256 shards for nothing would take longer than the script.
bool NeedLease(const std::array<const Program*, 2>& programs) {
  return std::any_of(programs.begin(), programs.end(), [](const Program* program) {
    return program->kind == Program::Kind::kFenced || program->kind == Program::Kind::kTakeOver;
  });
}

// The same rows in opposite orders: rare among all scripts, so each of these is taken.
bool MayDeadlock(const std::array<const Program*, 2>& programs) {
  return absl::StrCat(programs[0]->name, ", reversed") == programs[1]->name;
}

class InterleavingTest : public ::testing::Test {
 protected:
  InterleavingTest() : database_(*persistence::OpenDatabase(test_database_.options())) {
    // A deadlock is found after a second unless told otherwise.
    pqxx::nontransaction sql(watcher_);
    sql.exec(absl::StrCat("ALTER DATABASE ", watcher_.dbname(), " SET deadlock_timeout = '20ms'"));
  }

  InterleavingWorld PostgresWorld(const std::string& name, bool with_lease) {
    return InterleavingWorld::Make(
        database_->store(), database_->leases(),
        [this](int64_t session) {
          RunSql(test_database_.dsn(),
                 absl::StrCat("UPDATE engine_session SET expires_at = clock_timestamp() "
                              "WHERE sid = ",
                              session));
        },
        name, with_lease);
  }

  int WaitingForLocks() {
    pqxx::nontransaction sql(watcher_);
    return sql
        .exec1(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND wait_event_type = 'Lock'")[0]
        .as<int>();
  }

  // `order`: whose step comes next, 0 or 1. A step of a session that waits for a row is put off
  // until it waits no more.
  void RunInterleaved(InterleavingWorld& world, const std::array<const Program*, 2>& programs,
                      const std::vector<int>& order, Outcome& outcome) {
    std::vector<int> ended;
    bool reader_began[2] = {false, false};
    {
      std::array<std::unique_ptr<Session>, 2> sessions;
      for (int who : {0, 1}) {
        sessions[static_cast<size_t>(who)] =
            std::make_unique<Session>(world, *programs[static_cast<size_t>(who)], who);
      }
      // Until every session rests, or waits for the other.
      const auto calm = [&](int granted) {
        EXPECT_TRUE(Eventually([&] {
          const auto busy = std::count_if(sessions.begin(), sessions.end(),
                                          [](const auto& one) { return !one->AtRest(); });
          if (busy == 0) return true;
          // Two that wait for each other are a deadlock, which ends by itself.
          if (busy == 2 || WaitingForLocks() != busy) return false;
          outcome.waited = true;
          return true;
        }));
        // Where both have ended, the one that went on let the other, which waited, fail.
        for (int who : {granted, 1 - granted}) {
          const bool over = sessions[static_cast<size_t>(who)]->Ended();
          if (over && std::count(ended.begin(), ended.end(), who) == 0) ended.push_back(who);
        }
      };
      std::vector<int> left = order;
      while (!left.empty()) {
        const auto next = std::find_if(left.begin(), left.end(), [&](int who) {
          return sessions[static_cast<size_t>(who)]->AtRest();
        });
        if (next == left.end()) {  // it was let go just now
          ASSERT_TRUE(Eventually([&] { return sessions[0]->AtRest() || sessions[1]->AtRest(); }));
          continue;
        }
        const int who = *next;
        left.erase(next);
        if (programs[static_cast<size_t>(who)]->kind == Program::Kind::kRead && ended.empty()) {
          reader_began[who] = true;
        }
        sessions[static_cast<size_t>(who)]->Grant();
        calm(who);
      }
      ASSERT_TRUE(Eventually([&] { return sessions[0]->Ended() && sessions[1]->Ended(); }));
      if (ended.empty()) ended.push_back(order.back());
      for (int who : {0, 1}) {
        outcome.words[static_cast<size_t>(who)] = sessions[static_cast<size_t>(who)]->Words();
        outcome.restarted |= sessions[static_cast<size_t>(who)]->Restarted();
      }
      outcome.first = ended.empty() ? 0 : ended.front();
      for (int who : {0, 1}) {
        if (sessions[static_cast<size_t>(who)]->Restarted()) outcome.first = 1 - who;
        if (reader_began[who]) outcome.first = who;
      }
    }
    outcome.rows = world.Describe();
  }

  TestDatabase test_database_;
  std::unique_ptr<persistence::Database> database_;
  pqxx::connection watcher_{test_database_.dsn()};
};

Outcome RunInMemory(const std::string& name, const std::array<const Program*, 2>& programs,
                    int first) {
  const FakeClock clock;
  MemoryStore store(clock);
  InterleavingWorld world = InterleavingWorld::Make(
      store, store, [&](int64_t session) { store.Expire(session); }, name, NeedLease(programs));
  Outcome outcome{.words = {}, .rows = "", .first = first};
  for (int who : {first, 1 - first}) {
    const auto at = static_cast<size_t>(who);
    outcome.words[at] = RunProgram(world, *programs[at], who, [](int, bool) {});
  }
  outcome.rows = world.Describe();
  return outcome;
}

TEST_F(InterleavingTest, EveryOrderOfTwoTransactionsEndsAsTheStoreInMemorySays) {
  // Every script takes some 10 ms; ./dev test takes each n-th, which meets every pair of programs.
  const char* all = std::getenv("ACCORDION_ALL_INTERLEAVINGS");
  const int stride = all != nullptr ? 1 : 11;
  std::map<std::string, int> counts;
  int script = 0;
  for (size_t one = 0; one < Programs().size(); ++one) {
    for (size_t two = one; two < Programs().size(); ++two) {
      const std::array<const Program*, 2> programs = {&Programs()[one], &Programs()[two]};
      std::vector<int> order(static_cast<size_t>(StepsOf(*programs[0])), 0);
      order.resize(order.size() + static_cast<size_t>(StepsOf(*programs[1])), 1);
      do {
        if (script++ % stride != 0 && !MayDeadlock(programs)) continue;
        const std::string name = absl::StrCat(script);
        InterleavingWorld world = PostgresWorld(name, NeedLease(programs));
        Outcome real;
        RunInterleaved(world, programs, order, real);
        const Outcome twin = RunInMemory(name, programs, real.first);
        const std::string what =
            absl::StrCat("script ", script, ": ", programs[0]->name, " | ", programs[1]->name,
                         " in the order ", absl::StrJoin(order, ""), ", first ", real.first);
        EXPECT_EQ(real.words[0], twin.words[0]) << what;
        EXPECT_EQ(real.words[1], twin.words[1]) << what;
        EXPECT_EQ(real.rows, twin.rows) << what;
        if (world.fence.session != 0) world.expire(world.fence.session);
        counts["scripts"] += 1;
        counts["agreed"] += real.words == twin.words && real.rows == twin.rows;
        counts["blocked"] += real.waited;
        counts["deadlocked"] += real.restarted;
        counts["in the other order"] += real.first;
      } while (std::next_permutation(order.begin(), order.end()));
    }
  }
  for (const auto& [what, count] : counts) {
    RecordProperty(what, count);
    printf("%d %s\n", count, what.c_str());
  }
  EXPECT_GE(counts["scripts"], 200);
  EXPECT_GT(counts["blocked"], 20);
  EXPECT_GT(counts["deadlocked"], 0);
}

}  // namespace
}  // namespace accordion::testing
