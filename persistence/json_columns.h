// Values that columns hold as JSON: small lists that are read and written whole and never searched.
//
// The Parse functions read what the JsonText functions wrote; they throw std::exception for
// anything else, which the wall (pg_status.h) turns into kInternal.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/activity/activity.h"
#include "engine/domain/member.h"
#include "engine/domain/metric_window.h"
#include "engine/domain/placement.h"
#include "engine/domain/scaling_configuration.h"
#include "engine/domain/scaling_group.h"
#include "engine/domain/scaling_policy.h"

namespace accordion::persistence {

std::string JsonText(const std::vector<domain::SlbConfig>& configs);
std::string JsonText(const std::vector<domain::Registration>& registrations);
std::string JsonText(const domain::BoughtAddress& address);
std::string JsonText(const std::vector<domain::DataDisk>& disks);
std::string JsonText(const std::vector<domain::Tag>& tags);
std::string JsonText(const std::vector<domain::PlacementPair>& pairs);
std::string JsonText(const std::vector<activity::Refusal>& refusals);
std::string JsonText(const std::vector<domain::PeriodVerdict>& periods);
std::string JsonText(const domain::SystemDisk& disk);
std::string JsonText(const domain::AddressSettings& address);
std::string JsonText(const domain::ScalingPolicy& policy);
// With its secrets: only ever stored sealed.
std::string JsonText(const domain::ScalingConfiguration& configuration);

void ParseJson(absl::string_view text, std::vector<domain::SlbConfig>& configs);
void ParseJson(absl::string_view text, std::vector<domain::Registration>& registrations);
void ParseJson(absl::string_view text, domain::BoughtAddress& address);
void ParseJson(absl::string_view text, std::vector<domain::DataDisk>& disks);
void ParseJson(absl::string_view text, std::vector<domain::Tag>& tags);
void ParseJson(absl::string_view text, std::vector<domain::PlacementPair>& pairs);
void ParseJson(absl::string_view text, std::vector<activity::Refusal>& refusals);
void ParseJson(absl::string_view text, std::vector<domain::PeriodVerdict>& periods);
void ParseJson(absl::string_view text, domain::SystemDisk& disk);
void ParseJson(absl::string_view text, domain::AddressSettings& address);
void ParseJson(absl::string_view text, domain::ScalingPolicy& policy);
void ParseJson(absl::string_view text, domain::ScalingConfiguration& configuration);

}  // namespace accordion::persistence
