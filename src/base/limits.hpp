// Every bound in the system has a name here, and a word on what happens when it is reached.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace ohm::limits {

// ---- stations' sockets (worker) ----
constexpr std::size_t frame_bytes = 256 * 1024;  // a message after inflating; larger: close 1009
constexpr std::size_t inflate_ratio = 100;       // above 16 KiB inflated; more: close 1009
constexpr std::size_t inflate_ratio_free_bytes = 16 * 1024;
constexpr std::size_t fragments_per_message = 64;  // more: close 1008
constexpr std::size_t calls_queued_per_station =
    64;  // pipelined CALLs that wait for their turn; more: socket is not read
constexpr std::size_t write_buffer_bytes =
    256 * 1024;                                  // a peer that does not read: connection reset
constexpr std::size_t upgrades_waiting = 4096;   // per loop, for the api's answer; more: 503
constexpr std::size_t worker_backlog = 16'384;   // refused posts of a loop; more: upgrades get 503
constexpr std::size_t identity_characters = 48;  // 2.0.1 Part 4 §3.1; more: 400
constexpr std::size_t identity_bytes = 255;      // 1.6
constexpr std::size_t message_id_characters = 36;        // longer ids are echoed as they came
constexpr std::size_t unreadable_frames_in_a_row = 100;  // then close 1008
constexpr std::size_t repairs_per_message = 64;          // of lenient decoding; more are not listed
constexpr seconds upgrade_deadline{10};                  // waiting for the api's answer; then 503
constexpr seconds upgrade_late{5};  // the first of those who wait waits longer: more get 503
constexpr std::int64_t refused_attempts_burst =
    20;  // wrong passwords of one address for one station; more: 429
constexpr seconds certificate_warning{30 * 86'400};  // before a served certificate expires
constexpr seconds refused_attempt_every{6};          // then one is heard each
constexpr std::size_t refused_sources = 100'000;     // counted a loop; more: all start anew
constexpr seconds call_timeout{30};                  // our CALL to a station; per station
constexpr seconds command_deadline_extra{10};  // the api's own deadline, on top of the worker's

// ---- liveness ----
constexpr std::size_t missing_boots = 10'000;  // awaited a shard; more are not asked
constexpr std::size_t boots_asked_per_tick = 5;
constexpr seconds beat_interval{2};  // api → all workers: clock, P, limits
constexpr seconds beat_fresh{
    10};  // without a beat for longer: Heartbeats travel, upgrades are refused
constexpr seconds worker_beat_interval{2};  // worker → each partition
constexpr seconds worker_dead_after{
    8};  // no beat while the owner's own queue is prompt: its stations are offline
constexpr seconds queue_prompt{2};           // the owner's self-addressed beat came through in less
constexpr seconds seen_report_interval{10};  // worker → api: who was heard
constexpr minutes last_seen_write_interval{5};

// ---- sockets (net) ----
constexpr std::size_t receive_buffer_bytes = 256 * 1024;  // one per loop, shared by its sockets
constexpr std::size_t simd_slack_bytes = 64;      // readable behind every message (simdjson)
constexpr std::size_t accepts_per_round = 64;     // the rest waits in the kernel for the next round
constexpr std::size_t posts_per_round = 4096;     // likewise
constexpr std::size_t deflate_from_bytes = 256;   // shorter messages grow: sent as they are
constexpr std::size_t spare_details = 1024;       // kept for reuse per loop; the rest is freed
constexpr std::size_t spare_buffer_bytes = 4096;  // a larger buffer is freed, not kept
constexpr std::size_t reserved_descriptors = 128;   // for files, databases, the bus
constexpr std::size_t http_chunk_line_bytes = 256;  // size and extensions of a chunk; more: 400
constexpr seconds tls_handshake_deadline{10};       // slower: connection closed
constexpr seconds close_handshake_deadline{5};      // the peer's close frame; then TCP is closed

// ---- HTTP ----
constexpr std::size_t http_header_bytes = 8 * 1024;        // more: 431
constexpr std::size_t http_body_bytes = 16 * 1024 * 1024;  // bulk imports; more: 413
constexpr seconds http_header_deadline{10};                // slower: connection closed
constexpr seconds http_idle_deadline{75};
constexpr std::size_t http_connections = 4096;           // more: accepted and closed with 503
constexpr std::size_t rest_body_bytes = 1024 * 1024;     // but for imports; more: 413
constexpr std::size_t request_id_characters = 128;       // of X-Request-Id; longer: our own is made
constexpr std::size_t idempotency_key_characters = 200;  // more: 400
constexpr std::size_t query_parameters = 64;             // more: 400
constexpr seconds api_keys_fresh{5};          // the table of keys is read anew after this
constexpr seconds api_keys_absent_fresh{1};   // likewise, when an unknown key comes
constexpr std::size_t reads_waiting = 1'024;  // a reader's thread; more: 503
constexpr std::size_t import_rows = 10'000;   // a request; more: 413
constexpr std::size_t import_operations_at_once = 4;
constexpr std::size_t batch_stations = 10'000;   // of one batch of commands; more: 413
constexpr std::size_t batches_at_once = 16;      // running in an api; more: 429
constexpr std::int64_t batch_concurrency = 200;  // larger: 400
constexpr std::int64_t batch_rate = 500;         // commands a second; larger: 400
constexpr seconds batch_silence{60};             // of its api: a running batch is interrupted
constexpr std::size_t page_default = 50;
constexpr std::size_t page_max = 500;   // larger `limit`: 400
constexpr seconds prefer_wait_max{60};  // longer `Prefer: wait`: this

// ---- bus ----
constexpr std::size_t batch_envelopes = 512;
constexpr std::size_t batch_bytes = 120 * 1024;       // a larger envelope travels alone
constexpr std::size_t unconfirmed_per_partition = 2;  // AMQP messages; the rest gathers
constexpr std::size_t unconfirmed_per_connection = 64;
constexpr std::size_t uplink_queue_batches = 4'000;  // full: nack, sockets are not read
constexpr std::size_t uplink_queue_bytes = 64 * 1024 * 1024;
constexpr std::size_t worker_queue_batches = 8'000;  // full: replies are dropped, stations repeat
constexpr std::size_t worker_queue_bytes = 64 * 1024 * 1024;
// A partition. With many workers an AMQP message carries one envelope or two: fewer in flight would
// starve the owner between two commits.
constexpr std::uint16_t uplink_prefetch_batches = 256;
constexpr std::uint16_t worker_prefetch_batches = 128;
constexpr milliseconds linger{1};  // only when nothing is unconfirmed
constexpr milliseconds reconnect_min{100};
constexpr seconds reconnect_max{5};
constexpr seconds bus_refuse_upgrades_after{3};  // bus away or blocked for longer
constexpr seconds lease_beat{1};
constexpr seconds lease{4};
constexpr seconds lease_lost_after{3};  // no renewal by the monotonic clock: drop
constexpr milliseconds attach_retry{250};
constexpr std::uint32_t partitions_max = 64;
constexpr std::size_t local_waiting_envelopes = 8'192;  // one process, a partition: post refuses
constexpr std::size_t local_waiting_bytes = 16 * 1024 * 1024;
constexpr std::size_t local_deliveries = 4;  // unacknowledged, a partition; the rest gathers
constexpr std::size_t uplink_waiting_envelopes = 2'048;  // a partition, unconfirmed: post refuses
constexpr std::size_t uplink_waiting_bytes = 4 * 1024 * 1024;
constexpr std::size_t downlink_waiting_messages = 10'000;  // more: dropped, stations repeat
constexpr std::size_t downlink_waiting_bytes = 64 * 1024 * 1024;
constexpr milliseconds nack_backoff_min{50};
constexpr seconds nack_backoff_max{1};
constexpr std::size_t senders_followed = 4'096;  // an attachment; more: followed anew
constexpr seconds sequence_gap_max{5};           // a gap that nobody fills: go on without
constexpr seconds bus_watchdog_interval{5};
constexpr seconds amqp_connect_timeout{2};
constexpr seconds amqp_handshake_timeout{3};
constexpr seconds amqp_rpc_timeout{5};
constexpr seconds amqp_heartbeat{2};
constexpr seconds bus_stop_timeout{2};  // then the sockets are cut

// ---- api ----
constexpr std::size_t batch_messages = 1'000;  // one commit
constexpr std::size_t shard_mailbox =
    20'000;  // full: the bus is not acknowledged, prefetch holds it
constexpr std::size_t loop_mailbox = 65'536;
constexpr std::size_t commands_queued_per_station = 64;  // more: 429
constexpr std::size_t transactions_in_memory =
    64;  // open ones of a station; older: read when named
constexpr std::size_t station_key_bytes =
    200;  // texts of stations that rows are found by; longer: digested
constexpr std::size_t event_payload_bytes =
    16 * 1024;  // kept with its transaction; larger: only in the log
constexpr std::size_t transaction_intervals =
    3'000;  // energy intervals of a transaction, of meters without register
constexpr minutes transaction_open_too_long{48 * 60};  // then it is suspect
constexpr minutes said_live{5};  // a 1.6 start or stop that is older was kept while offline
constexpr std::size_t stray_stops_in_memory = 16;     // a station's that fitted nothing; the newest
constexpr std::int64_t ocpp_numbers_block = 64;       // taken ahead by a shard
constexpr std::size_t token_stations = 500;           // that one token is bound to; more: 400
constexpr std::size_t unknown_tokens_kept = 100'000;  // oldest out
constexpr std::size_t effects_per_station = 32;       // pending; more: the oldest is given up
constexpr std::size_t effect_words = 200;             // bytes of what is expected; longer: cut
constexpr std::size_t action_characters = 50;         // of a raw CALL; longer: refused
constexpr std::size_t status_characters = 50;         // of a station's own word; longer: cut
constexpr milliseconds between_inventories{50};       // asked for after boots, by one shard
constexpr std::int64_t items_per_call = 50;     // variables, where a station does not say its limit
constexpr std::size_t ocpp_numbers_ready = 64;  // for commands that are prepared when they go
constexpr std::size_t connectors_per_station = 256;  // reported ones; more: not kept
constexpr minutes worker_row_age{7 * 24 * 60};       // not heard of for longer: its row is removed
constexpr std::size_t message_log_queue = 20'000;    // frames; more: dropped, the gap is a row
constexpr std::size_t idempotency_keys = 100'000;
constexpr minutes idempotency_age{24 * 60};
constexpr std::size_t connection_attempts_kept = 100'000;  // oldest out
constexpr std::size_t import_rows_per_envelope = 100;

// ---- facts that stations report ----
constexpr std::size_t fact_payload_bytes = 64 * 1024;  // of one fact; more: only its size is kept
constexpr std::size_t event_name_bytes = 300;          // what a list shows of it; cut
constexpr std::size_t events_per_station = 20'000;     // oldest out
constexpr std::size_t variables_per_station = 20'000;  // those not heard of for longest out
constexpr std::size_t records_per_station = 2'000;  // monitors, messages, profiles, reports: oldest
constexpr std::size_t customer_parts_per_station = 2'000;  // oldest out
constexpr std::size_t csrs_per_station = 50;               // oldest out
constexpr minutes customer_information_age{30 * 24 * 60};  // personal data: removed afterwards
constexpr std::size_t variable_value_bytes = 10'000;       // a reported value; cut
constexpr std::size_t variable_name_bytes = 200;           // a part of a name; cut
constexpr std::size_t desired_variables = 1'000;           // a station; more: 400
constexpr std::size_t reports_followed = 16;    // a station, at once; the oldest is let go
constexpr std::size_t report_ranges = 64;       // of parts that came; more: the report has gaps
constexpr seconds report_silence{120};          // between two parts; longer: incomplete
constexpr std::size_t quirks_per_station = 64;  // told apart; more: not counted
constexpr seconds quirk_write_interval{60};  // a station's counters, when nothing else is written

// ---- certificates ----
constexpr std::size_t certificate_request_bytes = 8 * 1024;  // PEM; more: refused
constexpr std::size_t certificate_chain_bytes = 64 * 1024;   // PEM; more: refused
constexpr std::size_t certificates_in_chain = 10;            // more: refused
constexpr std::size_t certificate_name_bytes = 500;          // a subject; more: refused, or cut
constexpr std::size_t certificates_per_round = 50;           // signed at once; the rest waits
constexpr seconds certificate_delivery{5};                   // to its owner; then again
constexpr minutes certificate_request_span{10};
constexpr std::int64_t certificate_requests_per_span = 20;  // of one station; more: rejected
constexpr std::size_t issued_per_station = 100;             // oldest out
constexpr std::size_t contract_roots = 200;                 // that end last; the rest is not asked
constexpr int rsa_bits_max = 8'192;                         // slower to check; refused

// ---- egress: what is asked of the outside ----
constexpr std::size_t url_bytes = 2'048;       // longer: refused
constexpr std::size_t host_name_bytes = 253;   // likewise
constexpr milliseconds egress_timeout{5'000};  // a request, from the question to the whole answer
constexpr std::size_t egress_answer_bytes = 64 * 1024;  // larger: given up
constexpr std::size_t egress_at_once = 64;              // connections; more wait
constexpr std::size_t egress_waiting = 2'000;           // more: refused at once
constexpr std::size_t parked_per_station = 4;    // CALLs that wait for the outside; more: fallback
constexpr std::size_t parked_per_shard = 5'000;  // likewise
constexpr seconds hooks_fresh{1};  // what operators wrote of webhooks is read anew after this
constexpr std::int64_t hook_timeout_ms = 1'500;        // unless the webhook says otherwise
constexpr std::int64_t hook_timeout_ms_max = 20'000;   // longer: 400
constexpr minutes hook_secret_overlap{24 * 60};        // an earlier secret signs as well
constexpr std::size_t transfer_handlers = 500;         // more: 409
constexpr minutes decision_remembered{30 * 24 * 60};   // of a webhook, about a token
constexpr std::size_t decisions_remembered = 100'000;  // oldest out
constexpr std::size_t ocsp_answers_kept = 100'000;     // oldest out
constexpr minutes ocsp_answer_age{7 * 24 * 60};        // asked anew after this at the latest
constexpr std::size_t ocsp_result_characters = 5'500;  // what 2.0.1 has room for
constexpr milliseconds ocsp_timeout{2'500};            // a vehicle waits 4.5 s

// ---- store ----
constexpr std::size_t prepared_statements = 256;   // a connection; more: all are dropped
constexpr seconds sqlite_busy_timeout{5};          // another writer holds the file; then away
constexpr seconds statement_timeout{5};            // PostgreSQL; then away
constexpr seconds idle_in_transaction_timeout{2};  // a frozen owner loses its locks after this
constexpr seconds database_connect_timeout{5};
constexpr seconds database_tcp_timeout{10};    // unacknowledged bytes; then the connection is lost
constexpr seconds database_answer_timeout{8};  // above statement_timeout; then away

// ---- settings ----
constexpr std::size_t settings_file_bytes = 1024 * 1024;  // an env file; larger: refused
constexpr std::size_t secret_file_bytes = 64 * 1024;      // what a KEY_FILE names; larger: refused

// ---- sim ----
constexpr std::size_t sim_stations_per_process = 18'000;    // more: another process (20,000 files)
constexpr std::size_t sim_connections_per_source = 14'000;  // ports of one parity; more: 127.0.0.2
constexpr std::size_t sim_sources = 1'024;                  // more: refused
constexpr std::size_t sim_ledger_buffer_bytes = 64 * 1024;  // then written
constexpr std::size_t sim_failure_causes = 32;              // told apart; the rest is "other"
constexpr std::size_t sim_connecting = 1'024;               // handshakes at once, a process
constexpr seconds sim_drain{10};          // for the last answers; then they count as unanswered
constexpr seconds sim_close{10};          // for the close handshakes of a whole fleet
constexpr seconds sim_child_silence{30};  // of a child process; then it is taken for dead
constexpr std::size_t sim_report_bytes = 1024 * 1024;  // of a child; more: it is ended
constexpr std::size_t provision_rows = 1'000;          // a request
constexpr std::size_t provision_requests = 4;          // at once
constexpr seconds provision_deadline{60};              // a request

}  // namespace ohm::limits
