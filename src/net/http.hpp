// HTTP/1.1 as data (RFC 9112), and the strict parser that makes it. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ohm::net {

struct Header {
    std::string name;   // lower case
    std::string value;  // trimmed
};

struct Request {
    std::string method;
    std::string target;  // as sent, percent-encoded, with the query
    std::vector<Header> headers;
    std::string body;
    bool keep_alive = true;

    std::string_view header(std::string_view lower_case_name) const;  // "" where absent
    std::string_view path() const;   // target without query and fragment
    std::string_view query() const;  // without the `?`
};

struct Response {
    int status = 200;
    std::vector<Header> headers;  // Content-Length, Date and Connection are added by the server
    std::string body;
};

// Feeds on bytes in any chunking, and gives the same verdict for each. Refuses what smuggles or
// confuses: both Transfer-Encoding and Content-Length, obs-fold, bare LF, control characters,
// duplicate Host, Content-Length, Authorization, Upgrade or Sec-WebSocket-* (Protocol and
// Extensions may repeat and are joined with a comma).
class RequestParser {
public:
    struct Limits {
        std::size_t header_bytes;
        std::size_t body_bytes;
        bool stops_at_head = false;  // State::head where a body follows: stream() it, or feed on
    };
    enum class State : std::uint8_t { incomplete, head, complete, refused };

    explicit RequestParser(Limits limits) : limits_{limits} {}
    // Takes bytes off the front of `input`; what follows a complete request stays there.
    State feed(std::string_view& input);
    Request& request() { return request_; }  // when complete
    // After State::head: the body is not bounded, and each piece is taken from request().body.
    void stream() { streams_ = true; }
    int refusal_status() const { return status_; }  // when refused: 400, 413, 414, 431, 501, 505
    std::string_view refusal_detail() const { return detail_; }
    bool expects_continue() const {
        return expects_continue_;
    }  // headers complete, body awaited: send 100

    bool has_begun() const { return head_bytes_ > 0; }
    int minor_version() const { return minor_version_; }  // 0 or 1, once has_head()
    bool has_head() const { return part_ != Part::head; }

private:
    enum class Part : std::uint8_t { head, body, chunk_size, chunk_data, chunk_end, trailer, done };
    enum class Line : std::uint8_t { partial, whole, refused };
    State refuse(int status, std::string_view detail);
    Line take_line(std::string_view& input, bool in_head);
    void take_body(std::string_view& input);
    bool step(std::string_view& input);  // false: wants more bytes, is done or refused
    bool on_head_line();
    bool on_request_line();
    bool on_header_line();
    bool add_header(Header&& header);
    bool on_head_end();
    bool check_framing();
    bool on_chunk_size();

    Limits limits_;
    Part part_ = Part::head;
    std::string line_;
    std::size_t lines_ = 0;
    std::size_t head_bytes_ = 0;
    std::uint64_t awaited_ = 0;
    Request request_;
    int minor_version_ = 1;
    int status_ = 0;
    std::string_view detail_;
    bool carriage_return_ = false;
    bool expects_continue_ = false;
    bool at_head_ = false;
    bool streams_ = false;
};

std::string_view reason_phrase(int status);
// `a=1&b=%20`: decoded pairs in order; empty where the encoding is broken.
std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query);

}  // namespace ohm::net
