#!/usr/bin/env python3
"""The repository's own rules, checked over every source: tidy.py [root].

Include arrows between modules, words that only src/base may use, sizes of functions and files, a test
beside every source, one module for each third-party header, whose package is installed. Prints every finding as
file:line: what is wrong; what to do about it. Ends with 1 when there is one.
"""

import re
import sys
from pathlib import Path

# Which modules a module may include, besides itself.
ARROWS = {
    "base": set(),
    "wire": {"base"},
    "ocpp": {"base", "wire"},
    "domain": {"base"},
    "net": {"base"},
    "pki": {"base"},
    "egress": {"base"},
    "store": {"base", "wire", "domain"},
    "bus": {"base", "wire", "net"},
    "worker": {"base", "wire", "ocpp", "bus", "net"},
    "api": {"base", "wire", "ocpp", "domain", "net", "pki", "egress", "store", "bus"},
    "sim": {"base", "wire", "ocpp", "net"},
    "cli": {"base", "wire", "net"},
}

# Word, and what to use instead. Not checked in src/base, in tests' code and in comments.
BANNED = [
    (r"\bstd::(recursive_|shared_|timed_)?mutex\b|<mutex>", "hand it over with base/mailbox.hpp"),
    (r"\bstd::j?thread\b|<thread>", "threads start in main or in a place listed in ALLOWED"),
    (r"\b(sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\(", "wait for an event or a timer of the loop"),
    (r"\bsystem_clock\b", "take the time from a Clock"),
    (r"\bstd::regex\b|<regex>", "write a small scanner"),
    (r"\bstd::cout\b", "use base/log.hpp"),
    (r"\b(atoi|sscanf|strcpy)\s*\(", "use parse_int, std::from_chars or std::string"),
    (r"(?<![\w.>])(std::|::)?system\s*\(", "start no shell"),
]
# Banned everywhere, comments, tests and src/base included.
BANNED_EVERYWHERE = [
    (r"\bTODO\b|\bFIXME\b", "do it, or describe it where known gaps are listed"),
    (r"\busing namespace std\s*;", "write std::"),
]
# (file without its ending, part of the banned word): why it may.
ALLOWED = {
    ("src/main", "thread"): "joins what it started",
    ("src/main", "cout"): "answers of the command line go to the terminal",
    ("src/main", "sleep"): "waits for a database before there is a loop",
    ("src/api/alerts/judge", "thread"): "rules read whole tables, and no shard may wait for that",
    ("src/api/certificates/signer", "thread"): "signing must not wait for a shard, nor a shard for it",
    ("src/api/api", "thread"): "owns the api's threads",
    ("src/api/keeper", "thread"): "the thread of everything that belongs to no station",
    ("src/api/events/tailer", "thread"): "looking for events must not hold up shards or REST",
    ("src/api/statistics/counting", "thread"): "counting must not hold up shards or REST",
    ("src/api/events/deliverer", "thread"): "a slow receiver must not hold up anybody else",
    ("src/api/log_writer", "thread"): "the message log must not wait for a shard, nor a shard for it",
    ("src/api/readers", "thread"): "readers of REST block on the database",
    ("src/api/readers_test", "thread"): "which thread works is what is tested",
    ("src/api/shard_thread", "thread"): "one thread a shard",
    ("src/bus/amqp_link", "thread"): "rabbitmq-c blocks: one thread a connection",
    ("src/worker/loop", "thread"): "one thread a loop",
    ("src/egress/egress", "thread"): "one thread waits for all answers of the outside",
    ("src/bus/local_test", "thread"): "posts from another thread are what is tested",
    ("src/net/loop_test", "thread"): "posts from another thread are what is tested",
}
# Sources without an x_test.cpp of their own name: why.
UNTESTED = {
    "src/api/api.cpp": "started as a process by tests/e2e, and simulated by tests/world",
    "src/api/events/tailer.cpp": "tests/e2e/events.test.mjs has its thread find events of two apis",
    "src/api/events/types.cpp": "filter_test.cpp reads all of it",
    "src/api/people/tables.cpp": "rest/people_test.cpp reads back what it writes",
    "src/api/rest/api_keys.cpp": "people_test.cpp asks it over HTTP",
    "src/api/rest/audit.cpp": "people_test.cpp asks it over HTTP",
    "src/api/rest/audit_trail.cpp": "people_test.cpp reads what it stores",
    "src/api/rest/event_tickets.cpp": "events_test.cpp makes and uses them over HTTP",
    "src/api/rest/made_once.cpp": "tokens_test.cpp asks it over HTTP",
    "src/api/rest/people_routes.cpp": "router_test.cpp reads all of it",
    "src/api/rest/sign_in_gate.cpp": "people_test.cpp turns its clock",
    "src/api/rest/sign_ins.cpp": "people_test.cpp signs in over HTTP",
    "src/api/rest/users.cpp": "people_test.cpp asks it over HTTP",
    "src/api/statistics/connectors.cpp": "rollup_test.cpp tells it statuses and connections",
    "src/api/statistics/delta.cpp": "rollup_test.cpp adds up what it wrote",
    "src/api/statistics/sessions.cpp": "rollup_test.cpp counts sessions by it",
    "src/api/statistics/stations.cpp": "rollup_test.cpp has stations of two places",
    "src/api/statistics/tables.cpp": "rollup_test.cpp writes and reads every table",
    "src/api/statistics/zones.cpp": "rollup_test.cpp has days of Berlin",
    "src/api/rest/statistics_query.cpp": "statistics_test.cpp asks by it",
    "src/api/rest/statistics_minutes.cpp": "statistics_test.cpp asks for it",
    "src/api/rest/whole_now.cpp": "statistics_test.cpp asks for it",
    "src/api/rest/known_roles.cpp": "access_test.cpp asks by it",
    "src/api/rest/once.cpp": "access_test.cpp and batches_test.cpp ask by it",
    "src/api/rest/roles.cpp": "access_test.cpp asks for it",
    "src/api/rest/service.cpp": "stations_test.cpp reads what it makes of refusals",
    "src/api/statistics/power.cpp": "minutes_test.cpp adds up by it",
    "src/api/rest/statistics_routes.cpp": "router_test.cpp reads all of it",
    "src/api/rest/checks.cpp": "rest_test.cpp sends what it refuses",
    "src/api/rest/event_routes.cpp": "router_test.cpp reads all of it",
    "src/api/alerts/groups.cpp": "alerts_test.cpp puts together, takes in and ends",
    "src/api/alerts/judge.cpp": "alerts_test.cpp has it find and end each kind, tests/e2e runs its thread",
    "src/api/alerts/kinds.cpp": "alerts_test.cpp asks each kind",
    "src/api/alerts/rules.cpp": "alerts_test.cpp reads the rules that are there",
    "src/api/alerts/tables.cpp": "alerts_test.cpp writes and reads back",
    "src/api/alerts/told.cpp": "alerts_test.cpp counts what is told",
    "src/api/alerts/writer.cpp": "alerts_test.cpp gives it findings and operators' words",
    "src/api/rest/alert_routes.cpp": "router_test.cpp reads all of it",
    "src/api/rest/alert_rules.cpp": "tests/e2e asks it over HTTP in both set-ups",
    "src/api/rest/alerts.cpp": "tests/e2e asks it over HTTP in both set-ups",
    "src/api/rest/event_webhook_routes.cpp": "router_test.cpp reads all of it",
    "src/api/rest/event_webhooks.cpp": "events_test.cpp asks it over HTTP",
    "src/api/shard_events.cpp": "events/collect_test.cpp reads what it writes",
    "src/api/charging/authorize.cpp": "charging_test.cpp and tests/transcripts ask it through stations",
    "src/api/charging/made.cpp": "tests/transcripts/quirks/F11 makes sessions and ends them",
    "src/api/commands/completion.cpp": "tests/transcripts/quirks E2, H5 and I6 leave open what it adds",
    "src/api/commands/probe.cpp": "tests/transcripts/quirks/G9 comes through all of its phases",
    "src/api/commands/security_profile.cpp": "tests/transcripts/commands/TC_083 and TC_A_19 go through each way down",
    "src/cli/listener.cpp": "tests/e2e/cli follows a real api, and is refused by one",
    "src/sim/charging_messages.cpp": "charging_test.cpp and hand_test.cpp read what it writes",
    "src/sim/station_hand.cpp": "hand_test.cpp has stations obey over the wire",
    "src/cli/asker.cpp": "tests/e2e/cli asks a real api, and one that is not there",
    "src/api/commands/refusals.cpp": "tests/transcripts/quirks C10, H6 and H7 refuse",
    "src/api/compatibility.cpp": "tests/transcripts/quirks set, keep and remove it",
    "src/api/charging/close.cpp": "charging_test.cpp asks it as an operator does",
    "src/api/charging/cost.cpp": "tests/transcripts/v201/TC_I_02_cost asks what it costs, tariff_test.cpp reckons",
    "src/api/commands/known.cpp": "tests/transcripts/commands gives the orders that it completes and refuses",
    "src/api/rest/unknown_tokens.cpp": "tokens_test.cpp asks it over HTTP",
    "src/api/charging/decision.cpp": "tests/transcripts/outside holds its conversations",
    "src/api/outside/certificates.cpp": "tests/transcripts/outside asks responders",
    "src/api/outside/hooks.cpp": "parking_test.cpp and tests/transcripts/outside configure webhooks",
    "src/api/outside/question.cpp": "parking_test.cpp and tests/transcripts/outside ask and hear",
    "src/api/outside/tables.cpp": "parking_test.cpp sweeps them, tests/transcripts/outside reads the rows back",
    "src/api/rest/batch_routes.cpp": "router_test.cpp reads all of it",
    "src/api/rest/webhook_routes.cpp": "router_test.cpp reads all of it",
    "src/api/rest/location_routes.cpp": "router_test.cpp reads all of it",
    "src/api/charging/load.cpp": "charging_test.cpp counts what it reads, and forgets and reads again",
    "src/api/charging/record.cpp": "charging_test.cpp fills it to its bounds, tests/transcripts makes its keys",
    "src/api/charging/tables.cpp": "charging_test.cpp writes and reads its rows, tests/transcripts shows them",
    "src/api/charging/transactions.cpp": "charging_test.cpp and tests/transcripts send it events",
    "src/api/rest/meter_values.cpp": "transactions_test.cpp asks it over HTTP",
    "src/api/v16/charging.cpp": "tests/transcripts holds its conversations",
    "src/api/v201/authorization.cpp": "tests/transcripts holds its conversations",
    "src/api/v201/metering.cpp": "tests/transcripts holds its conversations",
    "src/api/v201/transactions.cpp": "tests/transcripts holds its conversations",
    "src/api/held/bounds.cpp": "tests/transcripts/held reads bounds of both versions and runs into each",
    "src/api/held/held.cpp": "tests/transcripts/held comes through all of it",
    "src/api/held/local_lists.cpp": "tests/transcripts/held holds its conversations, domain/local_list_test.cpp its rules",
    "src/api/held/profiles.cpp": "tests/transcripts/held holds its conversations, domain/charging_profile_test.cpp its rules",
    "src/api/held/reservations.cpp": "tests/transcripts/held holds its conversations, domain/reservation_test.cpp its rules",
    "src/api/held/schedules.cpp": "tests/e2e/held.test.mjs compares its schedules, domain/composite_test.cpp computes with them",
    "src/api/held/tables.cpp": "tests/transcripts/held reads the rows back",
    "src/api/rest/charging_profiles.cpp": "tests/e2e/held.test.mjs asks it over HTTP",
    "src/api/rest/held_routes.cpp": "router_test.cpp reads all of it",
    "src/api/rest/local_list.cpp": "tests/e2e/held.test.mjs asks it over HTTP",
    "src/api/rest/reservations.cpp": "tests/e2e/held.test.mjs asks it over HTTP",
    "src/api/rest/rest_service.cpp": "rest_test.cpp and the tests of all resources go through it",
    "src/api/rest/authorizations.cpp": "tokens_test.cpp and transactions_test.cpp ask it over HTTP",
    "src/api/rest/certificate_routes.cpp": "router_test.cpp reads all of it",
    "src/api/rest/certificates.cpp": "tests/e2e/certificates.test.mjs signs, rejects and revokes over HTTP",
    "src/api/rest/trusted_certificates.cpp": "tests/e2e/certificates.test.mjs asks it over HTTP",
    "src/api/rest/charging_routes.cpp": "router_test.cpp reads all of it",
    "src/api/rest/newest.cpp": "transactions_test.cpp pages through its lists",
    "src/api/rest/token_import.cpp": "tokens_test.cpp asks it over HTTP",
    "src/api/rest/token_rows.cpp": "tokens_test.cpp asks it over HTTP",
    "src/api/boot.cpp": "shard_test.cpp sends boots and statuses, tests/transcripts compares what follows",
    "src/api/commands/answers.cpp": "tests/transcripts/commands holds its conversations",
    "src/api/commands/authorization.cpp": "protocol_test.cpp reads its table, tests/transcripts/commands and tests/e2e/sweep send each row",
    "src/api/commands/availability.cpp": "protocol_test.cpp reads its table, tests/transcripts/commands and tests/e2e/sweep send each row",
    "src/api/commands/certificates.cpp": "protocol_test.cpp reads its table, tests/transcripts/commands and tests/e2e/sweep send each row",
    "src/api/commands/configuration.cpp": "protocol_test.cpp reads its table, tests/transcripts/commands and tests/e2e/sweep send each row",
    "src/api/commands/create.cpp": "tests/transcripts/commands holds its conversations",
    "src/api/commands/diagnostics.cpp": "protocol_test.cpp reads its table, tests/transcripts/commands and tests/e2e/sweep send each row",
    "src/api/commands/display.cpp": "protocol_test.cpp reads its table, tests/transcripts/commands and tests/e2e/sweep send each row",
    "src/api/commands/firmware.cpp": "protocol_test.cpp reads its table, tests/transcripts/commands and tests/e2e/sweep send each row",
    "src/api/commands/monitoring.cpp": "protocol_test.cpp reads its table, tests/transcripts/commands and tests/e2e/sweep send each row",
    "src/api/commands/network.cpp": "protocol_test.cpp reads its table, tests/transcripts/commands and tests/e2e/sweep send each row",
    "src/api/commands/neutral.cpp": "protocol_test.cpp reads its table, tests/transcripts/commands and tests/e2e/sweep send each row",
    "src/api/commands/passwords.cpp": "tests/transcripts/commands holds its conversations",
    "src/api/commands/prepare.cpp": "tests/transcripts/commands holds its conversations",
    "src/api/commands/queue.cpp": "commands_test.cpp and effects_test.cpp, each life from order to end",
    "src/api/commands/remote_control.cpp": "protocol_test.cpp reads its table, tests/transcripts/commands and tests/e2e/sweep send each row",
    "src/api/commands/reservation.cpp": "protocol_test.cpp reads its table, tests/transcripts/commands and tests/e2e/sweep send each row",
    "src/api/commands/smart_charging.cpp": "protocol_test.cpp reads its table, tests/transcripts/commands and tests/e2e/sweep send each row",
    "src/api/commands/tokens.cpp": "tests/transcripts/commands holds its conversations",
    "src/api/commands/verification.cpp": "tests/transcripts/commands holds its conversations",
    "src/api/dispatch.cpp": "protocol_test.cpp reads its tables, shard_test.cpp and tests/transcripts send through it",
    "src/api/loader.cpp": "shard_test.cpp takes partitions over and reads stations again after a roll-back",
    "src/api/commands/split.cpp": "parts_test.cpp and tests/transcripts/commands send commands of several CALLs",
    "src/api/commands/waiting.cpp": "parts_test.cpp and tests/transcripts/commands let commands wait",
    "src/api/rest/our_transactions.cpp": "commands_test.cpp and batches_test.cpp name transactions by our ids",
    "src/api/rest/password_hashes.cpp": "stations_test.cpp and commands_test.cpp choose passwords over HTTP",
    "src/api/shard_rows.cpp": "shard_test.cpp and every transcript read what is written",
    "src/api/shard_tick.cpp": "shard_test.cpp and commands/parts_test.cpp let time pass",
    "src/api/shard_outside.cpp": "outside/parking_test.cpp parks CALLs and lets them go on",
    "src/api/shard_thread.cpp": "tests/e2e runs it as part of a process",
    "src/api/station.cpp": "shard_test.cpp and tests/transcripts report statuses to it",
    "src/api/tables.cpp": "shard_test.cpp and its neighbours read the rows back",
    "src/api/v16/core.cpp": "tests/transcripts holds its conversations",
    "src/api/v201/availability.cpp": "tests/transcripts holds its conversations",
    "src/api/v201/provisioning.cpp": "tests/transcripts holds its conversations",
    "src/api/files/orders.cpp": "tests/transcripts/files holds its conversations",
    "src/api/files/tables.cpp": "store_test.cpp and tests/transcripts read the rows back",
    "src/api/facts/answers.cpp": "tests/transcripts learns from answers in both versions",
    "src/api/certificates/answers.cpp": "tests/transcripts answers certificate commands",
    "src/api/certificates/connections.cpp": "tests/e2e/certificates.test.mjs connects with certificates",
    "src/api/certificates/contract.cpp": "tests/transcripts authorizes with contract certificates",
    "src/api/certificates/load.cpp": "tests/transcripts repeats requests and decides them",
    "src/api/certificates/requests.cpp": "tests/transcripts sends it requests, pki/request_test.cpp reads them",
    "src/api/certificates/signer.cpp": "tests/transcripts has it sign, tests/e2e runs its thread",
    "src/api/certificates/tables.cpp": "tests/transcripts reads its rows back",
    "src/pki/x509.cpp": "request_test.cpp and certificate_test.cpp read names, keys and digests with it",
    "src/api/facts/loader.cpp": "reports_test.cpp, quirks_test.cpp and desired_test.cpp change owners",
    "src/api/facts/local_time.cpp": "domain/local_time_test.cpp has the rules, tests/transcripts says times without a zone",
    "src/api/facts/states.cpp": "tests/transcripts reads its rows back",
    "src/api/facts/tables.cpp": "tests/transcripts and its neighbours read the rows back",
    "src/api/facts/variables.cpp": "tests/transcripts reads its rows back",
    "src/api/rest/fact_lists.cpp": "facts_test.cpp and device_model_test.cpp ask it over HTTP",
    "src/api/rest/fact_routes.cpp": "router_test.cpp reads all of it",
    "src/api/v16/firmware_management.cpp": "tests/transcripts holds its conversations",
    "src/api/v16/security.cpp": "tests/transcripts holds its conversations",
    "src/api/v201/data_transfer.cpp": "tests/transcripts holds its conversations",
    "src/api/v201/diagnostics.cpp": "tests/transcripts holds its conversations",
    "src/api/v201/display_message.cpp": "tests/transcripts holds its conversations",
    "src/api/v201/firmware_management.cpp": "tests/transcripts holds its conversations",
    "src/api/v201/iso15118.cpp": "tests/transcripts holds its conversations",
    "src/api/v201/reservation.cpp": "tests/transcripts holds its conversations",
    "src/api/v201/security.cpp": "tests/transcripts holds its conversations",
    "src/api/v201/smart_charging.cpp": "tests/transcripts holds its conversations",
    "src/api/work.cpp": "shard_test.cpp and its neighbours read what it sends",
    "src/api/rest/auth.cpp": "rest_test.cpp asks it over HTTP",
    "src/api/rest/batch_runner.cpp": "batches_test.cpp runs batches on it",
    "src/api/rest/command_routes.cpp": "router_test.cpp reads all of it, commands_test.cpp asks it over HTTP",
    "src/api/rest/components.cpp": "router_test.cpp reads all of it",
    "src/api/rest/connection_attempts.cpp": "lists_test.cpp asks it over HTTP",
    "src/api/rest/docs.cpp": "rest_test.cpp asks it over HTTP",
    "src/api/rest/exchange.cpp": "rest_test.cpp and stations_test.cpp ask it over HTTP",
    "src/api/rest/file_door.cpp": "files_test.cpp fetches and sends over HTTP",
    "src/api/rest/file_receiver.cpp": "files_test.cpp sends over HTTP",
    "src/api/rest/file_routes.cpp": "router_test.cpp reads all of it",
    "src/api/rest/file_sender.cpp": "files_test.cpp fetches over HTTP",
    "src/api/rest/firmware_images.cpp": "files_test.cpp asks it over HTTP",
    "src/api/rest/station_files.cpp": "files_test.cpp asks it over HTTP",
    "src/api/rest/measure.cpp": "rest_test.cpp asks it over HTTP",
    "src/api/rest/messages.cpp": "lists_test.cpp asks it over HTTP",
    "src/api/rest/ocpp.cpp": "rest_test.cpp asks it over HTTP",
    "src/api/rest/openapi.cpp": "router_test.cpp reads all of it",
    "src/api/rest/problem.cpp": "rest_test.cpp asks it over HTTP",
    "src/api/rest/routes.cpp": "router_test.cpp reads all of it",
    "src/api/rest/station_parts.cpp": "stations_test.cpp asks it over HTTP",
    "src/api/rest/batch_order.cpp": "batches_test.cpp asks it over HTTP",
    "src/api/rest/station_figures.cpp": "stations_test.cpp asks for it over HTTP",
    "src/api/rest/station_filter.cpp": "stations_test.cpp and batches_test.cpp ask by it over HTTP",
    "src/api/rest/station_rows.cpp": "stations_test.cpp asks it over HTTP",
    "src/api/rest/system.cpp": "rest_test.cpp asks it over HTTP",
    "src/api/rest/workers.cpp": "lists_test.cpp asks it over HTTP",
    "src/main.cpp": "started as a process by tests/e2e",
    "src/net/deflate.cpp": "server_test.cpp and websocket_test.cpp exchange compressed messages",
    "src/net/http_response.cpp": "http_test.cpp and client_test.cpp parse responses",
    "src/net/listener.cpp": "server_test.cpp listens with it",
    "src/net/sockets.cpp": "server_test.cpp runs it over loopback",
    "src/net/sockets_end.cpp": "server_test.cpp runs it over loopback",
    "src/net/sockets_write.cpp": "server_test.cpp runs it over loopback",
    "src/net/tls.cpp": "server_test.cpp and client_test.cpp shake hands",
    "src/sim/commands.cpp": "station_test.cpp answers commands",
    "src/sim/ledger.cpp": "fleet_test.cpp reads what it wrote",
    "src/sim/messages.cpp": "station_test.cpp sends them to a CSMS",
    "src/sim/population.cpp": "fleet_test.cpp counts its stations",
    "src/sim/report.cpp": "sim_test.cpp and processes_test.cpp read it",
    "src/store/message_log_postgres.cpp": "message_log_test.cpp runs on both drivers",
    "src/store/message_log_rows.cpp": "message_log_test.cpp runs on both drivers",
    "src/store/message_log_sqlite.cpp": "message_log_test.cpp runs on both drivers",
    "src/worker/loop.cpp": "tests/e2e connects real stations to it",
    "src/worker/worker.cpp": "tests/e2e runs it as a process, with a drain",
    "src/wire/describe.cpp": "encode_test.cpp tests both directions of writing",
    "src/wire/sample.cpp": "binary_test.cpp and ocpp/action_test.cpp are made of it",
    "src/ocpp/v16/actions.cpp": "action_test.cpp takes random messages of all of them through the codecs",
    "src/ocpp/v201/actions.cpp": "action_test.cpp takes random messages of all of them through the codecs",
    "src/ocpp/errors.cpp": "frame_test.cpp tests what goes into a CALLERROR",
    "src/store/postgres.cpp": "sql_test.cpp runs on both drivers",
    "src/store/postgres_connection.cpp": "sql_test.cpp runs on both drivers",
    "src/store/postgres_values.cpp": "sql_test.cpp runs on both drivers",
    "src/store/sqlite.cpp": "sql_test.cpp runs on both drivers",
    "src/store/unit.cpp": "sql_test.cpp tests units of work on both drivers",
    "src/store/sequences.cpp": "sql_test.cpp takes its number blocks",
    "src/bus/amqp_connection.cpp": "bus_contract_test.cpp runs it against a real broker",
    "src/bus/amqp_link.cpp": "bus_contract_test.cpp runs it against a real broker",
    "src/bus/downlink.cpp": "bus_contract_test.cpp runs it against a real broker",
    "src/bus/partitions.cpp": "bus_contract_test.cpp runs it against a real broker",
    "src/bus/rabbitmq_api.cpp": "bus_contract_test.cpp runs it against a real broker",
    "src/bus/rabbitmq_worker.cpp": "bus_contract_test.cpp runs it against a real broker",
    "src/bus/uplink.cpp": "bus_contract_test.cpp runs it against a real broker",
}

FUNCTION_LINES = 60
FILE_LINES = 600
LINE_CHARACTERS = 100

# Headers of the C and C++ standards and of the system are everybody's.
STANDARD = re.compile(
    r"^(c?[a-z_0-9]+|(sys|net|netinet|arpa|linux)/[a-z_0-9]+\.h|"
    r"(unistd|fcntl|signal|netdb|poll|pthread|dirent|time|errno|string|stdlib|stdio|stdint|limits|"
    r"getopt|pwd|grp|spawn|ifaddrs|termios|sched|endian|execinfo)\.h)$"
)
# (header's first part, module): why a second module may.
SHARED = {
    ("tl", "base"): "Result is the value of refusals everywhere; included through base/error.hpp",
    ("openssl", "pki"): "certificates and requests are OpenSSL's to read and to make",
    ("openssl", "egress"): "what a certificate's responder is asked and answers",
    ("openssl", "bus"): "one call: rabbitmq-c has no default certificate store of its own",
}
TEST_HEADERS = {"gtest", "gmock"}
# First part of a third-party header: the package that brings it.
PACKAGES = {
    "CLI": "libcli11-dev", "amqp": "librabbitmq-dev", "amqp_framing": "librabbitmq-dev",
    "amqp_ssl_socket": "librabbitmq-dev", "amqp_tcp_socket": "librabbitmq-dev", "curl": "libcurl4-openssl-dev",
    "libpq-fe": "libpq-dev", "openssl": "libssl-dev", "simdjson": "libsimdjson-dev", "sodium": "libsodium-dev",
    "spdlog": "libspdlog-dev", "sqlite3": "libsqlite3-dev", "tl": "libexpected-dev", "utf8proc": "libutf8proc-dev",
    "zlib": "zlib1g-dev",
}
INSTALLED_BY = ("scripts/common.sh", "Dockerfile")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
OPENS_FUNCTION = re.compile(r"\)\s*(const|noexcept|override|final|mutable|\s)*(->\s*[^{;]+)?(:\s[^;]*)?\{\s*$")
CONTROL = re.compile(r"^\s*(\}\s*)?(if|for|while|switch|else|do|catch|try|namespace|struct|class|enum|union)\b")


class Findings:
    def __init__(self):
        self.lines = []

    def add(self, path, line, what, remedy):
        self.lines.append(f"{path}:{line}: {what}; {remedy}")


def without_comments_and_texts(source):
    """The same lines, comments and the content of literals blanked."""
    pattern = re.compile(
        r'R"([^(\s]*)\(.*?\)\1"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Za-z_])\'(?:\\.|[^\'\\\n])+\'',
        re.S,
    )
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    lines = source.split("\n")
    kept = {i: line for i, line in enumerate(lines) if INCLUDE.match(line)}
    blanked = pattern.sub(blank, source).split("\n")
    return [kept.get(i, line) for i, line in enumerate(blanked)]


def is_test(path):
    return path.startswith("tests/") or path.endswith("_test.cpp") or "/test_" in path


def check_words(path, source, code, findings):
    for number, line in enumerate(source.split("\n"), 1):
        for pattern, remedy in BANNED_EVERYWHERE:
            if found := re.search(pattern, line):
                findings.add(path, number, f"'{found.group(0)}' is banned", remedy)
    if not path.startswith("src/") or path.startswith("src/base/"):
        return
    for number, line in enumerate(code, 1):
        for pattern, remedy in BANNED:
            found = re.search(pattern, line)
            if not found:
                continue
            if any(file == path.rsplit(".", 1)[0] and part in found.group(0) for file, part in ALLOWED):
                continue
            findings.add(path, number, f"'{found.group(0).strip()}' is banned outside src/base", remedy)


def check_arrows(path, code, findings):
    if not path.startswith("src/") or path == "src/main.cpp":
        return
    module = path.split("/")[1]
    if module not in ARROWS:
        findings.add(path, 1, f"the module '{module}' is in no include table", "add it to ARROWS in tests/tidy/tidy.py")
        return
    for number, line in enumerate(code, 1):
        match = INCLUDE.match(line)
        if not match or match.group(1) != '"':
            continue
        target = match.group(2).split("/")[0]
        if target != module and target not in ARROWS[module]:
            allowed = ", ".join(sorted(ARROWS[module])) or "nothing"
            findings.add(path, number, f"{module} must not know {match.group(2)}", f"it may include {allowed}")


# A machine that happens to have a library hides that nobody installs it.
def check_packages(root, users, findings):
    for name in INSTALLED_BY:
        file = root / name
        words = set(re.split(r"[\s\"\\\\]+", file.read_text(encoding="utf-8"))) if file.is_file() else None
        for library, modules in sorted(users.items() if words is not None else ()):
            path, number = min(modules.values())
            package = PACKAGES.get(library)
            if package is None:
                findings.add(path, number, f"<{library}> comes from no package known here", "name it in PACKAGES")
            elif package not in words:
                findings.add(path, number, f"<{library}> needs {package}, which {name} does not install",
                             "install it there")


def check_third_party(root, sources, findings):
    users = {}
    for path, (_, code) in sources.items():
        if not path.startswith("src/"):
            continue
        module = path.split("/")[1]
        for number, line in enumerate(code, 1):
            match = INCLUDE.match(line)
            if not match or match.group(1) != "<" or STANDARD.match(match.group(2)):
                continue
            library = re.sub(r"\.(h|hpp)$", "", match.group(2).split("/")[0])
            if library not in TEST_HEADERS:
                users.setdefault(library, {}).setdefault(module, (path, number))
    check_packages(root, users, findings)
    for library, modules in sorted(users.items()):
        modules = {module: place for module, place in modules.items() if (library, module) not in SHARED}
        if len(modules) > 1:
            for module, (path, number) in sorted(modules.items()):
                findings.add(path, number, f"<{library}> is used by {', '.join(sorted(modules))}",
                             "let one module wrap it, or give a reason in SHARED")


def check_sizes(path, source, code, findings):
    lines = source.split("\n")
    if len(lines) - 1 > FILE_LINES and not is_test(path):
        findings.add(path, 1, f"{len(lines) - 1} lines, more than {FILE_LINES}", "split it by what its parts are about")
    for number, line in enumerate(lines, 1):
        # A text without blanks cannot be broken; clang-format leaves it, so do we.
        if len(line) > LINE_CHARACTERS and len(max(line.split(), key=len)) < LINE_CHARACTERS - 20:
            findings.add(path, number, f"{len(line)} characters, more than {LINE_CHARACTERS}", "break the line")
    if not is_test(path):
        check_functions(path, code, findings)


def check_functions(path, code, findings):
    depth, start, inside = 0, 0, None
    statement = ""
    for number, line in enumerate(code, 1):
        if not statement.strip():
            start = number
        statement += " " + line.strip()
        opens = OPENS_FUNCTION.search(statement) and not CONTROL.match(statement.strip())
        if inside is None and opens:
            inside = (depth, start)
        depth += line.count("{") - line.count("}")
        if inside is not None and depth <= inside[0]:
            if number - inside[1] + 1 > FUNCTION_LINES:
                findings.add(path, inside[1], f"a function of {number - inside[1] + 1} lines, more than {FUNCTION_LINES}",
                             "give its steps names of their own")
            inside = None
        if line.rstrip().endswith((";", "{", "}", ":")) or line.lstrip().startswith("#"):
            statement = ""


def check_tests(paths, findings):
    for path in sorted(paths):
        if not path.startswith("src/") or not path.endswith(".cpp") or is_test(path) or path in UNTESTED:
            continue
        if path[:-4] + "_test.cpp" not in paths:
            findings.add(path, 1, "no " + path.rsplit("/", 1)[1][:-4] + "_test.cpp beside it",
                         "test it, or give a reason in UNTESTED")
    for path in UNTESTED:
        if path[:-4] + "_test.cpp" in paths:
            findings.add(path, 1, "is tested, yet stands in UNTESTED", "take it out of tests/tidy/tidy.py")


def check(root):
    findings = Findings()
    sources = {}
    for folder in ("src", "tests"):
        for file in sorted((root / folder).rglob("*")):
            if file.suffix in (".cpp", ".hpp") and file.is_file():
                text = file.read_text(encoding="utf-8")
                sources[file.relative_to(root).as_posix()] = (text, without_comments_and_texts(text))
    for path, (source, code) in sources.items():
        check_words(path, source, code, findings)
        check_arrows(path, code, findings)
        check_sizes(path, source, code, findings)
    check_third_party(root, sources, findings)
    check_tests(set(sources), findings)
    return findings.lines, len(sources)


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    lines, count = check(root)
    for line in lines:
        print(line)
    print(f"{len(lines)} findings in {count} files")
    return 1 if lines or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
