#include "api-gateway/document/error_list.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <functional>

#include "absl/strings/match.h"
#include "accordion/v1/error_reason.pb.h"
#include "openapi/v1/options.pb.h"

namespace accordion::gateway {
namespace {

using ::google::protobuf::EnumValueDescriptor;

constexpr int kConflict = 409;

ErrorEntry EntryOf(const EnumValueDescriptor& reason) {
  const openapi::v1::ErrorRow& row = reason.options().GetExtension(openapi::v1::error);
  return {row.code(), static_cast<int>(row.http()), row.message(), row.when()};
}

bool IsNotFound(const ErrorEntry& entry) { return absl::EndsWith(entry.code, "NotFound"); }

// A conflict with state, as LimitExceeded is not.
bool IsConflict(const EnumValueDescriptor& reason, const ErrorEntry& entry) {
  return entry.http == kConflict && reason.number() != v1::LIMIT_EXCEEDED;
}

std::vector<ErrorEntry> Select(
    const std::function<bool(const EnumValueDescriptor&, const ErrorEntry&)>& wanted) {
  std::vector<ErrorEntry> entries;
  const auto* catalogue = v1::ErrorReason_descriptor();
  for (int i = 0; i < catalogue->value_count(); ++i) {
    const EnumValueDescriptor& reason = *catalogue->value(i);
    if (!reason.options().HasExtension(openapi::v1::error)) continue;
    ErrorEntry entry = EntryOf(reason);
    if (wanted(reason, entry)) entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace

std::vector<ErrorEntry> AllErrors() {
  return Select([](const auto&, const auto&) { return true; });
}

std::vector<ErrorEntry> CommonErrors() {
  return Select([](const auto& reason, const ErrorEntry& entry) {
    return !IsNotFound(entry) && !IsConflict(reason, entry);
  });
}

std::vector<ErrorEntry> ErrorsOf(const Route& route) {
  const auto& not_found = route.method->options().GetExtension(openapi::v1::action).not_found();
  return Select([&](const EnumValueDescriptor& reason, const ErrorEntry& entry) {
    if (IsConflict(reason, entry)) return route.writes;
    return std::find(not_found.begin(), not_found.end(), reason.name()) != not_found.end();
  });
}

}  // namespace accordion::gateway
