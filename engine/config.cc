#include "engine/config.h"

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/status_macros.h"

namespace accordion {

const base::ProgramName kEngineProgram = {"accordion-engine", "ACCORDION_ENGINE",
                                          "Keeps scaling groups at their desired capacity."};

std::vector<base::Setting> SettingsOf(Config& config) {
  control::Settings& control = config.control;
  activity::StepSettings& steps = control.steps;
  cloud::OpenApiOptions& api = config.cloud.api;
  std::vector<base::Setting> settings = {
      {"listen", &config.listen, "host:port",
       "where gateways and operators reach the engine by gRPC; port 0 takes a free one"},
      {"admin-listen", &config.admin_listen, "host:port",
       "where /metrics, /livez and /readyz are served; keep it private"},
      {"port-file", &config.port_file, "path",
       "a JSON file with the ports in use, written when the engine serves; empty: none"},
      {"log.level", &config.log_level, "debug, info, warning or error",
       "the least severe lines that are logged"},
      {"engine.name", &control.engine_name, "name", "this engine in its session row and its logs"},

      {"postgres.dsn", &config.postgres_dsn, "libpq connection string",
       "the database; several hosts follow a failover"},
      {"postgres.writers", &config.writers, "connections", "for transactions"},
      {"postgres.readers", &config.readers, "connections", "for read-only snapshots"},
      {"secrets.key-file", &config.key_file, "path",
       "32 bytes that seal passwords, user data and keys; made by `accordion-engine init-key`"},

      {"region.name", &config.region, "region code", "the region whose cloud this engine drives"},
      {"region.time-zone", &config.time_zone, "IANA name",
       "of times in causes and of scheduled tasks"},
      {"causes.language", &config.language, "zh or en", "of the causes that users read"},

      {"policy.period-floor", &config.period_floor, "duration",
       "the shortest period that a policy may have; at least 5 s"},
      {"policy.decimal-thresholds", &config.decimal_thresholds, "true or false",
       "accept thresholds with decimals; they break the vendor's Go SDK"},
      {"metrics.lateness", &control.lateness, "duration",
       "how long after its end a period waits for samples"},

      {"activity.drain", &steps.drain, "duration",
       "between deregistration and termination, where the group has a listener"},
      {"activity.launch-timeout", &steps.launch_timeout, "duration",
       "a launch that is not in service by then is undone"},
      {"activity.boot-poll", &steps.boot_poll, "duration",
       "between reads of an instance that boots"},
      {"activity.call-timeout", &steps.call_timeout, "duration",
       "the longest life of one call in the network; part of the horizon after which an unseen "
       "launch is given up"},
      {"activity.max-launches", &steps.max_launches, "launches",
       "for one slot, stock-outs not counted"},
      {"activity.retry-min", &steps.retry_min, "duration", "first back-off of a repeated call"},
      {"activity.retry-max", &steps.retry_max, "duration", "longest back-off of a repeated call"},

      {"cloud.endpoint", &api.endpoint, "URL",
       "of the cloud's OpenAPI; {service} stands for kec, vpc, slb or eip"},
      {"cloud.region", &api.region, "region code",
       "in the scope of the signatures; empty: region.name"},
      {"cloud.call-timeout", &api.call_timeout, "duration",
       "of one HTTP call; below the lease's TTL"},
      {"cloud.ca-file", &api.ca_file, "path", "certificates to trust; empty: the system's"},
      {"cloud.signature-window", &steps.signature_window, "duration",
       "the cloud refuses a request that is older; part of the horizon"},
      {"cloud.read-lag", &steps.read_lag, "duration",
       "until the cloud's reads surely show what was done; part of the horizon"},
      {"cloud.force-delete", &config.cloud.kec.force_delete, "true or false",
       "terminate for good instead of into the recycle bin"},
      {"cloud.default-line", &config.cloud.kec.address_terms.default_line, "name or id",
       "the line of an elastic IP whose configuration has no LineId"},
      {"cloud.lines", &config.lines, "NAME=ID,...",
       "ids of the region's lines by the names that configurations may use, such as BGP=ID"},
      {"cloud.address-charge-types", &config.address_charge_types, "INSTANCE=ADDRESS,...",
       "how an elastic IP is paid whose configuration has no AddressChargeType, by its instance's "
       "charge type; else as the instance"},
      {"cloud.keep-credentials", &config.cloud.keep_credentials, "duration",
       "how long an account's credential is kept in memory"},

      {"lease.ttl", &control.lease_ttl, "duration", "a dead engine's shards are free after it"},
      {"lease.margin", &control.lease_margin, "duration",
       "the lease counts as over this long before its end"},
      {"loop.resync", &control.resync, "duration",
       "every group is looked at this often, whatever woke it"},
      {"loop.due-poll", &control.due_poll, "duration",
       "how often wake-ups by other processes are looked for"},
      {"loop.intent-sweep", &control.intent_sweep, "duration",
       "between look-ups of launches whose outcome was unknown when their activity ended"},
      {"loop.account-sweep", &control.account_sweep, "duration",
       "between lists of an account's instances, one list for all its groups"},
      {"loop.orphan-search", &control.orphan_search, "duration",
       "between searches of an account's list for what launches left behind"},
      {"orphans.least-age", &control.orphans.least_age, "duration",
       "an instance that is younger is left to its activity"},
      {"health.bad-readings", &control.health.bad_readings, "readings",
       "that must say so, in a row, until a member is UnHealthy; one each loop.account-sweep"},
      {"health.good-readings", &control.health.good_readings, "readings",
       "that must say so, in a row, until a member is Healthy again"},
      {"health.listener-grace", &control.health.listener_grace, "duration",
       "from a member's entering service until its listener's health check counts"},
      {"health.absence-gap", &control.health.absence_gap, "duration",
       "between the first and the last list without an instance, until it may be held to be gone"},
      {"health.loss-patience", &control.loss_patience, "duration",
       "how long more than 30 % of an account's instances must be missing until that is believed"},
      {"loop.store-retry", &control.store_retry, "duration",
       "between tries while the database is away"},

      {"threads.api", &config.api_threads, "threads", "for requests"},
      {"threads.work", &config.work_threads, "threads",
       "for activities: calls to the cloud that run at the same time"},
      {"threads.evaluate", &config.evaluate_threads, "threads", "for policy evaluation"},
      {"threads.notify", &config.notify_threads, "threads", "for webhooks and e-mail"},
      {"threads.queue", &config.queue, "tasks", "that may wait in each lane"},
      {"shutdown.grace", &config.shutdown_grace, "duration",
       "how long calls may finish after SIGTERM"},

      {"tasks.misfire-grace", &control.misfire_grace, "duration",
       "a due instant of a scheduled task that was missed by more than this does not fire"},
      {"tasks.keep", &control.keep_occurrences, "duration",
       "how long what became of due instants stays in the database"},

      {"notify.retry-min", &control.notify.retry_min, "duration",
       "first back-off of a notification that was not delivered"},
      {"notify.retry-max", &control.notify.retry_max, "duration",
       "longest back-off of a notification"},
      {"notify.give-up", &control.notify.give_up, "duration",
       "a notification of this age that fails once more is dead-lettered"},
      {"notify.keep", &control.notify.keep, "duration",
       "how long delivered and dead-lettered notifications stay in the database"},
  };
  for (base::Setting& setting : CloudMannersSettingsOf(config.manners)) settings.push_back(setting);
  for (base::Setting& setting : NotifySettingsOf(config.notify_words)) settings.push_back(setting);
  return settings;
}

absl::StatusOr<Config> ReadConfig(absl::Span<const std::string> args,
                                  base::Environment environment) {
  Config config;
  config.cloud.api.region.clear();
  RETURN_IF_ERROR(base::ReadSettings(kEngineProgram, SettingsOf(config), args, environment));
  if (config.cloud.api.region.empty()) config.cloud.api.region = config.region;
  // One number for the loops' check of the lease and for the socket.
  config.control.cloud_call_timeout = config.cloud.api.call_timeout;

  const auto wrong = [](absl::string_view key, absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat(key, " ", why));
  };
  if (config.language == "zh") {
    config.control.language = activity::Language::kChinese;
  } else if (config.language == "en") {
    config.control.language = activity::Language::kEnglish;
  } else {
    return wrong("causes.language", "must be zh or en");
  }
  if (!absl::LoadTimeZone(config.time_zone, &config.control.time_zone)) {
    return wrong("region.time-zone", "is no name of the time zone database");
  }
  config.control.steps.time_zone = config.control.time_zone;
  base::LogLevel level;
  if (!base::ParseLogLevel(config.log_level, &level))
    return wrong("log.level", "must be debug, info, warning or error");
  if (config.key_file.empty())
    return wrong("secrets.key-file", "is needed: make one with `accordion-engine init-key FILE`");
  if (config.period_floor < domain::kMinPeriodFloor)
    return wrong("policy.period-floor", "must be at least 5s");
  // The lease is renewed each quarter of its life. Right before a renewal a call must still fit
  // into what is left, or launches would wait for their turn. The lease is renewed each quarter of
  // its life; what is left just before a renewal must hold a call (ADR 3).
  if (4 * (config.cloud.api.call_timeout + config.control.lease_margin) >=
      3 * config.control.lease_ttl) {
    return wrong("cloud.call-timeout",
                 "and lease.margin must fit into three quarters of lease.ttl, "
                 "or calls to the cloud would have to wait for renewals");
  }
  cloud::AddressTerms& terms = config.cloud.kec.address_terms;
  const auto lines = cloud::ParsePairs(config.lines);
  if (!lines.ok()) return wrong("cloud.lines", lines.status().message());
  terms.line_ids = *lines;
  const auto charge_types = cloud::ParsePairs(config.address_charge_types);
  if (!charge_types.ok())
    return wrong("cloud.address-charge-types", charge_types.status().message());
  terms.charge_types = *charge_types;
  RETURN_IF_ERROR(ApplyManners(config.manners, config.control.steps.boot_poll, config.cloud));
  ASSIGN_OR_RETURN(config.notify,
                   NotifyOptionsOf(config.notify_words, config.region, config.control.time_zone));
  return config;
}

}  // namespace accordion
