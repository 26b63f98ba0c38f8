// Messages must not depend on how their bytes are cut, and must keep the bounds. The first byte
// chooses role and compression and seeds the cuts.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/limits.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "net/websocket.hpp"
#include "net/websocket_handshake.hpp"

namespace {

using namespace ohm::net::websocket;

constexpr std::size_t message_bytes = 40'000;

void check(const Event& event) {
    if (event.kind == Event::Kind::message) {
        if (event.payload.size() > message_bytes) std::abort();
        if (event.text && !ohm::is_utf8(event.payload)) std::abort();
    }
    if (event.kind == Event::Kind::ping && event.payload.size() > 125) std::abort();
    const bool failed_without_code =
        event.kind == Event::Kind::failed && !is_close_code(event.code);
    if (failed_without_code) std::abort();
}

std::string read_all(std::string_view bytes, const Reader::Rules& rules, ohm::Random* cuts,
                     ohm::net::Inflater& inflater) {
    Reader reader;
    std::string kept;
    std::string seen;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t size =
            cuts == nullptr ? bytes.size()
                            : std::min<std::size_t>(1 + cuts->below(40), bytes.size() - at);
        kept.append(bytes, at, size);
        at += size;
        std::span<char> input{kept};
        for (bool moved = true; moved;) {
            const std::size_t before = input.size();
            const Event event = reader.next(input, rules, inflater);
            check(event);
            if (event.kind == Event::Kind::failed)
                return seen + "!" + std::to_string(event.code) + std::string{event.detail};
            moved = event.kind != Event::Kind::need_more;
            if (moved && input.size() >= before) std::abort();
            if (moved)
                seen += std::to_string(static_cast<int>(event.kind)) + ":" +
                        std::to_string(event.code) + std::string{event.payload} + ";";
        }
        kept.erase(0, kept.size() - input.size());
    }
    return seen;
}

// What a deflater makes must be what an inflater reads.
void round_trip(std::string_view bytes, ohm::net::Inflater& inflater) {
    static ohm::net::Deflater deflater;
    const auto smaller = deflater.deflate(bytes, 15);
    if (!smaller) return;
    if (smaller->size() >= bytes.size()) std::abort();
    const auto result = inflater.inflate(*smaller, bytes.size());
    if (result == ohm::net::Inflater::Result::broken) std::abort();
    if (result == ohm::net::Inflater::Result::good && inflater.message() != bytes) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    static ohm::net::Inflater inflater;
    const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
    const Reader::Rules rules{.role = (data[0] & 1) != 0 ? Role::server : Role::client,
                              .deflate = (data[0] & 2) != 0,
                              .message_bytes = message_bytes};
    ohm::SeededRandom cuts{data[0]};
    if (read_all(bytes, rules, nullptr, inflater) != read_all(bytes, rules, &cuts, inflater))
        std::abort();
    round_trip(bytes, inflater);
    static_cast<void>(choose_deflate(bytes));
    static_cast<void>(read_deflate_answer(bytes));
    return 0;
}
