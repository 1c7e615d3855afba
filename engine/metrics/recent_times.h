// The newest timestamps of a series, to tell a sample that was sent twice from one that comes out
// of order.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace accordion::metrics {

// Remembers the kSize newest timestamps. What is older than all of them, once it is full, is taken
// for a duplicate: so a batch that is sent again, however large, is never counted twice, and
// samples up to kSize places out of order count.
class RecentTimes {
 public:
  static constexpr size_t kSize = 16;

  // Whether a sample with this timestamp may have been recorded before.
  bool MayHave(int64_t nanos) const;
  // Records a timestamp that MayHave denies.
  void Record(int64_t nanos);

 private:
  std::array<int64_t, kSize> times_{};  // ascending, the first `count_` are used
  size_t count_ = 0;
};

}  // namespace accordion::metrics
