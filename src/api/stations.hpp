// The stations that a shard holds, by their id_key, which is kept in the station alone: there may
// be a million. On the shard's thread.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <unordered_set>

#include "api/station.hpp"

namespace ohm::api {

// Not noexcept, so that the set keeps each hash and a search does not touch the stations that it
// passes.
struct HashOfStation {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const {
        return std::hash<std::string_view>{}(key);
    }
    std::size_t operator()(const std::unique_ptr<Station>& station) const {
        return (*this)(std::string_view{station->key});
    }
};

struct SameStation {
    using is_transparent = void;
    bool operator()(const std::unique_ptr<Station>& a, const std::unique_ptr<Station>& b) const {
        return a->key == b->key;
    }
    bool operator()(std::string_view key, const std::unique_ptr<Station>& station) const {
        return key == station->key;
    }
    bool operator()(const std::unique_ptr<Station>& station, std::string_view key) const {
        return key == station->key;
    }
};

using Stations = std::unordered_set<std::unique_ptr<Station>, HashOfStation, SameStation>;

}  // namespace ohm::api
