#include "api/operations.hpp"
#include "api/shard_state.hpp"
#include "base/text.hpp"

namespace ohm::api {
namespace {

constexpr std::size_t logged_word_max = 300;

}  // namespace

void Work::send(const Holder& to, bus::Envelope&& envelope_out) {
    const auto worker = shard.workers.find(to.worker);
    if (worker == shard.workers.end() || worker->second.incarnation != to.incarnation)
        return;  // its sockets are gone
    batch.by_queue[worker->second.queue].push_back(std::move(envelope_out));
}

void Work::reply_to_sender(bus::Envelope&& envelope_out) {
    if (!item.sender) return;
    const auto worker = shard.workers.find(item.sender->name);
    const bool known = worker != shard.workers.end() &&
                       worker->second.incarnation == item.sender->incarnation &&
                       worker->second.n >= item.sender->n;
    batch.by_queue[known ? worker->second.queue : item.sender->reply_queue].push_back(
        std::move(envelope_out));
}

void Work::answer(int status, std::string body) {
    const auto asked = bus::body_of<bus::OperatorBody>(envelope);
    if (!asked) return;
    OperatorAnswer out;
    out.reply_queue = asked->reply_queue;
    out.body.request = asked->request;
    out.body.status = static_cast<std::uint64_t>(status);
    out.body.body = std::move(body);
    batch.answers.push_back(std::move(out));
}

void Work::refuse(int status, std::string_view code, std::string detail, std::string pointer) {
    answer(status, wire::encode(
                       OperationRefused{std::string{code}, std::move(detail), std::move(pointer)}));
}

bool Work::logs(const Station& station, bool is_error) const {
    const LogLevel level = station.log_level.value_or(shard.options.log_level);
    return level == LogLevel::all || (level == LogLevel::errors && is_error);
}

void Work::log(const Station& station, store::LoggedFrame&& frame, bool is_error) {
    if (!logs(station, is_error)) return;
    frame.station = station.no;
    frame.message_id = to_storable(frame.message_id, logged_word_max);
    frame.action = to_storable(frame.action, logged_word_max);
    batch.frames.push_back(std::move(frame));
}

}  // namespace ohm::api
