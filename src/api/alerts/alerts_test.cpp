// Rules against rows: what each kind finds, that it is told once, closes by itself, and survives a
// new owner; groups; what operators do.
#include "api/alerts/judge.hpp"
#include "api/alerts/kinds.hpp"
#include "api/alerts/rules.hpp"
#include "api/test_shard.hpp"
#include "store/test_sql.hpp"

namespace ohm::api::alerts {
namespace {

constexpr std::int64_t minute_us = 60'000'000;

class AlertsTest : public testing::ShardTest {
protected:
    // `<-10>` becomes ten minutes ago.
    void write(std::string statement) {
        for (auto at = statement.find('<'); at != std::string::npos; at = statement.find('<')) {
            const auto end = statement.find('>', at);
            const auto minutes_from_now =
                parse_int(statement.substr(at + 1, end - at - 1)).value_or(0);
            statement.replace(at, end + 1 - at,
                              std::to_string(micros(clock.utc()) + minutes_from_now * minute_us));
        }
        sql.query(statement);
    }
    void station(int number, const std::string& state = "null, null, null") {
        const std::string no = std::to_string(number);
        write(
            "insert into charge_points (station_no, id, id_key, partition_no, security_profile, "
            "vendor, version, created_at, updated_at) values (" +
            no + ", 'CP" + no + "', 'cp" + no + "', 0, 0, 'Acme', 1, 1, 1)");
        write(
            "insert into station_state (station_no, connection, connected_at, disconnected_at, "
            "worker, boot_status) values (" +
            no + ", " + state + ", 'w1', 'Accepted')");
    }
    // One round: what differs goes to the writer.
    void round(Micros listening_for = minutes{60}) {
        const Findings findings = judge(sql, clock.utc(), listening_for);
        if (findings.found.items.empty() && findings.ended.items.empty() &&
            findings.woken.items.empty())
            return;
        ASSERT_EQ(do_order(order(operation::take_findings, std::string{owner_key},
                                 wire::encode(findings))),
                  200)
            << answers.back().body;
    }
    std::int64_t open_of(const std::string& kind) {
        return count("alerts where closed_at is null and kind = '" + kind + "'");
    }
    std::int64_t told(const std::string& type) {
        std::int64_t n = 0;
        for (const store::Row& row : sql.query("select events from outbox")) {
            const std::string text = store::as_text(row[0]);
            for (auto at = text.find("\"type\":\"" + type + '"'); at != std::string::npos;
                 at = text.find("\"type\":\"" + type + '"', at + 1))
                ++n;
        }
        return n;
    }
    Ulid newest() {
        const auto rows = sql.query("select id from alerts order by id desc limit 1");
        return Ulid::from_bytes(store::as_bytes(rows.at(0).at(0))).value_or(Ulid{});
    }
    int act(const Ulid& id, const std::string& what, const std::string& more = "") {
        auto asked = order(operation::act, std::string{owner_key},
                           R"({"id":")" + id.text() + R"(","act":")" + what + '"' + more + "}");
        asked.requested_by = "key:ops";
        return do_order(asked);
    }
};

struct Case {
    std::string_view kind;
    std::vector<std::string> not_yet;  // beside station 1, which is connected and booted
    std::vector<std::string> found, over;
};

const std::string transaction =
    "insert into transactions (id, station_no, ocpp_version, ocpp_id, state, evse, received_at, "
    "has_start, has_end, event_count, seq_min, seq_max, end_seq, decided_by, incomplete, suspect, "
    "evidence, version, updated_at, token_key) values (";
const std::string attempt = "insert into connection_attempts (id, station_no, at, cause) values (";
const std::string fact =
    "insert into station_events (station_no, kind, said_at, hash, at, received_at, name, severity, "
    "payload) values (1, ";

const Case cases[] = {
    {"station_offline",
     {"update station_state set connection = null, disconnected_at = <-4>"},
     {"update station_state set disconnected_at = <-6>"},
     {"update station_state set connection = 7"}},
    {"station_not_accepted",
     {"update station_state set boot_status = 'Pending', connected_at = <-9>"},
     {"update station_state set connected_at = <-11>"},
     {"update station_state set boot_status = 'Accepted'"}},
    {"station_refused",
     {attempt + "x'01', 1, <-1>, 'wrong_password')", attempt + "x'02', 1, <-2>, 'wrong_password')",
      attempt + "x'03', 1, <-3>, 'c')", attempt + "x'04', 1, <-4>, 'c')",
      attempt + "x'05', 1, <-20>, 'c')", attempt + "x'06', null, <-1>, 'unknown_station')"},
     {attempt + "x'07', 1, <-5>, 'c')"},
     {"update connection_attempts set at = <-20>"}},
    {"connector_faulted",
     {"insert into connectors (station_no, evse, connector, status, received_at) values (1, 2, 1, "
      "'Available', <-1>)"},
     {"update connectors set status = 'Faulted', error_code = 'GroundFailure'"},
     {"update connectors set status = 'Available'"}},
    {"command_missed",
     {"insert into commands (id, station_no, command, state, created_at, effect_state, "
      "effect_until_at) values (x'00000000000000000000000000000001', 1, 'reset', 'answered', 1, "
      "'pending', <-5>)"},
     {"update commands set effect_state = 'missed'"},
     {"update commands set effect_until_at = <-1500>"}},
    {"transaction_suspect",
     {transaction +
      "x'00000000000000000000000000000001', 1, '1.6', '1', 'ended', 1, <-5>, 1, 1, 1, "
      "0, 1, 1, 'list', 0, 0, null, 1, 1, 'a')"},
     {"update transactions set suspect = 1, evidence = 'energy'"},
     {"update transactions set suspect = 0"}},
    {"session_without_energy",
     {transaction + "x'00000000000000000000000000000001', 1, '1.6', '1', 'active', 1, <-29>, 1, 0, "
                    "1, 0, 1, 1, 'list', 0, 0, null, 1, 1, 'a')",
      "insert into open_transactions (id, station_no, token_key) values "
      "(x'00000000000000000000000000000001', 1, 'a')"},
     {"update transactions set received_at = <-31>"},
     {"update transactions set energy_mwh = 5"}},
    {"security_event",
     {fact + "'security', 0, 1, <-1>, <-1>, 'FirmwareUpdated', 3, '{}')",
      fact + "'security', 0, 2, <-1>, <-1>, 'FailedToAuthenticateAtCsms', 7, '{}')"},
     {fact + "'security', 0, 3, <-1>, <-1>, 'TamperDetectionActivated', 3, '{}')"},
     {"update station_events set received_at = <-1500>"}},
    {"certificate_expiring",
     {"insert into client_certificates (station_no, fingerprint, common_name, not_after, "
      "connected_at) values (1, 'f', 'CP1', <40000>, 1)"},
     {"update client_certificates set not_after = <10000>"},
     {"update client_certificates set not_after = <400000>"}},
    {"clock_drift",
     // Said while it was offline, and as late as that: no wrong clock.
     {"insert into connectors (station_no, evse, connector, status, status_at, received_at) values "
      "(1, 1, 1, 'Available', <-300>, <-99>)"},
     {"update connectors set status_at = <10>, received_at = <-1>"},
     {"update connectors set status_at = received_at"}},
    {"firmware_failed",
     {fact + "'firmware', 0, 1, <-5>, <-5>, 'Downloading', null, '{}')"},
     {fact + "'firmware', 0, 2, <-4>, <-4>, 'InstallationFailed', null, '{}')"},
     {fact + "'firmware', 0, 3, <-3>, <-3>, 'Installed', null, '{}')"}},
    {"unknown_tokens",
     {"insert into unknown_tokens (token_key, token, station_no, last_seen_at) values ('a', 'a', "
      "1, "
      "<-1>), ('b', 'b', 1, <-1>), ('c', 'c', 1, <-1>), ('d', 'd', 1, <-1>), ('e', 'e', 1, <-1>), "
      "('f', 'f', 1, <-1>), ('g', 'g', 1, <-1>), ('h', 'h', 1, <-1>), ('i', 'i', 1, <-1>)"},
     {"insert into unknown_tokens (token_key, token, station_no, last_seen_at) values ('j', 'j', "
      "1, "
      "<-1>)"},
     {"update unknown_tokens set last_seen_at = <-100>"}},
    {"webhook_failing",
     {"insert into webhooks (id, url, types, secret, state, failing_since_at, version, created_at, "
      "updated_at) values (x'00000000000000000000000000000009', 'https://a.example', '', 's', "
      "'active', <-30>, 1, 1, 1)"},
     {"update webhooks set failing_since_at = <-70>"},
     {"update webhooks set failing_since_at = null"}},
    {"worker_silent",
     {"insert into bus_worker (worker, incarnation, n, queue, seen_at, draining) values ('w1', "
      "x'00', 1, 'q', <0>, 0), ('gone', x'00', 1, 'q', <-60>, 1)"},
     {"update bus_worker set seen_at = <-2> where worker = 'w1'"},
     {"update bus_worker set seen_at = <0>"}},
    {"message_quarantined",
     {"insert into quarantine (id, at, kind) values (x'01', <-1500>, 'call')"},
     {"insert into quarantine (id, at, kind, id_text) values (x'02', <-1>, 'call', 'CP1')"},
     {"delete from quarantine"}},
};

class EachKind : public AlertsTest, public ::testing::WithParamInterface<Case> {};

TEST_P(EachKind, opens_once_survives_a_new_owner_and_closes_by_itself) {
    const Case& kind = GetParam();
    const std::string name{kind.kind};
    station(1, "7, <-100>, null");
    for (const std::string& statement : kind.not_yet) write(statement);
    round();
    EXPECT_EQ(open_of(name), 0) << "too early";
    for (const std::string& statement : kind.found) write(statement);
    round();
    ASSERT_EQ(open_of(name), 1);
    EXPECT_EQ(told("alert.opened"), 1);
    round();
    build(2);  // nothing in memory
    round();
    EXPECT_EQ(count("alerts"), 1) << "found again after a restart";
    EXPECT_EQ(told("alert.opened"), 1);
    for (const std::string& statement : kind.over) write(statement);
    round();
    EXPECT_EQ(open_of(name), 0);
    EXPECT_EQ(told("alert.closed"), 1);
    EXPECT_EQ(text("select closed_reason from alerts"), "over");
    EXPECT_EQ(text("select coalesce(closed_by, '') from alerts"), "");
    // What is in this test's tables is no longer what the fixture looks for.
    sql.query("delete from open_transactions");
    sql.query("delete from transactions");
}
INSTANTIATE_TEST_SUITE_P(Alerts, EachKind, ::testing::ValuesIn(cases),
                         [](const auto& one) { return std::string{one.param.kind}; });

TEST_F(AlertsTest, every_kind_has_a_test_and_a_rule_of_its_own) {
    for (const Kind& kind : kinds()) {
        EXPECT_TRUE(std::any_of(std::begin(cases), std::end(cases), [&](const Case& one) {
            return one.kind == kind.name;
        })) << kind.name;
        EXPECT_EQ(
            count("alert_rules where enabled = 1 and kind = '" + std::string{kind.name} + "'"), 1)
            << kind.name;
        EXPECT_FALSE(check(kind, {})) << kind.name;
        EXPECT_TRUE(Severity::of(kind.severity)) << kind.name;
    }
    EXPECT_EQ(read_rules(sql).size(), kinds().size());
}

TEST_F(AlertsTest, parameters_belong_to_their_kind_and_have_bounds) {
    const Kind& offline = *find_kind("station_offline");
    EXPECT_EQ(value_of(offline, {}, "minutes"), 5);
    EXPECT_EQ(value_of(offline, {.minutes = 9}, "minutes"), 9);
    EXPECT_EQ(check(offline, {.days = 1})->name, "days");
    EXPECT_EQ(check(offline, {.minutes = -1})->name, "minutes");
    EXPECT_EQ(complete_json(offline, {.minutes = 9}), R"({"minutes":9,"group_from":5})");
}

TEST_F(AlertsTest, a_rule_is_about_the_stations_that_it_names) {
    station(1, "null, <-100>, <-10>");
    station(2, "null, <-100>, <-10>");
    write("update charge_points set vendor = 'Other' where station_no = 2");
    write(
        "update alert_rules set vendor = 'Other', parameters = '{\"minutes\":8}' where kind = "
        "'station_offline'");
    round();
    EXPECT_EQ(open_of("station_offline"), 1);
    EXPECT_EQ(number("select station_no from alerts"), 2);
    write("update alert_rules set enabled = 0 where kind = 'station_offline'");
    round();
    EXPECT_EQ(text("select closed_reason from alerts"), "rule_off");
}

TEST_F(AlertsTest, a_workers_death_is_one_alert_with_its_stations) {
    for (int i = 1; i <= 40; ++i) station(i, "null, <-100>, <-6>");
    station(41, "null, <-900>, <-800>");  // long before
    round();
    EXPECT_EQ(count("alerts where is_group = 1"), 1);
    EXPECT_EQ(number("select members from alerts where is_group = 1"), 40);
    EXPECT_EQ(text("select worker from alerts where is_group = 1"), "w1");
    EXPECT_EQ(count("alerts where parent_id is not null"), 40);
    EXPECT_EQ(told("alert.opened"), 2) << "the group, and the one that went alone";
    write("update station_state set connection = 7 where station_no not in (40, 41)");
    round();
    round();
    EXPECT_EQ(count("alerts where is_group = 1 and closed_at is null"), 1) << "one is still away";
    EXPECT_EQ(told("alert.closed"), 0);
    write("update station_state set connection = 7");
    round();
    round();
    EXPECT_EQ(count("alerts where closed_at is null"), 0);
    EXPECT_EQ(told("alert.closed"), 2);
}

TEST_F(AlertsTest, a_group_takes_in_those_that_were_alone_and_those_that_come_late) {
    for (int i = 1; i <= 3; ++i) station(i, "null, <-100>, <-5>");
    round();
    EXPECT_EQ(count("alerts where is_group = 1"), 0) << "three are three";
    for (int i = 4; i <= 8; ++i) station(i, "null, <-100>, <-5>");
    round();
    EXPECT_EQ(number("select members from alerts where is_group = 1"), 8);
    station(9, "null, <-100>, <-5>");
    round();
    EXPECT_EQ(number("select members from alerts where is_group = 1"), 9);
    EXPECT_EQ(count("alerts where closed_at is null and parent_id is null"), 1);
}

TEST_F(AlertsTest, a_group_is_answered_for_as_a_whole) {
    for (int i = 1; i <= 6; ++i) station(i, "null, <-100>, <-6>");
    round();
    const auto rows = sql.query("select id from alerts where parent_id is not null limit 1");
    const Ulid member = *Ulid::from_bytes(store::as_bytes(rows[0][0]));
    EXPECT_EQ(act(member, "ack", R"(,"note":"on my way")"), 200);
    EXPECT_EQ(text("select state from alerts where is_group = 1"), "acknowledged");
    EXPECT_EQ(text("select note from alerts where is_group = 1"), "on my way");
    EXPECT_EQ(told("alert.acknowledged"), 1);
    EXPECT_EQ(act(member, "close"), 200);
    round();
    EXPECT_EQ(count("alerts where closed_at is null"), 0) << "its members go with it";
    round();
    EXPECT_EQ(count("alerts where closed_at is null"), 0) << "and stay closed";
}

TEST_F(AlertsTest, what_somebody_closed_stays_closed_until_it_comes_anew) {
    station(1, "null, <-100>, <-10>");
    round();
    EXPECT_EQ(act(newest(), "close"), 200);
    EXPECT_EQ(act(newest(), "close"), 200) << "said twice";
    EXPECT_EQ(act(newest(), "ack"), 409);
    round();
    EXPECT_EQ(count("alerts where closed_at is null"), 0);
    EXPECT_EQ(text("select closed_by from alerts"), "key:ops");
    clock.advance(minutes{60});
    write("update station_state set disconnected_at = <-10>");
    round();
    EXPECT_EQ(count("alerts where closed_at is null"), 1);
    EXPECT_EQ(count("alerts"), 2);
}

TEST_F(AlertsTest, what_comes_back_within_an_hour_is_counted) {
    station(1, "null, <-100>, <-10>");
    for (int i = 1; i <= 3; ++i) {
        round();
        EXPECT_EQ(number("select occurrences from alerts"), i);
        write("update station_state set connection = 7");
        round();
        clock.advance(minutes{20});
        write("update station_state set connection = null, disconnected_at = <-6>");
    }
    EXPECT_EQ(count("alerts"), 1);
    EXPECT_EQ(told("alert.opened"), 3);
}

TEST_F(AlertsTest, what_happens_again_while_it_is_open_is_counted_and_told_once) {
    station(1, "7, <-100>, null");
    write(fact + "'security', 0, 3, <-2>, <-2>, 'TamperDetectionActivated', 3, '{}')");
    round();
    write(fact + "'security', 0, 4, <-1>, <-1>, 'InvalidTLSVersion', 3, '{}')");
    round();
    EXPECT_EQ(number("select occurrences from alerts"), 2);
    EXPECT_EQ(text("select what from alerts"), "InvalidTLSVersion");
    EXPECT_EQ(told("alert.opened"), 1);
}

TEST_F(AlertsTest, a_snoozed_one_comes_back_when_its_time_is_over) {
    station(1, "null, <-100>, <-10>");
    round();
    EXPECT_EQ(act(newest(), "snooze", R"(,"seconds":600)"), 200);
    EXPECT_EQ(text("select state from alerts"), "snoozed");
    round();
    EXPECT_EQ(text("select state from alerts"), "snoozed");
    clock.advance(minutes{11});
    round();
    EXPECT_EQ(text("select state from alerts"), "open");
    EXPECT_EQ(told("alert.opened"), 2);
}

TEST_F(AlertsTest, the_same_findings_twice_open_nothing_twice) {
    station(1, "null, <-100>, <-10>");
    const std::string found = wire::encode(judge(sql, clock.utc(), minutes{60}));
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(do_order(order(operation::take_findings, std::string{owner_key}, found)), 200);
    EXPECT_EQ(count("alerts"), 1);
    EXPECT_EQ(told("alert.opened"), 1);
}

TEST_F(AlertsTest, a_silence_is_judged_by_who_has_listened_as_long) {
    write(
        "insert into bus_worker (worker, incarnation, n, queue, seen_at, draining) values ('w1', "
        "x'00', 1, 'q', <-60>, 0)");
    round(seconds{20});
    EXPECT_EQ(open_of("worker_silent"), 0);
    round(seconds{61});
    EXPECT_EQ(open_of("worker_silent"), 1);
}

// Fails at statements that have that text in them; `is_gone`: at all.
class FailsAt final : public store::PassesOn {
public:
    FailsAt(store::Sql& truth, std::string text) : PassesOn{truth}, text_{std::move(text)} {}
    std::vector<store::Row> query(std::string_view sql,
                                  std::span<const store::Value> parameters) override {
        if (sql.find(text_) != sql.npos) {
            has_failed = true;
            throw Fault{Fault::Kind::away, "statement timeout"};
        }
        if (has_failed && is_gone) throw Fault{Fault::Kind::away, "not connected"};
        return PassesOn::query(sql, parameters);
    }
    bool is_gone = false, has_failed = false;

private:
    const std::string text_;
};

TEST_F(AlertsTest, a_rule_whose_statement_fails_costs_no_other) {
    station(1, "null, <-100>, <-10>");
    write(
        "insert into connectors (station_no, evse, connector, status, received_at) values (1, 2, "
        "1, 'Faulted', <-1>)");
    FailsAt slow{sql, "s.disconnected_at as since_at"};
    const Findings findings = judge(slow, clock.utc(), minutes{60});
    EXPECT_TRUE(slow.has_failed);
    ASSERT_EQ(findings.found.items.size(), 1u);
    EXPECT_EQ(findings.found.items[0].kind, "connector_faulted");
    FailsAt gone{sql, "s.disconnected_at as since_at"};
    gone.is_gone = true;
    EXPECT_THROW(judge(gone, clock.utc(), minutes{60}), Fault);
}

TEST(JudgesPause, is_a_share_of_the_look_and_bounded) {
    using enum store::Dialect;
    EXPECT_EQ(pause_after(std::nullopt, sqlite), Micros{limits::alert_round});
    EXPECT_EQ(pause_after(milliseconds{1}, sqlite), Micros{limits::alert_round});
    EXPECT_EQ(pause_after(seconds{1}, sqlite), Micros{seconds{20}});
    EXPECT_EQ(pause_after(seconds{4}, postgres), Micros{seconds{20}});
    EXPECT_EQ(pause_after(seconds{30}, sqlite), Micros{limits::alert_round_max});
}

TEST_F(AlertsTest, a_test_is_told_and_leaves_no_alert) {
    EXPECT_EQ(do_order(order(operation::test, std::string{owner_key},
                             R"({"rule_id":"0","kind":"clock_drift","severity":"warning"})")),
              200);
    EXPECT_EQ(told("alert.tested"), 1);
    EXPECT_EQ(count("alerts"), 0);
    EXPECT_EQ(act(Ulid{1, 1}, "ack"), 404);
}

TEST_F(AlertsTest, a_stations_worker_is_remembered_when_it_has_gone) {
    put_online("CP9", 3);
    handle({closed_of("CP9", 3)});
    EXPECT_EQ(text("select worker from station_state where connection is null"), "w");
    clock.advance(minutes{6});
    round();
    EXPECT_EQ(text("select worker from alerts where kind = 'station_offline'"), "w");
}

TEST_F(AlertsTest, what_was_closed_long_ago_is_removed) {
    station(1, "null, <-100>, <-10>");
    round();
    EXPECT_EQ(act(newest(), "close"), 200);
    sweep(sql, clock.utc() + minutes{60});
    EXPECT_EQ(count("alerts"), 1);
    sweep(sql, clock.utc() + limits::alerts_age + minutes{1});
    EXPECT_EQ(count("alerts"), 0);
}

}  // namespace
}  // namespace ohm::api::alerts
