// The actions of the API, from the service's descriptor.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "api-gateway/openapi/answer_plan.h"
#include "api-gateway/openapi/decode_plan.h"

namespace google::protobuf {
class Message;
class MethodDescriptor;
class ServiceDescriptor;
}  // namespace google::protobuf

namespace accordion::gateway {

struct Route {
  std::string action;    // canonical name
  std::string rpc_path;  // `/package.Service/Method`
  const google::protobuf::MethodDescriptor* method = nullptr;
  bool writes = false;
  bool main_account_only = false;
  std::unique_ptr<const DecodePlan> decode;
  std::unique_ptr<const AnswerPlan> answer;
  // Empty messages to make requests and answers from; generated classes, owned by the message
  // factory.
  const google::protobuf::Message* request_prototype = nullptr;
  const google::protobuf::Message* answer_prototype = nullptr;
};

// Immutable after Build; any number of threads may use it.
class RouteTable {
 public:
  // Every rpc of `service` that has the Action option; the actions in `bare_ids` answer their
  // ReturnSet as a bare number. FailedPrecondition where two claim one name or a plan cannot be
  // made.
  static absl::StatusOr<std::unique_ptr<const RouteTable>> Build(
      const google::protobuf::ServiceDescriptor* service,
      const absl::flat_hash_set<std::string>& bare_ids = {});

  // By canonical name or alias. Null: no such action.
  const Route* Find(absl::string_view action) const;

  const std::deque<Route>& routes() const { return routes_; }

 private:
  RouteTable() = default;

  std::deque<Route> routes_;
  absl::flat_hash_map<std::string, const Route*> by_name_;
};

// The service whose rpcs are the public API.
const google::protobuf::ServiceDescriptor* PublicApi();

}  // namespace accordion::gateway
