// Every limit of the gateway, with where its number comes from.
//
// A limit that an operator may need to move is a setting (config.cc) whose default stands here.
// "reliability.md" names the project's design page on failure and abuse.
#pragma once

#include <cstddef>
#include <cstdint>

namespace accordion::gateway::limits {

// --- one API request (reliability.md C10) ---
inline constexpr std::size_t kMaxHeaderBytes = std::size_t{16} * 1024;
inline constexpr std::size_t kMaxTargetBytes =
    std::size_t{32} * 1024;  // UserData: 16 KiB in base64, and the rest
inline constexpr std::size_t kMaxApiBodyBytes = std::size_t{64} * 1024;
// Not the 512 of C10: an id list of 1000 (semantics.md §2) must fit, with the rest of its request.
inline constexpr std::size_t kMaxParameters = 1100;
inline constexpr std::size_t kMaxParameterNameBytes = 128;
inline constexpr std::size_t kMaxParameterValueBytes = std::size_t{24} * 1024;

// --- one parameter (semantics.md §2, proto/openapi/v1/options.proto) ---
inline constexpr std::size_t kDefaultMaxElements = 1000;  // id lists
inline constexpr std::size_t kDefaultMaxLength = 256;     // characters of a string
inline constexpr int kMaxJsonDepth = 4;                   // reliability.md E11
inline constexpr std::size_t kMaxJsonValues = 256;  // Metric has six keys; room for unknown ones
inline constexpr std::size_t kMaxClientTokenBytes = 64;  // semantics.md §2

// --- signatures (semantics.md §12) ---
inline constexpr int kSignatureWindowSeconds = 15 * 60;
inline constexpr std::size_t kMaxAccessKeyBytes = 128;  // longer ids are unknown without asking
inline constexpr std::size_t kMaxSignedHeaders = 64;    // a client signs about five
inline constexpr std::size_t kMaxSigningKeys = 16384;   // one an active key and day; ~10 MB
inline constexpr std::size_t kMaxEchoBytes = 512;  // of a client's own text inside an error message

// --- credentials (architecture.md §4: keys are cached 60 s) ---
inline constexpr int kCredentialTtlSeconds = 60;
inline constexpr int kUnknownCredentialTtlSeconds = 5;  // a key just created works within 5 s
inline constexpr std::size_t kMaxCachedCredentials =
    65536;  // ~30 MB; random unknown keys cannot grow it

// --- throttle: generous by default, one bucket an account and action ---
inline constexpr double kThrottleRequestsPerSecond = 200;
inline constexpr double kThrottleBurst = 400;
inline constexpr std::size_t kMaxThrottleBuckets = 65536;

// --- failed signatures (reliability.md E6): a client with a wrong key repeats itself for hours ---
inline constexpr double kKeyFailuresPerSecond = 20;
inline constexpr double kKeyFailureBurst = 1000;
inline constexpr double kAddressFailuresPerSecond = 200;
inline constexpr double kAddressFailureBurst = 10000;
inline constexpr std::size_t kMaxFailureBuckets = 65536;

// --- engine ---
inline constexpr int kEngineDeadlineMs = 8000;          // reliability.md C10
inline constexpr int kMaxEngineMessageBytes = 4 << 20;  // reliability.md E12
inline constexpr std::size_t kMaxInFlight = 4096;  // calls; past it: ServiceUnavailable at once

// --- remote-write (reliability.md E12, A27: a 5-byte body must not allocate gigabytes) ---
inline constexpr std::size_t kMaxRemoteWriteBodyBytes = std::size_t{4} << 20;  // compressed
inline constexpr std::size_t kMaxRemoteWriteDecodedBytes = std::size_t{4}
                                                           << 20;  // what snappy declares
inline constexpr std::size_t kMaxSeriesPerWrite = 5000;
inline constexpr std::size_t kMaxLabelsPerSeries = 64;
inline constexpr std::size_t kMaxLabelBytes = 1024;
inline constexpr std::size_t kMaxSamplesPerWrite = 100000;
inline constexpr std::size_t kMaxResourceIdBytes = 64;  // a UUID has 36
inline constexpr std::size_t kMaxUnackedBatches = 256;  // of the engine stream, this process
inline constexpr std::size_t kMaxUnackedBytes = std::size_t{64} << 20;
inline constexpr int kIngestAckTimeoutMs = 5000;  // then 503: the sender repeats
inline constexpr int kReconnectMinMs = 100;
inline constexpr int kReconnectMaxMs = 5000;

}  // namespace accordion::gateway::limits
