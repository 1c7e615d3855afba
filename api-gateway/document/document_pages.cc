#include "api-gateway/document/document_pages.h"

#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "api-gateway/document/html_pages.h"
#include "api-gateway/document/openapi_document.h"
#include "api-gateway/envelope.h"

namespace accordion::gateway {
namespace {

constexpr char kOpenApiPath[] = "/openapi.json";
constexpr char kIndexPath[] = "/docs";
constexpr char kHtmlMediaType[] = "text/html; charset=utf-8";
// The pages hold their own style and nothing else that runs or is loaded.
constexpr char kContentPolicy[] = "default-src 'none'; style-src 'unsafe-inline'";

base::HttpResponse Page(absl::string_view media_type, std::string body) {
  base::HttpResponse response;
  response.headers = {{"Content-Type", std::string(media_type)},
                      {"Cache-Control", "public, max-age=300"},
                      {"Content-Security-Policy", kContentPolicy},
                      {"X-Content-Type-Options", "nosniff"}};
  response.body = std::move(body);
  return response;
}

absl::Status WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  return file ? absl::OkStatus() : absl::UnavailableError(absl::StrCat("cannot write ", path));
}

}  // namespace

DocumentPages::DocumentPages(const RouteTable& routes, std::vector<std::string> regions,
                             absl::TimeZone zone) {
  const Samples samples(routes);
  const ApiDescription api = {routes, samples, std::move(regions), zone};
  const PageLinks links = {kIndexPath, absl::StrCat(kIndexPath, "/"), ""};
  by_path_[kOpenApiPath] = Page(envelope::kJsonMediaType, OpenApiDocument(api));
  by_path_[kIndexPath] = Page(kHtmlMediaType, IndexPage(api, links));
  by_path_[links.prefix] = Page(kHtmlMediaType, IndexPage(api, links));
  for (const Route& route : routes.routes()) {
    by_path_[links.ToAction(route.action)] = Page(kHtmlMediaType, ActionPage(api, route, links));
  }
}

const base::HttpResponse* DocumentPages::Find(const base::HttpRequest& request) const {
  if (request.method != "GET") return nullptr;
  const auto found = by_path_.find(request.path);
  return found == by_path_.end() ? nullptr : &found->second;
}

std::string PublishedOpenApi(const RouteTable& routes, absl::TimeZone zone) {
  const Samples samples(routes);
  return OpenApiDocument({routes, samples, {}, zone});
}

absl::Status WriteApiPages(const RouteTable& routes, std::vector<std::string> regions,
                           absl::TimeZone zone, const std::string& directory) {
  const Samples samples(routes);
  const ApiDescription api = {routes, samples, std::move(regions), zone};
  const PageLinks links = {"index.html", "", ".html"};
  absl::Status status = WriteFile(absl::StrCat(directory, "/", links.index), IndexPage(api, links));
  for (const Route& route : routes.routes()) {
    status.Update(WriteFile(absl::StrCat(directory, "/", links.ToAction(route.action)),
                            ActionPage(api, route, links)));
  }
  return status;
}

}  // namespace accordion::gateway
