#include "api/certificates/signer.hpp"

#include "api/operations.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"
#include "base/thread.hpp"

namespace ohm::api {
namespace {

constexpr milliseconds round_interval{500};
constexpr minutes before_receipt{5};  // stations' clocks may be behind (2.0.1 A02.FR.06)
constexpr std::string_view signed_by = "certificate authority";

// What waits, with the chain that was made for it before, and has to go once more.
constexpr std::string_view select_waiting =
    "select r.id, p.id, r.certificate_type, r.csr, r.received_at, i.chain from "
    "certificate_requests r join charge_points p on p.station_no = r.station_no left join "
    "issued_certificates i on i.request_id = r.id where r.state = 'pending' and p.archived_at is "
    "null and (i.chain is not null or cast($1 as bigint) = 1) order by r.received_at limit $2";

pki::Order order_of(const store::Row& row, seconds lifetime) {
    const bool v2g = store::as_text(row[2]) == "V2GCertificate";
    const Utc received = utc_from_micros(store::as_int(row[4]));
    return {.request = store::as_text(row[3]),
            .serial = secret::digest("certificate " + store::as_bytes(row[0])),
            .use = v2g ? pki::Order::Use::v2g : pki::Order::Use::station,
            .not_before = received - before_receipt,
            .lifetime = lifetime};
}

bus::OperatorBody delivery_of(const Ulid& request, const std::string& station,
                              const std::string& chain) {
    bus::OperatorBody body;
    body.operation = operation::decide_certificate_request;
    body.id = station;
    body.requested_by = signed_by;
    body.parameters =
        R"({"request_id":")" + request.text() + R"(","decision":"deliver","certificate_chain":)";
    append_json_string(body.parameters, chain);
    body.parameters += "}";
    return body;
}

}  // namespace

std::size_t sign_waiting(store::Sql& sql, const SignerOptions& options, Utc now,
                         const std::function<void(bus::OperatorBody&&)>& submit) {
    std::size_t done = 0;
    const auto rows =
        sql.query(select_waiting, {std::int64_t{options.authority != nullptr},
                                   static_cast<std::int64_t>(limits::certificates_per_round)});
    for (const store::Row& row : rows) {
        const auto id = Ulid::from_bytes(store::as_bytes(row[0]));
        if (!id) continue;
        std::string chain = store::as_text(row[5]);
        if (chain.empty()) {
            auto made = options.authority->sign(order_of(row, options.lifetime));
            if (!made) {
                log::error("certificate_not_signed",
                           {{"station", store::as_text(row[1])}, {"detail", made.error().detail}});
                continue;
            }
            chain = std::move(*made);
        }
        bus::OperatorBody body = delivery_of(*id, store::as_text(row[1]), chain);
        body.deadline_at = micros(now + Micros{limits::certificate_delivery});
        submit(std::move(body));
        ++done;
    }
    return done;
}

Signer::Signer(SignerOptions options, const Clock& clock,
               std::function<std::unique_ptr<store::Sql>()> open,
               std::function<void(bus::OperatorBody&&)> submit)
    : options_{std::move(options)},
      clock_{clock},
      open_{std::move(open)},
      submit_{std::move(submit)},
      stopping_{1} {}

Signer::~Signer() { stop(); }

void Signer::start() {
    sql_ = open_();
    thread_ = std::thread{[this] {
        name_thread("signer");
        run();
    }};
}

void Signer::stop() {
    stopping_.close();
    if (thread_.joinable()) thread_.join();
}

void Signer::run() {
    std::vector<int> nothing;
    while (!stopping_.closed()) {
        stopping_.wait(nothing, 1, round_interval);
        if (!stopping_.closed()) round();
    }
}

void Signer::round() {
    try {
        sign_waiting(*sql_, options_, clock_.utc(), submit_);
    } catch (const Fault& fault) {
        log::warn("signer_waits", {{"detail", fault.what()}});
        try {
            sql_->reconnect();
        } catch (const Fault&) {
            // the next round tries again
        }
    }
}

}  // namespace ohm::api
