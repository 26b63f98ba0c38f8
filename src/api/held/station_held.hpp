// What a station is known to hold for us, in its shard's memory: open reservations, and of charging
// profiles all but their schedules. Owned by the station; one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "domain/charging_profile.hpp"
#include "domain/reservation.hpp"

namespace ohm::api {

struct ReservationRecord {
    Ulid id;
    domain::Reservation facts;
    std::string version;  // of OCPP, short
    Ulid command;         // that ordered it
    std::optional<Ulid> transaction, replaced_by;
    std::string requested_by;
    std::int64_t created_at = 0;
};

struct HeldProfile {
    domain::ProfileFacts facts;
    std::int64_t reported_in = -1;  // the request whose report named it last
    std::int64_t heard_at = 0;
};

struct HeldLimit {
    std::int64_t evse = 0;
    std::string source;
};

// A report of profiles that we asked for: what it does not name is not there.
struct ProfileQuestion {
    std::int64_t request_id = -1;
    domain::ProfileCriteria criteria;
};

struct StationHeld {
    std::vector<ReservationRecord> reservations;
    std::vector<HeldProfile> profiles;
    std::vector<HeldLimit> limits;
    std::optional<ProfileQuestion> question;
};

}  // namespace ohm::api
