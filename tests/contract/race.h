// Two bodies that run at the same time, again and again.
#pragma once

#include <barrier>
#include <thread>

namespace accordion::testing {

// Runs both in threads that start together, `rounds` times; `after(round)` checks, with both at
// rest.
template <typename One, typename Two, typename After>
void Race(int rounds, One one, Two two, After after) {
  std::barrier barrier(3);
  const auto runner = [&](auto body) {
    return [&barrier, rounds, body] {
      for (int round = 0; round < rounds; ++round) {
        barrier.arrive_and_wait();
        body(round);
        barrier.arrive_and_wait();
      }
    };
  };
  std::thread first(runner(one));
  std::thread second(runner(two));
  for (int round = 0; round < rounds; ++round) {
    barrier.arrive_and_wait();
    barrier.arrive_and_wait();
    after(round);
  }
  first.join();
  second.join();
}

}  // namespace accordion::testing
