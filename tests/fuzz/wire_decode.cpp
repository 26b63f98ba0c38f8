// Payloads of declared OCPP messages: what is accepted is encoded into what is accepted again. The
// first byte chooses version, action and direction; both strictnesses judge.
#include <vector>

#include "declared.hpp"
#include "ocpp/action.hpp"

namespace {

struct Case {
    const ohm::wire::Type* type;
    bool custom_data;
};

const std::vector<Case>& cases() {
    using ohm::ocpp::Version;
    static const std::vector<Case> all = [] {
        std::vector<Case> out;
        for (const Version version : {Version::v16, Version::v201})
            for (const auto& info : ohm::ocpp::declared_actions(version))
                for (const auto* type : {info.request, info.response})
                    out.push_back({type, version == Version::v201});
        ohm::fuzz::require(out.size() <= 256);
        return out;
    }();
    return all;
}

const Case& case_of(std::uint8_t choice) { return cases()[choice % cases().size()]; }

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max, unsigned seed) {
    return ohm::fuzz::mutate_json(
        data, size, max, seed, [](std::uint8_t choice, ohm::Random& random) {
            const Case& chosen = case_of(choice);
            return ohm::wire::random_json(*chosen.type, random,
                                          {ohm::wire::Strictness::strict, chosen.custom_data});
        });
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    using ohm::wire::Strictness;
    const Case& chosen = case_of(data[0]);
    const std::string_view json = ohm::fuzz::as_text(data + 1, size - 1);
    const auto accepted_by = [&](Strictness strictness) {
        return ohm::fuzz::check_decoding(*chosen.type, {strictness, chosen.custom_data}, json);
    };
    const bool lenient = accepted_by(Strictness::lenient);
    ohm::fuzz::require(!accepted_by(Strictness::strict) || lenient);
    return 0;
}
