// What a request said, short enough to keep and without its secrets. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace ohm::api::people {

// A JSON body with "***" in place of what is secret, or its beginning where it is long; of a very
// long one and of any other body its type and size.
std::string summary_of(std::string_view media_type, std::string_view body);

// A JSON text, minified, with "***" for the values of members whose names speak of secrets, and for
// every value beside the name of a station's password, and without the passwords in URLs.
std::string without_secrets(std::string_view minified);

// A minified answer without what is shown once: passwords, secrets and API keys are null.
std::string without_shown_once(std::string_view minified);

// A JSON text in which tokens of drivers show no more than their last four characters: for callers
// who may see what was charged, but not by whom.
std::string without_tokens(std::string_view minified);

// A token, and a request's path and query in the same way: "/tokens/****C3D4", "?token=****".
std::string masked_token(std::string_view token);
std::string path_without_tokens(std::string_view path);

}  // namespace ohm::api::people
