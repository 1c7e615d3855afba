#include "engine/cloud/manners/auth_pause.h"

#include <algorithm>

namespace accordion::cloud {

void AuthPause::UseKey(absl::string_view access_key) {
  if (key_ == access_key) return;
  key_ = std::string(access_key);
  Accepted();
}

void AuthPause::Begin(absl::Duration now) {
  if (!paused()) return;
  probing_ = true;
  until_ = now + options_.probe;
}

void AuthPause::Accepted() {
  refusals_ = 0;
  pause_ = absl::ZeroDuration();
  until_ = -absl::InfiniteDuration();
  probing_ = false;
}

bool AuthPause::Refused(absl::Duration now) {
  if (!paused()) {
    if (++refusals_ < options_.refusals) return false;
    pause_ = options_.first;
  } else {
    // Of calls that were under way when the pause began only the probe says something new.
    if (!probing_) return false;
    pause_ = std::min(2 * pause_, options_.longest);
  }
  probing_ = false;
  until_ = now + pause_;
  return true;
}

}  // namespace accordion::cloud
