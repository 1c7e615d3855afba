#include "engine/cloud/failure_taxonomy.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace accordion::cloud {

FailureTaxonomy FailureTaxonomy::Defaults() {
  using activity::FailureClass;
  return {.rules = {
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
  if (http_status >= 500) return FailureClass::kTransient;
  const std::string text = absl::AsciiStrToLower(absl::StrCat(code, " ", message));
  for (const Rule& rule : rules) {
    for (const std::string& word : rule.words) {
      if (absl::StrContains(text, word)) return rule.failure;
    }
  }
  if (http_status == 409 || http_status == 429) return FailureClass::kThrottled;
  if (http_status == 401 || http_status == 403) return FailureClass::kAuth;
  return FailureClass::kPermanent;
}

}  // namespace accordion::cloud
