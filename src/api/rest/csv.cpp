#include "api/rest/csv.hpp"

#include "base/text.hpp"
#include "wire/codec.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

class Scan {
public:
    explicit Scan(std::string_view text) : text_{text} {}
    bool at_end() const { return at_ >= text_.size(); }

    // False: broken.
    bool row(std::vector<std::string>& cells) {
        cells.clear();
        while (true) {
            if (!cell(cells.emplace_back())) return false;
            if (take(',')) continue;
            if (at_end() || take_line_end()) return true;
            return false;
        }
    }

private:
    bool take(char c) {
        if (at_end() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    bool take_line_end() {
        if (take('\n')) return true;
        if (!take('\r')) return false;
        take('\n');
        return true;
    }
    bool cell(std::string& out) {
        if (take('"')) return quoted(out);
        const auto end = std::min(text_.find_first_of(",\r\n\"", at_), text_.size());
        out = text_.substr(at_, end - at_);
        at_ = end;
        return at_end() || text_[at_] != '"';
    }
    bool quoted(std::string& out) {
        while (true) {
            const auto end = text_.find('"', at_);
            if (end == std::string_view::npos) return false;
            out += text_.substr(at_, end - at_);
            at_ = end + 1;
            if (!take('"')) return true;  // a doubled quote is one
            out += '"';
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

constexpr std::string_view begins_formula = "=+-@\t\r\n";

const wire::Field* find_field(const wire::Type& type, std::string_view name) {
    for (std::size_t i = 0; i < type.field_count; ++i)
        if (type.fields[i].name == name) return &type.fields[i];
    return nullptr;
}

// What csv_cell put in front of what would be a formula.
std::string without_apostrophe(const std::string& cell) {
    const bool is_guarded = cell.size() > 1 && cell[0] == '\'' &&
                            begins_formula.find(cell[1]) != std::string_view::npos;
    return is_guarded ? cell.substr(1) : cell;
}

void append_cell(std::string& out, wire::Kind kind, const std::string& cell) {
    const bool is_json = kind == wire::Kind::any || kind == wire::Kind::list;
    const std::string word = to_lower(trim(cell));
    if (kind == wire::Kind::boolean && (word == "true" || word == "false")) {
        out += word;
    } else if (kind == wire::Kind::integer && parse_int(trim(cell))) {
        out += std::to_string(*parse_int(trim(cell)));
    } else if (const auto json = is_json ? wire::minify(cell) : std::nullopt) {
        out += *json;
    } else {
        append_json_string(out, without_apostrophe(cell));
    }
}

}  // namespace

Csv parse_csv(std::string_view text, std::size_t most) {
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    Csv csv;
    Scan scan{text};
    std::vector<std::string> cells;
    while (!scan.at_end() && csv.rows.size() <= most) {
        if (!scan.row(cells)) {
            csv.broken = "the quotes of row " + std::to_string(csv.rows.size()) + " do not pair";
            return csv;
        }
        if (cells.size() > 1 || !cells.front().empty()) csv.rows.push_back(std::move(cells));
    }
    return csv;
}

std::string json_of_row(const wire::Type& type, const std::vector<std::string>& names,
                        const std::vector<std::string>& cells) {
    std::string out = "{";
    for (std::size_t i = 0; i < names.size() && i < cells.size(); ++i) {
        if (cells[i].empty()) continue;
        const wire::Field* field = find_field(type, names[i]);
        if (field == nullptr) continue;
        if (out.size() > 1) out += ',';
        append_json_string(out, names[i]);
        out += ':';
        const wire::Type& member = *field->type;
        append_cell(out, member.element ? member.element->kind : member.kind, cells[i]);
    }
    return out + "}";
}

std::string csv_cell(std::string_view text) {
    std::string safe;
    if (!text.empty() && begins_formula.find(text.front()) != std::string_view::npos) safe = "'";
    safe += text;
    if (safe.find_first_of("\",\r\n") == std::string::npos) return safe;
    std::string quoted = "\"";
    for (const char c : safe) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted += '"';
}

}  // namespace ohm::api::rest
