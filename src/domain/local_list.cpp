#include "domain/local_list.hpp"

#include <algorithm>

#include "domain/token.hpp"

namespace ohm::domain {
namespace {

constexpr std::int64_t version_max = 2'147'483'647;  // OCPP's integer

// Fills one message up to its bounds; the first entry goes in any case, does_not_fit() has judged
// it.
class Message {
public:
    Message(const ListBounds& bounds, const EntryBytes& bytes) : bounds_{bounds}, bytes_{bytes} {}
    bool take(const ListEntry& entry) {
        const auto size = static_cast<std::int64_t>(bytes_(entry));
        const bool fits =
            count_ < bounds_.entries_a_message && used_ + size <= bounds_.bytes_a_message;
        if (!fits && count_ > 0) return false;
        ++count_, used_ += size;
        return true;
    }

private:
    const ListBounds& bounds_;
    const EntryBytes& bytes_;
    std::int64_t count_ = 0, used_ = 0;
};

ListChange full_list(const ListEntries& wanted, std::int64_t version, Message message) {
    ListChange change{.is_full = true, .version = version, .put = {}, .removed = {}};
    for (const auto& [key, entry] : wanted) {
        if (!message.take(entry)) break;
        change.put.push_back(entry);
    }
    return change;
}

bool is_other_token(const ListEntry& a, const ListEntry& b) { return a.type != b.type; }

ListChange difference(const ListEntries& wanted, const HeldList& held, std::int64_t version,
                      Message message) {
    ListChange change{.is_full = false, .version = version, .put = {}, .removed = {}};
    for (const auto& [key, entry] : held.entries) {
        const auto found = wanted.find(key);
        const bool goes = found == wanted.end() || is_other_token(found->second, entry);
        if (!goes) continue;
        if (!message.take(entry)) return change;
        change.removed.push_back(entry);
    }
    for (const auto& [key, entry] : wanted) {
        const auto found = held.entries.find(key);
        if (found != held.entries.end() && found->second == entry) continue;
        if (!message.take(entry)) return change;
        change.put.push_back(entry);
    }
    return change;
}

}  // namespace

std::optional<ListChange> next_change(const ListEntries& wanted, const HeldList& held,
                                      const ListBounds& bounds, const EntryBytes& bytes,
                                      bool must_be_full) {
    const std::int64_t highest = std::max(held.version, held.highest_version);
    const bool numbers_are_used_up = highest >= version_max;
    if (must_be_full || !held.is_known)
        return full_list(wanted, numbers_are_used_up ? 1 : highest + 1, {bounds, bytes});
    if (held.entries == wanted) return std::nullopt;
    if (numbers_are_used_up) return full_list(wanted, 1, {bounds, bytes});
    return difference(wanted, held, highest + 1, {bounds, bytes});
}

std::size_t changes_needed(const ListEntries& wanted, const HeldList& held,
                           const ListBounds& bounds, const EntryBytes& bytes, bool must_be_full) {
    HeldList after = held;
    std::size_t count = 0;
    while (auto change = next_change(wanted, after, bounds, bytes, must_be_full)) {
        apply(after, *change);
        must_be_full = false;
        ++count;
    }
    return count;
}

void apply(HeldList& held, const ListChange& change) {
    if (change.is_full) held.entries.clear();
    const auto key_of_entry = [&](const ListEntry& entry) {
        return std::find_if(held.entries.begin(), held.entries.end(), [&](const auto& one) {
            return one.second.uid == entry.uid && one.second.type == entry.type;
        });
    };
    for (const ListEntry& entry : change.removed)
        if (const auto found = key_of_entry(entry); found != held.entries.end())
            held.entries.erase(found);
    for (const ListEntry& entry : change.put) held.entries[token_key(entry.uid)] = entry;
    held.version = change.version;
    held.highest_version =
        change.is_full && change.version == 1 ? 1 : std::max(held.highest_version, change.version);
    held.is_known = held.is_known || change.is_full;
}

std::optional<ListRefusal> does_not_fit(const ListEntries& wanted, const ListBounds& bounds,
                                        const EntryBytes& bytes) {
    const auto size = static_cast<std::int64_t>(wanted.size());
    if (bounds.entries && size > *bounds.entries)
        return ListRefusal{"the list has " + std::to_string(size) +
                               " entries, the station holds at most " +
                               std::to_string(*bounds.entries),
                           ""};
    for (const auto& [key, entry] : wanted)
        if (static_cast<std::int64_t>(bytes(entry)) > bounds.bytes_a_message)
            return ListRefusal{"the entry " + entry.uid +
                                   " alone is larger than a message to the station may be, " +
                                   std::to_string(bounds.bytes_a_message) + " bytes",
                               ""};
    return std::nullopt;
}

ListStep step_after(std::string_view status, bool was_full, bool full_was_tried) {
    if (status == "Accepted") return ListStep::go_on;
    if (status == "NotSupported") return ListStep::not_supported;
    return was_full || full_was_tried ? ListStep::failed : ListStep::full_once;
}

void take_version(HeldList& held, std::int64_t reported) {
    if (reported == 0) {  // an empty list is known in full
        held.entries.clear();
        held.version = 0;
        held.is_known = true;
        return;
    }
    if (differs(held, reported)) held.is_known = false;
    held.highest_version = std::max(held.highest_version, reported);
}

bool differs(const HeldList& held, std::int64_t reported) {
    return !held.is_known || held.version != reported;
}

}  // namespace ohm::domain
