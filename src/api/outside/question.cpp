#include "api/outside/question.hpp"

#include <algorithm>

namespace ohm::api::outside {

std::string Answer::failure() const {
    if (parts.empty()) return "unanswered";
    const egress::Answer& only = parts.front();
    if (!only.failure.empty()) return std::string{only.failure};
    const bool is_well = only.status >= 200 && only.status < 300;
    return is_well ? "" : "status_" + std::to_string(only.status);
}

const Answer* find(const Heard& heard, Kind kind) {
    const auto found = std::find_if(heard.begin(), heard.end(),
                                    [&](const Answer& answer) { return answer.kind == kind; });
    return found == heard.end() ? nullptr : &*found;
}

Answer unanswered(Kind kind, std::size_t parts, std::string_view failure) {
    Answer answer{.kind = kind};
    answer.parts.resize(parts);
    for (egress::Answer& part : answer.parts) part.failure = failure;
    return answer;
}

Answer unanswered(const Question& question, std::string_view failure) {
    return unanswered(question.kind, question.parts.size(), failure);
}

}  // namespace ohm::api::outside
