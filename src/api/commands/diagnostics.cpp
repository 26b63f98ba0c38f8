// Logs, customers' data, the state of a transaction: 1.6 Firmware Management and security
// extension, 2.0.1 blocks E, I and N.
#include "ocpp/v201/diagnostics.hpp"

#include "api/commands/file_parameters.hpp"
#include "api/commands/tokens.hpp"
#include "ocpp/v16/firmware_management.hpp"
#include "ocpp/v16/security.hpp"
#include "ocpp/v201/tariff_and_cost.hpp"
#include "ocpp/v201/transactions.hpp"

namespace ohm::api::commands {

struct CustomerParameters {
    bool report = false, clear = false;
    Optional<Text<64>> customer_identifier;
    Optional<TokenWritten> token;
    Optional<ocpp::v201::CertificateHashData> certificate;
    FIELDS(report, clear, customer_identifier, token, certificate)
};
struct CostParameters {
    Text<36, 1> transaction_id;
    wire::Number total_cost;
    FIELDS(transaction_id, total_cost)
};
struct TransactionStatusParameters {
    Optional<Text<36, 1>> transaction_id;  // absent: whether messages wait at all
    FIELDS(transaction_id)
};

namespace {

template <class Request>
void fill_log(const LogParameters& wanted, Request& request) {
    request.log.remoteLocation = {wanted.location->value};
    request.log.oldestTimestamp = wanted.from;
    request.log.latestTimestamp = wanted.to;
    request.logType = "DiagnosticsLog";
    if (wanted.type.is("security")) request.logType = "SecurityLog";
    request.retries = integer(wanted.retries);
    request.retryInterval = integer(wanted.retry_interval_s);
}

PreparedOrRefusal log_v16(Preparing& preparing, const LogParameters& wanted) {
    if (!wanted.location) return refusal("validation_failed", "name a location", "/location");
    if (wanted.type.is("security") || wanted.extended.value_or(false)) {
        ocpp::v16::GetLog::Request request;
        request.requestId = {preparing.next_number()};
        fill_log(wanted, request);
        return call_of<ocpp::v16::GetLog>(request);
    }
    ocpp::v16::GetDiagnostics::Request request;
    request.location.value = wanted.location->value;
    request.startTime = wanted.from;
    request.stopTime = wanted.to;
    request.retries = integer(wanted.retries);
    request.retryInterval = integer(wanted.retry_interval_s);
    return call_of<ocpp::v16::GetDiagnostics>(request);
}

PreparedOrRefusal log_v201(Preparing& preparing, const LogParameters& wanted) {
    if (!wanted.location) return refusal("validation_failed", "name a location", "/location");
    ocpp::v201::GetLog::Request request;
    request.requestId = {preparing.next_number()};
    fill_log(wanted, request);
    return call_of<ocpp::v201::GetLog>(request);
}

PreparedOrRefusal customer_v201(Preparing& preparing, const CustomerParameters& wanted) {
    const int named = wanted.customer_identifier.has_value() + wanted.token.has_value() +
                      wanted.certificate.has_value();
    if (named != 1)  // N09.FR.03
        return refusal("validation_failed",
                       "name the customer by one of customer_identifier, token and certificate");
    if (!wanted.report && !wanted.clear)  // N09.FR.07
        return refusal("validation_failed", "have the customer's data reported, cleared, or both");
    ocpp::v201::CustomerInformation::Request request;
    request.requestId = {preparing.next_number()};
    request.report = wanted.report;
    request.clear = wanted.clear;
    request.customerIdentifier = wanted.customer_identifier;
    request.customerCertificate = wanted.certificate;
    if (wanted.token) request.idToken = id_token(*wanted.token);
    return call_of<ocpp::v201::CustomerInformation>(request);
}

PreparedOrRefusal cost_v201(Preparing&, const CostParameters& wanted) {
    return call_of<ocpp::v201::CostUpdated>({wanted.total_cost, {wanted.transaction_id.value}});
}

PreparedOrRefusal transaction_v201(Preparing&, const TransactionStatusParameters& wanted) {
    ocpp::v201::GetTransactionStatus::Request request;
    if (wanted.transaction_id) request.transactionId = {{wanted.transaction_id->value}};
    return call_of<ocpp::v201::GetTransactionStatus>(request);
}

constexpr NeutralCommand table[] = {
    neutral<LogParameters, log_v16, log_v201>(
        {.name = "get-log",
         .tag = "commands",
         .summary = "Have the station upload its log, to here or to a location elsewhere",
         .example = R"({"type":"diagnostics"})"}),
    neutral<CustomerParameters, nullptr, customer_v201>(
        {.name = "customer-information",
         .tag = "commands",
         .summary = "Ask what the station keeps of a customer, or have it cleared",
         .example = R"({"report":true,"clear":false,"customer_identifier":"4711"})",
         .instead = "clear-cache and send-local-list clear what a 1.6 station keeps of tokens"}),
    neutral<CostParameters, nullptr, cost_v201>(
        {.name = "cost-updated",
         .tag = "commands",
         .summary = "Tell the station the running cost of a transaction, for its display",
         .example = R"({"transaction_id":"tx-1","total_cost":3.25})",
         .instead = "data-transfer carries the vendor's own message"}),
    neutral<TransactionStatusParameters, nullptr, transaction_v201>(
        {.name = "get-transaction-status",
         .tag = "commands",
         .summary = "Ask whether a transaction runs and whether messages of it still wait",
         .example = R"({"transaction_id":"tx-1"})",
         .instead = "trigger-message asks for StatusNotification or MeterValues"}),
};

}  // namespace

Part diagnostics_commands() { return table; }

}  // namespace ohm::api::commands
