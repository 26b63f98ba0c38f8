#include "net/digest.hpp"

#include <openssl/evp.h>

#include "base/error.hpp"

namespace ohm::net {
namespace {

std::string end(evp_md_ctx_st& context) {
    std::string sum(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    EVP_DigestFinal_ex(&context, reinterpret_cast<unsigned char*>(sum.data()), &size);
    sum.resize(size);
    return sum;
}

}  // namespace

void FileDigest::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

FileDigest::FileDigest() : sha256_{EVP_MD_CTX_new()}, md5_{EVP_MD_CTX_new()} {
    const bool good = sha256_ && md5_ &&
                      EVP_DigestInit_ex(sha256_.get(), EVP_sha256(), nullptr) == 1 &&
                      EVP_DigestInit_ex(md5_.get(), EVP_md5(), nullptr) == 1;
    if (!good) throw Fault{Fault::Kind::fatal, "OpenSSL gives no SHA-256 or no MD5"};
}

void FileDigest::take(std::string_view piece) {
    EVP_DigestUpdate(sha256_.get(), piece.data(), piece.size());
    EVP_DigestUpdate(md5_.get(), piece.data(), piece.size());
}

FileDigest::Sums FileDigest::finish() { return {end(*sha256_), end(*md5_)}; }

}  // namespace ohm::net
