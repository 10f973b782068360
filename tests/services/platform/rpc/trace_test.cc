#include "services/platform/rpc/trace.h"

#include "gtest/gtest.h"

namespace anju::rpc {
namespace {

constexpr char kParent[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr char kTraceId[] = "4bf92f3577b34da6a3ce929d0e0e4736";

TEST(TraceTest, AChildStaysInTheTraceOfItsParent) {
  const Trace child = ChildOf(kParent, "congo=t61rcWkgMzE");
  EXPECT_EQ(child.trace_id(), kTraceId);
  EXPECT_NE(child.span_id(), "00f067aa0ba902b7");
  EXPECT_TRUE(child.sampled);
  EXPECT_EQ(child.state, "congo=t61rcWkgMzE");
  EXPECT_EQ(Traceparent(child), std::string("00-") + kTraceId + "-" + child.span_id() + "-01");
  EXPECT_NE(ChildOf(kParent).span_id(), child.span_id());
  EXPECT_FALSE(ChildOf("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02").sampled);
  EXPECT_EQ(ChildOf("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-later").trace_id(), kTraceId);
}

TEST(TraceTest, WhatIsNoParentBeginsATrace) {
  for (const char* parent : {"", "t1", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
                             "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                             "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.x",
                             "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                             "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                             "00-4bf92f3577b34da6a3ce929d0e0e473\"-00f067aa0ba902b7-01",
                             "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01"}) {
    const Trace trace = ChildOf(parent, "congo=t61rcWkgMzE");
    EXPECT_NE(trace.trace_id(), kTraceId) << parent;
    EXPECT_EQ(trace.trace_id().size(), 32) << parent;
    EXPECT_NE(trace.id_low, 0) << parent;
    EXPECT_EQ(trace.state, "") << parent;
  }
}

TEST(TraceTest, AStateThatIsTooLongOrUnreadableIsNotPassedOn) {
  EXPECT_EQ(ChildOf(kParent, std::string(kMaxTraceStateBytes, 'x')).state.size(), kMaxTraceStateBytes);
  EXPECT_EQ(ChildOf(kParent, std::string(kMaxTraceStateBytes + 1, 'x')).state, "");
  EXPECT_EQ(ChildOf(kParent, "a=\r\nb").state, "");
}

TEST(TraceTest, ScopesNest) {
  EXPECT_EQ(CurrentTrace(), nullptr);
  const Trace outer = ChildOf(""), inner = ChildOf("");
  {
    const TraceScope one(outer);
    EXPECT_EQ(CurrentTrace(), &outer);
    {
      const TraceScope two(inner);
      EXPECT_EQ(CurrentTrace(), &inner);
    }
    EXPECT_EQ(CurrentTrace(), &outer);
  }
  EXPECT_EQ(CurrentTrace(), nullptr);
}

}  // namespace
}  // namespace anju::rpc
