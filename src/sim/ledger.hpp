// What a station swears to: every CALL it sent, every answer it got, every command it received. A
// checker compares it with the database afterwards. The station calls it; the text behind an entry
// lives only during the call.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace ohm::sim {

struct Now {
    Mono mono;
    Utc utc;
};

// Why a CALL was made: by the station's own rules, or because the load generator asked for it.
enum class Purpose : std::uint8_t { own, load };

struct Entry {
    enum class Event : std::uint8_t {
        sent,        // a CALL, once for every attempt: the same key, the same payload
        acked,       // its CALLRESULT
        refused,     // its CALLERROR
        timed_out,   // no answer to this attempt
        dropped,     // given up, or forgotten in a reboot: never acked
        command,     // a CALL of the CSMS arrived
        answered,    // what it was answered
        stray,       // an answer that nobody waits for (any more)
        unreadable,  // no frame of OCPP-J
    };
    Event event;
    std::string_view station;
    std::uint64_t key = 0;  // of the station's message, the same for all its attempts; 0: none
    std::string_view action;
    std::string_view message_id;
    std::string_view body;  // payload as JSON; of an unreadable one: the whole frame
    int attempt = 0;
    Purpose purpose = Purpose::own;
    Now at{};
    Mono intended_at{};    // when the message came to be
    Mono first_sent_at{};  // when it was sent first
};

class Ledger {
public:
    virtual ~Ledger() = default;
    virtual void note(const Entry& entry) = 0;
};

std::string_view name_of(Entry::Event event);
std::string to_json_line(const Entry& entry);  // with its line end

// Appends JSON lines to a file. Whole lines are written at once, so several processes may share
// it. Throws Fault{fatal} where the file cannot be opened or written.
class LedgerFile final : public Ledger {
public:
    explicit LedgerFile(const std::string& path);
    ~LedgerFile() override;
    LedgerFile(const LedgerFile&) = delete;
    LedgerFile& operator=(const LedgerFile&) = delete;
    void note(const Entry& entry) override;
    void flush();

private:
    std::string path_;
    std::string waiting_;
    int descriptor_ = -1;
};

}  // namespace ohm::sim
