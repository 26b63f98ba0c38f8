#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "api/rest/csv.hpp"
#include "api/rest/handlers.hpp"
#include "api/rest/service.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

// An import on its way: read on a reader's thread, then carried out from the loop, a few operations
// at a time. One thread at a time has it, so it needs no lock.
struct Import {
    struct Row {
        ImportItemShown item;
        std::optional<StationCreate> wanted;  // none: refused
        std::string key;                      // folded identity
    };
    struct Portion {  // one operation: rows of one partition
        std::vector<std::size_t> rows;
    };
    std::optional<Problem> problem;  // with the whole
    bool update = false;
    bool dry_run = false;
    std::vector<Row> rows;
    std::vector<Portion> portions;
    std::size_t next_portion = 0;
    std::size_t in_flight = 0;
};

// ---- reading it ----

void refuse_row(Import::Row& row, std::string_view code, std::string detail,
                std::string pointer = "") {
    row.wanted.reset();
    row.item.result = "refused";
    row.item.code = std::string{code};
    row.item.detail = std::move(detail);
    if (!pointer.empty()) row.item.pointer = std::move(pointer);
}

void add_row(Import& import, wire::Decoder& decoder, std::string_view json) {
    Import::Row& row = import.rows.emplace_back();
    row.item.row = static_cast<std::int64_t>(import.rows.size());
    StationCreate wanted;
    const auto violation = decoder.decode(json, wanted);
    row.item.id = wanted.id.value;
    if (violation)
        return refuse_row(
            row, "validation_failed",
            (violation->path.empty() ? "the row" : violation->path) + " " + violation->detail,
            violation->path);
    const auto key = fold(wanted.id.value);
    if (!key) return refuse_row(row, "validation_failed", "id is not UTF-8", "/id");
    row.key = *key;
    row.wanted = std::move(wanted);
}

Problem too_many_rows() {
    return {
        .code = "payload_too_large",
        .detail = "An import may have " + std::to_string(limits::import_rows) + " rows; split it."};
}

std::optional<Problem> read_json(const Exchange& exchange, Import& import) {
    wire::Decoder decoder;
    ImportWrite body;
    if (const auto violation = decoder.decode(exchange.request.body, body))
        return bad_body(*violation);
    if (body.stations.items.size() > limits::import_rows) return too_many_rows();
    import.update = body.update.value_or(false);
    for (const Any& station : body.stations) add_row(import, decoder, station.json);
    return std::nullopt;
}

std::optional<Problem> check_header(const std::vector<std::string>& names) {
    const wire::Type& type = wire::type_of<StationCreate>;
    for (const std::string& name : names) {
        const bool known = std::any_of(type.fields, type.fields + type.field_count,
                                       [&](const wire::Field& f) { return f.name == name; });
        if (!known)
            return Problem{.code = "validation_failed",
                           .detail = "The header row names “" + name.substr(0, 100) +
                                     "”, which is no column; /openapi.json lists them under "
                                     "StationCreate."};
        if (std::count(names.begin(), names.end(), name) > 1)
            return Problem{.code = "validation_failed",
                           .detail = "The header row names " + name + " twice."};
    }
    if (std::find(names.begin(), names.end(), "id") != names.end()) return std::nullopt;
    return Problem{.code = "validation_failed", .detail = "The header row has no column id."};
}

std::optional<Problem> read_csv(const Exchange& exchange, Import& import) {
    if (!is_utf8(exchange.request.body))
        return Problem{.code = "validation_failed", .detail = "The file is not UTF-8."};
    Csv csv = parse_csv(exchange.request.body, limits::import_rows + 1);
    if (!csv.broken.empty())
        return Problem{.code = "validation_failed",
                       .detail = "The file is not CSV: " + csv.broken + "."};
    if (csv.rows.size() > limits::import_rows + 1) return too_many_rows();
    if (csv.rows.empty())
        return Problem{.code = "validation_failed", .detail = "The file has no header row."};
    std::vector<std::string> names;
    for (const std::string& cell : csv.rows.front()) names.emplace_back(trim(cell));
    if (auto problem = check_header(names)) return problem;
    wire::Decoder decoder;
    for (std::size_t i = 1; i < csv.rows.size(); ++i) {
        add_row(import, decoder, json_of_row(wire::type_of<StationCreate>, names, csv.rows[i]));
        if (csv.rows[i].size() > names.size())
            refuse_row(import.rows.back(), "validation_failed",
                       "the row has more cells than the header");
    }
    return std::nullopt;
}

void refuse_repeated(Import& import) {
    std::unordered_set<std::string> seen;
    for (Import::Row& row : import.rows)
        if (row.wanted && !seen.insert(row.key).second)
            refuse_row(row, "validation_failed", "an earlier row has the same id", "/id");
}

// ---- a dry run ----

void say_what_would_happen(Import& import, store::Sql& sql) {
    std::vector<std::string> keys;
    for (const Import::Row& row : import.rows)
        if (row.wanted) keys.push_back(row.key);
    std::unordered_set<std::string> known;
    const std::string text = "select id_key from charge_points where archived_at is null and " +
                             store::any_of(sql.dialect(), "id_key", "$1");
    for (const store::Row& row : sql.query(text, {keys})) known.insert(store::as_text(row[0]));
    for (Import::Row& row : import.rows) {
        if (!row.wanted) continue;
        if (!known.contains(row.key))
            row.item.result = "created";
        else if (import.update)
            row.item.result = "updated";
        else
            row.item.result = "exists";
    }
}

// ---- carrying it out ----

void divide(Import& import, std::uint32_t partition_count) {
    std::unordered_map<std::uint32_t, std::size_t> open;  // partition → its unfilled portion
    for (std::size_t i = 0; i < import.rows.size(); ++i) {
        if (!import.rows[i].wanted) continue;
        const std::uint32_t partition = partition_of(import.rows[i].key, partition_count).value;
        const auto [at, fresh] = open.try_emplace(partition, import.portions.size());
        const bool full =
            !fresh && import.portions[at->second].rows.size() == limits::import_rows_per_envelope;
        if (full) at->second = import.portions.size();
        if (fresh || full) import.portions.emplace_back();
        import.portions[at->second].rows.push_back(i);
    }
}

void take_answer(Import& import, const Import::Portion& portion, const OperationAnswer& answer,
                 wire::Decoder& decoder) {
    ImportAnswer done;
    const bool readable =
        answer.status < 400 &&
        !decoder.decode(answer.body, done, {wire::Strictness::lenient}).has_value() &&
        done.items.items.size() == portion.rows.size();
    if (!readable) {
        const Problem problem =
            problem_of(answer.status < 400 ? OperationAnswer{500, ""} : answer, decoder);
        for (const std::size_t row : portion.rows)
            refuse_row(import.rows[row], problem.code, problem.detail);
        return;
    }
    for (std::size_t i = 0; i < portion.rows.size(); ++i) {
        ImportItemShown& item = import.rows[portion.rows[i]].item;
        const ImportAnswer::Item& from = done.items.items[i];
        if (from.result.is("created")) item.result = "created";
        if (from.result.is("updated")) item.result = "updated";
        if (from.result.is("exists")) item.result = "exists";
        if (from.result.is("refused")) item.result = "refused";
        if (!from.password.empty()) item.password = from.password;
        if (!from.code.empty()) item.code = from.code;
        if (!from.detail.empty()) item.detail = from.detail;
    }
}

net::Response import_answer(Import& import) {
    ImportShown shown{.dry_run = import.dry_run,
                      .total = static_cast<std::int64_t>(import.rows.size())};
    for (Import::Row& row : import.rows) {
        shown.created += row.item.result.is("created");
        shown.updated += row.item.result.is("updated");
        shown.exists += row.item.result.is("exists");
        shown.refused += row.item.result.is("refused");
        shown.items.items.push_back(std::move(row.item));
    }
    return json_answer(200, wire::encode(shown));
}

void submit_more(const SharedExchange& exchange, Service& service,
                 const std::shared_ptr<Import>& import);

void submit_portion(const SharedExchange& exchange, Service& service,
                    const std::shared_ptr<Import>& import, std::size_t number) {
    StationImport rows{.update = import->update};
    for (const std::size_t row : import->portions[number].rows)
        rows.rows.items.push_back(*import->rows[row].wanted);
    bus::OperatorBody body = service.operation(*exchange, operation::import_stations,
                                               rows.rows.items.front().id, wire::encode(rows));
    // A long import outlives the deadline that its request would give.
    const auto round = static_cast<std::int64_t>(number / limits::import_operations_at_once);
    body.deadline_at += round * Micros{service.settings().operation_deadline}.count();
    if (!body.idempotency_key.empty()) body.idempotency_key += "#" + std::to_string(number);
    service.submit(std::move(body), [exchange, &service, import, number](OperationAnswer&& answer) {
        take_answer(*import, import->portions[number], answer, service.decoder());
        --import->in_flight;
        submit_more(exchange, service, import);
    });
}

void submit_more(const SharedExchange& exchange, Service& service,
                 const std::shared_ptr<Import>& import) {
    while (import->in_flight < limits::import_operations_at_once &&
           import->next_portion < import->portions.size()) {
        ++import->in_flight;
        submit_portion(exchange, service, import, import->next_portion++);
    }
    if (import->in_flight == 0) service.answer(exchange, import_answer(*import));
}

}  // namespace

void import_stations(const SharedExchange& exchange, Service& service) {
    // Shared by the reader's work, the owners' answers and this function, one after the other.
    const auto import = std::make_shared<Import>();
    const std::uint32_t partition_count = service.settings().partition_count;
    const auto work = [import, partition_count](const Exchange& asked, ReadSources& sources) {
        const auto dry_run = flag_parameter(asked, "dry_run");
        const auto update = flag_parameter(asked, "update");
        if (!dry_run || !update) {
            import->problem = dry_run ? update.error() : dry_run.error();
            return;
        }
        import->rows.clear();  // the reader may have begun before, and lost its database
        const bool csv = equals_ignoring_case(media_type(asked.request), "text/csv");
        import->problem = csv ? read_csv(asked, *import) : read_json(asked, *import);
        if (import->problem) return;
        import->dry_run = *dry_run;
        import->update = import->update || *update;
        refuse_repeated(*import);
        if (import->dry_run) return say_what_would_happen(*import, sources.sql);
        import->portions.clear();
        divide(*import, partition_count);
    };
    service.prepare(exchange, work, [exchange, &service, import] {
        if (import->problem)
            return service.answer(exchange, problem_answer(*exchange, *import->problem));
        submit_more(exchange, service, import);
    });
}

}  // namespace ohm::api::rest
