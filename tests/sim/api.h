// The write path of one engine without sockets: query parameters through the gateway's production
// decoder into the request, and that to the production handlers.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/domain/types.h"
#include "engine/ports/cloud_inventory.h"
#include "engine/ports/group_waker.h"
#include "engine/ports/store.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace accordion::sim {

// A request as a client writes it, before it is spelled as a query.
struct ApiRequest {
  domain::AccountId account;
  std::string action;
  std::vector<std::pair<std::string, std::string>> parameters;
  std::string client_token;
  std::string request_id;
};

struct ApiAnswer {
  int http = 500;
  std::string reason;                                        // of an error: a name of the catalogue
  std::string bytes;                                         // of a success: the serialized answer
  std::shared_ptr<const google::protobuf::Message> message;  // of a success

  bool ok() const { return http == 200; }
  // A success's text at `path` ("return_set.scaling_group_id"); empty where there is none.
  std::string Text(absl::string_view path) const;
};

class Api {
 public:
  struct Parts {
    ports::Store& store;
    ports::CloudInventory& inventory;
    ports::GroupWaker& waker;
    absl::TimeZone zone;
  };
  explicit Api(const Parts& parts);
  ~Api();

  ApiAnswer Call(const ApiRequest& request);

 private:
  struct Handlers;

  const absl::TimeZone zone_;
  std::unique_ptr<Handlers> handlers_;
};

// What a caller gets to see when nobody answers.
ApiAnswer NoAnswer();

}  // namespace accordion::sim
