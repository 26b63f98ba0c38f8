#include "base/secret.hpp"

#include <array>
#include <fstream>
#include <sodium.h>

#include "base/error.hpp"
#include "base/random.hpp"
#include "base/text.hpp"

namespace ohm {
namespace {

// stored: "b2$<salt hex>$<hash hex>" or libsodium's own "$argon2id$…"; in memory also
// "b2=<salt><hash>"
constexpr std::string_view generated_form = "b2$";
constexpr std::string_view packed_form = "b2=";
constexpr std::string_view chosen_form = "$argon2";
constexpr std::size_t salt_bytes = 16, hash_bytes = 32;
constexpr std::size_t chosen_memory_bytes = 19 * 1024 * 1024;
constexpr unsigned chosen_passes = 2;

void ready() {
    static const int started = sodium_init();
    ENSURE(started >= 0);
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string blake2b(std::string_view data, std::string_view key) {
    std::string out(hash_bytes, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(out.data()), out.size(), bytes_of(data),
                       data.size(), key.empty() ? nullptr : bytes_of(key), key.size());
    return out;
}

// The hex text of a secret and its bytes are one secret: what is hashed is always the lower-case
// hex text.
std::string canonical(std::string_view password) {
    return to_hex(from_hex(password).value_or(std::string{password}));
}

bool is_packed(std::string_view stored) {
    return stored.starts_with(packed_form) &&
           stored.size() == packed_form.size() + salt_bytes + hash_bytes;
}

bool verify_packed(std::string_view stored, std::string_view hex) {
    if (!is_packed(stored)) return false;
    const std::string_view salt = stored.substr(packed_form.size(), salt_bytes);
    const std::string_view hash = stored.substr(packed_form.size() + salt_bytes);
    return secret::equal_in_constant_time(blake2b(hex, salt), hash);
}

bool verify_hex(std::string_view stored, std::string_view hex) {
    ready();
    if (stored.starts_with(generated_form)) return verify_packed(secret::packed(stored), hex);
    if (stored.starts_with(packed_form)) return verify_packed(stored, hex);
    if (!stored.starts_with(chosen_form)) return false;
    return crypto_pwhash_str_verify(std::string{stored}.c_str(), hex.data(), hex.size()) == 0;
}

}  // namespace

std::uint64_t SystemRandom::next() {
    ready();
    std::uint64_t word = 0;
    randombytes_buf(&word, sizeof word);
    return word;
}

namespace secret {

std::string random_bytes(std::size_t count) {
    ready();
    std::string out(count, '\0');
    randombytes_buf(out.data(), out.size());
    return out;
}

std::string generate_station_password() { return to_hex(random_bytes(20)); }
std::string generate_api_key() { return "ohk_" + to_hex(random_bytes(20)); }

std::string admin_key_in(const std::string& data_dir) {
    std::ifstream file{data_dir + "/admin.key"};
    std::string line;
    std::getline(file, line);
    return std::string{trim(line)};
}

std::string hmac_sha256(std::string_view key, std::string_view data) {
    ready();
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
    crypto_auth_hmacsha256_update(&state, bytes_of(data), data.size());
    std::string out(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(out.data()));
    return out;
}

std::string hash_generated(std::string_view password) {
    ready();
    const std::string salt = random_bytes(salt_bytes);
    return std::string{generated_form} + to_hex(salt) + "$" +
           to_hex(blake2b(canonical(password), salt));
}

std::string hash_chosen(std::string_view password) {
    ready();
    const std::string text = canonical(password);
    std::array<char, crypto_pwhash_STRBYTES> out{};
    const int failed =
        crypto_pwhash_str(out.data(), text.data(), text.size(), chosen_passes, chosen_memory_bytes);
    if (failed != 0) throw Fault{Fault::Kind::away, "not enough memory to hash a password"};
    return out.data();
}

std::string hash_password(std::string_view password) {
    constexpr std::size_t drawn_digits = 32;
    const bool drawn = password.size() >= drawn_digits && from_hex(password);
    return drawn ? hash_generated(password) : hash_chosen(password);
}

std::string packed(std::string_view stored) {
    const auto parts = split(stored, '$');
    if (!stored.starts_with(generated_form) || parts.size() != 3) return std::string{stored};
    const auto salt = from_hex(parts[1]);
    const auto hash = from_hex(parts[2]);
    const bool is_whole = salt && hash && salt->size() == salt_bytes && hash->size() == hash_bytes;
    return is_whole ? std::string{packed_form} + *salt + *hash : std::string{stored};
}

std::string unpacked(std::string_view packed) {
    if (!is_packed(packed)) return std::string{packed};
    const std::string_view bytes = packed.substr(packed_form.size());
    return std::string{generated_form} + to_hex(bytes.substr(0, salt_bytes)) + "$" +
           to_hex(bytes.substr(salt_bytes));
}

bool verify(std::string_view stored, std::string_view attempt) {
    return !attempt.empty() && verify_hex(stored, canonical(attempt));
}

bool verify_station(std::string_view stored, std::string_view attempt) {
    if (verify(stored, attempt)) return true;
    // Raw bytes that happen to spell hex digits themselves.
    return from_hex(attempt) && !attempt.empty() && verify_hex(stored, to_hex(attempt));
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string digest(std::string_view data) {
    ready();
    return blake2b(data, {});
}

}  // namespace secret
}  // namespace ohm
