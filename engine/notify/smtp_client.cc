#include "engine/notify/smtp_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"

namespace accordion::notify {
namespace {

// libcurl reads the message from here.
struct Upload {
  absl::string_view rest;
};

size_t OnRead(char* buffer, size_t size, size_t count, void* context) {
  auto& upload = *static_cast<Upload*>(context);
  const size_t taken = std::min(size * count, upload.rest.size());
  std::memcpy(buffer, upload.rest.data(), taken);
  upload.rest.remove_prefix(taken);
  return taken;
}

void SetServer(CURL* easy, const SmtpServer& server) {
  const char* scheme = server.tls == SmtpTls::kTls ? "smtps" : "smtp";
  const std::string url = absl::StrCat(scheme, "://", server.host, ":", server.port);
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  const auto milliseconds = std::max<int64_t>(1, absl::ToInt64Milliseconds(server.timeout));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(milliseconds));
  curl_easy_setopt(
      easy, CURLOPT_USE_SSL,
      static_cast<long>(server.tls == SmtpTls::kNone ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  if (!server.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, server.ca_file.c_str());
  if (!server.user.empty()) {
    curl_easy_setopt(easy, CURLOPT_USERNAME, server.user.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, server.password.Reveal().c_str());
  }
}

}  // namespace

SmtpResult SendMail(const SmtpServer& server, const std::string& from, const std::string& to,
                    absl::string_view message) {
  const std::unique_ptr<CURL, void (*)(CURL*)> easy(curl_easy_init(), &curl_easy_cleanup);
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> recipients(
      curl_slist_append(nullptr, absl::StrCat("<", to, ">").c_str()), &curl_slist_free_all);
  if (easy == nullptr || recipients == nullptr) {
    return {.status = absl::ResourceExhaustedError("libcurl gave no handle")};
  }
  Upload upload{message};
  char detail[CURL_ERROR_SIZE] = "";
  SetServer(easy.get(), server);
  curl_easy_setopt(easy.get(), CURLOPT_MAIL_FROM, absl::StrCat("<", from, ">").c_str());
  curl_easy_setopt(easy.get(), CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(easy.get(), CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_READFUNCTION, &OnRead);
  curl_easy_setopt(easy.get(), CURLOPT_READDATA, &upload);
  curl_easy_setopt(easy.get(), CURLOPT_ERRORBUFFER, detail);
  const CURLcode code = curl_easy_perform(easy.get());
  long reply = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &reply);
  SmtpResult result{.code = static_cast<int>(reply)};
  if (code != CURLE_OK) {
    result.status = absl::UnavailableError(detail[0] == '\0' ? curl_easy_strerror(code) : detail);
  }
  return result;
}

}  // namespace accordion::notify
