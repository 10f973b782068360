#include "services/platform/ledger/service.h"

#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/records/read.h"

namespace anju::ledger {
namespace {

using enum absl::StatusCode;

absl::Status CheckDivision(const std::string& division) {
  if (IsDivisionCode(division)) return absl::OkStatus();
  return Refuse(kInvalidArgument, "DIVISION_MALFORMED", "a division code has 2, 4, 6, 9 or 12 digits", "division");
}

// anju.ledger.v1.GetBalanceRequest, and GetTrialBalanceRequest without the account.
struct Question {
  std::string account;
  std::string division;
  Date on;
  std::string party;

  void Fields(Archive& archive) {
    archive("account", account);
    archive("division", division);
    archive("on", on);
    archive("party", party);
  }
};

struct TrialQuestion {
  std::string division;
  Date on;

  void Fields(Archive& archive) {
    archive("division", division);
    archive("on", on);
  }
};

v1::AccountBalance ToProto(const AccountSum& sum) {
  v1::AccountBalance message;
  message.set_account(std::string(sum.account->code));
  message.set_label_zh(std::string(sum.account->label_zh));
  message.set_label_en(std::string(sum.account->label_en));
  message.set_kind(static_cast<v1::AccountKind>(sum.account->kind));
  message.set_party_kind(static_cast<v1::PartyKind>(sum.account->party));
  message.set_debit_fen(sum.debit_fen);
  message.set_credit_fen(sum.credit_fen);
  message.set_balance_fen(sum.Balance());
  return message;
}

void ToProto(const BookedEntry& entry, v1::Entry& message) {
  message.set_journal_id(entry.journal_id);
  message.set_number(entry.number);
  message.set_record_id(entry.record_id);
  message.set_division(entry.division);
  message.set_on(Format(entry.on));
  message.set_reason(entry.reason);
  message.set_reverses(entry.reverses);
  message.set_account(entry.account);
  message.set_party(entry.party);
  message.set_amount_fen(entry.amount_fen);
}

}  // namespace

grpc::Status LedgerService::GetBalance(grpc::ServerContext* context, const v1::GetBalanceRequest* request,
                                       v1::AccountBalance* response) {
  const auto get = [&](const rpc::Caller&) -> absl::StatusOr<v1::AccountBalance> {
    ASSIGN_OR_RETURN(const Question question, messages::FromProto<Question>(*request));
    RETURN_IF_ERROR(CheckDivision(question.division));
    const Account* account = books_.Find(question.account);
    if (account == nullptr) {
      return Refuse(kNotFound, "ACCOUNT_NOT_FOUND",
                    "this service's chart has no such account; the trial balance lists them", "account");
    }
    const auto party = question.party.empty() ? std::nullopt : std::optional(question.party);
    ASSIGN_OR_RETURN(const AccountSum sum, books_.Balance(*account, party, question.division, question.on));
    return ToProto(sum);
  };
  return guard_.Unary<v1::GetBalanceRequest, v1::AccountBalance>(context, request, response, get);
}

grpc::Status LedgerService::GetTrialBalance(grpc::ServerContext* context, const v1::GetTrialBalanceRequest* request,
                                            v1::TrialBalance* response) {
  const auto get = [&](const rpc::Caller&) -> absl::StatusOr<v1::TrialBalance> {
    ASSIGN_OR_RETURN(const TrialQuestion question, messages::FromProto<TrialQuestion>(*request));
    RETURN_IF_ERROR(CheckDivision(question.division));
    ASSIGN_OR_RETURN(const std::vector<AccountSum> sums, books_.TrialBalance(question.division, question.on));
    v1::TrialBalance answer;
    for (const AccountSum& sum : sums) {
      *answer.add_accounts() = ToProto(sum);
      answer.set_debit_fen(answer.debit_fen() + sum.debit_fen);
      answer.set_credit_fen(answer.credit_fen() + sum.credit_fen);
    }
    answer.set_balances(answer.debit_fen() == answer.credit_fen());
    return answer;
  };
  return guard_.Unary<v1::GetTrialBalanceRequest, v1::TrialBalance>(context, request, response, get);
}

grpc::Status LedgerService::ListEntries(grpc::ServerContext* context, const v1::ListEntriesRequest* request,
                                        v1::ListEntriesResponse* response) {
  const auto list = [&](const rpc::Caller&) -> absl::StatusOr<v1::ListEntriesResponse> {
    RETURN_IF_ERROR(CheckDivision(request->division()));
    const EntryQuery query{.division = request->division(),
                           .record_id = request->record_id(),
                           .account = request->account(),
                           .party = request->party()};
    ASSIGN_OR_RETURN(const EntryPage page,
                     books_.Entries(query, request->page_token(), records::PageSize(request->page_size())));
    v1::ListEntriesResponse answer;
    for (const BookedEntry& entry : page.entries) ToProto(entry, *answer.add_entries());
    answer.set_next_page_token(page.next_page_token);
    return answer;
  };
  return guard_.Unary<v1::ListEntriesRequest, v1::ListEntriesResponse>(context, request, response, list);
}

grpc::Status LedgerService::CheckLedger(grpc::ServerContext* context, const v1::CheckLedgerRequest* request,
                                        v1::CheckLedgerResponse* response) {
  const auto check = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::CheckLedgerResponse> {
    const auto within = [&](absl::string_view division) { return caller.Covers(division); };
    ASSIGN_OR_RETURN(const BooksProof proof, books_.Check(within));
    v1::CheckLedgerResponse answer;
    answer.set_agrees(proof.discrepancies.empty());
    answer.set_journals(proof.journals);
    answer.set_entries(proof.entries);
    answer.set_records(proof.records);
    for (const Discrepancy& discrepancy : proof.discrepancies) {
      v1::LedgerDiscrepancy& message = *answer.add_discrepancies();
      message.set_record_id(discrepancy.record_id);
      message.set_account(discrepancy.account);
      message.set_party(discrepancy.party);
      message.set_posted_fen(discrepancy.posted_fen);
      message.set_recorded_fen(discrepancy.recorded_fen);
    }
    return answer;
  };
  return guard_.Unary<v1::CheckLedgerRequest, v1::CheckLedgerResponse>(context, request, response, check);
}

}  // namespace anju::ledger
