// How the cloud's error codes are understood. The vendor documents no codes for sold-out, quota or
// arrears (clients.md §4), so the classes go by words in code and message, and an operator may
// change them without a release.
//
// A class says how a failure is treated, never whether the call was executed: that goes by the HTTP
// status alone (OpenApiReply), so that no setting can turn a doubt into "it did not happen".
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/activity/activity.h"

namespace accordion::cloud {

struct FailureTaxonomy {
  // What an operator says of one code, or of a word.
  struct Row {
    std::string code;   // lower case
    bool word = false;  // `code` may stand anywhere in code or message; else it is the whole code
    activity::FailureClass failure = activity::FailureClass::kPermanent;
  };
  std::vector<Row> rows;  // the first that fits decides, before all rules and for every status

  // The first rule with a word that occurs in "code message" (any letter case) decides.
  struct Rule {
    activity::FailureClass failure = activity::FailureClass::kPermanent;
    std::vector<std::string> words;
  };
  std::vector<Rule> rules;

  static FailureTaxonomy Defaults();

  // Of an answer with HTTP status 400..599 that no row fits: a 5xx is transient; of what has
  // no matching word 429 is throttling, 409 transient, 401 and 403 auth, other 4xx permanent.
  activity::FailureClass Classify(int http_status, absl::string_view code,
                                  absl::string_view message) const;
};

// Of lines "CODE=CLASS" (the whole code) or "*WORD*=CLASS" (anywhere in code or message), in any
// letter case; classes are stock, address, quota, throttle, auth, permanent and transient.
// InvalidArgument for a line that is neither, an unknown class, and a code that comes twice.
absl::StatusOr<std::vector<FailureTaxonomy::Row>> ParseFailureRows(
    absl::Span<const std::string> lines);

}  // namespace accordion::cloud
