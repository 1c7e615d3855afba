// The API document as the gateway serves it: written once at the start, answered from memory.
#pragma once

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "api-gateway/openapi/route_table.h"
#include "base/http_message.h"

namespace accordion::gateway {

// Immutable after construction; any number of threads may use it.
class DocumentPages {
 public:
  // `routes` is only read here. `zone`, `regions`: for the samples.
  DocumentPages(const RouteTable& routes, std::vector<std::string> regions, absl::TimeZone zone);

  // The document's page that `request` asks for: GET /openapi.json, /docs, /docs/ACTION. Null: the
  // request is for something else.
  const base::HttpResponse* Find(const base::HttpRequest& request) const;

 private:
  absl::flat_hash_map<std::string, base::HttpResponse> by_path_;
};

// The text of /openapi.json.
std::string PublishedOpenApi(const RouteTable& routes, absl::TimeZone zone);

// index.html and ACTION.html of every action into `directory`, which must be there.
absl::Status WriteApiPages(const RouteTable& routes, std::vector<std::string> regions,
                           absl::TimeZone zone, const std::string& directory);

}  // namespace accordion::gateway
