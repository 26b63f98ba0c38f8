// Checksums of a file that comes in pieces. One thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace ohm::net {

class FileDigest {
public:
    FileDigest();  // throws Fault{fatal} where the machine forbids an algorithm
    void take(std::string_view piece);

    struct Sums {
        std::string sha256;  // 32 bytes
        std::string md5;     // 16 bytes: what OCPP names firmware by
    };
    Sums finish();  // once

private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const;
    };
    std::unique_ptr<evp_md_ctx_st, Free> sha256_, md5_;
};

}  // namespace ohm::net
