#include "services/relocation/rpc/household_file.h"

#include <grpcpp/grpcpp.h>

#include "anju/relocation/v1/community.pb.h"
#include "anju/relocation/v1/grid.pb.h"
#include "anju/relocation/v1/relocation.pb.h"
#include "services/platform/rpc/status.h"
#include "services/relocation/domain/assembly.h"
#include "services/relocation/domain/case.h"
#include "services/relocation/domain/grid.h"
#include "services/relocation/domain/indicators.h"
#include "services/relocation/domain/kinds.h"
#include "services/relocation/domain/plot.h"
#include "tests/support/identity.h"
#include "tests/support/stand.h"

namespace anju::relocation {
namespace {

using absl::StatusCode::kPermissionDenied;
using testing::RefusedWith;
using ::testing::UnorderedElementsAre;

constexpr char kVillage[] = "450328100201";
constexpr char kTown[] = "450328101";
constexpr char kSite[] = "450328/county/s1";
const Date kDay(2018, 3, 1);

class HouseholdFileTest : public ::testing::TestWithParam<std::string> {
 protected:
  HouseholdFileTest()
      : stand_(GetParam(), Kinds(), Catalogue()),
        identity_(stand_.clock),
        files_(stand_.store, identity_.guard(), "relocation", {files::Expose<Case, v1::Case>()}, PartsOfHousehold) {
    grpc::ServerBuilder builder;
    builder.RegisterService(&files_);
    server_ = builder.BuildAndStart();
    stub_ = files::v1::Files::NewStub(server_->InProcessChannel({}));
    Keep(Case{.key = "450328/county/c1",
              .household_id = "id-h1",
              .site_key = kSite,
              .household = stand_.KnowHousehold("h1", kVillage, 1)});
    Keep(Site{.key = kSite, .location = kTown, .started_on = kDay, .posts = {Post("1", "h1"), Post("2", "h2")}});
    // A post at a site where it does not live, and a site where it has none.
    Keep(Site{.key = "450328/county/s2", .location = kTown, .started_on = kDay, .posts = {Post("3", "h1")}});
    Keep(Site{.key = "450328/county/s3", .location = kTown, .started_on = kDay, .posts = {Post("4", "h2")}});
    Keep(Assembly{.key = kSite, .site_location = kTown, .elections = {Held("e1", {"h1", "h2"}), Held("e2", {"h2"})}});
    Keep(Grid{.key = "450328/county/g1",
              .site_key = kSite,
              .site_location = kTown,
              .parent_key = "450328/county/g0",
              .opened_on = kDay,
              .chiefs = {{.household_id = "id-h2", .person_no = "p1", .since = kDay}},
              .members = {{.household_id = "id-h1", .since = kDay}, {.household_id = "id-h2", .since = kDay}}});
    Keep(PlotHolder{.key = "id-h1",
                    .site_key = kSite,
                    .site_location = kTown,
                    .holdings = {{.plot_key = "450328/county/w1", .since = kDay + 9}}});
    Keep(Plot{.key = "450328/county/w1",
              .site_key = kSite,
              .site_location = kTown,
              .area_centi_mu = 10,
              .holdings = {{.household_id = "id-h2", .since = kDay, .until = kDay + 9},
                           {.household_id = "id-h1", .since = kDay + 9}}});
  }
  ~HouseholdFileTest() override { server_->Shutdown(); }

  static PublicPost Post(const std::string& number, const std::string& household) {
    return {.post_no = number,
            .title = "保洁员",
            .created_on = kDay,
            .household_id = "id-" + household,
            .person_no = "p" + number,
            .monthly_pay_fen = 1'000'00};
  }
  static Election Held(const std::string& number, const std::vector<std::string>& households) {
    Election election{.election_no = number,
                      .body = Body::kRepresentatives,
                      .held_on = kDay,
                      .term_until = kDay + 1000,
                      .places = 2,
                      .eligible = 9,
                      .voted = 9};
    for (const std::string& household : households) {
      election.seats.push_back({.household_id = "id-" + household, .person_no = "p1", .votes = 5});
    }
    return election;
  }
  template <typename Root>
  void Keep(Root root) {
    const absl::Status kept = stand_.store.Change({}, [&](roots::Session& session) {
      session.Put(root);
      return absl::OkStatus();
    });
    ASSERT_TRUE(kept.ok()) << kept;
  }
  absl::StatusOr<files::v1::FilePart> Ask(const std::string& scope) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", identity_.Bearer({"officer"}, scope));
    files::v1::GetFilePartRequest request;
    request.set_household_id("id-h1");
    files::v1::FilePart part;
    RETURN_IF_ERROR(rpc::FromGrpc(stub_->GetFilePart(&context, request, &part)));
    return part;
  }

  testing::Stand stand_;
  testing::TestIdentity identity_;
  files::FilesService files_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<files::v1::Files::Stub> stub_;
};

template <typename Message>
std::vector<Message> Of(const files::v1::FilePart& part) {
  std::vector<Message> found;
  for (const auto& record : part.records()) {
    if (record.Is<Message>()) record.UnpackTo(&found.emplace_back());
  }
  return found;
}

TEST_P(HouseholdFileTest, HoldsWhatIsTheHouseholdsAlone) {
  const auto part = Ask("450328");
  ASSERT_TRUE(part.ok()) << part.status();
  EXPECT_EQ(part->DebugString().find("id-h2"), std::string::npos);
  EXPECT_EQ(Of<v1::Case>(*part).size(), 1);
  std::vector<std::string> posts;
  for (const v1::Site& site : Of<v1::Site>(*part)) {
    for (const v1::PublicPost& post : site.posts()) {
      EXPECT_EQ(post.household_id(), "id-h1");
      posts.push_back(post.post_no());
    }
  }
  EXPECT_THAT(posts, UnorderedElementsAre("1", "3"));
  const auto assemblies = Of<v1::Assembly>(*part);
  ASSERT_EQ(assemblies.size(), 1);
  ASSERT_EQ(assemblies[0].elections_size(), 1);
  EXPECT_EQ(assemblies[0].elections(0).election_no(), "e1");
  ASSERT_EQ(assemblies[0].elections(0).seats_size(), 1);
  EXPECT_EQ(assemblies[0].elections(0).seats(0).household_id(), "id-h1");
  const auto grids = Of<v1::Grid>(*part);
  ASSERT_EQ(grids.size(), 1);
  EXPECT_EQ(grids[0].chiefs_size(), 0);
  ASSERT_EQ(grids[0].members_size(), 1);
  EXPECT_EQ(grids[0].members(0).household_id(), "id-h1");
  const auto plots = Of<v1::Plot>(*part);
  ASSERT_EQ(plots.size(), 1);
  ASSERT_EQ(plots[0].holdings_size(), 1);
  EXPECT_EQ(plots[0].holdings(0).household_id(), "id-h1");
}

TEST_P(HouseholdFileTest, APlaceTellsOnlyItsOwn) {
  // The household's village has its case, and not what is kept of the site.
  const auto part = Ask(kVillage);
  ASSERT_TRUE(part.ok()) << part.status();
  EXPECT_EQ(part->records_size(), 1);
  EXPECT_EQ(Of<v1::Case>(*part).size(), 1);
  // And the site's town is not shown a household that lives elsewhere.
  EXPECT_THAT(Ask(kTown), RefusedWith(kPermissionDenied, "OUTSIDE_SCOPE"));
}

INSTANTIATE_TEST_SUITE_P(Engines, HouseholdFileTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
