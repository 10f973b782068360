#include "services/platform/messages/archive.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "anju/type/v1/options.pb.h"
#include "google/protobuf/descriptor.h"
#include "services/platform/base/id_number.h"
#include "services/platform/base/words.h"
#include "services/platform/messages/words.h"

namespace anju::messages {
namespace {

using enum absl::StatusCode;
using google::protobuf::Any;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// No text of a record is longer, in bytes.
constexpr size_t kLongestText = 512;
// No number of a record is further from zero: 100 billion yuan in fen. So sums of 900,000 of them fit into a BIGINT.
constexpr int64_t kLargestNumber = 100'000'000'000'00;

// What is hidden of an ID number, and how much is shown before and behind it.
constexpr absl::string_view kIdNumberHidden = "**************";
constexpr size_t kIdNumberShown = 2, kIdNumberBytes = 18;

const FieldDescriptor* FieldOf(const Message& message, absl::string_view name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(name));
  ANJU_CHECK(field != nullptr);
  return field;
}

class Reader final : public Archive {
 public:
  explicit Reader(const Message& message) { stack_.push_back({.message = &message}); }
  const absl::Status& status() const { return status_; }

 protected:
  void Integer(absl::string_view name, int64_t& value) override {
    const auto [message, field, reflection] = At(name);
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        value = reflection->GetInt32(*message, field);
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        value = reflection->GetInt64(*message, field);
        if (value > kLargestNumber || value < -kLargestNumber) {
          Say(field, "NUMBER_TOO_LARGE",
              absl::StrCat("at most ", kLargestNumber, " is kept of a number: check the decimal point"));
        }
        break;
      default: {
        ANJU_CHECK(field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM);
        value = reflection->GetEnumValue(*message, field);
        if (field->enum_type()->FindValueByNumber(static_cast<int>(value)) == nullptr) {
          Say(field, "ENUM_UNKNOWN", "this value is not one of those that the field knows");
        } else if (value == 0 && Required(field)) {
          Missing(field);
        }
      }
    }
  }
  void Bool(absl::string_view name, bool& value) override {
    const auto [message, field, reflection] = At(name);
    value = reflection->GetBool(*message, field);
  }
  void Text(absl::string_view name, std::string& value) override {
    const auto [message, field, reflection] = At(name);
    if (name.empty()) {
      value = reflection->GetRepeatedString(*message, field, static_cast<int>(stack_.back().next++));
    } else {
      value = reflection->GetString(*message, field);
      if (value.empty() && Required(field)) Missing(field);
    }
    if (value.size() > kLongestText) {
      Say(field, "TEXT_TOO_LONG", absl::StrCat("at most ", kLongestText, " bytes are kept of a text"));
    } else if (absl::StrContains(value, '\0')) {
      Say(field, "TEXT_MALFORMED", "a text holds no NUL character");
    } else if (IsNumber(*field) && HoldsIdNumber(value)) {
      Say(field, "NUMBER_IS_PERSONAL",
          "this holds an ID number, and everybody is shown it: give the number that your own system has for the "
          "record");
    }
  }
  void Calendar(absl::string_view name, std::optional<Date>& value) override { Parsed(name, value, ParseDate); }
  void Calendar(absl::string_view name, std::optional<Month>& value) override { Parsed(name, value, ParseMonth); }
  void BeginStruct(absl::string_view name) override {
    const auto [message, field, reflection] = At(name);
    const Message& inner = name.empty()
                               ? reflection->GetRepeatedMessage(*message, field, static_cast<int>(stack_.back().next++))
                               : reflection->GetMessage(*message, field);
    stack_.push_back({.message = &inner});
  }
  void EndStruct() override { stack_.pop_back(); }
  size_t BeginList(absl::string_view name, size_t) override {
    const auto [message, field, reflection] = At(name);
    stack_.push_back({.message = message, .list = field});
    return reflection->FieldSize(*message, field);
  }
  void EndList() override { stack_.pop_back(); }

 private:
  struct Level {
    const Message* message = nullptr;
    // Within a list: its field, and the element that is read next.
    const FieldDescriptor* list = nullptr;
    size_t next = 0;
  };
  struct Place {
    const Message* message;
    const FieldDescriptor* field;
    const Reflection* reflection;
  };

  Place At(absl::string_view name) const {
    const Level& level = stack_.back();
    const FieldDescriptor* field = name.empty() ? level.list : FieldOf(*level.message, name);
    return {level.message, field, level.message->GetReflection()};
  }
  template <typename T>
  void Parsed(absl::string_view name, std::optional<T>& value, absl::StatusOr<T> (*parse)(absl::string_view)) {
    const auto [message, field, reflection] = At(name);
    const std::string text = reflection->GetString(*message, field);
    value.reset();
    if (text.empty()) {
      if (Required(field)) Missing(field);
      return;
    }
    absl::StatusOr<T> parsed = parse(text);
    if (parsed.ok()) {
      value = *parsed;
    } else {
      Say(field, ReasonOf(parsed.status()), parsed.status().message());
    }
  }
  static bool Required(const FieldDescriptor* field) { return field->options().GetExtension(type::v1::required); }
  void Missing(const FieldDescriptor* field) { Say(field, "FIELD_MISSING", "this field must be filled in"); }
  // The first thing that is wrong is told.
  void Say(const FieldDescriptor* field, absl::string_view reason, absl::string_view sentence) {
    if (status_.ok()) status_ = Refuse(kInvalidArgument, reason, sentence, field->name());
  }

  std::vector<Level> stack_;
  absl::Status status_;
};

class Writer final : public Archive {
 public:
  explicit Writer(Message& message) { stack_.push_back({.message = &message}); }

 protected:
  void Integer(absl::string_view name, int64_t& value) override {
    const auto [message, field, reflection] = At(name);
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        ANJU_CHECK(value >= std::numeric_limits<int32_t>::min() && value <= std::numeric_limits<int32_t>::max());
        return reflection->SetInt32(message, field, static_cast<int32_t>(value));
      case FieldDescriptor::CPPTYPE_INT64:
        return reflection->SetInt64(message, field, value);
      default:
        ANJU_CHECK(field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM);
        return reflection->SetEnumValue(message, field, static_cast<int>(value));
    }
  }
  void Bool(absl::string_view name, bool& value) override {
    const auto [message, field, reflection] = At(name);
    reflection->SetBool(message, field, value);
  }
  void Text(absl::string_view name, std::string& value) override { Put(name, value); }
  void Calendar(absl::string_view name, std::optional<Date>& value) override {
    if (value.has_value()) Put(name, Format(*value));
  }
  void Calendar(absl::string_view name, std::optional<Month>& value) override {
    if (value.has_value()) Put(name, Format(*value));
  }
  void BeginStruct(absl::string_view name) override {
    const auto [message, field, reflection] = At(name);
    stack_.push_back({.message = name.empty() ? reflection->AddMessage(message, field)
                                              : reflection->MutableMessage(message, field)});
  }
  void EndStruct() override { stack_.pop_back(); }
  size_t BeginList(absl::string_view name, size_t size) override {
    const auto [message, field, reflection] = At(name);
    stack_.push_back({.message = message, .list = field});
    return size;
  }
  void EndList() override { stack_.pop_back(); }

 private:
  struct Level {
    Message* message = nullptr;
    const FieldDescriptor* list = nullptr;
  };
  struct Place {
    Message* message;
    const FieldDescriptor* field;
    const Reflection* reflection;
  };
  Place At(absl::string_view name) const {
    const Level& level = stack_.back();
    const FieldDescriptor* field = name.empty() ? level.list : FieldOf(*level.message, name);
    return {level.message, field, level.message->GetReflection()};
  }
  void Put(absl::string_view name, const std::string& text) {
    const auto [message, field, reflection] = At(name);
    if (field->is_repeated()) {
      reflection->AddString(message, field, text);
    } else {
      reflection->SetString(message, field, text);
    }
  }

  std::vector<Level> stack_;
};

class Namer final : public Archive {
 public:
  std::vector<std::string> names;

 protected:
  void Integer(absl::string_view name, int64_t&) override { Note(name); }
  void Bool(absl::string_view name, bool&) override { Note(name); }
  void Text(absl::string_view name, std::string&) override { Note(name); }
  void Calendar(absl::string_view name, std::optional<Date>&) override { Note(name); }
  void Calendar(absl::string_view name, std::optional<Month>&) override { Note(name); }
  void BeginStruct(absl::string_view name) override {
    Note(name);
    ++depth_;
  }
  void EndStruct() override { --depth_; }
  size_t BeginList(absl::string_view name, size_t) override {
    Note(name);
    return 0;
  }
  void EndList() override {}

 private:
  void Note(absl::string_view name) {
    if (depth_ == 0) names.emplace_back(name);
  }
  int depth_ = 0;
};

size_t FirstCharacter(absl::string_view text) {
  size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) ++size;
  return size;
}

// 17 digits and a check digit, which may be an X; also once it is masked, because what is masked stays as it is.
bool IsIdNumber(absl::string_view text) {
  if (text.size() != kIdNumberBytes) return false;
  const absl::string_view middle = text.substr(kIdNumberShown, kIdNumberHidden.size());
  const auto is_digit = [](unsigned char c) { return absl::ascii_isdigit(c); };
  return std::all_of(text.begin(), text.begin() + kIdNumberShown, is_digit) &&
         (middle == kIdNumberHidden || std::all_of(middle.begin(), middle.end(), is_digit)) &&
         std::all_of(text.end() - kIdNumberShown, text.end() - 1, is_digit) &&
         (is_digit(text.back()) || absl::ascii_toupper(text.back()) == 'X');
}

std::string Masked(const std::string& text) {
  if (text.empty()) return text;
  // What was masked before stays as it is.
  if (ParseDate(text).ok() || ParseDate(absl::StrCat(text, "-01-01")).ok()) return text.substr(0, 4);
  if (IsIdNumber(text)) {
    return absl::StrCat(text.substr(0, kIdNumberShown), kIdNumberHidden, text.substr(kIdNumberBytes - kIdNumberShown));
  }
  return absl::StrCat(text.substr(0, FirstCharacter(text)), "**");
}

// What of a message is masked, and in which messages it holds.
struct MaskPlan {
  // True for words, false for what is personal.
  std::vector<std::pair<const FieldDescriptor*, bool>> texts;
  std::vector<std::pair<const FieldDescriptor*, const MaskPlan*>> within;
  // Personal bytes, here; and whether there are some at any depth.
  std::vector<const FieldDescriptor*> bytes;
  bool holds_bytes = false;
  bool is_any = false;
  bool Hides() const { return is_any || !texts.empty() || !within.empty() || !bytes.empty(); }
};

// The plans of all messages met so far. They follow from the descriptors alone, which live as long as the process.
class MaskPlans {
 public:
  const MaskPlan& Find(const Descriptor& type) {
    {
      absl::ReaderMutexLock lock(&mutex_);
      auto found = plans_.find(&type);
      if (found != plans_.end()) return *found->second;
    }
    absl::MutexLock lock(&mutex_);
    std::set<const Descriptor*> above;
    return Make(type, above);
  }

 private:
  const MaskPlan& Make(const Descriptor& type, std::set<const Descriptor*>& above)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    auto [place, is_new] = plans_.try_emplace(&type, nullptr);
    if (!is_new) return *place->second;
    MaskPlan& plan = *(place->second = std::make_unique<MaskPlan>());
    plan.is_any = &type == Any::descriptor();
    above.insert(&type);
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* field = type.field(i);
      const bool is_personal = field->options().GetExtension(type::v1::personal);
      // Nothing else can be masked.
      ANJU_CHECK(!is_personal || field->cpp_type() == FieldDescriptor::CPPTYPE_STRING);
      // No contract of ours has a map.
      if (field->is_map()) continue;
      if (is_personal && field->type() == FieldDescriptor::TYPE_BYTES) {
        plan.bytes.push_back(field);
        plan.holds_bytes = true;
        continue;
      }
      if (is_personal || IsWords(*field)) plan.texts.emplace_back(field, !is_personal);
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
      // Of a message that holds itself nobody knows yet whether there is something to hide.
      const MaskPlan& inner = Make(*field->message_type(), above);
      plan.holds_bytes |= inner.holds_bytes;
      if (inner.Hides() || above.count(field->message_type()) > 0) plan.within.emplace_back(field, &inner);
    }
    above.erase(&type);
    return plan;
  }

  absl::Mutex mutex_;
  absl::flat_hash_map<const Descriptor*, std::unique_ptr<MaskPlan>> plans_ ABSL_GUARDED_BY(mutex_);
};

MaskPlans& Plans() {
  static MaskPlans& plans = *new MaskPlans();
  return plans;
}

// One that is not known here cannot be masked, and is let go of.
void MaskWithin(Message& message) {
  auto& any = static_cast<Any&>(message);
  const std::unique_ptr<Message> inner = Unpack(any);
  if (inner == nullptr) return any.Clear();
  Mask(*inner);
  any.PackFrom(*inner);
}

void MaskText(const FieldDescriptor& field, bool are_words, Message& message) {
  const Reflection& reflection = *message.GetReflection();
  const auto hidden = [&](const std::string& text) { return are_words ? HideNumbers(text) : Masked(text); };
  std::string scratch;
  if (!field.is_repeated()) {
    const std::string& text = reflection.GetStringReference(message, &field, &scratch);
    if (std::string shown = hidden(text); shown != text) reflection.SetString(&message, &field, std::move(shown));
    return;
  }
  for (int n = 0; n < reflection.FieldSize(message, &field); ++n) {
    const std::string& text = reflection.GetRepeatedStringReference(message, &field, n, &scratch);
    if (std::string shown = hidden(text); shown != text) {
      reflection.SetRepeatedString(&message, &field, n, std::move(shown));
    }
  }
}

void MaskBy(const MaskPlan& plan, Message& message) {
  if (plan.is_any) return MaskWithin(message);
  for (const auto& [field, are_words] : plan.texts) MaskText(*field, are_words, message);
  const Reflection& reflection = *message.GetReflection();
  for (const FieldDescriptor* field : plan.bytes) reflection.ClearField(&message, field);
  for (const auto& [field, inner] : plan.within) {
    if (!field->is_repeated()) {
      if (reflection.HasField(message, field)) MaskBy(*inner, *reflection.MutableMessage(&message, field));
      continue;
    }
    for (int n = 0; n < reflection.FieldSize(message, field); ++n) {
      MaskBy(*inner, *reflection.MutableRepeatedMessage(&message, field, n));
    }
  }
}

}  // namespace

absl::Status Read(const Message& message, absl::FunctionRef<void(Archive&)> fields) {
  Reader reader(message);
  fields(reader);
  return reader.status();
}

void Write(absl::FunctionRef<void(Archive&)> fields, Message& message) {
  Writer writer(message);
  fields(writer);
}

std::vector<std::string> FieldNames(absl::FunctionRef<void(Archive&)> fields) {
  Namer namer;
  fields(namer);
  return namer.names;
}

void Mask(Message& message) { MaskBy(Plans().Find(*message.GetDescriptor()), message); }

std::unique_ptr<Message> Unpack(const Any& any) {
  const std::string name = any.type_url().substr(any.type_url().rfind('/') + 1);
  const Descriptor* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
  if (type == nullptr) return nullptr;
  std::unique_ptr<Message> message(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  return any.UnpackTo(message.get()) ? std::move(message) : nullptr;
}

bool HoldsPersonal(const Descriptor& type) { return Plans().Find(type).Hides(); }

bool CannotBeMasked(const Descriptor& type) { return Plans().Find(type).holds_bytes; }

}  // namespace anju::messages
