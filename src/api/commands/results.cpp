#include "api/commands/results.hpp"

#include "base/text.hpp"

namespace ohm::api::commands {

// As much of an answer as says how it went. Not in an unnamed namespace: clang wants linkage of
// whatever FIELDS describes.
namespace partly {

using wire::Any;
using wire::List;
using wire::Optional;
using wire::Text;

struct Item {
    Optional<Text<>> attributeStatus, status;
    FIELDS(attributeStatus, status)
};
struct Answer {
    Optional<Any> status;
    Optional<List<Item>> setVariableResult, getVariableResult, setMonitoringResult,
        clearMonitoringResult, results;
    Optional<List<Any>> configurationKey, unknownKey;
    FIELDS(status, setVariableResult, getVariableResult, setMonitoringResult, clearMonitoringResult,
           results, configurationKey, unknownKey)
};

}  // namespace partly

namespace {

struct Row {
    std::string_view status, word;
};
constexpr Row rows[] = {{"", "accepted"},
                        {"Accepted", "accepted"},
                        {"AcceptedCanceled", "accepted"},
                        {"EmptyResultSet", "accepted"},
                        {"NoProfiles", "accepted"},
                        {"RebootRequired", "accepted"},
                        {"Unlocked", "accepted"},
                        {"Unpublished", "accepted"},
                        {"Duplicate", "rejected"},
                        {"Failed", "rejected"},
                        {"Invalid", "rejected"},
                        {"InvalidCertificate", "rejected"},
                        {"Rejected", "rejected"},
                        {"RevokedCertificate", "rejected"},
                        {"UnlockFailed", "rejected"},
                        {"VersionMismatch", "rejected"},
                        {"Scheduled", "scheduled"},
                        {"NotImplemented", "not_supported"},
                        {"NotSupported", "not_supported"},
                        {"NotSupportedAttributeType", "not_supported"},
                        {"NotSupportedMessageFormat", "not_supported"},
                        {"NotSupportedPriority", "not_supported"},
                        {"NotSupportedState", "not_supported"},
                        {"UnsupportedMonitorType", "not_supported"},
                        {"DownloadOngoing", "occupied"},
                        {"Occupied", "occupied"},
                        {"OngoingAuthorizedTransaction", "occupied"},
                        {"Faulted", "faulted"},
                        {"Unavailable", "faulted"}};

std::string text_in(const std::optional<wire::Any>& any) {
    if (!any || any->json.size() < 2 || any->json.front() != '"') return {};
    return any->json.substr(1, any->json.size() - 2);
}

// All alike: that word; else partial.
void join(Result& result, std::string_view status) {
    const std::string_view word = word_of_status(status);
    if (result.word.empty()) {
        result = {std::string{status}, word};
        return;
    }
    if (result.word != word) result.word = "partial";
    if (result.status != status) result.status.clear();
}

Result result_of_items(const partly::Answer& answer) {
    Result result;
    for (const auto* list :
         {&answer.setVariableResult, &answer.getVariableResult, &answer.setMonitoringResult,
          &answer.clearMonitoringResult, &answer.results}) {
        if (!*list) continue;
        for (const partly::Item& item : **list) {
            const auto& status = item.attributeStatus ? item.attributeStatus : item.status;
            join(result, status ? status->value : std::string{});
        }
    }
    return result;
}

std::size_t count(const std::optional<wire::List<wire::Any>>& list) {
    return list ? list->items.size() : 0;
}

}  // namespace

std::string_view word_of_status(std::string_view status) {
    for (const Row& row : rows)
        if (equals_ignoring_case(row.status, status)) return row.word;
    return "unknown";
}

std::string_view word_of_error(std::string_view code) {
    return word_of_status(code) == "not_supported" ? "not_supported" : "error";
}

Result result_of(wire::Decoder& decoder, std::string_view action, std::string_view payload) {
    partly::Answer answer;
    if (decoder.decode(payload, answer, {wire::Strictness::lenient})) return {"", "accepted"};
    if (action == "GetConfiguration" && count(answer.unknownKey) > 0)
        return {"", count(answer.configurationKey) > 0 ? "partial" : "unknown"};
    Result result = result_of_items(answer);
    if (!result.word.empty()) return result;
    result.status = text_in(answer.status);
    result.word = word_of_status(result.status);
    return result;
}

}  // namespace ohm::api::commands
