// The actions that the simulated cloud answers, by service.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "tests/cloudsim/json.h"
#include "tests/cloudsim/openapi/api_request.h"
#include "tests/cloudsim/region/region.h"

namespace accordion::cloudsim {

// Reads the parameters, asks or changes the region, and words the answer (without RequestId).
using ActionFunction = absl::StatusOr<Json> (*)(Region& region, const ApiRequest& request,
                                                absl::Time now);

struct Action {
  absl::string_view name;
  bool changes_region = false;  // leaves a record in the call log
  ActionFunction run = nullptr;
};

absl::Span<const Action> KecActions();
absl::Span<const Action> VpcActions();
absl::Span<const Action> SlbActions();
absl::Span<const Action> EipActions();

// 404 NoSuchEntity when `service` has no such action.
absl::StatusOr<const Action*> FindAction(absl::string_view service, absl::string_view name);

// Rows to skip and rows to show of the `NextToken`/`MaxResults` listings (VPC, SLB): the token is
// an offset.
struct Page {
  int64_t offset = 0;
  int64_t limit = kMaxPageSize;
};
absl::StatusOr<Page> ReadPage(const Parameters& parameters);
// Puts the page of `rows` into `answer` under `name`, and NextToken when more follow.
void WritePage(const Page& page, std::vector<Json> rows, absl::string_view name, Json& answer);

// Filters as a conjunction over one row's properties; 400 for a filter that isn't among
// `properties`.
absl::StatusOr<bool> PassesFilters(
    const std::vector<Filter>& filters,
    const std::vector<std::pair<absl::string_view, absl::string_view>>& properties);
// Is `id` in `ids`, or `ids` empty?
bool IsWanted(const std::vector<std::string>& ids, absl::string_view id);

}  // namespace accordion::cloudsim
