// Every setting, once.
#include "base/limits.hpp"
#include "base/settings.hpp"

namespace ohm {
namespace {

using Kind = Setting::Kind;
using Part = Setting::Part;
using Text = std::string_view;
constexpr auto api = Part::api;
constexpr auto worker = Part::worker;
constexpr auto both = Part::both;

constexpr Setting plain(Kind kind, Text key, Text fallback, Part part, Text help) {
    return {.key = key, .fallback = fallback, .kind = kind, .part = part, .help = help};
}
constexpr Setting text(Text key, Text fallback, Part part, Text help) {
    return plain(Kind::text, key, fallback, part, help);
}
constexpr Setting secret(Text key, Text fallback, Part part, Text help) {
    return plain(Kind::secret, key, fallback, part, help);
}
constexpr Setting path(Text key, Text fallback, Part part, Text help) {
    return plain(Kind::path, key, fallback, part, help);
}
constexpr Setting boolean(Text key, Text fallback, Part part, Text help) {
    return plain(Kind::boolean, key, fallback, part, help);
}
constexpr Setting choice(Text key, Text fallback, Text choices, Part part, Text help) {
    Setting row = plain(Kind::choice, key, fallback, part, help);
    row.choices = choices;
    return row;
}
struct Range {
    std::int64_t min;
    std::int64_t max;
};
constexpr Setting ranged(Kind kind, Text key, Text fallback, Range range, Part part, Text help) {
    Setting row = plain(kind, key, fallback, part, help);
    row.min = range.min;
    row.max = range.max;
    return row;
}
constexpr Setting integer(Text key, Text fallback, Range range, Part part, Text help) {
    return ranged(Kind::integer, key, fallback, range, part, help);
}
// A port of ours may be 0, which means a free one.
constexpr Setting own_port(Text key, Text fallback, Part part, Text help) {
    return ranged(Kind::port, key, fallback, {0, 65'535}, part, help);
}
constexpr Setting their_port(Text key, Text fallback, Part part, Text help) {
    return ranged(Kind::port, key, fallback, {1, 65'535}, part, help);
}

constexpr std::int64_t mebibyte = 1024 * 1024;

constexpr Setting table[] = {
    // ---- what it listens on ----
    own_port("HTTP_SERVER_PORT", "8000", api, "Port of REST and /docs."),
    own_port("WS_SERVER_PORT", "3000", worker,
             "Port for stations: ws://HOST:PORT/STATION. Workers on one host need one each."),
    plain(Kind::address, "OHM_BIND_ADDRESS", "::", both,
          "Address that every port listens on; :: is IPv6 and IPv4 alike."),
    own_port("OHM_TLS_PORT", "3443", worker,
             "Port for stations over TLS: wss://HOST:PORT/STATION. Open when there is a "
             "certificate."),
    path("OHM_TLS_CERT_FILE", "", both, "PEM file: the server's certificate and its chain."),
    path("OHM_TLS_KEY_FILE", "", both, "PEM file: the private key of OHM_TLS_CERT_FILE."),
    path("OHM_TLS_CLIENT_CA_FILE", "", worker,
         "PEM file: authorities whose station certificates are accepted (security profile 3)."),
    integer("OHM_HTTPS_PORT", "0", {0, 65'535}, api,
            "Port of REST, /docs and files over TLS, with OHM_TLS_CERT_FILE; 0: none."),
    text("OHM_FILES_URL", "", api,
         "By what URL stations reach this api to fetch firmware and to send logs, such as "
         "https://csms.example:8443. Empty: made of the address and port that it listens on."),
    path("OHM_CA_CERT_FILE", "", api,
         "PEM file: a certificate authority that signs stations' certificates, and those above it; "
         "`ohmstead create-ca` makes one. Empty: operators upload certificates."),
    path("OHM_CA_KEY_FILE", "", api, "PEM file: the private key of OHM_CA_CERT_FILE."),
    integer("OHM_CERTIFICATE_DAYS", "365", {1, 3'650}, api,
            "Days for which OHM_CA_CERT_FILE signs a certificate."),
    text("OHM_CPO_NAME", "", api,
         "Organization that certificates of stations and requests for them must name. Empty: any."),
    choice("OHM_CERTIFICATES_OVER_WS", "warn", "allow warn refuse", api,
           "Certificates sent to a station whose connection has no TLS: sent, sent with a security "
           "event, or refused."),
    choice(
        "OHM_EV_CERTIFICATES", "none", "none test", api,
        "Who answers vehicles that ask for contract certificates (ISO 15118): nobody, or a fixed "
        "answer for tests."),
    own_port("OHM_WORKER_HTTP_PORT", "8001", worker,
             "Port of the worker's /livez, /readyz and /metrics."),

    // ---- what it talks to ----
    text("RABBITMQ_HOST", "", both,
         "Host of RabbitMQ. Empty: 127.0.0.1 for api and worker, no broker for `ohmstead all`."),
    their_port("RABBITMQ_PORT", "5672", both, "Port of RabbitMQ."),
    text("RABBITMQ_USER", "guest", both, "User at RabbitMQ."),
    secret("RABBITMQ_PASS", "guest", both, "Password of RABBITMQ_USER."),
    boolean("OHM_RABBITMQ_TLS", "false", both, "Speak TLS with RabbitMQ."),
    path("OHM_RABBITMQ_CA_FILE", "", both,
         "PEM file: authorities that sign RabbitMQ's certificate. Empty: those of the system."),
    integer("OHM_RABBITMQ_HEARTBEAT_S", "2", {1, 10}, both,
            "Seconds between AMQP heartbeats; a silent broker is left after two."),
    boolean("OHM_QUORUM_QUEUES", "false", both,
            "Declare uplink queues as quorum queues, for a cluster of brokers."),
    text("DB_HOST", "127.0.0.1", api, "Host of PostgreSQL (`ohmstead api`)."),
    their_port("DB_PORT", "5432", api, "Port of PostgreSQL."),
    text("DB_USER", "ohmstead", api, "Role at PostgreSQL."),
    secret("DB_PASSWORD", "", api, "Password of DB_USER."),
    text("DB_NAME", "ohmstead", api, "Database at PostgreSQL."),
    path("OHM_DATA_DIR", "./data", both,
         "Directory for files: SQLite of `ohmstead all`, services that run.sh starts."),

    // ---- who may ----
    secret("OHM_ADMIN_KEY", "", api,
           "API key that may do everything. Empty: one is made at the first start and printed "
           "once."),
    boolean("OHM_HIDE_UNKNOWN_STATIONS", "false", worker,
            "Answer unknown stations as if their password were wrong, so that names cannot be "
            "probed."),
    boolean("OHM_REQUIRE_IF_MATCH", "false", api,
            "Refuse REST changes without If-Match, so that no change overwrites an unseen one."),
    integer("OHM_RATE_LIMIT_PER_MINUTE", "300000", {0, 6'000'000}, api,
            "Requests that one API key or sign-in may make in a minute, and at once; more are "
            "answered 429. 0: any number."),
    text("OHM_TRUSTED_PROXIES", "", api,
         "Addresses and networks, as 10.0.0.0/8 and separated by commas, of proxies whose "
         "X-Forwarded-For says whom a request came from."),
    text("OHM_CORS_ORIGINS", "", api,
         "Origins, as https://app.example and separated by commas, whose pages may use REST with "
         "an API key from a browser; * is every origin. Empty: none."),
    boolean("OHM_WEBHOOK_ALLOW_PRIVATE", "false", api,
            "Let webhooks that operators name lie on loopback and in private networks."),
    text("OHM_EGRESS_ALLOW", "", api,
         "Hosts, as HOST or HOST:PORT and separated by commas, that URLs of stations may name "
         "although they lie in private networks or on other ports than 80 and 443."),
    path("OHM_EGRESS_CA_FILE", "", api,
         "PEM file: authorities of servers that are asked, besides those of the system."),
    path("OHM_OCSP_CA_FILE", "", api,
         "PEM file: issuers of vehicles' contract certificates, to check what responders say."),

    // ---- OCPP ----
    integer("HEARTBEAT_INTERVAL", "300", {1, 86'400}, api,
            "Seconds between a station's heartbeats, told to it when it boots."),
    integer("OHM_PING_INTERVAL_S", "20", {0, 3'600}, worker,
            "Seconds of silence after which a station is pinged; 0: never."),
    integer("OHM_CALL_TIMEOUT_S", "30", {1, 600}, api,
            "Seconds that a station has to answer a CALL."),
    integer("OHM_FRAME_BYTES_MAX", "262144", {1'024, 16 * mebibyte}, worker,
            "Largest OCPP message in bytes; a larger one closes the connection (1009)."),
    choice("OHM_STRICTNESS", "lenient", "lenient strict", api,
           "What becomes of a payload that breaks its schema in a way with one meaning: repaired "
           "and counted, or refused."),
    choice("OHM_UNKNOWN_TOKENS", "reject", "reject accept", api,
           "What becomes of id tokens that are not in the list: refused, or let in by every "
           "station."),
    choice("OHM_ON_BOOT", "nothing", "nothing inventory", api,
           "What a station is asked for after an accepted boot: nothing, or its configuration keys "
           "(1.6), its full inventory and its monitors (2.0.1)."),
    text("OHM_PRICE_PER_KWH", "", api,
         "What a kilowatt-hour costs, as 0.35, in the currency of the stations; with no price at "
         "all, stations of 2.0.1 are told no cost."),
    text("OHM_PRICE_PER_MINUTE", "", api, "What a minute of a transaction costs, as 0.02."),
    text("OHM_PRICE_PER_SESSION", "", api, "What each transaction costs besides, as 1."),
    integer("OHM_COST_UPDATES_S", "0", {0, 86'400}, api,
            "Seconds after which a running transaction of 2.0.1 is told its cost again; 0: only at "
            "its end."),
    choice("OHM_SUBPROTOCOL_REFUSAL", "close", "close http400", worker,
           "How a station without a known subprotocol is refused: upgraded and closed, or with "
           "HTTP 400."),

    // ---- how much, how long ----
    integer("OHM_WORKER_THREADS", "0", {0, 256}, worker,
            "Loops that serve stations; 0: one a core."),
    integer("OHM_SHARDS", "0", {0, limits::partitions_max}, api,
            "Threads that handle messages; 0: the smaller of cores and partitions."),
    integer("OHM_PARTITIONS", "4", {1, limits::partitions_max}, api,
            "Parts that the fleet is divided into. Fixed at the first start."),
    integer("OHM_COMMIT_GRACE_MS", "15000", {1'000, 120'000}, both,
            "How long the database may be away before stations are disconnected, so that they "
            "keep their messages."),
    integer("OHM_DRAIN_SECONDS", "10", {1, 600}, worker,
            "Seconds over which SIGTERM closes stations' connections."),
    integer("OHM_DRAIN_PER_SECOND", "50", {1, 10'000}, worker,
            "Connections a second that a worker closes at most on average when an operator drains "
            "it."),
    integer("OHM_FILE_BYTES_MAX", "536870912", {mebibyte, 16 * 1024 * mebibyte}, api,
            "Bytes that one firmware image or one log may have."),
    integer("OHM_STATION_FILES_BYTES", "536870912", {mebibyte, mebibyte* mebibyte}, api,
            "Bytes that the logs of one station may take; more are refused."),
    integer("OHM_FILES_TOTAL_BYTES", "10737418240", {mebibyte, mebibyte* mebibyte}, api,
            "Bytes that images and logs together may take; more are refused."),
    integer("OHM_EVENTS_MAX_ROWS", "10000000", {1'000, 1'000'000'000}, api,
            "Events that are kept for those who follow; the oldest goes first, and at the latest "
            "after 72 hours."),
    integer("OHM_LOG_FILES_MAX_DAYS", "30", {1, 3'650}, api,
            "Days after which stations' logs are removed."),
    choice("OHM_MESSAGE_LOG", "all", "off errors all", api, "Which OCPP messages are kept."),
    integer("OHM_MESSAGE_LOG_MAX_BYTES", "10737418240", {mebibyte, mebibyte* mebibyte}, api,
            "Bytes that the message log may take; the oldest goes first."),
    integer("OHM_MESSAGE_LOG_MAX_DAYS", "7", {1, 3'650}, api,
            "Days after which messages are dropped from the log."),
    integer("OHM_METER_VALUES_MAX_DAYS", "400", {1, 36'500}, api,
            "Days that meter values are kept; transactions and their energy stay."),
    integer("OHM_AUDIT_MAX_DAYS", "1095", {0, 36'500}, api,
            "Days that the record of what callers did is kept; 0: for ever."),
    integer("OHM_STATISTICS_MAX_DAYS", "800", {1, 36'500}, api,
            "Days that sums of days are kept, those of hours at most 62."),

    // ---- how it is run ----
    plain(Kind::label, "OHM_WORKER_ID", "", worker,
          "Name of the worker, unique among workers. Empty: host name and port."),
    choice("OHM_LOG_LEVEL", "info", "trace debug info warn error", both,
           "Least important events that are logged."),
    choice("OHM_LOG_FORMAT", "text", "text json", both, "A log line as key=value, or as JSON."),
};

}  // namespace

std::span<const Setting> settings_table() { return table; }

}  // namespace ohm
