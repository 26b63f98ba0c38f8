#include "api/certificates/requests.hpp"

#include <algorithm>

#include "api/certificates/answers.hpp"
#include "api/certificates/tables.hpp"
#include "api/commands/questions.hpp"
#include "api/commands/queue.hpp"
#include "api/facts/events.hpp"
#include "api/tables.hpp"
#include "base/text.hpp"
#include "domain/security_event.hpp"
#include "ocpp/v201/security.hpp"
#include "pki/certificate.hpp"
#include "pki/request.hpp"

namespace ohm::api {
namespace {

constexpr std::string_view v2g = "V2GCertificate";
constexpr seconds certificate_waits{7 * 86'400};

std::int64_t hash_of(std::string_view csr, std::string_view certificate_type) {
    return static_cast<std::int64_t>(
        fnv1a(std::string{certificate_type} + '\n' + std::string{csr}));
}

std::string details(std::string_view certificate_type, std::string_view status,
                    std::string_view reason, std::string_view detail) {
    std::string payload;
    const auto add = [&](std::string_view name, std::string_view text) {
        payload += payload.empty() ? "{\"" : ",\"";
        payload.append(name) += "\":";
        append_json_string(payload, text);
    };
    add("certificate_type", certificate_type);
    add("status", status);
    if (!reason.empty()) add("reason", reason), add("detail", detail);
    return payload + "}";
}

struct Judgement {
    std::string_view state;  // pending, held, rejected
    std::string_view reason;
    std::string detail;
};

bool names(const std::string& name, const std::string& text) {
    return !text.empty() && fold(name) == fold(text);
}

// A station's certificate bears its serial number (2.0.1 A00.FR.408 and neighbours), or the
// identity by which it is known here. Where neither is said, an operator has to look.
Judgement judge(const Handler& handler, const pki::CertificateRequest& request,
                std::string_view certificate_type) {
    const ApiOptions& options = handler.options();
    if (request.common_name.empty())
        return {"rejected", "wrong_common_name", "the subject has no common name"};
    if (!options.organization.empty() && request.organization != options.organization)
        return {"rejected", "wrong_organization",
                "the subject's organization is not " + options.organization};
    if (certificate_type == v2g) return {"pending", "", ""};
    if (fold(request.common_name) == handler.station.key) return {"pending", "", ""};
    const auto known = handler.work.shard.certificates.stations.find(handler.station.no.value);
    const bool has_serial = known != handler.work.shard.certificates.stations.end() &&
                            !known->second.serial_number.empty();
    if (!has_serial)
        return {"held", "unknown_common_name",
                "the common name is not the identity, and the station has not said its serial "
                "number"};
    if (names(request.common_name, known->second.serial_number)) return {"pending", "", ""};
    return {"rejected", "wrong_common_name",
            "the common name is neither the station's serial number nor its identity"};
}

void note(Handler& handler, std::string_view certificate_type, const Judgement& judged) {
    const bool rejected = judged.state == "rejected";
    const std::string_view status = rejected ? "Rejected" : "Accepted";
    const std::string payload = details(certificate_type, status, judged.reason, judged.detail);
    note_event(handler,
               {.kind = "certificate_request", .name = std::string{status}, .payload = payload});
    if (judged.reason.empty()) return;
    const std::string_view held =
        judged.state == "held" ? "CertificateRequestHeld" : "CertificateRequestRepeated";
    note_event(handler, {.kind = "security",
                         .name = std::string{rejected ? "CertificateRequestRejected" : held},
                         .severity = domain::severity_notice,
                         .index = 1,
                         .payload = payload});
}

void write_state(Work& work, KnownRequest& request, std::string_view state, std::string_view reason,
                 std::string_view by) {
    request.state = state;
    work.batch.unit.add(tables::certificate_request_state,
                        {request.station_no, request.csr_hash, std::string{state},
                         tables::text_or_null(reason), work.now_us(), tables::text_or_null(by)});
}

// The newest request counts (A02: a station repeats with a new key).
void supersede_others(Handler& handler, const KnownRequest& newest) {
    for (KnownRequest& other : handler.work.shard.certificates.requests)
        if (other.station_no == newest.station_no && other.id != newest.id &&
            other.state == "pending" && other.certificate_type == newest.certificate_type)
            write_state(handler.work, other, "superseded", "", "");
}

// Answered as the first time. One whose certificate did not arrive is sent its certificate again.
CertificateRequestTaken take_again(Handler& handler, KnownRequest& request) {
    if (request.state == "rejected") {
        note(handler, request.certificate_type, {"rejected", "repeated", "it was rejected before"});
        return {false, "the same request was rejected before"};
    }
    if (request.state == "pending" || request.state == "held") {
        note(handler, request.certificate_type, {request.state, "", ""});
        return {true, ""};
    }
    note(handler, request.certificate_type,
         {request.state, "repeated", "the same request again: its certificate is sent again"});
    write_state(handler.work, request, "pending", "repeated", "");
    return {true, ""};
}

}  // namespace

void need_certificate_request(std::string_view csr, std::string_view certificate_type,
                              const Station& station, Needs& needs) {
    needs.certificates.requests.push_back({station.no.value, hash_of(csr, certificate_type)});
    needs.certificates.stations.push_back(station.no.value);
}

CertificateRequestTaken take_certificate_request(Handler& handler, std::string_view csr,
                                                 std::string_view certificate_type) {
    ShardState& shard = handler.work.shard;
    const std::int64_t hash = hash_of(csr, certificate_type);
    if (KnownRequest* known = shard.certificates.find(handler.station.no.value, hash))
        return take_again(handler, *known);
    NamedStation& station = shard.certificates.stations[handler.station.no.value];
    if (++station.recent_requests > limits::certificate_requests_per_span) {
        const Judgement judged{"rejected", "too_many", "the station asks too often"};
        note(handler, certificate_type, judged);
        return {false, judged.detail};
    }
    const auto request = pki::read_request(csr);
    if (!request) {
        note(handler, certificate_type, {"rejected", request.error().code, request.error().detail});
        return {false, request.error().detail};
    }
    const Judgement judged = judge(handler, *request, certificate_type);
    note(handler, certificate_type, judged);
    const KnownRequest known{handler.station.no.value, hash,
                             shard.ids.next(),         std::string{certificate_type},
                             std::string{csr},         std::string{judged.state}};
    const auto shown = [](const std::string& name) {
        return tables::text_or_null(to_storable(name, limits::event_name_bytes));
    };
    handler.work.batch.unit.add(
        tables::new_certificate_request,
        {known.station_no, hash, tables::bytes(known.id), known.certificate_type, known.csr,
         shown(request->common_name), shown(request->organization), known.state,
         tables::text_or_null(judged.reason), handler.received_at()});
    if (judged.state == "rejected") return {false, judged.detail};
    supersede_others(handler, known);
    shard.certificates.requests.push_back(known);
    return {true, ""};
}

// ---- decisions ----

namespace {

struct Chain {
    std::vector<pki::Certificate> certificates;
    std::string text;
};

tl::expected<Chain, OperationRefused> checked_chain(const CertificateState& state,
                                                    const KnownRequest& request,
                                                    std::string_view pem) {
    const auto refuse = [](std::string_view code, std::string detail) {
        return tl::unexpected{
            OperationRefused{std::string{code}, std::move(detail), "/certificate_chain"}};
    };
    auto read = pki::read_certificates(pem);
    if (!read) return refuse("validation_failed", read.error().detail);
    const auto asked = pki::read_request(request.csr);
    if (!asked || pki::key_digest_of(read->front()) != asked->key_digest)
        return refuse("validation_failed",
                      "the first certificate is not of the key that the request is of");
    for (std::size_t i = 1; i < read->size(); ++i)
        if (!(*read)[i].issued((*read)[i - 1]))
            return refuse("validation_failed",
                          "each certificate must be followed by the one that issued it");
    constexpr std::size_t declared_max = 10'000;  // of CertificateSigned
    const auto station = state.stations.find(request.station_no);
    const std::size_t said_max =
        station == state.stations.end() || station->second.chain_bytes_max <= 0
            ? declared_max
            : static_cast<std::size_t>(station->second.chain_bytes_max);
    std::string text;
    for (const pki::Certificate& one : *read) text += one.pem();
    if (text.size() > std::min(declared_max, said_max))
        return refuse("certificate_chain_too_large",
                      "the chain has " + std::to_string(text.size()) +
                          " characters, the station takes " +
                          std::to_string(std::min(declared_max, said_max)));
    return Chain{std::move(*read), std::move(text)};
}

CommandCreate certificate_signed(const KnownRequest& request, const std::string& chain) {
    CommandCreate command;
    command.command.value = "certificate-signed";
    command.parameters.json = R"({"certificate_chain":)";
    append_json_string(command.parameters.json, chain);
    if (request.certificate_type == v2g) command.parameters.json += R"(,"type":"v2g")";
    if (request.certificate_type == "ChargingStationCertificate")
        command.parameters.json += R"(,"type":"charging_station")";
    command.parameters.json += "}";
    command.options.emplace();
    command.options->queue = true;
    command.options->expires_in.emplace().value = certificate_waits.count();
    return command;
}

void write_issued(Work& work, const KnownRequest& request, const Chain& chain,
                  const Ulid& command) {
    const pki::Description& leaf = chain.certificates.front().description();
    work.batch.unit.add(tables::issued_certificate,
                        {request.station_no, leaf.fingerprint, tables::bytes(request.id),
                         request.certificate_type, leaf.serial_number, leaf.subject, leaf.issuer,
                         micros(leaf.not_before), micros(leaf.not_after), chain.text,
                         std::string{"sent"}, tables::bytes(command), work.now_us()});
    note_certificate_names(work.batch.unit, chain.text);
}

void deliver(Work& work, Station& station, const bus::OperatorBody& asked, KnownRequest& request,
             std::string_view pem) {
    const auto chain = checked_chain(work.shard.certificates, request, pem);
    if (!chain) {
        if (chain.error().code == "certificate_chain_too_large")
            write_state(work, request, "failed", "chain_too_large", asked.requested_by);
        return work.refuse(chain.error().code == "validation_failed" ? 400 : 409,
                           chain.error().code, chain.error().detail, chain.error().pointer);
    }
    const auto command = commands::order(work, station, certificate_signed(request, chain->text),
                                         asked.requested_by);
    if (!command)
        return work.refuse(command.error().code == "rate_limited" ? 429 : 409, command.error().code,
                           command.error().detail);
    write_state(work, request, "signed", "", asked.requested_by);
    write_issued(work, request, *chain, *command);
    work.answer(202, wire::encode(CommandWritten{command->text(), false}));
}

}  // namespace

void decide_certificate_request(Work& work, Station& station, const bus::OperatorBody& asked,
                                const CertificateDecision& wanted) {
    const auto id = Ulid::from_text(wanted.request_id.value);
    KnownRequest* const request =
        id ? work.shard.certificates.find(station.no.value, *id) : nullptr;
    if (!request)
        return work.refuse(404, "not_found", "the station has sent no request of this id");
    const bool waits = request->state == "pending" || request->state == "held";
    if (!waits)
        return work.refuse(409, "request_not_waiting",
                           "the request does not wait any more: it is " + request->state);
    if (wanted.decision.is("deliver")) {
        const std::string pem = wanted.certificate_chain ? wanted.certificate_chain->value : "";
        return deliver(work, station, asked, *request, pem);
    }
    const bool approved = wanted.decision.is("approve");
    write_state(work, *request, approved ? "pending" : "rejected",
                wanted.reason ? wanted.reason->value : "", asked.requested_by);
    work.answer(200,
                wire::encode(StationWritten{.station_no = station.no.value, .id = station.id}));
}

void revoke_certificate(Work& work, Station& station, const bus::OperatorBody& asked,
                        const CertificateRevoke& wanted) {
    const auto known = work.shard.certificates.issued.find(wanted.fingerprint.value);
    const bool is_its_own =
        known != work.shard.certificates.issued.end() &&
        std::any_of(known->second.begin(), known->second.end(), [&](const IssuedCertificate& one) {
            return one.station_no == station.no.value;
        });
    if (!is_its_own)
        return work.refuse(404, "not_found", "the station was issued no certificate of this name");
    work.batch.unit.add(tables::issued_certificate_end,
                        {station.no.value, wanted.fingerprint.value, work.now_us(),
                         tables::text_or_null(asked.requested_by)});
    work.answer(200,
                wire::encode(StationWritten{.station_no = station.no.value, .id = station.id}));
}

}  // namespace ohm::api
