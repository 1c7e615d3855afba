#include <cstdint>

#include "engine/ports/lease.h"

namespace accordion::ports {
namespace {

// The finalizer of splitmix64. Fixed for the life of a database, since shards are stored with the
// groups.
int ShardOfBits(uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  bits ^= bits >> 31;
  return static_cast<int>(bits % kShardCount);
}

}  // namespace

// Ids are time-ordered, so their bits must be mixed.
int ShardOf(const domain::GroupId& group) {
  return ShardOfBits(static_cast<uint64_t>(group.value()));
}

int ShardOf(const domain::AccountId& account) {
  uint64_t bits = 0xcbf29ce484222325;  // FNV-1a: the same in every engine, unlike absl::Hash
  for (const char byte : account.value()) {
    bits = (bits ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  }
  return ShardOfBits(bits);
}

}  // namespace accordion::ports
