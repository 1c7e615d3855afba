// What the checkers found: counts for each invariant, and the first violation, which ends the run.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"

namespace accordion::sim {

// Invariants of docs/reliability (I-1 ... I-25) by number. I-21 is counted apart from I-15, though
// one checker holds both.
inline constexpr int kInvariantCount = 26;
// Those that the simulation answers for; I-22 and I-26 need load and real processes.
inline constexpr std::array kCheckedInvariants = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12,
                                                  13, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25};

struct Violation {
  int invariant = 0;
  absl::Time at;
  std::string words;
};

// Not thread-safe.
class Verdict {
 public:
  // One look at invariant `number`; `exercised`: its precondition really held, so that it could
  // have failed.
  void Looked(int number, bool exercised) {
    ++evaluated_[static_cast<size_t>(number)];
    if (exercised) ++exercised_[static_cast<size_t>(number)];
  }
  // The first one stands.
  void Violate(int number, absl::Time at, std::string words) {
    if (!violation_.has_value()) violation_ = Violation{number, at, std::move(words)};
  }
  // Looks, and violates unless `holds`. `words` is called then only.
  template <typename Words>
  void Expect(int number, bool exercised, bool holds, absl::Time at, Words words) {
    Looked(number, exercised);
    if (!holds) Violate(number, at, words());
  }

  bool ok() const { return !violation_.has_value(); }
  const std::optional<Violation>& violation() const { return violation_; }
  int64_t evaluated(int number) const { return evaluated_[static_cast<size_t>(number)]; }
  int64_t exercised(int number) const { return exercised_[static_cast<size_t>(number)]; }

 private:
  std::array<int64_t, kInvariantCount> evaluated_{};
  std::array<int64_t, kInvariantCount> exercised_{};
  std::optional<Violation> violation_;
};

}  // namespace accordion::sim
