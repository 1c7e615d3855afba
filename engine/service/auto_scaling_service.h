// The public API's rpcs: the explicit list of who handles what.
#pragma once

#include <memory>

#include "engine/service/activity_handlers.h"
#include "engine/service/configuration_handlers.h"
#include "engine/service/group_handlers.h"
#include "engine/service/instance_handlers.h"
#include "engine/service/membership_handlers.h"
#include "engine/service/notification_handlers.h"
#include "engine/service/policy_handlers.h"
#include "engine/service/task_handlers.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace accordion::service {

class RpcRunner;

struct AutoScalingHandlers {
  GroupHandlers& groups;
  ConfigurationHandlers& configurations;
  PolicyHandlers& policies;
  InstanceHandlers& instances;
  MembershipHandlers& membership;
  ActivityHandlers& activities;
  NotificationHandlers& notifications;
  TaskHandlers& tasks;
};

// The store keeps the answers of requests with a client token. Everything passed in must outlive
// the service, which must outlive the server that it is registered with.
std::unique_ptr<grpc::Service> MakeAutoScalingService(RpcRunner& runner, ports::Store& store,
                                                      const AutoScalingHandlers& handlers);

}  // namespace accordion::service
