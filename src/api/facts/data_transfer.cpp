#include "api/facts/data_transfer.hpp"

#include "api/facts/events.hpp"
#include "base/text.hpp"

namespace ohm::api {
namespace {

struct VendorMessage {
    std::string_view vendor, message;
    TransferAnswer answer;
};

// A vendor is known by its first row. Plug and charge over 1.6 needs a pool of contracts, which is
// not here: its messages are known and refused.
constexpr std::string_view plug_and_charge = "org.openchargealliance.iso15118pnc";
constexpr VendorMessage vendor_messages[] = {
    {"org.ohmstead", "Echo", {"Accepted", true}},
    {"org.ohmstead", "Note", {"Accepted"}},
    {plug_and_charge, "Authorize", {"Rejected"}},
    {plug_and_charge, "Get15118EVCertificate", {"Rejected"}},
    {plug_and_charge, "GetCertificateStatus", {"Rejected"}},
    {plug_and_charge, "SignCertificate", {"Rejected"}},
};

}  // namespace

TransferAnswer answer_transfer(std::string_view vendor, std::string_view message) {
    TransferAnswer answer{"UnknownVendorId"};
    for (const VendorMessage& known : vendor_messages) {
        if (!equals_ignoring_case(known.vendor, vendor)) continue;
        if (equals_ignoring_case(known.message, message)) return known.answer;
        answer.status = "UnknownMessageId";
    }
    return answer;
}

TransferAnswer take_transfer(Handler& handler, std::string_view vendor, std::string_view message,
                             std::string payload) {
    const TransferAnswer answer = answer_transfer(vendor, message);
    std::string name{vendor};
    if (!message.empty()) name += "/" + std::string{message};
    std::string kept = R"({"status":")" + std::string{answer.status.name()} + R"(","request":)";
    kept += payload + "}";
    note_event(handler,
               {.kind = "data_transfer", .name = std::move(name), .payload = std::move(kept)});
    return answer;
}

}  // namespace ohm::api
