// The program: reads the settings, joins the parts that a role needs, waits for signals, and takes
// everything down again in order. The only file that knows all modules.
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>
#include <tuple>

#include "api/api.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"
#include "base/secret.hpp"
#include "base/settings.hpp"
#include "base/text.hpp"
#include "bus/local.hpp"
#include "bus/rabbitmq.hpp"
#include "cli/cli.hpp"
#include "cli/pages.hpp"
#include "domain/tariff.hpp"
#include "net/own_address.hpp"
#include "pki/authority.hpp"
#include "pki/authority_files.hpp"
#include "sim/sim.hpp"
#include "store/background.hpp"
#include "store/migrations.hpp"
#include "store/ownership.hpp"
#include "worker/metrics.hpp"
#include "worker/worker.hpp"

#ifndef OHM_VERSION
#define OHM_VERSION "0.0.0"
#endif

namespace ohm {
namespace {

constexpr int exit_bad_usage = 2;

// ---- options from settings ----

std::size_t or_cores(std::int64_t setting) {
    const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
    return setting > 0 ? static_cast<std::size_t>(setting) : cores;
}

std::uint16_t port(const Settings& settings, std::string_view key) {
    return static_cast<std::uint16_t>(settings.integer(key));
}

store::PostgresOptions postgres_options(const Settings& settings) {
    store::PostgresOptions options;
    options.host = settings.text("DB_HOST");
    options.port = port(settings, "DB_PORT");
    options.user = settings.text("DB_USER");
    options.password = settings.text("DB_PASSWORD");
    options.database = settings.text("DB_NAME");
    return options;
}

bus::Broker broker_of(const Settings& settings) {
    bus::Broker broker;
    if (!settings.text("RABBITMQ_HOST").empty()) broker.host = settings.text("RABBITMQ_HOST");
    broker.port = port(settings, "RABBITMQ_PORT");
    broker.user = settings.text("RABBITMQ_USER");
    broker.password = settings.text("RABBITMQ_PASS");
    broker.tls = settings.boolean("OHM_RABBITMQ_TLS");
    broker.ca_file = settings.text("OHM_RABBITMQ_CA_FILE");
    broker.heartbeat = seconds{settings.integer("OHM_RABBITMQ_HEARTBEAT_S")};
    return broker;
}

std::string worker_id(const Settings& settings) {
    if (!settings.text("OHM_WORKER_ID").empty()) return settings.text("OHM_WORKER_ID");
    char name[256]{};
    gethostname(name, sizeof name - 1);
    return default_worker_id(name, settings.integer("WS_SERVER_PORT"));
}

api::LogLevel log_level(const std::string& name) {
    return name == "off"      ? api::LogLevel::off
           : name == "errors" ? api::LogLevel::errors
                              : api::LogLevel::all;
}

// By which stations reach the files of this api. "": it cannot be said.
std::string files_url(const Settings& settings) {
    std::string url = settings.text("OHM_FILES_URL");
    while (url.ends_with('/')) url.pop_back();
    if (!url.empty()) {
        if (url.starts_with("http://") || url.starts_with("https://")) return url;
        throw Fault{Fault::Kind::fatal,
                    "OHM_FILES_URL=" + url + " is no URL; write it as https://HOST:PORT"};
    }
    const bool tls =
        settings.integer("OHM_HTTPS_PORT") > 0 && !settings.text("OHM_TLS_CERT_FILE").empty();
    const std::int64_t number = settings.integer(tls ? "OHM_HTTPS_PORT" : "HTTP_SERVER_PORT");
    if (number == 0) return "";  // a free one, which is not known yet
    std::string host = settings.text("OHM_BIND_ADDRESS");
    if (host == "::" || host == "0.0.0.0") host = net::own_address();
    if (host.find(':') != std::string::npos) host = "[" + host + "]";
    return (tls ? "https://" : "http://") + host + ":" + std::to_string(number);
}

// With one price the others are 0.
std::optional<domain::Tariff> tariff(const Settings& settings) {
    const auto price = [&](std::string_view key) -> std::int64_t {
        if (settings.text(key).empty()) return 0;
        if (const auto parsed = domain::parse_price(settings.text(key))) return *parsed;
        throw Fault{Fault::Kind::fatal, std::string{key} + "=" + settings.text(key) +
                                            " is no price: write it as 0.35, with up to four "
                                            "decimals."};
    };
    const bool is_set =
        !(settings.text("OHM_PRICE_PER_KWH") + settings.text("OHM_PRICE_PER_MINUTE") +
          settings.text("OHM_PRICE_PER_SESSION"))
             .empty();
    if (!is_set) return std::nullopt;
    return domain::Tariff{price("OHM_PRICE_PER_KWH"), price("OHM_PRICE_PER_MINUTE"),
                          price("OHM_PRICE_PER_SESSION")};
}

// What no row of their table can judge.
std::optional<std::string> wrong_text(const Settings& settings) {
    try {
        files_url(settings);
        tariff(settings);
        std::ignore = api::rest::TrustedProxies{settings.text("OHM_TRUSTED_PROXIES")};
        std::ignore = api::rest::OtherOrigins{settings.text("OHM_CORS_ORIGINS")};
    } catch (const Fault& fault) {
        const std::string sentence = fault.what();
        return sentence.ends_with('.') ? sentence : sentence + ".";
    }
    return std::nullopt;
}

api::ApiOptions api_options(const Settings& settings, const std::string& name) {
    api::ApiOptions options;
    options.api = name;
    options.partition_count = static_cast<std::uint32_t>(settings.integer("OHM_PARTITIONS"));
    options.heartbeat_interval = seconds{settings.integer("HEARTBEAT_INTERVAL")};
    options.meter_days = settings.integer("OHM_METER_VALUES_MAX_DAYS");
    options.strict = settings.text("OHM_STRICTNESS") == "strict";
    options.accept_unknown_tokens = settings.text("OHM_UNKNOWN_TOKENS") == "accept";
    options.hide_unknown_stations = settings.boolean("OHM_HIDE_UNKNOWN_STATIONS");
    options.log_level = log_level(settings.text("OHM_MESSAGE_LOG"));
    options.call_timeout = seconds{settings.integer("OHM_CALL_TIMEOUT_S")};
    options.ping_interval = seconds{settings.integer("OHM_PING_INTERVAL_S")};
    const std::string plain = settings.text("OHM_CERTIFICATES_OVER_WS");
    options.certificates_over_plain = plain == "allow"  ? api::OverPlain::allow
                                      : plain == "warn" ? api::OverPlain::warn
                                                        : api::OverPlain::refuse;
    options.test_ev_certificates = settings.text("OHM_EV_CERTIFICATES") == "test";
    options.organization = settings.text("OHM_CPO_NAME");
    options.inventory_on_boot = settings.text("OHM_ON_BOOT") == "inventory";
    options.files.url = files_url(settings);
    options.tariff = tariff(settings);
    options.cost_updates = seconds{settings.integer("OHM_COST_UPDATES_S")};
    return options;
}

worker::WorkerOptions worker_options(const Settings& settings) {
    worker::WorkerOptions options;
    options.loop.worker = worker_id(settings);
    options.loop.version = OHM_VERSION;
    options.loop.commit_grace = milliseconds{settings.integer("OHM_COMMIT_GRACE_MS")};
    options.loop.drain_over = seconds{settings.integer("OHM_DRAIN_SECONDS")};
    options.threads = or_cores(settings.integer("OHM_WORKER_THREADS"));
    options.loop.drain_per_second = static_cast<double>(settings.integer("OHM_DRAIN_PER_SECOND")) /
                                    static_cast<double>(options.threads);
    options.loop.refuse_subprotocol_by_400 = settings.text("OHM_SUBPROTOCOL_REFUSAL") == "http400";
    options.listen.address = options.http_address = settings.text("OHM_BIND_ADDRESS");
    options.listen.port = port(settings, "WS_SERVER_PORT");
    options.listen.tls_port = port(settings, "OHM_TLS_PORT");
    options.listen.tls = {settings.text("OHM_TLS_CERT_FILE"), settings.text("OHM_TLS_KEY_FILE"),
                          settings.text("OHM_TLS_CLIENT_CA_FILE")};
    options.listen.frame_bytes = static_cast<std::size_t>(settings.integer("OHM_FRAME_BYTES_MAX"));
    options.http_port = port(settings, "OHM_WORKER_HTTP_PORT");
    return options;
}

std::string data_path(const Settings& settings, std::string_view file) {
    const std::filesystem::path folder = settings.text("OHM_DATA_DIR");
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        throw Fault{Fault::Kind::fatal, "OHM_DATA_DIR=" + folder.string() + " cannot be made (" +
                                            error.message() +
                                            "); name a folder that this user may write"};
    return (folder / file).string();
}

std::string swagger_folder() {
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    for (const char* relative :
         {"../../console/node_modules/swagger-ui-dist", "../share/ohmstead/swagger-ui"}) {
        const auto folder = program.parent_path() / relative;
        if (!error && std::filesystem::exists(folder / "swagger-ui.css")) return folder.string();
    }
    return {};
}

std::string read_pem(const Settings& settings, std::string_view key) {
    const std::string path = settings.text(key);
    if (path.empty()) return {};
    std::ifstream in{path, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (!in || text.find("-----BEGIN ") == std::string::npos)
        throw Fault{Fault::Kind::fatal, std::string{key} + "=" + path +
                                            " holds nothing; name a PEM file that this user may "
                                            "read"};
    return text;
}

// Waits for a database that others run; anything but its absence ends the start.
std::unique_ptr<store::Sql> wait_for(const std::function<std::unique_ptr<store::Sql>()>& open) {
    for (int attempt = 0;; ++attempt) {
        try {
            return open();
        } catch (const Fault& fault) {
            if (fault.kind() != Fault::Kind::away || attempt >= 300) throw;
            if (attempt % 10 == 0) log::warn("waiting_for_database", {{"detail", fault.what()}});
            std::this_thread::sleep_for(seconds{1});
        }
    }
}

// For the first operator, where no key is set and none exists. Printed once, stored as a digest.
void make_first_key(store::Sql& sql, const Settings& settings, const Clock& clock) {
    if (!settings.text("OHM_ADMIN_KEY").empty()) return;
    if (!sql.query("select 1 from api_keys limit 1").empty()) return;
    SystemRandom random;
    const std::string key = secret::generate_api_key();
    sql.query(
        "insert into api_keys (id, name, digest, scopes, created_at) values ($1, 'first key', $2, "
        "'admin:*', $3)",
        {store::Bytes{IdSource{clock, random}.next().bytes()}, store::Bytes{secret::digest(key)},
         micros(clock.utc())});
    std::cout << "\n  API key (shown once): " << key << "\n\n" << std::flush;
}

// ---- waiting ----

sigset_t blocked_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
    return signals;
}

// Sentences that end the process, from any thread.
Mailbox<std::string>& fatal_box() {
    static Mailbox<std::string> box{16};
    return box;
}
void end_with(const std::string& sentence) { fatal_box().push_always(std::string{sentence}); }

// Until SIGINT, SIGTERM or a fatal sentence. False for the latter.
bool wait_for_end(const std::function<void()>& on_hangup) {
    const sigset_t signals = blocked_signals();
    const timespec step{.tv_sec = 0, .tv_nsec = 200'000'000};
    for (;;) {
        const int signal = sigtimedwait(&signals, nullptr, &step);
        if (signal == SIGHUP) on_hangup();
        if (signal == SIGINT || signal == SIGTERM) return true;
        std::vector<std::string> sentences;
        fatal_box().take(sentences);
        if (sentences.empty()) continue;
        std::cerr << "ohmstead: " << sentences.front() << "\n";
        return false;
    }
}

void drain(worker::Worker& worker, const Settings& settings) {
    worker.drain();
    const sigset_t signals = blocked_signals();
    const timespec step{.tv_sec = 0, .tv_nsec = 100'000'000};
    const std::int64_t rounds = (settings.integer("OHM_DRAIN_SECONDS") + 6) * 10;
    for (std::int64_t i = 0; i < rounds && !worker.drained(); ++i)
        if (const int signal = sigtimedwait(&signals, nullptr, &step);
            signal == SIGINT || signal == SIGTERM)
            break;  // the second one: now
    worker.stop();
}

// ---- roles ----

api::SignerOptions signer_options(const Settings& settings) {
    api::SignerOptions options;
    options.lifetime = seconds{settings.integer("OHM_CERTIFICATE_DAYS") * 86'400};
    const std::string chain = settings.text("OHM_CA_CERT_FILE");
    if (chain.empty()) return options;
    auto authority = pki::Authority::read(read_pem(settings, "OHM_CA_CERT_FILE"),
                                          read_pem(settings, "OHM_CA_KEY_FILE"));
    if (!authority)
        throw Fault{Fault::Kind::fatal, "OHM_CA_CERT_FILE=" + chain +
                                            " is no authority: " + authority.error().detail +
                                            "; `ohmstead create-ca` makes one"};
    options.authority = std::make_shared<const pki::Authority>(std::move(*authority));
    return options;
}

void set_api_common(api::ApiProcessOptions& options, const Settings& settings) {
    options.message_log.max_age = minutes{settings.integer("OHM_MESSAGE_LOG_MAX_DAYS") * 24 * 60};
    options.message_log.max_bytes = settings.integer("OHM_MESSAGE_LOG_MAX_BYTES");
    options.signer = signer_options(settings);
    if (options.signer.authority)
        for (const pki::Certificate& one : options.signer.authority->chain())
            options.rest.certificate_authority += one.pem();
    options.rest.version = OHM_VERSION;
    options.rest.shown = api::rest::shown_settings(settings);
    options.rest.accept_unknown_tokens = options.api.accept_unknown_tokens;
    options.rest.partition_count = options.api.partition_count;
    if (!settings.text("OHM_ADMIN_KEY").empty())
        options.rest.admin_key_digest = secret::digest(settings.text("OHM_ADMIN_KEY"));
    options.rest.proxies = api::rest::TrustedProxies{settings.text("OHM_TRUSTED_PROXIES")};
    options.rest.origins = api::rest::OtherOrigins{settings.text("OHM_CORS_ORIGINS")};
    options.rest.require_if_match = settings.boolean("OHM_REQUIRE_IF_MATCH");
    options.rest.rate_limit = settings.integer("OHM_RATE_LIMIT_PER_MINUTE");
    options.rest.default_message_log_level = settings.text("OHM_MESSAGE_LOG");
    options.egress.rules = {settings.boolean("OHM_WEBHOOK_ALLOW_PRIVATE"),
                            egress::allowed_hosts(settings.text("OHM_EGRESS_ALLOW"))};
    options.egress.ca_file = settings.text("OHM_EGRESS_CA_FILE");
    options.api.ocsp_authorities = read_pem(settings, "OHM_OCSP_CA_FILE");
    options.rest.outside = options.egress.rules;
    options.rest.command_wait = seconds{settings.integer("OHM_CALL_TIMEOUT_S") + 5};
    options.rest.console = api::rest::read_console_pack(api::rest::embedded_console_pack());
    options.rest.swagger_ui = api::rest::read_swagger_ui(swagger_folder());
    options.http.address = settings.text("OHM_BIND_ADDRESS");
    options.http.port = port(settings, "HTTP_SERVER_PORT");
    options.http.connections_max = limits::http_connections;
    options.http.header_bytes = limits::http_header_bytes;
    options.http.body_bytes = limits::http_body_bytes;
    options.http.message_bytes = limits::frame_bytes;
    options.http.write_buffer_bytes = limits::http_body_bytes;
    options.http.deflate = false;  // events are small, and sent to each who follows
    options.https = options.http;
    options.https.port = port(settings, "OHM_HTTPS_PORT");
    if (options.https.port != 0)
        options.tls = {settings.text("OHM_TLS_CERT_FILE"), settings.text("OHM_TLS_KEY_FILE"), ""};
    options.events_max = settings.integer("OHM_EVENTS_MAX_ROWS");
    options.audit_days = settings.integer("OHM_AUDIT_MAX_DAYS");
    options.statistics_days = settings.integer("OHM_STATISTICS_MAX_DAYS");
    options.log_files_age = minutes{settings.integer("OHM_LOG_FILES_MAX_DAYS") * 24 * 60};
    options.rest.files = {settings.integer("OHM_FILE_BYTES_MAX"),
                          settings.integer("OHM_STATION_FILES_BYTES"),
                          settings.integer("OHM_FILES_TOTAL_BYTES")};
    options.on_fatal = end_with;
}

// One process: api and worker, SQLite, in-process bus.
int run_all(const Settings& settings, const Clock& clock) {
    log::start(log::level_of(settings.text("OHM_LOG_LEVEL")),
               log::format_of(settings.text("OHM_LOG_FORMAT")), "all");
    const std::string database = data_path(settings, "ohmstead.db");
    const std::string messages = data_path(settings, "messages.db");
    api::ApiProcessOptions options;
    options.api = api_options(settings, "local");
    options.open_sql = [database] { return store::open_sqlite({.path = database}); };
    options.open_shard_sql = options.open_counting_sql = options.open_judging_sql =
        options.open_sql;
    options.open_reading_sql = [database] {
        return store::open_sqlite({.path = database, .read_only = true});
    };
    options.open_log = [messages] { return store::open_sqlite_message_log(messages, false); };
    options.open_reading_log = [messages] {
        return store::open_sqlite_message_log(messages, true);
    };
    set_api_common(options, settings);
    {
        const auto sql = options.open_sql();
        store::migrate(*sql, clock.utc());
        store::prepare_partitions(*sql, options.api.partition_count);
        make_first_key(*sql, settings, clock);
        options.open_log();  // makes the file before anybody reads it
    }
    SystemRandom random;
    bus::LocalBus::Options bus_options;
    bus_options.incarnation = IdSource{clock, random}.next().bytes();
    bus_options.partition_count = options.api.partition_count;
    worker::WorkerOptions worker_settings = worker_options(settings);
    bus_options.worker = worker_settings.loop.worker;
    bus_options.api = "local";
    std::vector<worker::LoopFigures> figures(worker_settings.threads);
    Mailbox<std::pair<std::size_t, worker::LoopFigures>> figures_box{1'000};
    worker_settings.on_figures = [&](std::size_t loop, const worker::LoopFigures& f) {
        figures_box.push({loop, f});
    };
    options.other_metrics = [&] {
        std::vector<std::pair<std::size_t, worker::LoopFigures>> news;
        figures_box.take(news);
        for (const auto& [loop, f] : news) figures[loop] = f;
        return worker::metrics_text(worker_settings.loop.worker, figures);
    };
    bus::LocalBus bus{bus_options};
    api::Api api{std::move(options), clock};
    worker::Worker worker{worker_settings, clock};
    bus.set_owners(worker, api);
    api.start(bus.api());
    worker.start(bus.worker());
    bus.start();
    log::info("ready", {{"rest", "http://localhost:" + std::to_string(api.http_port())},
                        {"stations", "ws://localhost:" + std::to_string(worker.port()) + "/{id}"}});
    const bool asked = wait_for_end([&] { worker.reload_certificates(); });
    drain(worker, settings);
    bus.stop();
    api.stop();
    return asked ? 0 : 1;
}

int run_api(const Settings& settings, const Clock& clock) {
    log::start(log::level_of(settings.text("OHM_LOG_LEVEL")),
               log::format_of(settings.text("OHM_LOG_FORMAT")), "api");
    SystemRandom random;
    IdSource ids{clock, random};
    const std::string name = to_lower(ids.next().text());
    const store::PostgresOptions postgres = postgres_options(settings);
    api::ApiProcessOptions options;
    options.api = api_options(settings, name);
    options.shards = settings.integer("OHM_SHARDS") > 0
                         ? static_cast<std::size_t>(settings.integer("OHM_SHARDS"))
                         : std::min<std::size_t>(or_cores(0), options.api.partition_count);
    options.readers = 4;
    options.leases = true;
    options.open_sql = [postgres] { return store::open_postgres(postgres); };
    options.open_reading_sql = options.open_sql;
    store::PostgresOptions by_key = postgres;
    by_key.by_key = true;
    options.open_shard_sql = [by_key] { return store::open_postgres(by_key); };
    options.open_counting_sql = [by_key] { return store::open_background_postgres(by_key); };
    options.open_judging_sql = [postgres] { return store::open_background_postgres(postgres); };
    options.open_log = [postgres] { return store::open_postgres_message_log(postgres); };
    options.open_reading_log = options.open_log;
    set_api_common(options, settings);
    {
        const auto sql = wait_for(options.open_sql);
        store::migrate(*sql, clock.utc());
        store::prepare_partitions(*sql, options.api.partition_count);
        make_first_key(*sql, settings, clock);
    }
    bus::RabbitMqOptions bus_options;
    bus_options.broker = broker_of(settings);
    bus_options.id = name;
    bus_options.incarnation = ids.next().bytes();
    bus_options.partition_count = options.api.partition_count;
    bus_options.quorum = settings.boolean("OHM_QUORUM_QUEUES");
    bus_options.on_fatal = [](const Fault& fault) { end_with(fault.what()); };
    api::Api api{std::move(options), clock};
    bus::RabbitMqApiBus bus{bus_options, api};
    api.start(bus);
    bus.start();
    log::info("ready",
              {{"rest", "http://localhost:" + std::to_string(api.http_port())}, {"api", name}});
    const bool asked = wait_for_end([] {});
    api.stop();
    bus.stop();
    return asked ? 0 : 1;
}

int run_worker(const Settings& settings, const Clock& clock) {
    log::start(log::level_of(settings.text("OHM_LOG_LEVEL")),
               log::format_of(settings.text("OHM_LOG_FORMAT")), "worker");
    SystemRandom random;
    worker::WorkerOptions options = worker_options(settings);
    options.http = true;
    options.loop.address = options.loop.worker + ":" + std::to_string(options.http_port);
    bus::RabbitMqOptions bus_options{.broker = broker_of(settings), .id = options.loop.worker};
    bus_options.incarnation = IdSource{clock, random}.next().bytes();
    bus_options.on_fatal = [](const Fault& fault) { end_with(fault.what()); };
    const bus::RabbitMqWorkerBus* started = nullptr;
    options.bus_figures = [&started] { return started->figures(); };
    worker::Worker worker{options, clock};
    bus::RabbitMqWorkerBus bus{bus_options, worker};
    started = &bus;
    worker.start(bus);
    bus.start();
    log::info("ready", {{"stations", "ws://localhost:" + std::to_string(worker.port()) + "/{id}"},
                        {"worker", options.loop.worker}});
    const bool asked = wait_for_end([&] { worker.reload_certificates(); });
    drain(worker, settings);
    bus.stop();
    return asked ? 0 : 1;
}

int run_migrate(const Settings& settings, const Clock& clock) {
    const auto sql = settings.text("RABBITMQ_HOST").empty() && settings.is_default("DB_HOST")
                         ? store::open_sqlite({.path = data_path(settings, "ohmstead.db")})
                         : store::open_postgres(postgres_options(settings));
    std::cout << "schema version " << store::migrate(*sql, clock.utc()) << "\n";
    return 0;
}

int run_config(const Settings& settings, const std::vector<std::string>& words) {
    const std::string what = words.empty() ? "show" : words[0];
    if (what == "show")
        std::cout << settings_show(settings, true);
    else if (what == "check")
        std::cout << "all settings are valid\n";
    else if (what == "example")
        std::cout << settings_example();
    else if (what == "markdown")
        std::cout << settings_markdown();
    else if (what == "get" && words.size() == 2) {
        const auto value = settings.find(words[1]);
        if (!value) {
            std::cerr << "ohmstead: " << value.error().detail << "\n";
            return exit_bad_usage;
        }
        std::cout << *value << "\n";
    } else {
        std::cerr << "ohmstead: config takes show, get KEY, check, example or markdown\n";
        return exit_bad_usage;
    }
    return 0;
}

int run_create_ca(const std::vector<std::string>& words, const Clock& clock) {
    if (words.empty() || words.size() > 2) {
        std::cerr << "ohmstead: create-ca takes a folder and the organization's name\n";
        return exit_bad_usage;
    }
    const std::filesystem::path folder = words[0];
    pki::write_authority(folder, words.size() == 2 ? words[1] : "", clock.utc());
    std::cout << "Keep root.key elsewhere: nothing here needs it again.\n\n"
              << "OHM_CA_CERT_FILE=" << (folder / "ca.pem").string() << "\n"
              << "OHM_CA_KEY_FILE=" << (folder / "ca.key").string() << "\n"
              << "OHM_TLS_CLIENT_CA_FILE=" << (folder / "root.pem").string() << "\n";
    return 0;
}

// The words before the first flag stay with the command.
std::vector<std::string> take_words(std::vector<std::string>& arguments) {
    std::vector<std::string> words;
    while (!arguments.empty() && !arguments.front().starts_with("--")) {
        words.push_back(arguments.front());
        arguments.erase(arguments.begin());
    }
    return words;
}

int run(std::vector<std::string> arguments) {
    if (arguments.empty() || arguments[0] == "help" || arguments[0] == "--help" ||
        arguments[0] == "-h")
        return std::cout << cli::program_help(OHM_VERSION) << "\n" << settings_help(), 0;
    if (cli::is_cli_word(arguments[0]))
        return cli::run_cli_here(arguments, OHM_VERSION, std::cout, std::cerr);
    const std::string command = arguments[0];
    arguments.erase(arguments.begin());
    if (command == "version" || command == "--version") return std::cout << OHM_VERSION "\n", 0;
    if (command == "sim") return sim::run_sim(arguments);
    const std::vector<std::string> words = take_words(arguments);
    if (command == "config") std::erase(arguments, "--origin");  // it is always shown
    const bool known = command == "all" || command == "api" || command == "worker" ||
                       command == "config" || command == "migrate" || command == "create-ca";
    if (!known) {
        std::cerr << "ohmstead: there is no command " << command << "; see ohmstead help.\n";
        return exit_bad_usage;
    }
    const bool takes_words = command == "config" || command == "create-ca";
    if (!words.empty() && !takes_words) {
        std::cerr << "ohmstead: " << command << " takes no `" << words[0]
                  << "`; settings are written --http-server-port 8000.\n";
        return exit_bad_usage;
    }
    const auto settings = Settings::load(process_sources(arguments));
    const auto wrong = settings ? wrong_text(*settings) : std::optional{settings.error().detail};
    if (wrong) {
        std::cerr << "ohmstead: " << *wrong << "\n";
        return exit_bad_usage;
    }
    const SystemClock clock;
    if (command == "config") return run_config(*settings, words);
    if (command == "migrate") return run_migrate(*settings, clock);
    if (command == "create-ca") return run_create_ca(words, clock);
    const sigset_t signals = blocked_signals();
    pthread_sigmask(SIG_BLOCK, &signals,
                    nullptr);  // inherited by every thread: only main waits for them
    std::signal(SIGPIPE, SIG_IGN);
    if (command == "all") return run_all(*settings, clock);
    return command == "api" ? run_api(*settings, clock) : run_worker(*settings, clock);
}

}  // namespace
}  // namespace ohm

int main(int count, char** words) {
    try {
        const int code = ohm::run({words + 1, words + count});
        ohm::log::stop();
        return code;
    } catch (const std::exception& error) {
        ohm::log::stop();
        std::cerr << "ohmstead: " << error.what() << "\n";
        return 1;
    }
}
