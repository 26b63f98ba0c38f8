#include "operators.hpp"

namespace ohm::world {
namespace {

constexpr seconds try_again{2};
constexpr seconds held_for{5};  // Prefer: wait

}  // namespace

void Operators::create(const std::string& id, const std::string& password) {
    ids_.push_back(id);
    passwords_[id] = password;
    create_until_done(
        id, R"({"id":")" + id + R"(","password":")" + password + R"(","security_profile":1})");
}

void Operators::create_until_done(const std::string& id, const std::string& parameters) {
    bus::OperatorBody asked;
    asked.operation = api::operation::create_station;
    asked.id = id;
    asked.parameters = parameters;
    lab_.operate(asked, [this, id, parameters](int status, const std::string& body) {
        if (status == 201 || status == 409) {
            ++created_;
            return;
        }
        if (status != 503) return findings_.add("station not created: " + body);
        lab_.schedule().after(try_again,
                              [this, id, parameters] { create_until_done(id, parameters); });
    });
}

void Operators::ask(std::string_view operation, const std::string& id,
                    const std::string& parameters, Micros wait) {
    bus::OperatorBody asked;
    asked.operation = operation;
    asked.id = id;
    asked.parameters = parameters;
    asked.wait_us = wait.count();
    asked.requested_by = "operator";
    if (lab_.schedule().random.below(4) == 0) {
        asked.idempotency_key = "k" + std::to_string(++asked_);
        asked.fingerprint = parameters;
    }
    lab_.operate(asked, [this, name = std::string{operation}](int status, const std::string& body) {
        ++answers_[name + " " + std::to_string(status)];
        if (status >= 400 && status != 409 && status != 422 && status != 429 && status != 503)
            findings_.add("an operator was refused: " + name + " " + body);
    });
}

void Operators::command(const std::string& id, const std::string& parameters) {
    const bool waits = lab_.schedule().random.below(2) == 0;
    ask(api::operation::send_command, id, parameters, waits ? Micros{held_for} : Micros{0});
}

void Operators::act() {
    Random& random = lab_.schedule().random;
    const std::string& id = ids_[random.below(ids_.size())];
    switch (random.below(10)) {
        case 0:
            return command(
                id,
                R"({"command":"reset","action":"","parameters":{"type":"immediate"},"validate":true})");
        case 1:
            return command(
                id,
                R"({"command":"reset","action":"","parameters":{"type":"graceful"},"validate":true})");
        case 2:
        case 3:
            return command(
                id,
                R"({"command":"unlock-connector","action":"","parameters":{"evse_id":1},"validate":true})");
        case 4:
        case 5:
        case 6:
            return command(id, R"({"command":"call","action":"TriggerMessage","parameters":)"
                               R"({"requestedMessage":"StatusNotification"},"validate":false})");
        case 7:
            return ask(api::operation::patch_station, id,
                       R"({"name":"n)" + std::to_string(random.below(100)) + R"(","note":null})",
                       Micros{0});
        case 8:
            return ask(api::operation::set_credentials, id,
                       R"({"password":")" + passwords_[id] + R"("})", Micros{0});
        default: return ask(api::operation::disconnect_station, id, "{}", Micros{0});
    }
}

void Operators::probe(const std::string& id) {
    bus::OperatorBody asked;
    asked.operation = api::operation::send_command;
    asked.id = id;
    asked.parameters =
        R"({"command":"call","action":"ClearCache","parameters":{},"validate":false})";
    asked.wait_us = Micros{seconds{20}}.count();
    lab_.operate(asked, [this, id](int status, const std::string& body) {
        if (status == 200)
            ++probes_answered_;
        else
            findings_.add(id + " is not reached by a command: " + std::to_string(status) + " " +
                          body);
    });
}

}  // namespace ohm::world
