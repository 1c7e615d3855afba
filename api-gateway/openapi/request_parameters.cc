#include "api-gateway/openapi/request_parameters.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "api-gateway/limits.h"
#include "base/encoding.h"
#include "base/sigv4.h"

namespace accordion::gateway {
namespace {

std::optional<std::string> Decode(absl::string_view text) {
  std::optional<std::string> decoded =
      base::PercentDecode(text, base::Plus::kIsBlank, base::TextCheck::kUtf8);
  if (decoded && absl::StrContains(*decoded, '\0')) return std::nullopt;
  return decoded;
}

MaybeError DecodeForm(absl::string_view text, std::vector<Parameter>* parameters) {
  for (absl::string_view piece : absl::StrSplit(text, '&', absl::SkipEmpty())) {
    const std::size_t equals = piece.find('=');
    const absl::string_view raw_name = piece.substr(0, equals);
    const absl::string_view raw_value =
        equals == absl::string_view::npos ? absl::string_view() : piece.substr(equals + 1);
    const absl::string_view shown = raw_name.substr(0, limits::kMaxParameterNameBytes);
    if (parameters->size() >= limits::kMaxParameters) return InvalidQueryParameter(shown);
    std::optional<std::string> name = Decode(raw_name);
    std::optional<std::string> value = Decode(raw_value);
    if (!name || !value || name->empty() || name->size() > limits::kMaxParameterNameBytes ||
        value->size() > limits::kMaxParameterValueBytes) {
      return InvalidQueryParameter(shown);
    }
    parameters->push_back({std::move(*name), std::move(*value)});
  }
  return std::nullopt;
}

}  // namespace

OrError<RequestParameters> RequestParameters::Parse(absl::string_view query,
                                                    absl::string_view form) {
  std::vector<Parameter> received;
  if (MaybeError error = DecodeForm(query, &received)) return *error;
  RequestParameters result;
  for (const Parameter& parameter : received) {
    result.query_.emplace_back(parameter.name, parameter.value);
  }
  result.canonical_query_ = base::sigv4::CanonicalQuery(result.query_);
  if (MaybeError error = DecodeForm(form, &received)) return *error;

  // The views point into `received`, which is moved from only after the map is gone.
  absl::flat_hash_map<absl::string_view, std::size_t> first_index;
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < received.size(); ++i) {
    const auto [found, is_new] = first_index.try_emplace(received[i].name, i);
    if (is_new) {
      kept.push_back(i);
    } else if (received[found->second].value != received[i].value) {
      return InvalidQueryParameter(received[i].name);
    }
  }
  result.all_.reserve(kept.size());
  for (std::size_t i : kept) result.all_.push_back(std::move(received[i]));
  return result;
}

const std::string* RequestParameters::Find(absl::string_view name) const {
  for (const Parameter& parameter : all_) {
    if (parameter.name == name) return &parameter.value;
  }
  return nullptr;
}

bool RequestParameters::HasPrefix(absl::string_view prefix) const {
  return std::any_of(all_.begin(), all_.end(), [prefix](const Parameter& parameter) {
    return absl::StartsWith(parameter.name, prefix);
  });
}

}  // namespace accordion::gateway
