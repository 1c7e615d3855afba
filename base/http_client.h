// A small blocking HTTP(S) client over libcurl, for calls to the cloud.
//
// What matters to a control plane is what a failure means: whether the request may have been
// executed. So the result tells "no byte of it was sent" from "unknown", and the client never
// resends by itself: libcurl would repeat a request, also a POST, when a kept connection turns out
// dead. Redirects, proxies and protocols other than HTTP(S) are refused.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/http_message.h"

namespace accordion::base {

struct HttpCall {
  std::string method = "GET";
  std::string url;
  HttpHeaders headers;
  std::string body;
  absl::Duration timeout = absl::Seconds(10);  // the whole call
  absl::Duration connect_timeout = absl::Seconds(3);
  size_t max_response_bytes = size_t{4} * 1024 * 1024;  // body; headers have libcurl's limits
  bool cut_response = false;  // a longer body is cut off instead of being a failure
  // Addresses to connect to, "host:port:address[,address]" with IPv6 in brackets, instead of asking
  // the resolver: the caller has looked the host up and checked what came.
  std::string connect_to;
  // Repeating it does no harm, so a kept connection may be used. Without it each call connects.
  bool may_repeat = false;
};

enum class Delivery {
  kAnswered,  // an HTTP response came, with any status
  kNotSent,   // no byte of the request left: certainly not executed
  kUnknown,   // it may have been executed
};

struct HttpResult {
  Delivery delivery = Delivery::kNotSent;
  // OK iff kAnswered. kDeadlineExceeded, kUnavailable (connection), kResourceExhausted (response
  // too large), kInvalidArgument (URL), kUnauthenticated (certificate).
  absl::Status status;
  HttpResponse response;  // whole iff kAnswered
};

struct HttpClientOptions {
  std::string ca_file;           // "" = the system's
  size_t max_kept_handles = 16;  // idle handles, each with its connections
};

// Thread-safe: each call borrows a handle from a pool. The first client makes the process ignore
// SIGPIPE, as any program that writes to sockets must.
class HttpClient {
 public:
  explicit HttpClient(HttpClientOptions options = {});
  ~HttpClient();

  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Blocks until the answer, a failure or the time-out.
  HttpResult Call(const HttpCall& call);

 private:
  class Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace accordion::base
