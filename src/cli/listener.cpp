#include "cli/listener.hpp"

#include <ostream>

#include "net/url.hpp"

namespace ohm::cli {
namespace {

constexpr std::size_t message_bytes = 1024 * 1024;
constexpr int not_understood = 2;

class Listener final : net::WebSocketClient::Owner {
public:
    Listener(const Words& words, const net::Url& url, Tail& tail, const Terminal& terminal)
        : words_{words}, url_{url}, tail_{tail}, terminal_{terminal} {}

    int run() {
        connect();
        while (!code_ && !tail_.has_enough() && terminal_.goes_on()) {
            loop_.turn(milliseconds{100});
            terminal_.out.flush();
            if (!terminal_.out) return 0;  // nobody reads any more
        }
        return code_.value_or(0);
    }

private:
    void connect() {
        const std::string key = key_of(words_);
        std::vector<net::Header> headers;
        if (!key.empty()) headers.push_back({"Authorization", "Bearer " + key});
        client_.connect(url_.endpoint, url_.path + std::string{api_base} + tail_.target(), headers);
    }
    void say(const std::string& sentence) const {
        if (!sentence.empty()) terminal_.err << "ohmstead: " << sentence << "\n";
    }
    void again(int status) {
        code_ = tail_.on_end(status);
        if (code_) return;
        loop_.after(tail_.next_wait(), [this] { connect(); });
    }
    void on_open(net::SocketId, std::string_view) override {}
    void on_refused(net::SocketId, int status, std::string_view detail) override {
        if (!tail_.was_connected() || status != 0)
            say(words_.url + ": " + (status ? "status " + std::to_string(status) : std::string{}) +
                std::string{detail});
        again(status);
    }
    void on_message(net::SocketId, std::string_view text) override {
        if (tail_.has_enough()) return;
        const Tail::Heard heard = tail_.on_message(text);
        say(heard.sentence);
        if (!heard.line.empty()) terminal_.out << heard.line << "\n";
    }
    void on_closed(net::SocketId, const net::Closed&) override {
        if (!tail_.has_enough()) again(0);
    }

    const Words& words_;
    const net::Url& url_;
    Tail& tail_;
    const Terminal& terminal_;
    const SystemClock clock_;
    net::Loop loop_{clock_};
    net::WebSocketClient client_{loop_, *this, {.message_bytes = message_bytes, .deflate = true}};
    std::optional<int> code_;
};

}  // namespace

int listen_to_api(const Words& words, Tail& tail, const Terminal& terminal) {
    net::Url url = net::parse_url(words.url, "http", "https");
    if (url.endpoint.host.empty()) {
        terminal.err << "ohmstead: no http:// or https:// URL: " << words.url << "\n";
        return not_understood;
    }
    url.endpoint.ca_file = words.ca_file;
    while (url.path.ends_with('/')) url.path.pop_back();
    return Listener{words, url, tail, terminal}.run();
}

}  // namespace ohm::cli
