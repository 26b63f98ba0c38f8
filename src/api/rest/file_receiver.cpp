#include "api/rest/file_receiver.hpp"

#include <algorithm>

#include "api/files/tables.hpp"
#include "base/limits.hpp"
#include "base/limits_files.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

bool has_body(const net::Request& request) {
    return !request.header("transfer-encoding").empty() ||
           parse_int(request.header("content-length")).value_or(0) > 0;
}

class Receiver final : public Transfer,
                       public std::enable_shared_from_this<Receiver>,
                       private files::Multipart::Taker {
public:
    Receiver(SharedExchange exchange, Service& service, Receiving&& receiving)
        : Transfer{true},
          exchange_{std::move(exchange)},
          service_{service},
          receiving_{std::move(receiving)},
          reserved_{receiving_.reserved} {
        received_.file = receiving_.file;
        received_.file_name = receiving_.file_name;
        received_.content_type = media_type(exchange_->request);
    }

    void start() {
        const auto boundary = files::boundary_of(exchange_->request.header("content-type"));
        files::Multipart::Taker& taker = *this;
        if (boundary) form_.emplace(*boundary, taker);
        received_.has_file = !boundary;
        if (receiving_.needs_form && !boundary)
            return fail({.code = "unsupported_media_type",
                         .detail = "The Content-Type must be multipart/form-data."});
        if (!has_body(exchange_->request)) return on_body("", true);
        read(true);
    }

    void on_body(std::string&& piece, bool last) override {
        if (over_) return;
        ended_ = last;
        if (!form_)
            take(piece);
        else if (!form_->feed(piece) || (last && !form_->complete()))
            return fail({.code = "validation_failed", .detail = "The form is broken."});
        if (last && !received_.has_file)
            return fail(
                {.code = "validation_failed", .detail = "The form has no part with a file name."});
        if (received_.bytes > receiving_.quota.file_bytes)
            return fail({.code = "payload_too_large",
                         .detail = "A file may have " +
                                   std::to_string(receiving_.quota.file_bytes) + " bytes."});
        pump();
    }

    void on_gone() override {
        // One that is complete is kept: its sender did not wait for our word.
        if (finishing_ || std::exchange(over_, true)) return;
        if (!writing_) clean_up();
    }

private:
    // ---- Multipart::Taker ----

    void on_field(std::string_view name, std::string_view value) override {
        received_.fields[std::string{name}] = value;
    }
    bool on_file(const files::Multipart::Part& part) override {
        if (std::exchange(received_.has_file, true)) return false;  // one is enough
        if (!part.file_name.empty()) received_.file_name = part.file_name;
        received_.content_type = part.content_type;
        return true;
    }
    void on_file_bytes(std::string_view bytes) override { take(bytes); }

    // ---- to the database ----

    void take(std::string_view bytes) {
        received_.bytes += static_cast<std::int64_t>(bytes.size());
        digest_.take(bytes);
        buffer_ += bytes;
    }

    void pump() {
        const bool full = buffer_.size() >= limits::file_chunk_bytes;
        if (writing_ && full) read(false);
        if (writing_ || over_) return;
        if (full || (ended_ && !buffer_.empty())) return write();
        if (ended_) return finish();
        read(true);
    }

    void read(bool on) {
        if (ended_ || std::exchange(reading_, on) == on) return;
        exchange_->server->read(exchange_->socket, on);
    }

    void write() {
        writing_ = true;
        if (buffer_.size() > limits::file_chunk_bytes) read(false);
        const auto chunk =
            std::make_shared<std::string>(buffer_.substr(0, limits::file_chunk_bytes));
        buffer_.erase(0, limits::file_chunk_bytes);
        written_ += static_cast<std::int64_t>(chunk->size());
        const bool grows = written_ > reserved_;
        const auto ahead =
            std::min(written_ + limits::file_reserve_bytes, receiving_.quota.file_bytes);
        const auto grown = std::make_shared<Grown>(Grown{.bytes = grows ? ahead : reserved_});
        run(
            [self = shared_from_this(), chunk, grown, grows, written = written_, seq = seq_++,
             now = service_.parts().clock.utc()](store::Sql& sql) {
                if (grows) self->grow(sql, written, *grown);
                if (grown->room != files::Room::yes) return true;
                return files::write_chunk(sql, self->receiving_.file.id, seq, *chunk, now);
            },
            [self = shared_from_this(), grown] {
                if (const auto problem = problem_of(grown->room)) return self->fail(*problem);
                self->reserved_ = grown->bytes;
                self->pump();
            });
    }

    struct Grown {
        files::Room room = files::Room::yes;
        std::int64_t bytes = 0;
    };
    // A portion ahead; where that does not fit, what is there. On the writer's thread.
    void grow(store::Sql& sql, std::int64_t written, Grown& grown) const {
        for (const std::int64_t bytes : {grown.bytes, written}) {
            grown.bytes = bytes;
            grown.room = files::room_for(sql, receiving_.file, bytes, receiving_.quota);
            if (grown.room == files::Room::yes)
                return files::reserve(sql, receiving_.file.id, bytes);
        }
    }

    void finish() {
        writing_ = finishing_ = true;
        net::FileDigest::Sums sums = digest_.finish();
        received_.sha256 = std::move(sums.sha256);
        received_.md5 = std::move(sums.md5);
        const auto problem = std::make_shared<std::optional<Problem>>();
        run(
            [self = shared_from_this(), problem,
             now = service_.parts().clock.utc()](store::Sql& sql) {
                const ReceivedFile& file = self->received_;
                store::Unit unit;
                *problem = self->receiving_.finish(sql, file, unit);
                if (*problem) return true;
                unit.add(tables::file_stored,
                         {store::Bytes{file.file.id.bytes()}, std::string{"stored"}, file.bytes,
                          to_hex(file.sha256), to_hex(file.md5), micros(now)});
                sql.commit(unit, {});
                return true;
            },
            [self = shared_from_this(), problem] {
                if (*problem) return self->fail(**problem);
                self->over_ = true;
                self->receiving_.done(self->received_);
            });
    }

    // On the writer's thread, then on the loop. False of the work: the file is no longer there.
    void run(std::function<bool(store::Sql&)> work, std::function<void()> then) {
        service_.parts().writers.read(
            [work = std::move(work)](ReadSources& sources) {
                return net::Response{.status = work(sources.sql) ? 200 : 410};
            },
            [self = shared_from_this(), then = std::move(then)](net::Response&& response) {
                self->writing_ = false;
                if (self->over_) return self->clean_up();  // its sender has gone meanwhile
                if (response.status == 200) return then();
                self->fail(
                    {.code = "database_unavailable", .detail = "The file cannot be stored now."});
            });
    }

    void fail(const Problem& problem) {
        if (std::exchange(over_, true)) return;
        const auto self = shared_from_this();  // the answer ends what keeps this
        service_.answer(exchange_, problem_answer(*exchange_, problem));
        clean_up();
    }

    void clean_up() {
        service_.parts().writers.read(
            [self = shared_from_this()](ReadSources& sources) {
                files::drop_file(sources.sql, self->receiving_.file.id);
                if (self->receiving_.undo) self->receiving_.undo(sources.sql);
                return net::Response{};
            },
            [](net::Response&&) {});  // what is left over is the keeper's
    }

    const SharedExchange exchange_;
    Service& service_;
    const Receiving receiving_;
    ReceivedFile received_;
    std::optional<files::Multipart> form_;
    net::FileDigest digest_;
    std::string buffer_;
    std::int64_t seq_ = 0, written_ = 0, reserved_ = 0;
    bool reading_ = false, writing_ = false, ended_ = false, finishing_ = false, over_ = false;
};

}  // namespace

std::int64_t first_reservation(const net::Request& request) {
    if (!request.header("transfer-encoding").empty()) return 0;
    return parse_int(request.header("content-length")).value_or(0);
}

std::optional<Problem> problem_of(files::Room room) {
    if (room == files::Room::yes) return std::nullopt;
    return Problem{.code = "quota_exceeded",
                   .detail = room == files::Room::all_full
                                 ? "All files together would take more than they may."
                                 : "The files of this station would take more than they may."};
}

void receive_file(const SharedExchange& exchange, Service& service, Receiving&& receiving) {
    const auto receiver = std::make_shared<Receiver>(exchange, service, std::move(receiving));
    if (service.keep(exchange, receiver)) return receiver->start();
    receiver->on_gone();
}

}  // namespace ohm::api::rest
