// Secrets: stations' passwords and API keys. Stored forms only ever hold hashes. libsodium inside.
// Any thread.
#pragma once

#include <string>
#include <string_view>

namespace ohm::secret {

std::string random_bytes(std::size_t count);

// 20 random bytes as 40 hex digits: fits 1.6's AuthorizationKey (raw and hex form are the same
// secret) and 2.0.1's BasicAuthPassword (16..40 characters). Shown once.
std::string generate_station_password();
std::string generate_api_key();  // `ohk_…`, 160 bits
// Of an installation: the first line of admin.key in its data folder; "" where there is none.
std::string admin_key_in(const std::string& data_dir);

// The stored form. A generated password has ≥ 128 bits of entropy, so one keyed, salted BLAKE2b is
// enough and a million stations can reconnect; one chosen by a human gets Argon2id (19 MiB, t=2:
// about 15 ms).
std::string hash_generated(std::string_view password);
std::string hash_chosen(std::string_view password);
// A secret of 16 bytes and more in hex was drawn, not thought up: a fast hash is enough, and a
// fleet can reconnect. Any other gets the slow one.
std::string hash_password(std::string_view password);

// A generated one's hash in half the bytes, for memory that holds a million; what is stored is
// unpacked again. Any other form is left as it is. verify and verify_station take both.
std::string packed(std::string_view stored);
std::string unpacked(std::string_view packed);

// True when `attempt` is the secret behind `stored`, in constant time for one stored form. A secret
// may be written as its bytes or as the hex text of them, in either case (quirk of 1.6 stations);
// verify_station also knows raw bytes that spell hex digits themselves, at the price of a second
// hash. Empty attempts and unknown stored forms: false.
bool verify(std::string_view stored, std::string_view attempt);
bool verify_station(std::string_view stored, std::string_view attempt);

bool equal_in_constant_time(std::string_view a, std::string_view b);
std::string hmac_sha256(std::string_view key, std::string_view data);  // 32 bytes
std::string digest(std::string_view data);  // BLAKE2b-256, for fingerprints and look-up of API keys

}  // namespace ohm::secret
