// What a run did, in order: a hash that tells two runs apart, and, where asked for, readable lines.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace accordion::sim {

// Lines cost time, and a run can be repeated exactly: a run of many seeds keeps the hash only, and
// a seed that failed is run again with lines. Not thread-safe.
class Trace {
 public:
  enum class Lines { kNone, kKeepLast, kPrintAll };
  Trace(Lines lines, absl::Time start) : lines_(lines), start_(start) {}

  // Something happened at `now`; `kind` and `number` tell it apart from others.
  void Mix(absl::Time now, absl::string_view kind, uint64_t number);
  // The same with words, which are hashed, too: for what is rare enough.
  void Note(absl::Time now, absl::string_view kind, absl::FunctionRef<std::string()> words);

  uint64_t hash() const { return hash_; }
  bool HasLines() const { return lines_ != Lines::kNone; }
  // The last lines, oldest first.
  std::vector<std::string> LastLines() const { return {last_.begin(), last_.end()}; }

 private:
  void MixBytes(absl::string_view bytes);
  void MixNumber(uint64_t number);

  const Lines lines_;
  const absl::Time start_;
  uint64_t hash_ = 14695981039346656037u;
  std::deque<std::string> last_;
};

}  // namespace accordion::sim
