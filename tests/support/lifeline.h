// The life of an engine under test: it dies at a chosen boundary between it and the world.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace accordion::testing {

// A boundary lies before and after each transaction and each call to the cloud. A dead engine's
// code may still run to the end of its function, but nothing that it asks for happens any more,
// which is all that the world sees of kill -9. Not thread-safe.
class Lifeline {
 public:
  // Whether the engine lives on past the boundary that it has come to.
  bool Pass(absl::string_view boundary) {
    if (dead_) return false;
    ++passed_;
    if (on_pass_) on_pass_();
    if (passed_ != dies_at_) return true;
    Die(boundary);
    return false;
  }
  // Dies at the `number`-th boundary from the beginning, 1 is the first.
  void DieAt(int number) { dies_at_ = number; }
  // Called at the death, once: drops the engine's work.
  void OnDeath(std::function<void()> on_death) { on_death_ = std::move(on_death); }
  // Called at each boundary that it comes to alive.
  void OnPass(std::function<void()> on_pass) { on_pass_ = std::move(on_pass); }

  bool dead() const { return dead_; }
  // Boundaries that it has come to.
  int passed() const { return passed_; }
  // Where it died.
  const std::string& died_at() const { return died_at_; }

 private:
  void Die(absl::string_view boundary) {
    dead_ = true;
    died_at_ = std::string(boundary);
    if (on_death_) on_death_();
  }

  bool dead_ = false;
  int passed_ = 0;
  int dies_at_ = 0;  // 0: lives
  std::string died_at_;
  std::function<void()> on_death_;
  std::function<void()> on_pass_;
};

}  // namespace accordion::testing
