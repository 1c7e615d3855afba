// The wall of HTTP: the only translation unit with Boost.Beast (8 s to compile), and no exception
// leaves it. std::exchange must be declared before Asio 1.74 is included under C++20.
#include <utility>
// Keep this line: <utility> stays first.

#include <atomic>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <optional>
#include <set>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "base/clock.h"
#include "base/http_connections.h"
#include "base/http_exchange.h"
#include "base/http_framing.h"
#include "base/http_server.h"
#include "base/log.h"

namespace accordion::base {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace net = boost::asio;
using boost::system::error_code;
using net::ip::tcp;

// How long, and for how many bytes, a peer that is being refused may go on sending: closing with
// unread bytes would reset the connection, and the peer might never see the answer.
constexpr auto kLingerTime = std::chrono::seconds(1);
constexpr size_t kLingerBytes = 256 * 1024;
constexpr size_t kReadBytes = 16 * 1024;
// After an accept failed for want of descriptors.
constexpr auto kAcceptPause = std::chrono::milliseconds(100);

absl::string_view ViewOf(const beast::flat_buffer& buffer) {
  return {static_cast<const char*>(buffer.data().data()), buffer.data().size()};
}

absl::string_view ViewOf(beast::string_view text) { return {text.data(), text.size()}; }
beast::string_view BeastView(absl::string_view text) { return {text.data(), text.size()}; }

class Session;

// What all sessions share. Outlives them.
struct Shared {
  Shared(HttpServerOptions the_options, HttpHandler the_handler)
      : options(std::move(the_options)),
        handler(std::move(the_handler)),
        connections(options.max_connections, options.max_connections_per_address) {}

  size_t MaxBodyBytes(absl::string_view target) const {
    size_t limit = options.max_body_bytes;
    size_t longest = 0;
    for (const auto& [prefix, bytes] : options.max_body_bytes_by_prefix) {
      if (prefix.size() < longest || !absl::StartsWith(target, prefix)) continue;
      longest = prefix.size();
      limit = bytes;
    }
    return limit;
  }

  HttpResponse Refusal(HttpRejection rejection) const {
    const int status = DefaultStatus(rejection);
    if (!options.error_shaper) return {.status = status};
    try {
      return options.error_shaper(rejection, status);
    } catch (const std::exception& thrown) {
      LogError("the error shaper threw", {{"what", thrown.what()}});
      return {.status = status};
    }
  }

  const HttpServerOptions options;
  const HttpHandler handler;
  HttpConnections connections;
  const std::shared_ptr<HttpGate> gate = std::make_shared<HttpGate>();
  std::atomic<bool> stopping = false;

  absl::Mutex mutex;
  std::set<Session*> sessions ABSL_GUARDED_BY(mutex);
};

// One connection: reads a request, has it handled, writes the answer, and again. All members run on
// the session's strand. Kept alive by its pending operation, and by itself while a handler works.
class Session final : public HttpAnswerer, public std::enable_shared_from_this<Session> {
 public:
  Session(Shared& shared, tcp::socket socket, std::string address)
      : shared_(shared), stream_(std::move(socket)), address_(std::move(address)) {
    absl::MutexLock lock(&shared_.mutex);
    shared_.sessions.insert(this);
  }

  ~Session() override {
    {
      absl::MutexLock lock(&shared_.mutex);
      shared_.sessions.erase(this);
    }
    shared_.connections.Remove(address_);
  }

  void Start() {
    net::dispatch(stream_.get_executor(), [self = shared_from_this()] { self->AwaitRequest(); });
  }

  // Closes the connection, at once if it is between requests, otherwise only if `force`.
  void Stop(bool force) {
    net::post(stream_.get_executor(), [self = shared_from_this(), force] {
      if (self->idle_ || force) self->stream_.close();
    });
  }

  void Answer(HttpResponse response) override {
    net::dispatch(stream_.get_executor(),
                  [self = shared_from_this(), response = std::move(response)]() mutable {
                    self->while_handled_.reset();
                    self->Write(std::move(response));
                  });
  }

  void AnswerFailure() override { Answer(shared_.Refusal(HttpRejection::kHandlerFailed)); }

  // Lets go of a request whose handler has not answered. Only when the server's threads are gone.
  void Abandon() { while_handled_.reset(); }

 private:
  void AwaitRequest();
  void ReadHead();
  void OnHead(size_t head_length);
  void SendContinue();
  void ReadBody();
  void Handle();
  void Refuse(HttpRejection rejection);
  void Write(HttpResponse response);
  void OnWritten(error_code error);
  void Linger(size_t bytes_left);
  template <typename OnBytes>
  void ReadSome(OnBytes on_bytes);

  Shared& shared_;
  beast::tcp_stream stream_;
  const std::string address_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;  // one a request
  std::optional<http::response<http::string_body>> response_;
  HttpRequest request_;
  std::shared_ptr<Session> while_handled_;
  size_t requests_ = 0;
  bool idle_ = true;  // between requests
  bool close_after_answer_ = false;
};

// Appends what comes next to buffer_. Failures, the end of the stream and time-outs (tcp_stream has
// closed by then) just let go of the session, which closes the connection.
template <typename OnBytes>
void Session::ReadSome(OnBytes on_bytes) {
  stream_.async_read_some(buffer_.prepare(kReadBytes),
                          [self = shared_from_this(), on_bytes](error_code error, size_t size) {
                            if (error) return;
                            self->buffer_.commit(size);
                            on_bytes(*self);
                          });
}

void Session::AwaitRequest() {
  request_ = {};
  parser_.reset();
  if (buffer_.size() > 0) return ReadHead();
  idle_ = true;
  if (shared_.stopping) return;
  stream_.expires_after(absl::ToChronoMilliseconds(shared_.options.idle_timeout));
  ReadSome([](Session& self) { self.ReadHead(); });
}

// Entered once at least one byte of the request is here.
void Session::ReadHead() {
  if (idle_) {
    idle_ = false;
    ++requests_;
    stream_.expires_after(absl::ToChronoMilliseconds(shared_.options.header_timeout));
  }
  const absl::string_view received = ViewOf(buffer_);
  if (const auto rejection = CheckHeadSize(received, shared_.options.max_target_bytes,
                                           shared_.options.max_header_bytes)) {
    return Refuse(*rejection);
  }
  if (const auto length = HeadLength(received)) return OnHead(*length);
  ReadSome([](Session& self) { self.ReadHead(); });
}

void Session::OnHead(size_t head_length) {
  const absl::string_view head = ViewOf(buffer_).substr(0, head_length);
  const absl::string_view target = TargetOf(head);
  if (HasFoldedLine(head) || !absl::StartsWith(target, "/")) {
    return Refuse(HttpRejection::kMalformed);
  }
  request_.target = std::string(target);
  const size_t question_mark = target.find('?');
  request_.path = std::string(target.substr(0, question_mark));
  if (question_mark != absl::string_view::npos) {
    request_.query = std::string(target.substr(question_mark + 1));
  }

  parser_.emplace();
  parser_->header_limit(static_cast<uint32_t>(head_length) + 1);
  parser_->body_limit(shared_.MaxBodyBytes(target));
  error_code error;
  const size_t used = parser_->put(net::buffer(head.data(), head.size()), error);
  if (error == http::error::body_limit) return Refuse(HttpRejection::kBodyTooLarge);
  if (error || !parser_->is_header_done()) return Refuse(HttpRejection::kMalformed);
  buffer_.consume(used);

  // Copied before the body is read: the parser adds a chunked body's trailers to its fields, and
  // those must not pose as headers.
  const auto& message = parser_->get();
  for (const auto& field : message) {
    request_.headers.Add(ViewOf(field.name_string()), ViewOf(field.value()));
  }
  if (message.version() >= 11 && request_.headers.Count("Host") == 0) {
    return Refuse(HttpRejection::kNoHost);
  }
  if (!HasPlainFraming(request_.headers, static_cast<int>(message.version() % 10))) {
    return Refuse(HttpRejection::kMalformed);
  }
  request_.method = std::string(ViewOf(message.method_string()));
  request_.remote_address = address_;
  // HTTP/1.0's keep-alive is an extension that proxies disagree about.
  close_after_answer_ = !message.keep_alive() || message.version() < 11 ||
                        requests_ >= shared_.options.max_requests_per_connection;

  stream_.expires_after(absl::ToChronoMilliseconds(shared_.options.body_timeout));
  const std::optional<absl::string_view> expect = request_.headers.Find("Expect");
  if (!expect || parser_->is_done()) return ReadBody();
  if (!absl::EqualsIgnoreCase(*expect, "100-continue")) return Refuse(HttpRejection::kMalformed);
  SendContinue();
}

void Session::SendContinue() {
  static constexpr absl::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  net::async_write(stream_, net::buffer(kContinue.data(), kContinue.size()),
                   [self = shared_from_this()](error_code error, size_t) {
                     if (!error) self->ReadBody();
                   });
}

void Session::ReadBody() {
  if (parser_->is_done()) return Handle();
  http::async_read(
      stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, size_t) {
        if (!error) return self->Handle();
        if (error == http::error::body_limit) {
          return self->Refuse(HttpRejection::kBodyTooLarge);
        }
        const bool malformed =
            error.category() == http::make_error_code(http::error::bad_chunk).category();
        if (malformed) self->Refuse(HttpRejection::kMalformed);
      });
}

void Session::Handle() {
  stream_.expires_never();  // the handler has its own deadlines
  request_.body = std::move(parser_->get().body());
  while_handled_ = shared_from_this();
  const auto exchange = std::make_shared<HttpExchange>(shared_.gate, while_handled_);
  // A handler that throws leaves the exchange unanswered, which answers 500.
  try {
    shared_.handler(std::move(request_),
                    [exchange](HttpResponse response) { exchange->Answer(std::move(response)); });
  } catch (const std::exception& thrown) {
    LogError("an HTTP handler threw", {{"what", thrown.what()}});
  } catch (...) {
    LogError("an HTTP handler threw something that isn't an exception");
  }
}

// Answers without a handler and closes: the rest of the stream cannot be trusted.
void Session::Refuse(HttpRejection rejection) {
  close_after_answer_ = true;
  Write(shared_.Refusal(rejection));
}

void Session::Write(HttpResponse response) {
  for (const HttpHeaders::Field& field : response.headers.fields()) {
    if (IsSendable(field)) continue;
    LogError("a handler gave a header that cannot be sent", {{"name", field.first}});
    response = {.status = 500};
    break;
  }
  if (shared_.stopping) close_after_answer_ = true;
  response_.emplace();
  response_->version(11);
  response_->result(static_cast<unsigned>(response.status));
  response_->set(http::field::date,
                 BeastView(absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", SystemClock().Now(),
                                            absl::UTCTimeZone())));
  for (const auto& [name, value] : response.headers.fields()) {
    response_->insert(BeastView(name), BeastView(value));
  }
  response_->keep_alive(!close_after_answer_);
  const bool never_has_body =
      response.status < 200 || response.status == 204 || response.status == 304;
  if (!never_has_body) response_->content_length(response.body.size());
  const bool to_head = parser_ && parser_->get().method() == http::verb::head;
  if (!never_has_body && !to_head) response_->body() = std::move(response.body);

  stream_.expires_after(absl::ToChronoMilliseconds(shared_.options.idle_timeout));
  http::async_write(stream_, *response_, [self = shared_from_this()](error_code error, size_t) {
    self->OnWritten(error);
  });
}

void Session::OnWritten(error_code error) {
  response_.reset();
  if (error) return;
  if (!close_after_answer_) {
    idle_ = true;
    return AwaitRequest();
  }
  stream_.socket().shutdown(tcp::socket::shutdown_send, error);
  stream_.expires_after(kLingerTime);
  Linger(kLingerBytes);
}

void Session::Linger(size_t bytes_left) {
  buffer_.clear();
  ReadSome([bytes_left](Session& self) {
    if (self.buffer_.size() < bytes_left) self.Linger(bytes_left - self.buffer_.size());
  });
}

}  // namespace

class HttpServer::Implementation {
 public:
  Implementation(HttpServerOptions options, HttpHandler handler)
      : shared_(std::move(options), std::move(handler)),
        acceptor_(net::make_strand(io_)),
        accept_pause_(acceptor_.get_executor()) {}

  ~Implementation() { Stop(absl::ZeroDuration()); }

  absl::Status Start() {
    const HttpServerOptions& options = shared_.options;
    error_code error;
    const auto address = net::ip::make_address(options.address, error);
    if (error || options.port < 0 || options.port > 65'535) {
      return absl::InvalidArgumentError(
          absl::StrCat("not an address and port: ", options.address, " ", options.port));
    }
    const tcp::endpoint endpoint(address, static_cast<uint16_t>(options.port));
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(net::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(net::socket_base::max_listen_connections, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    if (error) {
      return absl::UnavailableError(absl::StrCat("cannot listen on ", options.address, " port ",
                                                 options.port, ": ", error.message()));
    }
    Accept();
    for (int i = 0; i < std::max(1, options.threads); ++i) threads_.emplace_back([this] { Run(); });
    return absl::OkStatus();
  }

  int port() const { return port_; }

  void Stop(absl::Duration grace) {
    absl::MutexLock lock(&stop_mutex_);
    if (stopped_) return;
    stopped_ = true;
    shared_.stopping = true;
    net::post(acceptor_.get_executor(), [this] {
      error_code ignored;
      acceptor_.close(ignored);
      accept_pause_.cancel();
    });
    StopSessions(/*force=*/false);
    if (!shared_.connections.AwaitNone(grace)) StopSessions(/*force=*/true);
    // Sessions whose handler never answers are let go with the io_context.
    io_.stop();
    for (std::thread& thread : threads_) thread.join();
    shared_.gate->Close();
    for (const auto& session : Sessions()) session->Abandon();
  }

 private:
  void Run() {
    while (true) {
      try {
        io_.run();
        return;
      } catch (const std::exception& thrown) {
        LogError("an exception reached the HTTP server's thread", {{"what", thrown.what()}});
      }
    }
  }

  // Shared ownership, so that none ends, and wants the registry's mutex, while this holds it.
  std::vector<std::shared_ptr<Session>> Sessions() {
    std::vector<std::shared_ptr<Session>> sessions;
    absl::MutexLock lock(&shared_.mutex);
    for (Session* session : shared_.sessions) {
      if (auto owned = session->weak_from_this().lock()) sessions.push_back(std::move(owned));
    }
    return sessions;
  }

  void StopSessions(bool force) {
    for (const auto& session : Sessions()) session->Stop(force);
  }

  void Accept() {
    acceptor_.async_accept(net::make_strand(io_), [this](error_code error, tcp::socket socket) {
      if (!acceptor_.is_open()) return;
      if (error) {
        accept_pause_.expires_after(kAcceptPause);
        accept_pause_.async_wait([this](error_code) {
          if (acceptor_.is_open()) Accept();
        });
        return;
      }
      Admit(std::move(socket));
      Accept();
    });
  }

  void Admit(tcp::socket socket) {
    error_code error;
    const tcp::endpoint peer = socket.remote_endpoint(error);
    if (error || shared_.stopping) return;
    std::string address = peer.address().to_string();
    if (!shared_.connections.Add(address)) return;
    socket.set_option(tcp::no_delay(true), error);
    std::make_shared<Session>(shared_, std::move(socket), std::move(address))->Start();
  }

  Shared shared_;
  int port_ = 0;
  absl::Mutex stop_mutex_;
  bool stopped_ ABSL_GUARDED_BY(stop_mutex_) = false;
  std::vector<std::thread> threads_;
  // After shared_: destroying it destroys the sessions that are left.
  net::io_context io_;
  // While a handler works, and once the acceptor has closed, nothing is pending that would keep the
  // threads running for its answer.
  net::executor_work_guard<net::io_context::executor_type> work_{io_.get_executor()};
  tcp::acceptor acceptor_;  // on a strand, as the timer
  net::steady_timer accept_pause_;
};

HttpServer::HttpServer(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}

HttpServer::~HttpServer() = default;

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(HttpServerOptions options,
                                                              HttpHandler handler) {
  try {
    auto implementation = std::make_unique<Implementation>(std::move(options), std::move(handler));
    if (absl::Status started = implementation->Start(); !started.ok()) return started;
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(implementation)));
  } catch (const std::exception& thrown) {
    return absl::InternalError(absl::StrCat("the HTTP server did not start: ", thrown.what()));
  }
}

int HttpServer::Port() const { return implementation_->port(); }

void HttpServer::Stop(absl::Duration grace) { implementation_->Stop(grace); }

}  // namespace accordion::base
