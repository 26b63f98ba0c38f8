#include "api/compatibility.hpp"

#include "api/station.hpp"
#include "wire/codec.hpp"

namespace ohm::api {

const Compatibility& compatibility_of(const Station& station) {
    static const Compatibility usual;
    return station.compatibility ? *station.compatibility : usual;
}

std::string json_of(const Compatibility* settings) {
    return settings ? wire::encode(*settings) : std::string{};
}

std::unique_ptr<Compatibility> read_compatibility(const std::string& json) {
    if (json.empty() || json == "{}") return nullptr;
    wire::Decoder decoder;
    auto settings = std::make_unique<Compatibility>();
    if (decoder.decode(json, *settings, {wire::Strictness::lenient})) return nullptr;
    return settings;
}

}  // namespace ohm::api
