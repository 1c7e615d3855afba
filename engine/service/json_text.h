// The two answers that are JSON inside a string: disks and key ids of a scaling configuration.
#pragma once

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "engine/domain/scaling_configuration.h"

namespace accordion::service {

// [{"deleteWithInstance":false,"size":50,"type":"SSD3.0"}], as the clients parse it.
std::string DataDisksJson(absl::Span<const domain::DataDisk> disks);
// ["a","b"]
std::string StringsJson(absl::Span<const std::string> strings);

}  // namespace accordion::service
