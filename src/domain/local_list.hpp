// The list of tokens that a station holds for itself: what it should hold, what it has confirmed,
// and the next change that brings one to the other (1.6 §3.5, §5.15; 2.0.1 block D). Pure; any
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ohm::domain {

struct ListEntry {
    std::string uid, type;  // type "": not said
    std::string status = "Accepted";
    std::string group;
    std::int64_t expires_at = 0;  // µs; 0: never
    friend bool operator==(const ListEntry&, const ListEntry&) = default;
};
using ListEntries = std::map<std::string, ListEntry>;  // by token_key of the uid

// What the station is known to hold. Versions are positive; 0 is an empty list, -1 a station
// without lists.
struct HeldList {
    ListEntries entries;
    std::int64_t version = 0;
    std::int64_t highest_version = 0;  // that was ever sent or heard of
    bool is_known = false;             // false: only a full list makes sure
};

struct ListBounds {
    std::optional<std::int64_t> entries;  // in all
    std::int64_t entries_a_message = 0, bytes_a_message = 0;
};

// One SendLocalList.
struct ListChange {
    bool is_full = false;
    std::int64_t version = 0;
    std::vector<ListEntry> put, removed;
};

using EntryBytes = std::function<std::size_t(const ListEntry&)>;  // of one entry in its message

// Nothing when the station holds what it should. Removals go first, so that the list never grows
// beyond its bound on the way.
std::optional<ListChange> next_change(const ListEntries& wanted, const HeldList& held,
                                      const ListBounds& bounds, const EntryBytes& bytes,
                                      bool must_be_full);
// How many messages it takes, when all of them are accepted.
std::size_t changes_needed(const ListEntries& wanted, const HeldList& held,
                           const ListBounds& bounds, const EntryBytes& bytes, bool must_be_full);
void apply(HeldList& held, const ListChange& change);  // the station has accepted it

// Why the station cannot hold the list; nothing where it can.
struct ListRefusal {
    std::string detail;
    std::string member;  // "/entries/3", where one entry is the reason
};
std::optional<ListRefusal> does_not_fit(const ListEntries& wanted, const ListBounds& bounds,
                                        const EntryBytes& bytes);

// What an answer to a SendLocalList leads to. A refused differential is followed by the full list,
// once.
enum class ListStep : std::uint8_t { go_on, full_once, failed, not_supported };
ListStep step_after(std::string_view status, bool was_full, bool full_was_tried);

// The station says which version it holds.
void take_version(HeldList& held, std::int64_t reported);
bool differs(const HeldList& held, std::int64_t reported);

}  // namespace ohm::domain
