#include "engine/cloud/failure_taxonomy.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace accordion::cloud {

FailureTaxonomy FailureTaxonomy::Defaults() {
  using activity::FailureClass;
  return {.rows = {},
          .rules = {
              {FailureClass::kThrottled,
               {"limitexceeded ", "throttl", "flow control", "toomanyrequests"}},
              {FailureClass::kNoAddress,
               {"availableip", "ipnotenough", "insufficientip", "no available ip"}},
              {FailureClass::kStock,
               {"soldout", "sold out", "sellout", "stock", "inventory", "insufficientcapacity"}},
              {FailureClass::kQuota, {"quota"}},
              {FailureClass::kPermanent, {"balance", "arrear", "imagenotfound"}},
              {FailureClass::kAuth, {"signature", "clienttoken", "accessdenied", "authentication"}},
          }};
}

activity::FailureClass FailureTaxonomy::Classify(int http_status, absl::string_view code,
                                                 absl::string_view message) const {
  using activity::FailureClass;
  const std::string text = absl::AsciiStrToLower(absl::StrCat(code, " ", message));
  for (const Row& row : rows) {
    const bool fits =
        row.word ? absl::StrContains(text, row.code) : absl::EqualsIgnoreCase(code, row.code);
    if (fits) return row.failure;
  }
  if (http_status >= 500) return FailureClass::kTransient;
  for (const Rule& rule : rules) {
    for (const std::string& word : rule.words) {
      if (absl::StrContains(text, word)) return rule.failure;
    }
  }
  if (http_status == 429) return FailureClass::kThrottled;
  if (http_status == 409) return FailureClass::kTransient;  // a conflict with how things are now
  if (http_status == 401 || http_status == 403) return FailureClass::kAuth;
  return FailureClass::kPermanent;
}

absl::StatusOr<std::vector<FailureTaxonomy::Row>> ParseFailureRows(
    absl::Span<const std::string> lines) {
  using activity::FailureClass;
  const std::map<std::string, FailureClass> classes = {
      {"stock", FailureClass::kStock},         {"address", FailureClass::kNoAddress},
      {"quota", FailureClass::kQuota},         {"throttle", FailureClass::kThrottled},
      {"auth", FailureClass::kAuth},           {"permanent", FailureClass::kPermanent},
      {"transient", FailureClass::kTransient},
  };
  std::vector<FailureTaxonomy::Row> rows;
  for (const std::string& line : lines) {
    const std::string text = absl::AsciiStrToLower(line);
    const size_t sign = text.find('=');
    const auto named =
        sign == std::string::npos ? classes.end() : classes.find(text.substr(sign + 1));
    if (named == classes.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", line,
                       "' is no CODE=CLASS or *WORD*=CLASS with the class stock, address, quota, "
                       "throttle, auth, permanent or transient"));
    }
    FailureTaxonomy::Row row{.code = text.substr(0, sign), .word = false, .failure = named->second};
    if (row.code.size() > 2 && row.code.front() == '*' && row.code.back() == '*') {
      row.word = true;
      row.code = row.code.substr(1, row.code.size() - 2);
    }
    if (row.code.empty() || absl::StrContains(row.code, "*"))
      return absl::InvalidArgumentError(absl::StrCat("'", line, "' has no code"));
    const bool twice = std::any_of(rows.begin(), rows.end(), [&](const auto& other) {
      return other.code == row.code && other.word == row.word;
    });
    if (twice) return absl::InvalidArgumentError(absl::StrCat("'", row.code, "' comes twice"));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace accordion::cloud
