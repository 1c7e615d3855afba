// One OpenAPI call, authenticated and decoded, before anything is made of its parameters.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tests/cloudsim/region/call_log.h"
#include "tests/cloudsim/region/instance.h"
#include "tests/cloudsim/region/instance_query.h"

namespace accordion::cloudsim {

// The decoded parameters of query and body. Reading is strict: an empty value counts as absent, a
// malformed one is 400 InvalidParameterValue, an absent required one 400 MissingParameter.
class Parameters {
 public:
  // The same name twice keeps the last value; the skin has refused conflicting ones.
  explicit Parameters(const std::vector<std::pair<std::string, std::string>>& pairs);

  std::optional<std::string> Find(absl::string_view name) const;
  absl::StatusOr<std::string> Required(absl::string_view name) const;
  absl::StatusOr<int64_t> Int(absl::string_view name, int64_t absent) const;
  absl::StatusOr<int64_t> RequiredInt(absl::string_view name) const;
  absl::StatusOr<bool> Bool(absl::string_view name, bool absent) const;

  // `SubnetId.1`, `SubnetId.7`: the values in order of their indices.
  std::vector<std::string> List(absl::string_view name) const;
  // The same as numbers.
  absl::StatusOr<std::vector<int64_t>> IntList(absl::string_view name) const;
  // `Tag.N.Key`, `Tag.N.Value`.
  absl::StatusOr<std::vector<Tag>> Tags() const;
  // `Filter.N.Name`, `Filter.N.Value.M`.
  absl::StatusOr<std::vector<Filter>> Filters() const;

  const std::map<std::string, std::string>& values() const { return values_; }

 private:
  // The indices N of `name.N` or `name.N.…`, ascending.
  std::vector<int64_t> IndicesOf(absl::string_view name) const;

  std::map<std::string, std::string> values_;
};

struct ApiRequest {
  Call call;
  Parameters parameters{{}};
  BootFate fate = BootFate::kBoots;  // of what this call launches
};

}  // namespace accordion::cloudsim
