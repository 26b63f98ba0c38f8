#include "pki/authority_files.hpp"

#include <cstdlib>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/error.hpp"

namespace ohm::pki {
namespace {

TEST(AuthorityFiles, are_written_once_and_keys_are_for_their_owner) {
    std::string pattern = std::filesystem::temp_directory_path() / "ohm-ca-XXXXXX";
    const std::filesystem::path root = ::mkdtemp(pattern.data());
    const auto folder = root / "new";
    const Utc now = SystemClock{}.utc();
    write_authority(folder, "Acme CPO", now);
    for (const char* name : {"root.pem", "root.key", "ca.pem", "ca.key"})
        EXPECT_GT(std::filesystem::file_size(folder / name), 100u) << name;
    struct stat about {};
    ASSERT_EQ(::stat((folder / "ca.key").c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600u);
    EXPECT_THROW(write_authority(folder, "Acme CPO", now), Fault);
    std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace ohm::pki
