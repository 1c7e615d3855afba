// What the region's elastic IPs are bought with where a configuration doesn't say it (semantics.md
// §13): lines have names that users know and ids that differ between regions.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace accordion::cloud {

struct AddressTerms {
  std::string default_line = "BGP";  // where the configuration has no LineId
  // Names of lines and their ids in this region. What isn't a name here is sent as it is.
  std::map<std::string, std::string> line_ids;
  // Charge types of addresses by the charge type of their instance, where the configuration has no
  // AddressChargeType. What isn't here is sent as the instance's.
  std::map<std::string, std::string> charge_types;
};

// Of lines such as "BGP=2c26..."; InvalidArgument for one without a name or a value, and for a name
// given twice.
absl::StatusOr<std::map<std::string, std::string>> ParsePairs(absl::Span<const std::string> lines);

}  // namespace accordion::cloud
