#include "engine/control/thread_pool_executor.h"

#include <utility>

namespace accordion::control {

ThreadPoolExecutor::ThreadPoolExecutor(const base::Clock& clock, const Options& options)
    : clock_(clock) {
  {
    absl::MutexLock lock(&mutex_);
    for (size_t lane = 0; lane < options.size(); ++lane) lanes_[lane].limit = options[lane].queue;
  }
  for (size_t lane = 0; lane < options.size(); ++lane) {
    for (int i = 0; i < options[lane].threads; ++i) {
      threads_.emplace_back([this, lane] { RunLane(static_cast<ports::Lane>(lane)); });
    }
  }
  threads_.emplace_back([this] { RunTimers(); });
}

ThreadPoolExecutor::~ThreadPoolExecutor() { Stop(); }

ThreadPoolExecutor::LaneState& ThreadPoolExecutor::StateOf(ports::Lane lane) {
  return lanes_[static_cast<size_t>(lane)];
}

void ThreadPoolExecutor::Enqueue(ports::Lane lane, std::function<void()> work) {
  StateOf(lane).queue.push_back(std::move(work));
  lane_filled_[static_cast<size_t>(lane)].Signal();
}

bool ThreadPoolExecutor::Submit(ports::Lane lane, std::function<void()> work) {
  absl::MutexLock lock(&mutex_);
  if (stopped_ || StateOf(lane).queue.size() >= StateOf(lane).limit) return false;
  Enqueue(lane, std::move(work));
  return true;
}

void ThreadPoolExecutor::SubmitAt(ports::Lane lane, absl::Time when, std::function<void()> work) {
  absl::MutexLock lock(&mutex_);
  if (stopped_) return;
  const auto timer = timers_.emplace(when, Timer{lane, std::move(work)});
  if (timer == timers_.begin()) timers_changed_.Signal();
}

void ThreadPoolExecutor::RunLane(ports::Lane lane) {
  while (true) {
    std::function<void()> work;
    {
      absl::MutexLock lock(&mutex_);
      while (!stopped_ && StateOf(lane).queue.empty())
        lane_filled_[static_cast<size_t>(lane)].Wait(&mutex_);
      if (stopped_) return;
      work = std::move(StateOf(lane).queue.front());
      StateOf(lane).queue.pop_front();
    }
    work();
  }
}

void ThreadPoolExecutor::RunTimers() {
  absl::MutexLock lock(&mutex_);
  while (!stopped_) {
    if (timers_.empty()) {
      timers_changed_.Wait(&mutex_);
      continue;
    }
    const absl::Time first = timers_.begin()->first;
    if (first > clock_.Now()) {
      timers_changed_.WaitWithDeadline(&mutex_, first);
      continue;
    }
    Timer timer = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
    Enqueue(timer.lane, std::move(timer.work));
  }
}

void ThreadPoolExecutor::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    if (std::exchange(stopped_, true)) return;
    for (absl::CondVar& filled : lane_filled_) filled.SignalAll();
    timers_changed_.SignalAll();
  }
  for (std::thread& thread : threads_) thread.join();
  absl::MutexLock lock(&mutex_);
  timers_.clear();
  for (LaneState& lane : lanes_) lane.queue.clear();
}

size_t ThreadPoolExecutor::QueueDepth(ports::Lane lane) const {
  absl::MutexLock lock(&mutex_);
  return lanes_[static_cast<size_t>(lane)].queue.size();
}

}  // namespace accordion::control
