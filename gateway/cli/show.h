#pragma once

#include <ostream>
#include <string>

#include "anju/gateway/v1/gateway.pb.h"
#include "gateway/cli/import.h"
#include "google/protobuf/message.h"

// The platform's answers as people read them.
namespace anju::cli {

void Show(std::ostream& out, const gateway::v1::Overview& overview);
void Show(std::ostream& out, const gateway::v1::Ranking& ranking);
void Show(std::ostream& out, const gateway::v1::Trend& trend);
void Show(std::ostream& out, const gateway::v1::HouseholdFile& file);
void Show(std::ostream& out, const gateway::v1::ListAllIndicatorsResponse& catalogue);
void Show(std::ostream& out, const gateway::v1::Health& health);
void Show(std::ostream& out, const ImportOutcome& outcome);

// A figure's value with its unit; a dash when there is none.
std::string FigureText(const gateway::v1::Figure& figure);
// What the county has published where that is another figure; else empty.
std::string DiscrepancyText(const gateway::v1::Figure& figure);

// As JSON for scripts, with the fields named as in the contracts.
absl::Status ShowJson(std::ostream& out, const google::protobuf::Message& message);
void ShowJson(std::ostream& out, const ImportOutcome& outcome);

}  // namespace anju::cli
