// Which instances a DescribeInstances asks for, and which page of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/cloudsim/region/instance.h"
#include "tests/cloudsim/region/limits.h"

namespace accordion::cloudsim {

// Filter.N: an instance passes when its property is one of the values; all filters must pass.
struct Filter {
  std::string name;
  std::vector<std::string> values;
};

struct InstanceQuery {
  std::vector<std::string> ids;            // empty: any
  std::vector<int64_t> project_ids = {0};  // project 0 alone unless the caller names projects
  std::vector<Filter> filters;
  std::string search;  // part of name, id or address; empty: any
  int marker = 0;      // rows to skip
  int max_results = kDefaultPageSize;
};

struct InstancePage {
  int total = 0;  // that match, on all pages
  std::vector<const Instance*> instances;
};

// 400 InvalidParameterValue for a filter that the cloud doesn't know or a page out of bounds.
absl::Status ValidateQuery(const InstanceQuery& query);
// Does `instance` match, paging and account aside?
bool Matches(const InstanceQuery& query, const Instance& instance);

}  // namespace accordion::cloudsim
