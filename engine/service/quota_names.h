// The names under which users and operators see quotas: the fields of domain::Quotas.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/domain/limits.h"

namespace accordion::service {

struct QuotaRow {
  const char* name;
  int domain::Quotas::*field;
};

// All quotas, ordered by name.
absl::Span<const QuotaRow> QuotaRows();

const char* QuotaName(int domain::Quotas::*field);

}  // namespace accordion::service
