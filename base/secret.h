// A value that cannot be printed by accident: no stream operator, no implicit conversion, and its
// memory is wiped when it goes. `Reveal()` is what a review greps for.
#pragma once

#include <string.h>

#include <string>
#include <utility>

namespace accordion::base {

// T is a contiguous container of bytes (std::string, std::vector<uint8_t>). Not thread-safe, as T.
template <typename T>
class Secret {
 public:
  Secret() = default;
  explicit Secret(T value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : value_(other.value_) { other.Wipe(); }
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      Wipe();
      value_ = other.value_;
    }
    return *this;
  }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      Wipe();
      value_.swap(other.value_);
    }
    return *this;
  }
  ~Secret() { Wipe(); }

  // The value. Its users must neither log it nor keep copies.
  const T& Reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

  // Takes a time that depends on the length only, so a prefix cannot be guessed by measuring.
  friend bool operator==(const Secret& a, const Secret& b) {
    if (a.value_.size() != b.value_.size()) return false;
    unsigned char difference = 0;
    for (size_t i = 0; i < a.value_.size(); ++i) {
      difference |= static_cast<unsigned char>(a.value_[i] ^ b.value_[i]);
    }
    return difference == 0;
  }

 private:
  void Wipe() {
    // The whole capacity: an earlier, longer value may stand behind the end.
    value_.resize(value_.capacity());
    if (!value_.empty()) explicit_bzero(value_.data(), value_.size());
    value_.clear();
  }

  T value_;
};

using SecretString = Secret<std::string>;

}  // namespace accordion::base
