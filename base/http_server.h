// An HTTP/1.1 server for the gateway and the simulated cloud, with limits on everything that a peer
// controls and strict framing: an ambiguous message (Content-Length and Transfer-Encoding together,
// several Content-Lengths, folded headers, ...) is answered 400 and the connection is closed, so
// that no proxy in front can be made to disagree with us about where a request ends.
//
// The implementation is the one translation unit that includes Boost.Beast, and a wall: neither its
// exceptions nor the handler's pass it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/http_message.h"

namespace accordion::base {

// Answers one request. Call it exactly once, from any thread, also after the server has stopped
// (then it does nothing). A responder that is dropped uncalled answers 500.
using Responder = std::function<void(HttpResponse)>;

// Called on a thread of the server's pool, concurrently; must not block for long.
using HttpHandler = std::function<void(HttpRequest, Responder)>;

// Why the server itself refuses a request, before any handler sees it.
enum class HttpRejection {
  kMalformed,       // 400
  kNoHost,          // 400: HTTP/1.1 without a Host field; the API has an answer of its own for it
  kBodyTooLarge,    // 413
  kTargetTooLong,   // 414
  kHeaderTooLarge,  // 431
  kHandlerFailed,   // 500: the handler threw, dropped its responder or gave an unsendable header
};

// Gives a refusal the owner's error format. `status` is the default one; the shaper may change it.
using ErrorShaper = std::function<HttpResponse(HttpRejection, int status)>;

struct HttpServerOptions {
  std::string address = "127.0.0.1";
  int port = 0;  // 0: any free port
  int threads = 2;

  // Limits of reliability.md C10, with their units.
  size_t max_header_bytes = size_t{16} * 1024;  // header fields and request line without the target
  size_t max_target_bytes = size_t{32} * 1024;
  size_t max_body_bytes = size_t{64} * 1024;
  // Path prefixes with another limit of the body; the longest that matches counts.
  std::vector<std::pair<std::string, size_t>> max_body_bytes_by_prefix;
  absl::Duration header_timeout = absl::Seconds(5);  // from the first byte of a request
  absl::Duration body_timeout = absl::Seconds(10);
  absl::Duration idle_timeout = absl::Seconds(30);  // between requests, and for writing an answer
  // Connections beyond these are closed unanswered, as are those that time out.
  size_t max_connections = 10'000;
  size_t max_connections_per_address = 1'024;
  size_t max_requests_per_connection = 100'000;

  ErrorShaper error_shaper;  // null: an empty body
};

// Thread-safe.
class HttpServer {
 public:
  // Listens and serves. Fails with kUnavailable if the address cannot be bound.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(HttpServerOptions options,
                                                           HttpHandler handler);
  ~HttpServer();  // Stop(ZeroDuration())

  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // The port listened on.
  int Port() const;

  // Stops listening, lets requests in progress finish for up to `grace`, then closes what is left.
  // Blocks; no handler runs after it. Idempotent. Not to be called from a handler.
  void Stop(absl::Duration grace);

 private:
  class Implementation;
  explicit HttpServer(std::unique_ptr<Implementation> implementation);

  std::unique_ptr<Implementation> implementation_;
};

}  // namespace accordion::base
