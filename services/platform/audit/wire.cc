#include "services/platform/audit/wire.h"

#include "google/protobuf/util/time_util.h"

namespace anju::audit {

using google::protobuf::util::TimeUtil;

v1::Entry ToProto(const Entry& entry) {
  v1::Entry message;
  message.set_id(entry.id);
  *message.mutable_at() = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(entry.at));
  message.set_kind(static_cast<v1::EntryKind>(entry.kind));
  message.set_subject(entry.subject);
  message.set_role(entry.role);
  message.set_method(entry.method);
  message.set_division(entry.division);
  message.set_request_id(entry.request_id);
  message.set_purpose(entry.purpose);
  message.set_record_count(entry.record_count);
  for (const std::string& id : entry.record_ids) message.add_record_ids(id);
  return message;
}

Entry FromProto(const v1::Entry& message) {
  return {.id = message.id(),
          .at = absl::FromUnixMicros(TimeUtil::TimestampToMicroseconds(message.at())),
          .kind = static_cast<Kind>(message.kind()),
          .subject = message.subject(),
          .role = message.role(),
          .method = message.method(),
          .division = message.division(),
          .request_id = message.request_id(),
          .purpose = message.purpose(),
          .record_count = message.record_count(),
          .record_ids = {message.record_ids().begin(), message.record_ids().end()}};
}

}  // namespace anju::audit
