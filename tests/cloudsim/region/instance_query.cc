#include "tests/cloudsim/region/instance_query.h"

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/cloudsim/region/cloud_error.h"

namespace accordion::cloudsim {
namespace {

// The property that a filter of this name looks at; nullopt when there is no such filter.
std::optional<std::string> PropertyOf(const Instance& instance, absl::string_view filter) {
  if (filter == "instance-id") return instance.id;
  if (filter == "instance-name") return instance.name;
  if (filter == "instance-type") return instance.type;
  if (filter == "subnet-id") return instance.subnet_id;
  if (filter == "vpc-id") return instance.vpc_id;
  if (filter == "image-id") return instance.image_id;
  if (filter == "private-ip-address") return instance.private_ip;
  if (filter == "charge-type") return instance.charge_type;
  if (filter == "availability-zone-name") return instance.zone;
  if (filter == "instance-state.name") return std::string(InstanceStateName(instance.state));
  return std::nullopt;
}

template <typename T>
bool Contains(const std::vector<T>& list, const T& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

absl::Status ValidateQuery(const InstanceQuery& query) {
  for (const Filter& filter : query.filters) {
    if (!PropertyOf(Instance{}, filter.name)) {
      return InvalidParameterError("Filter", absl::StrCat("no filter '", filter.name, "'"));
    }
    if (filter.values.empty()) return MissingParameterError("Filter.N.Value.1");
  }
  if (query.max_results < kMinPageSize || query.max_results > kMaxPageSize) {
    return InvalidParameterError("MaxResults",
                                 absl::StrCat("not within ", kMinPageSize, "..", kMaxPageSize));
  }
  if (query.marker < 0) return InvalidParameterError("Marker", "negative");
  if (query.ids.size() > kMaxInstanceIdsPerCall) {
    return InvalidParameterError("InstanceId.N",
                                 absl::StrCat("more than ", kMaxInstanceIdsPerCall));
  }
  return absl::OkStatus();
}

bool Matches(const InstanceQuery& query, const Instance& instance) {
  if (!query.ids.empty() && !Contains(query.ids, instance.id)) return false;
  if (!Contains(query.project_ids, instance.project_id)) return false;
  for (const Filter& filter : query.filters) {
    const std::optional<std::string> property = PropertyOf(instance, filter.name);
    if (!property || !Contains(filter.values, *property)) return false;
  }
  return query.search.empty() || absl::StrContains(instance.name, query.search) ||
         absl::StrContains(instance.id, query.search) ||
         absl::StrContains(instance.private_ip, query.search);
}

}  // namespace accordion::cloudsim
