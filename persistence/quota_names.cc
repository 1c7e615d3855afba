#include "persistence/quota_names.h"

namespace accordion::persistence {

namespace {

struct QuotaName {
  absl::string_view name;
  int domain::Quotas::*field;
};

constexpr QuotaName kQuotaNames[] = {
    {"max_size", &domain::Quotas::max_size},
    {"total_capacity_value", &domain::Quotas::total_capacity_value},
    {"quantity_change_value", &domain::Quotas::quantity_change_value},
    {"groups", &domain::Quotas::groups},
    {"configurations", &domain::Quotas::configurations},
    {"policies_per_group", &domain::Quotas::policies_per_group},
    {"tasks_per_group", &domain::Quotas::tasks_per_group},
    {"subnets_per_group", &domain::Quotas::subnets_per_group},
    {"listeners_per_group", &domain::Quotas::listeners_per_group},
};
// A new quota needs its row here.
static_assert(sizeof(domain::Quotas) ==
              sizeof(int) * (sizeof(kQuotaNames) / sizeof(kQuotaNames[0])));

}  // namespace

int* QuotaByName(domain::Quotas& quotas, absl::string_view name) {
  for (const QuotaName& row : kQuotaNames) {
    if (row.name == name) return &(quotas.*row.field);
  }
  return nullptr;
}

}  // namespace accordion::persistence
