// The first lines of an input of the two schedule targets: where and when a rule is asked.
//
// Zone, StartTime, EndTime and the instant after which the next firing is wanted, a line each; the
// three times in seconds since 1970. Anything is some time: numbers wrap into the years 1970..2106.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/domain/recurrence.h"

namespace accordion::fuzz {

struct ScheduleQuestion {
  absl::TimeZone zone;
  absl::Time start;
  std::optional<absl::Time> end;  // an empty line is none
  absl::Time after;
};

// Takes one line off the front.
std::string TakeLine(absl::string_view* input);
ScheduleQuestion TakeQuestion(absl::string_view* input);

// When the product says that the rule fires next. Checks that this is after the question's instant
// and inside the window.
std::optional<absl::Time> AskProduct(const domain::Rule& rule, const ScheduleQuestion& question);

// The same for the answer that was found by trying, if one was.
void ExpectSameInstant(const std::optional<absl::Time>& product,
                       const std::optional<absl::Time>& tried, const std::string& detail);

}  // namespace accordion::fuzz
