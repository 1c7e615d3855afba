#include "persistence/json_columns.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <type_traits>

#include "persistence/column_text.h"
#include "persistence/enum_columns.h"

namespace nlohmann {

template <typename Tag, typename Rep>
struct adl_serializer<accordion::domain::StrongId<Tag, Rep>> {
  static void to_json(json& j, const accordion::domain::StrongId<Tag, Rep>& id) { j = id.value(); }
  static void from_json(const json& j, accordion::domain::StrongId<Tag, Rep>& id) {
    id = accordion::domain::StrongId<Tag, Rep>(j.get<Rep>());
  }
};

template <typename T>
struct adl_serializer<std::optional<T>> {
  static void to_json(json& j, const std::optional<T>& value) {
    if (value.has_value()) {
      j = *value;
    } else {
      j = nullptr;
    }
  }
  static void from_json(const json& j, std::optional<T>& value) {
    if (j.is_null()) {
      value.reset();
    } else {
      value = j.get<T>();
    }
  }
};

template <>
struct adl_serializer<absl::Time> {
  static void to_json(json& j, absl::Time time) { j = accordion::persistence::TimestampText(time); }
  static void from_json(const json& j, absl::Time& time) {
    time = accordion::persistence::ParseTimestamp(j.get_ref<const std::string&>());
  }
};

template <>
struct adl_serializer<absl::Duration> {
  static void to_json(json& j, absl::Duration duration) { j = absl::ToInt64Microseconds(duration); }
  static void from_json(const json& j, absl::Duration& duration) {
    duration = absl::Microseconds(j.get<int64_t>());
  }
};

template <>
struct adl_serializer<accordion::base::SecretString> {
  static void to_json(json& j, const accordion::base::SecretString& secret) { j = secret.Reveal(); }
  static void from_json(const json& j, accordion::base::SecretString& secret) {
    secret = accordion::base::SecretString(j.get<std::string>());
  }
};

// Enumerations as their column words.
template <typename Enum>
requires std::is_enum_v<Enum>
struct adl_serializer<Enum> {
  static void to_json(json& j, Enum value) { j = accordion::persistence::WordOf(value); }
  static void from_json(const json& j, Enum& value) {
    value = accordion::persistence::EnumOf<Enum>(j.get_ref<const std::string&>());
  }
};

}  // namespace nlohmann

// Found by nlohmann/json through argument-dependent look-up.
namespace accordion::domain {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SlbConfig, load_balancer_id, listener_id, ports, weight,
                                   health_check)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Registration, listener_id, port, register_id)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(BoughtAddress, allocation_id, project_id)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DataDisk, type, size_gb, delete_with_instance, snapshot_id)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Tag, key, value)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlacementPair, subnet_id, instance_type)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SystemDisk, type, size_gb, resize_type)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(AddressSettings, bandwidth_mbps, bandwidth_share_id, line_id,
                                   project_id, charge_type)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PeriodVerdict, start, breach, value, reporting, silent)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(MetricRule, dimension, comparison, statistic, threshold,
                                   repeat_times, period)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Adjustment, type, value)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ScalingPolicy, id, group_id, account_id, name, rule, adjustment,
                                   cooldown, create_time, edited_at, version)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ScalingConfiguration, id, account_id, name, image_id,
                                   instance_types, charge_type, project_id, password, key_ids,
                                   keep_image_login, data_disk_gb, data_disks, system_disk, address,
                                   instance_name, instance_name_suffix, instance_name_time_suffix,
                                   user_data, tags, need_monitor_agent, need_security_agent,
                                   sync_tag, login_set_after, ip_bind_after, instance_name_random,
                                   create_time, version, cpu, memory_gb, gpu, zones)

}  // namespace accordion::domain

namespace accordion::activity {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Refusal, pair, failure, count)

}  // namespace accordion::activity

namespace accordion::persistence {

namespace {

template <typename T>
std::string Dump(const T& value) {
  return nlohmann::json(value).dump();
}

template <typename T>
void Load(absl::string_view text, T& value) {
  value = nlohmann::json::parse(text.begin(), text.end()).get<T>();
}

}  // namespace

std::string JsonText(const std::vector<domain::SlbConfig>& configs) { return Dump(configs); }
std::string JsonText(const std::vector<domain::Registration>& registrations) {
  return Dump(registrations);
}
std::string JsonText(const domain::BoughtAddress& address) { return Dump(address); }
std::string JsonText(const std::vector<domain::DataDisk>& disks) { return Dump(disks); }
std::string JsonText(const std::vector<domain::Tag>& tags) { return Dump(tags); }
std::string JsonText(const std::vector<domain::PlacementPair>& pairs) { return Dump(pairs); }
std::string JsonText(const std::vector<activity::Refusal>& refusals) { return Dump(refusals); }
std::string JsonText(const std::vector<domain::PeriodVerdict>& periods) { return Dump(periods); }
std::string JsonText(const domain::SystemDisk& disk) { return Dump(disk); }
std::string JsonText(const domain::AddressSettings& address) { return Dump(address); }
std::string JsonText(const domain::ScalingPolicy& policy) { return Dump(policy); }
std::string JsonText(const domain::ScalingConfiguration& configuration) {
  return Dump(configuration);
}

void ParseJson(absl::string_view text, std::vector<domain::SlbConfig>& configs) {
  Load(text, configs);
}
void ParseJson(absl::string_view text, std::vector<domain::Registration>& registrations) {
  Load(text, registrations);
}
void ParseJson(absl::string_view text, domain::BoughtAddress& address) { Load(text, address); }
void ParseJson(absl::string_view text, std::vector<domain::DataDisk>& disks) { Load(text, disks); }
void ParseJson(absl::string_view text, std::vector<domain::Tag>& tags) { Load(text, tags); }
void ParseJson(absl::string_view text, std::vector<domain::PlacementPair>& pairs) {
  Load(text, pairs);
}
void ParseJson(absl::string_view text, std::vector<activity::Refusal>& refusals) {
  Load(text, refusals);
}
void ParseJson(absl::string_view text, std::vector<domain::PeriodVerdict>& periods) {
  Load(text, periods);
}
void ParseJson(absl::string_view text, domain::SystemDisk& disk) { Load(text, disk); }
void ParseJson(absl::string_view text, domain::AddressSettings& address) { Load(text, address); }
void ParseJson(absl::string_view text, domain::ScalingPolicy& policy) { Load(text, policy); }
void ParseJson(absl::string_view text, domain::ScalingConfiguration& configuration) {
  Load(text, configuration);
}

}  // namespace accordion::persistence
