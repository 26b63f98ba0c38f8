#include "sim/provision.hpp"

#include <algorithm>
#include <vector>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "wire/codec.hpp"

namespace ohm::sim {
namespace {

constexpr std::string_view stations_path = "/api/v1/stations/import";
constexpr std::string_view tokens_path = "/api/v1/tokens/import";
constexpr int tries_max = 5;
constexpr seconds wait_before_retry{1};
constexpr std::size_t shown_of_an_answer = 300;

struct ImportRequest {
    struct Row {
        std::string id;
        wire::Optional<std::string> password;
        wire::Integer security_profile;
        std::string default_ocpp_version;
        wire::Optional<std::string> name;
        wire::Optional<wire::Any> labels;
        FIELDS(id, password, security_profile, default_ocpp_version, name, labels)
    };
    wire::List<Row> stations;
    bool update = true;
    FIELDS(stations, update)
};
struct TokenImport {
    struct Row {
        std::string uid;
        FIELDS(uid)
    };
    wire::List<Row> tokens;
    FIELDS(tokens)
};
struct ImportAnswer {
    struct Item {
        wire::Optional<std::string> id, uid;
        std::string result;
        wire::Optional<std::string> code, detail;
        FIELDS(id, uid, result, code, detail)
    };
    wire::List<Item> items;
    FIELDS(items)
};

class Provisioning {
public:
    Provisioning(net::Loop& loop, const ProvisionSettings& settings)
        : loop_{loop}, settings_{settings} {}

    void run() {
        for (std::size_t i = 0; i < limits::provision_requests; ++i) next();
        while (in_flight_ > 0 && failure_.empty()) loop_.turn(milliseconds{100});
        if (!failure_.empty()) throw Fault{Fault::Kind::fatal, failure_};
    }

private:
    struct Part {  // one request
        std::string_view path;
        std::string body;
    };

    // Tokens first, then stations.
    void next() {
        if (!failure_.empty()) return;
        const std::size_t token_count = settings_.tokens.size();
        const bool of_tokens = begun_ < token_count;
        const std::size_t end = of_tokens ? token_count : token_count + settings_.stations;
        if (begun_ >= end) return;
        const std::size_t count = std::min(limits::provision_rows, end - begun_);
        const std::size_t first = of_tokens ? begun_ : begun_ - token_count;
        begun_ += count;
        ++in_flight_;
        send(of_tokens ? Part{tokens_path, token_body(settings_.tokens, first, count)}
                       : Part{stations_path, import_body(settings_.population, first, count)},
             1);
    }
    void send(const Part& part, int attempt) {
        const net::Request request{.method = "POST",
                                   .target = std::string{part.path},
                                   .headers = {{"authorization", "Bearer " + settings_.api_key},
                                               {"content-type", "application/json"}},
                                   .body = part.body};
        net::fetch(
            loop_, settings_.rest, request, limits::provision_deadline,
            [this, part, attempt](net::HttpAnswer&& answer) { on_answer(part, attempt, answer); });
    }
    void on_answer(const Part& part, int attempt, const net::HttpAnswer& answer) {
        const bool busy = answer.status == 0 || answer.status == 429 || answer.status == 503;
        if (busy && attempt < tries_max) {
            loop_.after(wait_before_retry * attempt,
                        [this, part, attempt] { send(part, attempt + 1); });
            return;
        }
        if (failure_.empty()) failure_ = failure_of(answer);
        --in_flight_;
        next();
    }
    std::string failure_of(const net::HttpAnswer& answer) {
        const std::string where = "provisioning over http" +
                                  std::string{settings_.rest.tls ? "s" : ""} + "://" +
                                  settings_.rest.host + ":" + std::to_string(settings_.rest.port);
        const std::string said = answer.body.substr(0, shown_of_an_answer);
        if (answer.status == 0) return where + " failed: " + said + "; is the api running?";
        if (answer.status == 401 || answer.status == 403)
            return where + " was refused (" + std::to_string(answer.status) +
                   "): give an administrator's key with --key or OHM_ADMIN_KEY";
        if (answer.status < 200 || answer.status > 299)
            return where + " was answered " + std::to_string(answer.status) + ": " + said;
        ImportAnswer read;
        if (decoder_.decode(answer.body, read, {})) return {};
        for (const ImportAnswer::Item& item : read.items)
            if (item.result == "refused")
                return (item.uid ? "token " : "station ") +
                       item.uid.value_or(item.id.value_or("")) +
                       " was refused: " + item.code.value_or("") + " " + item.detail.value_or("");
        return {};
    }

    net::Loop& loop_;
    const ProvisionSettings& settings_;
    wire::Decoder decoder_;
    std::size_t begun_ = 0;
    std::size_t in_flight_ = 0;
    std::string failure_;
};

}  // namespace

std::string import_body(const Population& population, std::size_t first, std::size_t count) {
    ImportRequest request;
    for (std::size_t number = first; number < first + count; ++number) {
        auto& row = request.stations.items.emplace_back();
        row.id = population.id(number);
        if (population.has_password()) row.password = population.password(number);
        row.security_profile.value = population.security_profile;
        row.default_ocpp_version = ocpp::short_name(population.version(number));
        if (!population.named) continue;
        row.name = "Simulated " + std::to_string(number + 1);
        row.labels.emplace().json = R"({"simulated":true})";
    }
    return wire::encode(request);
}

std::string token_body(const std::vector<std::string>& tokens, std::size_t first,
                       std::size_t count) {
    TokenImport request;
    for (std::size_t i = first; i < first + count; ++i)
        request.tokens.items.emplace_back().uid = tokens.at(i);
    return wire::encode(request);
}

void provision(net::Loop& loop, const ProvisionSettings& settings) {
    Provisioning{loop, settings}.run();
}

}  // namespace ohm::sim
