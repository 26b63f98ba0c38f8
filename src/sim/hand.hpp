// What a person does at a simulated station: plugs a car in, swipes a card, breaks a connector.
// Asked for by a DataTransfer of the simulator's own vendor id. Pure: the station sends what it
// says and tells it what was answered. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "ocpp/version.hpp"
#include "sim/ledger.hpp"
#include "sim/messages.hpp"
#include "wire/codec.hpp"

namespace ohm::sim {

inline constexpr std::string_view simulator_vendor_id = "org.ohmstead.simulator";

enum class Deed : std::uint8_t {
    plug_in,
    unplug,
    swipe_token,
    fault,
    clear_fault,
    drop_connection,
    remote_start,
    remote_stop
};
// plug-in, unplug, swipe-token, fault, clear-fault, drop-connection.
std::optional<Deed> deed_of(std::string_view message_id);

struct Order {
    static constexpr int anywhere = 0, nowhere = -1;
    Deed deed = Deed::plug_in;
    int connector = 1;                                 // or anywhere, or nowhere
    std::string token;                                 // of a swipe, or a remote start
    std::optional<std::int64_t> remote_start_id = {};  // 2.0.1
    std::string transaction = {};                      // to stop

    Order at(int place) const {
        Order out = *this;
        out.connector = place;
        return out;
    }
};

class Hand {
public:
    enum class Step : std::uint8_t { authorize, start, sample, stop, status };
    enum class Because : std::uint8_t {
        card,
        unplugged,
        broken,
        not_allowed,
        remote
    };  // a session ends
    // What the station is to say; a status becomes that of the connector.
    struct Said {
        Step step;
        int connector;
        std::string_view action = {};
        std::string payload = {};
        ConnectorStatus status = ConnectorStatus::available;
    };
    using Sayings = std::vector<Said>;

    Hand(ocpp::Version version, int connectors)
        : version_{version}, places_(static_cast<std::size_t>(connectors)) {}

    // Whether the deed can be done there; `status` is the connector's.
    bool can(const Order& order, ConnectorStatus status) const;
    // Only what can be done.
    Sayings act(const Order& order, ConnectorStatus status, Now now, Random& random);
    // The answer to one of its messages; `payload` empty: refused, or given up.
    Sayings answered(Step step, int connector, std::string_view payload, wire::Decoder& decoder,
                     Now now);
    Sayings on_tick(Now now);
    Mono next_due() const;

    // A person is at the station: nobody else plays there meanwhile.
    bool is_busy(Now now) const;
    // Where that transaction runs, by its name on the wire; 0: nowhere.
    int connector_of(std::string_view transaction) const;
    void attend(Now now) { last_at_ = now.mono; }
    std::int64_t meter_wh(int connector) const { return at(connector).meter_wh; }
    void meter_reaches(int connector, std::int64_t wh);

private:
    enum class Stage : std::uint8_t { idle, authorizing, authorized, starting, charging };
    struct Place {
        bool plugged = false;
        Stage stage = Stage::idle;
        std::string token;
        std::int64_t transaction_id = 0;  // 1.6
        std::uint64_t name = 0;           // 2.0.1
        std::int32_t seq_no = 0;
        std::optional<std::int64_t> remote_start_id = {};
        std::int64_t meter_wh = 0;
        CarState car;
        Mono sample_at = Mono::max();
        Utc sampled_at{};
        std::optional<Because> stop_because = {};  // while its start is not answered
    };
    Place& at(int connector) { return places_.at(static_cast<std::size_t>(connector - 1)); }
    const Place& at(int connector) const {
        return places_.at(static_cast<std::size_t>(connector - 1));
    }
    static bool is_plugged(const Place& place, ConnectorStatus status);
    Said start(int connector, Now now);
    Said stop(int connector, Because because, Now now);
    Said sample(int connector, Now now);
    void end(int connector, Because because, Now now, Sayings& out);
    void draw_power(Place& place, Utc now) const;
    Sayings on_started(int connector, std::string_view payload, wire::Decoder& decoder, Now now);
    Sayings on_authorized(int connector, std::string_view payload, wire::Decoder& decoder, Now now);

    ocpp::Version version_;
    std::vector<Place> places_;
    Mono last_at_{};
    std::uint64_t next_name_ = 0;
};

}  // namespace ohm::sim
