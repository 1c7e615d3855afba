// How many instances of each type each zone can still build.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace accordion::cloudsim {

// Not thread-safe. Stock is the region's, shared by all accounts.
class Stock {
 public:
  // Sets what is left. A negative count counts as none.
  void Set(absl::string_view type, absl::string_view zone, int count);
  // Does the zone sell the type at all?
  bool Offers(absl::string_view type, absl::string_view zone) const;
  // What is left; 0 where it isn't offered.
  int Left(absl::string_view type, absl::string_view zone) const;
  // One less. There is one.
  void Take(absl::string_view type, absl::string_view zone);
  // A terminated instance's place is free again.
  void Return(absl::string_view type, absl::string_view zone);

  using Key = std::pair<std::string, std::string>;  // type, zone
  const std::map<Key, int>& counts() const { return counts_; }

 private:
  std::map<Key, int> counts_;
};

}  // namespace accordion::cloudsim
