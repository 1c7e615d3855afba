// The names under which quotas are stored: the fields of domain::Quotas.
#pragma once

#include "absl/strings/string_view.h"
#include "engine/domain/limits.h"

namespace accordion::persistence {

// The field of that name, nullptr if there is none.
int* QuotaByName(domain::Quotas& quotas, absl::string_view name);

}  // namespace accordion::persistence
