// A stored file as an answer, whole or in part: read chunk by chunk as fast as the peer takes it.
// On the HTTP loop.
#pragma once

#include <functional>

#include "api/files/store.hpp"
#include "api/rest/service.hpp"

namespace ohm::api::rest {

struct Sending {
    Ulid id;
    files::StoredFile file;
    std::string name;  // of ours, safe
    // On the loop, now and then and at the end: how many bytes have gone since the last time.
    std::function<void(std::int64_t bytes)> note;
};
void send_file(const SharedExchange& exchange, Service& service, Sending&& sending);

}  // namespace ohm::api::rest
