// Natural batching of reads: while one read of a key is under way, those who ask meanwhile collect,
// and go together as the next one.
//
// So calls grow with keys, not with askers, nobody is made to wait without need, and every answer
// is that of a read that began after it was asked for.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace accordion::cloud {

// Thread-safe. `Item` is what one asks for under the key.
template <typename Key, typename Item, typename Answer>
class ReadRounds {
 public:
  using Result = std::shared_ptr<const absl::StatusOr<Answer>>;  // of a round, for all who joined
  using Read = std::function<absl::StatusOr<Answer>(const std::vector<Item>& items)>;
  // Whether this thread may wait for others' calls; called where it would have to. What it returns
  // is held while it waits; an empty pointer refuses.
  using Wait = std::function<std::shared_ptr<void>()>;

  // The answer of a round with `items` in it; blocks for it. Null: it would have had to wait.
  // `read` is called without a lock, by one of those who joined the round.
  Result Join(const Key& key, const std::vector<Item>& items, const Wait& wait, const Read& read) {
    absl::MutexLock lock(&mutex_);
    std::shared_ptr<Lane>& found = lanes_[key];
    if (found == nullptr) found = std::make_shared<Lane>();
    const std::shared_ptr<Lane> lane = found;  // the map may move and forget it
    std::shared_ptr<void> waiting;
    if (lane->under_way && (waiting = wait()) == nullptr) return nullptr;
    const bool leads = lane->next == nullptr;
    if (leads) lane->next = std::make_shared<Round>();
    const std::shared_ptr<Round> round = lane->next;
    round->items.insert(round->items.end(), items.begin(), items.end());
    if (!leads) {
      mutex_.Await(absl::Condition(
          +[](Round* one) { return one->result != nullptr; }, round.get()));
      return round->result;
    }
    mutex_.Await(absl::Condition(
        +[](Lane* one) { return !one->under_way; }, lane.get()));
    waiting.reset();
    lane->under_way = true;
    lane->next = nullptr;
    mutex_.Unlock();
    Result result = std::make_shared<const absl::StatusOr<Answer>>(read(round->items));
    mutex_.Lock();
    lane->under_way = false;
    round->result = result;
    if (lane->next == nullptr) lanes_.erase(key);
    return result;
  }

 private:
  struct Round {
    std::vector<Item> items;
    Result result;  // null until it is done
  };
  struct Lane {
    bool under_way = false;
    std::shared_ptr<Round> next;  // collects; its first asker leads it
  };

  absl::Mutex mutex_;
  // Those with a read under way or a round that collects.
  absl::flat_hash_map<Key, std::shared_ptr<Lane>> lanes_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace accordion::cloud
