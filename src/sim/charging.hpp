// One transaction after the other on one connector, as a station tells them. Pure: the station
// sends what it makes and tells it what was answered. One thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "base/time.hpp"
#include "ocpp/version.hpp"
#include "sim/messages.hpp"
#include "wire/codec.hpp"

namespace ohm::sim {

class Charging {
public:
    // The steps of a session, again and again.
    enum class Course : std::uint8_t {
        brief,  // Authorize, start, two samples, stop
        // As fleets talk: 20 messages a session, of them 12 samples of the meter, 4 statuses, 2
        // Authorize, start and stop. Stations begin anywhere in it, so that they do not all
        // charge in step; who begins amid a session starts its transaction first.
        fleet,
        // As a car does in a parking lot: power, state of charge and energy that fit each other.
        day,
    };
    static constexpr int samples_a_day_session = 24;
    static constexpr int messages_a_day_session = samples_a_day_session + 7;
    // Whether the message behind so many of such a session is a sample.
    static constexpr bool is_sampling(int said) {
        return said >= 4 && said < 4 + samples_a_day_session;
    }
    static constexpr int samples = 2;  // of a brief session, between start and end

    // What comes next, by the station's clock.
    struct Message {
        std::string_view action;
        std::string payload;
        int connector = 0;  // with a StatusNotification: whose status this is from now on
        ConnectorStatus status = ConnectorStatus::available;
    };
    struct Place {
        ocpp::Version version;
        int connectors = 1;  // of the station
        std::string_view token;
    };
    Message next(Course course, const Place& place, Utc at, Random& random);
    // Its answer; one that cannot go on is over.
    void answered(ocpp::Version version, std::string_view payload, wire::Decoder& decoder);
    void lost() { position_ = resume_at_ = 0; }  // its message was given up
    // What comes next is the end of its transaction; false where it has none, and begins anew.
    bool skip_to_stop();
    bool is_in_transaction() const;
    bool is_in_transaction(ocpp::Version version, std::string_view name) const;
    Course course() const { return course_; }
    std::int64_t meter_wh() const { return meter_wh_; }
    // Somebody else charged through the same meter.
    void meter_reaches(std::int64_t wh) { meter_wh_ = std::max(meter_wh_, wh); }

private:
    enum class Step : std::uint8_t {
        authorize,
        start,
        sample,
        stop,
        preparing,
        charging,
        finishing,
        available
    };
    static std::span<const Step> steps_of(Course course);
    Step step() const { return steps_of(course_)[position_]; }
    // What a course of days knows of the car.
    struct Car {
        double peak_w = 0;
        CarState state;
        Utc at{};
    };
    void begin(Course course, Random& random);
    void plug_in(Utc at, Random& random);
    void draw_power(Utc at);
    Message status(const Place& place, Utc at) const;
    Message event_201(const Place& place, Utc at);

    std::int64_t meter_wh_ = 0;
    std::int64_t transaction_id_ = 0;  // 1.6: of the CSMS
    std::uint64_t name_ = 0;           // 2.0.1: drawn by the station
    std::int32_t seq_no_ = 0;
    std::uint8_t position_ = 0;   // of the step that comes next, or is not answered yet
    std::uint8_t resume_at_ = 0;  // after a start that was put first; 0: at the step behind it
    Course course_ = Course::brief;
    bool begun_ = false;
    std::unique_ptr<Car> car_;  // of a course of days alone
};

}  // namespace ohm::sim
