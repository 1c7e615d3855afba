// How the cloud's error codes are understood. The vendor documents no codes for sold-out, quota or
// arrears (clients.md §4), so the classes go by words in code and message, and an operator may
// change them without a release.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/activity/activity.h"

namespace accordion::cloud {

struct FailureTaxonomy {
  // The first rule with a word that occurs in "code message" (any letter case) decides.
  struct Rule {
    activity::FailureClass failure = activity::FailureClass::kPermanent;
    std::vector<std::string> words;
  };
  std::vector<Rule> rules;

  static FailureTaxonomy Defaults();

  // Of an answer with HTTP status 400..599. 409 and 429 without a matching word are throttling, 401
  // and 403 auth, other 4xx permanent, 5xx transient.
  activity::FailureClass Classify(int http_status, absl::string_view code,
                                  absl::string_view message) const;
};

}  // namespace accordion::cloud
