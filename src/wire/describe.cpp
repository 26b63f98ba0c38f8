#include <limits>

#include "base/text.hpp"
#include "wire/codec.hpp"

namespace ohm::wire {
namespace {

constexpr std::string_view custom_data_schema =
    R"("customData":{"type":"object","properties":{"vendorId":{"type":"string","maxLength":255}},"required":["vendorId"]})";

void describe_text(std::string& out, const Type& type) {
    out += R"({"type":"string")";
    if (type.uri) out += R"(,"format":"uri")";
    if (type.min > 0) (out += R"(,"minLength":)") += std::to_string(type.min);
    if (type.max > 0) (out += R"(,"maxLength":)") += std::to_string(type.max);
    out += '}';
}

void describe_integer(std::string& out, const Type& type) {
    out += R"({"type":"integer")";
    constexpr auto int64 = std::numeric_limits<std::int64_t>{};
    const bool int32 = type.min == std::numeric_limits<std::int32_t>::min() &&
                       type.max == std::numeric_limits<std::int32_t>::max();
    if (int32) out += R"(,"format":"int32")";
    if (!int32 && type.min != int64.min()) (out += R"(,"minimum":)") += std::to_string(type.min);
    if (!int32 && type.max != int64.max()) (out += R"(,"maximum":)") += std::to_string(type.max);
    out += '}';
}

void describe_number(std::string& out, const Type& type) {
    out += R"({"type":"number")";
    if (type.max > 0) {
        out += R"(,"multipleOf":0.)";
        out.append(static_cast<std::size_t>(type.max - 1), '0') += '1';
    }
    out += '}';
}

void describe_one_of(std::string& out, const Type& type) {
    out += R"({"type":"string","enum":[)";
    for (std::size_t i = 0; i < type.names.size(); ++i) {
        if (i > 0) out += ',';
        append_json_string(out, type.names[i]);
    }
    out += "]}";
}

void describe_list(std::string& out, const Type& type, Rules rules) {
    out += R"({"type":"array","items":)";
    describe(out, *type.element, rules);
    if (type.min > 0) (out += R"(,"minItems":)") += std::to_string(type.min);
    if (type.max > 0) (out += R"(,"maxItems":)") += std::to_string(type.max);
    out += '}';
}

void describe_nullable(std::string& out, const Type& type, Rules rules) {
    out += R"({"anyOf":[)";
    describe(out, *type.element, rules);
    out += R"(,{"type":"null"}]})";
}

void describe_object(std::string& out, const Type& type, Rules rules) {
    std::string required;
    out += R"({"type":"object","properties":{)";
    if (rules.custom_data) out += custom_data_schema;
    for (std::size_t i = 0; i < type.field_count; ++i) {
        const Field& field = type.fields[i];
        if (i > 0 || rules.custom_data) out += ',';
        append_json_string(out, field.name);
        out += ':';
        describe(out, *field.type, rules);
        const bool absent_allowed =
            field.type->kind == Kind::optional || field.type->kind == Kind::patch;
        if (absent_allowed && !field.type->shows_null) continue;
        if (!required.empty()) required += ',';
        append_json_string(required, field.name);
    }
    out += R"(},"additionalProperties":false)";
    if (!required.empty()) ((out += R"(,"required":[)") += required) += ']';
    out += '}';
}

}  // namespace

void describe(std::string& out, const Type& type, Rules rules) {
    switch (type.kind) {
        case Kind::boolean: out += R"({"type":"boolean"})"; return;
        case Kind::integer: describe_integer(out, type); return;
        case Kind::unsigned64: out += R"({"type":"integer","minimum":0})"; return;
        case Kind::number: describe_number(out, type); return;
        case Kind::text: describe_text(out, type); return;
        case Kind::blob: out += R"({"type":"string"})"; return;
        case Kind::date_time: out += R"({"type":"string","format":"date-time"})"; return;
        case Kind::one_of: describe_one_of(out, type); return;
        case Kind::list: describe_list(out, type, rules); return;
        case Kind::object: describe_object(out, type, rules); return;
        case Kind::optional:
            if (type.shows_null) return describe_nullable(out, type, rules);
            return describe(out, *type.element, rules);
        case Kind::patch: describe_nullable(out, type, rules); return;
        case Kind::any: out += "{}"; return;
    }
}

}  // namespace ohm::wire
