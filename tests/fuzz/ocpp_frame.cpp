// Frames of arbitrary text: what is read of a head can be written into an answer and into a CALL
// that reads the same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/text.hpp"
#include "ocpp/frame.hpp"
#include "wire/codec.hpp"

namespace {

using namespace ohm::ocpp;

void require(bool condition) {
    if (!condition) std::abort();
}

// JSON's grammar knows neither lone surrogates nor numbers that are too large; simdjson does, and
// ids are echoed as they came. So the former become a letter, and the latter are zero.
std::string representable(std::string_view raw_id) {
    if (raw_id.front() != '"') {
        require(raw_id.find_first_not_of("-+.eE0123456789") == std::string_view::npos);
        return "0";
    }
    std::string out{raw_id};
    for (std::size_t at = out.find('\\'); at < out.size(); at = out.find('\\', at + 2)) {
        const bool may_be_lone = out[at + 1] == 'u' && (out[at + 2] == 'd' || out[at + 2] == 'D');
        if (may_be_lone) out.replace(at + 2, 4, "0041");
    }
    return out;
}

void check_answers(const Head& head) {
    const std::string raw_id = representable(head.raw_id);
    const auto is_json = [](const std::string& frame) {
        return ohm::wire::minify(frame).has_value();
    };
    require(is_json(call_result(raw_id, "{}")));
    require(is_json(call_error(raw_id, "GenericError", head.rest)));
    require(is_json(heartbeat_result(raw_id, "2026-01-01T00:00:00Z")));
    const std::string answer = call_result(head.raw_id, "{}");
    const Head read = read_head(answer);
    require(read.type == FrameType::call_result && read.raw_id == head.raw_id);
    require(read.id == head.id && read.rest == "{}");
}

void check_call(const Head& head) {
    require(ohm::is_utf8(head.id) && ohm::is_utf8(head.action));
    const std::string frame = call(head.id, head.action, "{}");
    require(ohm::wire::minify(frame).has_value());
    const Head read = read_head(frame);
    require(read.type == FrameType::call && read.id == head.id);
    require(read.action == head.action && read.rest == "{}");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view frame{reinterpret_cast<const char*>(data), size};
    const Head head = read_head(frame);
    require(head.type != FrameType::call || !head.rest.empty());
    require(head.type == FrameType::unreadable || head.type == FrameType::unknown_type ||
            !head.raw_id.empty());
    if (!head.raw_id.empty()) check_answers(head);
    check_call(head);
    return 0;
}
