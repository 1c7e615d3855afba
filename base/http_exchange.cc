#include "base/http_exchange.h"

#include <utility>

namespace accordion::base {

void HttpGate::Close() {
  absl::MutexLock lock(&mutex_);
  open_ = false;
}

HttpExchange::HttpExchange(std::shared_ptr<HttpGate> gate, std::weak_ptr<HttpAnswerer> answerer)
    : gate_(std::move(gate)), answerer_(std::move(answerer)) {}

HttpExchange::~HttpExchange() {
  if (answered_) return;
  absl::ReaderMutexLock lock(&gate_->mutex_);
  if (!gate_->open_) return;
  if (const auto answerer = answerer_.lock()) answerer->AnswerFailure();
}

void HttpExchange::Answer(HttpResponse response) {
  if (answered_.exchange(true)) return;
  absl::ReaderMutexLock lock(&gate_->mutex_);
  if (!gate_->open_) return;
  if (const auto answerer = answerer_.lock()) answerer->Answer(std::move(response));
}

}  // namespace accordion::base
