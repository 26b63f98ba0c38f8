#include "api/rest/file_sender.hpp"

#include <memory>

#include "api/files/range.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::int64_t noted_every_bytes = 4 * 1024 * 1024;

class Sender final : public Transfer, public std::enable_shared_from_this<Sender> {
public:
    Sender(SharedExchange exchange, Service& service, Sending&& sending, const files::Range& range)
        : Transfer{false},
          exchange_{std::move(exchange)},
          service_{service},
          sending_{std::move(sending)},
          next_{range.first},
          end_{range.first + range.count} {}

    void on_drained() override {
        if (std::exchange(reading_, true)) return;
        const std::int64_t seq = next_ / sending_.file.chunk_bytes;
        service_.parts().readers.read(
            [id = sending_.id, seq](ReadSources& sources) {
                auto chunk = files::read_chunk(sources.sql, id, seq);
                if (!chunk) return net::Response{.status = 404};
                return net::Response{.body = std::move(*chunk)};
            },
            [self = shared_from_this()](net::Response&& response) {
                self->reading_ = false;
                self->send(response);
            });
    }

    void on_gone() override {
        gone_ = true;
        note();
    }

private:
    // A length was promised: where it cannot be kept, the connection ends.
    void send(const net::Response& response) {
        if (gone_) return;
        const auto from = static_cast<std::size_t>(next_ % sending_.file.chunk_bytes);
        if (response.status != 200 || response.body.size() <= from) {
            log::warn("file_cut_off", {{"file", sending_.id.text()}, {"at", next_}});
            return exchange_->server->reset(exchange_->socket);
        }
        const auto left = static_cast<std::size_t>(end_ - next_);
        const std::string_view piece = std::string_view{response.body}.substr(from, left);
        next_ += static_cast<std::int64_t>(piece.size());
        unnoted_ += static_cast<std::int64_t>(piece.size());
        const bool last = next_ == end_;
        if (last || unnoted_ >= noted_every_bytes) note();
        if (last) service_.forget(exchange_);
        exchange_->server->send_body(exchange_->socket, piece);
    }

    void note() {
        const std::int64_t bytes = std::exchange(unnoted_, 0);
        if (sending_.note && bytes > 0) sending_.note(bytes);
    }

    const SharedExchange exchange_;
    Service& service_;
    const Sending sending_;
    std::int64_t next_, end_, unnoted_ = 0;
    bool reading_ = false, gone_ = false;
};

// Of a file that does not change under its id.
std::string etag_of(const files::StoredFile& file) { return '"' + file.sha256 + '"'; }

files::Range wanted_range(const net::Request& request, const files::StoredFile& file) {
    const std::string_view condition = request.header("if-range");
    if (!condition.empty() && condition != etag_of(file)) return files::read_range("", file.bytes);
    return files::read_range(request.header("range"), file.bytes);
}

}  // namespace

void send_file(const SharedExchange& exchange, Service& service, Sending&& sending) {
    const files::StoredFile& file = sending.file;
    const files::Range range = wanted_range(exchange->request, file);
    const std::string all = std::to_string(file.bytes);
    net::Response head;
    head.headers = {{"Content-Type", "application/octet-stream"},
                    {"Content-Disposition", "attachment; filename=\"" + sending.name + "\""},
                    {"Content-Security-Policy", "default-src 'none'; sandbox"},
                    {"Accept-Ranges", "bytes"},
                    {"ETag", etag_of(file)}};
    if (range.kind == files::Range::Kind::not_there) {
        head.status = 416;
        head.headers.push_back({"Content-Range", "bytes */" + all});
        return service.answer(exchange, std::move(head));
    }
    if (range.kind == files::Range::Kind::part) {
        head.status = 206;
        head.headers.push_back({"Content-Range", "bytes " + std::to_string(range.first) + "-" +
                                                     std::to_string(range.first + range.count - 1) +
                                                     "/" + all});
    }
    const auto sender = std::make_shared<Sender>(exchange, service, std::move(sending), range);
    const bool sends = exchange->request.method != "HEAD" && range.count > 0;
    if (sends && !service.keep(exchange, sender)) return;
    service.begin(exchange, std::move(head), static_cast<std::uint64_t>(range.count));
}

}  // namespace ohm::api::rest
