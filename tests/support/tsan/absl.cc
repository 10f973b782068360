// What TSan cannot see by itself. The libraries of Abseil and gRPC are built without it, so that a lock of theirs is
// none to it, and everything that such a lock guards a race. What is here stands before them in every program that is
// built with TSan: each function of a lock says what it does, and calls the one that it stands before. Calls from
// within libraries come through it as well, as they are found by the same names.
//
// What is said is what absl/synchronization/mutex.cc says of itself when it is built with TSan, but for conditions: one
// that a lock evaluates for whoever waits on it is evaluated unseen, as there; one that a thread waits for is evaluated
// by the thread itself as well, before and after it waits, where it holds the lock and every access is seen.

#include <sanitizer/tsan_interface.h>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "tests/support/tsan/next.h"

extern "C" {
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
void AnnotateIgnoreWritesBegin(const char* file, int line);
void AnnotateIgnoreWritesEnd(const char* file, int line);
}

namespace {

// Whether this thread is within a function of a lock.
thread_local bool within = false;

class Within {
 public:
  explicit Within(bool now) : before_(within) { within = now; }
  ~Within() { within = before_; }

 private:
  const bool before_;
};

using absl::Condition;
using absl::Duration;
using absl::Mutex;
using absl::Time;
using anju::tsan::Next;

constexpr unsigned kWrite = 0, kRead = __tsan_mutex_read_lock;

// Said before a lock is taken and after it.
class Taking {
 public:
  Taking(Mutex* mutex, unsigned how) : mutex_(mutex), how_(how) { __tsan_mutex_pre_lock(mutex, how); }
  ~Taking() { __tsan_mutex_post_lock(mutex_, how_, 0); }

 private:
  Mutex* const mutex_;
  const unsigned how_;
  const Within inside_{true};
};

void Leave(Mutex* mutex, unsigned how, Next<void(Mutex*)>& leave) {
  __tsan_mutex_pre_unlock(mutex, how);
  {
    const Within inside(true);
    leave(mutex);
  }
  __tsan_mutex_post_unlock(mutex, how);
}

bool Try(Mutex* mutex, unsigned how, Next<bool(Mutex*)>& take) {
  __tsan_mutex_pre_lock(mutex, how | __tsan_mutex_try_lock);
  const bool taken = take(mutex);
  __tsan_mutex_post_lock(mutex, how | __tsan_mutex_try_lock | (taken ? 0 : __tsan_mutex_try_lock_failed), 0);
  return taken;
}

// Gives the lock back, waits, and takes it again.
template <typename Wait>
auto Yielding(Mutex* mutex, Wait wait) {
  // One of them calls another.
  if (within) return wait();
  __tsan_mutex_pre_unlock(mutex, kWrite);
  __tsan_mutex_post_unlock(mutex, kWrite);
  const Taking taking(mutex, kWrite);
  return wait();
}

// Where it is said that something is over: in the second word of who says so, as the first one is its own lock.
void* Over(const void* who) { return static_cast<void**>(const_cast<void*>(who)) + 1; }

constinit Next<void(Mutex*)> destroy("_ZN4absl7debian35MutexD1Ev");
constinit Next<void(Mutex*)> lock("_ZN4absl7debian35Mutex4LockEv");
constinit Next<void(Mutex*)> unlock("_ZN4absl7debian35Mutex6UnlockEv");
constinit Next<bool(Mutex*)> try_lock("_ZN4absl7debian35Mutex7TryLockEv");
constinit Next<void(Mutex*)> reader_lock("_ZN4absl7debian35Mutex10ReaderLockEv");
constinit Next<void(Mutex*)> reader_unlock("_ZN4absl7debian35Mutex12ReaderUnlockEv");
constinit Next<bool(Mutex*)> reader_try_lock("_ZN4absl7debian35Mutex13ReaderTryLockEv");
constinit Next<void(Mutex*, const Condition*)> await("_ZN4absl7debian35Mutex5AwaitERKNS0_9ConditionE");
constinit Next<bool(Mutex*, const Condition*, Time)> await_with_deadline(
    "_ZN4absl7debian35Mutex17AwaitWithDeadlineERKNS0_9ConditionENS0_4TimeE");
constinit Next<bool(Mutex*, const Condition*, Duration)> await_with_timeout(
    "_ZN4absl7debian35Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE");
constinit Next<bool(const Condition*)> eval("_ZNK4absl7debian39Condition4EvalEv");
constinit Next<void(absl::CondVar*, Mutex*)> wait("_ZN4absl7debian37CondVar4WaitEPNS0_5MutexE");
constinit Next<bool(absl::CondVar*, Mutex*, Time)> wait_with_deadline(
    "_ZN4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE");
constinit Next<bool(absl::CondVar*, Mutex*, Duration)> wait_with_timeout(
    "_ZN4absl7debian37CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE");
constinit Next<void(absl::Notification*)> notify("_ZN4absl7debian312Notification6NotifyEv");
constinit Next<void(const absl::Notification*)> wait_for_notification(
    "_ZNK4absl7debian312Notification19WaitForNotificationEv");
constinit Next<bool(absl::BlockingCounter*)> decrement("_ZN4absl7debian315BlockingCounter14DecrementCountEv");
constinit Next<void(absl::BlockingCounter*)> wait_for_zero("_ZN4absl7debian315BlockingCounter4WaitEv");

}  // namespace

namespace absl {
ABSL_NAMESPACE_BEGIN

Mutex::~Mutex() {
  __tsan_mutex_destroy(this, __tsan_mutex_not_static);
  destroy(this);
}

void Mutex::Lock() {
  const Taking taking(this, kWrite);
  lock(this);
}
void Mutex::Unlock() { Leave(this, kWrite, unlock); }
bool Mutex::TryLock() { return Try(this, kWrite, try_lock); }

void Mutex::ReaderLock() {
  const Taking taking(this, kRead);
  reader_lock(this);
}
void Mutex::ReaderUnlock() { Leave(this, kRead, reader_unlock); }
bool Mutex::ReaderTryLock() { return Try(this, kRead, reader_try_lock); }

void Mutex::LockWhen(const Condition& condition) {
  Lock();
  Await(condition);
}
bool Mutex::LockWhenWithDeadline(const Condition& condition, Time deadline) {
  Lock();
  return AwaitWithDeadline(condition, deadline);
}
bool Mutex::LockWhenWithTimeout(const Condition& condition, Duration timeout) {
  Lock();
  return AwaitWithTimeout(condition, timeout);
}

void Mutex::Await(const Condition& condition) {
  if (condition.Eval()) return;
  Yielding(this, [&] { await(this, &condition); });
  condition.Eval();
}
bool Mutex::AwaitWithDeadline(const Condition& condition, Time deadline) {
  if (condition.Eval()) return true;
  Yielding(this, [&] { return await_with_deadline(this, &condition, deadline); });
  return condition.Eval();
}
bool Mutex::AwaitWithTimeout(const Condition& condition, Duration timeout) {
  if (condition.Eval()) return true;
  Yielding(this, [&] { return await_with_timeout(this, &condition, timeout); });
  return condition.Eval();
}

bool Condition::Eval() const {
  if (!within) return eval(this);
  // The lock does it for somebody who waits. Other locks that the condition takes are seen, its accesses are not.
  const Within outside(false);
  __tsan_mutex_pre_divert(nullptr, 0);
  AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
  AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
  const bool is_true = eval(this);
  AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
  AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
  __tsan_mutex_post_divert(nullptr, 0);
  return is_true;
}

void CondVar::Wait(Mutex* mutex) {
  Yielding(mutex, [&] { wait(this, mutex); });
}
bool CondVar::WaitWithDeadline(Mutex* mutex, Time deadline) {
  return Yielding(mutex, [&] { return wait_with_deadline(this, mutex, deadline); });
}
bool CondVar::WaitWithTimeout(Mutex* mutex, Duration timeout) {
  return Yielding(mutex, [&] { return wait_with_timeout(this, mutex, timeout); });
}

void Notification::Notify() {
  __tsan_release(Over(this));
  notify(this);
}

void Notification::WaitForNotification() const {
  wait_for_notification(this);
  __tsan_acquire(Over(this));
}

bool BlockingCounter::DecrementCount() {
  __tsan_release(Over(this));
  return decrement(this);
}

void BlockingCounter::Wait() {
  wait_for_zero(this);
  __tsan_acquire(Over(this));
}

ABSL_NAMESPACE_END
}  // namespace absl
