#include "sim/arguments.hpp"

#include <CLI/CLI.hpp>
#include <sstream>

#include "base/limits.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"
#include "net/url.hpp"

namespace ohm::sim {
namespace {

constexpr std::size_t stations_max = 3'000'000;

// As it was written on the command line.
struct Written {
    std::size_t stations = 10, processes = 0, active = 0, tokens = 0;
    std::string url = "ws://127.0.0.1:3000", rest = "http://127.0.0.1:8000";
    std::string versions = "1.6,2.0.1", prefix = "SIM", mix = "none", token = "SIM";
    std::string ledger, tls_ca, key, data_dir = "./data";
    std::string source, arrival = "flat", certificate, certificate_key, password;
    std::uint64_t seed = 1;
    double connect_rate = 1'000, rate = 0;
    std::int64_t duration_s = 0, warm_up_s = 0, reboot_every_s = 0, drop_every_s = 0,
                 drop_all_after_s = 0;
    std::int64_t patience_s = 60;
    std::int64_t back_off_min_s = 1, back_off_random_s = 5, call_timeout_s = 30;
    int connectors = 2, profile = 1, back_off_repeats = 5;
    bool json = false, no_provision = false, provision_only = false, boots_on_reconnect = false;
};

void declare_population(CLI::App& app, Written& to) {
    app.add_option("--stations", to.stations, "how many stations")
        ->check(CLI::Range(std::size_t{1}, stations_max))
        ->capture_default_str();
    app.add_option("--url", to.url,
                   "where stations connect: ws:// or wss://, host, port, path; several, separated "
                   "by commas, share the stations in unbroken runs")
        ->capture_default_str();
    app.add_option("--versions", to.versions, "OCPP versions, dealt out in turn")
        ->capture_default_str();
    app.add_option("--prefix", to.prefix, "of the stations' ids: SIM000001, …")
        ->capture_default_str();
    app.add_option("--seed", to.seed, "of passwords and of everything random")
        ->capture_default_str();
    app.add_option("--connectors", to.connectors, "of each station")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    app.add_option("--profile", to.profile, "security profile: 0 no password, 1 password")
        ->check(CLI::Range(0, 1))
        ->capture_default_str();
    app.add_option("--password", to.password, "of all stations; else each has its own");
    app.add_option("--certificate", to.certificate,
                   "client certificate (PEM), security profile 3: {id} in it is the station's");
    app.add_option("--certificate-key", to.certificate_key, "its private key, likewise");
    app.add_option("--source", to.source,
                   "addresses to connect from, as 127.0.0.2-127.0.0.60: 14,000 stations each; to "
                   "127.… as many are used as are needed");
    app.add_option("--tls-ca", to.tls_ca,
                   "PEM file that verifies wss:// and https://; - verifies nothing");
}

void declare_provisioning(CLI::App& app, Written& to) {
    app.add_option("--rest", to.rest, "where stations are created")->capture_default_str();
    app.add_option("--key", to.key, "API key; else <data dir>/admin.key is read")
        ->envname("OHM_ADMIN_KEY");
    app.add_option("--data-dir", to.data_dir, "of the api")
        ->envname("OHM_DATA_DIR")
        ->capture_default_str();
    app.add_flag("--no-provision", to.no_provision, "the stations are known already");
    app.add_flag("--provision-only", to.provision_only, "create the stations, and end");
}

void declare_life(CLI::App& app, Written& to) {
    const auto positive = CLI::Range(std::int64_t{0}, std::int64_t{1'000'000});
    app.add_option("--connect-rate", to.connect_rate, "connections a second, at most")
        ->check(CLI::Range(0.1, 1e6))
        ->capture_default_str();
    app.add_option("--arrival", to.arrival,
                   "how they come: flat, at the rate; rush, slowly first and at twice the rate in "
                   "the end; storm, all at once")
        ->check(CLI::IsMember({"flat", "rush", "storm"}))
        ->capture_default_str();
    app.add_option("--patience", to.patience_s,
                   "seconds beyond the connect rate until the load starts without the last ones")
        ->check(positive)
        ->capture_default_str();
    app.add_option("--drop-all-after", to.drop_all_after_s,
                   "seconds of load after which all TCP connections are reset at once; 0: never")
        ->check(positive);
    app.add_option("--reboot-every", to.reboot_every_s, "mean seconds, a station; 0: never")
        ->check(positive);
    app.add_option("--drop-every", to.drop_every_s,
                   "mean seconds until a station's TCP connection is reset; 0: never")
        ->check(positive);
    app.add_option("--back-off-min", to.back_off_min_s, "RetryBackOffWaitMinimum, seconds")
        ->check(positive)
        ->capture_default_str();
    app.add_option("--back-off-random", to.back_off_random_s, "RetryBackOffRandomRange, seconds")
        ->check(positive)
        ->capture_default_str();
    app.add_option("--back-off-repeats", to.back_off_repeats, "RetryBackOffRepeatTimes")
        ->check(CLI::Range(0, 20))
        ->capture_default_str();
    app.add_option("--call-timeout", to.call_timeout_s, "seconds until a CALL is sent again")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{3600}))
        ->capture_default_str();
    app.add_flag("--boots-on-reconnect", to.boots_on_reconnect,
                 "BootNotification on every connection");
}

void declare_load(CLI::App& app, Written& to) {
    app.add_option(
           "--mix", to.mix,
           "none, heartbeat (a CSMS may answer it without storing), status (is stored), mixed, "
           "boot (stored as well), transactions (Authorize, start, samples, stop), fleet (sessions "
           "of 20 messages: 60 % samples, 20 % statuses, 10 % Authorize, 5 % start, 5 % stop), "
           "demo (thirty days of sessions as queued messages, then a life)")
        ->check(CLI::IsMember(
            {"none", "heartbeat", "status", "mixed", "boot", "transactions", "fleet", "demo"}))
        ->capture_default_str();
    app.add_option("--token", to.token, "id token of transactions")->capture_default_str();
    app.add_option("--tokens", to.tokens,
                   "so many id tokens, dealt out to the stations: TOKEN0001, …; 0: one for all")
        ->check(CLI::Range(std::size_t{0}, std::size_t{1'000'000}));
    app.add_option("--rate", to.rate,
                   "messages a second of all stations, latency from when each was due; 0: each "
                   "station sends when it was answered")
        ->check(CLI::Range(0.0, 1e7))
        ->capture_default_str();
    app.add_option("--active", to.active, "without --rate: so many stations send; 0: all");
    app.add_option("--duration", to.duration_s, "seconds of load; 0: until interrupted")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{10'000'000}));
    app.add_option("--warm-up", to.warm_up_s,
                   "seconds of load before that, which are not measured: sessions of a new fleet "
                   "all begin at once")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{86'400}));
    app.add_option("--processes", to.processes, "0: as many as the stations need")
        ->check(CLI::Range(std::size_t{0}, std::size_t{256}));
    app.add_option("--ledger", to.ledger, "append JSON lines: what was sent, answered, received");
    app.add_flag("--json", to.json, "the report as JSON");
}

std::vector<ocpp::Version> parse_versions(const std::string& text) {
    std::vector<ocpp::Version> versions;
    for (const std::string_view name : split(text, ',')) {
        const ocpp::Version version = ocpp::version_of_short_name(trim(name));
        if (version == ocpp::Version::none)
            throw CLI::ValidationError("--versions", "knows 1.6 and 2.0.1, separated by a comma");
        versions.push_back(version);
    }
    return versions;
}

net::Url checked_url(const std::string& option, const std::string& text, std::string_view plain,
                     std::string_view tls, const std::string& ca_file) {
    net::Url url = net::parse_url(text, plain, tls);
    if (url.endpoint.host.empty())
        throw CLI::ValidationError(option, "must be " + std::string{plain} + "://host:port or " +
                                               std::string{tls} + "://host:port");
    url.endpoint.ca_file = ca_file;
    return url;
}

std::string key_of(const Written& written) {
    return written.key.empty() ? secret::admin_key_in(written.data_dir) : written.key;
}

// All of one kind: what a station is, is the same wherever it connects.
Targets targets_of(const Written& written) {
    Targets targets;
    targets.all.clear();
    for (const std::string_view text : split(written.url, ',')) {
        net::Url url = checked_url("--url", std::string{trim(text)}, "ws", "wss", written.tls_ca);
        if (!url.path.ends_with('/')) url.path += '/';
        targets.all.push_back({url.endpoint, url.path});
    }
    const net::Endpoint& first = targets.all.front().endpoint;
    for (const Target& target : targets.all)
        if (target.endpoint.tls != first.tls)
            throw CLI::ValidationError("--url", "must be all ws:// or all wss://");
    if (!written.source.empty()) {
        targets.sources = parse_sources(written.source);
        if (targets.sources.empty())
            throw CLI::ValidationError("--source", "must be IPv4 addresses or ranges of them");
    } else if (first.host.starts_with("127.")) {
        targets.sources = loopback_sources(written.stations);
    }
    if (written.certificate.empty() != written.certificate_key.empty())
        throw CLI::ValidationError("--certificate", "and --certificate-key go together");
    if (!written.certificate.empty() && !first.tls)
        throw CLI::ValidationError("--certificate", "needs a --url that begins with wss://");
    targets.certificate_file = written.certificate;
    targets.key_file = written.certificate_key;
    return targets;
}

int profile_of(const Written& written, bool tls) {
    if (!written.certificate.empty()) return 3;
    return written.profile == 1 && tls ? 2 : written.profile;
}

Arrival arrival_of(const std::string& name) {
    if (name == "rush") return Arrival::rush;
    return name == "storm" ? Arrival::storm : Arrival::flat;
}

Mix mix_of(const std::string& name) {
    if (name == "heartbeat") return Mix::heartbeat;
    if (name == "status") return Mix::status;
    if (name == "boot") return Mix::boot;
    if (name == "transactions") return Mix::transactions;
    if (name == "fleet") return Mix::fleet;
    if (name == "demo") return Mix::demo;
    return name == "mixed" ? Mix::mixed : Mix::none;
}

void check_together(const Written& written) {
    if (written.prefix.empty() || has_control_characters(written.prefix) ||
        !is_utf8(written.prefix))
        throw CLI::ValidationError("--prefix", "must be text");
    if (written.rate > 0 && written.mix == "none")
        throw CLI::ValidationError("--rate", "needs a --mix other than none");
    if (written.provision_only && written.no_provision)
        throw CLI::ValidationError("--provision-only", "and --no-provision leave nothing to do");
    if (written.rate > 0 && written.active > 0)
        throw CLI::ValidationError("--active", "is for the closed loop, without --rate");
    if (written.processes > written.stations)
        throw CLI::ValidationError("--processes", "must not be more than --stations");
    const std::size_t needed = (written.stations + limits::sim_stations_per_process - 1) /
                               limits::sim_stations_per_process;
    if (written.processes > 0 && written.processes < needed)
        throw CLI::ValidationError(
            "--processes", "must be at least " + std::to_string(needed) + " for so many stations");
}

Behaviour behaviour_of(const Written& written) {
    Behaviour behaviour;
    behaviour.connectors = written.connectors;
    behaviour.retry_wait_minimum = seconds{written.back_off_min_s};
    behaviour.retry_random_range = seconds{written.back_off_random_s};
    behaviour.retry_repeat_times = written.back_off_repeats;
    behaviour.call_timeout = seconds{written.call_timeout_s};
    behaviour.token = written.token;
    behaviour.tokens = written.tokens;
    behaviour.boots_on_reconnect = written.boots_on_reconnect;
    return behaviour;
}

// Those that provisioning creates. `transactions` alone charges with what the CSMS knows, or not.
std::vector<std::string> tokens_of(const Written& written, const Behaviour& behaviour) {
    if (written.tokens == 0 && written.mix != "fleet" && written.mix != "demo") return {};
    std::vector<std::string> tokens;
    for (std::size_t i = 0; i < std::max<std::size_t>(1, written.tokens); ++i)
        tokens.push_back(token_of(behaviour, i));
    return tokens;
}

Arguments interpret(const Written& written) {
    check_together(written);
    const Targets targets = targets_of(written);
    const bool tls = targets.all.front().endpoint.tls;
    const net::Url rest = checked_url("--rest", written.rest, "http", "https", written.tls_ca);
    Arguments out;
    FleetSettings& fleet = out.run.fleet;
    fleet.population = {.prefix = written.prefix,
                        .seed = written.seed,
                        .versions = parse_versions(written.versions),
                        .security_profile = profile_of(written, tls),
                        .same_password = written.password,
                        .named = written.mix == "demo"};
    fleet.count = written.stations;
    fleet.stations = written.stations;
    fleet.targets = targets;
    fleet.arrival = arrival_of(written.arrival);
    fleet.connect_rate = written.connect_rate;
    fleet.patience = seconds{written.patience_s};
    fleet.drop_all_after = seconds{written.drop_all_after_s};
    fleet.duration = seconds{written.duration_s};
    fleet.warm_up = seconds{written.warm_up_s};
    fleet.reboot_every = seconds{written.reboot_every_s};
    fleet.drop_every = seconds{written.drop_every_s};
    fleet.ledger_file = written.ledger;
    fleet.behaviour = behaviour_of(written);
    fleet.load = {.mix = mix_of(written.mix), .rate = written.rate, .active = written.active};
    const std::size_t needed = (written.stations + limits::sim_stations_per_process - 1) /
                               limits::sim_stations_per_process;
    out.run.processes = std::max(needed, written.processes);
    out.provisions = !written.no_provision;
    out.provision = {.rest = rest.endpoint,
                     .api_key = out.provisions ? key_of(written) : "",
                     .population = fleet.population,
                     .stations = written.stations,
                     .tokens = tokens_of(written, fleet.behaviour)};
    if (out.provisions && out.provision.api_key.empty())
        throw CLI::ValidationError("--key",
                                   "is missing, and there is no " + written.data_dir +
                                       "/admin.key; stations that exist need --no-provision only");
    out.json = written.json;
    out.provisions_only = written.provision_only;
    return out;
}

}  // namespace

Parsed parse_arguments(std::span<const std::string> arguments) {
    Written written;
    CLI::App app{
        "Charging stations as programs: they connect, boot, and live; or put load on a CSMS.",
        "ohmstead sim"};
    declare_population(app, written);
    declare_provisioning(app, written);
    declare_life(app, written);
    declare_load(app, written);
    try {
        app.parse(std::vector<std::string>{arguments.rbegin(), arguments.rend()});
        return {.proceeds = true, .arguments = interpret(written)};
    } catch (const CLI::ParseError& error) {
        std::ostringstream out, complaint;
        const int code = app.exit(error, out, complaint);
        const bool is_help = code == 0;
        return {.exit_code = is_help ? 0 : 2, .text = is_help ? out.str() : complaint.str()};
    }
}

}  // namespace ohm::sim
