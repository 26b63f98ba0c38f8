// What a 1.6 station says about charging: Authorize, StartTransaction, StopTransaction,
// MeterValues. A part of the Core profile's handlers.
#pragma once

#include "api/charging/transactions.hpp"
#include "api/dispatch.hpp"
#include "ocpp/v16/core.hpp"

namespace ohm::api::v16 {

struct Charging : Handler {
    using Authorize = ocpp::v16::Authorize;
    using MeterValues = ocpp::v16::MeterValues;
    using StartTransaction = ocpp::v16::StartTransaction;
    using StopTransaction = ocpp::v16::StopTransaction;

    static void needs(const Authorize::Request& request, const Station& station, Needs& needs);
    static void needs(const StartTransaction::Request& request, const Station& station,
                      Needs& needs);
    static void needs(const StopTransaction::Request& request, const Station& station,
                      Needs& needs);
    static void needs(const MeterValues::Request& request, const Station& station, Needs& needs);

    std::optional<outside::Question> question(const Authorize::Request& request) const;
    std::optional<outside::Question> question(const StartTransaction::Request& request) const;
    std::optional<outside::Question> question(const StopTransaction::Request& request) const;

    Authorize::Response on(const Authorize::Request& request);
    StartTransaction::Response on(const StartTransaction::Request& request);
    StopTransaction::Response on(const StopTransaction::Request& request);
    MeterValues::Response on(const MeterValues::Request& request);

private:
    void end(TransactionRecord& record, const StopTransaction::Request& request,
             const std::string& token, const std::string& content);
    void end_with_samples(TransactionRecord& record, const StopTransaction::Request& request);
    // Of a stop that came before its start: its payload.
    void take_values(TransactionRecord& record, const std::string& stop);
    // Of a stop whose id is none of this station's; null: it can mean none, or several.
    TransactionRecord* end_what_is_meant(const StopTransaction::Request& request,
                                         const std::string& token, const std::string& group);
    // Of meter values that say no id: takes those of a session out of the list.
    void give_to_running(std::int64_t evse, std::vector<MeterElement>& said);
};

}  // namespace ohm::api::v16
