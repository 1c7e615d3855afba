#include "base/http_framing.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace accordion::base {
namespace {

bool IsToken(absl::string_view text) {
  static constexpr absl::string_view kSymbols = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           kSymbols.find(c) != absl::string_view::npos;
  });
}

bool IsLength(absl::string_view text) {
  // 18 digits cannot overflow 64 bits.
  return !text.empty() && text.size() <= 18 && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
}

}  // namespace

std::optional<size_t> HeadLength(absl::string_view received) {
  const size_t end = received.find("\r\n\r\n");
  if (end == absl::string_view::npos) return std::nullopt;
  return end + 4;
}

absl::string_view TargetOf(absl::string_view received) {
  const absl::string_view line = received.substr(0, received.find_first_of("\r\n"));
  const size_t blank = line.find(' ');
  if (blank == absl::string_view::npos) return "";
  const absl::string_view rest = line.substr(blank + 1);
  return rest.substr(0, rest.find(' '));
}

std::optional<HttpRejection> CheckHeadSize(absl::string_view received, size_t max_target_bytes,
                                           size_t max_header_bytes) {
  const absl::string_view head = received.substr(0, HeadLength(received).value_or(received.size()));
  const size_t target_bytes = TargetOf(head).size();
  if (target_bytes > max_target_bytes) return HttpRejection::kTargetTooLong;
  if (head.size() - target_bytes > max_header_bytes) return HttpRejection::kHeaderTooLarge;
  return std::nullopt;
}

bool HasFoldedLine(absl::string_view head) {
  return absl::StrContains(head, "\n ") || absl::StrContains(head, "\n\t");
}

bool HasPlainFraming(const HttpHeaders& headers, int http_minor) {
  const int lengths = headers.Count("Content-Length");
  const int encodings = headers.Count("Transfer-Encoding");
  if (lengths + encodings > 1) return false;
  if (lengths == 1 && !IsLength(*headers.Find("Content-Length"))) return false;
  if (encodings == 1) {
    // HTTP/1.0 has no transfer encodings: a proxy of that age would see another body.
    if (http_minor == 0) return false;
    if (!absl::EqualsIgnoreCase(*headers.Find("Transfer-Encoding"), "chunked")) return false;
  }
  const int hosts = headers.Count("Host");
  return hosts == 1 || (hosts == 0 && http_minor == 0);
}

int DefaultStatus(HttpRejection rejection) {
  switch (rejection) {
    case HttpRejection::kMalformed:
    case HttpRejection::kNoHost:
      return 400;
    case HttpRejection::kBodyTooLarge:
      return 413;
    case HttpRejection::kTargetTooLong:
      return 414;
    case HttpRejection::kHeaderTooLarge:
      return 431;
    case HttpRejection::kHandlerFailed:
      return 500;
  }
  return 500;
}

bool IsSendable(const HttpHeaders::Field& field) {
  return IsToken(field.first) &&
         absl::string_view(field.second).find_first_of(absl::string_view("\r\n\0", 3)) ==
             absl::string_view::npos;
}

}  // namespace accordion::base
