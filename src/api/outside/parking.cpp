#include "api/outside/parking.hpp"

#include <algorithm>

namespace ohm::api::outside {

bool is_same_call(const bus::Envelope& a, const bus::Envelope& b) {
    return a.station == b.station && a.epoch == b.epoch && a.frame_no == b.frame_no;
}

void Parking::park(const Ulid& id, Item&& item, const Question& question, Mono until) {
    by_station_[item.envelope.station].push_back(id);
    item.ends_delivery = false;  // it has been acknowledged with the batch that parked it
    calls_.emplace(id, Call{std::move(item), question.kind, question.parts.size(), until});
}

std::optional<Item> Parking::resume(const Ulid& id, Answer&& answer) {
    const auto call = calls_.find(id);
    if (call == calls_.end()) return std::nullopt;
    Item item = std::move(call->second.item);
    Heard heard = item.heard ? *item.heard : Heard{};
    heard.push_back(std::move(answer));
    item.heard = std::make_shared<const Heard>(std::move(heard));
    calls_.erase(call);
    const auto ids = by_station_.find(item.envelope.station);
    std::erase(ids->second, id);
    if (ids->second.empty()) by_station_.erase(ids);
    return item;
}

std::vector<Ulid> Parking::expired(Mono now) const {
    std::vector<Ulid> ids;
    for (const auto& [id, call] : calls_)
        if (call.until <= now) ids.push_back(id);
    return ids;
}

std::optional<Item> Parking::give_up_waiting(const Ulid& id) {
    const auto call = calls_.find(id);
    if (call == calls_.end()) return std::nullopt;
    return resume(id,
                  unanswered(call->second.kind, call->second.parts, egress::failure::timed_out));
}

void Parking::forget(Partition partition) {
    std::vector<Ulid> gone;
    for (const auto& [id, call] : calls_)
        if (call.item.partition == partition) gone.push_back(id);
    for (const Ulid& id : gone) resume(id, {});
}

bool Parking::is_waiting(const Item& again) {
    const auto ids = by_station_.find(again.envelope.station);
    if (ids == by_station_.end()) return false;
    for (const Ulid& id : ids->second) {
        Item& parked = calls_.at(id).item;
        if (!is_same_call(parked.envelope, again.envelope)) continue;
        parked.sender = again.sender;
        return true;
    }
    return false;
}

std::size_t Parking::size(const std::string& station) const {
    const auto ids = by_station_.find(station);
    return ids == by_station_.end() ? 0 : ids->second.size();
}

}  // namespace ohm::api::outside
