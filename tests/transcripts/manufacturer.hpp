// For tests: a certificate by which a manufacturer signs firmware (of 2025 to 2045), and its
// signature of an empty image.
#pragma once

#include <string_view>

namespace ohm::transcripts {

inline constexpr std::string_view manufacturer_certificate = R"(-----BEGIN CERTIFICATE-----
MIIBOjCB4aADAgECAgEHMAoGCCqGSM49BAMCMCcxDTALBgNVBAoMBGFjbWUxFjAU
BgNVBAMMDWFjbWUgZmlybXdhcmUwHhcNMjUwMTAxMDAwMDAwWhcNNDUwMTAxMDAw
MDAwWjAnMQ0wCwYDVQQKDARhY21lMRYwFAYDVQQDDA1hY21lIGZpcm13YXJlMFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE0nubR5a1kAYbd8ISn5HD8GnAfqKCf7ks
4HcSN8Hhw7tWZ2SrxKBmdYzAfZhbPYoulKv/PO4Yr6LuPw+eT4IlyzAKBggqhkjO
PQQDAgNIADBFAiAepwnZmS85bL5POCNgZAfk/Eks1vBFC0WsAaenOUbfzQIhAN+9
2W90XEh6t8Fae+qoC86qg5Rvm6vfg/WkvtKKF2+7
-----END CERTIFICATE-----
)";
inline constexpr std::string_view image_signature =
    "MEUCIAuhWhwVql4t5/k5wpCHDruvmuUR32BIkv8Ku2uY3+N8AiEAxDI8ZiiO"
    "wFgZgwtdkPWd3R2Bs59ASd0rn9kAA6KDH/s=";
inline constexpr std::string_view image_sha256 =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

}  // namespace ohm::transcripts
