#include <cstdint>

#include "engine/ports/lease.h"

namespace accordion::ports {

// The finalizer of splitmix64: ids are time-ordered, so their bits must be mixed. Fixed for the
// life of a database, since shards are stored with the groups.
int ShardOf(const domain::GroupId& group) {
  uint64_t bits = static_cast<uint64_t>(group.value());
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  bits ^= bits >> 31;
  return static_cast<int>(bits % kShardCount);
}

}  // namespace accordion::ports
