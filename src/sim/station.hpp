// A charging station as a program: its side of OCPP-J 1.6 and 2.0.1, without a socket, a clock or
// randomness of its own. The fleet drives it on its loop, the simulated world on its own. One
// thread. Of an Outside's functions none may call the station back before it returns.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "ocpp/frame.hpp"
#include "sim/behaviour.hpp"
#include "sim/charging.hpp"
#include "sim/commands.hpp"
#include "sim/hand.hpp"
#include "sim/ledger.hpp"
#include "sim/messages.hpp"

namespace ohm::sim {

class Station {
public:
    class Outside {
    public:
        virtual ~Outside() = default;
        // Leads to on_open or on_closed, later.
        virtual void connect(Station& station) = 0;
        virtual void send(Station& station, std::string_view frame) = 0;
        // Leads to on_closed, later; what was sent before still goes out.
        virtual void close(Station& station, std::uint16_t code, std::string_view reason) = 0;
    };
    struct Surroundings {
        Outside& outside;
        Ledger& ledger;
        Random& random;
        wire::Decoder& decoder;
    };

    // `number` is the owner's own, and means nothing to the station.
    Station(std::size_t number, std::string id, ocpp::Version version, const Behaviour& behaviour,
            const Surroundings& surroundings);

    void start(Now now);   // powers on: connects at once
    void stop(Now now);    // powers off, for good or until start()
    void reboot(Now now);  // goes down, comes back after Behaviour::reboot_takes, boots

    void on_open(std::string_view subprotocol, Now now);
    void on_message(std::string_view frame, Now now);
    void on_closed(Now now);  // or refused
    void on_tick(Now now);    // does what is due
    // When it wants its next tick; Mono::max() for never. May only move after one of the above.
    Mono next_due() const;

    // Where a CALL comes from, when it is not the station's own idea. False: the queue is full.
    struct Origin {
        Purpose purpose = Purpose::own;
        Mono intended_at{};
    };
    bool report_status(int connector, ConnectorStatus status, Origin origin, Now now);
    bool beat(Origin origin, Now now);
    bool boot_again(Origin origin, Now now);
    // The next message of its transactions; false while the one before is not answered.
    bool charge(Charging::Course course, Origin origin, Now now);

    // A person is there (see Hand): nobody else plays with it meanwhile.
    bool is_in_hand(Now now) const { return hand_ && hand_->is_busy(now); }

    std::size_t number() const { return number_; }
    const std::string& id() const { return id_; }
    ocpp::Version version() const { return version_; }
    bool is_open() const { return link_ == Link::open; }
    bool is_accepted() const { return registration_ == Registration::accepted; }
    // On line, accepted, and with nothing to say.
    bool is_idle() const { return is_open() && is_accepted() && queue_.empty(); }
    std::size_t calls_waiting() const { return queue_.size(); }  // the outstanding one as well
    ConnectorStatus status(int connector) const;
    const Behaviour& behaviour() const { return *behaviour_; }
    void behave(const Behaviour& behaviour) { behaviour_ = &behaviour; }  // same connectors

private:
    enum class Link : std::uint8_t { down, connecting, open, closing };
    enum class Registration : std::uint8_t { none, pending, rejected, accepted };
    enum class Kind : std::uint8_t { boot, heartbeat, status, charging, by_hand };
    struct Call {
        Kind kind;
        Purpose purpose;
        bool triggered;  // asked for by the CSMS: allowed while the boot is pending
        std::uint8_t attempts;
        std::uint64_t key;
        std::uint64_t message_no;  // of the last attempt
        Mono intended_at, first_sent_at;
        std::string payload;
        std::string_view charging_action = {};
        Hand::Step hand_step = Hand::Step::status;
        int connector = 0;  // of a hand's message
    };
    struct LateAnswer {
        Mono at;
        std::string frame, message_id, action;
        CommandAnswer answer;
    };

    static std::string_view action_of(const Call& call);
    Micros next_back_off();
    void connect(Now now);
    void close(std::uint16_t code, std::string_view reason);

    bool add(Kind kind, std::string payload, bool triggered, Origin origin, Now now);
    void add_boot(BootReason reason, Now now);
    void add_statuses(bool triggered, Now now);
    void drop(std::size_t index, Now now);
    static bool is_kept(const Call& call);
    void forget(bool everything, Now now);
    bool may_send(const Call& call, Now now) const;
    void send_next(Now now);
    void expire(Now now);

    void on_answer(const ocpp::Head& head, Now now);
    void on_boot_answer(const ocpp::Head& head, Purpose purpose, Now now);
    void on_command(const ocpp::Head& head, Now now);
    CommandAnswer decide(const ocpp::Head& head, const Deviation& deviation);
    Deviation deviation_for(std::string_view action) const;
    void give_answer(const LateAnswer& late, Now now);
    void take_effect(const CommandAnswer& answer, Now now);

    // ---- station_hand.cpp ----
    Hand& hand();
    bool can(const Order& order);
    int place_of(const Order& order);  // its connector; 0: there is none for it
    bool charges_itself_at(int connector) const;
    void obey(const Order& order, Now now);
    void say(Hand::Sayings&& sayings, Now now);
    void hear(const Call& call, std::string_view payload, Now now);
    void end_course(Now now);

    void note_call(Entry::Event event, const Call& call, std::string_view body, Now now);
    void note_command(Entry::Event event, std::string_view action, std::string_view message_id,
                      std::string_view body, Now now);

    const std::size_t number_;
    const std::string id_;
    const Behaviour* behaviour_;
    Outside& outside_;
    Ledger& ledger_;
    Random& random_;
    wire::Decoder& decoder_;
    std::vector<Call> queue_;  // the front one is outstanding when call_sent_
    std::vector<LateAnswer> late_;
    std::vector<ConnectorStatus> statuses_;  // 0: the station itself
    Charging charging_;
    bool charging_waits_ = false;  // a message of it is in the queue
    bool ends_course_ = false;     // a person ends what it charges by itself
    std::unique_ptr<Hand> hand_;   // of stations that a person has touched
    std::uint64_t last_key_ = 0;
    std::uint64_t last_message_no_ = 0;
    Mono connect_at_ = Mono::max();
    Mono boot_at_ = Mono::max();
    Mono heartbeat_at_ = Mono::max();
    Mono call_deadline_ = Mono::max();
    Mono retry_at_{};  // the front of the queue waits until then
    Micros heartbeat_interval_;
    int failures_ = 0;  // to connect, in a row
    ocpp::Version version_;
    Link link_ = Link::down;
    Registration registration_ = Registration::none;
    BootReason boot_reason_ = BootReason::power_up;
    bool call_sent_ = false;
    bool stopped_ = true;
    bool rebooting_ = false;
};

}  // namespace ohm::sim
