#include "pki/authority_files.hpp"

#include <fcntl.h>
#include <string>
#include <unistd.h>

#include "base/error.hpp"
#include "pki/authority.hpp"

namespace ohm::pki {
namespace {

void write_new_file(const std::filesystem::path& path, const std::string& text, bool is_secret) {
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    const int file = ::open(path.c_str(), flags, is_secret ? 0600 : 0644);
    const bool written =
        file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (file >= 0) ::close(file);
    if (!written)
        throw Fault{Fault::Kind::fatal, path.string() +
                                            " cannot be written, or is there already; "
                                            "name a folder without these files"};
}

}  // namespace

void write_authority(const std::filesystem::path& folder, std::string_view organization, Utc now) {
    const auto made = make_authority(organization, now);
    if (!made) throw Fault{Fault::Kind::fatal, made.error().detail};
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    write_new_file(folder / "root.pem", made->root, false);
    write_new_file(folder / "root.key", made->root_key, true);
    write_new_file(folder / "ca.pem", made->intermediate + made->root, false);
    write_new_file(folder / "ca.key", made->intermediate_key, true);
}

}  // namespace ohm::pki
