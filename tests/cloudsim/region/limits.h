// Every bound of the simulated region, with its source.
#pragma once

#include <cstddef>

namespace accordion::cloudsim {

// DescribeInstances and its kin (clients.md §4: "MaxResults 5–1000, Marker 0-based", default 10).
inline constexpr int kDefaultPageSize = 10;
inline constexpr int kMinPageSize = 5;
inline constexpr int kMaxPageSize = 1000;
// InstanceId.N of DescribeInstances and TerminateInstances (clients.md §4: "1–100").
inline constexpr int kMaxInstanceIdsPerCall = 100;
// Tag.N of RunInstances: the reference's 10 of the user plus the engine's marks (reliability.md
// C3).
inline constexpr int kMaxTagsPerInstance = 20;
// DataDisk.N of RunInstances (ours).
inline constexpr int kMaxDataDisks = 16;
// MaxCount of RunInstances (ours; the real one is a quota).
inline constexpr int kMaxInstancesPerLaunch = 100;
// Addresses a cloud keeps to itself in each subnet: network, gateway, DNS, reserve, broadcast, so
// that a /24 offers 251 as in the sample of clients.md §4.
inline constexpr int kReservedAddressesPerSubnet = 5;
// What the logs keep before they forget the oldest entry (ours: a day of a busy demo).
inline constexpr std::size_t kMaxCallRecords = 200'000;
inline constexpr std::size_t kMaxSampleRecords = 200'000;
// Points of one load curve and rules of one fault plan (ours: bounds the admin interface's input).
inline constexpr std::size_t kMaxCurvePoints = 10'000;
inline constexpr std::size_t kMaxFaultRules = 1'000;

}  // namespace accordion::cloudsim
