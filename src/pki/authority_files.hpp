// A new authority as files of a folder. Called by `ohmstead create-ca`, once.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/time.hpp"

namespace ohm::pki {

// root.pem, root.key, ca.pem (with the root behind it) and ca.key; keys for their owner alone.
// Never over what is there: stations trust it. Throws Fault{fatal} with a sentence that names the
// file.
void write_authority(const std::filesystem::path& folder, std::string_view organization, Utc now);

}  // namespace ohm::pki
