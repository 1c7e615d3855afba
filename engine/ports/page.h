// A page of a list: `offset` rows passed over, at most `limit` answered, and the total that
// matches.
#pragma once

#include <vector>

namespace accordion::ports {

struct Page {
  int offset = 0;
  int limit = 1000;
};

template <typename T>
struct Listing {
  std::vector<T> rows;
  int total = 0;  // all that match, not only this page
};

}  // namespace accordion::ports
