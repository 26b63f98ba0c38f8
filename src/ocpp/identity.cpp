#include "ocpp/identity.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"

namespace ohm::ocpp {
namespace {

bool has_dot_segment(std::string_view id) {
    for (const std::string_view segment : split(id, '/'))
        if (segment == "." || segment == "..") return true;
    return false;
}

tl::unexpected<Refusal> refused(std::string detail) {
    return tl::unexpected{Refusal{"bad_identity", std::move(detail)}};
}

}  // namespace

Result<Identity> check_identity(std::string_view id, bool limit_to_48_characters) {
    if (id.empty()) return refused("the charge point identity is empty");
    if (has_control_characters(id)) return refused("the identity has control characters");
    if (has_dot_segment(id)) return refused("the identity is or has a dot segment");
    if (id.size() > limits::identity_bytes) return refused("the identity is longer than 255 bytes");
    const auto key = fold(id);
    if (!key) return refused("the identity is not UTF-8");
    if (limit_to_48_characters && count_code_points(id) > limits::identity_characters)
        return refused("the identity is longer than 48 characters");
    return Identity{std::string{id}, *key};
}

}  // namespace ohm::ocpp
