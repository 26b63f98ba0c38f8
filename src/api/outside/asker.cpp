#include "api/outside/asker.hpp"

#include <atomic>
#include <memory>

#include "base/secret.hpp"
#include "base/text.hpp"

namespace ohm::api::outside {
namespace {

constexpr std::string_view secret_prefix = "whsec_";
constexpr std::size_t secret_bytes_min = 24, secret_bytes_max = 64, secret_bytes_made = 32;

std::string key_of(std::string_view secret) {
    if (!secret.starts_with(secret_prefix)) return {};
    return from_base64(secret.substr(secret_prefix.size())).value_or("");
}

// Parts may be answered at once on several threads: each has a place of its own, and the last one
// goes on.
struct Gathering {
    Answer answer;
    std::atomic<std::size_t> left;
    std::function<void(Answer&&)> done;
};

}  // namespace

std::vector<std::string> signed_headers(std::string_view id, Utc now, std::string_view body,
                                        const std::vector<std::string>& secrets) {
    const std::string at = std::to_string(micros(now) / 1'000'000);
    std::string content{id};
    content.append(".").append(at).append(".").append(body);
    std::string signatures;
    for (const std::string& secret : secrets)
        signatures += (signatures.empty() ? "v1," : " v1,") +
                      to_base64(secret::hmac_sha256(key_of(secret), content));
    return {"webhook-id: " + std::string{id}, "webhook-timestamp: " + at,
            "webhook-signature: " + signatures};
}

void ask(egress::Outside& outside, Utc now, const Ulid& id, Question&& question,
         std::function<void(Answer&&)> done) {
    const auto gathering = std::make_shared<Gathering>();
    gathering->answer.kind = question.kind;
    gathering->answer.parts.resize(question.parts.size());
    gathering->left = question.parts.size();
    gathering->done = std::move(done);
    if (question.parts.empty()) return gathering->done(std::move(gathering->answer));
    for (std::size_t i = 0; i < question.parts.size(); ++i) {
        Question::Part& part = question.parts[i];
        egress::Request request{.url = std::move(part.url),
                                .source = question.source,
                                .body = std::move(part.body),
                                .timeout = question.timeout};
        if (!question.secrets.empty())
            request.headers =
                signed_headers("msg_" + id.text(), now, request.body, question.secrets);
        request.headers.push_back("Content-Type: " + std::string{question.content_type});
        outside.ask(std::move(request), [gathering, i](egress::Answer&& answer) {
            gathering->answer.parts[i] = std::move(answer);
            if (gathering->left.fetch_sub(1) == 1) gathering->done(std::move(gathering->answer));
        });
    }
}

bool is_secret(std::string_view text) {
    const std::size_t bytes = key_of(text).size();
    return bytes >= secret_bytes_min && bytes <= secret_bytes_max;
}

std::string make_secret() {
    return std::string{secret_prefix} + to_base64(secret::random_bytes(secret_bytes_made));
}

}  // namespace ohm::api::outside
