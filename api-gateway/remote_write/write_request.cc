#include "api-gateway/remote_write/write_request.h"

#include <snappy.h>

#include <bit>
#include <cstddef>
#include <vector>

#include "api-gateway/limits.h"

namespace accordion::gateway {
namespace {

// Three bytes of a snappy block copy at most 64.
constexpr std::size_t kMaxSnappyExpansion = 22;

// Field numbers of prometheus.WriteRequest and its parts.
constexpr std::uint32_t kTimeSeries = 1, kLabels = 1, kSamples = 2, kLabelName = 1, kLabelValue = 2,
                        kSampleValue = 1, kSampleTimestamp = 2;

enum WireType : std::uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

// Takes protobuf fields off the front of a buffer. After a fault ok() is false and it is at its
// end.
class WireReader {
 public:
  explicit WireReader(absl::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }

  // The next field's tag; false at the end or after a fault.
  bool Next() {
    if (!ok_ || rest_.empty()) return false;
    const std::uint64_t tag = Varint();
    field_ = static_cast<std::uint32_t>(tag >> 3);
    type_ = static_cast<std::uint32_t>(tag & 7);
    if (field_ == 0 || tag > 0xffffffffu) Fail();
    return ok_;
  }

  bool Is(std::uint32_t field, WireType type) const { return field_ == field && type_ == type; }

  std::uint64_t Varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) break;
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    Fail();
    return 0;
  }

  absl::string_view Bytes() {
    const std::uint64_t length = Varint();
    return Take(length);
  }

  double Double() {
    const absl::string_view raw = Take(sizeof(std::uint64_t));
    if (!ok_) return 0;
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      bits |= static_cast<std::uint64_t>(static_cast<unsigned char>(raw[i])) << (8 * i);
    }
    return std::bit_cast<double>(bits);
  }

  // Passes over the value of a field that nobody reads.
  void Skip() {
    if (type_ == kVarint) {
      Varint();
    } else if (type_ == kFixed64) {
      Take(8);
    } else if (type_ == kBytes) {
      Bytes();
    } else if (type_ == kFixed32) {
      Take(4);
    } else {
      Fail();  // groups are long gone from protobuf
    }
  }

 private:
  absl::string_view Take(std::uint64_t length) {
    if (length > rest_.size()) {
      Fail();
      return {};
    }
    const absl::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }

  void Fail() {
    ok_ = false;
    rest_ = {};
  }

  absl::string_view rest_;
  std::uint32_t field_ = 0;
  std::uint32_t type_ = 0;
  bool ok_ = true;
};

absl::Status Malformed() { return absl::InvalidArgumentError("not a remote-write request"); }

bool ReadLabel(absl::string_view bytes, WireLabel* label) {
  WireReader reader(bytes);
  while (reader.Next()) {
    if (reader.Is(kLabelName, kBytes)) {
      label->name = reader.Bytes();
    } else if (reader.Is(kLabelValue, kBytes)) {
      label->value = reader.Bytes();
    } else {
      reader.Skip();
    }
  }
  return reader.ok() && label->name.size() <= limits::kMaxLabelBytes &&
         label->value.size() <= limits::kMaxLabelBytes;
}

bool ReadSample(absl::string_view bytes, WireSample* sample) {
  WireReader reader(bytes);
  while (reader.Next()) {
    if (reader.Is(kSampleValue, kFixed64)) {
      sample->value = reader.Double();
    } else if (reader.Is(kSampleTimestamp, kVarint)) {
      sample->timestamp_ms = static_cast<std::int64_t>(reader.Varint());
    } else {
      reader.Skip();
    }
  }
  return reader.ok();
}

struct Series {
  std::vector<WireLabel> labels;
  std::vector<WireSample> samples;
};

absl::Status ReadSeries(absl::string_view bytes, std::size_t samples_left, Series* series) {
  series->labels.clear();
  series->samples.clear();
  WireReader reader(bytes);
  while (reader.Next()) {
    if (reader.Is(kLabels, kBytes)) {
      if (series->labels.size() >= limits::kMaxLabelsPerSeries) {
        return absl::InvalidArgumentError("too many labels in a series");
      }
      if (!ReadLabel(reader.Bytes(), &series->labels.emplace_back())) return Malformed();
    } else if (reader.Is(kSamples, kBytes)) {
      if (series->samples.size() >= samples_left) {
        return absl::InvalidArgumentError("too many samples in a request");
      }
      if (!ReadSample(reader.Bytes(), &series->samples.emplace_back())) return Malformed();
    } else {
      reader.Skip();
    }
  }
  return reader.ok() ? absl::OkStatus() : Malformed();
}

}  // namespace

absl::StatusOr<std::string> DecompressSnappy(absl::string_view body) {
  std::size_t length = 0;
  if (!snappy::GetUncompressedLength(body.data(), body.size(), &length)) {
    return absl::InvalidArgumentError("body is not a snappy block");
  }
  if (length > limits::kMaxRemoteWriteDecodedBytes || length > body.size() * kMaxSnappyExpansion) {
    return absl::InvalidArgumentError("body declares an impossible or too large length");
  }
  std::string bytes(length, '\0');
  if (!snappy::RawUncompress(body.data(), body.size(), bytes.data())) {
    return absl::InvalidArgumentError("body is not a snappy block");
  }
  return bytes;
}

absl::Status ParseWriteRequest(
    absl::string_view bytes,
    absl::FunctionRef<void(absl::Span<const WireLabel>, absl::Span<const WireSample>)> series) {
  WireReader reader(bytes);
  Series read;
  std::size_t series_count = 0;
  std::size_t sample_count = 0;
  while (reader.Next()) {
    if (!reader.Is(kTimeSeries, kBytes)) {
      reader.Skip();
      continue;
    }
    if (++series_count > limits::kMaxSeriesPerWrite) {
      return absl::InvalidArgumentError("too many series in a request");
    }
    absl::Status status =
        ReadSeries(reader.Bytes(), limits::kMaxSamplesPerWrite - sample_count, &read);
    if (!status.ok()) return status;
    sample_count += read.samples.size();
    series(read.labels, read.samples);
  }
  return reader.ok() ? absl::OkStatus() : Malformed();
}

}  // namespace accordion::gateway
