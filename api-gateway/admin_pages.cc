#include "api-gateway/admin_pages.h"

#include <string>
#include <utility>

namespace accordion::gateway {
namespace {

base::HttpResponse Page(int status, std::string text) {
  base::HttpResponse response;
  response.status = status;
  response.headers.Add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.body = std::move(text);
  return response;
}

}  // namespace

base::HttpHandler MakeAdminPages(const GatewayMetrics* metrics, std::function<bool()> is_ready) {
  return [metrics, is_ready = std::move(is_ready)](base::HttpRequest request,
                                                   base::Responder respond) {
    if (request.method != "GET") {
      respond(Page(405, "only GET\n"));
    } else if (request.path == "/metrics") {
      respond(Page(200, metrics->Scrape()));
    } else if (request.path == "/livez") {
      respond(Page(200, "ok\n"));
    } else if (request.path == "/readyz") {
      const bool ready = is_ready();
      respond(Page(ready ? 200 : 503, ready ? "ok\n" : "the engine cannot be reached\n"));
    } else {
      respond(Page(404, "no such page\n"));
    }
  };
}

}  // namespace accordion::gateway
