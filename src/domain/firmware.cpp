#include "domain/firmware.hpp"

namespace ohm::domain {
namespace {

struct Row {
    std::string_view status, state;
};
constexpr Row rows[] = {
    {"DownloadScheduled", "ordered"},   {"Downloading", "downloading"},
    {"DownloadPaused", "downloading"},  {"Downloaded", "downloaded"},
    {"ChecksumVerified", "downloaded"}, {"SignatureVerified", "signature_verified"},
    {"InstallScheduled", "installing"}, {"InstallRebooting", "installing"},
    {"Installing", "installing"},       {"Installed", "installed"},
    {"Published", "published"},         {"DownloadFailed", "failed"},
    {"InvalidSignature", "failed"},     {"InvalidChecksum", "failed"},
    {"InstallationFailed", "failed"},   {"InstallVerificationFailed", "failed"},
    {"PublishFailed", "failed"},        {"AcceptedCanceled", "failed"},
};

std::string_view state_of(std::string_view status) {
    for (const Row& row : rows)
        if (row.status == status) return row.state;
    return "";
}

bool was_refused(const FirmwareFacts& facts) {
    const std::string_view result = facts.command_result;
    return facts.command_state == "answered" && !result.empty() && result != "accepted" &&
           result != "scheduled";
}

}  // namespace

FirmwareProgress firmware_progress(const FirmwareFacts& facts) {
    const std::string_view state = state_of(facts.status);
    if (state == "failed") return {state, std::string{facts.status}};
    // The station says so, and then boots with another version.
    const bool other_version = state == "installed" && facts.effect_state == "contradicted";
    if (other_version) return {"failed", "another_version_runs"};
    // Its place was taken by another update, which the station says in the answer to that one.
    if (facts.effect_state == "contradicted") return {"failed", "replaced"};
    // A boot with the version is proof enough, whatever else was said.
    if (facts.effect_state == "confirmed" && state != "published") return {"installed", ""};
    if (!state.empty()) return {state, ""};
    if (was_refused(facts)) return {"failed", std::string{facts.command_result}};
    if (facts.command_state == "failed") return {"failed", std::string{facts.failed_reason}};
    if (facts.command_state == "cancelled" || facts.command_state == "expired")
        return {"failed", std::string{facts.command_state}};
    return {facts.downloads > 0 ? "downloading" : "ordered", ""};
}

}  // namespace ohm::domain
