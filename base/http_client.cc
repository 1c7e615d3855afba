#include "base/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <csignal>
#include <mutex>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"

namespace accordion::base {
namespace {

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

// What the callbacks of one call fill in.
struct Reception {
  HttpResponse response;
  size_t max_body_bytes = 0;
  bool too_large = false;
};

size_t OnBody(char* data, size_t, size_t size, void* context) {
  auto& reception = *static_cast<Reception*>(context);
  if (reception.response.body.size() + size > reception.max_body_bytes) {
    reception.too_large = true;
    return 0;  // aborts the transfer
  }
  reception.response.body.append(data, size);
  return size;
}

size_t OnHeader(char* data, size_t, size_t size, void* context) {
  auto& reception = *static_cast<Reception*>(context);
  const absl::string_view line = absl::StripAsciiWhitespace(absl::string_view(data, size));
  // A status line begins a response; what came before belonged to an interim one (100 Continue).
  if (absl::StartsWith(line, "HTTP/")) reception.response.headers = {};
  const size_t colon = line.find(':');
  if (colon != absl::string_view::npos) {
    reception.response.headers.Add(line.substr(0, colon),
                                   absl::StripAsciiWhitespace(line.substr(colon + 1)));
  }
  return size;
}

List HeaderList(const HttpHeaders& headers) {
  curl_slist* list = nullptr;
  const auto append = [&list](const std::string& line) {
    list = curl_slist_append(list, line.c_str());
  };
  for (const auto& [name, value] : headers.fields()) {
    // A trailing semicolon is libcurl's way to send a header with an empty value.
    append(value.empty() ? absl::StrCat(name, ";") : absl::StrCat(name, ": ", value));
  }
  // libcurl would wait up to a second for 100 Continue, and would invent a content type.
  append("Expect:");
  if (!headers.Find("Content-Type")) append("Content-Type:");
  return List(list);
}

void SetFixedOptions(CURL* easy, const HttpClientOptions& options) {
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  // A longer idle connection is likely to have been closed by the peer, which costs a failed call.
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, 20L);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &OnBody);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &OnHeader);
  if (!options.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
}

void SetCallOptions(CURL* easy, const HttpCall& call, curl_slist* headers, curl_slist* resolve,
                    Reception* reception) {
  // 0 would mean "no limit" to libcurl.
  const auto milliseconds = [](absl::Duration duration) {
    return static_cast<long>(std::max<int64_t>(1, absl::ToInt64Milliseconds(duration)));
  };
  curl_easy_setopt(easy, CURLOPT_URL, call.url.c_str());
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, milliseconds(call.timeout));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(call.connect_timeout));
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  // Without caching: the next call brings its own, and a handle serves many hosts.
  if (resolve != nullptr) {
    curl_easy_setopt(easy, CURLOPT_RESOLVE, resolve);
    curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
  }
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, reception);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, reception);
  if (call.method != "GET" || !call.body.empty()) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call.body.data());
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  if (call.method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  // libcurl resends on its own only when a *kept* connection dies before the first response byte.
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, call.may_repeat ? 0L : 1L);
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, call.may_repeat ? 0L : 1L);
}

absl::Status StatusOfFailure(CURLcode code, absl::string_view detail) {
  const std::string message =
      absl::StrCat(curl_easy_strerror(code), detail.empty() ? "" : ": ", detail);
  // CURLcode has a hundred values; all but these mean that the connection failed in some way.
  if (code == CURLE_OPERATION_TIMEDOUT) return absl::DeadlineExceededError(message);
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
    return absl::InvalidArgumentError(message);
  }
  if (code == CURLE_PEER_FAILED_VERIFICATION) return absl::UnauthenticatedError(message);
  if (code == CURLE_OUT_OF_MEMORY) return absl::ResourceExhaustedError(message);
  return absl::UnavailableError(message);
}

Delivery DeliveryOfFailure(CURL* easy) {
  long request_bytes = 0;  // of all requests issued, headers included
  curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request_bytes);
  return request_bytes == 0 ? Delivery::kNotSent : Delivery::kUnknown;
}

HttpResult Perform(CURL* easy, const HttpCall& call, const HttpClientOptions& options) {
  Reception reception;
  reception.max_body_bytes = call.max_response_bytes;
  const List headers = HeaderList(call.headers);
  const List resolve(call.connect_to.empty() ? nullptr
                                             : curl_slist_append(nullptr, call.connect_to.c_str()));
  char detail[CURL_ERROR_SIZE] = "";
  curl_easy_reset(easy);  // keeps the connections
  SetFixedOptions(easy, options);
  SetCallOptions(easy, call, headers.get(), resolve.get(), &reception);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, detail);

  const CURLcode code = curl_easy_perform(easy);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, nullptr);
  if (reception.too_large && !call.cut_response) {
    return {.delivery = Delivery::kUnknown,
            .status = absl::ResourceExhaustedError(
                absl::StrCat("response is larger than ", call.max_response_bytes, " bytes"))};
  }
  if (code != CURLE_OK && !reception.too_large) {
    return {.delivery = DeliveryOfFailure(easy), .status = StatusOfFailure(code, detail)};
  }
  long http_status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &http_status);
  reception.response.status = static_cast<int>(http_status);
  return {.delivery = Delivery::kAnswered,
          .status = absl::OkStatus(),
          .response = std::move(reception.response)};
}

}  // namespace

class HttpClient::Pool {
 public:
  explicit Pool(HttpClientOptions options) : options_(std::move(options)) {
    static std::once_flag once;
    std::call_once(once, [] {
      curl_global_init(CURL_GLOBAL_DEFAULT);  // not thread-safe in this libcurl
      // Under CURLOPT_NOSIGNAL libcurl leaves SIGPIPE alone, and OpenSSL's writes raise it.
      std::signal(SIGPIPE, SIG_IGN);
    });
  }

  HttpResult Call(const HttpCall& call) {
    Easy easy = Borrow();
    if (easy == nullptr) {
      return {.status = absl::ResourceExhaustedError("libcurl gave no handle")};
    }
    HttpResult result = Perform(easy.get(), call, options_);
    Return(std::move(easy));
    return result;
  }

 private:
  Easy Borrow() {
    absl::MutexLock lock(&mutex_);
    if (idle_.empty()) return Easy(curl_easy_init());
    Easy easy = std::move(idle_.back());
    idle_.pop_back();
    return easy;
  }

  void Return(Easy easy) {
    absl::MutexLock lock(&mutex_);
    if (idle_.size() < options_.max_kept_handles) idle_.push_back(std::move(easy));
  }

  const HttpClientOptions options_;
  absl::Mutex mutex_;
  // The handle used last comes first, since its connection is the likeliest to be alive.
  std::vector<Easy> idle_ ABSL_GUARDED_BY(mutex_);
};

HttpClient::HttpClient(HttpClientOptions options)
    : pool_(std::make_unique<Pool>(std::move(options))) {}

HttpClient::~HttpClient() = default;

HttpResult HttpClient::Call(const HttpCall& call) { return pool_->Call(call); }

}  // namespace accordion::base
