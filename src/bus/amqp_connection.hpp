// One AMQP connection and its channels, over rabbitmq-c: synchronous calls with a time-out, and
// next() for everything that comes unasked. The only file pair that includes rabbitmq-c. Used by
// the one thread that opened it. Whatever ends the connection is thrown as Fault.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/limits.hpp"

struct amqp_connection_state_t_;
struct amqp_frame_t_;
struct amqp_method_t_;
struct amqp_rpc_reply_t_;

namespace ohm::bus {

struct Broker {
    std::string host = "127.0.0.1";
    std::uint16_t port = 5672;
    std::string user = "guest";
    std::string password = "guest";
    std::string vhost = "/";
    bool tls = false;
    std::string ca_file;     // "": the machine's store
    bool check_host = true;  // the certificate's name; the chain is always checked
    seconds heartbeat = limits::amqp_heartbeat;
};

// The broker closed a channel: 403, 404, 405, 406. The connection lives on, the channel does not.
class ChannelRefused : public Fault {
public:
    ChannelRefused(int code, const std::string& what) : Fault{Kind::away, what}, code_{code} {}
    int code() const { return code_; }

private:
    int code_;
};

struct Happening {
    enum class What : std::uint8_t {
        delivery,
        returned,
        confirmed,
        refused,
        cancelled,
        channel_closed,
        blocked,
        unblocked
    } what{};
    std::uint16_t channel = 0;
    std::uint64_t tag = 0;
    bool multiple = false;
    std::string text;        // returned: the routing key; else the broker's words
    std::string message_id;  // returned
    std::string body;        // delivery
};

class AmqpConnection {
public:
    struct Argument {
        std::string name;
        std::string text;         // used when not empty
        std::int64_t number = 0;  // else
        bool truth = false;       // else, when number is 0
    };
    struct Queue {
        std::string name;
        bool durable = false, exclusive = false, auto_delete = false;
        std::vector<Argument> arguments;
    };
    struct QueueState {
        std::uint32_t ready = 0, consumers = 0;
    };
    struct Message {
        std::string_view exchange, key, body;
        bool mandatory = false;
        std::string message_id;
    };

    // `on_socket` gets the socket before the hand-shake, so that another thread may cut it.
    AmqpConnection(const Broker& broker, const std::string& name,
                   const std::function<void(int socket)>& on_socket);
    ~AmqpConnection();
    AmqpConnection(const AmqpConnection&) = delete;
    AmqpConnection& operator=(const AmqpConnection&) = delete;

    void open_channel(std::uint16_t channel);
    void close_channel(std::uint16_t channel);  // returns after close-ok
    void select_confirms(std::uint16_t channel);
    void set_prefetch(std::uint16_t channel, std::uint16_t count);
    void declare_exchange(std::uint16_t channel, const std::string& name, const char* type);
    void declare_queue(std::uint16_t channel, const Queue& queue);
    // Nothing when there is none; the channel is then open all the same.
    std::optional<QueueState> look_at_queue(std::uint16_t channel, const std::string& name);
    void bind(std::uint16_t channel, const std::string& queue, const std::string& exchange,
              const std::string& key);
    void consume(std::uint16_t channel, const std::string& queue, bool exclusive);

    bool writable() const;  // a publish would not wait for the socket
    void publish(std::uint16_t channel, const Message& message);
    void acknowledge(std::uint16_t channel, std::uint64_t tag, bool multiple);
    std::optional<Happening> next();  // never waits
    int socket() const { return socket_; }
    void close();  // orderly, within a second

private:
    struct Partial {
        Happening happening;
        std::uint64_t missing = 0;
    };
    void log_in(const Broker& broker, const std::string& name);
    void check(int status, const std::string& doing) const;
    void check_reply(const std::string& doing, std::uint16_t channel);
    [[noreturn]] void refused(const amqp_method_t_& method, const std::string& doing,
                              std::uint16_t channel);
    std::optional<Happening> take(const amqp_frame_t_& frame);
    std::optional<Happening> take_method(const amqp_frame_t_& frame);
    std::optional<Happening> take_content(const amqp_frame_t_& frame);

    amqp_connection_state_t_* state_;
    int socket_ = -1;
    const std::string user_;
    std::map<std::uint16_t, Partial>
        partial_;  // by channel: method and header came, body is coming
};

}  // namespace ohm::bus
