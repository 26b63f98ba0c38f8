// Meter values as REST shows them: unpacked, by time, as JSON or as CSV. On a reader's thread.
#include <algorithm>

#include "api/charging/samples.hpp"
#include "api/rest/charging_handlers.hpp"
#include "api/rest/charging_resources.hpp"
#include "api/rest/csv.hpp"
#include "api/rest/handlers.hpp"
#include "api/rest/newest.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

// What is signed, or could not be read, may name the token as the station likes.
SampleShown shown_of(const domain::Sample& sample, bool hides_raw) {
    const auto or_null = [](const std::string& text) {
        return text.empty() ? NullableText{} : NullableText{text};
    };
    SampleShown shown{.measurand = sample.measurand,
                      .phase = or_null(sample.phase),
                      .location = or_null(sample.location),
                      .context = or_null(sample.context),
                      .unit = or_null(sample.unit)};
    if (sample.milli) shown.value = {Number{static_cast<double>(*sample.milli) / 1000}};
    if (!hides_raw) shown.raw = or_null(sample.raw);
    shown.is_signed = sample.is_signed;
    return shown;
}

MeterValueShown meter_value_of(const store::Row& row, const std::vector<std::string>& measurands,
                               bool hides_raw) {
    MeterValueShown shown;
    shown.at = time_of(row[0]);
    shown.received_at = time_of(row[1]);
    shown.evse_id = int_or_null(row[2]);
    if (!store::as_bytes(row[7]).empty()) shown.transaction_id = shown_id_or_null("tx_", row[7]);
    const std::string packed = store::as_bytes(row[3]);
    for (const domain::Sample& sample : unpack_samples(packed)) {
        const bool is_wanted =
            measurands.empty() ||
            std::find(measurands.begin(), measurands.end(), sample.measurand) != measurands.end();
        if (is_wanted) shown.samples.items.push_back(shown_of(sample, hides_raw));
    }
    shown.repaired = (store::as_int(row[4]) & was_repaired) != 0;
    if (!hides_raw) shown.raw = text_or_null(row[5]);
    return shown;
}

// The place behind a row: its time, and what tells it from others of that time.
std::string cursor_of(const store::Row& row) {
    return make_cursor(
        "meter_values",
        {std::to_string(store::as_int(row[0])), std::to_string(store::as_int(row[2])),
         to_hex(store::as_bytes(row[7])), to_hex(store::as_bytes(row[6]))});
}

std::optional<Problem> add_place(const Page& page, Conditions& where) {
    if (!page.after) return std::nullopt;
    const auto at = parse_int(page.after->at(0)), evse = parse_int(page.after->at(1));
    const auto transaction = from_hex(page.after->at(2)), hash = from_hex(page.after->at(3));
    if (!at || !evse || !transaction || !hash)
        return bad_parameter("cursor", "is not a cursor of this list and order");
    where.add("(m.at, m.evse, m.transaction_id, m.hash) > (?, ?, ?, ?)",
              {*at, *evse, store::Bytes{*transaction}, store::Bytes{*hash}});
    return std::nullopt;
}

std::string csv_time(const Instant& instant) { return to_rfc3339(instant.at, 3); }

void add_csv_row(std::string& out, const MeterValueShown& value, const SampleShown& sample) {
    const auto add = [&](std::string_view text) { (out += csv_cell(text)) += ','; };
    add(csv_time(value.at)), add(csv_time(value.received_at));
    out += value.evse_id ? std::to_string(*value.evse_id) + "," : ",";
    add(value.transaction_id.value_or(""));
    add(sample.measurand);
    for (const NullableText* text :
         {&sample.phase, &sample.location, &sample.context, &sample.unit})
        add(text->value_or(""));
    out += sample.value ? wire::encode(*sample.value) + "," : ",";  // a number is no formula
    (out += csv_cell(sample.raw.value_or(""))) += "\r\n";
}

net::Response csv_answer(const std::vector<MeterValueShown>& values,
                         const std::optional<std::string>& next_cursor) {
    net::Response response{.status = 200};
    response.headers.push_back({"Content-Type", "text/csv; charset=utf-8"});
    response.headers.push_back(
        {"Content-Disposition", "attachment; filename=\"meter-values.csv\""});
    if (next_cursor) response.headers.push_back({"X-Next-Cursor", *next_cursor});
    response.body =
        "at,received_at,evse_id,transaction_id,measurand,phase,location,context,unit,value,raw\r\n";
    for (const MeterValueShown& value : values)
        for (const SampleShown& sample : value.samples) add_csv_row(response.body, value, sample);
    return response;
}

net::Response list_meter_values(const Exchange& exchange, store::Sql& sql, Conditions&& where) {
    const auto page = read_page(exchange, "meter_values", 4);
    if (!page) return problem_answer(exchange, page.error());
    const auto format = word_parameter(exchange, "format", {"json", "csv"});
    if (!format) return problem_answer(exchange, format.error());
    if (const auto problem = add_times(exchange, where, "m.at"))
        return problem_answer(exchange, *problem);
    if (const auto problem = add_place(*page, where)) return problem_answer(exchange, *problem);
    const std::vector<std::string> measurands =
        comma_list(exchange.asked("measurand").value_or(""));
    const std::string limit = where.bind(static_cast<std::int64_t>(page->limit + 1));
    auto rows = sql.query(
        "select m.at, m.received_at, m.evse, m.samples, m.flags, m.raw, m.hash, m.transaction_id "
        "from meter_values m where 1 = 1" +
            where.text() + " order by m.at, m.evse, m.transaction_id, m.hash limit " + limit,
        where.values());
    ListAnswer list;
    if (rows.size() > page->limit) {
        rows.resize(page->limit);
        list.next_cursor = cursor_of(rows.back());
    }
    std::vector<MeterValueShown> values;
    for (const store::Row& row : rows) {
        MeterValueShown value =
            meter_value_of(row, measurands, !exchange.caller.may("tokens:read"));
        if (measurands.empty() || !value.samples.items.empty()) values.push_back(std::move(value));
    }
    if (*format == "csv") return csv_answer(values, list.next_cursor);
    for (const MeterValueShown& value : values) list.items.push_back(wire::encode(value));
    return list_answer(exchange, list);
}

}  // namespace

net::Response list_transaction_meter_values(const Exchange& exchange, ReadSources& sources) {
    const std::string& text = exchange.path_value(0);
    const auto id = parse_id("tx_", text);
    if (!id) return problem_answer(exchange, not_found("transaction", text));
    const store::Bytes bytes{id->bytes()};
    const auto found = sources.sql.query(
        "select station_no, meter_from_at, meter_to_at, state from transactions where id = $1",
        {bytes});
    if (found.empty()) return problem_answer(exchange, not_found("transaction", text));
    const store::Row& row = found.front();
    const bool runs = store::as_text(row[3]) == "active";  // until when is in memory
    Conditions where;
    where.add("m.station_no = ? and m.at >= ? and m.at <= ? and m.transaction_id = ?",
              {row[0], store::as_int(row[1], INT64_MAX),
               runs ? INT64_MAX : store::as_int(row[2], INT64_MIN), bytes});
    return list_meter_values(exchange, sources.sql, std::move(where));
}

net::Response list_station_meter_values(const Exchange& exchange, ReadSources& sources) {
    const auto station = station_in_path(exchange, sources.sql);
    if (!station) return problem_answer(exchange, station.error());
    Conditions where;
    where.add("m.station_no = ?", {station->station_no});
    return list_meter_values(exchange, sources.sql, std::move(where));
}

}  // namespace ohm::api::rest
