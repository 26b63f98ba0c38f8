// Payloads of declared OCPP messages: what is accepted is encoded into what is accepted again. The
// first byte chooses version, action, direction and strictness.
#include <vector>

#include "declared.hpp"
#include "ocpp/action.hpp"

namespace {

struct Case {
    const ohm::wire::Type* type;
    ohm::wire::Rules rules;
};

const std::vector<Case>& cases() {
    using ohm::ocpp::Version;
    using ohm::wire::Strictness;
    static const std::vector<Case> all = [] {
        std::vector<Case> out;
        for (const Version version : {Version::v16, Version::v201})
            for (const auto& info : ohm::ocpp::declared_actions(version))
                for (const auto strictness : {Strictness::strict, Strictness::lenient})
                    for (const auto* type : {info.request, info.response})
                        out.push_back({type, {strictness, version == Version::v201}});
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
            return ohm::wire::random_json(*chosen.type, random, chosen.rules);
        });
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const Case& chosen = case_of(data[0]);
    ohm::fuzz::check_decoding(*chosen.type, chosen.rules, ohm::fuzz::as_text(data + 1, size - 1));
    return 0;
}
