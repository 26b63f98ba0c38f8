#include "api/rest/charging_handlers.hpp"
#include "api/rest/csv.hpp"
#include "api/rest/handlers.hpp"
#include "api/rest/made_once.hpp"
#include "api/rest/service.hpp"
#include "api/rest/token_rows.hpp"
#include "api/tables.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "domain/token.hpp"

namespace ohm::api::rest {
namespace {

net::Response token_answer(int status, const TokenShown& token) {
    return json_answer(status, wire::encode(token), make_etag(token.version, 0));
}

// Reads back what was written: the answer is what stands in the database.
net::Response answer_saved(const Exchange& exchange, store::Sql& sql, const Saved& saved) {
    const std::string& uid = exchange.path_value(0);
    if (saved.version == 0)
        return problem_answer(
            exchange, find_token(sql, uid) ? changed_meanwhile("token") : not_found("token", uid));
    const auto token = find_token(sql, uid);
    if (!token) return problem_answer(exchange, not_found("token", uid));
    net::Response response = token_answer(saved.created ? 201 : 200, *token);
    if (saved.created)
        response.headers.push_back({"Location", "/api/v1/tokens/" + percent_encode(token->uid)});
    return response;
}

net::Response answer_created(const Exchange& exchange, store::Sql& sql, const TokenShown& token) {
    const Saved saved = create_token(sql, token, exchange.received_at);
    if (saved.version == 0) return problem_answer(exchange, exists_already("token"));
    return answer_saved(exchange, sql, saved);
}

template <class T, class M>
void merge(const Patch<T>& patch, M& into, const auto& value_of) {
    if (!patch.present) return;
    into = M{};
    if (patch.value) into = M{value_of(*patch.value)};
}

template <class Id>
void merge(const Patch<List<Id>>& patch, List<std::string>& into) {
    if (!patch.present) return;
    into.items.clear();
    if (!patch.value) return;
    for (const Id& id : *patch.value) into.items.push_back(id.value);
}

void merge(const TokenPatch& patch, TokenShown& token) {
    const auto name = [](const auto& word) { return std::string{word.name()}; };
    const auto text = [](const auto& said) { return said.value; };
    merge(patch.type, token.type, name);
    if (patch.status.value) token.status = patch.status.value->name();
    merge(patch.expires_at, token.expires_at, [](const Instant& at) { return at; });
    merge(patch.group_id, token.group_id, text);
    merge(patch.concurrent_limit, token.concurrent_limit, text);
    merge(patch.note, token.note, text);
    merge(patch.language, token.language, text);
    merge(patch.personal_message, token.personal_message, text);
    if (patch.master_pass.present) token.master_pass = patch.master_pass.value.value_or(false);
    if (patch.prepaid.present) token.prepaid = patch.prepaid.value.value_or(false);
    if (patch.evses.present) token.evses = patch.evses.value.value_or(List<EvsePlace>{});
    merge(patch.station_ids, token.station_ids);
    merge(patch.location_ids, token.location_ids);
}

net::Response write_patch(const Exchange& exchange, store::Sql& sql, const TokenPatch& patch) {
    const auto version = wanted_version(exchange);
    if (!version) return problem_answer(exchange, version.error());
    const std::string& uid = exchange.path_value(0);
    // Somebody else may write in between: then it is merged into what they wrote.
    constexpr int attempts = 5;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        auto token = find_token(sql, uid);
        if (!token) return problem_answer(exchange, not_found("token", uid));
        if (*version && token->version != **version)
            return problem_answer(exchange, changed_meanwhile("token"));
        merge(patch, *token);
        if (auto problem = check_token(uid, *token)) return problem_answer(exchange, *problem);
        if (auto problem = check_locations(sql, *token)) return problem_answer(exchange, *problem);
        const Saved saved = replace_token(sql, *token, token->version, exchange.received_at);
        if (saved.version != 0) return answer_saved(exchange, sql, saved);
    }
    return problem_answer(exchange, changed_meanwhile("token"));
}

constexpr std::string_view csv_header =
    "uid,type,status,expires_at,group_id,concurrent_limit,station_ids,evses,"
    "location_ids,language,personal_message,master_pass,prepaid,note\r\n";

// As an import takes it again: lists are JSON in their cell.
void add_csv_row(std::string& out, const TokenShown& token) {
    const auto flag = [](bool is_set) { return std::string_view{is_set ? "true" : ""}; };
    const auto add = [&](std::string_view text) { (out += csv_cell(text)) += ','; };
    const auto list = [](const auto& items) {
        std::string json;
        for (const auto& item : items) {
            json += json.empty() ? "[" : ",";
            if constexpr (std::is_same_v<std::decay_t<decltype(item)>, std::string>)
                append_json_string(json, item);
            else
                json += wire::encode(item);
        }
        return json.empty() ? json : json + "]";
    };
    add(token.uid), add(token.type.value_or("")), add(token.status);
    add(token.expires_at ? to_rfc3339(token.expires_at->at, 3) : "");
    add(token.group_id.value_or(""));
    add(token.concurrent_limit ? std::to_string(*token.concurrent_limit) : "");
    add(list(token.station_ids)), add(list(token.evses)), add(list(token.location_ids));
    add(token.language.value_or("")), add(token.personal_message.value_or(""));
    add(flag(token.master_pass)), add(flag(token.prepaid));
    (out += csv_cell(token.note.value_or(""))) += "\r\n";
}

net::Response tokens_as_csv(const std::vector<store::Row>& rows, const ListAnswer& list) {
    net::Response response{.status = 200};
    response.headers.push_back({"Content-Type", "text/csv; charset=utf-8"});
    response.headers.push_back({"Content-Disposition", "attachment; filename=\"tokens.csv\""});
    if (list.next_cursor) response.headers.push_back({"X-Next-Cursor", *list.next_cursor});
    response.body = csv_header;
    for (const store::Row& row : rows) add_csv_row(response.body, token_of(row));
    return response;
}

std::optional<Problem> add_words(const Exchange& exchange, Conditions& where,
                                 store::Dialect dialect) {
    if (const auto status = exchange.asked("status"))
        where.add(store::any_of(dialect, "t.status", "?"), {comma_list(*status)});
    if (const auto type = exchange.asked("type")) where.add("t.type = ?", {std::string{*type}});
    if (const auto group = exchange.asked("group_id"))
        where.add("t.group_id = ?", {std::string{*group}});
    const auto q = exchange.asked("q");
    if (!q || q->empty()) return std::nullopt;
    constexpr std::size_t characters = 100;
    if (count_code_points(*q) > characters) return bad_parameter("q", "is too long");
    const std::string pattern = like_pattern(fold(*q).value_or(""));
    where.add("(t.uid_key like ? escape '!' or lower(t.note) like ? escape '!')",
              {pattern, pattern});
    return std::nullopt;
}

}  // namespace

net::Response list_tokens(const Exchange& exchange, ReadSources& sources) {
    const auto page = read_page(exchange, "tokens", 1);
    if (!page) return problem_answer(exchange, page.error());
    const auto format = word_parameter(exchange, "format", {"json", "csv"});
    if (!format) return problem_answer(exchange, format.error());
    Conditions where;
    if (const auto problem = add_words(exchange, where, sources.sql.dialect()))
        return problem_answer(exchange, *problem);
    ListAnswer list;
    if (page->total)
        list.total = store::as_int(
            sources.sql
                .query("select count(*) from id_tokens t where t.tenant_no = 1" + where.text(),
                       where.values())
                .at(0)
                .at(0));
    if (page->after) where.add("t.uid_key > ?", {page->after->at(0)});
    const std::string limit = where.bind(static_cast<std::int64_t>(page->limit + 1));
    auto rows = sources.sql.query(
        std::string{select_tokens} + where.text() + " order by t.uid_key limit " + limit,
        where.values());
    if (rows.size() > page->limit) {
        rows.resize(page->limit);
        list.next_cursor = make_cursor("tokens", {store::as_text(rows.back()[11])});
    }
    if (*format == "csv") return tokens_as_csv(rows, list);
    for (const store::Row& row : rows) list.items.push_back(wire::encode(token_of(row)));
    return list_answer(exchange, list);
}

net::Response show_token(const Exchange& exchange, ReadSources& sources) {
    const auto token = find_token(sources.sql, exchange.path_value(0));
    if (!token) return problem_answer(exchange, not_found("token", exchange.path_value(0)));
    const std::string etag = make_etag(token->version, 0);
    if (matches_if_none_match(exchange.request, etag))
        return {.status = 304, .headers = {{"ETag", etag}}, .body = {}};
    return token_answer(200, *token);
}

void put_token(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<TokenWrite>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    service.write(exchange, [wanted = *wanted](const Exchange& asked, ReadSources& sources) {
        const TokenShown token = token_of(wanted, asked.path_value(0));
        if (const auto problem = check_token(asked.path_value(0), token))
            return problem_answer(asked, *problem);
        if (const auto problem = check_locations(sources.sql, token))
            return problem_answer(asked, *problem);
        const auto version = wanted_version(asked);
        // Who writes for the first time has no version to show.
        const bool none_to_show = !version && version.error().code == "precondition_required" &&
                                  !find_token(sources.sql, asked.path_value(0));
        if (!version && !none_to_show) return problem_answer(asked, version.error());
        if (must_be_new(asked)) return answer_created(asked, sources.sql, token);
        const Saved saved = version && *version
                                ? replace_token(sources.sql, token, **version, asked.received_at)
                                : save_token(sources.sql, token, asked.received_at);
        return answer_saved(asked, sources.sql, saved);
    });
}

void patch_token(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<TokenPatch>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    service.write(exchange, [wanted = *wanted](const Exchange& asked, ReadSources& sources) {
        return write_patch(asked, sources.sql, wanted);
    });
}

void delete_token(const SharedExchange& exchange, Service& service) {
    service.write(exchange, [](const Exchange& asked, ReadSources& sources) {
        const auto version = wanted_version(asked);
        if (!version) return problem_answer(asked, version.error());
        const std::string& uid = asked.path_value(0);
        const auto gone = sources.sql.query(
            "delete from id_tokens where tenant_no = 1 and uid_key = $1 and (cast($2 as bigint) is "
            "null or version = $2) returning 1",
            {domain::token_key(uid), tables::int_or_null(*version)});
        if (gone.empty())
            return problem_answer(asked, find_token(sources.sql, uid) ? changed_meanwhile("token")
                                                                      : not_found("token", uid));
        return net::Response{.status = 204};
    });
}

}  // namespace ohm::api::rest
