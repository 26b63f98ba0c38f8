#include "api/rest/rate_limit.hpp"

#include <algorithm>

namespace ohm::api::rest {
namespace {

std::int64_t whole_seconds(Micros duration) { return std::chrono::ceil<seconds>(duration).count(); }

}  // namespace

Micros RateLimit::until_full(const std::string& credential) const {
    const auto found = full_at_.find(credential);
    if (found == full_at_.end()) return Micros{0};
    return std::max<Micros>(found->second - clock_.mono(), Micros{0});
}

bool RateLimit::takes(const std::string& credential) {
    if (most_ == 0) return true;
    const Micros used = until_full(credential) + each();
    if (used > each() * most_) return false;
    full_at_[credential] = clock_.mono() + used;
    if (full_at_.size() >= sweep_at_) sweep();
    return true;
}

void RateLimit::give_back(const std::string& credential) {
    const auto found = full_at_.find(credential);
    if (found != full_at_.end()) found->second -= each();
}

seconds RateLimit::until_next(const std::string& credential) const {
    if (most_ == 0) return seconds{0};
    const Micros wait = until_full(credential) + each() - each() * most_;
    return seconds{std::max<std::int64_t>(whole_seconds(wait), 0)};
}

void RateLimit::add_headers(const std::string& credential, net::Response& response) const {
    if (most_ == 0) return;
    const Micros owed = until_full(credential);
    const std::int64_t used = (owed + each() - Micros{1}) / each();
    response.headers.push_back(
        {"RateLimit-Policy", "\"default\";q=" + std::to_string(most_) +
                                 ";w=" + std::to_string(limits::rate_window.count())});
    response.headers.push_back(
        {"RateLimit", "\"default\";r=" + std::to_string(std::max<std::int64_t>(most_ - used, 0)) +
                          ";t=" + std::to_string(whole_seconds(owed))});
}

// Looked at again when there are twice as many as are left, so each request pays for little.
void RateLimit::sweep() {
    std::erase_if(full_at_, [now = clock_.mono()](const auto& one) { return one.second <= now; });
    sweep_at_ = std::max(limits::rate_buckets_unswept, 2 * full_at_.size());
}

}  // namespace ohm::api::rest
