#include "tests/cloudsim/openapi/api_request.h"

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tests/cloudsim/region/cloud_error.h"

namespace accordion::cloudsim {

Parameters::Parameters(const std::vector<std::pair<std::string, std::string>>& pairs) {
  for (const auto& [name, value] : pairs) {
    if (!value.empty()) values_[name] = value;
  }
}

std::optional<std::string> Parameters::Find(absl::string_view name) const {
  const auto it = values_.find(std::string(name));
  return it == values_.end() ? std::nullopt : std::optional<std::string>(it->second);
}

absl::StatusOr<std::string> Parameters::Required(absl::string_view name) const {
  if (std::optional<std::string> value = Find(name)) return *std::move(value);
  return MissingParameterError(name);
}

absl::StatusOr<int64_t> Parameters::RequiredInt(absl::string_view name) const {
  if (!Find(name)) return MissingParameterError(name);
  return Int(name, 0);
}

absl::StatusOr<int64_t> Parameters::Int(absl::string_view name, int64_t absent) const {
  const std::optional<std::string> text = Find(name);
  if (!text) return absent;
  int64_t value = 0;
  if (!absl::SimpleAtoi(*text, &value)) return InvalidParameterError(name, "no whole number");
  return value;
}

absl::StatusOr<bool> Parameters::Bool(absl::string_view name, bool absent) const {
  const std::optional<std::string> text = Find(name);
  if (!text) return absent;
  const std::string word = absl::AsciiStrToLower(*text);
  if (word == "true" || word == "1") return true;
  if (word == "false" || word == "0") return false;
  return InvalidParameterError(name, "neither true nor false");
}

std::vector<int64_t> Parameters::IndicesOf(absl::string_view name) const {
  const std::string prefix = absl::StrCat(name, ".");
  std::set<int64_t> indices;
  for (auto it = values_.lower_bound(prefix);
       it != values_.end() && absl::StartsWith(it->first, prefix); ++it) {
    absl::string_view rest = absl::string_view(it->first).substr(prefix.size());
    rest = rest.substr(0, rest.find('.'));
    int64_t index = 0;
    if (absl::SimpleAtoi(rest, &index) && index >= 0) indices.insert(index);
  }
  return {indices.begin(), indices.end()};
}

std::vector<std::string> Parameters::List(absl::string_view name) const {
  std::vector<std::string> list;
  for (const int64_t index : IndicesOf(name)) {
    if (std::optional<std::string> value = Find(absl::StrCat(name, ".", index))) {
      list.push_back(*std::move(value));
    }
  }
  return list;
}

absl::StatusOr<std::vector<int64_t>> Parameters::IntList(absl::string_view name) const {
  std::vector<int64_t> list;
  for (const std::string& text : List(name)) {
    int64_t value = 0;
    if (!absl::SimpleAtoi(text, &value)) return InvalidParameterError(name, "no whole number");
    list.push_back(value);
  }
  return list;
}

absl::StatusOr<std::vector<Tag>> Parameters::Tags() const {
  std::vector<Tag> tags;
  for (const int64_t index : IndicesOf("Tag")) {
    absl::StatusOr<std::string> key = Required(absl::StrCat("Tag.", index, ".Key"));
    if (!key.ok()) return key.status();
    tags.push_back({*std::move(key), Find(absl::StrCat("Tag.", index, ".Value")).value_or("")});
  }
  return tags;
}

absl::StatusOr<std::vector<Filter>> Parameters::Filters() const {
  std::vector<Filter> filters;
  for (const int64_t index : IndicesOf("Filter")) {
    absl::StatusOr<std::string> name = Required(absl::StrCat("Filter.", index, ".Name"));
    if (!name.ok()) return name.status();
    filters.push_back({*std::move(name), List(absl::StrCat("Filter.", index, ".Value"))});
    if (filters.back().values.empty()) {
      return MissingParameterError(absl::StrCat("Filter.", index, ".Value.1"));
    }
  }
  return filters;
}

}  // namespace accordion::cloudsim
