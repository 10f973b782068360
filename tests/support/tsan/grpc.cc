// What gRPC is given with a tag is handed to whoever gets the tag back. It goes through queues without locks, which
// TSan cannot see, as gRPC is built without it.

#include <grpc/grpc.h>
#include <sanitizer/tsan_interface.h>

#include "tests/support/tsan/next.h"

namespace {

using anju::tsan::Next;

constinit Next<decltype(grpc_call_start_batch)> start_batch("grpc_call_start_batch");
constinit Next<decltype(grpc_server_request_call)> request_call("grpc_server_request_call");
constinit Next<decltype(grpc_server_request_registered_call)> request_registered("grpc_server_request_registered_call");
constinit Next<decltype(grpc_completion_queue_next)> next("grpc_completion_queue_next");
constinit Next<decltype(grpc_completion_queue_pluck)> pluck("grpc_completion_queue_pluck");

grpc_event Got(grpc_event event) {
  if (event.type == GRPC_OP_COMPLETE) __tsan_acquire(event.tag);
  return event;
}

}  // namespace

extern "C" {

grpc_call_error grpc_call_start_batch(grpc_call* call, const grpc_op* ops, size_t count, void* tag, void* reserved) {
  __tsan_release(tag);
  return start_batch(call, ops, count, tag, reserved);
}

grpc_call_error grpc_server_request_call(grpc_server* server, grpc_call** call, grpc_call_details* details,
                                         grpc_metadata_array* metadata, grpc_completion_queue* bound,
                                         grpc_completion_queue* told, void* tag) {
  __tsan_release(tag);
  return request_call(server, call, details, metadata, bound, told, tag);
}

grpc_call_error grpc_server_request_registered_call(grpc_server* server, void* method, grpc_call** call,
                                                    gpr_timespec* deadline, grpc_metadata_array* metadata,
                                                    grpc_byte_buffer** payload, grpc_completion_queue* bound,
                                                    grpc_completion_queue* told, void* tag) {
  __tsan_release(tag);
  return request_registered(server, method, call, deadline, metadata, payload, bound, told, tag);
}

grpc_event grpc_completion_queue_next(grpc_completion_queue* queue, gpr_timespec deadline, void* reserved) {
  return Got(next(queue, deadline, reserved));
}

grpc_event grpc_completion_queue_pluck(grpc_completion_queue* queue, void* tag, gpr_timespec deadline, void* reserved) {
  return Got(pluck(queue, tag, deadline, reserved));
}
}
