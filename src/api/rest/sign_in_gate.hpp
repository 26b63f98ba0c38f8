// How often somebody may try to sign in. A name alone is never held back, or its operator could be
// locked out from elsewhere; a name from one address is, and an address, whether or not there is an
// operator of that name. IPv6 addresses of one /64 are one. On the HTTP loop.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/limits_people.hpp"
#include "base/time.hpp"

namespace ohm::api::rest {

class SignInGate {
public:
    explicit SignInGate(const Clock& clock) : clock_{clock} {}

    // Counts an attempt; as long as what is returned lives, it is one of those at once. Null, and
    // nothing is counted, where it may not be made.
    using Seat = std::shared_ptr<void>;
    Seat enter(std::string_view name_key, std::string_view address);
    // Who is in has not guessed.
    void forgive(std::string_view name_key, std::string_view address);

private:
    struct Bucket {
        std::size_t used = 0;
        Mono since{};
    };
    struct Rate {
        std::size_t most;
        seconds every;
    };
    bool has_room(const std::string& source, const Rate& rate);
    void sweep();
    static std::string source_of(std::string_view name_key, std::string_view address);

    const Clock& clock_;
    std::map<std::string, Bucket> buckets_;
    // A seat may be given up on a reader's thread.
    std::shared_ptr<std::atomic<std::size_t>> at_once_ =
        std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace ohm::api::rest
