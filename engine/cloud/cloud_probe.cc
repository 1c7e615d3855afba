#include "engine/cloud/cloud_probe.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace accordion::cloud {

CloudProbe::CloudProbe(std::string endpoint, std::string ca_file, absl::Duration timeout)
    // Of the three services the compute service is the one without which nothing moves.
    : url_(absl::StrCat(absl::StrReplaceAll(endpoint, {{"{service}", "kec"}}), "/")),
      timeout_(timeout),
      http_({.ca_file = std::move(ca_file)}) {}

absl::Status CloudProbe::Reach() {
  base::HttpCall call;
  call.url = url_;
  call.timeout = timeout_;
  call.connect_timeout = timeout_;
  call.may_repeat = true;
  return http_.Call(call).status;
}

}  // namespace accordion::cloud
