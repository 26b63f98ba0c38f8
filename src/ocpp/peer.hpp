// The rules of OCPP-J for one connection, without a socket (1.6-J §4, 2.0.1 Part 4 §4): classifies
// what arrives, keeps the station's CALLs until they are answered, allows one CALL of ours at a
// time, and finds whom a late answer belongs to. Owned by a connection of the worker; one thread.
// Holds no heap memory while nothing is in flight.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "ocpp/frame.hpp"

namespace ohm::ocpp {

class Peer {
public:
    explicit Peer(Version version) : version_{version} {}

    enum class Verdict : std::uint8_t {
        forward,     // a CALL: hand it to the api under frame_no
        answer,      // an answer to our CALL, or to an earlier one (late)
        unreadable,  // log it; `reply`, where not empty, goes back to the station
        unexpected,  // an answer that nobody waits for: log it
        hopeless,    // too many unreadable frames in a row: close 1008
    };
    struct Received {
        Verdict verdict = Verdict::unreadable;
        Head head;
        std::uint64_t frame_no = 0;
        std::string reply;
        std::string command_id, message_id;
        std::int64_t rtt_us = 0;
        bool late = false;
    };
    // `frame` must live as long as the result. Counts a frame number for every frame.
    Received receive(std::string_view frame, Mono now);

    // The station's CALLs that the api has not answered yet, oldest first.
    struct Unanswered {
        std::uint64_t frame_no;
        std::int64_t received_at_us;
        std::string frame;
    };
    void keep(std::uint64_t frame_no, std::int64_t received_at_us, std::string frame);
    bool answered(std::uint64_t frame_no);  // false: nobody waits for it (any more)
    const std::vector<Unanswered>& unanswered() const { return unanswered_; }

    // Our CALL. Only one may be outstanding: start() is false while one is.
    struct OurCall {
        std::string command_id, message_id;
        Mono sent_at, deadline;
    };
    bool start(OurCall&& call);
    const OurCall* outstanding() const { return ours_.get(); }
    // The outstanding CALL if its deadline has passed; it is remembered for a late answer.
    std::unique_ptr<OurCall> expire(Mono now);

    Version version() const { return version_; }
    void become(Version version) { version_ = version; }
    // Leniently an empty id means our open CALL (quirk B5), a message of a type that is none gets
    // no answer, for nobody waits for one (quirk B4), and a CALL without a payload is one where its
    // action needs none (quirk B17).
    void be_strict(bool strict) { strict_ = strict; }
    std::uint64_t frame_no() const { return frame_no_; }

private:
    Received take_answer(Received&& received, Mono now);

    Version version_;
    bool strict_ = false;
    std::uint8_t unreadable_in_a_row_ = 0;
    std::uint64_t frame_no_ = 0;
    std::vector<Unanswered> unanswered_;
    std::unique_ptr<OurCall> ours_;
    std::vector<OurCall> expired_;
};

}  // namespace ohm::ocpp
