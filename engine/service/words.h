// The API's words for enumerations, both ways. A word that isn't listed is nullopt.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "engine/domain/scaling_group.h"
#include "engine/domain/types.h"

namespace accordion::service {

const char* WordOf(domain::GroupStatus status);
const char* WordOf(domain::RemovePolicy policy);
const char* WordOf(domain::SubnetStrategy strategy);
const char* WordOf(domain::HealthCheck check);
const char* WordOf(domain::LifeCycle state);
const char* WordOf(domain::Health health);
const char* WordOf(domain::CreationType type);
const char* WordOf(domain::Dimension dimension);
const char* WordOf(domain::Comparison comparison);
const char* WordOf(domain::Statistic statistic);
const char* WordOf(domain::AdjustmentType type);

// `ParseWord<domain::RemovePolicy>("RemoveOldestInstance")`. Instantiated for the types that
// requests have.
template <typename Enum>
std::optional<Enum> ParseWord(absl::string_view word);

}  // namespace accordion::service
