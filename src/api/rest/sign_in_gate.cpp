#include "api/rest/sign_in_gate.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>

namespace ohm::api::rest {
namespace {

constexpr char separator = '\n';

// One customer of a provider has a whole /64 to choose addresses from.
std::string network_of(std::string_view address) {
    constexpr std::size_t prefix_bytes = 8, mapped_prefix_bytes = 12;
    const std::string host{address.substr(0, address.find('%'))};
    std::array<unsigned char, 16> bytes{};
    if (inet_pton(AF_INET6, host.c_str(), bytes.data()) != 1) return std::string{address};
    constexpr std::array<unsigned char, mapped_prefix_bytes> mapped{0, 0, 0, 0, 0,    0,
                                                                    0, 0, 0, 0, 0xff, 0xff};
    const bool is_mapped = std::equal(mapped.begin(), mapped.end(), bytes.begin());
    if (is_mapped) return std::string{address};
    return std::string{bytes.begin(), bytes.begin() + prefix_bytes} + "/64";
}

}  // namespace

std::string SignInGate::source_of(std::string_view name_key, std::string_view address) {
    return network_of(address) + separator + std::string{name_key};
}

// A bucket that leaks one attempt every so often.
bool SignInGate::has_room(const std::string& source, const Rate& rate) {
    const auto found = buckets_.find(source);
    if (found == buckets_.end()) return buckets_.size() < limits::sign_in_sources;
    Bucket& bucket = found->second;
    const auto leaked = static_cast<std::size_t>((clock_.mono() - bucket.since) / rate.every);
    if (leaked > 0) {
        bucket.used -= std::min(bucket.used, leaked);
        bucket.since = clock_.mono();
    }
    return bucket.used < rate.most;
}

// What is older than any bucket takes to leak says nothing any more.
void SignInGate::sweep() {
    constexpr auto whole = limits::sign_in_attempt_of_address_every *
                           static_cast<std::int64_t>(limits::sign_in_attempts_of_address);
    std::erase_if(buckets_,
                  [&](const auto& one) { return clock_.mono() - one.second.since > whole; });
}

SignInGate::Seat SignInGate::enter(std::string_view name_key, std::string_view address) {
    if (*at_once_ >= limits::sign_ins_at_once) return nullptr;
    if (buckets_.size() + 2 > limits::sign_in_sources) sweep();
    const std::string of_both = source_of(name_key, address);
    const std::string of_address = network_of(address);
    const Rate both{limits::sign_in_attempts, limits::sign_in_attempt_every};
    const Rate one{limits::sign_in_attempts_of_address, limits::sign_in_attempt_of_address_every};
    if (!has_room(of_both, both) || !has_room(of_address, one)) return nullptr;
    for (const std::string* source : {&of_both, &of_address}) {
        Bucket& bucket = buckets_[*source];
        if (bucket.used++ == 0) bucket.since = clock_.mono();
    }
    ++*at_once_;
    return Seat{this, [count = at_once_](void*) { --*count; }};
}

void SignInGate::forgive(std::string_view name_key, std::string_view address) {
    buckets_.erase(source_of(name_key, address));
}

}  // namespace ohm::api::rest
