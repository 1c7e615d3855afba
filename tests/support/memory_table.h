// A table of the in-memory store: rows by key, with what the open transaction changed, so that it
// can be taken back or told on.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace accordion::testing {

class MemoryTableBase {
 public:
  virtual ~MemoryTableBase() = default;
  // Takes back the newest change of the open transaction.
  virtual void UndoOne() = 0;
  // The open transaction's changes are final.
  virtual void ForgetChanges() = 0;
};

// The tables that the open transaction changed, one entry a change, oldest first.
class UndoLog {
 public:
  void Add(MemoryTableBase* table) { changed_.push_back(table); }
  bool empty() const { return changed_.empty(); }
  void Forget() {
    for (MemoryTableBase* table : changed_) table->ForgetChanges();
    changed_.clear();
  }
  void RollBack() {
    while (!changed_.empty()) {
      changed_.back()->UndoOne();
      changed_.pop_back();
    }
  }

 private:
  std::vector<MemoryTableBase*> changed_;
};

// Not thread-safe: the store's mutex covers it.
template <typename Key, typename Row>
class MemoryTable final : public MemoryTableBase {
 public:
  explicit MemoryTable(UndoLog& undo) : undo_(undo) {}

  // nullptr if there is none; good until the next write of the key.
  const Row* Find(const Key& key) const {
    const auto it = rows_.find(key);
    return it == rows_.end() ? nullptr : &it->second;
  }

  // Inserts or replaces.
  void Put(const Key& key, Row row) {
    const auto it = rows_.lower_bound(key);
    if (it == rows_.end() || key < it->first) {
      Note(key, std::nullopt);
      rows_.emplace_hint(it, key, std::move(row));
    } else {
      Note(key, std::move(it->second));
      it->second = std::move(row);
    }
  }

  bool Erase(const Key& key) {
    const auto it = rows_.find(key);
    if (it == rows_.end()) return false;
    Note(key, std::move(it->second));
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

  // `tell(key, before, after)` for each row that the open transaction changed, in order of its
  // first change; null where there was, or is, no row.
  template <typename Tell>
  void ForEachChange(Tell tell) const {
    for (auto change = changes_.begin(); change != changes_.end(); ++change) {
      const auto same = [&](const Change& other) {
        return !(other.key < change->key) && !(change->key < other.key);
      };
      bool told = false;
      for (auto earlier = changes_.begin(); earlier != change && !told; ++earlier)
        told = same(*earlier);
      const Row* before = change->before ? &*change->before : nullptr;
      const Row* after = Find(change->key);
      if (!told && (before != nullptr || after != nullptr)) tell(change->key, before, after);
    }
  }

  void UndoOne() override {
    Change& change = changes_.back();
    if (change.before.has_value()) {
      rows_.insert_or_assign(change.key, *std::move(change.before));
    } else {
      rows_.erase(change.key);
    }
    changes_.pop_back();
  }
  void ForgetChanges() override { changes_.clear(); }

 private:
  struct Change {
    Key key;
    std::optional<Row> before;
  };

  void Note(const Key& key, std::optional<Row> before) {
    changes_.push_back({key, std::move(before)});
    undo_.Add(this);
  }

  UndoLog& undo_;
  std::map<Key, Row> rows_;
  std::vector<Change> changes_;  // of the open transaction
};

}  // namespace accordion::testing
