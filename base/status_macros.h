// The two macros for absl::Status that Debian's Abseil lacks.
//
//   RETURN_IF_ERROR(store.Transact(...));
//   ASSIGN_OR_RETURN(const Group group, tx.LockGroup(id));
//
// Both leave the enclosing function, which must return absl::Status or absl::StatusOr.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define RETURN_IF_ERROR(expression)                                             \
  do {                                                                          \
    if (::absl::Status accordion_status = (expression); !accordion_status.ok()) \
      return accordion_status;                                                  \
  } while (false)

#define ASSIGN_OR_RETURN(declaration, expression) \
  ACCORDION_ASSIGN_OR_RETURN(ACCORDION_CONCAT(accordion_result_, __LINE__), declaration, expression)

#define ACCORDION_ASSIGN_OR_RETURN(result, declaration, expression) \
  auto result = (expression);                                       \
  if (!result.ok()) return std::move(result).status();              \
  declaration = *std::move(result)

#define ACCORDION_CONCAT(a, b) ACCORDION_CONCAT_EXPANDED(a, b)
#define ACCORDION_CONCAT_EXPANDED(a, b) a##b
