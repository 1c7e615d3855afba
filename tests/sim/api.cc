#include "tests/sim/api.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "accordion/v1/error_detail.pb.h"
#include "accordion/v1/error_reason.pb.h"
#include "accordion/v1/scaling_activity.pb.h"
#include "accordion/v1/scaling_configuration.pb.h"
#include "accordion/v1/scaling_group.pb.h"
#include "accordion/v1/scaling_instance.pb.h"
#include "accordion/v1/scaling_load_balancer.pb.h"
#include "accordion/v1/scaling_notification.pb.h"
#include "accordion/v1/scaling_policy.pb.h"
#include "accordion/v1/scheduled_task.pb.h"
#include "api-gateway/openapi/query_decoder.h"
#include "api-gateway/openapi/request_parameters.h"
#include "api-gateway/openapi/route_table.h"
#include "base/status_macros.h"
#include "engine/service/activity_handlers.h"
#include "engine/service/client_token.h"
#include "engine/service/configuration_handlers.h"
#include "engine/service/group_handlers.h"
#include "engine/service/instance_handlers.h"
#include "engine/service/membership_handlers.h"
#include "engine/service/notification_handlers.h"
#include "engine/service/policy_handlers.h"
#include "engine/service/required_parameters.h"
#include "engine/service/status_encoding.h"
#include "engine/service/task_handlers.h"
#include "openapi/v1/options.pb.h"

namespace accordion::sim {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using service::RequestContext;

// One a process: plans of the descriptors, which never change.
const gateway::RouteTable& Routes() {
  static const gateway::RouteTable* const routes =
      gateway::RouteTable::Build(gateway::PublicApi())->release();
  return *routes;
}

std::string Encoded(absl::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_') {
      encoded.push_back(c);
    } else {
      constexpr char kHex[] = "0123456789ABCDEF";
      const auto byte = static_cast<unsigned char>(c);
      absl::StrAppend(&encoded, "%", std::string(1, kHex[byte >> 4]),
                      std::string(1, kHex[byte & 15]));
    }
  }
  return encoded;
}

std::string QueryOf(const ApiRequest& request) {
  std::string query = absl::StrCat("Action=", request.action, "&Version=2016-03-04");
  for (const auto& [name, value] : request.parameters) {
    absl::StrAppend(&query, "&", Encoded(name), "=", Encoded(value));
  }
  return query;
}

int HttpOf(v1::ErrorReason reason) {
  const auto* value = v1::ErrorReason_descriptor()->FindValueByNumber(reason);
  if (value == nullptr || !value->options().HasExtension(openapi::v1::error)) return 500;
  return static_cast<int>(value->options().GetExtension(openapi::v1::error).http());
}

ApiAnswer Refusal(v1::ErrorReason reason) {
  return {
      .http = HttpOf(reason), .reason = v1::ErrorReason_Name(reason), .bytes = {}, .message = {}};
}

}  // namespace

struct Api::Handlers {
  explicit Handlers(const Parts& parts)
      : store(parts.store),
        groups({parts.store, parts.inventory, parts.waker, activity::Language::kEnglish}),
        configurations(parts.store, parts.inventory),
        policies({parts.store, parts.waker}),
        instances(parts.store, parts.waker),
        membership({parts.store, parts.inventory, parts.waker, activity::Language::kEnglish}),
        activities(parts.store),
        notifications(parts.store),
        tasks({parts.store, parts.waker, parts.zone, activity::Language::kEnglish}) {
    Serve("CreateScalingGroup", groups, &service::GroupHandlers::Create);
    Serve("EnableScalingGroup", groups, &service::GroupHandlers::Enable);
    Serve("DisableScalingGroup", groups, &service::GroupHandlers::Disable);
    Serve("DeleteScalingGroup", groups, &service::GroupHandlers::Delete);
    Serve("ModifyScalingGroup", groups, &service::GroupHandlers::Modify);
    Serve("DescribeScalingGroup", groups, &service::GroupHandlers::Describe);
    Serve("ModifyScalingLoadBalancers", groups, &service::GroupHandlers::ModifyLoadBalancers);
    Serve("CreateScalingConfiguration", configurations, &service::ConfigurationHandlers::Create);
    Serve("ModifyScalingConfiguration", configurations, &service::ConfigurationHandlers::Modify);
    Serve("DeleteScalingConfiguration", configurations, &service::ConfigurationHandlers::Delete);
    Serve("CreateScalingPolicy", policies, &service::PolicyHandlers::Create);
    Serve("ModifyScalingPolicy", policies, &service::PolicyHandlers::Modify);
    Serve("DeleteScalingPolicy", policies, &service::PolicyHandlers::Delete);
    Serve("DescribeScalingInstance", instances, &service::InstanceHandlers::Describe);
    Serve("SetKvmProtectedDetach", instances, &service::InstanceHandlers::SetProtection);
    Serve("AttachInstance", membership, &service::MembershipHandlers::Attach);
    Serve("DetachInstance", membership, &service::MembershipHandlers::Detach);
    Serve("DescribeScalingActivity", activities, &service::ActivityHandlers::Describe);
    Serve("CreateScalingNotification", notifications, &service::NotificationHandlers::Create);
    Serve("ModifyScalingNotification", notifications, &service::NotificationHandlers::Modify);
    Serve("CreateScheduledTask", tasks, &service::TaskHandlers::Create);
    Serve("ModifyScheduledTask", tasks, &service::TaskHandlers::Modify);
    Serve("DeleteScheduledTask", tasks, &service::TaskHandlers::Delete);
  }

  // As the rpc skin does (engine/service/auto_scaling_service.cc).
  template <typename Request, typename Response, typename Owner>
  void Serve(const std::string& action, Owner& owner,
             absl::StatusOr<Response> (Owner::*method)(const RequestContext&, const Request&)) {
    by_action[action] = [this, action, &owner, method](
                            RequestContext caller, const Message& message,
                            std::shared_ptr<const Message>& answer) -> absl::Status {
      const auto& request = static_cast<const Request&>(message);
      RETURN_IF_ERROR(service::CheckRequired(request));
      absl::StatusOr<Response> response = absl::InternalError("not run");
      if (caller.client_token.empty()) {
        response = (owner.*method)(caller, request);
      } else {
        RETURN_IF_ERROR(service::IdentifyRequest(action, request, caller));
        response = service::AnswerOnce<Response>(store, caller,
                                                 [&] { return (owner.*method)(caller, request); });
      }
      RETURN_IF_ERROR(response.status());
      answer = std::make_shared<Response>(*std::move(response));
      return absl::OkStatus();
    };
  }

  using Serving =
      std::function<absl::Status(RequestContext, const Message&, std::shared_ptr<const Message>&)>;

  ports::Store& store;
  service::GroupHandlers groups;
  service::ConfigurationHandlers configurations;
  service::PolicyHandlers policies;
  service::InstanceHandlers instances;
  service::MembershipHandlers membership;
  service::ActivityHandlers activities;
  service::NotificationHandlers notifications;
  service::TaskHandlers tasks;
  std::map<std::string, Serving> by_action;
};

Api::Api(const Parts& parts) : zone_(parts.zone), handlers_(std::make_unique<Handlers>(parts)) {}
Api::~Api() = default;

ApiAnswer Api::Call(const ApiRequest& request) {
  const auto parameters = gateway::RequestParameters::Parse(QueryOf(request), "");
  if (!parameters.ok()) return Refusal(parameters.error().reason);
  const gateway::Route* route = Routes().Find(request.action);
  const auto serving = handlers_->by_action.find(request.action);
  if (route == nullptr || serving == handlers_->by_action.end()) return Refusal(v1::NO_SUCH_ENTITY);
  const std::unique_ptr<Message> message(route->request_prototype->New());
  const gateway::MaybeError wrong =
      gateway::DecodeRequest(*route->decode, *parameters, zone_, message.get());
  if (wrong.has_value()) return Refusal(wrong->reason);

  ApiAnswer answer;
  const absl::Status served =
      serving->second({.account_id = request.account,
                       .principal = "root",
                       .access_key_id = absl::StrCat("key-of-", request.account.value()),
                       .request_id = request.request_id,
                       .client_token = request.client_token,
                       .action = {},
                       .request_sha256 = {},
                       .source_address = "192.0.2.1"},
                      *message, answer.message);
  if (!served.ok()) return Refusal(service::ErrorDetailOf(served).reason());
  answer.http = 200;
  answer.bytes = answer.message->SerializeAsString();
  return answer;
}

std::string ApiAnswer::Text(absl::string_view path) const {
  const Message* at = message.get();
  const std::vector<std::string> names = absl::StrSplit(path, '.');
  for (size_t i = 0; at != nullptr && i < names.size(); ++i) {
    const FieldDescriptor* field = at->GetDescriptor()->FindFieldByName(names[i]);
    if (field == nullptr) return "";
    if (i + 1 == names.size()) {
      return field->cpp_type() == FieldDescriptor::CPPTYPE_STRING
                 ? at->GetReflection()->GetString(*at, field)
                 : "";
    }
    at = &at->GetReflection()->GetMessage(*at, field);
  }
  return "";
}

ApiAnswer NoAnswer() { return Refusal(v1::SERVICE_UNAVAILABLE); }

}  // namespace accordion::sim
