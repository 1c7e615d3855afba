// What is fuzzed: each target takes any bytes, runs the product's code on them and ends the process
// where a property doesn't hold (finding.h) or a sanitizer objects.
//
// Targets are deterministic functions of their input. Inputs are text as far as possible, one field
// a line, so that a corpus can be read and written by hand. libfuzzer_main.cc drives a target in
// the `fuzz` preset; replay_test.cc runs the committed corpora through all of them in every build.
#pragma once

#include "absl/strings/string_view.h"

namespace accordion::fuzz {

// A query string, and a form body on the next line: parse, decode into the action's message, check
// the message against its options.
void FuzzQuery(absl::string_view input);
// A whole HTTP request: what the SigV4 schemes say of it must be what plain_signer.h says.
void FuzzSigV4(absl::string_view input);
// A query string and a form body, signed in the simplified way.
void FuzzSimplifiedSignature(absl::string_view input);
// The text of a `Metric` parameter.
void FuzzMetricJson(absl::string_view input);
// Zone, StartTime, EndTime, now and Recurrence, a line each.
void FuzzCron(absl::string_view input);
// Zone, StartTime, EndTime, now, RepeatUnit and RepeatCycle, a line each.
void FuzzRepeatCycle(absl::string_view input);
// The body of a remote-write request, compressed or not.
void FuzzRemoteWrite(absl::string_view input);
// The content of an answer: JSON and XML must be well-formed and say the same.
void FuzzAnswer(absl::string_view input);
// A date in any of the forms that requests carry.
void FuzzDate(absl::string_view input);

struct Target {
  absl::string_view name;  // also of its folder in corpus/
  void (*run)(absl::string_view input);
};

inline constexpr Target kTargets[] = {
    {"query", FuzzQuery},
    {"sigv4", FuzzSigV4},
    {"simplified_signature", FuzzSimplifiedSignature},
    {"metric_json", FuzzMetricJson},
    {"cron", FuzzCron},
    {"repeat_cycle", FuzzRepeatCycle},
    {"remote_write", FuzzRemoteWrite},
    {"answer", FuzzAnswer},
    {"date", FuzzDate},
};

}  // namespace accordion::fuzz
