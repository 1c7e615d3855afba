// The pause of an account whose credential the cloud refuses: repeating its calls would help nobody
// and looks like an attack.
//
// It begins after some refusals in a row, since one alone may only say that the credential lacks a
// single right. When it is over one call goes as a probe: answered, all is well; refused, the pause
// doubles. Another access key ends it. Times are those of one monotonic clock.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace accordion::cloud {

struct AuthPauseOptions {
  int refusals = 3;  // in a row that begin a pause
  absl::Duration first = absl::Seconds(60);
  absl::Duration longest = absl::Minutes(30);
  absl::Duration probe = absl::Seconds(10);  // a probe without a word is given up after this
};

// Not thread-safe.
class AuthPause {
 public:
  explicit AuthPause(const AuthPauseOptions& options) : options_(options) {}

  // The account's calls are signed with this key.
  void UseKey(absl::string_view access_key);
  bool Admits(absl::Duration now) const { return now >= until_; }
  // A call goes. Requires Admits(now).
  void Begin(absl::Duration now);
  // The cloud knew the credential.
  void Accepted();
  // It did not. True: a pause begins with it, and how long it is.
  bool Refused(absl::Duration now);

  bool paused() const { return pause_ > absl::ZeroDuration(); }
  absl::Duration pause() const { return pause_; }

 private:
  AuthPauseOptions options_;
  std::string key_;
  int refusals_ = 0;                             // in a row
  absl::Duration pause_ = absl::ZeroDuration();  // the last one's length; zero: all is well
  absl::Duration until_ = -absl::InfiniteDuration();
  bool probing_ = false;
};

}  // namespace accordion::cloud
