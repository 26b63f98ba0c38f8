// The verdict on a request must not depend on how its bytes are cut. The first byte seeds the cuts.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/random.hpp"
#include "net/http.hpp"

namespace {

using ohm::net::RequestParser;

struct Verdict {
    RequestParser::State state;
    int status;
    std::size_t taken;
    std::string shown;
    friend bool operator==(const Verdict&, const Verdict&) = default;
};

Verdict parse(std::string_view bytes, ohm::Random* cuts) {
    RequestParser parser{{.header_bytes = 400, .body_bytes = 200}};
    auto state = RequestParser::State::incomplete;
    std::size_t at = 0;
    while (at < bytes.size() && state == RequestParser::State::incomplete) {
        const std::size_t size = cuts == nullptr
                                     ? bytes.size()
                                     : std::min<std::size_t>(1 + cuts->below(9), bytes.size() - at);
        std::string_view piece = bytes.substr(at, size);
        state = parser.feed(piece);
        at += size - piece.size();
    }
    Verdict verdict{state, parser.refusal_status(), at, std::string{parser.refusal_detail()}};
    // What was taken of a refused request is of no meaning.
    if (state == RequestParser::State::refused) verdict.taken = 0;
    if (state != RequestParser::State::complete) return verdict;
    const ohm::net::Request& request = parser.request();
    verdict.shown = request.method + request.target + request.body;
    for (const auto& header : request.headers) verdict.shown += header.name + header.value;
    if (request.body.size() > 200) std::abort();
    static_cast<void>(request.path());
    static_cast<void>(ohm::net::parse_query(request.query()));
    return verdict;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
    ohm::SeededRandom cuts{data[0]};
    if (parse(bytes, nullptr) != parse(bytes, &cuts)) std::abort();
    return 0;
}
