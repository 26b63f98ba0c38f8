#include "egress/egress.hpp"

#include <algorithm>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.hpp"
#include "base/text.hpp"
#include "base/thread.hpp"

namespace ohm::egress {
namespace {

constexpr milliseconds longest_wait{1'000};
constexpr std::string_view user_agent = "ohmstead";

struct Lists {
    curl_slist* head = nullptr;
    Lists() = default;
    Lists(const Lists&) = delete;
    Lists& operator=(const Lists&) = delete;
    ~Lists() { curl_slist_free_all(head); }
    void add(const std::string& line) { head = curl_slist_append(head, line.c_str()); }
};

std::span<const std::uint8_t> bytes_of(const sockaddr& address) {
    if (address.sa_family == AF_INET) {
        const auto& in = reinterpret_cast<const sockaddr_in&>(address);
        return {reinterpret_cast<const std::uint8_t*>(&in.sin_addr), sizeof in.sin_addr};
    }
    if (address.sa_family != AF_INET6) return {};
    const auto& in = reinterpret_cast<const sockaddr_in6&>(address);
    return {reinterpret_cast<const std::uint8_t*>(&in.sin6_addr), sizeof in.sin6_addr};
}

std::string_view failure_of(CURLcode code) {
    switch (code) {
        case CURLE_OPERATION_TIMEDOUT: return failure::timed_out;
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CERTPROBLEM: return failure::tls;
        default: return failure::unreachable;
    }
}

}  // namespace

struct Egress::Exchange {
    Request request;
    Done done;
    Permit permit;
    Mono until{};
    Answer answer;
    std::size_t header_bytes = 0;
    Lists headers, names;
    CURL* easy = nullptr;

    Exchange() = default;
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;
    ~Exchange() { curl_easy_cleanup(easy); }

    void finish(std::string_view failure) {
        if (!failure.empty()) answer = {.failure = failure};
        done(std::move(answer));
    }

    // The one place where an address is looked at is the one where the socket is made: a name that
    // changes its address between two looks gains nothing.
    static curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr* to) {
        auto& exchange = *static_cast<Exchange*>(self);
        if (!exchange.permit.opens(reach_of(bytes_of(to->addr)))) {
            exchange.answer.failure = failure::address_refused;
            return CURL_SOCKET_BAD;
        }
        return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
    }
    static std::size_t take_body(char* data, std::size_t, std::size_t count, void* self) {
        auto& exchange = *static_cast<Exchange*>(self);
        if (exchange.answer.body.size() + count > exchange.request.answer_bytes_max) {
            exchange.answer.failure = failure::too_large;
            return 0;
        }
        exchange.answer.body.append(data, count);
        return count;
    }
    static std::size_t take_header(char*, std::size_t, std::size_t count, void* self) {
        auto& exchange = *static_cast<Exchange*>(self);
        exchange.header_bytes += count;
        if (exchange.header_bytes <= limits::http_header_bytes) return count;
        exchange.answer.failure = failure::too_large;
        return 0;
    }
};

struct Egress::Curl {
    CURLM* multi = nullptr;
    Curl() {
        static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
        ENSURE(started == CURLE_OK);
        multi = curl_multi_init();
        ENSURE(multi);
        curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(limits::egress_at_once));
    }
    Curl(const Curl&) = delete;
    Curl& operator=(const Curl&) = delete;
    ~Curl() { curl_multi_cleanup(multi); }
};

namespace {

template <class T>
void set(CURL* easy, CURLoption option, T value) {
    ENSURE(curl_easy_setopt(easy, option, value) == CURLE_OK);
}

void set_limits(CURL* easy, milliseconds left) {
    set(easy, CURLOPT_NOSIGNAL, 1L);
    set(easy, CURLOPT_QUICK_EXIT, 1L);  // a resolver that hangs is left to itself
    set(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
    set(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(left.count()));
    set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    set(easy, CURLOPT_FOLLOWLOCATION, 0L);
    set(easy, CURLOPT_PROXY, "");  // whatever the environment says
    set(easy, CURLOPT_NOPROXY, "*");
    set(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    set(easy, CURLOPT_USERAGENT, user_agent.data());
}

}  // namespace

Egress::Egress(Options options, const Clock& clock)
    : options_{std::move(options)},
      clock_{clock},
      curl_{std::make_unique<Curl>()},
      mailbox_{limits::egress_waiting, [this] { curl_multi_wakeup(curl_->multi); }} {}

Egress::~Egress() { stop(); }

void Egress::start() {
    thread_ = std::thread{[this] {
        name_thread("egress");
        run();
    }};
}

void Egress::stop() {
    mailbox_.close();
    if (thread_.joinable()) thread_.join();
    end_all();
}

void Egress::ask(Request&& request, Done done) {
    auto exchange = std::make_unique<Exchange>();
    exchange->request = std::move(request);
    exchange->done = std::move(done);
    exchange->until = clock_.mono() + exchange->request.timeout;
    const auto url = read_url(exchange->request.url);
    const auto permit = url ? check(*url, exchange->request.source, options_.rules)
                            : Result<Permit>{tl::unexpected{url.error()}};
    const auto& headers = exchange->request.headers;
    const bool clean = std::none_of(headers.begin(), headers.end(), [](const std::string& line) {
        return has_control_characters(line);
    });
    if (!permit || !clean) return exchange->finish(failure::url_refused);
    exchange->permit = *permit;
    exchange->request.url = url->text;
    if (mailbox_.push(std::move(exchange))) return;
    // A refused push leaves the exchange as it was. NOLINTNEXTLINE(bugprone-use-after-move)
    exchange->finish(mailbox_.closed() ? failure::stopped : failure::busy);
}

// ---- the thread ----

void Egress::run() {
    while (!mailbox_.closed()) {
        take();
        int still_running = 0;
        curl_multi_perform(curl_->multi, &still_running);
        collect();
        if (!waiting_.empty() && running_.size() < limits::egress_at_once) continue;
        const int wait_ms = static_cast<int>(longest_wait.count());
        curl_multi_poll(curl_->multi, nullptr, 0, wait_ms, nullptr);
    }
    end_all();
}

void Egress::take() {
    arrived_.clear();
    mailbox_.take(arrived_,
                  limits::egress_waiting - std::min(waiting_.size(), limits::egress_waiting));
    for (auto& exchange : arrived_) waiting_.push_back(std::move(exchange));
    std::size_t begun = 0;
    for (auto& exchange : waiting_) {
        const bool late = exchange->until <= clock_.mono();
        if (!late && running_.size() >= limits::egress_at_once) break;
        ++begun;
        if (late)
            exchange->finish(failure::timed_out);
        else
            begin(std::move(exchange));
    }
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(begun));
}

void Egress::begin(std::unique_ptr<Exchange> exchange) {
    Exchange& one = *exchange;
    one.easy = curl_easy_init();
    ENSURE(one.easy);
    const auto left = std::chrono::ceil<milliseconds>(one.until - clock_.mono());
    set_limits(one.easy, std::max(left, milliseconds{1}));
    set(one.easy, CURLOPT_URL, one.request.url.c_str());
    set(one.easy, CURLOPT_PRIVATE, static_cast<void*>(&one));
    set(one.easy, CURLOPT_OPENSOCKETFUNCTION, &Exchange::open_socket);
    set(one.easy, CURLOPT_OPENSOCKETDATA, static_cast<void*>(&one));
    set(one.easy, CURLOPT_WRITEFUNCTION, &Exchange::take_body);
    set(one.easy, CURLOPT_WRITEDATA, static_cast<void*>(&one));
    set(one.easy, CURLOPT_HEADERFUNCTION, &Exchange::take_header);
    set(one.easy, CURLOPT_HEADERDATA, static_cast<void*>(&one));
    // A connection that an operator's URL opened is no way in for a station's.
    if (one.request.source == Source::stations) {
        set(one.easy, CURLOPT_FRESH_CONNECT, 1L);
        set(one.easy, CURLOPT_FORBID_REUSE, 1L);
    }
    if (!options_.ca_file.empty()) set(one.easy, CURLOPT_CAINFO, options_.ca_file.c_str());
    for (const std::string& name : options_.names) one.names.add(name);
    if (one.names.head) set(one.easy, CURLOPT_RESOLVE, one.names.head);
    for (const std::string& line : one.request.headers) one.headers.add(line);
    one.headers.add("Expect:");
    set(one.easy, CURLOPT_HTTPHEADER, one.headers.head);
    if (!one.request.body.empty()) {
        set(one.easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(one.request.body.size()));
        set(one.easy, CURLOPT_POSTFIELDS, one.request.body.c_str());
    }
    ENSURE(curl_multi_add_handle(curl_->multi, one.easy) == CURLM_OK);
    running_.push_back(std::move(exchange));
}

void Egress::collect() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(curl_->multi, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        const CURLcode code = message->data.result;
        CURL* easy = message->easy_handle;
        const auto found = std::find_if(running_.begin(), running_.end(),
                                        [&](const auto& one) { return one->easy == easy; });
        ENSURE(found != running_.end());
        const std::unique_ptr<Exchange> one = std::move(*found);
        running_.erase(found);
        long status = 0;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        curl_multi_remove_handle(curl_->multi, easy);
        one->answer.status = static_cast<int>(status);
        std::string_view failure;
        if (code != CURLE_OK || status == 0)
            failure = one->answer.failure.empty() ? failure_of(code) : one->answer.failure;
        if (!failure.empty())
            log::debug("asking_failed", {{"url", one->request.url},
                                         {"failure", failure},
                                         {"detail", curl_easy_strerror(code)}});
        if (failure.empty()) one->answer.failure = {};
        one->finish(failure);
    }
}

void Egress::end_all() {
    arrived_.clear();
    mailbox_.take(arrived_);
    for (auto& exchange : running_) curl_multi_remove_handle(curl_->multi, exchange->easy);
    for (auto* list : {&running_, &waiting_, &arrived_}) {
        for (auto& exchange : *list) exchange->finish(failure::stopped);
        list->clear();
    }
}

}  // namespace ohm::egress
