#include "services/platform/roots/json.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/platform/base/quote.h"

namespace anju::roots {
namespace {

using nlohmann::json;

class Writer final : public Archive {
 public:
  std::string Done() && { return out_ + "}"; }

 protected:
  void Integer(absl::string_view name, int64_t& value) override {
    if (value != 0 || name.empty()) absl::StrAppend(&out_, Start(name), value);
  }
  void Bool(absl::string_view name, bool& value) override {
    if (value) absl::StrAppend(&out_, Start(name), "true");
  }
  void Text(absl::string_view name, std::string& value) override {
    if (!value.empty() || name.empty()) Quote(name, value);
  }
  void Calendar(absl::string_view name, std::optional<Date>& value) override {
    if (value.has_value()) Quote(name, Format(*value));
  }
  void Calendar(absl::string_view name, std::optional<Month>& value) override {
    if (value.has_value()) Quote(name, Format(*value));
  }
  void BeginStruct(absl::string_view name) override {
    absl::StrAppend(&out_, Start(name), "{");
    first_ = true;
  }
  void EndStruct() override {
    out_.push_back('}');
    first_ = false;
  }
  size_t BeginList(absl::string_view name, size_t size) override {
    absl::StrAppend(&out_, Start(name), "[");
    first_ = true;
    return size;
  }
  void EndList() override {
    out_.push_back(']');
    first_ = false;
  }

 private:
  std::string Start(absl::string_view name) {
    std::string start = first_ ? "" : ",";
    first_ = false;
    // Names are identifiers of ours and need no escaping.
    if (!name.empty()) absl::StrAppend(&start, "\"", name, "\":");
    return start;
  }
  void Quote(absl::string_view name, const std::string& text) {
    out_ += Start(name);
    AppendQuoted(text, out_);
  }

  std::string out_ = "{";
  bool first_ = true;
};

class Reader final : public Archive {
 public:
  explicit Reader(const json& root) { stack_.push_back({.value = &root}); }
  bool ok() const { return ok_; }

 protected:
  void Integer(absl::string_view name, int64_t& value) override {
    if (const json* found = Next(name, &json::is_number_integer)) value = found->get<int64_t>();
  }
  void Bool(absl::string_view name, bool& value) override {
    if (const json* found = Next(name, &json::is_boolean)) value = found->get<bool>();
  }
  void Text(absl::string_view name, std::string& value) override {
    if (const json* found = Next(name, &json::is_string)) value = found->get<std::string>();
  }
  void Calendar(absl::string_view name, std::optional<Date>& value) override { Parsed(name, value, ParseDate); }
  void Calendar(absl::string_view name, std::optional<Month>& value) override { Parsed(name, value, ParseMonth); }
  void BeginStruct(absl::string_view name) override { Enter(Next(name, &json::is_object)); }
  void EndStruct() override { stack_.pop_back(); }
  size_t BeginList(absl::string_view name, size_t) override {
    const json* list = Next(name, &json::is_array);
    Enter(list);
    return list == nullptr ? 0 : list->size();
  }
  void EndList() override { stack_.pop_back(); }

 private:
  struct Level {
    const json* value = nullptr;
    size_t next = 0;
  };

  const json* Next(absl::string_view name, bool (json::*is)() const noexcept) {
    Level& level = stack_.back();
    if (level.value == nullptr) return nullptr;
    const json* found = nullptr;
    if (name.empty()) {
      found = &(*level.value)[level.next++];
    } else {
      auto member = level.value->find(std::string(name));
      if (member == level.value->end()) return nullptr;
      found = &*member;
    }
    if ((found->*is)()) return found;
    ok_ = false;
    return nullptr;
  }
  void Enter(const json* value) { stack_.push_back({.value = value}); }
  template <typename T>
  void Parsed(absl::string_view name, std::optional<T>& value, absl::StatusOr<T> (*parse)(absl::string_view)) {
    const json* found = Next(name, &json::is_string);
    if (found == nullptr) return value.reset();
    absl::StatusOr<T> parsed = parse(found->get_ref<const std::string&>());
    if (parsed.ok()) {
      value = *parsed;
    } else {
      ok_ = false;
    }
  }

  std::vector<Level> stack_;
  bool ok_ = true;
};

}  // namespace

std::string WriteJson(absl::FunctionRef<void(Archive&)> fields) {
  Writer writer;
  fields(writer);
  return std::move(writer).Done();
}

absl::Status ReadJson(absl::string_view text, absl::FunctionRef<void(Archive&)> fields) {
  const json root = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (!root.is_object()) return absl::InternalError("a stored record is not a JSON object");
  Reader reader(root);
  fields(reader);
  return reader.ok() ? absl::OkStatus() : absl::InternalError("a stored record does not have the fields of its kind");
}

}  // namespace anju::roots
