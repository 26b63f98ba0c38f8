// What the sessions of a partition draw: the last power of each one that runs, in memory, from what
// events tell. Where a meter says no power, it is made of its register. One thread, that of the
// counting.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/events/types.hpp"
#include "store/sql.hpp"

namespace ohm::api::statistics {

class Power {
public:
    // After a start: what was known before, a portion a call. False: all of it is read. Throws
    // Fault.
    bool load_more(store::Sql& sql, std::int64_t partition_no, std::int64_t now_us);
    // The same event may be told again.
    void told(std::int64_t station_no, const events::TransactionTold& what, std::int64_t at);
    // A connector that does not charge draws nothing, whatever its meter said last.
    void note_status(std::int64_t station_no, std::int64_t evse, std::string_view status);

    struct Sum {
        std::int64_t mw = 0, sessions = 0;
    };
    // Of what is fresh; what is not is forgotten.
    Sum sum(std::int64_t now_us);

private:
    struct Session {
        std::int64_t evse = 0, at = 0;
        std::optional<std::int64_t> mw;  // none: nothing to tell it by yet
        bool is_said = false;            // by its meter, not made of its register
        std::optional<double> energy_wh;
        std::int64_t rose_at = 0;  // when the register was that for the first time
    };
    void derive(Session& session, double energy_wh, std::int64_t at);

    std::map<std::pair<std::int64_t, std::string>, Session> sessions_;  // by station and OCPP id
    std::string loaded_to_;
    bool is_loaded_ = false;
};

}  // namespace ohm::api::statistics
