#include "services/platform/audit/disclosure.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "anju/type/v1/options.pb.h"
#include "google/protobuf/any.pb.h"
#include "services/platform/audit/log.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/base/ids.h"
#include "services/platform/base/words.h"
#include "services/platform/messages/archive.h"
#include "services/platform/messages/words.h"
#include "services/platform/rpc/identity.h"

namespace anju::audit {
namespace {

using google::protobuf::Any;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr absl::string_view kDivisionOf = "SELECT division FROM roots WHERE id = $1";

// What of an answer is personal, and whose.
class Subjects {
 public:
  void Collect(const Message& answer) { anything_ = Look(answer) || anything_; }
  bool anything() const { return anything_; }
  const std::set<std::string>& ids() const { return ids_; }

 private:
  // Whether there is personal data of which no record within the message is the subject.
  bool Look(const Message& message) {
    if (!messages::HoldsPersonal(*message.GetDescriptor())) return false;
    if (message.GetDescriptor() == Any::descriptor()) return LookInto(static_cast<const Any&>(message));
    const auto& reflection = *message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    bool personal = false;
    std::vector<std::string> ids;
    for (const FieldDescriptor* field : fields) {
      if (field->options().GetExtension(type::v1::personal)) personal = true;
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !field->is_repeated()) {
        std::string text = reflection.GetString(message, field);
        if (messages::IsWords(*field) && HideNumbers(text) != text) personal = true;
        if (IsId(text) && field->name() == "id") ids = {text};
        if (IsId(text) && !HasId(message)) ids.push_back(std::move(text));
      }
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field->is_map()) continue;
      for (int n = 0; n < (field->is_repeated() ? reflection.FieldSize(message, field) : 1); ++n) {
        personal = Look(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, n)
                                             : reflection.GetMessage(message, field)) ||
                   personal;
      }
    }
    if (!personal || ids.empty()) return personal;
    anything_ = true;
    ids_.insert(ids.begin(), ids.end());
    return false;
  }

  bool LookInto(const Any& any) {
    const std::unique_ptr<Message> inner = messages::Unpack(any);
    return inner == nullptr || Look(*inner);
  }

  // A record is known by its id; what is none is about all those that it names.
  static bool HasId(const Message& message) { return message.GetDescriptor()->FindFieldByName("id") != nullptr; }

  bool anything_ = false;
  std::set<std::string> ids_;
};

}  // namespace

absl::Status Keep(storage::Database& database, const Clock& clock, const rpc::Caller& caller, const Message& answer) {
  Subjects subjects;
  subjects.Collect(answer);
  // Whoever finds nobody has learnt that, too.
  const bool nobody = answer.ByteSizeLong() == 0;
  if (!subjects.anything() && !nobody) return absl::OkStatus();
  return database.Write([&](storage::Transaction& transaction) -> absl::Status {
    Entry entry{.at = clock.Now(),
                .kind = subjects.ids().size() > 1 ? Kind::kExport : Kind::kRead,
                .subject = caller.subject,
                .role = rpc::RoleWords(caller),
                .method = caller.method,
                .request_id = caller.request_id,
                .purpose = caller.purpose,
                .record_count = static_cast<int64_t>(subjects.ids().size()),
                .record_ids = {subjects.ids().begin(), subjects.ids().end()}};
    bool first = true;
    for (const std::string& id : entry.record_ids) {
      ASSIGN_OR_RETURN(const storage::Rows rows, transaction.Query(kDivisionOf, {id}));
      if (rows.empty()) continue;
      entry.division = first ? rows[0].Text(0) : std::string(CommonDivision(entry.division, rows[0].Text(0)));
      first = false;
    }
    // What is no root, such as a household as it was once, lies where its reader may look.
    if (first) entry.division = caller.scope;
    return Append(transaction, std::move(entry));
  });
}

}  // namespace anju::audit
