// A list in portions of a size, in order: one read for each, so that none takes long.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "base/limits_background.hpp"

namespace ohm::api::statistics {

template <class T>
std::vector<std::span<const T>> in_portions(const std::vector<T>& all,
                                            std::size_t size = limits::background_keys) {
    std::vector<std::span<const T>> portions;
    const std::span<const T> whole{all};
    for (std::size_t i = 0; i < all.size(); i += size)
        portions.push_back(whole.subspan(i, std::min(size, all.size() - i)));
    return portions;
}

}  // namespace ohm::api::statistics
