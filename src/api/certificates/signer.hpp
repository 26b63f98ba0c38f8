// Signs what stations ask for, where this installation has an authority of its own: takes requests
// that wait from the database, signs, and gives each certificate to the owner of its station, which
// decides whether the request still waits. So a request that is left over by a restart is taken up
// again, and two processes that take the same one make the same certificate, of which one counts.
// Signing costs a millisecond and more: it has a thread of its own.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/mailbox.hpp"
#include "bus/envelope.hpp"
#include "pki/authority.hpp"
#include "store/sql.hpp"

namespace ohm::api {

struct SignerOptions {
    std::shared_ptr<const pki::Authority> authority;  // null: operators upload what others signed
    seconds lifetime{365 * 86'400};
};

// One round: at most limits::certificates_per_round requests, each handed to `submit` once it is
// signed. Those that cannot be signed stay, with a line in the log.
std::size_t sign_waiting(store::Sql& sql, const SignerOptions& options, Utc now,
                         const std::function<void(bus::OperatorBody&&)>& submit);

class Signer {
public:
    Signer(SignerOptions options, const Clock& clock,
           std::function<std::unique_ptr<store::Sql>()> open,
           std::function<void(bus::OperatorBody&&)> submit);
    ~Signer();
    void start();  // nothing happens without an authority
    void stop();

private:
    void run();
    void round();

    const SignerOptions options_;
    const Clock& clock_;
    const std::function<std::unique_ptr<store::Sql>()> open_;
    const std::function<void(bus::OperatorBody&&)> submit_;
    std::unique_ptr<store::Sql> sql_;
    Mailbox<int> stopping_;  // nothing is ever pushed: closing it ends the thread
    std::thread thread_;
};

}  // namespace ohm::api
