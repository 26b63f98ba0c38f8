// Where stations fetch firmware and send logs: nothing is shown but the token in the path.
#include "api/files/store.hpp"
#include "api/files/tables.hpp"
#include "api/files/urls.hpp"
#include "api/rest/file_handlers.hpp"
#include "api/rest/file_receiver.hpp"
#include "api/rest/file_sender.hpp"
#include "api/tables.hpp"
#include "base/limits.hpp"
#include "base/limits_files.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

using files::Order;

Problem nothing_there() { return {.code = "not_found", .detail = "There is nothing at this URL."}; }
Problem over() { return {.code = "url_expired", .detail = "What this URL was made for is over."}; }
void refuse(const SharedExchange& exchange, Service& service, const Problem& problem) {
    service.answer(exchange, problem_answer(*exchange, problem));
}

// ---- firmware ----

struct Found {
    std::optional<Order> order;
    std::optional<files::StoredFile> file;
    std::string name;
};

void find_download(store::Sql& sql, const std::string& token, Found& found) {
    found.order = files::find_order(sql, "download", token);
    if (!found.order || !found.order->image) return;
    found.file = files::find_stored(sql, *found.order->image);
    const auto rows = sql.query("select file_name from firmware_images where id = $1",
                                {store::Bytes{found.order->image->bytes()}});
    if (!rows.empty()) found.name = store::as_text(rows[0][0]);
}

void write_later(const Parts& parts, std::function<void(store::Sql&)> work) {
    parts.writers.read(
        [work = std::move(work)](ReadSources& sources) {
            work(sources.sql);
            return net::Response{};
        },
        [](net::Response&&) {});
}

void send_firmware(const SharedExchange& exchange, Service& service, const Found& found) {
    const Parts& parts = service.parts();
    const Order& order = *found.order;
    if (exchange->request.method != "HEAD")
        write_later(parts, [command = order.command, now = parts.clock.utc()](store::Sql& sql) {
            files::count_download(sql, command, now);
        });
    send_file(exchange, service,
              {.id = *order.image,
               .file = *found.file,
               .name = files::safe_name(found.name, "firmware.bin"),
               .note = [&parts, command = order.command](std::int64_t bytes) {
                   write_later(parts, [command, bytes, now = parts.clock.utc()](store::Sql& sql) {
                       files::add_bytes_sent(sql, command, bytes, now);
                   });
               }});
}

// ---- logs ----

std::string name_behind_token(const Exchange& exchange) {
    const std::string& rest = exchange.path_value(1);
    const std::string_view last = std::string_view{rest}.substr(rest.find_last_of('/') + 1);
    return to_storable(percent_decode(last).value_or(""), limits::file_name_bytes);
}

struct Admitted {
    std::optional<Problem> problem;
    Order order;
};

// On the writer's thread: whether this upload may begin; then it has begun.
void admit(store::Sql& sql, const Exchange& exchange, const files::NewFile& file,
           const files::Quota& quota, Utc now, Admitted& out) {
    out.problem.reset();
    const auto order = files::find_order(sql, "upload", exchange.path_value(0));
    if (!order) return void(out.problem = nothing_there());
    out.order = *order;
    if (order->expires_at < micros(now)) return void(out.problem = over());
    files::NewFile wanted = file;
    wanted.station_no = order->station_no;
    const std::int64_t bytes = first_reservation(exchange.request);
    out.problem = problem_of(files::room_for(sql, wanted, bytes, quota));
    if (out.problem) return;
    if (!files::claim(sql, order->command, file.id))
        return void(out.problem =
                        Problem{.code = "url_used", .detail = "A file has been sent to this URL."});
    files::open_file(sql, wanted, bytes, now);
}

constexpr int arrival_attempts = 12;
constexpr seconds arrival_interval{5};

// The owner of the station waits for the file's arrival; it may be moving just now.
void tell_owner(const Parts& parts, Micros deadline, const Order& order, int attempts) {
    bus::OperatorBody body;
    body.operation = operation::file_arrived;
    body.id = order.station_id;
    body.parameters = wire::encode(CommandWritten{order.command.text(), false});
    body.requested_by = "files";
    body.deadline_at = micros(parts.clock.utc()) + deadline.count();
    parts.operations.submit(
        std::move(body), [&parts, deadline, order, attempts](OperationAnswer&& answer) {
            if (answer.status < 500) return;
            if (attempts <= 1)
                return log::warn("file_arrival_untold", {{"station", order.station_id}});
            parts.loop.after(arrival_interval, [&parts, deadline, order, attempts] {
                tell_owner(parts, deadline, order, attempts - 1);
            });
        });
}

store::Value shown_text(const std::string& text) {
    return tables::text_or_null(to_storable(text, limits::file_name_bytes));
}

void receive_log(const SharedExchange& exchange, Service& service, const files::NewFile& file,
                 const files::Quota& quota, const Order& order) {
    Receiving receiving{.file = file, .quota = quota};
    receiving.file.station_no = order.station_no;
    receiving.reserved = first_reservation(exchange->request);
    receiving.file_name = name_behind_token(*exchange);
    receiving.finish = [order, now = service.parts().clock.utc()](
                           store::Sql&, const ReceivedFile& got,
                           store::Unit& unit) -> std::optional<Problem> {
        unit.add(tables::file_order_received,
                 {tables::bytes(order.command), std::string{"received"}, tables::bytes(got.file.id),
                  shown_text(got.file_name), shown_text(got.content_type), got.bytes, micros(now)});
        return std::nullopt;
    };
    receiving.undo = [order, id = file.id](store::Sql& sql) {
        files::release(sql, order.command, id);
    };
    receiving.done = [exchange, &service, order](const ReceivedFile& got) {
        log::info("log_received",
                  {{"station", order.station_id}, {"bytes", got.bytes}, {"type", order.type}});
        tell_owner(service.parts(), service.settings().operation_deadline, order, arrival_attempts);
        service.answer(exchange, {.status = 200,
                                  .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
                                  .body = "stored\n"});
    };
    receive_file(exchange, service, std::move(receiving));
}

}  // namespace

void fetch_file(const SharedExchange& exchange, Service& service) {
    const auto found = std::make_shared<Found>();
    service.prepare(
        exchange,
        [found](const Exchange& asked, ReadSources& sources) {
            find_download(sources.sql, asked.path_value(0), *found);
        },
        [exchange, &service, found] {
            if (!found->order) return refuse(exchange, service, nothing_there());
            const bool late = found->order->expires_at < micros(service.parts().clock.utc());
            if (late || found->order->is_over) return refuse(exchange, service, over());
            if (!found->file) return refuse(exchange, service, nothing_there());
            send_firmware(exchange, service, *found);
        });
}

void take_file(const SharedExchange& exchange, Service& service) {
    const FileLimits& limits = service.settings().files;
    const files::Quota quota{limits.file_bytes, limits.station_bytes, limits.total_bytes};
    if (!exchange->request.header("content-range").empty())
        return refuse(exchange, service,
                      bad_header("Content-Range", "is not taken: a file comes whole"));
    if (first_reservation(exchange->request) > quota.file_bytes)
        return refuse(
            exchange, service,
            {.code = "payload_too_large",
             .detail = "A file may have " + std::to_string(quota.file_bytes) + " bytes."});
    const files::NewFile file{.id = service.new_id(), .kind = "log"};
    const auto admitted = std::make_shared<Admitted>();
    service.write_then(
        exchange,
        [exchange, file, quota, admitted, now = service.parts().clock.utc()](ReadSources& sources) {
            admit(sources.sql, *exchange, file, quota, now, *admitted);
        },
        [exchange, &service, file, quota, admitted] {
            if (admitted->problem) return refuse(exchange, service, *admitted->problem);
            receive_log(exchange, service, file, quota, admitted->order);
        });
}

}  // namespace ohm::api::rest
