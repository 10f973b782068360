#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "anju/type/v1/import.pb.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/sync_stream.h"
#include "services/platform/base/error.h"
#include "services/platform/intake/batch.h"
#include "services/platform/intake/repeats.h"
#include "services/platform/messages/archive.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"
#include "services/platform/rpc/status.h"

namespace anju::intake {

// Takes in records from county systems: rows in batches, each batch in one transaction with its receipt. Good rows are
// kept and bad rows answered with number, field, reason and hint. Thread-safe.
class Intake {
 public:
  Intake(roots::Store& store, rpc::Guard& guard) : store_(store), guard_(guard) {}

  // Serves one Import method. `rule` decides on one row: it refuses, or puts what changes into the session. `identity`
  // are the fields that together say which record a row is of, as the rule finds it; a second row of one record in a
  // stream is refused with ROW_REPEATED.
  template <typename Record, typename Request>
  grpc::Status Run(grpc::ServerContext* context, grpc::ServerReaderWriter<type::v1::ImportReceipt, Request>* stream,
                   absl::StatusOr<roots::Outcome> (*rule)(roots::Session&, const Batch&, const Record&),
                   const std::vector<absl::string_view>& identity) {
    return guard_.Stream<Request>(context, nullptr, [&](const rpc::Caller& caller) -> absl::Status {
      const google::protobuf::MethodDescriptor& descriptor = rpc::MethodTaking(*Request::descriptor());
      const std::string method = descriptor.full_name();
      rpc::Metrics::Method* counters = guard_.CountersOf(descriptor);
      // What the senders number gets its key from the file; the rest is known by its division.
      const bool keyed = std::any_of(identity.begin(), identity.end(),
                                     [](absl::string_view field) { return absl::EndsWith(field, "_no"); });
      Repeats repeats(*Request::descriptor()->FindFieldByName("rows")->message_type(), identity);
      Request request;
      while (true) {
        ASSIGN_OR_RETURN(const bool is_there, Next(*stream, request));
        if (!is_there) return absl::OkStatus();
        rpc::Metrics::Received(counters);
        // Before the transaction, which may be made more than once.
        std::vector<absl::Status> repeated;
        for (const auto& row : request.rows()) {
          repeated.push_back(repeats.Add(request.batch(), row, static_cast<int>(repeated.size())));
        }
        const auto apply = [&](roots::Session& session, const Batch& batch,
                               size_t row) -> absl::StatusOr<roots::Outcome> {
          RETURN_IF_ERROR(repeated[row]);
          ASSIGN_OR_RETURN(Record record, messages::FromProto<Record>(request.rows(static_cast<int>(row))));
          return rule(session, batch, record);
        };
        ASSIGN_OR_RETURN(type::v1::ImportReceipt receipt,
                         Take(caller, method, request.batch(), request, request.rows_size(), keyed, apply));
        if (!stream->Write(receipt)) return absl::CancelledError("the sender has gone");
        rpc::Metrics::Sent(counters);
      }
    });
  }

 private:
  // Reads the next batch; false at the end of the stream. The library says that a stream has ended, too, when what came
  // is no message of this type: only reading that empties `request` first. Refuses with MESSAGE_MALFORMED.
  template <typename Request>
  static absl::StatusOr<bool> Next(grpc::ServerReaderWriter<type::v1::ImportReceipt, Request>& stream,
                                   Request& request) {
    constexpr int32_t kUnread = -1;
    request.mutable_batch()->set_number(kUnread);
    if (stream.Read(&request)) return true;
    if (request.batch().number() == kUnread) return false;
    return Refuse(absl::StatusCode::kInvalidArgument, "MESSAGE_MALFORMED",
                  "what came is no batch of this import; the batches before have their receipts");
  }

  using Apply = absl::FunctionRef<absl::StatusOr<roots::Outcome>(roots::Session&, const Batch&, size_t row)>;
  absl::StatusOr<type::v1::ImportReceipt> Take(const rpc::Caller& caller, const std::string& method,
                                               const type::v1::ImportBatch& batch,
                                               const google::protobuf::Message& request, size_t rows, bool keyed,
                                               Apply apply);

  roots::Store& store_;
  rpc::Guard& guard_;
};

}  // namespace anju::intake
