#include "engine/rpc_server.h"

#include <grpcpp/ext/health_check_service_server_builder_option.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/service/activity_handlers.h"
#include "engine/service/auto_scaling_service.h"
#include "engine/service/configuration_handlers.h"
#include "engine/service/credential_service.h"
#include "engine/service/group_handlers.h"
#include "engine/service/instance_handlers.h"
#include "engine/service/membership_handlers.h"
#include "engine/service/metric_ingestion_service.h"
#include "engine/service/notification_handlers.h"
#include "engine/service/policy_handlers.h"
#include "engine/service/rpc_runner.h"
#include "engine/service/task_handlers.h"

namespace accordion {
namespace {

// reliability.md E12.
constexpr int kMaxMessageBytes = 4 * 1024 * 1024;

}  // namespace

struct RpcServer::Services {
  Services(const Parts& parts, const Options& options)
      : runner({parts.executor, parts.metrics, parts.clock}),
        groups({parts.store, parts.inventory, parts.waker, options.language}),
        configurations(parts.store, parts.inventory),
        policies({parts.store, parts.waker, options.period_floor}),
        instances(parts.store, parts.waker),
        membership({parts.store, parts.inventory, parts.waker, options.language}),
        activities(parts.store),
        notifications(parts.store),
        tasks({parts.store, parts.waker, options.time_zone, options.language}),
        auto_scaling(
            service::MakeAutoScalingService(runner, parts.store,
                                            {groups, configurations, policies, instances,
                                             membership, activities, notifications, tasks})),
        credentials(service::MakeCredentialService(runner, parts.store)),
        admin(service::MakeEngineAdminService(runner, parts.store, parts.status, parts.audit)),
        ingestion(service::MakeMetricIngestionService(parts.samples, parts.metrics, parts.clock)) {}

  service::RpcRunner runner;
  service::GroupHandlers groups;
  service::ConfigurationHandlers configurations;
  service::PolicyHandlers policies;
  service::InstanceHandlers instances;
  service::MembershipHandlers membership;
  service::ActivityHandlers activities;
  service::NotificationHandlers notifications;
  service::TaskHandlers tasks;
  std::unique_ptr<grpc::Service> auto_scaling;
  std::unique_ptr<grpc::Service> credentials;
  std::unique_ptr<grpc::Service> admin;
  std::unique_ptr<grpc::Service> ingestion;
  std::unique_ptr<grpc::Server> server;  // last: destroyed before what it serves
  int port = 0;
};

absl::StatusOr<std::unique_ptr<RpcServer>> RpcServer::Start(const Parts& parts,
                                                            const Options& options) {
  auto services = std::make_unique<Services>(parts, options);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.AddListeningPort(options.listen, grpc::InsecureServerCredentials(), &services->port);
  // Two engines must not share a port by accident.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.RegisterService(services->auto_scaling.get());
  builder.RegisterService(services->credentials.get());
  builder.RegisterService(services->admin.get());
  builder.RegisterService(services->ingestion.get());
  services->server = builder.BuildAndStart();
  if (services->server == nullptr || services->port == 0) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", options.listen));
  }
  return std::unique_ptr<RpcServer>(new RpcServer(std::move(services)));
}

RpcServer::RpcServer(std::unique_ptr<Services> services) : services_(std::move(services)) {}
RpcServer::~RpcServer() { Shutdown(absl::ZeroDuration()); }

int RpcServer::Port() const { return services_->port; }

void RpcServer::SetHealthy(bool healthy) {
  services_->server->GetHealthCheckService()->SetServingStatus(healthy);
}

void RpcServer::Shutdown(absl::Duration grace) {
  SetHealthy(false);
  const gpr_timespec span = gpr_time_from_nanos(absl::ToInt64Nanoseconds(grace), GPR_TIMESPAN);
  services_->server->Shutdown(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), span));
}

}  // namespace accordion
