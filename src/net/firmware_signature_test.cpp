#include "net/firmware_signature.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <openssl/rsa.h>
#include <sstream>

#include "base/text.hpp"
#include "net/digest.hpp"
#include "net/test_certificates.hpp"

namespace ohm::net {
namespace {

using testing::Certificates;
using testing::KeyKind;

std::string read(const std::string& path) {
    std::ifstream in{path};
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

// As a manufacturer does: `openssl dgst -sha256 -sign`, with PSS where asked.
std::string sign(const std::string& key_file, const std::string& data, bool pss) {
    std::FILE* file = std::fopen(key_file.c_str(), "r");
    EVP_PKEY* key = PEM_read_PrivateKey(file, nullptr, nullptr, nullptr);
    std::fclose(file);
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_PKEY_CTX* options = nullptr;
    EVP_DigestSignInit(context, &options, EVP_sha256(), nullptr, key);
    if (pss) EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
    std::size_t size = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(data.data());
    EVP_DigestSign(context, nullptr, &size, bytes, data.size());
    std::string signature(size, '\0');
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                   data.size());
    signature.resize(size);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return to_base64(signature);
}

class FirmwareSignature : public ::testing::Test {
protected:
    FirmwareSignature() {
        files.make("rsa", "acme firmware", KeyKind::rsa, "");
        files.make("ec", "acme firmware", KeyKind::ecdsa, "");
        FileDigest digest;
        digest.take(image);
        sum = digest.finish().sha256;
    }
    FirmwareVerdict verify(const std::string& name, const std::string& signature) {
        return verify_firmware(read(files.certificate(name)), signature, sum, SystemClock{}.utc());
    }
    Certificates files;
    const std::string image = std::string(100'000, 'f');
    std::string sum;
};

TEST_F(FirmwareSignature, OfEachKindOfKeyIsTaken) {
    EXPECT_EQ(verify("rsa", sign(files.key("rsa"), image, true)), FirmwareVerdict::good);
    EXPECT_EQ(verify("rsa", sign(files.key("rsa"), image, false)), FirmwareVerdict::good);
    EXPECT_EQ(verify("ec", sign(files.key("ec"), image, false)), FirmwareVerdict::good);
}

TEST_F(FirmwareSignature, OfAnotherFileOrKeyIsNot) {
    EXPECT_EQ(verify("rsa", sign(files.key("rsa"), image + "x", true)),
              FirmwareVerdict::does_not_match);
    EXPECT_EQ(verify("ec", sign(files.key("rsa"), image, false)), FirmwareVerdict::does_not_match);
    EXPECT_EQ(verify("rsa", to_base64("short")), FirmwareVerdict::does_not_match);
}

TEST_F(FirmwareSignature, OfAFileElsewhereItsSignerIsJudged) {
    const std::string signature = sign(files.key("ec"), image, false);
    const std::string pem = read(files.certificate("ec"));
    const Utc now = SystemClock{}.utc();
    EXPECT_EQ(check_signer(pem, signature, now), FirmwareVerdict::good);
    EXPECT_EQ(check_signer("x", signature, now), FirmwareVerdict::bad_certificate);
    EXPECT_EQ(check_signer(pem, "%%%", now), FirmwareVerdict::bad_signature_text);
    EXPECT_EQ(check_signer(pem, signature, now - seconds{1'000'000}),
              FirmwareVerdict::outside_validity);
}

TEST_F(FirmwareSignature, WhatCannotBeReadIsSaid) {
    EXPECT_EQ(verify("rsa", "%%%"), FirmwareVerdict::bad_signature_text);
    EXPECT_EQ(verify_firmware("-----BEGIN CERTIFICATE-----", "c2ln", sum, SystemClock{}.utc()),
              FirmwareVerdict::bad_certificate);
    const Utc later = SystemClock{}.utc() + seconds{1'000'000};
    EXPECT_EQ(verify_firmware(read(files.certificate("ec")), sign(files.key("ec"), image, false),
                              sum, later),
              FirmwareVerdict::outside_validity);
}

}  // namespace
}  // namespace ohm::net
