// The one crossing between threads: bounded, many writers, one reader, in order. The only mutex of
// the code lives here. A reader that is an event loop gives `wake` (called by the writer that ends
// an emptiness); a blocking reader waits.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <iterator>
#include <mutex>
#include <utility>
#include <vector>

#include "base/time.hpp"

namespace ohm {

template <class T>
class Mailbox {
public:
    explicit Mailbox(std::size_t bound, std::function<void()> wake = {})
        : bound_{bound}, wake_{std::move(wake)} {}

    // False, and `item` untouched, when the bound is reached or the mailbox is closed: the writer
    // decides what that means.
    bool push(T&& item) { return push_within(std::move(item), bound_); }
    // For what must not be lost inside a process (answers, acknowledgements): bounded by what
    // caused it.
    bool push_always(T&& item) {
        return push_within(std::move(item), static_cast<std::size_t>(-1));
    }

    // Appends all there is, up to `most`, to `out`; returns at once. A reader that leaves something
    // behind is not woken for it: it comes back by itself.
    std::size_t take(std::vector<T>& out, std::size_t most = static_cast<std::size_t>(-1)) {
        const std::lock_guard lock{mutex_};
        return move_out(out, most);
    }
    // The same, but waits for the first item until the time-out or close().
    std::size_t wait(std::vector<T>& out, std::size_t most, Micros timeout) {
        std::unique_lock lock{mutex_};
        arrived_.wait_for(lock, timeout, [this] { return !items_.empty() || closed_; });
        return move_out(out, most);
    }
    std::size_t size() const {
        const std::lock_guard lock{mutex_};
        return items_.size();
    }
    void close() {
        {
            const std::lock_guard lock{mutex_};
            closed_ = true;
        }
        arrived_.notify_all();
        if (wake_) wake_();
    }
    bool closed() const {
        const std::lock_guard lock{mutex_};
        return closed_;
    }

private:
    bool push_within(T&& item, std::size_t bound) {
        bool was_empty = false;
        {
            const std::lock_guard lock{mutex_};
            if (items_.size() >= bound || closed_) return false;
            was_empty = items_.empty();
            items_.push_back(std::move(item));
        }
        if (!was_empty) return true;
        arrived_.notify_one();
        if (wake_) wake_();
        return true;
    }
    std::size_t move_out(std::vector<T>& out, std::size_t most) {
        const std::size_t count = std::min(most, items_.size());
        const auto end = items_.begin() + static_cast<std::ptrdiff_t>(count);
        out.insert(out.end(), std::make_move_iterator(items_.begin()),
                   std::make_move_iterator(end));
        items_.erase(items_.begin(), end);
        return count;
    }

    const std::size_t bound_;
    const std::function<void()> wake_;
    mutable std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<T> items_;
    bool closed_ = false;
};

}  // namespace ohm
