#include "api-gateway/remote_write/series_mapping.h"

#include <google/protobuf/descriptor.h>

#include <cmath>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "accordion/v1/metric_samples.pb.h"
#include "api-gateway/limits.h"

namespace accordion::gateway {
namespace {

constexpr char kMetricNameLabel[] = "__name__";
constexpr char kListenerDimension[] = "listener_";

}  // namespace

absl::StatusOr<SeriesMapping> SeriesMapping::Build(const Settings& settings) {
  absl::flat_hash_map<std::string, std::string> renamed;
  for (const std::string& pair : settings.metric_names) {
    const std::vector<std::string> parts = absl::StrSplit(pair, absl::MaxSplits('=', 1));
    if (parts.size() != 2 || parts[1].empty()) {
      return absl::InvalidArgumentError(absl::StrCat("not dimension=metric: ", pair));
    }
    renamed[parts[0]] = parts[1];
  }
  SeriesMapping mapping;
  const auto* dimensions = v1::MetricDimension_descriptor();
  for (int i = 0; i < dimensions->value_count(); ++i) {
    const auto* value = dimensions->value(i);
    if (value->number() == v1::METRIC_DIMENSION_UNSPECIFIED) continue;
    const std::string name = absl::AsciiStrToLower(value->name());
    const bool of_listener = absl::StartsWith(name, kListenerDimension);
    std::string metric = name;
    if (const auto found = renamed.find(name); found != renamed.end()) {
      metric = found->second;
      renamed.erase(found);
    }
    mapping.by_metric_[metric] = {value->number(),
                                  of_listener ? settings.listener_label : settings.instance_label};
  }
  if (!renamed.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("no such dimension: ", renamed.begin()->first));
  }
  return mapping;
}

std::optional<SeriesMapping::Target> SeriesMapping::Find(absl::Span<const WireLabel> labels) const {
  const auto value_of = [labels](absl::string_view name) {
    for (const WireLabel& label : labels) {
      if (label.name == name) return label.value;
    }
    return absl::string_view();
  };
  const auto found = by_metric_.find(value_of(kMetricNameLabel));
  if (found == by_metric_.end()) return std::nullopt;
  const absl::string_view resource_id = value_of(found->second.label);
  if (resource_id.empty() || resource_id.size() > limits::kMaxResourceIdBytes) return std::nullopt;
  return Target{found->second.value, resource_id};
}

absl::StatusOr<MappedSamples> MapWriteRequest(const SeriesMapping& mapping,
                                              absl::string_view bytes) {
  MappedSamples mapped;
  SampleBatch& batch = mapped.batch;
  absl::flat_hash_map<std::string, std::uint32_t> index_of;
  const absl::Status status = ParseWriteRequest(
      bytes, [&](absl::Span<const WireLabel> labels, absl::Span<const WireSample> samples) {
        const std::optional<SeriesMapping::Target> target = mapping.Find(labels);
        if (!target) {
          mapped.ignored += samples.size();
          return;
        }
        const auto [resource, is_new] = index_of.try_emplace(
            target->resource_id, static_cast<std::uint32_t>(batch.resource_ids.size()));
        if (is_new) batch.resource_ids.emplace_back(target->resource_id);
        for (const WireSample& sample : samples) {
          if (!std::isfinite(sample.value)) {
            ++mapped.ignored;
            continue;
          }
          batch.resource_indices.push_back(resource->second);
          batch.dimensions.push_back(target->dimension);
          batch.timestamps_ms.push_back(sample.timestamp_ms);
          batch.values.push_back(sample.value);
        }
      });
  if (!status.ok()) return status;
  return mapped;
}

}  // namespace accordion::gateway
