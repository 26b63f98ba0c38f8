// What the tests of settings share: env files of one test, and the sentences that a start ends
// with. Tests only.
#pragma once

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "base/settings.hpp"

namespace ohm {

// A directory of this test alone, for env files and secrets.
class SettingsFiles : public testing::Test {
protected:
    SettingsFiles() { std::filesystem::create_directories(directory_); }
    ~SettingsFiles() override { std::filesystem::remove_all(directory_); }
    SettingsFiles(const SettingsFiles&) = delete;
    SettingsFiles& operator=(const SettingsFiles&) = delete;

    std::string write(const std::string& name, const std::string& text) const {
        const std::string path = directory_ / name;
        std::ofstream{path, std::ios::binary} << text;
        return path;
    }
    std::string path(const std::string& name) const { return directory_ / name; }

private:
    std::filesystem::path directory_ =
        std::filesystem::temp_directory_path() /
        ("ohm-settings-" + std::to_string(getpid()) + "-" +
         testing::UnitTest::GetInstance()->current_test_info()->name());
};

inline Settings loaded(const SettingSources& sources) {
    auto settings = Settings::load(sources);
    if (!settings) throw std::runtime_error{settings.error().detail};
    return *settings;
}

// The sentence that the process ends with.
inline std::string refused(const SettingSources& sources) {
    const auto settings = Settings::load(sources);
    return settings ? "taken" : settings.error().detail;
}
inline std::string refused_in_environment(const std::string& entry) {
    return refused({.files = {}, .environment = {entry}, .arguments = {}});
}
inline std::string refused_arguments(std::vector<std::string> arguments) {
    return refused({.files = {}, .environment = {}, .arguments = std::move(arguments)});
}

}  // namespace ohm
