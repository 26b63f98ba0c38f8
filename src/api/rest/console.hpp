// The operator console: files that console/ builds, inside the program. Made at start, then
// read on the HTTP loop.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ohm::api::rest {

struct ConsoleFile {
    std::string path;  // below /console/: "assets/main-1f2e.js"
    std::string type;  // of its content
    std::string etag;  // with quotes
    // The same content three times; the compressed ones are empty where that saves nothing.
    std::string_view identity, gzip, brotli;
};
using Console = std::vector<ConsoleFile>;

// What console/scripts/pack.mjs wrote; the files look into `pack`. Throws Fault{fatal} where it is
// no such thing.
Console read_console_pack(std::string_view pack);
// That of this build; empty where it was built without.
std::string_view embedded_console_pack();

// What `path` names below /console/, where it lies there.
bool is_console_path(std::string_view path);

}  // namespace ohm::api::rest
