// One request being answered: makes sure that exactly one answer reaches the connection, whatever
// the handler does with its responder, and none after the server is gone.
#pragma once

#include <atomic>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "base/http_message.h"

namespace accordion::base {

// The connection's side. Both may be called on any thread, and hand over to the connection's own.
class HttpAnswerer {
 public:
  virtual ~HttpAnswerer() = default;
  virtual void Answer(HttpResponse response) = 0;
  // The handler dropped its responder.
  virtual void AnswerFailure() = 0;
};

// Open while answers may reach the server's threads. Responders outlive servers: they check it.
class HttpGate {
 public:
  // Returns once no answer is under way.
  void Close();

 private:
  friend class HttpExchange;
  absl::Mutex mutex_;
  bool open_ ABSL_GUARDED_BY(mutex_) = true;
};

// Thread-safe. Shared by all copies of a responder; the end of the last is a failure unless one has
// answered.
class HttpExchange {
 public:
  HttpExchange(std::shared_ptr<HttpGate> gate, std::weak_ptr<HttpAnswerer> answerer);
  ~HttpExchange();

  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;

  // Only the first call counts.
  void Answer(HttpResponse response);

 private:
  const std::shared_ptr<HttpGate> gate_;
  const std::weak_ptr<HttpAnswerer> answerer_;
  std::atomic<bool> answered_ = false;
};

}  // namespace accordion::base
