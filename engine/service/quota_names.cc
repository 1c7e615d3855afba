#include "engine/service/quota_names.h"

namespace accordion::service {
namespace {

constexpr QuotaRow kRows[] = {
    {"configurations", &domain::Quotas::configurations},
    {"groups", &domain::Quotas::groups},
    {"listeners_per_group", &domain::Quotas::listeners_per_group},
    {"max_size", &domain::Quotas::max_size},
    {"policies_per_group", &domain::Quotas::policies_per_group},
    {"quantity_change_value", &domain::Quotas::quantity_change_value},
    {"subnets_per_group", &domain::Quotas::subnets_per_group},
    {"tasks_per_group", &domain::Quotas::tasks_per_group},
    {"total_capacity_value", &domain::Quotas::total_capacity_value},
};
// A new quota needs its row here.
static_assert(sizeof(domain::Quotas) == sizeof(int) * (sizeof(kRows) / sizeof(kRows[0])));

}  // namespace

absl::Span<const QuotaRow> QuotaRows() { return kRows; }

const char* QuotaName(int domain::Quotas::*field) {
  for (const QuotaRow& row : kRows) {
    if (row.field == field) return row.name;
  }
  return "";
}

}  // namespace accordion::service
