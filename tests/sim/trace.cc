#include "tests/sim/trace.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace accordion::sim {
namespace {

constexpr size_t kKeptLines = 120;

}  // namespace

void Trace::MixNumber(uint64_t number) {
  // FNV-1a over words; enough to tell runs apart.
  hash_ = (hash_ ^ number) * 1099511628211u;
  hash_ ^= hash_ >> 29;
}

void Trace::MixBytes(absl::string_view bytes) {
  for (const char c : bytes) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 1099511628211u;
}

void Trace::Mix(absl::Time now, absl::string_view kind, uint64_t number) {
  MixNumber(static_cast<uint64_t>(absl::ToUnixNanos(now)));
  MixNumber(kind.empty() ? 0 : static_cast<unsigned char>(kind[0]));
  MixNumber(number);
}

void Trace::Note(absl::Time now, absl::string_view kind, absl::FunctionRef<std::string()> words) {
  const std::string text = words();
  MixNumber(static_cast<uint64_t>(absl::ToUnixNanos(now)));
  MixBytes(kind);
  MixBytes(text);
  if (lines_ == Lines::kNone) return;
  const std::string line =
      absl::StrFormat("%12.3f %-9s %s", absl::ToDoubleSeconds(now - start_), kind, text);
  if (lines_ == Lines::kPrintAll) std::printf("%s\n", line.c_str());
  last_.push_back(line);
  if (last_.size() > kKeptLines) last_.pop_front();
}

}  // namespace accordion::sim
