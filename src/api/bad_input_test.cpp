// Every message that a station may send, every field with every fault, leniently and strictly,
// through a whole shard: each is answered, none with InternalError, none stops the shard, a refused
// one leaves nothing, and another station of the same ids is not touched.
#include <algorithm>

#include "api/test_shard.hpp"
#include "ocpp/frame.hpp"
#include "ocpp/test_faults.hpp"

namespace ohm::api {
namespace {

using ocpp::ActionInfo;
using ocpp::Version;
using ocpp::testing::Fault;
using ocpp::testing::Spoiler;
using testing::Words;

struct Mode {
    Version version;
    bool strict;
};

class BadInput : public testing::ShardTest, public ::testing::WithParamInterface<Mode> {
protected:
    static constexpr std::size_t at_once = 40;  // a batch; some messages are of a MiB

    bool is_v201() const { return GetParam().version == Version::v201; }

    void put_online_here(const std::string& id, std::uint64_t connection) {
        StationCreate create;
        create.id.value = id;
        create.security_profile = SecurityProfile{0};
        create.strictness = *StrictnessName::of(GetParam().strict ? "strict" : "lenient");
        create.message_log_level = LogLevelName{"off"};
        ASSERT_EQ(do_order(order(operation::create_station, id, wire::encode(create))), 201);
        handle(
            {worker_beat(), connect_of(id, connection, "", is_v201() ? "ocpp2.0.1" : "ocpp1.6")});
        say(id, "BootNotification",
            is_v201() ? R"({"reason":"PowerUp","chargingStation":{"vendorName":"v","model":"m"}})"
                      : R"({"chargePointVendor":"v","chargePointModel":"m"})");
        answer_all();
    }
    void say(const std::string& id, std::string_view action, const std::string& payload) {
        const std::string number = std::to_string(++frame_no_);
        const std::string frame =
            R"([2,")" + number + R"(",")" + std::string{action} + R"(",)" + payload + "]";
        waiting_.push_back(call_of(id, 1, frame_no_, frame));
        asked_[frame_no_] = frame;
        if (waiting_.size() == at_once) answer_all();
    }
    // Delivers what was said, and looks at each answer.
    void answer_all() {
        handle(std::exchange(waiting_, {}));
        for (const auto& [queue, envelope] : bus.sent)
            if (envelope.kind.is("reply")) take_answer(envelope);
        for (const auto& [number, frame] : asked_)
            ADD_FAILURE() << "no answer to " << frame.substr(0, 500);
        asked_.clear();
        bus.sent.clear();
        events->clear();
        frames.clear();
    }
    void take_answer(const bus::Envelope& envelope) {
        const auto asked = asked_.find(envelope.frame_no);
        ASSERT_NE(asked, asked_.end()) << "answered twice: " << envelope.frame.substr(0, 500);
        ++answers_;
        if (envelope.frame.starts_with("[4,")) {
            EXPECT_EQ(envelope.frame.find(R"(,"InternalError",)"), std::string::npos)
                << asked->second.substr(0, 500);
            refused_.push_back(asked->second);
        } else {
            EXPECT_TRUE(envelope.frame.starts_with("[3,")) << envelope.frame;
        }
        asked_.erase(asked);
    }

    // ---- what is stored ----
    Words tables_of_stations() {
        Words names;
        for (const auto& row : sql.query("select m.name from sqlite_master m join "
                                         "pragma_table_info(m.name) c where m.type = 'table' and "
                                         "c.name = 'station_no' order by m.name"))
            names.push_back(store::as_text(row[0]));
        return names;
    }
    std::string rows_of(const std::string& id) {
        const std::int64_t no =
            number("select station_no from charge_points where id = '" + id + "'");
        std::string out;
        for (const std::string& table : tables_of_stations()) {
            if (table == "unknown_tokens") continue;  // where a card was seen last, of any station
            std::vector<std::string> rows;
            for (const auto& row :
                 sql.query("select * from " + table + " where station_no = " + std::to_string(no)))
                rows.push_back(table + ": " + shown(row) + '\n');
            std::sort(rows.begin(), rows.end());
            for (const std::string& row : rows) out += row;
        }
        return out;
    }
    static std::string shown(const store::Row& row) {
        std::string out;
        for (const store::Value& value : row) {
            if (const auto* integer = std::get_if<std::int64_t>(&value))
                out += std::to_string(*integer);
            if (const auto* bytes = std::get_if<store::Bytes>(&value)) out += to_hex(bytes->data);
            if (const auto* words = std::get_if<std::string>(&value)) out += *words;
            out += '|';
        }
        return out;
    }
    std::int64_t rows_of_all() {
        std::int64_t total = 0;
        for (const std::string& table : tables_of_stations()) total += count(table);
        return total;
    }

    void say_everything_once(const std::string& id) {
        for (const ActionInfo& info : ocpp::declared_actions(GetParam().version))
            if (ocpp::station_sends(info.from))
                say(id, info.name, Spoiler{-1, Fault::missing}.write(*info.request));
        answer_all();
    }
    void say_every_fault(const std::string& id) {
        for (const ActionInfo& info : ocpp::declared_actions(GetParam().version)) {
            if (!ocpp::station_sends(info.from)) continue;
            Spoiler whole{-1, Fault::missing};
            whole.write(*info.request);
            for (int target = 0; target < whole.fields(); ++target)
                for (const Fault fault : ocpp::testing::faults)
                    say(id, info.name, Spoiler{target, fault}.write(*info.request));
        }
        answer_all();
    }

    std::uint64_t frame_no_ = 0;
    std::vector<bus::Envelope> waiting_;
    std::map<std::uint64_t, std::string> asked_;
    Words refused_;
    int answers_ = 0;
};

TEST_P(BadInput, IsAnsweredAndLeavesOthersAlone) {
    put_online_here("OTHER", 1);
    if (!is_v201())
        say("OTHER", "StartTransaction",
            R"({"connectorId":1,"idTag":"x","meterStart":0,"timestamp":"2024-02-29T12:00:00Z"})");
    say_everything_once("OTHER");
    const std::string before = rows_of("OTHER");
    ASSERT_NE(before.find("transactions: "), std::string::npos);
    put_online_here("CP1", 2);
    refused_.clear();
    answers_ = 0;

    say_everything_once("CP1");
    say_every_fault("CP1");

    EXPECT_EQ(rows_of("OTHER"), before) << "the ids of another station change nothing there";
    EXPECT_EQ(count("quarantine"), 0);
    EXPECT_TRUE(is_online("CP1"));
    EXPECT_GT(refused_.size(), 50u);
    std::printf("%d messages, %zu refused\n", answers_, refused_.size());
    EXPECT_GT(answers_, is_v201() ? 4'000 : 800);

    const Words refused = std::exchange(refused_, {});
    const std::int64_t rows = rows_of_all();
    for (const std::string& frame : refused) {
        const ocpp::Head head = ocpp::read_head(frame);
        say("CP1", head.action, std::string{head.rest});
    }
    answer_all();
    EXPECT_EQ(refused_.size(), refused.size()) << "what is refused is refused again";
    EXPECT_EQ(rows_of_all(), rows) << "and leaves nothing behind";
}

INSTANTIATE_TEST_SUITE_P(Modes, BadInput,
                         ::testing::Values(Mode{Version::v16, false}, Mode{Version::v16, true},
                                           Mode{Version::v201, false}, Mode{Version::v201, true}),
                         [](const auto& mode) {
                             return std::string{mode.param.version == Version::v201 ? "V201"
                                                                                    : "V16"} +
                                    (mode.param.strict ? "Strict" : "Lenient");
                         });

}  // namespace
}  // namespace ohm::api
