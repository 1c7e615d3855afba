#include "engine/notify/mail_message.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/encoding.h"
#include "base/status_macros.h"
#include "engine/notify/cloud_event.h"

namespace accordion::notify {
namespace {

constexpr size_t kLineBytes = 76;      // of base64, RFC 2045
constexpr size_t kMaxNameBytes = 120;  // of a group's name in the subject
// 45 bytes make 60 of base64; with its wrapping an encoded word stays below RFC 2047's 75.
constexpr size_t kWordBytes = 45;

// Up to `most` bytes, without half a character at the end.
absl::string_view CutUtf8(absl::string_view text, size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  return text.substr(0, most);
}

std::string EncodedWords(absl::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    absl::string_view part = CutUtf8(text, kWordBytes);
    if (part.empty()) part = text.substr(0, kWordBytes);  // not UTF-8
    words.push_back(absl::StrCat("=?UTF-8?B?", base::Base64Encode(part), "?="));
    text.remove_prefix(part.size());
  }
  return absl::StrJoin(words, "\r\n ");
}

std::string Base64Lines(absl::string_view text) {
  const std::string encoded = base::Base64Encode(text);
  std::string lines;
  for (size_t at = 0; at < encoded.size(); at += kLineBytes) {
    absl::StrAppend(&lines, encoded.substr(at, kLineBytes), "\r\n");
  }
  return lines;
}

std::string Ids(const std::vector<domain::InstanceId>& ids) {
  if (ids.empty()) return "-";
  return absl::StrJoin(ids, ", ", [](std::string* out, const domain::InstanceId& id) {
    absl::StrAppend(out, id.value());
  });
}

std::string Body(const MailOptions& options, const ports::Announcement& announcement) {
  const activity::Activity& activity = announcement.activity;
  const ports::OutboxEvent& event = announcement.event;
  const auto text_of = [&](absl::Time at) {
    return absl::FormatTime("%Y-%m-%d %H:%M:%S %Ez", at, options.time_zone);
  };
  return absl::StrCat(EventName(event.notification_type), "\r\n\r\n",  //
                      "Region: ", options.region, "\r\n",              //
                      "ScalingGroup: ", announcement.group_name, " (", event.group.group_id.value(),
                      ")\r\n", "ScalingActivity: ", event.activity_id.value(), "\r\n",  //
                      "Cause: ", activity.cause.text, "\r\n",                           //
                      "StartTime: ", text_of(activity.start_time), "\r\n",              //
                      "EndTime: ", text_of(activity.end_time.value_or(event.created_at)),
                      "\r\n",                                          //
                      "ErrorCode: ", activity.error_code, "\r\n",      //
                      "Succeeded: ", Ids(activity.succeeded), "\r\n",  //
                      "Failed: ", Ids(activity.failed), "\r\n",        //
                      "EventId: ", event.event_id, "\r\n");
}

}  // namespace

absl::StatusOr<std::string> MailText(const MailOptions& options, absl::string_view to,
                                     const ports::Announcement& announcement, absl::Time now) {
  RETURN_IF_ERROR(ports::CheckMailAddress(options.from));
  RETURN_IF_ERROR(ports::CheckMailAddress(to));
  const std::string& event_id = announcement.event.event_id;
  const bool plain_id = std::all_of(event_id.begin(), event_id.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '-';
  });
  if (!plain_id) return absl::InvalidArgumentError("an event id is letters, digits and dashes");
  const absl::string_view host = absl::string_view(options.from).substr(options.from.find('@') + 1);
  const std::string subject =
      absl::StrCat("[Accordion] ", EventName(announcement.event.notification_type), " ",
                   CutUtf8(announcement.group_name, kMaxNameBytes));
  return absl::StrCat("From: <", options.from, ">\r\n",            //
                      "To: <", to, ">\r\n",                        //
                      "Subject: ", EncodedWords(subject), "\r\n",  //
                      "Date: ", absl::FormatTime(absl::RFC1123_full, now, absl::UTCTimeZone()),
                      "\r\n",                                         //
                      "Message-ID: <", event_id, "@", host, ">\r\n",  //
                      "X-Event-Id: ", event_id, "\r\n",               //
                      "Auto-Submitted: auto-generated\r\n",           //
                      "MIME-Version: 1.0\r\n",                        //
                      "Content-Type: text/plain; charset=utf-8\r\n",  //
                      "Content-Transfer-Encoding: base64\r\n\r\n",
                      Base64Lines(Body(options, announcement)));
}

}  // namespace accordion::notify
