#include <algorithm>

#include "base/text.hpp"
#include "store/driver.hpp"

namespace ohm::store {
namespace {

bool merges(Mode mode) { return mode == Mode::upsert || mode == Mode::update; }
bool is_sorted_by_key(Mode mode) {
    return merges(mode) || mode == Mode::remove || mode == Mode::claim;
}

bool fits(const Value& value, Kind kind) {
    if (is_null(value)) return true;
    switch (kind) {
        case Kind::integer: return std::holds_alternative<std::int64_t>(value);
        case Kind::text: return std::holds_alternative<std::string>(value);
        case Kind::bytes: return std::holds_alternative<Bytes>(value);
    }
    return false;
}

void check_write(const Write& write) {
    ENSURE(!write.columns.empty());
    ENSURE(write.key_count <= write.columns.size());
    ENSURE(write.mode == Mode::insert || write.key_count > 0);
    ENSURE(write.mode != Mode::claim || write.key_count < write.columns.size());
    ENSURE(write.mode != Mode::update || write.key_count < write.columns.size());
    ENSURE(write.mode != Mode::remove || write.key_count == write.columns.size());
}

// Both values belong to one column, so they are of one kind or null.
int compare(const Value& a, const Value& b) {
    if (a.index() != b.index()) return a.index() < b.index() ? -1 : 1;
    if (const auto* number = std::get_if<std::int64_t>(&a)) {
        const std::int64_t other = std::get<std::int64_t>(b);
        return *number < other ? -1 : *number > other ? 1 : 0;
    }
    if (const auto* text = std::get_if<std::string>(&a)) {
        return text->compare(std::get<std::string>(b));
    }
    if (const auto* bytes = std::get_if<Bytes>(&a)) {
        return bytes->data.compare(std::get<Bytes>(b).data);
    }
    return 0;
}

void sort_rows(Unit::Part& part) {
    const std::size_t keys = part.write->key_count;
    const auto before = [keys](const auto& a, const auto& b) {
        for (std::size_t i = 0; i < keys; ++i) {
            if (const int order = compare(a[i], b[i]); order != 0) return order < 0;
        }
        return false;
    };
    std::stable_sort(part.rows.begin(), part.rows.end(), before);
}

void append_length(std::string& out, std::uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift);
}

}  // namespace

void Unit::add(const Write& write, std::vector<Value> row) {
    ENSURE(row.size() == write.columns.size());
    for (std::size_t i = 0; i < row.size(); ++i) ENSURE(fits(row[i], write.columns[i].kind));

    auto part = std::find_if(parts_.begin(), parts_.end(),
                             [&write](const Part& p) { return p.write == &write; });
    if (part == parts_.end()) {
        check_write(write);
        part = parts_.insert(parts_.end(), Part{&write, {}, {}});
    }
    if (merges(write.mode)) {
        const auto [known, is_new] =
            part->index.try_emplace(key_of(row, write.key_count), part->rows.size());
        if (!is_new) {
            part->rows[known->second] = std::move(row);
            return;
        }
    }
    part->rows.push_back(std::move(row));
}

std::size_t Unit::row_count() const {
    std::size_t count = 0;
    for (const Part& part : parts_) count += part.rows.size();
    return count;
}

std::vector<Unit::Part> Unit::take_sorted() {
    std::vector<Part> parts = std::exchange(parts_, {});
    std::stable_sort(parts.begin(), parts.end(),
                     [](const Part& a, const Part& b) { return a.write->order < b.write->order; });
    for (Part& part : parts) {
        part.index.clear();
        if (is_sorted_by_key(part.write->mode)) sort_rows(part);
    }
    return parts;
}

void Unit::put_back(std::vector<Part> parts) {
    ENSURE(parts_.empty());
    parts_ = std::move(parts);
    for (Part& part : parts_) {
        if (!merges(part.write->mode)) continue;
        for (std::size_t i = 0; i < part.rows.size(); ++i) {
            part.index.emplace(key_of(part.rows[i], part.write->key_count), i);
        }
    }
}

std::string any_of(Dialect dialect, std::string_view column, std::string_view placeholder) {
    std::string text{column};
    if (dialect == Dialect::postgres) return text.append(" = any(").append(placeholder) + ")";
    return text.append(" in (select value from json_each(").append(placeholder) + "))";
}

namespace {
std::size_t length_of(const Value& list) {
    if (const auto* numbers = std::get_if<std::vector<std::int64_t>>(&list)) return numbers->size();
    return std::get<std::vector<std::string>>(list).size();
}
void append_text(std::string& json, const std::string& text) {
    require_storable_text(text);
    append_json_string(json, text);
}
void append_item(std::string& json, const Value& list, std::size_t place) {
    if (const auto* numbers = std::get_if<std::vector<std::int64_t>>(&list))
        json += std::to_string(numbers->at(place));
    else
        append_text(json, std::get<std::vector<std::string>>(list).at(place));
}

// SQLite takes one list: each row a JSON array of its own.
JoinedRows joined_as_json(const std::vector<Value>& lists) {
    std::vector<std::string> rows(length_of(lists.front()));
    for (std::size_t place = 0; place < rows.size(); ++place) {
        for (const Value& list : lists) {
            rows[place] += rows[place].empty() ? '[' : ',';
            append_item(rows[place], list, place);
        }
        rows[place] += ']';
    }
    std::string columns;
    for (std::size_t i = 0; i < lists.size(); ++i)
        columns += (i > 0 ? ", " : "") + ("json_extract(value, '$[" + std::to_string(i)) +
                   "]') as c" + std::to_string(i + 1);
    return {"(select " + columns + " from json_each($1)) as u", {std::move(rows)}};
}
}  // namespace

JoinedRows joined_rows(Dialect dialect, std::vector<Value> lists) {
    ENSURE(!lists.empty());
    for (const Value& list : lists) ENSURE(length_of(list) == length_of(lists.front()));
    if (dialect == Dialect::sqlite) return joined_as_json(lists);
    std::string arrays, names;
    for (std::size_t i = 0; i < lists.size(); ++i) {
        const bool numbers = std::holds_alternative<std::vector<std::int64_t>>(lists[i]);
        const std::string place = std::to_string(i + 1);
        arrays += (i > 0 ? ", $" : "$") + place + (numbers ? "::bigint[]" : "::text[]");
        names += (i > 0 ? ", c" : "c") + place;
    }
    return {"unnest(" + arrays + ") as u (" + names + ")", std::move(lists)};
}

KeyedRead read_by_keys(Dialect dialect, std::vector<Value> lists, std::string_view columns,
                       std::string_view source, std::string_view condition) {
    JoinedRows keys = joined_rows(dialect, std::move(lists));
    const std::string found = std::string{columns} + " from ";
    const std::string rest = std::string{source} + " where " + std::string{condition};
    if (dialect == Dialect::sqlite)
        return {"select " + found + keys.table + " cross join " + rest, std::move(keys.values)};
    // What has an offset is not merged into the join around it.
    return {"select found.* from " + keys.table + " cross join lateral (select " + found + rest +
                " offset 0) as found",
            std::move(keys.values)};
}

std::int64_t as_int(const Value& value, std::int64_t otherwise) {
    if (is_null(value)) return otherwise;
    ENSURE(std::holds_alternative<std::int64_t>(value));
    return std::get<std::int64_t>(value);
}

std::string as_text(const Value& value) {
    if (is_null(value)) return {};
    ENSURE(std::holds_alternative<std::string>(value));
    return std::get<std::string>(value);
}

std::string as_bytes(const Value& value) {
    if (is_null(value)) return {};
    ENSURE(std::holds_alternative<Bytes>(value));
    return std::get<Bytes>(value).data;
}

void require_storable_text(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) {
        throw Fault{Fault::Kind::bad_data, "text with U+0000 cannot be stored"};
    }
    if (!is_utf8(text)) throw Fault{Fault::Kind::bad_data, "text is not UTF-8"};
}

std::string key_of(const std::vector<Value>& row, std::size_t key_count) {
    std::string key;
    for (std::size_t i = 0; i < key_count; ++i) {
        key += static_cast<char>('0' + row[i].index());
        if (const auto* number = std::get_if<std::int64_t>(&row[i])) {
            append_length(key, static_cast<std::uint64_t>(*number));
        } else if (!is_null(row[i])) {
            const auto* text = std::get_if<std::string>(&row[i]);
            const std::string& data = text ? *text : std::get<Bytes>(row[i]).data;
            append_length(key, data.size());
            key += data;
        }
    }
    return key;
}

std::string column_list(const Write& write, std::size_t first, std::size_t last,
                        const std::function<std::string(std::size_t)>& shown,
                        std::string_view separator) {
    ENSURE(last <= write.columns.size());
    std::string text;
    for (std::size_t i = first; i < last; ++i) {
        if (i > first) text += separator;
        text += shown(i);
    }
    return text;
}

std::string column_names(const Write& write) {
    return column_list(
        write, 0, write.columns.size(),
        [&](std::size_t i) { return std::string{write.columns[i].name}; }, ", ");
}

std::string key_names(const Write& write) {
    return column_list(
        write, 0, write.key_count,
        [&](std::size_t i) { return std::string{write.columns[i].name}; }, ", ");
}

std::string conflict_clause(const Write& write) {
    if (write.mode == Mode::insert_if_absent) return " on conflict do nothing";
    if (write.mode == Mode::claim) {
        // Of another owner it becomes null, which the column refuses.
        const std::string owner{write.columns[write.key_count].name};
        return " on conflict (" + key_names(write) + ") do update set " + owner + " = case when " +
               std::string{write.table} + "." + owner + " = excluded." + owner + " then excluded." +
               owner + " end";
    }
    if (write.mode != Mode::upsert) return "";
    const std::string target = " on conflict (" + key_names(write) + ") do ";
    if (write.key_count == write.columns.size()) return target + "nothing";
    return target + "update set " +
           column_list(
               write, write.key_count, write.columns.size(),
               [&](std::size_t i) {
                   const std::string name{write.columns[i].name};
                   return name + " = excluded." + name;
               },
               ", ");
}

}  // namespace ohm::store
