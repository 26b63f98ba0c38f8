// multipart/form-data (RFC 7578) that comes in pieces. Pure; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ohm::api::files {

// The boundary in a Content-Type; nothing where it is no form, or names none.
std::optional<std::string> boundary_of(std::string_view content_type);

class Multipart {
public:
    struct Part {
        std::string name, file_name, content_type;
    };
    class Taker {
    public:
        virtual ~Taker() = default;
        virtual void on_field(std::string_view name, std::string_view value) = 0;
        // A part with a file name: its content follows. False: it is not wanted.
        virtual bool on_file(const Part& part) = 0;
        virtual void on_file_bytes(std::string_view bytes) = 0;
    };

    Multipart(std::string_view boundary, Taker& taker);
    // False: broken; nothing more is taken.
    bool feed(std::string_view bytes);
    bool complete() const { return state_ == State::done; }

private:
    enum class State : std::uint8_t { preamble, boundary_end, head, body, done, broken };
    bool step();
    bool step_preamble();
    bool step_boundary_end();
    bool step_head();
    bool step_body();
    bool take_content(std::string_view content);
    bool break_off();

    const std::string delimiter_;  // "\r\n--boundary"
    Taker& taker_;
    std::string buffer_ = "\r\n";  // so that the first delimiter looks like the others
    State state_ = State::preamble;
    Part part_;
    bool is_file_ = false, is_wanted_ = false;
    std::string field_;
    std::size_t fields_ = 0;
};

}  // namespace ohm::api::files
