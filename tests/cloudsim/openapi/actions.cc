#include "tests/cloudsim/openapi/actions.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/cloudsim/region/cloud_error.h"

namespace accordion::cloudsim {
namespace {

absl::Span<const Action> ActionsOf(absl::string_view service) {
  if (service == "kec") return KecActions();
  if (service == "vpc") return VpcActions();
  if (service == "slb") return SlbActions();
  if (service == "eip") return EipActions();
  return {};
}

}  // namespace

absl::StatusOr<const Action*> FindAction(absl::string_view service, absl::string_view name) {
  for (const Action& action : ActionsOf(service)) {
    if (action.name == name) return &action;
  }
  return CloudError(404, "NoSuchEntity",
                    absl::StrCat("The service '", service, "' has no action '", name, "'"));
}

absl::StatusOr<Page> ReadPage(const Parameters& parameters) {
  const absl::StatusOr<int64_t> offset = parameters.Int("NextToken", 0);
  if (!offset.ok()) return offset.status();
  const absl::StatusOr<int64_t> limit = parameters.Int("MaxResults", kMaxPageSize);
  if (!limit.ok()) return limit.status();
  if (*offset < 0) return InvalidParameterError("NextToken", "negative");
  if (*limit < kMinPageSize || *limit > kMaxPageSize) {
    return InvalidParameterError("MaxResults",
                                 absl::StrCat("not within ", kMinPageSize, "..", kMaxPageSize));
  }
  return Page{.offset = *offset, .limit = *limit};
}

void WritePage(const Page& page, std::vector<Json> rows, absl::string_view name, Json& answer) {
  const int64_t total = static_cast<int64_t>(rows.size());
  const int64_t begin = std::min(page.offset, total);
  const int64_t end = std::min(begin + page.limit, total);
  answer.Set(name, Json::Array({rows.begin() + begin, rows.begin() + end}));
  if (end < total) answer.Set("NextToken", absl::StrCat(end));
}

absl::StatusOr<bool> PassesFilters(
    const std::vector<Filter>& filters,
    const std::vector<std::pair<absl::string_view, absl::string_view>>& properties) {
  bool passes = true;
  for (const Filter& filter : filters) {
    const auto property = std::find_if(properties.begin(), properties.end(),
                                       [&](const auto& p) { return p.first == filter.name; });
    if (property == properties.end()) {
      return InvalidParameterError("Filter", absl::StrCat("no filter '", filter.name, "'"));
    }
    passes = passes && IsWanted(filter.values, property->second);
  }
  return passes;
}

bool IsWanted(const std::vector<std::string>& ids, absl::string_view id) {
  return ids.empty() || std::any_of(ids.begin(), ids.end(),
                                    [&](const std::string& wanted) { return wanted == id; });
}

}  // namespace accordion::cloudsim
