// Enumerations as the words that columns hold. Words and not numbers: rows stay readable to an
// operator, and the order of an enumeration may change.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/activity/activity.h"
#include "engine/domain/arbitration.h"
#include "engine/domain/occurrence.h"
#include "engine/domain/types.h"
#include "engine/ports/contact.h"
#include "engine/ports/outbox_store.h"

namespace accordion::persistence {

// A value and its word.
template <typename Enum>
struct EnumWord {
  Enum value;
  const char* word;
};

// The words of one enumeration; enum_columns.cc specialises it for every enumeration that a column
// holds.
template <typename Enum>
absl::Span<const EnumWord<Enum>> EnumWords();

template <>
absl::Span<const EnumWord<domain::GroupStatus>> EnumWords();
template <>
absl::Span<const EnumWord<domain::RemovePolicy>> EnumWords();
template <>
absl::Span<const EnumWord<domain::SubnetStrategy>> EnumWords();
template <>
absl::Span<const EnumWord<domain::LifeCycle>> EnumWords();
template <>
absl::Span<const EnumWord<domain::Health>> EnumWords();
template <>
absl::Span<const EnumWord<domain::CreationType>> EnumWords();
template <>
absl::Span<const EnumWord<domain::HealthCheck>> EnumWords();
template <>
absl::Span<const EnumWord<domain::Dimension>> EnumWords();
template <>
absl::Span<const EnumWord<domain::Comparison>> EnumWords();
template <>
absl::Span<const EnumWord<domain::Statistic>> EnumWords();
template <>
absl::Span<const EnumWord<domain::AdjustmentType>> EnumWords();
template <>
absl::Span<const EnumWord<domain::ActivityType>> EnumWords();
template <>
absl::Span<const EnumWord<domain::ActivityStatus>> EnumWords();
template <>
absl::Span<const EnumWord<domain::TriggerKind>> EnumWords();
template <>
absl::Span<const EnumWord<domain::Breach>> EnumWords();
template <>
absl::Span<const EnumWord<domain::DecisionReason>> EnumWords();
template <>
absl::Span<const EnumWord<domain::OccurrenceOutcome>> EnumWords();
template <>
absl::Span<const EnumWord<activity::SlotState>> EnumWords();
template <>
absl::Span<const EnumWord<activity::FailureClass>> EnumWords();
template <>
absl::Span<const EnumWord<activity::IntentState>> EnumWords();
template <>
absl::Span<const EnumWord<ports::ContactKind>> EnumWords();
template <>
absl::Span<const EnumWord<ports::DeliveryState>> EnumWords();

// Throw std::invalid_argument for a value without a word, or a word that (say) a newer version
// wrote.
[[noreturn]] void ThrowUnknownEnum(absl::string_view word);

template <typename Enum>
const char* WordOf(Enum value) {
  for (const EnumWord<Enum>& row : EnumWords<Enum>()) {
    if (row.value == value) return row.word;
  }
  ThrowUnknownEnum("a number");
}

template <typename Enum>
Enum EnumOf(absl::string_view word) {
  for (const EnumWord<Enum>& row : EnumWords<Enum>()) {
    if (row.word == word) return row.value;
  }
  ThrowUnknownEnum(word);
}

}  // namespace accordion::persistence
