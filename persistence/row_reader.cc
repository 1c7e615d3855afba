#include "persistence/row_reader.h"

#include <pqxx/pqxx>
#include <stdexcept>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "persistence/column_text.h"

namespace accordion::persistence {

namespace {

template <typename Int>
Int ParseInt(absl::string_view text) {
  Int value = 0;
  if (!absl::SimpleAtoi(text, &value))
    throw std::invalid_argument(absl::StrCat("not a number: ", text));
  return value;
}

}  // namespace

const char* RowReader::Next() {
  const pqxx::field field = row_.at(static_cast<pqxx::row::size_type>(column_++));
  return field.is_null() ? nullptr : field.c_str();
}

absl::string_view RowReader::NextText() {
  const char* text = Next();
  if (text == nullptr) throw std::invalid_argument(absl::StrCat("NULL in column ", column_ - 1));
  return text;
}

void RowReader::ReadOne(int& value) { value = ParseInt<int>(NextText()); }

void RowReader::ReadOne(int64_t& value) { value = ParseInt<int64_t>(NextText()); }

void RowReader::ReadOne(double& value) {
  const absl::string_view text = NextText();
  if (!absl::SimpleAtod(text, &value))
    throw std::invalid_argument(absl::StrCat("not a number: ", text));
}

void RowReader::ReadOne(absl::Time& time) { time = ParseTimestamp(NextText()); }

void RowReader::ReadOne(absl::Duration& duration) {
  duration = absl::Microseconds(ParseInt<int64_t>(NextText()));
}

void RowReader::ReadOne(Bytes& bytes) { bytes.value = ParseBytea(NextText()); }

void RowReader::ReadOne(std::vector<std::string>& elements) { elements = ParseArray(NextText()); }

void RowReader::ReadOne(std::vector<int>& elements) {
  elements.clear();
  for (const std::string& element : ParseArray(NextText()))
    elements.push_back(ParseInt<int>(element));
}

}  // namespace accordion::persistence
