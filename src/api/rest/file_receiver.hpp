// A file that comes in the body of a request, as it is or as a form: written in chunks as they
// come, with the socket paused while the database has more to do than one. On the HTTP loop.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "api/files/multipart.hpp"
#include "api/files/store.hpp"
#include "api/rest/service.hpp"
#include "net/digest.hpp"

namespace ohm::api::rest {

struct ReceivedFile {
    files::NewFile file;
    std::int64_t bytes = 0;
    std::string sha256, md5;                    // raw
    std::string file_name, content_type;        // as the sender says
    std::map<std::string, std::string> fields;  // of a form
    bool has_file = true;                       // a form may come without
};

struct Receiving {
    files::NewFile file;
    files::Quota quota;
    std::int64_t reserved = 0;  // bytes that open_file has taken
    bool needs_form = false;
    std::string file_name;  // where the request names it outside the body
    // On the writer's thread: what is wrong with the file, or the rows that go with it.
    std::function<std::optional<Problem>(store::Sql&, const ReceivedFile&, store::Unit&)> finish;
    std::function<void(store::Sql&)> undo;  // on the writer's thread; the file itself is dropped
    std::function<void(const ReceivedFile&)> done;  // on the loop: answers
};

// How much an upload takes from the quota at once: what it says that it has, else a portion.
std::int64_t first_reservation(const net::Request& request);
// The room's answer as a problem; nothing where there is room.
std::optional<Problem> problem_of(files::Room room);
// Begins to read. The file has been opened.
void receive_file(const SharedExchange& exchange, Service& service, Receiving&& receiving);

}  // namespace ohm::api::rest
