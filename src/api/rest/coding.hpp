// Content codings (RFC 9110 §8.4): which a client takes, and answers as gzip. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/http.hpp"

namespace ohm::api::rest {

bool takes_coding(const net::Request& request, std::string_view coding);

// Packs a body that is worth it. What has an ETag goes as it is: the tag names these bytes, and one
// resource is short.
void pack(const net::Request& request, net::Response& response);
bool is_packed(const net::Response& response);

// One that is asked for again and again is packed once.
struct Document {
    std::string text;
    std::optional<std::string> packed;
};
Document make_document(std::string&& text);
net::Response document_answer(const net::Request& request, const Document& document,
                              std::string_view type);

}  // namespace ohm::api::rest
