// A table of the in-memory store: rows by key, with the undo of a transaction that rolls back.
#pragma once

#include <functional>
#include <map>
#include <utility>
#include <vector>

namespace accordion::testing {

// What takes back the writes of the open transaction.
class UndoLog {
 public:
  void Add(std::function<void()> undo) { undos_.push_back(std::move(undo)); }
  bool empty() const { return undos_.empty(); }
  void Forget() { undos_.clear(); }
  void RollBack() {
    while (!undos_.empty()) {
      undos_.back()();
      undos_.pop_back();
    }
  }

 private:
  std::vector<std::function<void()>> undos_;
};

// Not thread-safe: the store's mutex covers it.
template <typename Key, typename Row>
class MemoryTable {
 public:
  explicit MemoryTable(UndoLog& undo) : undo_(undo) {}

  // nullptr if there is none; good until the next write of the key.
  const Row* Find(const Key& key) const {
    const auto it = rows_.find(key);
    return it == rows_.end() ? nullptr : &it->second;
  }

  // Inserts or replaces.
  void Put(const Key& key, Row row) {
    const auto it = rows_.find(key);
    if (it == rows_.end()) {
      undo_.Add([this, key] { rows_.erase(key); });
      rows_.emplace(key, std::move(row));
    } else {
      undo_.Add([this, key, old = it->second] { rows_.insert_or_assign(key, old); });
      it->second = std::move(row);
    }
  }

  bool Erase(const Key& key) {
    const auto it = rows_.find(key);
    if (it == rows_.end()) return false;
    undo_.Add([this, key, old = std::move(it->second)] { rows_.insert_or_assign(key, old); });
    rows_.erase(it);
    return true;
  }

  // Erases the rows for which `doomed(key, row)` holds.
  template <typename Predicate>
  void EraseIf(Predicate doomed) {
    std::vector<Key> keys;
    for (const auto& [key, row] : rows_) {
      if (doomed(key, row)) keys.push_back(key);
    }
    for (const Key& key : keys) Erase(key);
  }

  const std::map<Key, Row>& rows() const { return rows_; }

 private:
  UndoLog& undo_;
  std::map<Key, Row> rows_;
};

}  // namespace accordion::testing
