#include "cli/cli.hpp"

#include <cstdlib>
#include <deque>
#include <fstream>
#include <ostream>
#include <poll.h>
#include <sstream>
#include <unistd.h>
#include <unordered_set>

#include "base/text.hpp"
#include "cli/listener.hpp"
#include "cli/long_work.hpp"
#include "cli/pages.hpp"
#include "cli/shown.hpp"
#include "cli/verbs.hpp"

namespace ohm::cli {
namespace {

constexpr int done = 0, failed = 1, not_understood = 2, not_found = 3, refused_by_station = 4,
              no_answer = 5, offline = 6, partly = 7;
constexpr milliseconds between_looks{2'000};
constexpr std::size_t cell_max = 60, followed_max = 10'000;
constexpr std::string_view followed_limit = "100", replayed_limit = "500";
constexpr milliseconds between_batch_looks{500};
constexpr std::size_t portion_rows = 1'000;

// One call of the program.
class Call {
public:
    Call(const Words& words, const Verb& verb, const Ask& ask, const Listen& listen,
         const Terminal& terminal)
        : words_{words}, verb_{verb}, ask_{ask}, listen_{listen}, terminal_{terminal} {}

    int run() {
        const auto request = request_of();
        if (!request) return say(request.error().detail, not_understood);
        if (verb_.answer == Answer::stream) return tail(*request);
        if (verb_.answer == Answer::report) return import(*request);
        if (words_.follow) return follow(*request);
        if (!words_.watch) return once(*request);
        while (true) {
            if (terminal_.is_terminal) terminal_.out << "\x1b[H\x1b[2J";
            if (const int code = once(*request); code != done || !terminal_.goes_on()) return code;
            terminal_.out.flush();
            terminal_.pause(between_looks);
        }
    }

private:
    int say(std::string_view sentence, int code) const {
        terminal_.err << "ohmstead: " << sentence << "\n";
        return code;
    }

    // A URL that is none is no answer either.
    net::HttpAnswer ask(const Request& request) const {
        auto answer = ask_(words_, request);
        if (answer) return std::move(*answer);
        return {.status = 0, .headers = {}, .body = answer.error().detail};
    }

    // ---- from words to a request ----

    Result<std::string> path_of(std::size_t& used) const {
        std::string path;
        std::string_view left = verb_.path;
        for (auto at = left.find("{}"); at != std::string_view::npos; at = left.find("{}")) {
            if (used == words_.rest.size()) return tl::unexpected{Refusal{"bad_usage", usage()}};
            path += left.substr(0, at);
            path += percent_encode(words_.rest[used++]);
            left = left.substr(at + 2);
        }
        return path + std::string{left};
    }
    std::string usage() const {
        return "ohmstead " + std::string{verb_.noun} + " " + std::string{verb_.name} + " takes " +
               std::string{verb_.takes.empty() ? "no further words" : verb_.takes};
    }
    Result<std::string> body_of(std::span<const std::string> rest) const {
        switch (verb_.body) {
            case Body::none:
                if (!rest.empty()) return tl::unexpected{Refusal{"bad_usage", usage()}};
                return std::string{};
            case Body::pairs: return object_of(rest);
            case Body::created: return created_of(rest);
            case Body::call: return call_of(rest);
            case Body::file: return file_of(rest);
        }
        return std::string{};
    }
    Result<std::string> created_of(std::span<const std::string> rest) const {
        if (rest.empty()) return tl::unexpected{Refusal{"bad_usage", usage()}};
        std::vector<std::string> pairs{rest.begin(), rest.end()};
        pairs.front() = "id=" + pairs.front();
        return object_of(pairs);
    }
    Result<std::string> call_of(std::span<const std::string> rest) const {
        if (rest.empty() || rest.size() > 2)
            return tl::unexpected{Refusal{"bad_usage", "call takes STATION ACTION [JSON]"}};
        const auto payload = wire::minify(rest.size() == 2 ? rest[1] : "{}");
        if (!payload) return tl::unexpected{Refusal{"bad_usage", "no JSON: " + rest[1]}};
        std::string body = R"({"action":)";
        append_json_string(body, rest[0]);
        return body + R"(,"payload":)" + *payload + "}";
    }
    static Result<std::string> file_of(std::span<const std::string> rest) {
        if (rest.size() != 1) return tl::unexpected{Refusal{"bad_usage", "import takes one file"}};
        std::ifstream file{rest[0], std::ios::binary};
        if (!file) return tl::unexpected{Refusal{"bad_usage", "cannot read " + rest[0]}};
        std::ostringstream text;
        text << file.rdbuf();
        return text.str();
    }
    std::string content_type() const {
        if (verb_.body == Body::none) return {};
        const bool is_csv = verb_.body == Body::file && words_.rest.back().ends_with(".csv");
        if (is_csv) return "text/csv";
        return verb_.method == "PATCH" ? "application/merge-patch+json" : "application/json";
    }
    std::string query() const {
        std::string out;
        for (const auto& [name, value] : words_.filters)
            out += (out.empty() ? "?" : "&") + percent_encode(name) + "=" + percent_encode(value);
        return out;
    }
    Result<Request> request_of() const {
        std::size_t used = 0;
        const auto path = path_of(used);
        if (!path) return tl::unexpected{path.error()};
        const auto body = body_of(std::span{words_.rest}.subspan(used));
        if (!body) return tl::unexpected{body.error()};
        return Request{std::string{verb_.method}, *path + query(), *body, content_type(),
                       words_.wait_s};
    }

    // ---- from the answer to what is shown ----

    bool shows_tables() const {
        if (words_.output == Output::automatic) return terminal_.is_terminal && verb_.row;
        return words_.output == Output::table && verb_.row;
    }
    int fault_of(const net::HttpAnswer& answer) {
        if (answer.status == 0) return say(words_.url + ": " + answer.body, no_answer);
        const Problem problem = read_problem(decoder_, answer.body);
        say(sentence_of(problem, answer.status), failed);
        if (answer.status == 404) return not_found;
        return problem.code == "station_offline" ? offline : failed;
    }
    int once(const Request& request) {
        const net::HttpAnswer answer = ask(request);
        if (answer.status < 200 || answer.status > 299) return fault_of(answer);
        switch (verb_.answer) {
            case Answer::nothing: return done;
            case Answer::list: return show_list(request, answer.body);
            case Answer::object: show(answer.body); return done;
            case Answer::batch: return follow_batch(answer.body);
            case Answer::report:
            case Answer::stream: break;
            case Answer::command:
                show(answer.body);
                if (answer.status == 202) say("not answered yet", done);
                return code_of(read_command(decoder_, answer.body));
        }
        return failed;
    }
    static int code_of(const CommandEnd& end) {
        if (end.failed_reason == "offline" || end.failed_reason == "disconnected") return offline;
        if (end.failed_reason == "timeout") return no_answer;
        const bool is_good = end.result.empty() || end.result == "accepted" ||
                             end.result == "scheduled" || end.result == "partly_accepted";
        if (!end.failed_reason.empty() || !is_good) return refused_by_station;
        return done;
    }
    void show(const std::string& body) {
        if (words_.output == Output::name && verb_.row)
            terminal_.out << name_of(decoder_, *verb_.row, body) << "\n";
        else if (shows_tables())
            terminal_.out << card_of(decoder_, *verb_.row, body);
        else
            terminal_.out << body << "\n";
    }
    void show_items(const std::vector<std::string>& items, bool with_names) {
        if (words_.output == Output::name && verb_.row) {
            for (const std::string& item : items)
                terminal_.out << name_of(decoder_, *verb_.row, item) << "\n";
        } else if (shows_tables()) {
            terminal_.out << table_of(decoder_, *verb_.row, items, cell_max, with_names);
        } else {
            for (const std::string& item : items) terminal_.out << item << "\n";
        }
    }
    bool shows_whole_answer() const {
        const bool as_it_came = words_.output == Output::json || words_.output == Output::automatic;
        return as_it_came && !shows_tables() && !words_.all && !words_.follow;
    }
    int show_list(const Request& request, const std::string& body) {
        auto page = read_page(decoder_, body);
        if (!page) return say("no list came: " + body.substr(0, 200), failed);
        if (shows_whole_answer()) {
            terminal_.out << body << "\n";
            return done;
        }
        show_items(page->items, true);
        while (words_.all && !page->next_cursor.empty()) {
            const net::HttpAnswer answer = ask(with(request, "cursor", page->next_cursor));
            if (answer.status != 200) return fault_of(answer);
            page = read_page(decoder_, answer.body);
            if (!page) return say("no list came", failed);
            show_items(page->items, false);
        }
        if (!page->next_cursor.empty())
            say("there are more: --all, or --cursor " + page->next_cursor, done);
        return done;
    }
    static Request with(Request request, std::string_view name, std::string_view value) {
        request.target += request.target.find('?') == std::string::npos ? '?' : '&';
        request.target += std::string{name} + "=" + percent_encode(value);
        return request;
    }

    // What is new in a list that has the newest first, oldest of it first.
    int follow(const Request& asked) {
        if (verb_.answer != Answer::list) return say("--follow is for lists", not_understood);
        const Request request = with(asked, "limit", followed_limit);
        std::unordered_set<std::string> known;
        std::deque<std::string> order;
        for (bool is_first = true;; is_first = false) {
            const net::HttpAnswer answer = ask(request);
            // An api that is away comes back: whoever follows wants to go on.
            if (answer.status != 200 && (is_first || answer.status != 0)) return fault_of(answer);
            const auto page = read_page(decoder_, answer.body);
            std::vector<std::string> fresh;
            for (const std::string& item : page ? page->items : std::vector<std::string>{})
                if (known.insert(item).second) fresh.push_back(item), order.push_back(item);
            for (; order.size() > followed_max; order.pop_front()) known.erase(order.front());
            show_items({fresh.rbegin(), fresh.rend()}, is_first);
            terminal_.out.flush();
            if (!terminal_.goes_on()) return done;
            terminal_.pause(between_looks);
        }
    }

    // ---- long work ----

    int follow_batch(std::string body) {
        BatchState batch = read_batch(decoder_, body);
        Bar bar{terminal_.err, terminal_.shows_progress, clock_.mono()};
        while (!batch.id.empty() && !batch.is_over() && terminal_.goes_on()) {
            bar.draw(batch.total - batch.waiting - batch.open, batch.total,
                     std::to_string(batch.bad) + " not accepted", clock_.mono());
            terminal_.pause(between_batch_looks);
            const net::HttpAnswer answer = ask({.method = "GET",
                                                .target = "/command-batches/" + batch.id,
                                                .body = {},
                                                .content_type = {},
                                                .wait_s = {}});
            if (answer.status == 0) continue;  // it comes back
            if (answer.status != 200) return bar.end(), fault_of(answer);
            body = answer.body;
            batch = read_batch(decoder_, body);
        }
        bar.end();
        show(body);
        const bool is_whole = batch.state == "finished" || batch.state == "dry_run";
        return is_whole && batch.bad == 0 ? done : partly;
    }

    // What is written stays written: where a portion fails the rows before it are said.
    int import(const Request& request) {
        const bool is_csv = request.content_type == "text/csv";
        std::vector<std::string> portions{request.body};
        if (is_csv) portions = portions_of_csv(request.body, portion_rows);
        Bar bar{terminal_.err, terminal_.shows_progress, clock_.mono()};
        ImportReport report;
        for (std::size_t i = 0; i < portions.size(); ++i) {
            Request portion = request;
            portion.body = std::move(portions[i]);
            const net::HttpAnswer answer = ask(portion);
            if (answer.status < 200 || answer.status > 299) {
                bar.end();
                if (i > 0) say(std::to_string(report.total()) + " rows are imported, then:", done);
                return fault_of(answer);
            }
            if (portions.size() == 1) return terminal_.out << answer.body << "\n", done;
            if (!report.add(answer.body, decoder_)) return bar.end(), say("no report came", failed);
            bar.draw(static_cast<std::int64_t>(i + 1), static_cast<std::int64_t>(portions.size()),
                     std::to_string(report.total()) + " rows, " + std::to_string(report.refused()) +
                         " refused",
                     clock_.mono());
        }
        bar.end();
        terminal_.out << report.text() << "\n";
        return done;
    }

    // ---- events ----

    std::string option(std::string_view name) const {
        for (const auto& [known, value] : words_.filters)
            if (known == name) return value;
        return {};
    }
    int tail(const Request& asked) {
        for (const auto& [name, value] : words_.filters)
            if (name != "type" && name != "types" && name != "station" && name != "from" &&
                name != "limit")
                return say("events tail has no --" + name, not_understood);
        const std::string limit = option("limit");
        const auto most = limit.empty() ? 0 : parse_int(limit).value_or(-1);
        if (most < 0) return say("--limit is a number of events", not_understood);
        Tail events{words_, shows_tables(), most};
        const std::string from = option("from");
        if (from == "start") {
            const int code = replay(asked, events);
            if (code != done || events.has_enough()) return code;
        } else if (!from.empty()) {
            events.goes_on_after(from);
        }
        return listen_(words_, events, terminal_);
    }
    // What is kept, from the oldest on; then the stream goes on behind it.
    int replay(const Request& asked, Tail& events) {
        Request request = asked;
        request.target = "/events?limit=" + std::string{replayed_limit};
        for (const auto& [name, value] : words_.filters) {
            if (name == "type" || name == "types") request = with(request, "types", value);
            if (name == "station") request = with(request, name, value);
        }
        std::string after;
        while (true) {
            const net::HttpAnswer answer =
                ask(after.empty() ? request : with(request, "after", after));
            if (answer.status != 200) return fault_of(answer);
            const auto page = read_page(decoder_, answer.body);
            if (!page) return say("no list came", failed);
            for (const std::string& item : page->items) {
                if (events.has_enough()) return done;
                if (const auto line = events.on_event(item)) terminal_.out << *line << "\n";
            }
            terminal_.out.flush();
            events.goes_on_after(page->sequence);
            if (page->next_cursor.empty()) return done;
            after = page->next_cursor;
        }
    }

    const Words& words_;
    const Verb& verb_;
    const Ask& ask_;
    const Listen& listen_;
    const SystemClock clock_;
    const Terminal& terminal_;
    wire::Decoder decoder_;
};

int print(std::ostream& out, const std::string& text) {
    out << text;
    return done;
}

int run_verb(Words words, const Ask& ask, const Listen& listen, const Terminal& terminal) {
    const auto complain = [&](const std::string& sentence) {
        terminal.err << "ohmstead: " << sentence << "\n";
        return not_understood;
    };
    const Verb* verb = find_verb(words.noun, "");
    if (verb && !words.verb.empty())  // a noun that stands alone: its words begin at once
        words.rest.insert(words.rest.begin(), words.verb);
    if (!verb) verb = find_verb(words.noun, words.verb.empty() ? "list" : words.verb);
    if (!verb)
        return complain("there is no " + words.noun + " " + words.verb + "; see ohmstead " +
                        words.noun + " --help");
    return Call{words, *verb, ask, listen, terminal}.run();
}

}  // namespace

bool is_cli_word(std::string_view word) {
    return is_noun(word) || word == "completion" || word == "man";
}

int run_cli(std::span<const std::string> arguments, const Environment& environment,
            std::string_view version, const Ask& ask, const Listen& listen,
            const Terminal& terminal) {
    auto words = read_words(arguments, environment);
    if (!words) {
        terminal.err << "ohmstead: " << words.error().detail << "\n";
        return not_understood;
    }
    if (words->noun == "man") return print(terminal.out, man_page(version));
    if (words->noun == "completion") {
        const std::string script = completion(words->verb);
        if (!script.empty()) return print(terminal.out, script);
        terminal.err << "ohmstead: completion is for bash, zsh or fish\n";
        return not_understood;
    }
    if (words->help) return print(terminal.out, help_of(words->noun));
    return run_verb(std::move(*words), ask, listen, terminal);
}

int run_cli_here(std::span<const std::string> arguments, std::string_view version,
                 std::ostream& out, std::ostream& err) {
    const Environment environment = [](std::string_view name) -> std::optional<std::string> {
        const char* value = std::getenv(std::string{name}.c_str());
        return value ? std::optional<std::string>{value} : std::nullopt;
    };
    const auto pause = [](milliseconds time) {
        ::poll(nullptr, 0, static_cast<int>(time.count()));
    };
    return run_cli(arguments, environment, version, ask_api, listen_to_api,
                   {.out = out,
                    .err = err,
                    .is_terminal = ::isatty(STDOUT_FILENO) == 1,
                    .shows_progress = ::isatty(STDERR_FILENO) == 1,
                    .pause = pause});
}

}  // namespace ohm::cli
