// Runs transcripts: transcripts [--accept] FILE|FOLDER… Each line of a file that is no comment and
// no output is said, and what follows must be the output that stands below it, to the letter.
// --accept writes what came instead; review reads the difference.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "conversation.hpp"

namespace ohm::transcripts {
namespace {

struct Step {
    std::vector<std::string> before;  // comments and blank lines
    std::string input;                // empty only at the file's end
    std::vector<std::string> expected;
    std::size_t line = 0;
};

// `<`, `=`, or the same behind the name of another connection.
bool is_output(const std::string& line) {
    const auto mark = line.find_first_of("<=");
    if (mark == std::string::npos || mark + 1 >= line.size() || line[mark + 1] != ' ') return false;
    return line.find(' ') > mark;
}

std::vector<Step> read(const std::filesystem::path& path) {
    std::ifstream in{path};
    std::vector<Step> steps(1);
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
        Step& last = steps.back();
        if (is_output(line)) {
            if (last.input.empty()) throw std::runtime_error{"output without input: " + line};
            last.expected.push_back(line);
        } else if (line.empty() || line[0] == '#') {
            if (!last.input.empty()) steps.emplace_back();
            steps.back().before.push_back(line);
        } else {
            if (!last.input.empty()) steps.emplace_back();
            steps.back().input = line;
            steps.back().line = number;
        }
    }
    return steps;
}

void report(const std::filesystem::path& path, const Step& step,
            const std::vector<std::string>& actual) {
    std::fprintf(stderr, "%s:%zu: %s\n", path.c_str(), step.line, step.input.c_str());
    for (const std::string& line : step.expected) std::fprintf(stderr, "  - %s\n", line.c_str());
    for (const std::string& line : actual) std::fprintf(stderr, "  + %s\n", line.c_str());
}

void write(const std::filesystem::path& path, const std::vector<Step>& steps) {
    std::ofstream out{path};
    for (const Step& step : steps) {
        for (const std::string& line : step.before) out << line << '\n';
        if (!step.input.empty()) out << step.input << '\n';
        for (const std::string& line : step.expected) out << line << '\n';
    }
}

bool run(const std::filesystem::path& path, bool accept) {
    std::vector<Step> steps = read(path);
    Conversation conversation;
    bool right = true;
    for (Step& step : steps) {
        if (step.input.empty()) continue;
        const auto actual = conversation.say(step.input);
        if (actual == step.expected) continue;
        right = false;
        if (!accept) report(path, step, actual);
        step.expected = actual;
    }
    if (accept && !right) write(path, steps);
    return right || accept;
}

std::vector<std::filesystem::path> files_of(const std::filesystem::path& path) {
    if (!std::filesystem::is_directory(path)) return {path};
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{path})
        if (entry.path().extension() == ".ocpp") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

int run_all(const std::vector<std::string>& arguments) {
    const bool accept = !arguments.empty() && arguments[0] == "--accept";
    std::size_t count = 0, wrong = 0;
    for (std::size_t i = accept ? 1 : 0; i < arguments.size(); ++i) {
        for (const auto& file : files_of(arguments[i])) {
            ++count;
            try {
                wrong += run(file, accept) ? 0 : 1;
            } catch (const std::exception& error) {
                ++wrong;
                std::fprintf(stderr, "%s: %s\n", file.c_str(), error.what());
            }
        }
    }
    std::printf("%zu transcripts, %zu wrong\n", count, wrong);
    return count > 0 && wrong == 0 ? 0 : 1;
}

}  // namespace
}  // namespace ohm::transcripts

int main(int argc, char** argv) { return ohm::transcripts::run_all({argv + 1, argv + argc}); }
