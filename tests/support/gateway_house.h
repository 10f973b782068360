#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "anju/files/v1/files.grpc.pb.h"
#include "anju/gateway/v1/gateway.grpc.pb.h"
#include "anju/indicators/v1/indicators.grpc.pb.h"
#include "anju/registry/v1/registry.grpc.pb.h"
#include "gateway/http/http_door.h"
#include "gateway/overview/desk.h"
#include "gateway/proxy/door.h"
#include "gateway/proxy/limits.h"
#include "gateway/proxy/switchboard.h"
#include "gateway/transcoding/transcoding.h"
#include "services/platform/cache/answers.h"
#include "services/platform/cache/generations.h"
#include "services/platform/intake/digest.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/rpc/status.h"
#include "tests/support/identity.h"

namespace anju::testing {

// A service as the gateway sees one, with figures that a test sets. Serves on a free port of loopback.
class FakeService {
 public:
  explicit FakeService(const std::string& name) : name_(name), indicators_(*this), files_(*this), registry_(*this) {
    grpc::EnableDefaultHealthCheckService(true);
    Start();
  }
  ~FakeService() { Stop(); }

  void Start() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(absl::StrCat("127.0.0.1:", port_), grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&indicators_);
    builder.RegisterService(&files_);
    if (name_ == "registry") builder.RegisterService(&registry_);
    server_ = builder.BuildAndStart();
    ANJU_CHECK(server_ != nullptr);
  }
  void Stop() {
    if (server_ == nullptr) return;
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
    server_.reset();
  }

  const std::string& name() const { return name_; }
  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }

  void AddIndicator(const std::string& id, indicators::v1::IndicatorKind kind, const std::string& numerator = "",
                    const std::string& denominator = "") {
    indicators::v1::Indicator& indicator = *catalogue_.add_indicators();
    indicator.set_id(id);
    indicator.set_kind(kind);
    indicator.set_unit("person");
    indicator.set_numerator(numerator);
    indicator.set_denominator(denominator);
  }
  void Set(const std::string& indicator, const std::string& division, int64_t value) {
    absl::MutexLock lock(&mutex_);
    values_[{indicator, division}] = value;
  }
  void SetFailure(const absl::Status& status) {
    absl::MutexLock lock(&mutex_);
    failure_ = status;
  }
  // The names of what came with the last call.
  std::set<std::string> headers() {
    absl::MutexLock lock(&mutex_);
    std::set<std::string> names;
    for (const auto& [name, value] : headers_) names.insert(name);
    return names;
  }
  std::string last(const std::string& header) {
    absl::MutexLock lock(&mutex_);
    return headers_[header];
  }

  std::atomic<int> queries = 0;
  std::atomic<int> calls = 0;
  std::atomic<int> cancelled = 0;
  std::atomic<int> read = 0;
  std::atomic<int> waiting = 0;
  std::atomic<int64_t> as_of = 1540000000;
  // Called in the middle of a query.
  std::function<void()> during_query;

 private:
  grpc::Status Note(const grpc::ServerContext& context) {
    ++calls;
    absl::MutexLock lock(&mutex_);
    headers_.clear();
    for (const auto& [name, value] : context.client_metadata()) {
      headers_[std::string(name.data(), name.size())] = std::string(value.data(), value.size());
    }
    return rpc::ToGrpc(failure_);
  }

  // Keeps where each import stands, as a service does.
  type::v1::ImportReceipt Take(const registry::v1::ImportHouseholdsRequest& request) {
    absl::MutexLock lock(&mutex_);
    type::v1::ImportReceipt& stand = stands_[request.batch().import_id()];
    if (request.batch().number() == 0) return stand;
    type::v1::ImportReceipt receipt;
    receipt.set_number(request.batch().number());
    receipt.set_received(request.rows_size());
    stand.set_number(receipt.number());
    stand.set_received(stand.received() + receipt.received());
    stand.set_digest(intake::DigestAfter(stand.digest(), request.SerializeAsString()));
    if (request.batch().last()) stand.Clear();
    return receipt;
  }

  class Indicators final : public indicators::v1::Indicators::Service {
   public:
    explicit Indicators(FakeService& self) : self_(self) {}
    grpc::Status ListIndicators(grpc::ServerContext* context, const indicators::v1::ListIndicatorsRequest*,
                                indicators::v1::ListIndicatorsResponse* response) override {
      if (auto status = self_.Note(*context); !status.ok()) return status;
      *response = self_.catalogue_;
      return grpc::Status::OK;
    }
    grpc::Status QueryIndicators(grpc::ServerContext* context, const indicators::v1::QueryIndicatorsRequest* request,
                                 indicators::v1::QueryIndicatorsResponse* response) override {
      if (auto status = self_.Note(*context); !status.ok()) return status;
      ++self_.queries;
      const std::set<std::string> wanted(request->indicators().begin(), request->indicators().end());
      ANJU_CHECK(request->divisions_size() <= 500);
      {
        absl::MutexLock lock(&self_.mutex_);
        for (const std::string& division : request->divisions()) {
          for (const auto& [key, value] : self_.values_) {
            if (key.second != division || (!wanted.empty() && !wanted.contains(key.first))) continue;
            indicators::v1::Cell& cell = *response->add_cells();
            cell.set_indicator(key.first);
            cell.set_division(division);
            cell.set_value(value);
            if (!request->monthly()) continue;
            *response->add_cells() = cell;
            response->mutable_cells()->rbegin()->set_month(request->to_month());
          }
        }
      }
      response->mutable_as_of()->set_seconds(self_.as_of);
      if (self_.during_query) self_.during_query();
      return grpc::Status::OK;
    }
    grpc::Status Recount(grpc::ServerContext* context, const indicators::v1::RecountRequest*,
                         indicators::v1::RecountResponse* response) override {
      response->set_agrees(true);
      return self_.Note(*context);
    }

   private:
    FakeService& self_;
  };

  class Files final : public files::v1::Files::Service {
   public:
    explicit Files(FakeService& self) : self_(self) {}
    grpc::Status GetFilePart(grpc::ServerContext* context, const files::v1::GetFilePartRequest* request,
                             files::v1::FilePart* response) override {
      if (auto status = self_.Note(*context); !status.ok()) return status;
      response->set_service(self_.name_);
      if (request->household_id() != "h1") return grpc::Status::OK;
      registry::v1::Household household;
      household.set_id(absl::StrCat(request->household_id(), "-", self_.name_));
      response->add_records()->PackFrom(household);
      return grpc::Status::OK;
    }

   private:
    FakeService& self_;
  };

  class Registry final : public registry::v1::Registry::Service {
   public:
    explicit Registry(FakeService& self) : self_(self) {}
    grpc::Status GetDivision(grpc::ServerContext* context, const registry::v1::GetDivisionRequest* request,
                             registry::v1::Division* response) override {
      if (auto status = self_.Note(*context); !status.ok()) return status;
      const std::string code = request->code() == "452328" ? "450328" : request->code();
      if (!absl::StartsWith(code, "45")) {
        return rpc::ToGrpc(Refuse(absl::StatusCode::kNotFound, "DIVISION_NOT_FOUND", "there is none"));
      }
      response->set_code(code);
      response->set_name(absl::StrCat("N", code));
      return grpc::Status::OK;
    }
    // 600 children on two pages, so that questions about them are asked in parts.
    grpc::Status ListDivisions(grpc::ServerContext* context, const registry::v1::ListDivisionsRequest* request,
                               registry::v1::ListDivisionsResponse* response) override {
      if (auto status = self_.Note(*context); !status.ok()) return status;
      const bool is_second = !request->page_token().empty();
      for (int i = is_second ? 400 : 100; i < (is_second ? 700 : 400); ++i) {
        registry::v1::Division& child = *response->add_divisions();
        child.set_code(absl::StrCat(request->parent(), i));
        child.set_name(absl::StrCat("N", child.code()));
      }
      if (!is_second) response->set_next_page_token("2");
      return grpc::Status::OK;
    }
    grpc::Status GetHousehold(grpc::ServerContext* context, const registry::v1::GetHouseholdRequest* request,
                              registry::v1::Household* response) override {
      if (request->id() == "slow") {
        ++self_.waiting;
        while (!context->IsCancelled()) absl::SleepFor(absl::Milliseconds(1));
        ++self_.cancelled;
        return grpc::Status::CANCELLED;
      }
      context->AddTrailingMetadata("x-anju-tail", "t");
      context->AddInitialMetadata("x-anju-head", "h");
      context->AddInitialMetadata("x-powered-by", "p");
      context->AddTrailingMetadata("server", "s");
      if (auto status = self_.Note(*context); !status.ok()) return status;
      if (request->id() == "h0") {
        return rpc::ToGrpc(Refuse(absl::StatusCode::kNotFound, "HOUSEHOLD_NOT_FOUND", "there is none", "id"));
      }
      if (request->id() == "long") response->set_key(std::string(100'000, 'v'));
      // No text.
      response->set_id(request->id() == "broken" ? "\xFF" : request->id());
      return grpc::Status::OK;
    }
    // Answers each batch, and to batch 0 where the import stands; ends early after batch 3 of the import `early`, reads
    // nothing more of `stuck`.
    grpc::Status ImportHouseholds(
        grpc::ServerContext* context,
        grpc::ServerReaderWriter<type::v1::ImportReceipt, registry::v1::ImportHouseholdsRequest>* stream) override {
      if (auto status = self_.Note(*context); !status.ok()) return status;
      registry::v1::ImportHouseholdsRequest request;
      while (stream->Read(&request)) {
        ++self_.read;
        if (request.batch().import_id() == "stuck") {
          while (!context->IsCancelled()) absl::SleepFor(absl::Milliseconds(1));
          ++self_.cancelled;
          return grpc::Status::CANCELLED;
        }
        if (request.batch().import_id() == "early" && request.batch().number() == 3) {
          return rpc::ToGrpc(Refuse(absl::StatusCode::kFailedPrecondition, "BATCH_OUT_OF_ORDER", "no"));
        }
        stream->Write(self_.Take(request));
      }
      context->AddTrailingMetadata("x-anju-tail", "t");
      return grpc::Status::OK;
    }

   private:
    FakeService& self_;
  };

  const std::string name_;
  int port_ = 0;
  Indicators indicators_;
  Files files_;
  Registry registry_;
  indicators::v1::ListIndicatorsResponse catalogue_;
  absl::Mutex mutex_;
  std::map<std::pair<std::string, std::string>, int64_t> values_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::string> headers_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, type::v1::ImportReceipt> stands_ ABSL_GUARDED_BY(mutex_);
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<grpc::Server> server_;
};

// A gateway with both ports, before two services: the registry, and workshops whose rate has its denominator there.
class GatewayHouse {
 public:
  explicit GatewayHouse(absl::string_view cache_url = "", cache::AnswersOptions options = {},
                        gateway::HttpLimits http_limits = {}, const rpc::Tls& tls = {},
                        gateway::LimitOptions limit_options = Generous(), absl::Duration away = absl::ZeroDuration()) {
    using namespace indicators::v1;  // NOLINT: the kinds.
    registry.AddIndicator("registry.persons", INDICATOR_KIND_STOCK);
    workshops.AddIndicator("workshops.trained", INDICATOR_KIND_FLOW);
    workshops.AddIndicator("workshops.rate", INDICATOR_KIND_RATIO, "workshops.trained", "registry.persons");
    cache = *cache::OpenCache(cache_url);
    const auto repeat = away > absl::ZeroDuration() ? rpc::Repeat::kWhatMay : rpc::Repeat::kNever;
    peers.emplace(std::vector<gateway::Peer>{gateway::Peer::At("registry", registry.address(), {}, repeat),
                                             gateway::Peer::At("workshops", workshops.address(), {}, repeat)},
                  away);
    limits.emplace(clock, *cache, limit_options);
    answers.emplace(*cache, clock, peers->Names(), options);
    desk.emplace(*peers, *answers, clock, token);
    switchboard.emplace(identity.guard(), *desk, *peers, *limits, clock);
    transcoder.emplace(peers->Names());
    grpc_door = *gateway::GrpcDoor::Open("127.0.0.1:0", *switchboard, tls);
    http_door = *gateway::HttpDoor::Open("127.0.0.1:0", *switchboard, *transcoder, http_limits, tls);
    channel = rpc::Connect(absl::StrCat("127.0.0.1:", grpc_door->port()));
  }
  ~GatewayHouse() {
    http_door.reset();
    grpc_door.reset();
  }

  // Limits that tests of other things do not meet.
  static gateway::LimitOptions Generous() {
    gateway::LimitOptions options;
    options.of(gateway::Party::kCaller) = {.per_second = 1e6, .burst = 1e6, .under_way = 1000};
    options.of(gateway::Party::kImporter) = options.of(gateway::Party::kCaller);
    options.of(gateway::Party::kStranger) = options.of(gateway::Party::kCaller);
    return options;
  }

  // A caller of their own, as far as limits go.
  std::string Bearer(const std::string& subject) const {
    return absl::StrCat("Bearer ", identity.Token({"officer"}, "45", subject));
  }
  std::string Officer(const std::string& scope = "45") const { return identity.Bearer({"officer"}, scope); }

  // Makes a client's call ready.
  void Prepare(grpc::ClientContext& context, const std::string& authorization) const {
    if (!authorization.empty()) context.AddMetadata("authorization", authorization);
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
  }

  SystemClock clock;
  TestIdentity identity{clock};
  // The gateway's own.
  rpc::TokenFile token{identity.directory().Write("token.jwt", identity.Token({"service"}, "*", "gateway"))};
  FakeService registry{"registry"};
  FakeService workshops{"workshops"};
  std::unique_ptr<cache::Cache> cache;
  std::optional<gateway::Peers> peers;
  std::optional<cache::Answers> answers;
  std::optional<gateway::Desk> desk;
  std::optional<gateway::Limits> limits;
  std::optional<gateway::Switchboard> switchboard;
  std::optional<gateway::Transcoder> transcoder;
  std::unique_ptr<gateway::GrpcDoor> grpc_door;
  std::unique_ptr<gateway::HttpDoor> http_door;
  std::shared_ptr<grpc::Channel> channel;
};

}  // namespace anju::testing
