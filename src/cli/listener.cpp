#include "cli/listener.hpp"

#include <ostream>

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
        client_.connect(url_.endpoint, url_.path + tail_.target(), authorization_of(words_));
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
    const auto url = api_url(words);
    if (url) return Listener{words, *url, tail, terminal}.run();
    terminal.err << "ohmstead: " << url.error().detail << "\n";
    return not_understood;
}

}  // namespace ohm::cli
