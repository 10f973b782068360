#include "gateway/proxy/limits.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/platform/base/ids.h"
#include "services/platform/rpc/status.h"

namespace anju::gateway {

using enum absl::StatusCode;

namespace {

constexpr absl::Duration kOverloadedDelay = absl::Seconds(1);
constexpr absl::Duration kUnderWayDelay = absl::Milliseconds(200);
constexpr absl::Duration kSweepEvery = absl::Seconds(1);
// Of requests that are counted by their bytes.
constexpr size_t kShortBytes = 64 * 1024;
// Callers that are settled in one script; the others' turn comes next time.
constexpr size_t kAccountsAtOnce = 500;

// For each key the arguments are: tokens in a second, tokens when full, tokens taken. Answers the balances in
// thousandths; a balance may be negative by a full bucket, which is then paid off before anything new is let in.
// Redis' own clock is the one that all gateways share.
constexpr absl::string_view kSettle = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local balances = {}
for i, key in ipairs(KEYS) do
  local rate, burst, taken = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  local kept = redis.call('HMGET', key, 'balance', 'at')
  local balance = burst
  if tonumber(kept[1]) and tonumber(kept[2]) then
    balance = math.min(burst, tonumber(kept[1]) + math.max(0, now - tonumber(kept[2])) * rate / 1000000)
  end
  balance = math.max(-burst, balance - taken)
  redis.call('HSET', key, 'balance', string.format('%.6f', balance), 'at', string.format('%.0f', now))
  redis.call('PEXPIRE', key, math.ceil(2000 * burst / rate) + 1000)
  balances[i] = math.floor(balance * 1000)
end
return balances
)lua";

absl::Status Exhausted(absl::string_view reason, absl::string_view sentence, absl::Duration delay) {
  return rpc::RetryAfter(Refuse(kResourceExhausted, reason, sentence), delay);
}

}  // namespace

Limits::Place& Limits::Place::operator=(Place&& other) noexcept {
  std::swap(limits_, other.limits_);
  std::swap(shard_, other.shard_);
  std::swap(bucket_, other.bucket_);
  std::swap(to_one_, other.to_one_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

Limits::Place::~Place() {
  if (limits_ == nullptr) return;
  --limits_->under_way_;
  limits_->bytes_ -= bytes_;
  if (to_one_ != nullptr) --*to_one_;
  if (bucket_ == nullptr) return;
  absl::MutexLock lock(&limits_->shards_[shard_].mutex);
  --bucket_->under_way;
  bucket_->bytes -= bytes_;
}

absl::Status Limits::Place::Hold(size_t bytes) {
  if (bytes <= kShortBytes) bytes = 0;
  const int64_t more = static_cast<int64_t>(bytes) - bytes_;
  if (more == 0 || bucket_ == nullptr) return absl::OkStatus();
  const LimitOptions& options = limits_->options_;
  if (limits_->bytes_.fetch_add(more) + more > options.bytes && more > 0) {
    limits_->bytes_ -= more;
    return Exhausted("OVERLOADED", "the gateway keeps all the long requests it can; try again in a second",
                     kOverloadedDelay);
  }
  absl::MutexLock lock(&limits_->shards_[shard_].mutex);
  if (more > 0 && bucket_->bytes + more > options.bytes_of_one) {
    limits_->bytes_ -= more;
    return Exhausted("TOO_MANY_BYTES",
                     absl::StrCat("long requests of yours that have not ended may have ", options.bytes_of_one,
                                  " bytes together; end some of them first"),
                     kOverloadedDelay);
  }
  bucket_->bytes += more;
  bytes_ += more;
  return absl::OkStatus();
}

void Limits::Place::Spend(size_t answer_bytes) {
  const auto calls = static_cast<int64_t>(answer_bytes / kAnswerBytes);
  if (calls == 0 || bucket_ == nullptr) return;
  absl::MutexLock lock(&limits_->shards_[shard_].mutex);
  bucket_->tokens -= static_cast<double>(calls);
  bucket_->unsettled += calls;
}

Limits::Limits(const Clock& clock, cache::Cache& cache, LimitOptions options)
    : clock_(clock), cache_(cache), options_(std::move(options)) {
  for (const Allowance& allowance : options_.allowances) {
    ANJU_CHECK(allowance.per_second > 0 && allowance.burst >= 1 && allowance.under_way >= 1);
  }
  if (cache_.shared()) settler_ = std::thread([this] { SettleEvery(options_.settle); });
}

Limits::~Limits() {
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  if (settler_.joinable()) settler_.join();
}

absl::Status Limits::TakePlace(int peer, Place& place) {
  if (under_way_.fetch_add(1) >= options_.under_way) {
    --under_way_;
    return Exhausted("OVERLOADED", "the gateway has all the calls it can serve; try again in a second",
                     kOverloadedDelay);
  }
  place.limits_ = this;
  if (peer < 0) return absl::OkStatus();
  place.to_one_ = &to_one_[static_cast<size_t>(peer) % kMostPeers];
  if (place.to_one_->fetch_add(1) < std::max(1, options_.under_way * 3 / 4)) return absl::OkStatus();
  return Exhausted("SERVICE_OVERLOADED", "the service has all the calls that may wait for it; try again in a second",
                   kOverloadedDelay);
}

absl::StatusOr<Limits::Place> Limits::Enter(Party party, absl::string_view who, int peer) {
  const Allowance& allowance = options_.of(party);
  Place place;
  if (party != Party::kStranger) RETURN_IF_ERROR(TakePlace(peer, place));
  const absl::Time now = clock_.Now();
  const uint64_t key = absl::HashOf(static_cast<int>(party), who);
  const size_t index = key % kShards;
  Shard& shard = shards_[index];
  absl::Status refusal;
  {
    absl::MutexLock lock(&shard.mutex);
    Bucket& bucket = Find(shard, party, who, key, now);
    Fill(bucket, now);
    if (bucket.under_way >= allowance.under_way) {
      refusal = Exhausted("TOO_MANY_CALLS",
                          absl::StrCat(allowance.under_way, " calls of yours are under way; wait for their answers"),
                          kUnderWayDelay);
    } else if (bucket.tokens < 1) {
      refusal =
          Exhausted(kRateLimited, absl::StrCat("you may call ", allowance.per_second, " times in a second; slow down"),
                    absl::Seconds((1 - bucket.tokens) / allowance.per_second));
    } else {
      bucket.tokens -= 1;
      ++bucket.unsettled;
      if (party != Party::kStranger) {
        ++bucket.under_way;
        place.shard_ = index;
        place.bucket_ = &bucket;
      }
    }
  }
  if (!refusal.ok()) return refusal;
  return place;
}

Limits::Bucket& Limits::Find(Shard& shard, Party party, absl::string_view who, uint64_t key, absl::Time now) {
  if (auto found = shard.buckets.find(key); found != shard.buckets.end()) return found->second;
  if (shard.buckets.size() >= options_.callers && now - shard.swept >= kSweepEvery) Sweep(shard, now);
  // No room: whoever came first is not pushed out by those who come in masses.
  if (shard.buckets.size() >= options_.callers && !who.empty()) {
    return Find(shard, party, "", absl::HashOf(static_cast<int>(party), absl::string_view()), now);
  }
  Bucket& bucket = shard.buckets[key];
  bucket.party = party;
  if (cache_.shared()) {
    bucket.id = absl::StrCat("anju:limit:", static_cast<int>(party), ":", Sha256(who).substr(0, 32));
  }
  bucket.tokens = options_.of(party).burst;
  bucket.at = now;
  return bucket;
}

void Limits::Fill(Bucket& bucket, absl::Time now) const {
  const Allowance& allowance = options_.of(bucket.party);
  // A clock that was set back fills nothing.
  const double passed = std::max(0.0, absl::ToDoubleSeconds(now - bucket.at));
  bucket.tokens = std::min(allowance.burst, bucket.tokens + passed * allowance.per_second);
  bucket.at = now;
}

// Lets go of those who are owed what a newcomer is.
void Limits::Sweep(Shard& shard, absl::Time now) {
  shard.swept = now;
  for (auto entry = shard.buckets.begin(); entry != shard.buckets.end();) {
    Bucket& bucket = entry->second;
    Fill(bucket, now);
    const bool is_new = bucket.under_way == 0 && bucket.tokens >= options_.of(bucket.party).burst;
    entry = is_new && (bucket.unsettled == 0 || !cache_.shared()) ? shard.buckets.erase(entry) : std::next(entry);
  }
}

std::vector<Limits::Account> Limits::TakeAccounts() {
  std::vector<Account> accounts;
  for (size_t i = 0; i < kShards && accounts.size() < kAccountsAtOnce; ++i) {
    absl::MutexLock lock(&shards_[i].mutex);
    for (auto& [key, bucket] : shards_[i].buckets) {
      if (bucket.unsettled == 0) continue;
      accounts.push_back({.shard = i,
                          .key = key,
                          .party = bucket.party,
                          .id = bucket.id,
                          .taken = std::exchange(bucket.unsettled, 0)});
      if (accounts.size() == kAccountsAtOnce) break;
    }
  }
  return accounts;
}

bool Limits::Settle() {
  if (!cache_.shared()) return false;
  const std::vector<Account> accounts = TakeAccounts();
  if (accounts.empty()) return true;
  std::vector<std::string> keys, arguments;
  for (const Account& account : accounts) {
    const Allowance& allowance = options_.of(account.party);
    keys.push_back(account.id);
    arguments.push_back(absl::StrCat(allowance.per_second));
    arguments.push_back(absl::StrCat(allowance.burst));
    arguments.push_back(absl::StrCat(account.taken));
  }
  const std::vector<int64_t> balances = cache_.RunScript(kSettle, keys, arguments);
  // What could not be settled is forgotten: it was counted here, and Redis fills with time too.
  if (balances.size() != accounts.size()) return false;
  for (size_t i = 0; i < accounts.size(); ++i) {
    absl::MutexLock lock(&shards_[accounts[i].shard].mutex);
    auto found = shards_[accounts[i].shard].buckets.find(accounts[i].key);
    if (found == shards_[accounts[i].shard].buckets.end()) continue;
    Bucket& bucket = found->second;
    // Less what was taken while Redis was asked. It is never more than this gateway counts by itself.
    const double balance = static_cast<double>(balances[i]) / 1000 - static_cast<double>(bucket.unsettled);
    bucket.tokens = std::min(bucket.tokens, balance);
  }
  return true;
}

void Limits::SettleEvery(absl::Duration pause) {
  for (;;) {
    {
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&stopped_), pause)) return;
    }
    Settle();
  }
}

}  // namespace anju::gateway
