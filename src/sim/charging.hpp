// One transaction after the other on one connector, as a station tells them: Authorize, start,
// samples of the meter, stop (1.6), or the same as TransactionEvents (2.0.1). Pure: the station
// sends what it makes and tells it what was answered. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "base/time.hpp"
#include "ocpp/version.hpp"
#include "wire/codec.hpp"

namespace ohm::sim {

class Charging {
public:
    static constexpr int samples = 2;  // between start and end

    // What comes next, by the station's clock.
    struct Message {
        std::string_view action;
        std::string payload;
    };
    Message next(ocpp::Version version, std::string_view token, Utc at, Random& random);
    // Its answer; one that cannot go on is over.
    void answered(ocpp::Version version, std::string_view payload, wire::Decoder& decoder);
    void lost() { step_ = Step::authorize; }  // its message was given up

private:
    enum class Step : std::uint8_t { authorize, start, sample, stop };
    void go_on();

    std::int64_t meter_wh_ = 0;
    std::int64_t transaction_id_ = 0;  // 1.6: of the CSMS
    std::uint64_t name_ = 0;           // 2.0.1: drawn by the station
    std::int32_t seq_no_ = 0;
    std::uint8_t samples_left_ = 0;
    Step step_ = Step::authorize;
};

}  // namespace ohm::sim
