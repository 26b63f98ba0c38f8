#include "api/facts/data_transfer.hpp"

#include "api/facts/events.hpp"
#include "base/text.hpp"

namespace ohm::api {

// What is posted, and what is expected: in docs/WEBHOOKS.md.
struct TransferAsked {
    struct Data {
        std::string station_id, ocpp_version, vendor_id;
        wire::Nullable<std::string> message_id;
        wire::Nullable<wire::Any> data;
        FIELDS(station_id, ocpp_version, vendor_id, message_id, data)
    };
    std::string type = "data_transfer.received";
    wire::Instant timestamp;
    Data data;
    FIELDS(type, timestamp, data)
};
struct TransferSaid {
    TransferStatus status;
    wire::Optional<wire::Any> data;
    FIELDS(status, data)
};
struct TextIn {
    std::string data;
    FIELDS(data)
};

namespace {

struct VendorMessage {
    std::string_view vendor, message;
    TransferAnswer answer;
};

// A vendor is known by its first row. Plug and charge over 1.6 needs a pool of contracts, which is
// not here: its messages are known and refused.
constexpr std::string_view plug_and_charge = "org.openchargealliance.iso15118pnc";
const VendorMessage vendor_messages[] = {
    {"org.ohmstead", "Echo", {"Accepted", true}},
    {"org.ohmstead", "Note", {"Accepted"}},
    {plug_and_charge, "Authorize", {"Rejected"}},
    {plug_and_charge, "Get15118EVCertificate", {"Rejected"}},
    {plug_and_charge, "GetCertificateStatus", {"Rejected"}},
    {plug_and_charge, "SignCertificate", {"Rejected"}},
};

// A station cannot tell a webhook that is away from one that refuses: Rejected, and the event says
// why.
TransferAnswer answer_of(const Handler& handler, const outside::Answer& heard) {
    std::string failure = heard.failure();
    TransferSaid said;
    if (failure.empty() && handler.work.shard.decoder.decode(heard.parts.front().body, said,
                                                             {wire::Strictness::lenient}))
        failure = "unreadable";
    if (!failure.empty()) return {.status = "Rejected", .detail = "webhook: " + failure};
    TransferAnswer answer{.status = said.status};
    if (said.data) answer.data = said.data->json;
    return answer;
}

TransferAnswer answer_here(const Handler& handler, const Transfer& transfer) {
    if (const auto* heard = handler.heard(outside::Kind::transfer))
        return answer_of(handler, *heard);
    TransferAnswer answer = answer_transfer(transfer.vendor, transfer.message);
    const bool vendor_is_known = handler.work.shard.hooks.knows_vendor(transfer.vendor);
    if (vendor_is_known && answer.status.is("UnknownVendorId")) answer.status = "UnknownMessageId";
    return answer;
}

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

std::optional<outside::Question> transfer_question(const Handler& handler,
                                                   const Transfer& transfer) {
    const outside::TransferHook* hook =
        handler.work.shard.hooks.find(transfer.vendor, transfer.message);
    if (!hook) return std::nullopt;
    TransferAsked asked;
    asked.timestamp.at = handler.work.batch.now;
    asked.data.station_id = handler.station.id;
    asked.data.ocpp_version = ocpp::short_name(handler.station.version);
    asked.data.vendor_id = transfer.vendor;
    if (!transfer.message.empty()) asked.data.message_id = {transfer.message};
    if (!transfer.data.empty()) asked.data.data = {wire::Any{transfer.data}};
    return outside::Question{.kind = outside::Kind::transfer,
                             .parts = {{hook->hook.url, wire::encode(asked)}},
                             .secrets = hook->hook.secrets,
                             .timeout = hook->hook.timeout};
}

std::string text_of_json(wire::Decoder& decoder, const std::string& json) {
    TextIn text;
    const bool is_text = !decoder.decode(R"({"data":)" + json + "}", text);
    return is_text ? text.data : json;
}

TransferAnswer take_transfer(Handler& handler, Transfer&& transfer) {
    TransferAnswer answer = answer_here(handler, transfer);
    std::string name = transfer.vendor.empty() ? "unknown" : transfer.vendor;  // quirk B18
    if (!transfer.message.empty()) name += "/" + transfer.message;
    std::string kept = R"({"status":")" + std::string{answer.status.name()} + "\"";
    if (!answer.detail.empty()) {
        kept += R"(,"detail":)";
        append_json_string(kept, answer.detail);
    }
    kept += R"(,"request":)" + transfer.payload + "}";
    note_event(handler,
               {.kind = "data_transfer", .name = std::move(name), .payload = std::move(kept)});
    return answer;
}

}  // namespace ohm::api
