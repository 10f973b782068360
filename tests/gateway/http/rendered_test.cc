#include "gateway/http/rendered.h"

#include <gmock/gmock.h>

#include "anju/gateway/v1/gateway.pb.h"
#include "gateway/http/compression.h"

namespace anju::gateway {
namespace {

using ::testing::Contains;
using ::testing::Pair;

TEST(MatchesTagTest, ComparesWeakly) {
  for (const char* known :
       {R"(W/"a")", R"("a")", "*", " * ", R"("b", W/"a")", R"( "a" )", R"("b,c","a")", R"(,, "b" ,"a")"}) {
    EXPECT_TRUE(MatchesTag(known, R"(W/"a")")) << known;
  }
  for (const char* known :
       {"", "a", R"(W/"b")", R"("ab")", R"(w/"a")", R"("b, *, c")", R"(*, "b")", R"("b, "a")", R"("a)", R"(b, "a")"}) {
    EXPECT_FALSE(MatchesTag(known, R"(W/"a")")) << known;
  }
}

TEST(PresentTest, SendsWhatTheCallerTakesAndHasNotGot) {
  const Rendered rendered(std::string(kMinCompressed, 'x'));
  RequestHead head;
  Reply reply = Present(rendered, head, "private, no-cache");
  EXPECT_EQ(reply.body, rendered.plain());
  EXPECT_THAT(reply.fields, Contains(Pair("ETag", rendered.tag())));
  EXPECT_THAT(reply.fields, Contains(Pair("Vary", "Accept-Encoding")));

  head.fields = {{"accept-encoding", "gzip"}};
  reply = Present(rendered, head, "private, no-cache");
  EXPECT_EQ(reply.body, rendered.gzip());
  EXPECT_THAT(reply.fields, Contains(Pair("Content-Encoding", "gzip")));

  head.fields.emplace_back("if-none-match", rendered.tag());
  reply = Present(rendered, head, "private, no-cache");
  EXPECT_EQ(reply.status, 304);
  EXPECT_EQ(reply.body, nullptr);
}

TEST(RenderedTest, IsCalledByWhatItSaysAndNotByWhenItWasAsked) {
  const auto tag = [](const char* json) { return Rendered(json).tag(); };
  EXPECT_EQ(tag(R"({"value":"1","as_of":"2018-10-31T01:00:00Z","name":"a"})"),
            tag(R"({"value":"1","as_of":"2018-11-30T02:00:00.5Z","name":"a"})"));
  EXPECT_NE(tag(R"({"value":"1","as_of":"2018-10-31T01:00:00Z","name":"a"})"),
            tag(R"({"value":"1","as_of":"2018-10-31T01:00:00Z","name":"b"})"));
  EXPECT_NE(tag(R"({"value":"1","as_of":"x"})"), tag(R"({"value":"2","as_of":"x"})"));
  // What a person wrote is no field.
  EXPECT_NE(tag(R"({"name":"\"as_of\":\"a\""})"), tag(R"({"name":"\"as_of\":\"b\""})"));
  EXPECT_NE(tag(R"({"as_of":"a)"), tag(R"({"a":"a)"));
}

TEST(PresentTest, LeavesSmallAnswersAsTheyAre) {
  RequestHead head = {.fields = {{"accept-encoding", "gzip"}}};
  EXPECT_EQ(*PresentOnce("{}", head).body, "{}");
  const RequestHead other = {.fields = {{"accept-encoding", "gzip, identity;q=0"}}};
  EXPECT_NE(*PresentOnce("{}", other).body, "{}");
  EXPECT_THAT(PresentOnce(std::string(kMinCompressed, 'x'), {}).fields, Contains(Pair("Vary", "Accept-Encoding")));
  EXPECT_LT(PresentOnce(std::string(kMinCompressed, 'x'), head).body->size(), kMinCompressed);
}

TEST(RenderedTest, ItsTagFollowsWhatItSays) {
  EXPECT_EQ(Rendered("a").tag(), Rendered("a").tag());
  EXPECT_NE(Rendered("a").tag(), Rendered("b").tag());
}

TEST(RenderingsTest, MakesTheJsonOfAnAnswerOnce) {
  const Transcoder transcoder({"registry"});
  Renderings renderings(transcoder);
  const auto match = *transcoder.Find("GET", "/v1/overview?division=45");
  v1::Overview overview;
  overview.set_division("45");
  const auto answer = std::make_shared<const std::string>(overview.SerializeAsString());
  const auto first = *renderings.Get(match, answer, /*keep=*/true);
  EXPECT_EQ(*first->plain(), R"({"division":"45"})");
  EXPECT_EQ(*renderings.Get(match, answer, /*keep=*/true), first);
  const auto same = std::make_shared<const std::string>(*answer);
  EXPECT_NE(*renderings.Get(match, same, /*keep=*/false), first);
  EXPECT_EQ((*renderings.Get(match, same, /*keep=*/false))->tag(), first->tag());
  EXPECT_FALSE(renderings.Get(match, std::make_shared<const std::string>("\xff"), true).ok());
}

}  // namespace
}  // namespace anju::gateway
