#include "engine/service/auto_scaling_service.h"

#include "accordion/v1/auto_scaling_service.grpc.pb.h"
#include "engine/domain/errors.h"
#include "engine/service/client_token.h"
#include "engine/service/rpc_runner.h"

namespace accordion::service {
namespace {

using grpc::ServerUnaryReactor;
using Context = grpc::CallbackServerContext;

class AutoScalingService final : public v1::AutoScalingService::CallbackService {
 public:
  AutoScalingService(RpcRunner& runner, ports::Store& store, const AutoScalingHandlers& handlers)
      : runner_(runner), store_(store), handlers_(handlers) {}

  ServerUnaryReactor* CreateScalingGroup(Context* context,
                                         const v1::CreateScalingGroupRequest* request,
                                         v1::CreateScalingGroupResponse* response) override {
    return Serve("CreateScalingGroup", context, request, response, handlers_.groups,
                 &GroupHandlers::Create);
  }
  ServerUnaryReactor* EnableScalingGroup(Context* context,
                                         const v1::EnableScalingGroupRequest* request,
                                         v1::EnableScalingGroupResponse* response) override {
    return Serve("EnableScalingGroup", context, request, response, handlers_.groups,
                 &GroupHandlers::Enable);
  }
  ServerUnaryReactor* DisableScalingGroup(Context* context,
                                          const v1::DisableScalingGroupRequest* request,
                                          v1::DisableScalingGroupResponse* response) override {
    return Serve("DisableScalingGroup", context, request, response, handlers_.groups,
                 &GroupHandlers::Disable);
  }
  ServerUnaryReactor* DeleteScalingGroup(Context* context,
                                         const v1::DeleteScalingGroupRequest* request,
                                         v1::DeleteScalingGroupResponse* response) override {
    return Serve("DeleteScalingGroup", context, request, response, handlers_.groups,
                 &GroupHandlers::Delete);
  }
  ServerUnaryReactor* ModifyScalingGroup(Context* context,
                                         const v1::ModifyScalingGroupRequest* request,
                                         v1::ModifyScalingGroupResponse* response) override {
    return Serve("ModifyScalingGroup", context, request, response, handlers_.groups,
                 &GroupHandlers::Modify);
  }
  ServerUnaryReactor* DescribeScalingGroup(Context* context,
                                           const v1::DescribeScalingGroupRequest* request,
                                           v1::DescribeScalingGroupResponse* response) override {
    return Serve("DescribeScalingGroup", context, request, response, handlers_.groups,
                 &GroupHandlers::Describe);
  }
  ServerUnaryReactor* DescribeScalingActivity(
      Context* context, const v1::DescribeScalingActivityRequest* request,
      v1::DescribeScalingActivityResponse* response) override {
    return Serve("DescribeScalingActivity", context, request, response, handlers_.activities,
                 &ActivityHandlers::Describe);
  }
  ServerUnaryReactor* DescribeScalingInstance(
      Context* context, const v1::DescribeScalingInstanceRequest* request,
      v1::DescribeScalingInstanceResponse* response) override {
    return Serve("DescribeScalingInstance", context, request, response, handlers_.instances,
                 &InstanceHandlers::Describe);
  }
  ServerUnaryReactor* SetKvmProtectedDetach(Context* context,
                                            const v1::SetKvmProtectedDetachRequest* request,
                                            v1::SetKvmProtectedDetachResponse* response) override {
    return Serve("SetKvmProtectedDetach", context, request, response, handlers_.instances,
                 &InstanceHandlers::SetProtection);
  }
  ServerUnaryReactor* CreateScalingConfiguration(
      Context* context, const v1::CreateScalingConfigurationRequest* request,
      v1::CreateScalingConfigurationResponse* response) override {
    return Serve("CreateScalingConfiguration", context, request, response, handlers_.configurations,
                 &ConfigurationHandlers::Create);
  }
  ServerUnaryReactor* ModifyScalingConfiguration(
      Context* context, const v1::ModifyScalingConfigurationRequest* request,
      v1::ModifyScalingConfigurationResponse* response) override {
    return Serve("ModifyScalingConfiguration", context, request, response, handlers_.configurations,
                 &ConfigurationHandlers::Modify);
  }
  ServerUnaryReactor* DescribeScalingConfiguration(
      Context* context, const v1::DescribeScalingConfigurationRequest* request,
      v1::DescribeScalingConfigurationResponse* response) override {
    return Serve("DescribeScalingConfiguration", context, request, response,
                 handlers_.configurations, &ConfigurationHandlers::Describe);
  }
  ServerUnaryReactor* DeleteScalingConfiguration(
      Context* context, const v1::DeleteScalingConfigurationRequest* request,
      v1::DeleteScalingConfigurationResponse* response) override {
    return Serve("DeleteScalingConfiguration", context, request, response, handlers_.configurations,
                 &ConfigurationHandlers::Delete);
  }
  ServerUnaryReactor* CreateScalingPolicy(Context* context,
                                          const v1::CreateScalingPolicyRequest* request,
                                          v1::CreateScalingPolicyResponse* response) override {
    return Serve("CreateScalingPolicy", context, request, response, handlers_.policies,
                 &PolicyHandlers::Create);
  }
  ServerUnaryReactor* DescribeScalingPolicy(Context* context,
                                            const v1::DescribeScalingPolicyRequest* request,
                                            v1::DescribeScalingPolicyResponse* response) override {
    return Serve("DescribeScalingPolicy", context, request, response, handlers_.policies,
                 &PolicyHandlers::Describe);
  }
  ServerUnaryReactor* ModifyScalingPolicy(Context* context,
                                          const v1::ModifyScalingPolicyRequest* request,
                                          v1::ModifyScalingPolicyResponse* response) override {
    return Serve("ModifyScalingPolicy", context, request, response, handlers_.policies,
                 &PolicyHandlers::Modify);
  }
  ServerUnaryReactor* DeleteScalingPolicy(Context* context,
                                          const v1::DeleteScalingPolicyRequest* request,
                                          v1::DeleteScalingPolicyResponse* response) override {
    return Serve("DeleteScalingPolicy", context, request, response, handlers_.policies,
                 &PolicyHandlers::Delete);
  }
  ServerUnaryReactor* CreateScalingNotification(
      Context* context, const v1::CreateScalingNotificationRequest* request,
      v1::CreateScalingNotificationResponse* response) override {
    return Serve("CreateScalingNotification", context, request, response, handlers_.notifications,
                 &NotificationHandlers::Create);
  }
  ServerUnaryReactor* DescribeScalingNotification(
      Context* context, const v1::DescribeScalingNotificationRequest* request,
      v1::DescribeScalingNotificationResponse* response) override {
    return Serve("DescribeScalingNotification", context, request, response, handlers_.notifications,
                 &NotificationHandlers::Describe);
  }
  ServerUnaryReactor* ModifyScalingNotification(
      Context* context, const v1::ModifyScalingNotificationRequest* request,
      v1::ModifyScalingNotificationResponse* response) override {
    return Serve("ModifyScalingNotification", context, request, response, handlers_.notifications,
                 &NotificationHandlers::Modify);
  }
  ServerUnaryReactor* CreateScheduledTask(Context* context,
                                          const v1::CreateScheduledTaskRequest* request,
                                          v1::CreateScheduledTaskResponse* response) override {
    return Serve("CreateScheduledTask", context, request, response, handlers_.tasks,
                 &TaskHandlers::Create);
  }
  ServerUnaryReactor* DescribeScheduledTask(Context* context,
                                            const v1::DescribeScheduledTaskRequest* request,
                                            v1::DescribeScheduledTaskResponse* response) override {
    return Serve("DescribeScheduledTask", context, request, response, handlers_.tasks,
                 &TaskHandlers::Describe);
  }
  ServerUnaryReactor* ModifyScheduledTask(Context* context,
                                          const v1::ModifyScheduledTaskRequest* request,
                                          v1::ModifyScheduledTaskResponse* response) override {
    return Serve("ModifyScheduledTask", context, request, response, handlers_.tasks,
                 &TaskHandlers::Modify);
  }
  ServerUnaryReactor* DeleteScheduledTask(Context* context,
                                          const v1::DeleteScheduledTaskRequest* request,
                                          v1::DeleteScheduledTaskResponse* response) override {
    return Serve("DeleteScheduledTask", context, request, response, handlers_.tasks,
                 &TaskHandlers::Delete);
  }
  ServerUnaryReactor* ModifyScalingLoadBalancers(
      Context* context, const v1::ModifyScalingLoadBalancersRequest* request,
      v1::ModifyScalingLoadBalancersResponse* response) override {
    return Serve("ModifyScalingLoadBalancers", context, request, response, handlers_.groups,
                 &GroupHandlers::ModifyLoadBalancers);
  }
  ServerUnaryReactor* AttachInstance(Context* context, const v1::AttachInstanceRequest* request,
                                     v1::AttachInstanceResponse* response) override {
    return Serve("AttachInstance", context, request, response, handlers_.membership,
                 &MembershipHandlers::Attach);
  }
  ServerUnaryReactor* DetachInstance(Context* context, const v1::DetachInstanceRequest* request,
                                     v1::DetachInstanceResponse* response) override {
    return Serve("DetachInstance", context, request, response, handlers_.membership,
                 &MembershipHandlers::Detach);
  }

 private:
  template <typename Request, typename Response, typename Handlers>
  ServerUnaryReactor* Serve(absl::string_view action, Context* context, const Request* request,
                            Response* response, Handlers& handlers,
                            absl::StatusOr<Response> (Handlers::*method)(const RequestContext&,
                                                                         const Request&)) {
    return runner_.RunAction(
        action, context, request, response,
        [this, action, &handlers, method](const RequestContext& caller,
                                          const Request& message) -> absl::StatusOr<Response> {
          if (caller.client_token.empty()) return (handlers.*method)(caller, message);
          RequestContext identified = caller;
          RETURN_IF_ERROR(IdentifyRequest(action, message, identified));
          return AnswerOnce<Response>(store_, identified,
                                      [&] { return (handlers.*method)(identified, message); });
        });
  }

  RpcRunner& runner_;
  ports::Store& store_;
  const AutoScalingHandlers handlers_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAutoScalingService(RpcRunner& runner, ports::Store& store,
                                                      const AutoScalingHandlers& handlers) {
  return std::make_unique<AutoScalingService>(runner, store, handlers);
}

}  // namespace accordion::service
