// Remote-write bodies: hostile lengths allocate nothing, the limits hold, and what is read must be
// what protobuf's own parser finds.
#include <google/protobuf/unknown_field_set.h>
#include <snappy.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "api-gateway/limits.h"
#include "api-gateway/remote_write/series_mapping.h"
#include "api-gateway/remote_write/write_request.h"
#include "tests/fuzz/finding.h"
#include "tests/fuzz/targets.h"

namespace accordion::fuzz {
namespace {

using ::google::protobuf::UnknownField;
using ::google::protobuf::UnknownFieldSet;

const gateway::SeriesMapping& Mapping() {
  static const auto* const mapping = new gateway::SeriesMapping(
      *gateway::SeriesMapping::Build({"instance_id", "listener_id", {}}));
  return *mapping;
}

// One series as text.
class SeriesText {
 public:
  void Label(absl::string_view name, absl::string_view value) {
    absl::StrAppend(&text_, "label ", name, "=", value, ";");
  }
  void Sample(double value, std::int64_t timestamp_ms) {
    absl::StrAppend(&samples_, "sample ", std::bit_cast<std::uint64_t>(value), "@", timestamp_ms,
                    ";");
  }
  std::string Take() const { return text_ + samples_; }

 private:
  std::string text_, samples_;
};

// The members of `bytes` that have this number and are length-delimited; false: not a message.
bool Submessages(const std::string& bytes, int number, std::vector<std::string>* members,
                 UnknownFieldSet* fields) {
  if (!fields->ParseFromString(bytes)) return false;
  for (int i = 0; i < fields->field_count(); ++i) {
    const UnknownField& field = fields->field(i);
    if (field.number() == number && field.type() == UnknownField::TYPE_LENGTH_DELIMITED) {
      members->push_back(field.length_delimited());
    }
  }
  return true;
}

// The series by protobuf's parser, in the same text; false where one of the messages is none.
bool ReadByProtobuf(const std::string& bytes, std::vector<std::string>* all) {
  std::vector<std::string> series;
  UnknownFieldSet request;
  if (!Submessages(bytes, 1, &series, &request)) return false;
  for (const std::string& one : series) {
    SeriesText text;
    std::vector<std::string> labels, samples;
    UnknownFieldSet fields, again;
    if (!Submessages(one, 1, &labels, &fields) || !Submessages(one, 2, &samples, &again)) {
      return false;
    }
    for (const std::string& label : labels) {
      std::vector<std::string> names, values;
      UnknownFieldSet parts, same_parts;
      if (!Submessages(label, 1, &names, &parts) || !Submessages(label, 2, &values, &same_parts)) {
        return false;
      }
      text.Label(names.empty() ? "" : names.back(), values.empty() ? "" : values.back());
    }
    for (const std::string& sample : samples) {
      UnknownFieldSet parts;
      if (!parts.ParseFromString(sample)) return false;
      double value = 0;
      std::int64_t timestamp_ms = 0;
      for (int i = 0; i < parts.field_count(); ++i) {
        const UnknownField& part = parts.field(i);
        if (part.number() == 1 && part.type() == UnknownField::TYPE_FIXED64) {
          value = std::bit_cast<double>(part.fixed64());
        } else if (part.number() == 2 && part.type() == UnknownField::TYPE_VARINT) {
          timestamp_ms = static_cast<std::int64_t>(part.varint());
        }
      }
      text.Sample(value, timestamp_ms);
    }
    all->push_back(text.Take());
  }
  return true;
}

void CheckBatch(const std::string& bytes) {
  const auto mapped = gateway::MapWriteRequest(Mapping(), bytes);
  if (!mapped.ok()) return;
  const gateway::SampleBatch& batch = mapped->batch;
  Expect(batch.resource_indices.size() == batch.size() && batch.dimensions.size() == batch.size() &&
             batch.timestamps_ms.size() == batch.size(),
         "the columns are of one length");
  Expect(batch.size() + mapped->ignored <= gateway::limits::kMaxSamplesPerWrite,
         "no more samples than allowed");
  Expect(std::set<std::string>(batch.resource_ids.begin(), batch.resource_ids.end()).size() ==
             batch.resource_ids.size(),
         "no resource comes twice");
  for (std::size_t i = 0; i < batch.size(); ++i) {
    Expect(batch.resource_indices[i] < batch.resource_ids.size(), "an index of a resource");
    Expect(std::isfinite(batch.values[i]), "a value is finite");
  }
  for (const std::string& id : batch.resource_ids) {
    Expect(!id.empty() && id.size() <= gateway::limits::kMaxResourceIdBytes, "an id in bounds", id);
  }
}

void CheckParsed(const std::string& bytes) {
  std::vector<std::string> found;
  std::size_t samples = 0;
  const absl::Status status = gateway::ParseWriteRequest(bytes, [&](auto labels, auto values) {
    SeriesText text;
    Expect(labels.size() <= gateway::limits::kMaxLabelsPerSeries, "labels within the limit");
    for (const gateway::WireLabel& label : labels) {
      Expect(label.name.size() <= gateway::limits::kMaxLabelBytes &&
                 label.value.size() <= gateway::limits::kMaxLabelBytes,
             "a label within the limit");
      text.Label(label.name, label.value);
    }
    for (const gateway::WireSample& sample : values) text.Sample(sample.value, sample.timestamp_ms);
    samples += values.size();
    found.push_back(text.Take());
  });
  if (!status.ok()) return;
  Expect(found.size() <= gateway::limits::kMaxSeriesPerWrite &&
             samples <= gateway::limits::kMaxSamplesPerWrite,
         "series and samples within the limits");
  std::vector<std::string> by_protobuf;
  Expect(ReadByProtobuf(bytes, &by_protobuf), "what is read is protobuf", bytes);
  Expect(found == by_protobuf, "protobuf's parser finds the same series", bytes);
  CheckBatch(bytes);
}

}  // namespace

void FuzzRemoteWrite(absl::string_view input) {
  if (const auto bytes = gateway::DecompressSnappy(input); bytes.ok()) {
    Expect(bytes->size() <= gateway::limits::kMaxRemoteWriteDecodedBytes,
           "no more bytes than allowed");
    CheckParsed(*bytes);
  }
  const std::string plain(input);
  CheckParsed(plain);
  std::string compressed;
  snappy::Compress(plain.data(), plain.size(), &compressed);
  const auto restored = gateway::DecompressSnappy(compressed);
  Expect(restored.ok() && *restored == plain, "what a client compresses comes out again", plain);
}

}  // namespace accordion::fuzz
