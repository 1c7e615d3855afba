// The engine's settings: each key is declared once, in config.cc, with its unit and meaning;
// defaults are here.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/settings.h"
#include "engine/cloud/cloud.h"
#include "engine/cloud_config.h"
#include "engine/control/settings.h"
#include "engine/notify_config.h"

namespace accordion {

struct Config {
  std::string listen = "127.0.0.1:7070";
  std::string admin_listen = "127.0.0.1:7071";
  std::string port_file;
  std::string log_level = "info";

  std::string postgres_dsn = "dbname=accordion";
  std::string key_file;
  int writers = 12;
  int readers = 4;

  std::string region = "cn-beijing-6";
  std::string time_zone = "Asia/Shanghai";
  std::string language = "zh";

  absl::Duration period_floor = domain::kMinPeriod;
  bool decimal_thresholds = false;

  int api_threads = 8;
  int work_threads = 16;
  int evaluate_threads = 2;
  int notify_threads = 8;
  int queue = 10000;

  control::Settings control;
  cloud::CloudOptions cloud;
  std::vector<std::string> lines;                 // "NAME=ID"
  std::vector<std::string> address_charge_types;  // "INSTANCE'S=ADDRESS'S"
  CloudManners manners;
  NotifyConfig notify_words;
  notify::NotifyOptions notify;  // made of the words
  absl::Duration shutdown_grace = absl::Seconds(25);
};

extern const base::ProgramName kEngineProgram;

// The keys bound to `config`.
std::vector<base::Setting> SettingsOf(Config& config);

// Reads flags, environment and file, and checks what must fit together. InvalidArgument says which
// key is wrong and how.
absl::StatusOr<Config> ReadConfig(absl::Span<const std::string> args,
                                  base::Environment environment);

}  // namespace accordion
