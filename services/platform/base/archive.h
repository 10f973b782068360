#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/platform/base/calendar.h"

namespace anju {

// Walks over the fields of a value, to read or to write them. A struct names its fields once,
//
//   void Fields(Archive& archive) { archive("loan_no", loan_no); archive("principal_fen", principal_fen); }
//
// and can then be stored as JSON, filled from a protobuf message and answered as one, because the names are the same
// everywhere. Fields may be: integers, bool, std::string, Date, Month, enums, optionals of Date and Month, structs with
// Fields, and vectors of structs or strings.
class Archive {
 public:
  virtual ~Archive() = default;

  template <typename T>
  void operator()(absl::string_view name, T& value) {
    if constexpr (std::is_enum_v<T>) {
      int64_t number = static_cast<int64_t>(value);
      Integer(name, number);
      value = static_cast<T>(number);
    } else if constexpr (std::is_same_v<T, bool>) {
      Bool(name, value);
    } else if constexpr (std::is_integral_v<T>) {
      int64_t number = value;
      Integer(name, number);
      value = static_cast<T>(number);
    } else if constexpr (std::is_same_v<T, std::string>) {
      Text(name, value);
    } else if constexpr (std::is_same_v<T, Date> || std::is_same_v<T, Month>) {
      std::optional<T> present = value;
      Calendar(name, present);
      value = present.value_or(T());
    } else if constexpr (std::is_same_v<T, std::optional<Date>> || std::is_same_v<T, std::optional<Month>>) {
      Calendar(name, value);
    } else {
      Compound(name, value);
    }
  }

 protected:
  virtual void Integer(absl::string_view name, int64_t& value) = 0;
  virtual void Bool(absl::string_view name, bool& value) = 0;
  virtual void Text(absl::string_view name, std::string& value) = 0;
  // Nothing is written as absence, and absence is read as nothing.
  virtual void Calendar(absl::string_view name, std::optional<Date>& value) = 0;
  virtual void Calendar(absl::string_view name, std::optional<Month>& value) = 0;

  // Enters the struct `name`; inside a list the name is empty.
  virtual void BeginStruct(absl::string_view name) = 0;
  virtual void EndStruct() = 0;
  // Enters the list `name`: writes `size` elements, or answers how many there are to read.
  virtual size_t BeginList(absl::string_view name, size_t size) = 0;
  virtual void EndList() = 0;

 private:
  template <typename T>
  void Compound(absl::string_view name, std::vector<T>& values) {
    values.resize(BeginList(name, values.size()));
    for (T& value : values) (*this)("", value);
    EndList();
  }
  template <typename T>
  void Compound(absl::string_view name, T& value) {
    BeginStruct(name);
    value.Fields(*this);
    EndStruct();
  }
};

}  // namespace anju
