// An announcement as an e-mail (RFC 5322, RFC 2045): plain text in UTF-8.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/ports/notifier.h"

namespace accordion::notify {

struct MailOptions {
  std::string from;  // local@domain
  std::string region;
  absl::TimeZone time_zone = absl::UTCTimeZone();  // of the times in the text
};

// The message with its headers, lines ended by CRLF. Whatever users named (groups, causes) travels
// in base64, so it can't add a header; the addresses are checked: kInvalidArgument for one that is
// not plain `local@domain`. The Message-ID is made of the event's id, the same at every delivery.
absl::StatusOr<std::string> MailText(const MailOptions& options, absl::string_view to,
                                     const ports::Announcement& announcement, absl::Time now);

}  // namespace accordion::notify
