#pragma once

#include <algorithm>
#include <string>

#include "absl/status/statusor.h"
#include "services/platform/messages/archive.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/identity.h"

// The Get and List of every kind of record, within the caller's scope.
namespace anju::records {

inline absl::Status CheckScope(const rpc::Caller& caller, absl::string_view division) {
  if (caller.Covers(division)) return absl::OkStatus();
  return Refuse(absl::StatusCode::kPermissionDenied, "OUTSIDE_SCOPE", "your token is for another division");
}

// Who is calling, for a change whose receipt is kept by the short name of its method.
inline roots::Actor ActorOf(const rpc::Caller& caller, absl::string_view method) {
  return {.subject = caller.subject,
          .method = std::string(method),
          .role = rpc::RoleWords(caller),
          .full_method = caller.method,
          .request_id = caller.request_id};
}

// A root that keeps more than its message has names in `Shown` what of it is answered. With its personal data, which
// the guard masks unless the caller may see it.
template <typename Message, typename Root>
Message ToMessage(const Root& root) {
  Message message;
  messages::Write(
      [&](Archive& archive) {
        if constexpr (requires { const_cast<Root&>(root).Shown(archive); }) {
          const_cast<Root&>(root).Shown(archive);
        } else {
          const_cast<Root&>(root).Fields(archive);
        }
      },
      message);
  return message;
}

// For an answer in which nobody sees personal data.
template <typename Message, typename Root>
Message ToMasked(const Root& root) {
  Message message = ToMessage<Message>(root);
  messages::Mask(message);
  return message;
}

// The record that `find(name)` finds by its id or key, within the caller's scope. A key,
// `<division>/<source>/<number>`, can be guessed: one of another division is answered as `find` answers a key that no
// record has.
template <typename Find>
auto FindFor(const rpc::Caller& caller, const std::string& name, Find find) -> decltype(find(name)) {
  auto found = find(name);
  if (!found.ok() || caller.Covers(found->Division())) return found;
  // An id has no slash, and a key has.
  if (name.find('/') != std::string::npos) return find("/");
  return CheckScope(caller, found->Division());
}

template <typename Message, typename Root>
absl::StatusOr<Message> Get(roots::Store& store, const rpc::Caller& caller, const std::string& id,
                            absl::string_view not_found) {
  ASSIGN_OR_RETURN(std::optional<Root> root, store.Get<Root>(id));
  if (!root.has_value()) {
    return Refuse(absl::StatusCode::kNotFound, not_found, "there is no record with this id", "id");
  }
  RETURN_IF_ERROR(CheckScope(caller, root->Division()));
  return ToMessage<Message>(*root);
}

inline constexpr int64_t kUsualPage = 100;
inline constexpr int64_t kLargestPage = 1000;

inline int64_t PageSize(int64_t asked) { return asked == 0 ? kUsualPage : std::clamp<int64_t>(asked, 1, kLargestPage); }

// `add` is the response's adder of its repeated field.
template <typename Root, typename Request, typename Response, typename Message>
absl::StatusOr<Response> List(roots::Store& store, const Request& request, Message* (Response::*add)()) {
  if (request.division().empty()) {
    return Refuse(absl::StatusCode::kInvalidArgument, "FIELD_MISSING", "name the division to list", "division");
  }
  ASSIGN_OR_RETURN(roots::RootPage page,
                   store.List(Root::kKind, request.division(), request.page_token(), PageSize(request.page_size())));
  Response response;
  for (const roots::StoredRoot& stored : page.roots) {
    *(response.*add)() = ToMessage<Message>(*std::any_cast<Root>(&stored.root));
  }
  response.set_next_page_token(page.next_page_token);
  return response;
}

// A page of what waits in a queue (roots/queue.h) until a day, included. `add(root, response)` puts one into it.
template <typename Root, typename Response, typename Request, typename Add>
absl::StatusOr<Response> ListQueue(roots::Store& store, absl::string_view queue, Date until, const Request& request,
                                   Add add) {
  if (request.division().empty()) {
    return Refuse(absl::StatusCode::kInvalidArgument, "FIELD_MISSING", "name the division to list", "division");
  }
  ASSIGN_OR_RETURN(roots::RootPage page,
                   store.Queue(queue, request.division(), until, request.page_token(), PageSize(request.page_size())));
  Response response;
  for (const roots::StoredRoot& stored : page.roots) add(*std::any_cast<Root>(&stored.root), response);
  response.set_next_page_token(page.next_page_token);
  return response;
}

}  // namespace anju::records
