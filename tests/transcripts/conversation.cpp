#include "conversation.hpp"

#include <stdexcept>

#include "api/certificates/signer.hpp"
#include "authority.hpp"
#include "base/text.hpp"
#include "domain/tariff.hpp"
#include "domain/token.hpp"
#include "manufacturer.hpp"
#include "ocpp/frame.hpp"
#include "store/sequences.hpp"

namespace ohm::transcripts {
namespace {

[[noreturn]] void complain(const std::string& what) { throw std::runtime_error{what}; }

std::string_view take_word(std::string_view& text) {
    text = trim(text);
    const auto end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text = trim(text.substr(end));
    return word;
}

Micros span_of(std::string_view text) {
    const bool in_ms = text.ends_with("ms");
    const auto number = parse_int(text.substr(0, text.size() - (in_ms ? 2 : 1)));
    if (!number) complain("a span is a number and ms, s or m");
    if (in_ms) return milliseconds{*number};
    if (text.ends_with('m')) return minutes{*number};
    return seconds{*number};
}

std::string shown(const store::Value& value) {
    if (store::is_null(value)) return "null";
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    if (const auto* bytes = std::get_if<store::Bytes>(&value)) return "0x" + to_hex(bytes->data);
    return store::as_text(value);
}

// "CP0001:1,CP0001:2", as rows have it.
store::Value places_of(const std::string& said) {
    std::string lines;
    for (const std::string_view place : split(said, ',')) {
        const auto colon = place.rfind(':');
        if (colon == std::string_view::npos) continue;
        lines += std::string{place.substr(colon + 1)} + " " + std::string{place.substr(0, colon)};
        lines += '\n';
    }
    if (lines.empty()) return store::Null{};
    return lines;
}

}  // namespace

// key=value words behind a line's fixed part.
struct Conversation::Settings {
    std::map<std::string, std::string, std::less<>> values;

    explicit Settings(std::string_view text) {
        while (!(text = trim(text)).empty()) {
            const std::string_view word = take_word(text);
            const auto equals = word.find('=');
            if (equals == std::string_view::npos)
                complain("expected key=value: " + std::string{word});
            values[std::string{word.substr(0, equals)}] = word.substr(equals + 1);
        }
    }
    std::string text(std::string_view key, std::string otherwise = {}) const {
        const auto found = values.find(key);
        return found == values.end() ? otherwise : found->second;
    }
    bool has(std::string_view key) const { return values.contains(key); }
};

Conversation::Conversation() : lab_{{.outside = this}} {
    lab_.start_api();
    lab_.start_worker(0);
    settle();
}
Conversation::~Conversation() = default;

// ---- from the network ----

std::string Conversation::prefix(world::LinkId link) const {
    for (const auto& [name, one] : links_)
        if (one.id == link) return name == current_ ? "" : name;
    return "?";
}

void Conversation::on_open(world::LinkId link, std::string_view subprotocol) {
    said_.push_back(prefix(link) + "= 101 " + std::string{subprotocol.empty() ? "-" : subprotocol});
}
void Conversation::on_message(world::LinkId link, std::string_view text) {
    said_.push_back(prefix(link) + "< " + std::string{text});
    const ocpp::Head head = ocpp::read_head(text);
    if (head.type != ocpp::FrameType::call) return;
    previous_call_id_ = call_id_;
    call_id_ = head.raw_id;
}
void Conversation::on_closed(world::LinkId link, std::uint16_t code, std::string_view reason) {
    said_.push_back(prefix(link) + "< close " + std::to_string(code) + " " + std::string{reason});
}
void Conversation::on_refused(world::LinkId link, const net::Response& response) {
    said_.push_back(prefix(link) + "= " + std::to_string(response.status) + " " + response.body);
}

// ---- lines ----

std::vector<std::string> Conversation::say(std::string_view line) {
    said_.clear();
    std::string_view rest = line;
    const std::string_view word = take_word(rest);
    if (word == ">")
        lab_.net().send(current().id, filled_in(rest));
    else if (word == ">hex")
        lab_.net().send(current().id, from_hex(rest).value_or(""));
    else if (word == "station")
        station(rest);
    else if (word == "connect")
        connect(rest);
    else if (word == "on")
        current_ = rest, station_ = current().id_text;
    else if (word == "close")
        lab_.net().close(current().id, 1000, "");
    else if (word == "vanish")
        lab_.net().fall_silent(current().id);
    else if (word == "wait")
        wait(rest);
    else if (word == "operator")
        operate(rest);
    else if (word == "installation")
        installation(rest);
    else if (word == "location")
        location(rest);
    else if (word == "token")
        token(rest);
    else if (word == "webhook")
        webhook(rest);
    else if (word == "outside")
        answer_outside(rest);
    else if (word == "image")
        image(rest);
    else if (word == "row")
        query(rest);
    else if (word == "authority")
        has_authority_ = true;
    else
        complain("no such line: " + std::string{word});
    settle();
    return said_;
}

// $id is the id of the last CALL that a station received, $previous that of the one before,
// $certificate and $signature are a manufacturer's.
std::string Conversation::filled_in(std::string_view frame) const {
    std::string out{frame};
    const auto replace = [&](std::string_view name, const std::string& value) {
        const auto at = out.find(name);
        if (at != std::string::npos) out.replace(at, name.size(), value);
    };
    replace("$id", call_id_);
    replace("$previous", previous_call_id_);
    if (out.find('$') == std::string::npos) return out;
    std::string pem;
    append_json_string(pem, manufacturer_certificate);
    replace("\"$certificate\"", pem);
    replace("$signature", std::string{image_signature});
    return out;
}

void Conversation::settle() {
    lab_.run(Micros{0});
    if (has_authority_) sign_certificates();
}

// As the api's own thread does it.
void Conversation::sign_certificates() {
    auto authority = pki::Authority::read(authority_certificate, authority_key);
    if (!authority) complain(authority.error().detail);
    api::SignerOptions options;
    options.authority = std::make_shared<const pki::Authority>(std::move(*authority));
    api::sign_waiting(lab_.truth(), options, lab_.schedule().clock.utc(),
                      [this](bus::OperatorBody&& body) {
                          lab_.operate(std::move(body), [](int, const std::string&) {});
                      });
    lab_.run(Micros{0});
}

void Conversation::wait(std::string_view span) { lab_.run(span_of(span)); }

Conversation::Link& Conversation::current() {
    const auto found = links_.find(current_);
    if (found == links_.end()) complain("no connection " + current_);
    return found->second;
}

// Registers a station and connects it, without a word where both succeed.
void Conversation::station(std::string_view rest) {
    const std::string id{take_word(rest)}, subprotocol{take_word(rest)};
    const Settings settings{rest};
    versions_[id] = subprotocol;
    station_ = id;
    std::string wanted = R"({"id":)";
    append_json_string(wanted, id);
    wanted += R"(,"security_profile":)" + settings.text("profile", "0");
    for (const auto& [key, value] : settings.values) {
        if (key == "profile" || key == "connect") continue;
        wanted += ",\"" + key + "\":";
        if (value.starts_with('{') || (parse_int(value) && key != "password"))
            wanted += value;
        else
            append_json_string(wanted, value);
    }
    bus::OperatorBody asked;
    asked.operation = api::operation::create_station;
    asked.id = id;
    asked.parameters = wanted + "}";
    int status = 0;
    lab_.operate(asked, [&](int code, const std::string& body) {
        status = code;
        if (code != 201) said_.push_back("= " + std::to_string(code) + " " + body);
    });
    settle();
    if (status != 201 || settings.text("connect") == "no") return;
    open(id, id, settings);
    const std::string expected = "= 101 " + subprotocol;
    if (said_.size() == 1 && said_.front() == expected) said_.clear();
}

// connect [NAME] [key=value …]: a further connection of the station last named.
void Conversation::connect(std::string_view rest) {
    std::string name = station_;
    if (!rest.empty() && rest.substr(0, rest.find(' ')).find('=') == std::string_view::npos)
        name = take_word(rest);
    const Settings settings{rest};
    open(name, settings.text("id", station_), settings);
}

void Conversation::open(const std::string& name, const std::string& station,
                        const Settings& settings) {
    net::Request request;
    request.method = "GET";
    request.target = settings.text("target", "/" + percent_encode(station));
    const std::string offered = settings.text("offer", versions_[station]);
    if (offered != "none" && !offered.empty())
        request.headers.push_back({"sec-websocket-protocol", offered});
    if (settings.has("password"))
        request.headers.push_back(
            {"authorization", "Basic " + to_base64(settings.text("user", station) + ":" +
                                                   settings.text("password"))});
    net::Peer peer;
    peer.tls = settings.has("tls") || settings.has("certificate");
    peer.certificate_common_name = settings.text("certificate");
    peer.certificate_organization = settings.text("organization");
    peer.certificate_fingerprint = settings.has("certificate") ? std::string(64, 'f') : "";
    current_ = name;
    links_[name] = {name, {}, station};
    links_[name].id =
        lab_.net().connect(*this, lab_.worker(0), std::move(request), std::move(peer));
    settle();
}

// operator OPERATION [wait=5s] [id=…] {parameters}
void Conversation::operate(std::string_view rest) {
    bus::OperatorBody asked;
    asked.operation = take_word(rest);
    const auto brace = std::min(rest.find('{'), rest.size());
    const Settings settings{rest.substr(0, brace)};
    asked.id = settings.text("id", station_);
    asked.parameters = filled_in(rest.substr(brace));
    asked.requested_by = "transcript";
    asked.if_match = settings.text("if_match");
    asked.idempotency_key = settings.text("key");
    asked.fingerprint = settings.text("fingerprint");
    if (settings.has("wait")) asked.wait_us = span_of(settings.text("wait")).count();
    lab_.operate(asked, [this](int status, const std::string& body) {
        said_.push_back("= " + std::to_string(status) + " " + body);
    });
}

// installation [on_boot=inventory] [cpo_name=…] [per_kwh=…] [per_minute=…] [per_session=…]
// [cost_updates=…]: the api starts anew with these settings.
void Conversation::installation(std::string_view rest) {
    const Settings settings{rest};
    lab_.set_up([settings](api::ApiOptions& options) {
        const auto price = [&](std::string_view key) {
            return domain::parse_price(settings.text(key, "0")).value_or(0);
        };
        options.inventory_on_boot = settings.text("on_boot") == "inventory";
        options.organization = settings.text("cpo_name");
        if (settings.has("per_kwh") || settings.has("per_minute") || settings.has("per_session"))
            options.tariff = {price("per_kwh"), price("per_minute"), price("per_session")};
        if (settings.has("cost_updates"))
            options.cost_updates =
                std::chrono::duration_cast<seconds>(span_of(settings.text("cost_updates")));
    });
    lab_.kill_api();
    lab_.start_api();
}

// token UID [key=value …]: as an operator writes it; the same uid again replaces it.
void Conversation::token(std::string_view rest) {
    const std::string uid{take_word(rest)};
    const Settings settings{rest};
    const auto text = [&](std::string_view key) -> store::Value {
        if (!settings.has(key)) return store::Null{};
        return settings.text(key);
    };
    const auto number = [&](std::string_view key) -> store::Value {
        if (!settings.has(key)) return store::Null{};
        return parse_int(settings.text(key)).value_or(0);
    };
    const auto flag = [&](std::string_view key) -> store::Value {
        return std::int64_t{settings.text(key) == "yes"};
    };
    store::Value expires_at = store::Null{};
    if (const auto at = parse_rfc3339(settings.text("expires_at"), TimeForm::strict))
        expires_at = micros(*at);
    lab_.truth().query("delete from id_tokens where uid_key = $1", {domain::token_key(uid)});
    lab_.truth().query(
        "insert into id_tokens (uid_key, uid, type, status, expires_at, group_id, "
        "concurrent_limit, stations, evses, language, personal_message, master_pass, prepaid, "
        "locations, version, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
        "$10, $11, $12, $13, $14, 1, 0, 0)",
        {domain::token_key(uid), uid, text("type"), settings.text("status", "Accepted"), expires_at,
         text("group"), number("limit"), text("station"), places_of(settings.text("evses")),
         text("language"), text("message"), flag("master"), flag("prepaid"), text("location")});
}

// location ID: as an operator writes it. What stations and tokens name is its id.
void Conversation::location(std::string_view rest) {
    const std::string id{take_word(rest)};
    lab_.truth().query(
        "insert into locations (location_no, id, name, created_at, updated_at) values ($1, $2, $2, "
        "0, 0)",
        {store::take_block(lab_.truth(), store::location_numbers, 1), id});
}

// webhook decision [url=…] [timeout_ms=…] [fallback=…], webhook transfer VENDOR [message=…]
// [url=…]: as an operator writes it; read anew within a second.
void Conversation::webhook(std::string_view rest) {
    const std::string kind{take_word(rest)};
    const std::string vendor{kind == "transfer" ? take_word(rest) : std::string_view{}};
    const Settings settings{rest};
    const std::string url = settings.text("url", "https://members.example/ask");
    const std::string secret = "whsec_" + to_base64(std::string(32, 's'));
    const std::int64_t timeout = parse_int(settings.text("timeout_ms", "1500")).value_or(0);
    if (kind == "none") {
        lab_.truth().query("delete from decision_webhooks");
        lab_.truth().query("delete from data_transfer_handlers");
    } else if (kind == "decision") {
        lab_.truth().query("delete from decision_webhooks");
        lab_.truth().query(
            "insert into decision_webhooks (url, secret, timeout_ms, fallback, version, "
            "created_at, updated_at) values ($1, $2, $3, $4, 1, 0, 0)",
            {url, secret, timeout, settings.text("fallback", "cache")});
    } else if (kind == "transfer") {
        const std::string message = settings.text("message");
        lab_.truth().query(
            "insert into data_transfer_handlers (vendor_key, message_key, id, vendor_id, url, "
            "secret, timeout_ms, version, created_at, updated_at) values ($1, $2, $3, $1, $4, $5, "
            "$6, 1, 0, 0)",
            {to_lower(vendor), to_lower(message), store::Bytes{vendor + "/" + message}, url, secret,
             timeout});
    } else {
        complain("webhook decision, transfer or none");
    }
}

// What the product's guard refuses is refused here; there are no names to resolve.
void Conversation::ask(egress::Request&& request, Done done) {
    const auto url = egress::read_url(request.url);
    if (!url || !egress::check(*url, request.source, {})) {
        said_.push_back("outside= refused " + request.url);
        return done({.failure = egress::failure::url_refused});
    }
    const bool is_text = is_utf8(request.body) && !has_control_characters(request.body);
    said_.push_back("outside< " + request.url + " " +
                    (is_text ? request.body : "0x" + to_hex(request.body)));
    asked_.push_back({std::move(done), lab_.schedule().now() + request.timeout});
}

// outside STATUS BODY, or why there is no answer in one word: to the question that waits longest.
void Conversation::answer_outside(std::string_view rest) {
    while (!asked_.empty() && asked_.front().until <= lab_.schedule().now()) asked_.pop_front();
    if (asked_.empty()) complain("nobody asked, or its time is over");
    const Done done = std::move(asked_.front().done);
    asked_.pop_front();
    const std::string_view word = take_word(rest);
    const auto status = parse_int(word);
    if (!status) return done({.failure = egress::failure::unreachable});
    const auto bytes =
        rest.starts_with("0x") ? from_hex(rest.substr(2)) : std::optional<std::string>{};
    done({.status = static_cast<int>(*status), .body = bytes.value_or(std::string{rest})});
}

// image NAME VENDOR VERSION [signed=yes]: firmware as an operator has uploaded it; its id is
// fw_ and NAME, 26 digits of a ULID.
void Conversation::image(std::string_view rest) {
    const std::string name{take_word(rest)}, vendor{take_word(rest)}, version{take_word(rest)};
    const Settings settings{rest};
    const auto id = Ulid::from_text(name);
    if (!id) complain("no ULID: " + name);
    const store::Bytes key{id->bytes()};
    lab_.truth().query(
        "insert into files (id, kind, state, bytes, chunk_bytes, sha256, md5, created_at, "
        "touched_at) values ($1, 'firmware', 'stored', 0, 131072, $2, "
        "'d41d8cd98f00b204e9800998ecf8427e', 0, 0)",
        {key, std::string{image_sha256}});
    const bool is_signed = settings.text("signed") == "yes";
    lab_.truth().query(
        "insert into firmware_images (id, vendor, version, file_name, signing_certificate, "
        "signature, created_at) values ($1, $2, $3, 'fw.bin', $4, $5, 0)",
        {key, vendor, version,
         is_signed ? store::Value{std::string{manufacturer_certificate}} : store::Null{},
         is_signed ? store::Value{std::string{image_signature}} : store::Null{}});
}

void Conversation::query(std::string_view sql) {
    for (const store::Row& row : lab_.truth().query(sql)) {
        std::string line = "=";
        for (const store::Value& value : row)
            line += (line.size() == 1 ? " " : " | ") + shown(value);
        said_.push_back(line);
    }
    if (said_.empty()) said_.push_back("= no rows");
}

}  // namespace ohm::transcripts
