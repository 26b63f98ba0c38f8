#include "api/outside/certificates.hpp"

#include <algorithm>

#include "api/outside/tables.hpp"
#include "base/secret.hpp"

namespace ohm::api::outside {
namespace {

using ocpp::v201::OcspRequestData;

// All of the question: a responder that somebody else has chosen says nothing here.
std::string key_of(const OcspRequestData& data) {
    return to_hex(secret::digest(wire::encode(data)));
}

egress::CertificateId id_of(const OcspRequestData& data) {
    return {std::string{data.hashAlgorithm.name()}, data.issuerNameHash.value,
            data.issuerKeyHash.value, data.serialNumber.value};
}

// A responder that says nothing of its next update is asked again the next time.
std::int64_t kept_until(const egress::OcspAnswer& answer, std::int64_t now_us) {
    return std::min(answer.fresh_until, now_us + Micros{limits::ocsp_answer_age}.count());
}

CertificateWord read(const Handler& handler, const OcspRequestData& data, const std::string& der) {
    CertificateWord word;
    const auto answer = egress::read_ocsp_answer(der, id_of(data), handler.work.batch.now,
                                                 handler.options().ocsp_authorities);
    if (!answer) {
        word.failure = answer.error().detail;
        return word;
    }
    word.answer = *answer;
    word.der = der;
    return word;
}

CertificateWord read_part(Handler& handler, const OcspRequestData& data,
                          const egress::Answer& part) {
    constexpr int ok = 200;
    if (part.status != ok)
        return {.failure = part.failure.empty() ? "status " + std::to_string(part.status)
                                                : std::string{part.failure}};
    CertificateWord word = read(handler, data, part.body);
    const std::int64_t until = word.answer ? kept_until(*word.answer, handler.work.now_us()) : 0;
    if (until > handler.work.now_us())
        handler.work.batch.unit.add(tables::ocsp_answer,
                                    {key_of(data), store::Bytes{part.body}, until});
    return word;
}

}  // namespace

void need_certificates(Certificates certificates, Needs& needs) {
    for (const OcspRequestData& data : certificates) needs.responder_keys.push_back(key_of(data));
}

void load_certificates(store::Sql& sql, ShardState& shard, const std::vector<std::string>& keys,
                       Utc now) {
    shard.responder_words.clear();
    if (keys.empty()) return;
    const std::string text = "select key, answer from ocsp_answers where fresh_until > $2 and " +
                             store::any_of(sql.dialect(), "key", "$1");
    for (const store::Row& row : sql.query(text, {keys, micros(now)}))
        shard.responder_words[store::as_text(row[0])] = store::as_bytes(row[1]);
}

// All of them, the known ones as well: the parts then stand for the same certificates when the
// answers are there.
std::optional<Question> certificates_question(const Handler& handler, Certificates certificates) {
    const auto& known = handler.work.shard.responder_words;
    const bool all_known =
        std::all_of(certificates.begin(), certificates.end(),
                    [&](const OcspRequestData& data) { return known.contains(key_of(data)); });
    if (all_known) return std::nullopt;
    Question question{.kind = Kind::certificates,
                      .source = egress::Source::stations,
                      .content_type = "application/ocsp-request",
                      .timeout = limits::ocsp_timeout};
    for (const OcspRequestData& data : certificates)
        if (auto request = egress::ocsp_request(id_of(data)))
            question.parts.push_back({data.responderURL.value, std::move(*request)});
    if (question.parts.empty()) return std::nullopt;
    return question;
}

std::vector<CertificateWord> certificate_words(Handler& handler, Certificates certificates) {
    const Answer* heard = handler.heard(Kind::certificates);
    const auto& known = handler.work.shard.responder_words;
    std::vector<CertificateWord> words;
    std::size_t part = 0;
    for (const OcspRequestData& data : certificates) {
        const auto kept = known.find(key_of(data));
        const bool was_asked = heard && egress::ocsp_request(id_of(data));
        const bool has_part = was_asked && part < heard->parts.size();
        if (has_part && (kept == known.end() || heard->parts[part].status != 0))
            words.push_back(read_part(handler, data, heard->parts[part]));
        else if (kept != known.end())
            words.push_back(read(handler, data, kept->second));
        else
            words.push_back({.failure = "the hashes are none that can be asked for"});
        if (was_asked) ++part;
    }
    return words;
}

}  // namespace ohm::api::outside
