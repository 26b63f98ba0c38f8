#include "cli/shown.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace ohm::cli {

// Not in an unnamed namespace: clang wants linkage of whatever FIELDS describes.
namespace answers {

using wire::Any;
using wire::List;
using wire::Optional;
using wire::Text;

struct Listed {
    List<Any> data;
    Optional<Text<>> next_cursor, sequence;
    FIELDS(data, next_cursor, sequence)
};
struct Refused {
    Optional<Text<>> code, detail, pointer, request_id;
    FIELDS(code, detail, pointer, request_id)
};
struct Command {
    Optional<Text<>> state, result, failed_reason;
    FIELDS(state, result, failed_reason)
};

}  // namespace answers

namespace {

constexpr wire::Rules lenient{wire::Strictness::lenient, true};

std::string text_of(const wire::Optional<wire::Text<>>& text) {
    return text ? text->value : std::string{};
}

// As JSON has it, without the quotes of a text.
std::string cell_of(const wire::Type& type, const void* value) {
    if (type.kind == wire::Kind::optional) {
        if (type.count(value) == 0) return {};
        return cell_of(*type.element, type.at(value, 0));
    }
    if (type.kind == wire::Kind::text) return *static_cast<const std::string*>(value);
    std::string out;
    wire::encode(out, type, value);
    if (out.size() >= 2 && out.front() == '"') return out.substr(1, out.size() - 2);
    return out;
}

std::string clipped(std::string text, std::size_t characters) {
    if (count_code_points(text) <= characters) return text;
    return std::string{first_code_points(text, characters - 1)} + "…";
}

std::vector<std::string> cells_of(wire::Decoder& decoder, const wire::Type& row,
                                  std::string_view item) {
    const auto object = row.make();
    (void)decoder.decode(item, row, object.get(), {wire::Strictness::lenient, true, true}, nullptr);
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < row.field_count; ++i) {
        const wire::Field& field = row.fields[i];
        const void* member = static_cast<const std::byte*>(object.get()) + field.offset;
        cells.push_back(harmless(cell_of(*field.type, member)));
    }
    return cells;
}

void add_padded(std::string& out, const std::string& cell, std::size_t width, bool is_last) {
    out += cell;
    if (is_last) return;
    out.append(width - count_code_points(cell) + 2, ' ');
}

std::string upper(std::string_view name) {
    std::string out{name};
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

}  // namespace

std::string harmless(std::string_view text) {
    std::string out = to_storable(text, text.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto code = static_cast<unsigned char>(out[i]);
        const bool is_c1 =
            code == 0xC2 && i + 1 < out.size() && static_cast<unsigned char>(out[i + 1]) < 0xA0;
        if (code < 0x20 || code == 0x7F) out[i] = ' ';
        if (is_c1) out[i] = out[i + 1] = ' ';
    }
    return out;
}

std::optional<Page> read_page(wire::Decoder& decoder, std::string_view body) {
    answers::Listed listed;
    if (decoder.decode(body, listed, lenient)) return std::nullopt;
    Page page;
    page.next_cursor = text_of(listed.next_cursor);
    page.sequence = text_of(listed.sequence);
    for (wire::Any& item : listed.data.items) page.items.push_back(std::move(item.json));
    return page;
}

Problem read_problem(wire::Decoder& decoder, std::string_view body) {
    answers::Refused refused;
    if (decoder.decode(body, refused, lenient)) return {"", harmless(body), "", ""};
    return {text_of(refused.code), harmless(text_of(refused.detail)), text_of(refused.pointer),
            text_of(refused.request_id)};
}

std::string sentence_of(const Problem& problem, int status) {
    std::string out = problem.code.empty() ? "status " + std::to_string(status) : problem.code;
    if (!problem.detail.empty()) out += ": " + problem.detail;
    if (!problem.pointer.empty()) out += " (" + problem.pointer + ")";
    return out;
}

CommandEnd read_command(wire::Decoder& decoder, std::string_view body) {
    answers::Command command;
    if (decoder.decode(body, command, lenient)) return {};
    return {text_of(command.state), text_of(command.result), text_of(command.failed_reason)};
}

std::string table_of(wire::Decoder& decoder, const wire::Type& row,
                     const std::vector<std::string>& items, std::size_t cell_max, bool with_names) {
    std::vector<std::vector<std::string>> lines;
    if (with_names) {
        lines.emplace_back();
        for (std::size_t i = 0; i < row.field_count; ++i)
            lines.back().push_back(upper(row.fields[i].name));
    }
    for (const std::string& item : items) lines.push_back(cells_of(decoder, row, item));
    std::vector<std::size_t> widths(row.field_count, 0);
    for (auto& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i) {
            line[i] = clipped(std::move(line[i]), cell_max);
            widths[i] = std::max(widths[i], count_code_points(line[i]));
        }
    std::string out;
    for (const auto& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i)
            add_padded(out, line[i], widths[i], i + 1 == line.size());
        out += '\n';
    }
    return out;
}

std::string card_of(wire::Decoder& decoder, const wire::Type& row, std::string_view item) {
    const auto cells = cells_of(decoder, row, item);
    std::size_t width = 0;
    for (std::size_t i = 0; i < row.field_count; ++i)
        width = std::max(width, row.fields[i].name.size());
    std::string out;
    for (std::size_t i = 0; i < row.field_count; ++i) {
        add_padded(out, std::string{row.fields[i].name}, width, false);
        out += cells[i] + "\n";
    }
    return out;
}

std::string name_of(wire::Decoder& decoder, const wire::Type& row, std::string_view item) {
    const auto cells = cells_of(decoder, row, item);
    return cells.empty() ? std::string{} : cells.front();
}

}  // namespace ohm::cli
