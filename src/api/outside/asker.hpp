// From a question to requests and from their answers to one answer: signs, sends, waits for all
// parts. Any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/outside/question.hpp"
#include "base/ids.hpp"

namespace ohm::api::outside {

// Headers of Standard Webhooks; the secrets are `whsec_` and base64.
std::vector<std::string> signed_headers(std::string_view id, Utc now, std::string_view body,
                                        const std::vector<std::string>& secrets);

// `done` once: on the thread that hears answers, or from inside.
void ask(egress::Outside& outside, Utc now, const Ulid& id, Question&& question,
         std::function<void(Answer&&)> done);

// `whsec_` and base64 of 24 to 64 bytes.
bool is_secret(std::string_view text);
std::string make_secret();

}  // namespace ohm::api::outside
