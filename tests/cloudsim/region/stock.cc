#include "tests/cloudsim/region/stock.h"

#include <algorithm>

namespace accordion::cloudsim {
namespace {

Stock::Key KeyOf(absl::string_view type, absl::string_view zone) {
  return {std::string(type), std::string(zone)};
}

}  // namespace

void Stock::Set(absl::string_view type, absl::string_view zone, int count) {
  counts_[KeyOf(type, zone)] = std::max(0, count);
}

bool Stock::Offers(absl::string_view type, absl::string_view zone) const {
  return counts_.count(KeyOf(type, zone)) != 0;
}

int Stock::Left(absl::string_view type, absl::string_view zone) const {
  const auto it = counts_.find(KeyOf(type, zone));
  return it == counts_.end() ? 0 : it->second;
}

void Stock::Take(absl::string_view type, absl::string_view zone) {
  --counts_.at(KeyOf(type, zone));
}

void Stock::Return(absl::string_view type, absl::string_view zone) {
  ++counts_.at(KeyOf(type, zone));
}

}  // namespace accordion::cloudsim
