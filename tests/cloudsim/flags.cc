#include "tests/cloudsim/flags.h"

#include <fstream>
#include <map>
#include <optional>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "tests/cloudsim/region/default_region.h"
#include "tests/cloudsim/region_config.h"

namespace accordion::cloudsim {
namespace {

absl::StatusOr<std::map<std::string, std::string>> ReadPairs(
    const std::vector<std::string>& arguments) {
  std::map<std::string, std::string> pairs;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    absl::string_view name = arguments[i];
    if (!absl::ConsumePrefix(&name, "--")) {
      return absl::InvalidArgumentError(absl::StrCat("'", arguments[i], "' is no flag"));
    }
    if (name == "help") {
      pairs["help"] = "";
    } else if (name.find('=') != absl::string_view::npos) {
      const std::pair<std::string, std::string> pair =
          absl::StrSplit(name, absl::MaxSplits('=', 1));
      pairs[pair.first] = pair.second;
    } else if (i + 1 < arguments.size()) {
      pairs[std::string(name)] = arguments[++i];
    } else {
      return absl::InvalidArgumentError(absl::StrCat("--", name, " needs a value"));
    }
  }
  return pairs;
}

absl::StatusOr<RegionSpec> ReadConfig(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return absl::NotFoundError(absl::StrCat("--config: can't read ", path));
  return ReadRegionSpec(text.str());
}

// The flags by name; each is taken out once it is read, so that what is left is unknown.
class FlagReader {
 public:
  explicit FlagReader(std::map<std::string, std::string> pairs) : pairs_(std::move(pairs)) {}

  std::optional<std::string> Take(const std::string& name) {
    const auto it = pairs_.find(name);
    if (it == pairs_.end()) return std::nullopt;
    std::string value = std::move(it->second);
    pairs_.erase(it);
    return value;
  }
  template <typename Integer>
  void TakeInt(const std::string& name, Integer& field) {
    const std::optional<std::string> text = Take(name);
    if (text && !absl::SimpleAtoi(*text, &field)) Fail(name);
  }
  void TakePort(const std::string& name, int& field) {
    TakeInt(name, field);
    if (field < 0 || field > 65535) Fail(name);
  }
  void TakeMilliseconds(const std::string& name, absl::Duration& field) {
    int64_t milliseconds = absl::ToInt64Milliseconds(field);
    TakeInt(name, milliseconds);
    if (milliseconds < 0) Fail(name);
    field = absl::Milliseconds(milliseconds);
  }
  // A duration as Abseil writes it (`15m`, `2s`, `500ms`).
  void TakeDuration(const std::string& name, absl::Duration& field) {
    const std::optional<std::string> text = Take(name);
    if (text && (!absl::ParseDuration(*text, &field) || field < absl::ZeroDuration())) Fail(name);
  }
  absl::Status Finish() const {
    if (!status_.ok() || pairs_.empty()) return status_;
    return absl::InvalidArgumentError(absl::StrCat("no flag --", pairs_.begin()->first));
  }

 private:
  void Fail(const std::string& name) {
    status_ = absl::InvalidArgumentError(absl::StrCat("--", name, ": wrong value"));
  }

  std::map<std::string, std::string> pairs_;
  absl::Status status_;
};

}  // namespace

const char* HelpText() {
  return R"(accordion-cloudsim: a simulated cloud region on loopback.

It speaks the cloud's OpenAPI (kec, vpc, slb, eip; SigV4) on one port and an operator's interface
on another, and prints {"port":P,"admin_port":A} on a line when both are ready. State is in memory.

  --port N               port of the OpenAPI; 0 (default) takes any free one
  --admin-port N         port of the operator's interface; 0 (default) takes any free one
  --port-file FILE       write the ready line to FILE, too
  --config FILE          the region as JSON (docs/cloudsim.md); default: a built-in cn-beijing-6
  --seed N               of ids, boot times and noise; default 1
  --signature-window D   how far a signature's date may be off, e.g. 15m (default), 2s
  --boot-ms-min N        boot time of an instance, shortest
  --boot-ms-max N        and longest
  --terminate-ms N       time from Terminate to gone
  --describe-lag-ms N    how long DescribeInstances doesn't show a new instance
  --help                 this text
)";
}

absl::StatusOr<Flags> ParseFlags(const std::vector<std::string>& arguments) {
  ASSIGN_OR_RETURN(auto pairs, ReadPairs(arguments));
  FlagReader reader(std::move(pairs));
  Flags flags;
  flags.help = reader.Take("help").has_value();
  SimulatorOptions& simulator = flags.simulator;
  simulator.region = DefaultRegion();
  if (const std::optional<std::string> path = reader.Take("config")) {
    ASSIGN_OR_RETURN(simulator.region, ReadConfig(*path));
  }
  flags.port_file = reader.Take("port-file").value_or("");
  reader.TakePort("port", simulator.port);
  reader.TakePort("admin-port", simulator.admin_port);
  reader.TakeInt("seed", simulator.seed);
  reader.TakeDuration("signature-window", simulator.signature_window);
  reader.TakeMilliseconds("boot-ms-min", simulator.region.boot_min);
  reader.TakeMilliseconds("boot-ms-max", simulator.region.boot_max);
  reader.TakeMilliseconds("terminate-ms", simulator.region.terminate_time);
  reader.TakeMilliseconds("describe-lag-ms", simulator.region.describe_lag);
  RETURN_IF_ERROR(reader.Finish());
  return flags;
}

}  // namespace accordion::cloudsim
