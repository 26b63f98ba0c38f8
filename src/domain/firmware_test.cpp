#include "domain/firmware.hpp"

#include <gtest/gtest.h>

namespace ohm::domain {
namespace {

void expect(const FirmwareFacts& facts, std::string_view state, std::string_view reason = "") {
    const FirmwareProgress progress = firmware_progress(facts);
    EXPECT_EQ(progress.state, state) << facts.status;
    EXPECT_EQ(progress.reason, reason) << facts.status;
}

TEST(Firmware, WhatTheStationSaysIsItsState) {
    expect({.status = "DownloadScheduled", .command_state = "answered"}, "ordered");
    expect({.status = "Downloading"}, "downloading");
    expect({.status = "DownloadPaused"}, "downloading");
    expect({.status = "Downloaded"}, "downloaded");
    expect({.status = "SignatureVerified"}, "signature_verified");
    expect({.status = "InstallRebooting"}, "installing");
    expect({.status = "Installed", .effect_state = "pending"}, "installed");
    expect({.status = "Published", .effect_state = "confirmed"}, "published");
    expect({.status = "InvalidSignature"}, "failed", "InvalidSignature");
    expect({.status = "DownloadFailed"}, "failed", "DownloadFailed");
}

TEST(Firmware, TheVersionThatBootsDecides) {
    expect({.status = "Downloading", .effect_state = "contradicted"}, "failed", "replaced");
    expect({.status = "Installed", .effect_state = "contradicted"}, "failed",
           "another_version_runs");
    expect({.status = "Installing", .effect_state = "confirmed"}, "installed");
    expect({.status = "", .effect_state = "confirmed"}, "installed");
}

TEST(Firmware, BeforeTheStationSaysAnything) {
    expect({.command_state = "queued"}, "ordered");
    expect({.command_state = "answered", .command_result = "accepted"}, "ordered");
    expect({.command_state = "answered", .command_result = "accepted", .downloads = 1},
           "downloading");
    expect({.command_state = "answered", .command_result = "rejected"}, "failed", "rejected");
    expect({.command_state = "failed", .failed_reason = "timeout"}, "failed", "timeout");
    expect({.command_state = "expired"}, "failed", "expired");
}

}  // namespace
}  // namespace ohm::domain
