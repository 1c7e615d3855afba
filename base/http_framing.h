// The rules by which the HTTP server decides where a request ends, checked on the raw head and
// apart from the parser, which is more lenient (it unfolds header lines and takes a repeated
// Content-Length). Two parties that disagree here can be made to see different requests (request
// smuggling, reliability.md E9), so anything ambiguous is refused. Pure functions.
#pragma once

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"
#include "base/http_message.h"
#include "base/http_server.h"

namespace accordion::base {

// The length of the head at the start of `received`, including its empty line; nullopt: more bytes
// are needed.
std::optional<size_t> HeadLength(absl::string_view received);

// The request target of the first line, as far as it has been received; "" before it has begun.
absl::string_view TargetOf(absl::string_view received);

// Why a head, whole or in part, is refused for its size.
std::optional<HttpRejection> CheckHeadSize(absl::string_view received, size_t max_target_bytes,
                                           size_t max_header_bytes);

// Whether a whole head has a line that begins with a blank (a folded header).
bool HasFoldedLine(absl::string_view head);

// Whether the fields frame the body in exactly one way and name exactly one host.
// `http_minor` is 0 or 1.
bool HasPlainFraming(const HttpHeaders& headers, int http_minor);

// The HTTP status of a refusal.
int DefaultStatus(HttpRejection rejection);

// Whether the field can be sent: a token as name, no line breaks in the value.
bool IsSendable(const HttpHeaders::Field& field);

}  // namespace accordion::base
