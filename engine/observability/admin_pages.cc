#include "engine/observability/admin_pages.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace accordion::observability {
namespace {

base::HttpResponse Text(int status, std::string body) {
  return {.status = status,
          .headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}},
          .body = std::move(body)};
}

}  // namespace

base::HttpResponse AnswerAdminRequest(const base::HttpRequest& request, Metrics& metrics,
                                      const Readiness& ready) {
  if (request.method != "GET" && request.method != "HEAD") return Text(405, "GET only\n");
  if (request.path == "/metrics") return Text(200, metrics.Expose());
  if (request.path == "/livez") return Text(200, "ok\n");
  if (request.path == "/readyz") {
    const absl::Status status = ready();
    if (status.ok()) return Text(200, "ok\n");
    return Text(503, absl::StrCat(status.message(), "\n"));
  }
  return Text(404, "pages: /metrics /livez /readyz\n");
}

}  // namespace accordion::observability
