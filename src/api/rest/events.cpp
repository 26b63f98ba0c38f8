// Events over REST: pages of what is stored, and followers of what comes.
#include "api/events/hub.hpp"
#include "api/events/types.hpp"
#include "api/rest/event_handlers.hpp"
#include "api/rest/service.hpp"
#include "api/rest/station_rows.hpp"
#include "base/limits_events.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

struct Wish {
    events::Filter filter;
    std::optional<events::Position> after;
};

// `station` is how it was called first.
Wanted<std::optional<std::string_view>> station_asked(const Exchange& exchange) {
    const auto id = exchange.asked("station_id"), station = exchange.asked("station");
    if (id && station) return refused(bad_parameter("station", "is the same as station_id"));
    return id ? id : station;
}

Wanted<Wish> read_wish(const Exchange& exchange, std::optional<std::string_view> after) {
    Wish wish;
    const auto names = comma_list(exchange.asked("types").value_or(""));
    if (names.size() > limits::event_filter_types)
        return refused(bad_parameter("types", "names too many types"));
    if (const auto unknown = events::read_types(names, wish.filter))
        return refused(bad_parameter("types", "has `" + *unknown + "`, which is no event's name"));
    const auto station = station_asked(exchange);
    if (!station) return refused(Problem{station.error()});
    if (*station) {
        const auto key = fold(**station);
        if (!key || key->empty()) return refused(bad_parameter("station_id", "is no identity"));
        wish.filter.station_key = *key;
    }
    if (!after || after->empty()) return wish;
    wish.after = events::read_position(*after, exchange.settings->partition_count);
    if (!wish.after)
        return refused(bad_parameter("after", "is no `sequence` that this server gave out"));
    return wish;
}

Problem expired() {
    return {.code = "events_expired",
            .detail = "The place in `after` is not among the events that are kept."};
}

bool is_kept(store::Sql& sql, const events::Position& place) {
    const events::Position first = events::oldest(sql, place.next.size());
    const events::Position last = events::newest(sql, place.next.size());
    for (std::size_t i = 0; i < place.next.size(); ++i)
        if (place.next[i] < first.next[i] || place.next[i] > last.next[i]) return false;
    return true;
}

// Events between that nobody asked for are passed over, so a page may need several looks.
net::Response page_of(const Exchange& exchange, store::Sql& sql, const Wish& wish,
                      std::size_t limit) {
    constexpr int looks_max = 20;
    thread_local wire::Decoder decoder;
    events::Position place =
        wish.after ? *wish.after : events::oldest(sql, exchange.settings->partition_count);
    if (wish.after && !is_kept(sql, place)) return problem_answer(exchange, expired());
    std::string items;
    std::size_t count = 0;
    bool more = true;
    for (int i = 0; i < looks_max && more && count < limit; ++i) {
        const events::Page page = events::read_page(sql, decoder, place, limit);
        if (page.expired) return problem_answer(exchange, expired());
        more = page.more;
        for (const events::Event& event : page.events) {
            if (count == limit) more = true;
            if (count == limit) break;
            place.next[event.partition.value] = event.n + 1;
            if (!events::matches(wish.filter, event)) continue;
            items += (count++ > 0 ? "," : "") + events::envelope_of(event, events::text_of(place));
        }
    }
    const std::string sequence = "\"" + events::text_of(place) + "\"";
    return json_answer(200, R"({"data":[)" + items + R"(],"next_cursor":)" +
                                (more ? sequence : "null") + R"(,"sequence":)" + sequence + "}");
}

}  // namespace

net::Response list_stored_events(const Exchange& exchange, ReadSources& sources) {
    const auto limit = integer_parameter(exchange, "limit", 1, limits::page_max);
    if (!limit) return problem_answer(exchange, limit.error());
    const auto cursor = exchange.asked("cursor");
    const auto wish = read_wish(exchange, cursor ? cursor : exchange.asked("after"));
    if (!wish) return problem_answer(exchange, wish.error());
    const auto most = limit->value_or(static_cast<std::int64_t>(limits::page_default));
    return page_of(exchange, sources.sql, *wish, static_cast<std::size_t>(most));
}

net::Response list_event_types(const Exchange& exchange, Service&) {
    ListAnswer list;
    for (const events::EventType& type : events::event_types()) {
        EventTypeShown shown{.type = std::string{type.name}, .meaning = std::string{type.meaning}};
        wire::describe(shown.schema.json, *type.data, {wire::Strictness::strict});
        shown.example.json = type.example;
        list.items.push_back(wire::encode(shown));
    }
    return list_answer(exchange, list);
}

void follow_events(const SharedExchange& exchange, Service& service) {
    const auto wish = read_wish(*exchange, exchange->asked("after"));
    if (!wish) return service.answer(exchange, problem_answer(*exchange, wish.error()));
    service.follow({.server = exchange->server,
                    .socket = exchange->socket,
                    .form = events::Form::websocket,
                    .filter = wish->filter,
                    .after = wish->after,
                    .key_digest = exchange->credential,
                    .address = exchange->address,
                    .hides_tokens = !exchange->caller.may("tokens:read")});
}

// Of one station: those of a whole fleet are more than anybody reads.
void follow_messages(const SharedExchange& exchange, Service& service) {
    const auto asked = station_asked(*exchange);
    if (!asked) return service.answer(exchange, problem_answer(*exchange, asked.error()));
    const auto wanted = *asked;
    if (!wanted)
        return service.answer(exchange,
                              problem_answer(*exchange, bad_parameter("station_id", "is missing")));
    const auto found = std::make_shared<std::optional<StationRead>>();  // the reader's, then ours
    service.prepare(
        exchange,
        [found, id = std::string{*wanted}](const Exchange&, ReadSources& sources) {
            *found = find_station(sources.sql, id);
        },
        [found, exchange, &service, id = std::string{*wanted}] {
            if (!*found)
                return service.answer(exchange,
                                      problem_answer(*exchange, not_found("station", id)));
            service.watch_messages(*exchange, {(*found)->station_no}, (*found)->shown.id);
        });
}

// The browser's own word for where it was comes before the address that it began with.
void stream_events(const SharedExchange& exchange, Service& service) {
    const std::string_view last = exchange->request.header("last-event-id");
    const auto wish = read_wish(*exchange, last.empty() ? exchange->asked("after") : last);
    if (!wish) return service.answer(exchange, problem_answer(*exchange, wish.error()));
    if (!service.has_room_for_followers())
        return service.answer(
            exchange, problem_answer(*exchange, {.code = "overloaded",
                                                 .detail = "Too many follow events already."}));
    const auto begin = [&service](const SharedExchange& asked, const Wish& wanted) {
        service.begin_stream(
            asked, {.headers = {{"Content-Type", "text/event-stream"}, {"X-Accel-Buffering", "no"}},
                    .body = {}});
        service.follow({.server = asked->server,
                        .socket = asked->socket,
                        .form = events::Form::server_sent,
                        .filter = wanted.filter,
                        .after = wanted.after,
                        .key_digest = asked->credential,
                        .address = asked->address,
                        .hides_tokens = !asked->caller.may("tokens:read")});
    };
    if (!wish->after) return begin(exchange, *wish);
    const auto kept = std::make_shared<bool>(false);  // written by the reader, then the loop's
    service.prepare(
        exchange,
        [kept, place = *wish->after](const Exchange&, ReadSources& sources) {
            *kept = is_kept(sources.sql, place);
        },
        [kept, exchange, &service, begin, wanted = *wish] {
            if (*kept) return begin(exchange, wanted);
            service.answer(exchange, problem_answer(*exchange, expired()));
        });
}

}  // namespace ohm::api::rest
