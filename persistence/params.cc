#include "persistence/params.h"

#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "persistence/column_text.h"

namespace accordion::persistence {

std::vector<const char*> Params::pointers() const {
  std::vector<const char*> pointers;
  pointers.reserve(values_.size());
  for (const std::optional<std::string>& value : values_) {
    pointers.push_back(value.has_value() ? value->c_str() : nullptr);
  }
  return pointers;
}

void Params::AddOne(absl::string_view text) {
  if (text.find('\0') != absl::string_view::npos) throw std::invalid_argument("text with a NUL");
  values_.emplace_back(std::string(text));
}

void Params::AddOne(int64_t value) { values_.emplace_back(absl::StrCat(value)); }

// 17 digits give every double back exactly.
void Params::AddOne(double value) { values_.emplace_back(absl::StrFormat("%.17g", value)); }

void Params::AddOne(absl::Time time) { values_.emplace_back(TimestampText(time)); }

void Params::AddOne(const Bytes& bytes) { values_.emplace_back(ByteaText(bytes.value)); }

void Params::AddOne(absl::Span<const std::string> elements) {
  AddOne(absl::string_view(ArrayText(elements)));
}

void Params::AddOne(absl::Span<const int64_t> elements) {
  values_.emplace_back(ArrayText(elements));
}

}  // namespace accordion::persistence
