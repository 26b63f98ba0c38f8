#include "base/secret.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <set>

#include "base/random.hpp"
#include "base/text.hpp"

namespace ohm::secret {
namespace {

using namespace std::string_view_literals;

std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

TEST(Secret, AGeneratedPasswordFitsBothVersions) {
    std::set<std::string> all;
    for (int i = 0; i < 100; ++i) {
        const std::string password = generate_station_password();
        EXPECT_EQ(password.size(), 40u);
        EXPECT_TRUE(from_hex(password));
        all.insert(password);
    }
    EXPECT_EQ(all.size(), 100u);
    EXPECT_TRUE(generate_api_key().starts_with("ohk_"));
    EXPECT_EQ(generate_api_key().size(), 44u);
}

TEST(Secret, AnInstallationsKeyIsTheFirstLineOfItsFile) {
    const std::filesystem::path folder =
        std::filesystem::path{testing::TempDir()} / ("ohm-key-" + to_hex(random_bytes(8)));
    EXPECT_EQ(admin_key_in(folder), "");
    std::filesystem::create_directory(folder);
    std::ofstream{folder / "admin.key"} << "ohk_0123 \r\nwhat comes behind it\n";
    EXPECT_EQ(admin_key_in(folder), "ohk_0123");
    std::filesystem::remove_all(folder);
}

TEST(Secret, GeneratedIsKnownInEverySpelling) {
    const std::string password = generate_station_password();
    const std::string stored = hash_generated(password);
    EXPECT_EQ(stored.find(password), std::string::npos);
    EXPECT_TRUE(verify_station(stored, password));
    EXPECT_TRUE(verify_station(stored, upper(password)));
    EXPECT_TRUE(verify_station(stored, *from_hex(password))) << "the 20 raw bytes";
    EXPECT_TRUE(verify(stored, password));
    EXPECT_NE(hash_generated(password), stored) << "salted";
}

TEST(Secret, WrongAttemptsFail) {
    const std::string password = generate_station_password();
    const std::string stored = hash_generated(password);
    std::string other = password;
    other[0] = other[0] == '0' ? '1' : '0';
    for (const std::string& attempt :
         {other, password.substr(1), password.substr(0, 38), password + "00", std::string{},
          to_hex(password), stored, std::string{"\0", 1}}) {
        EXPECT_FALSE(verify_station(stored, attempt)) << attempt;
        EXPECT_FALSE(verify(stored, attempt)) << attempt;
    }
}

TEST(Secret, RawBytesThatSpellHexAreStillTheSecret) {
    const std::string raw = "deadbeefdeadbeef";  // as bytes
    const std::string stored = hash_generated(to_hex(raw));
    EXPECT_TRUE(verify_station(stored, raw));
    EXPECT_TRUE(verify_station(stored, upper(to_hex(raw))));
}

TEST(Secret, ChosenPasswordsOfAnyText) {
    for (const std::string& password :
         {std::string{"correct horse"}, std::string{"CAFE"}, std::string{"ABC"},
          std::string{"pässwörd"}, std::string{"with\0nul", 8}}) {
        const std::string stored = hash_chosen(password);
        EXPECT_TRUE(stored.starts_with("$argon2id$")) << stored;
        EXPECT_TRUE(verify(stored, password)) << password;
        EXPECT_TRUE(verify_station(stored, password)) << password;
        const bool spells_hex = from_hex(password).has_value();  // then it is hex text already
        EXPECT_EQ(verify_station(stored, upper(to_hex(password))), !spells_hex) << password;
        EXPECT_FALSE(verify(stored, password + "x")) << password;
        EXPECT_FALSE(verify_station(stored, ""));
    }
}

TEST(Secret, CaseCountsInTextThatIsNotHex) {
    const std::string stored = hash_generated("Secret");
    EXPECT_TRUE(verify(stored, "Secret"));
    EXPECT_FALSE(verify(stored, "secret"));
}

TEST(Secret, UnknownOrBrokenStoredFormsMatchNothing) {
    const std::string good = hash_generated("x1");
    for (const std::string& stored :
         {std::string{}, std::string{"x1"}, std::string{"b2$"}, std::string{"b2$$"},
          std::string{"b2$zz$zz"}, std::string{"b2$00$00"}, good.substr(0, good.size() - 2),
          good + "00", good + "$", std::string{"b3"} + good.substr(2),
          std::string{"$argon2id$broken"}, std::string{"$argon2"}, std::string{"plain:x1"}}) {
        EXPECT_FALSE(verify(stored, "x1")) << stored;
        EXPECT_FALSE(verify_station(stored, "x1")) << stored;
        EXPECT_FALSE(verify_station(stored, "")) << stored;
        EXPECT_FALSE(verify_station(stored, stored)) << stored;
    }
}

TEST(Secret, ComparesWholeTexts) {
    EXPECT_TRUE(equal_in_constant_time("", ""));
    EXPECT_TRUE(equal_in_constant_time("a\0b"sv, "a\0b"sv));
    EXPECT_FALSE(equal_in_constant_time("a\0b"sv, "a\0c"sv));
    EXPECT_FALSE(equal_in_constant_time("a", "ab"));
}

TEST(Secret, DigestIsBlake2b256) {
    // BLAKE2b with 32 bytes of output, of the empty text.
    EXPECT_EQ(to_hex(digest("")),
              "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    EXPECT_NE(digest("a"), digest("b"));
}

TEST(SystemRandom, DoesNotRepeat) {
    SystemRandom random;
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1'000; ++i) seen.insert(random.next());
    EXPECT_EQ(seen.size(), 1'000u);
    EXPECT_EQ(random_bytes(0).size(), 0u);
    EXPECT_EQ(random_bytes(33).size(), 33u);
}

TEST(Secret, APackedHashIsThatOfTheStoredOne) {
    const std::string password = generate_station_password();
    const std::string stored = hash_generated(password);
    const std::string short_form = packed(stored);
    EXPECT_EQ(short_form.size(), 51u);
    EXPECT_EQ(unpacked(short_form), stored);
    EXPECT_EQ(packed(short_form), short_form);
    EXPECT_TRUE(verify_station(short_form, password));
    EXPECT_FALSE(verify_station(short_form, password + "0"));
    EXPECT_FALSE(verify(short_form.substr(0, 50), password));
}

TEST(Secret, OtherFormsAreNotPacked) {
    const std::string chosen = hash_chosen("correct horse");
    for (const std::string& stored : {std::string{}, std::string{"x"}, chosen,
                                      std::string{"b2$00$11"}, std::string{"b2$z$z"}}) {
        EXPECT_EQ(packed(stored), stored);
        EXPECT_EQ(unpacked(stored), stored);
    }
}

// RFC 4231, test case 2.
TEST(Secret, HmacIsThatOfTheStandard) {
    EXPECT_EQ(to_hex(secret::hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

}  // namespace
}  // namespace ohm::secret
