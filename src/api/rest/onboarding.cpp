#include "api/rest/onboarding.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "ocpp/version.hpp"

namespace ohm::api::rest {
namespace {

using Facts = OnboardingFacts;
using Step = CheckStepShown;
using Fix = Nullable<CheckFixShown>;

constexpr std::int64_t second_us = 1'000'000;
constexpr std::int64_t patience_us = 60 * second_us;   // for what it says by itself
constexpr std::int64_t drift_max_us = 60 * second_us;  // as the alert clock_drift by default

// ---- words ----

struct Remedy {
    std::string_view cause, text;
};
constexpr Remedy remedies[] = {
    {"never_seen",
     "Enter the URL in the station and have it connect; until it does, look at its "
     "network, its name service and the firewalls between."},
    {"tried_before", "It was refused before it was added here; it tries again by itself."},
    {"offline",
     "It was connected before. Look at its power and its network; its page says when "
     "and why the connection ended."},
    {"no_common_subprotocol",
     "The station must offer ocpp1.6 or ocpp2.0.1 as sub-protocol; for one that offers none, set "
     "its default version here."},
    {"missing_credentials",
     "Set the password in the station (AuthorizationKey, "
     "BasicAuthPassword), or choose security profile 0 for it here."},
    {"wrong_user_name", "HTTP Basic must name the identity that ends the URL."},
    {"wrong_password", "Enter the password in the station again, or make a new one here."},
    {"no_password_set", "Make a password here and enter it in the station."},
    {"tls_required",
     "Its security profile asks for wss://. Change the URL in the station, or "
     "lower the profile here."},
    {"client_certificate_required",
     "Security profile 3 needs a certificate in the station that "
     "the worker trusts (OHM_TLS_CLIENT_CA_FILE)."},
    {"wrong_certificate", "The certificate's common name must be the identity."},
    {"wrong_organization", "The certificate's organization must be OHM_CPO_NAME."},
    {"revoked_certificate", "Install a new certificate in the station."},
    {"refused", "The connection attempts say why."},
    {"boot_missing", "It is connected and has not booted: ask it to, or restart it."},
    {"boot_pending", "It is told to wait, as is set here: accept it."},
    {"boot_rejected", "It is told that it is rejected, as is set here: accept it."},
    {"boot_again", "It is accepted at its next BootNotification, which comes by itself."},
    {"status_missing", "It has told no connector's status: ask for it."},
    {"connectors_missing", "Not all of its connectors have told their status: ask for it."},
    {"configuration_unread", "Nothing is known of its configuration: read it."},
    {"configuration_refused",
     "It did not tell its configuration: read it again, or look at the "
     "command."},
    {"being_asked", "It was asked; the answer comes."},
    {"clock_unknown", "It has said no time yet: ask for a status."},
    {"clock_drift",
     "Its clock is set by our answers to BootNotification and Heartbeat, or by a "
     "time server: look at its time settings."},
    {"trigger_untried", "Ask it for a Heartbeat: it shows that orders reach it."},
    {"trigger_not_supported",
     "It answers, but does not do this: what would be asked for comes "
     "only when it comes by itself."},
    {"trigger_unanswered", "It did not answer: try again; where it stays so, restart it."},
    {"trigger_without_effect",
     "It accepted and did not do it: try again; where it stays so, "
     "restart it."},
};

NullableText remedy_of(std::string_view cause) {
    const auto* found = std::find_if(std::begin(remedies), std::end(remedies),
                                     [&](const Remedy& one) { return one.cause == cause; });
    return found == std::end(remedies) ? remedy_of("refused") : std::string{found->text};
}

NullableText text_or_null(const std::string& text) {
    return text.empty() ? NullableText{} : NullableText{text};
}

Nullable<Instant> instant(std::int64_t at) {
    if (at == 0) return {};
    Instant shown;
    shown.at = utc_from_micros(at);
    return {shown};
}

// ---- steps ----

Step ok(std::int64_t since, const std::string& detail = {}) {
    Step step;
    step.state = "ok";
    step.since = instant(since);
    step.detail = text_or_null(detail);
    return step;
}

Step its_turn_comes() {
    Step step;
    step.state = "waiting";
    return step;
}

Step waiting(std::string_view cause, std::int64_t since, Fix fix = {}) {
    Step step;
    step.state = "waiting";
    step.since = instant(since);
    step.cause = std::string{cause};
    step.remedy = remedy_of(cause);
    step.fix = std::move(fix);
    return step;
}

Step failed(std::string_view cause, std::int64_t since, const std::string& detail, Fix fix = {}) {
    Step step = waiting(cause, since, std::move(fix));
    step.state = "failed";
    step.detail = text_or_null(detail);
    return step;
}

// ---- fixes ----

std::string path_of(const Facts& facts) {
    return "/api/v1/stations/" + percent_encode(facts.station_id);
}

// Only a station that is connected can be asked.
Fix order(const Facts& facts, CheckFixId id, std::string_view command, std::string_view body) {
    if (!facts.online) return {};
    return {{.id = id,
             .method = "POST",
             .path = path_of(facts) + "/commands/" + std::string{command},
             .body = {std::string{body}}}};
}

Fix trigger_boot(const Facts& facts) {
    return order(facts, "trigger_boot", "trigger-message", R"({"message":"BootNotification"})");
}

Fix trigger_status(const Facts& facts) {
    return order(facts, "trigger_status", "trigger-message", R"({"message":"StatusNotification"})");
}

Fix trigger_heartbeat(const Facts& facts) {
    return order(facts, "trigger_heartbeat", "trigger-message", R"({"message":"Heartbeat"})");
}

Fix read_configuration(const Facts& facts) {
    if (facts.ocpp_version == "2.0.1")
        return order(facts, "read_configuration", "get-base-report", R"({"base":"full"})");
    return order(facts, "read_configuration", "get-variables", "{}");
}

Fix accept(const Facts& facts) {
    return {{.id = "accept",
             .method = "PATCH",
             .path = path_of(facts),
             .body = {R"({"boot_decision":"accepted"})"}}};
}

// ---- the connection ----

// What keeps it out now: it came after the last connection, and after the station was added.
const RefusedAttempt* refusal_of(const Facts& facts) {
    const bool counts = !facts.online && facts.refusal && facts.refusal->at >= facts.created_at &&
                        facts.refusal->at > facts.connected_at;
    return counts ? &*facts.refusal : nullptr;
}

bool offers_ours(const Facts& facts, const RefusedAttempt& refusal) {
    const auto offers = split(refusal.subprotocols, ',');
    return facts.has_default_version ||
           std::any_of(offers.begin(), offers.end(), [](std::string_view one) {
               return ocpp::version_of_subprotocol(trim(one)) != ocpp::Version::none;
           });
}

Step connection(const Facts& facts) {
    if (facts.online) return ok(facts.connected_at);
    if (const RefusedAttempt* refusal = refusal_of(facts)) return ok(refusal->at);
    if (facts.connected_at != 0)
        return failed("offline", facts.disconnected_at, facts.disconnect_reason);
    if (facts.refusal) return waiting("tried_before", facts.refusal->at);
    return waiting("never_seen", facts.created_at);
}

Step subprotocol(const Facts& facts) {
    const RefusedAttempt* refusal = refusal_of(facts);
    if (!refusal && facts.connected_at != 0) return ok(facts.connected_at, facts.subprotocol);
    if (!refusal) return its_turn_comes();
    if (refusal->cause == "no_common_subprotocol")
        return failed(refusal->cause, refusal->at, refusal->subprotocols);
    // Who is refused by the password has shown what he offers as well.
    if (offers_ours(facts, *refusal)) return ok(refusal->at, refusal->subprotocols);
    return failed("no_common_subprotocol", refusal->at, refusal->subprotocols);
}

Step authentication(const Facts& facts) {
    const RefusedAttempt* refusal = refusal_of(facts);
    if (!refusal) return facts.connected_at != 0 ? ok(facts.connected_at) : its_turn_comes();
    if (refusal->cause == "no_common_subprotocol") return ok(refusal->at);
    return failed(refusal->cause, refusal->at, refusal->detail);
}

// ---- what it says ----

Step boot(const Facts& facts) {
    const std::string& status = facts.boot_status;
    if (status == "Accepted") return ok(facts.booted_at);
    const bool is_pending = status == "Pending";
    if (is_pending || status == "Rejected") {
        if (facts.boot_decision == "accepted")
            return waiting("boot_again", facts.booted_at, is_pending ? trigger_boot(facts) : Fix{});
        return failed(is_pending ? "boot_pending" : "boot_rejected", facts.booted_at, "",
                      accept(facts));
    }
    if (!facts.online || facts.now - facts.connected_at < patience_us) return its_turn_comes();
    return failed("boot_missing", facts.connected_at, "", trigger_boot(facts));
}

Step status(const Facts& facts) {
    const bool all = facts.connectors > 0 && facts.connectors >= facts.connectors_expected;
    const std::string count =
        std::to_string(facts.connectors) +
        (facts.connectors_expected > 0 ? "/" + std::to_string(facts.connectors_expected) : "");
    if (all) return ok(facts.reported_at, count);
    if (facts.boot_status != "Accepted") return its_turn_comes();
    if (facts.connectors > 0)
        return failed("connectors_missing", facts.reported_at, count, trigger_status(facts));
    const std::int64_t since = std::max(facts.booted_at, facts.connected_at);
    if (facts.now - since < patience_us) return its_turn_comes();
    return failed("status_missing", since, "", trigger_status(facts));
}

Step configuration(const Facts& facts) {
    if (facts.variables > 0) return ok(facts.read_at, std::to_string(facts.variables));
    if (facts.reading && facts.reading->is_open())
        return waiting("being_asked", facts.reading->created_at);
    // What comes in several messages has perhaps not come yet.
    const bool was_taken = facts.reading && facts.reading->result == "accepted" &&
                           facts.now - facts.reading->ended_at < patience_us;
    if (was_taken) return waiting("being_asked", facts.reading->created_at);
    if (facts.reading)
        return failed("configuration_refused", facts.reading->ended_at, facts.reading->detail,
                      read_configuration(facts));
    if (facts.connected_at == 0) return its_turn_comes();
    return waiting("configuration_unread", 0, read_configuration(facts));
}

Step clock(const Facts& facts) {
    if (facts.clock_at == 0)
        return facts.connected_at == 0 ? its_turn_comes()
                                       : waiting("clock_unknown", 0, trigger_status(facts));
    const bool drifts = facts.clock_ahead > drift_max_us || facts.clock_ahead < -drift_max_us;
    if (!drifts) return ok(facts.clock_at);
    const std::int64_t ahead_s = facts.clock_ahead / second_us;
    return failed("clock_drift", facts.clock_at,
                  (ahead_s > 0 ? "+" : "") + std::to_string(ahead_s) + " s", trigger_boot(facts));
}

Step test_trigger(const Facts& facts) {
    if (!facts.trigger)
        return facts.connected_at == 0 ? its_turn_comes()
                                       : waiting("trigger_untried", 0, trigger_heartbeat(facts));
    const OrderMade& made = *facts.trigger;
    if (made.is_open() || (made.result == "accepted" && made.effect == "pending"))
        return waiting("being_asked", made.created_at);
    const bool is_answer = made.state == "answered" || made.failed_reason == "call_error";
    if (!is_answer)
        return failed("trigger_unanswered", made.ended_at, made.failed_reason,
                      trigger_heartbeat(facts));
    if (made.result != "accepted") {
        Step step = waiting("trigger_not_supported", made.ended_at);
        step.state = "ok";
        return step;
    }
    if (made.effect == "missed" || made.effect == "contradicted")
        return failed("trigger_without_effect", made.ended_at, "", trigger_heartbeat(facts));
    return ok(made.ended_at);
}

}  // namespace

StationCheckShown check_of(const OnboardingFacts& facts) {
    StationCheckShown shown;
    shown.station_id = facts.station_id;
    shown.checked_at.at = utc_from_micros(facts.now);
    const auto add = [&shown](CheckStepId id, Step&& step) {
        step.id = id;
        shown.state = std::max(shown.state, step.state);
        shown.steps_ok += step.state.is("ok");
        shown.steps.items.push_back(std::move(step));
    };
    add("connection", connection(facts));
    add("subprotocol", subprotocol(facts));
    add("authentication", authentication(facts));
    add("boot", boot(facts));
    add("status", status(facts));
    add("configuration", configuration(facts));
    add("clock", clock(facts));
    add("trigger", test_trigger(facts));
    return shown;
}

}  // namespace ohm::api::rest
