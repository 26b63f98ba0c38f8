// Batches and bodies of the bus from arbitrary bytes: what is read packs into what reads the same.
// The first byte chooses the struct.
#include <array>

#include "bus/envelope.hpp"
#include "declared.hpp"

namespace {

using namespace ohm::bus;

template <class... Structs>
constexpr std::array<const ohm::wire::Type*, sizeof...(Structs)> types_of{
    &ohm::wire::type_of<Structs>...};
constexpr auto types = types_of<UpBatch, DownBatch, Envelope, ConnectBody, ClosedBody, RefusedBody,
                                AnswerBody, CommandNews, SeenBody, WorkerUpBody, WorkerBeatBody,
                                OperatorBody, OperatorAnswerBody, SelfBeatBody, ChangedBody,
                                AcceptBody, RefuseBody, CommandBody, KickBody, BeatBody, DrainBody>;

const ohm::wire::Type& type_of_choice(std::uint8_t choice) { return *types[choice % types.size()]; }

std::string random_bytes(std::uint8_t choice, ohm::Random& random) {
    const ohm::wire::Type& type = type_of_choice(choice);
    const ohm::wire::Rules rules{ohm::wire::Strictness::strict};
    const auto value = type.make();
    ohm::wire::Decoder decoder;
    const std::string json = ohm::wire::random_json(type, random, rules);
    ohm::fuzz::require(!decoder.decode(json, type, value.get(), rules, nullptr));
    std::string packed;
    ohm::wire::pack(packed, type, value.get());
    return packed;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max, unsigned seed) {
    return ohm::fuzz::mutate(data, size, max, seed, random_bytes);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    ohm::fuzz::check_binary(type_of_choice(data[0]), ohm::fuzz::as_text(data + 1, size - 1));
    return 0;
}
