#include "api/facts/certificates.hpp"

#include "api/facts/events.hpp"
#include "api/facts/tables.hpp"
#include "api/tables.hpp"
#include "base/text.hpp"
#include "pki/request.hpp"

namespace ohm::api {

bool take_certificate_request(Handler& handler, std::string_view csr,
                              std::string_view certificate_type) {
    const auto request = pki::read_request(csr);
    std::string payload = R"({"certificate_type":)";
    append_json_string(payload, certificate_type);
    payload += request ? R"(,"status":"Accepted"})" : R"(,"status":"Rejected"})";
    note_event(handler, {.kind = "certificate_request",
                         .name = request ? "Accepted" : "Rejected",
                         .payload = std::move(payload)});
    if (!request) return false;
    const std::string text{csr};
    const auto hash = static_cast<std::int64_t>(fnv1a(std::string{certificate_type} + '\n' + text));
    const auto shown = [](const std::string& name) {
        return tables::text_or_null(to_storable(name, limits::event_name_bytes));
    };
    handler.work.batch.unit.add(
        tables::certificate_request,
        {handler.station.no.value, hash, tables::bytes(handler.work.shard.ids.next()),
         std::string{certificate_type}, text, shown(request->common_name),
         shown(request->organization), std::string{"pending"}, handler.received_at()});
    return true;
}

}  // namespace ohm::api
