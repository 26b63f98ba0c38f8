#include "cli/words.hpp"

#include <map>

#include "base/text.hpp"
#include "wire/codec.hpp"

namespace ohm::cli {
namespace {

constexpr std::int64_t wait_max_s = 3'600;

Refusal odd(std::string detail) { return {"bad_usage", std::move(detail)}; }

std::optional<Output> output_of(std::string_view name) {
    if (name == "table") return Output::table;
    if (name == "json") return Output::json;
    if (name == "lines") return Output::lines;
    if (name == "name") return Output::name;
    return std::nullopt;
}

bool* flag_of(Words& words, std::string_view name) {
    if (name == "watch") return &words.watch;
    if (name == "follow" || name == "f") return &words.follow;
    if (name == "all") return &words.all;
    if (name == "help" || name == "h") return &words.help;
    return nullptr;
}

std::string* text_of(Words& words, std::string_view name) {
    if (name == "url") return &words.url;
    if (name == "key") return &words.key;
    if (name == "data-dir") return &words.data_dir;
    if (name == "ca") return &words.ca_file;
    return nullptr;
}

std::optional<Refusal> take_option(Words& words, const std::string& name,
                                   const std::string& value) {
    if (std::string* text = text_of(words, name)) {
        *text = value;
        return std::nullopt;
    }
    if (name == "output" || name == "o") {
        const auto output = output_of(value);
        if (!output) return odd("--output is table, json, lines or name, not " + value);
        words.output = *output;
        return std::nullopt;
    }
    if (name == "wait") {
        const auto wait = parse_int(value);
        if (!wait || *wait < 0 || *wait > wait_max_s)
            return odd("--wait is a number of seconds up to " + std::to_string(wait_max_s));
        words.wait_s = *wait;
        return std::nullopt;
    }
    std::string parameter = name;
    for (char& c : parameter)
        if (c == '-') c = '_';
    words.filters.emplace_back(std::move(parameter), value);
    return std::nullopt;
}

std::string name_of_option(const std::string& argument) {
    const std::string bare = argument.substr(argument.starts_with("--") ? 2 : 1);
    return bare.substr(0, bare.find('='));
}

void take_word(Words& words, const std::string& word) {
    if (words.noun.empty())
        words.noun = word;
    else if (words.verb.empty())
        words.verb = word;
    else
        words.rest.push_back(word);
}

// One member, or an object of members for names with dots.
struct Member {
    std::string json;
    std::map<std::string, Member> members;
};

std::string text_of(const Member& member) {
    if (member.members.empty()) return member.json;
    std::string out;
    for (const auto& [name, inner] : member.members) {
        out += out.empty() ? "{" : ",";
        append_json_string(out, name);
        out += ":" + text_of(inner);
    }
    return out + "}";
}

std::optional<Refusal> put(Member& root, std::string_view path, std::string json) {
    Member* at = &root;
    for (const std::string_view name : split(path, '.')) {
        if (name.empty()) return odd("a name is missing in " + std::string{path});
        if (!at->json.empty()) return odd(std::string{path} + " is a value and an object");
        at = &at->members[std::string{name}];
    }
    if (!at->members.empty() || !at->json.empty())
        return odd(std::string{path} + " is there twice");
    at->json = std::move(json);
    return std::nullopt;
}

}  // namespace

Result<Words> read_words(std::span<const std::string> arguments, const Environment& environment) {
    Words words;
    if (const auto url = environment("OHM_URL")) words.url = *url;
    if (const auto key = environment("OHM_ADMIN_KEY")) words.key = *key;
    if (const auto folder = environment("OHM_DATA_DIR")) words.data_dir = *folder;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        const bool is_option = argument.size() > 1 && argument.front() == '-';
        if (!is_option) {
            take_word(words, argument);
            continue;
        }
        const std::string name = name_of_option(argument);
        if (bool* flag = flag_of(words, name)) {
            *flag = true;
            continue;
        }
        const auto equals = argument.find('=');
        if (equals == std::string::npos && i + 1 == arguments.size())
            return tl::unexpected{odd(argument + " lacks its value")};
        const std::string value =
            equals != std::string::npos ? argument.substr(equals + 1) : arguments[++i];
        if (const auto refused = take_option(words, name, value)) return tl::unexpected{*refused};
    }
    return words;
}

Result<std::string> object_of(std::span<const std::string> pairs) {
    Member root;
    for (const std::string& pair : pairs) {
        const auto equals = pair.find('=');
        if (equals == std::string::npos || equals == 0)
            return tl::unexpected{odd(pair + " is no name=value")};
        const bool is_json = pair[equals - 1] == ':';
        const std::string name = pair.substr(0, is_json ? equals - 1 : equals);
        std::string json;
        if (is_json) {
            const auto value = wire::minify(pair.substr(equals + 1));
            if (!value) return tl::unexpected{odd(name + " is no JSON: " + pair)};
            json = *value;
        } else {
            append_json_string(json, pair.substr(equals + 1));
        }
        if (const auto refused = put(root, name, std::move(json))) return tl::unexpected{*refused};
    }
    return root.members.empty() ? std::string{"{}"} : text_of(root);
}

}  // namespace ohm::cli
