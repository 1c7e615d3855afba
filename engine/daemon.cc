#include "engine/daemon.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "base/clock.h"
#include "base/http_server.h"
#include "base/log.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "engine/cloud/cloud.h"
#include "engine/control/control_plane.h"
#include "engine/control/thread_pool_executor.h"
#include "engine/host_port.h"
#include "engine/metrics/sample_store.h"
#include "engine/notify/contact_notifier.h"
#include "engine/observability/admin_pages.h"
#include "engine/observability/metrics.h"
#include "engine/rpc_server.h"
#include "engine/version.h"
#include "persistence/database.h"

namespace accordion {
namespace {

constexpr absl::Duration kFirstRetry = absl::Milliseconds(500);
constexpr absl::Duration kLongestRetry = absl::Seconds(10);
constexpr absl::Duration kProbeInterval = absl::Seconds(1);
constexpr absl::Duration kMaintenanceInterval = absl::Hours(24);
// Gateways' streams stay open until the server ends them, so requests get no longer than this at a
// stop.
constexpr absl::Duration kRequestGrace = absl::Seconds(2);
// Renewals have a thread that nothing else can occupy; the probe of the database has the other.
constexpr int kLeaseThreads = 2;

bool MayPass(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsUnknown(status) || absl::IsAborted(status);
}

absl::Status MigrateWithRetries(persistence::Database& database, const StopWait& stop) {
  absl::Duration pause = kFirstRetry;
  while (true) {
    const absl::Status migrated = database.Migrate();
    if (migrated.ok() || !MayPass(migrated)) return migrated;
    base::LogWarning("PostgreSQL cannot be reached; trying again",
                     {{"error", migrated.ToString()}, {"pause", absl::FormatDuration(pause)}});
    if (stop(pause)) return absl::CancelledError("stopped before PostgreSQL could be reached");
    pause = std::min(2 * pause, kLongestRetry);
  }
}

absl::StatusOr<std::unique_ptr<persistence::Database>> OpenDatabase(const Config& config) {
  return persistence::OpenDatabase({.dsn = config.postgres_dsn,
                                    .key_file = config.key_file,
                                    .writers = config.writers,
                                    .readers = config.readers});
}

control::ThreadPoolExecutor::Options LanesOf(const Config& config) {
  const auto queue = static_cast<size_t>(config.queue);
  control::ThreadPoolExecutor::Options lanes;
  lanes[static_cast<size_t>(ports::Lane::kApi)] = {config.api_threads, queue};
  lanes[static_cast<size_t>(ports::Lane::kWork)] = {config.work_threads, queue};
  lanes[static_cast<size_t>(ports::Lane::kEvaluate)] = {config.evaluate_threads, queue};
  lanes[static_cast<size_t>(ports::Lane::kLease)] = {kLeaseThreads, queue};
  lanes[static_cast<size_t>(ports::Lane::kNotify)] = {config.notify_threads, queue};
  return lanes;
}

ports::AuditTerms AuditTermsOf(const control::Settings& settings) {
  return {.horizon = settings.steps.UnknownHorizon(),
          .lease_ttl = settings.lease_ttl,
          .cleanup_grace = settings.steps.cleanup_grace};
}

// Why the engine should get no requests; starts as such.
class Readiness {
 public:
  absl::Status Get() const {
    absl::MutexLock lock(&mutex_);
    return status_;
  }
  void Set(absl::Status status) {
    absl::MutexLock lock(&mutex_);
    status_ = std::move(status);
  }

 private:
  mutable absl::Mutex mutex_;
  absl::Status status_ ABSL_GUARDED_BY(mutex_) = absl::UnavailableError("waiting for PostgreSQL");
};

}  // namespace

absl::Status MigrateDatabase(const Config& config, const StopWait& stop) {
  ASSIGN_OR_RETURN(const auto database, OpenDatabase(config));
  return MigrateWithRetries(*database, stop);
}

// In order of construction; the destruction is the reverse.
struct Daemon::Parts {
  Parts(const Config& the_config, std::unique_ptr<persistence::Database> the_database)
      : config(the_config),
        started_at(clock.Now()),
        database(std::move(the_database)),
        samples({.lateness = config.control.lateness}),
        cloud(config.cloud, database->store(), clock, metrics),
        notifier(config.notify, clock),
        executor(clock, LanesOf(config)),
        control({database->store(), database->leases(), cloud.compute(), cloud.load_balancers(),
                 cloud.addresses(), samples, executor, clock, rng, metrics, &notifier},
                config.control) {
    metrics.AddQueueDepth("api", Depth(ports::Lane::kApi));
    metrics.AddQueueDepth("work", Depth(ports::Lane::kWork));
    metrics.AddQueueDepth("evaluate", Depth(ports::Lane::kEvaluate));
    metrics.AddQueueDepth("lease", Depth(ports::Lane::kLease));
    metrics.AddQueueDepth("notify", Depth(ports::Lane::kNotify));
    metrics.AddResources([this] { return static_cast<double>(samples.resources()); });
  }
  ~Parts() { Stop(); }

  absl::Status StartAdmin();
  absl::Status StartServing();
  void Stop();

  // Asks the database once a second whether it is there, and tells gateways and load balancers.
  void Probe();
  // Asks the cloud whether it answers, with back-off while it doesn't. Readiness tells operators;
  // gateways go on sending requests, since most need no cloud.
  void ProbeCloud(absl::Duration pause);
  void Maintain();
  service::EngineStatus Status() const;
  observability::Metrics::Reader Depth(ports::Lane lane) {
    return [this, lane] { return static_cast<double>(executor.QueueDepth(lane)); };
  }

  const Config config;
  const base::SystemClock clock;
  const absl::Time started_at;
  base::SystemRng rng;
  observability::Metrics metrics;
  Readiness readiness;
  std::unique_ptr<persistence::Database> database;
  metrics::SampleStore samples;
  cloud::Cloud cloud;
  notify::ContactNotifier notifier;
  control::ThreadPoolExecutor executor;
  control::ControlPlane control;
  std::unique_ptr<RpcServer> rpcs;
  std::unique_ptr<base::HttpServer> admin;
  std::atomic<bool> stopping = false;
  std::atomic<bool> cloud_reached = false;
};

absl::Status Daemon::Parts::StartAdmin() {
  ASSIGN_OR_RETURN(const HostPort address, ParseHostPort(config.admin_listen));
  base::HttpServerOptions options;
  options.address = address.host;
  options.port = address.port;
  ASSIGN_OR_RETURN(admin, base::HttpServer::Start(options, [this](const base::HttpRequest& request,
                                                                  const base::Responder& respond) {
                     respond(observability::AnswerAdminRequest(request, metrics,
                                                               [this] { return readiness.Get(); }));
                   }));
  return absl::OkStatus();
}

absl::Status Daemon::Parts::StartServing() {
  ASSIGN_OR_RETURN(rpcs,
                   RpcServer::Start({.store = database->store(),
                                     .inventory = cloud.inventory(),
                                     .waker = control,
                                     .executor = executor,
                                     .samples = samples,
                                     .metrics = metrics,
                                     .clock = clock,
                                     .status = [this] { return Status(); },
                                     .audit = {database->audit(), AuditTermsOf(config.control)}},
                                    {.listen = config.listen,
                                     .language = config.control.language,
                                     .period_floor = config.period_floor,
                                     .time_zone = config.control.time_zone}));
  control.Start();
  ProbeCloud(kFirstRetry);
  Probe();
  executor.SubmitAt(ports::Lane::kEvaluate, clock.Now() + kMaintenanceInterval,
                    [this] { Maintain(); });
  return absl::OkStatus();
}

void Daemon::Parts::Probe() {
  if (stopping) return;
  const absl::Status reached = database->Ping();
  rpcs->SetHealthy(reached.ok() && !stopping);
  if (!reached.ok()) {
    readiness.Set(absl::UnavailableError("PostgreSQL cannot be reached"));
  } else if (!control.LeaseHeld()) {
    readiness.Set(absl::UnavailableError("this engine holds no lease"));
  } else if (!cloud_reached) {
    readiness.Set(absl::UnavailableError("the cloud's OpenAPI does not answer"));
  } else if (!stopping) {
    readiness.Set(absl::OkStatus());
  }
  executor.SubmitAt(ports::Lane::kLease, clock.Now() + kProbeInterval, [this] { Probe(); });
}

void Daemon::Parts::ProbeCloud(absl::Duration pause) {
  executor.SubmitAt(ports::Lane::kWork, clock.Now(), [this, pause] {
    if (stopping) return;
    const absl::Status reached = cloud.probe().Reach();
    const bool before = cloud_reached.exchange(reached.ok());
    absl::Duration next = kProbeInterval;
    if (!reached.ok()) {
      base::LogWarning("the cloud's OpenAPI does not answer; trying again",
                       {{"endpoint", config.cloud.api.endpoint},
                        {"error", reached.ToString()},
                        {"pause", absl::FormatDuration(pause)}});
      next = pause;
    } else if (!before) {
      base::LogInfo("the cloud's OpenAPI answers", {{"endpoint", config.cloud.api.endpoint}});
    }
    const absl::Duration longer = reached.ok() ? kFirstRetry : std::min(2 * pause, kLongestRetry);
    executor.SubmitAt(ports::Lane::kWork, clock.Now() + next,
                      [this, longer] { ProbeCloud(longer); });
  });
}

void Daemon::Parts::Maintain() {
  if (const absl::Status migrated = database->Migrate(); !migrated.ok()) {
    base::LogWarning("the database could not be maintained", {{"error", migrated.ToString()}});
  }
  executor.SubmitAt(ports::Lane::kEvaluate, clock.Now() + kMaintenanceInterval,
                    [this] { Maintain(); });
}

service::EngineStatus Daemon::Parts::Status() const {
  const absl::Status ready = readiness.Get();
  return {.engine_id = config.control.engine_name,
          .version = kVersion,
          .started_at = started_at,
          .not_ready_reason = ready.ok() ? "" : std::string(ready.message()),
          .owned_shards = static_cast<int>(control.leases().Shards().size())};
}

void Daemon::Parts::Stop() {
  if (stopping.exchange(true)) return;
  readiness.Set(absl::UnavailableError("stopping"));
  // Requests need the executor to end; then the loops, whose calls under way end by their timeouts.
  if (rpcs != nullptr) rpcs->Shutdown(std::min(kRequestGrace, config.shutdown_grace));
  control.Stop();
  executor.Stop();
  if (admin != nullptr) admin->Stop(absl::ZeroDuration());
}

absl::StatusOr<std::unique_ptr<Daemon>> Daemon::Start(const Config& config, const StopWait& stop) {
  ASSIGN_OR_RETURN(auto database, OpenDatabase(config));
  auto parts = std::make_unique<Parts>(config, std::move(database));
  RETURN_IF_ERROR(parts->StartAdmin());
  RETURN_IF_ERROR(MigrateWithRetries(*parts->database, stop));
  RETURN_IF_ERROR(parts->StartServing());
  return std::unique_ptr<Daemon>(new Daemon(std::move(parts)));
}

Daemon::Daemon(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Daemon::~Daemon() = default;

int Daemon::Port() const { return parts_->rpcs->Port(); }
int Daemon::AdminPort() const { return parts_->admin->Port(); }
void Daemon::Stop() { parts_->Stop(); }

}  // namespace accordion
