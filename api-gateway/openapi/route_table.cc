#include "api-gateway/openapi/route_table.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "accordion/v1/auto_scaling_service.pb.h"
#include "openapi/v1/options.pb.h"

namespace accordion::gateway {
namespace {

using ::google::protobuf::MessageFactory;
using ::google::protobuf::MethodDescriptor;

// The generated file holds a service and no message, so nothing refers to it and the linker would
// leave it (and its registration in the pool) out of a static library.
[[gnu::used]] const void* const kLinkedServiceFile =
    &descriptor_table_accordion_2fv1_2fauto_5fscaling_5fservice_2eproto;

absl::StatusOr<Route> MakeRoute(const MethodDescriptor& method, const openapi::v1::Action& action,
                                const absl::flat_hash_set<std::string>& bare_ids) {
  Route route;
  route.action = action.name().empty() ? method.name() : action.name();
  route.rpc_path = absl::StrCat("/", method.service()->full_name(), "/", method.name());
  route.method = &method;
  route.writes = action.writes();
  route.main_account_only = action.main_account_only();
  absl::StatusOr<std::unique_ptr<const DecodePlan>> decode = DecodePlan::Build(method.input_type());
  if (!decode.ok()) return decode.status();
  route.decode = *std::move(decode);
  absl::StatusOr<std::unique_ptr<const AnswerPlan>> answer = AnswerPlan::Build(
      method.output_type(),
      bare_ids.contains(route.action) ? ReturnSetStyle::kBareId : ReturnSetStyle::kObject);
  if (!answer.ok()) return answer.status();
  route.answer = *std::move(answer);
  MessageFactory* factory = MessageFactory::generated_factory();
  route.request_prototype = factory->GetPrototype(method.input_type());
  route.answer_prototype = factory->GetPrototype(method.output_type());
  return route;
}

}  // namespace

absl::StatusOr<std::unique_ptr<const RouteTable>> RouteTable::Build(
    const google::protobuf::ServiceDescriptor* service,
    const absl::flat_hash_set<std::string>& bare_ids) {
  std::unique_ptr<RouteTable> table(new RouteTable());
  for (int i = 0; i < service->method_count(); ++i) {
    const MethodDescriptor& method = *service->method(i);
    if (!method.options().HasExtension(openapi::v1::action)) continue;
    const openapi::v1::Action& action = method.options().GetExtension(openapi::v1::action);
    absl::StatusOr<Route> made = MakeRoute(method, action, bare_ids);
    if (!made.ok()) return made.status();
    const Route& route = table->routes_.emplace_back(*std::move(made));
    std::vector<std::string> names(action.aliases().begin(), action.aliases().end());
    names.push_back(route.action);
    for (std::string& name : names) {
      if (!table->by_name_.try_emplace(name, &route).second) {
        return absl::FailedPreconditionError(absl::StrCat("two rpcs answer the action ", name));
      }
    }
  }
  return std::unique_ptr<const RouteTable>(std::move(table));
}

const Route* RouteTable::Find(absl::string_view action) const {
  const auto found = by_name_.find(action);
  return found == by_name_.end() ? nullptr : found->second;
}

const google::protobuf::ServiceDescriptor* PublicApi() {
  return google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      "accordion.v1.AutoScalingService");
}

}  // namespace accordion::gateway
