#include "bus/amqp_connection.hpp"

#include <algorithm>
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <array>
#include <openssl/ssl.h>
#include <poll.h>
#include <utility>

#include "bus/envelope.hpp"

namespace ohm::bus {
namespace {

constexpr int frame_max = 131'072;
constexpr int channel_max = 2'047;

amqp_bytes_t bytes(std::string_view text) {
    return {text.size(), const_cast<char*>(text.data())};  // the library only reads it
}
std::string text_of(amqp_bytes_t bytes) {
    return {static_cast<const char*>(bytes.bytes), bytes.len};
}
timeval time_of(seconds duration) { return {duration.count(), 0}; }

amqp_table_entry_t flag_entry(const char* name) {
    amqp_table_entry_t entry{};
    entry.key = amqp_cstring_bytes(name);
    entry.value.kind = AMQP_FIELD_KIND_BOOLEAN;
    entry.value.value.boolean = 1;
    return entry;
}
amqp_table_entry_t text_entry(std::string_view name, std::string_view value) {
    amqp_table_entry_t entry{};
    entry.key = bytes(name);
    entry.value.kind = AMQP_FIELD_KIND_UTF8;
    entry.value.value.bytes = bytes(value);
    return entry;
}
amqp_table_entry_t entry_of(const AmqpConnection::Argument& argument) {
    if (!argument.text.empty()) return text_entry(argument.name, argument.text);
    if (argument.truth) return flag_entry(argument.name.c_str());
    amqp_table_entry_t entry{};
    entry.key = bytes(argument.name);
    entry.value.kind = AMQP_FIELD_KIND_I64;
    entry.value.value.i64 = argument.number;
    return entry;
}

amqp_socket_t* make_tls_socket(amqp_connection_state_t state, const Broker& broker) {
    amqp_socket_t* socket = amqp_ssl_socket_new(state);
    if (!socket) return nullptr;
    amqp_ssl_socket_set_verify_peer(socket, 1);
    amqp_ssl_socket_set_verify_hostname(socket, broker.check_host);
    // The library has no default store: without one every certificate is refused.
    if (broker.ca_file.empty()) {
        SSL_CTX_set_default_verify_paths(
            static_cast<SSL_CTX*>(amqp_ssl_socket_get_context(socket)));
        return socket;
    }
    if (amqp_ssl_socket_set_cacert(socket, broker.ca_file.c_str()) != AMQP_STATUS_OK)
        throw Fault{Fault::Kind::fatal, "RabbitMQ: cannot read the CA file " + broker.ca_file};
    return socket;
}

}  // namespace

AmqpConnection::AmqpConnection(const Broker& broker, const std::string& name,
                               const std::function<void(int socket)>& on_socket)
    : state_{amqp_new_connection()}, user_{broker.user} {
    ENSURE(state_ != nullptr);
    try {
        amqp_socket_t* socket =
            broker.tls ? make_tls_socket(state_, broker) : amqp_tcp_socket_new(state_);
        ENSURE(socket != nullptr);
        const timeval handshake = time_of(limits::amqp_handshake_timeout);
        const timeval rpc = time_of(limits::amqp_rpc_timeout);
        const timeval connect = time_of(limits::amqp_connect_timeout);
        amqp_set_handshake_timeout(state_, &handshake);
        amqp_set_rpc_timeout(state_, &rpc);
        check(amqp_socket_open_noblock(socket, broker.host.c_str(), broker.port, &connect),
              "connect to " + broker.host + ":" + std::to_string(broker.port));
        socket_ = amqp_get_sockfd(state_);
        on_socket(socket_);
        log_in(broker, name);
    } catch (...) {
        amqp_destroy_connection(state_);
        throw;
    }
}

AmqpConnection::~AmqpConnection() { amqp_destroy_connection(state_); }

void AmqpConnection::log_in(const Broker& broker, const std::string& name) {
    // What is not announced is not sent: without the first no basic.cancel comes for a deleted
    // queue, without the second a memory alarm shows only as a publish that hangs.
    std::array capabilities{flag_entry("consumer_cancel_notify"), flag_entry("connection.blocked"),
                            flag_entry("publisher_confirms"), flag_entry("basic.nack")};
    amqp_table_entry_t announced{};
    announced.key = amqp_cstring_bytes("capabilities");
    announced.value.kind = AMQP_FIELD_KIND_TABLE;
    announced.value.value.table = {static_cast<int>(capabilities.size()), capabilities.data()};
    std::array properties{announced, text_entry("connection_name", name)};
    const amqp_table_t table{static_cast<int>(properties.size()), properties.data()};
    const amqp_rpc_reply_t reply = amqp_login_with_properties(
        state_, broker.vhost.c_str(), channel_max, frame_max,
        static_cast<int>(broker.heartbeat.count()), &table, AMQP_SASL_METHOD_PLAIN,
        broker.user.c_str(), broker.password.c_str());
    if (reply.reply_type == AMQP_RESPONSE_NORMAL) return;
    if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION)
        check(reply.library_error, "log in to RabbitMQ as " + broker.user);
    refused(reply.reply, "log in to RabbitMQ as " + broker.user, 0);
}

void AmqpConnection::check(int status, const std::string& doing) const {
    if (status >= 0) return;
    std::string words = doing + ": " + amqp_error_string2(status);
    if (status == AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED)
        words += " (the certificate must carry this DNS name; addresses are not matched)";
    throw Fault{Fault::Kind::away, words};
}

void AmqpConnection::check_reply(const std::string& doing, std::uint16_t channel) {
    const amqp_rpc_reply_t reply = amqp_get_rpc_reply(state_);
    if (reply.reply_type == AMQP_RESPONSE_NORMAL) {
        amqp_maybe_release_buffers_on_channel(state_, channel);
        return;
    }
    if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION) refused(reply.reply, doing, channel);
    check(reply.library_error < 0 ? reply.library_error : AMQP_STATUS_UNEXPECTED_STATE, doing);
}

void AmqpConnection::refused(const amqp_method_t& method, const std::string& doing,
                             std::uint16_t channel) {
    if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
        const auto* close = static_cast<const amqp_channel_close_t*>(method.decoded);
        const ChannelRefused refusal{close->reply_code, doing + ": " + text_of(close->reply_text)};
        amqp_channel_close_ok_t ok{};
        amqp_send_method(state_, channel, AMQP_CHANNEL_CLOSE_OK_METHOD, &ok);
        partial_.erase(channel);
        throw refusal;
    }
    std::string words = doing + ": closed by the broker";
    if (method.id == AMQP_CONNECTION_CLOSE_METHOD)
        words = doing + ": " +
                text_of(static_cast<const amqp_connection_close_t*>(method.decoded)->reply_text);
    throw Fault{Fault::Kind::away, words};
}

void AmqpConnection::open_channel(std::uint16_t channel) {
    amqp_channel_open(state_, channel);
    check_reply("open a channel", channel);
}

void AmqpConnection::close_channel(std::uint16_t channel) {
    const amqp_rpc_reply_t reply = amqp_channel_close(state_, channel, AMQP_REPLY_SUCCESS);
    partial_.erase(channel);
    if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION)
        check(reply.library_error, "close a channel");
    if (reply.reply_type != AMQP_RESPONSE_SERVER_EXCEPTION) return;
    try {
        refused(reply.reply, "close a channel", channel);
    } catch (const ChannelRefused&) {
        // Both sides closed it at once, which is as good.
    }
}

void AmqpConnection::select_confirms(std::uint16_t channel) {
    amqp_confirm_select(state_, channel);
    check_reply("ask for confirms", channel);
}

void AmqpConnection::set_prefetch(std::uint16_t channel, std::uint16_t count) {
    amqp_basic_qos(state_, channel, 0, count, 0);
    check_reply("set the prefetch", channel);
}

void AmqpConnection::declare_exchange(std::uint16_t channel, const std::string& name,
                                      const char* type) {
    amqp_exchange_declare(state_, channel, bytes(name), amqp_cstring_bytes(type), 0, 1, 0, 0,
                          amqp_empty_table);
    check_reply("declare exchange " + name, channel);
}

void AmqpConnection::declare_queue(std::uint16_t channel, const Queue& queue) {
    std::vector<amqp_table_entry_t> entries;
    for (const Argument& argument : queue.arguments) entries.push_back(entry_of(argument));
    const amqp_table_t table{static_cast<int>(entries.size()), entries.data()};
    amqp_queue_declare(state_, channel, bytes(queue.name), 0, queue.durable, queue.exclusive,
                       queue.auto_delete, table);
    check_reply("declare queue " + queue.name, channel);
}

std::optional<AmqpConnection::QueueState> AmqpConnection::look_at_queue(std::uint16_t channel,
                                                                        const std::string& name) {
    const auto* ok = amqp_queue_declare(state_, channel, bytes(name), 1, 0, 0, 0, amqp_empty_table);
    QueueState seen;
    if (ok) seen = {ok->message_count, ok->consumer_count};
    try {
        check_reply("look at queue " + name, channel);
        return seen;
    } catch (const ChannelRefused&) {
        open_channel(channel);
        return std::nullopt;
    }
}

void AmqpConnection::bind(std::uint16_t channel, const std::string& queue,
                          const std::string& exchange, const std::string& key) {
    amqp_queue_bind(state_, channel, bytes(queue), bytes(exchange), bytes(key), amqp_empty_table);
    check_reply("bind queue " + queue + " to " + exchange, channel);
}

void AmqpConnection::consume(std::uint16_t channel, const std::string& queue, bool exclusive) {
    amqp_basic_consume(state_, channel, bytes(queue), amqp_empty_bytes, 0, 0, exclusive,
                       amqp_empty_table);
    check_reply("consume from " + queue, channel);
}

bool AmqpConnection::writable() const {
    pollfd ready{socket_, POLLOUT, 0};
    return ::poll(&ready, 1, 0) > 0 && (ready.revents & POLLOUT) != 0;
}

void AmqpConnection::publish(std::uint16_t channel, const Message& message) {
    static const std::string version = std::to_string(envelope_version);
    amqp_basic_properties_t properties{};
    properties._flags =
        AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_USER_ID_FLAG;
    properties.delivery_mode = 1;
    properties.content_type = bytes(version);
    properties.user_id = bytes(user_);
    if (!message.message_id.empty()) {
        properties._flags |= AMQP_BASIC_MESSAGE_ID_FLAG;
        properties.message_id = bytes(message.message_id);
    }
    check(amqp_basic_publish(state_, channel, bytes(message.exchange), bytes(message.key),
                             message.mandatory, 0, &properties, bytes(message.body)),
          "publish");
}

void AmqpConnection::acknowledge(std::uint16_t channel, std::uint64_t tag, bool multiple) {
    check(amqp_basic_ack(state_, channel, tag, multiple), "acknowledge");
}

std::optional<Happening> AmqpConnection::next() {
    for (;;) {
        amqp_frame_t frame{};
        const timeval at_once{};
        const int status = amqp_simple_wait_frame_noblock(state_, &frame, &at_once);
        if (status == AMQP_STATUS_TIMEOUT) return std::nullopt;
        check(status, "read from RabbitMQ");
        std::optional<Happening> happening = take(frame);
        amqp_maybe_release_buffers(state_);
        if (happening) return happening;
    }
}

std::optional<Happening> AmqpConnection::take(const amqp_frame_t& frame) {
    if (frame.frame_type == AMQP_FRAME_METHOD) return take_method(frame);
    if (frame.frame_type == AMQP_FRAME_HEADER || frame.frame_type == AMQP_FRAME_BODY)
        return take_content(frame);
    return std::nullopt;
}

std::optional<Happening> AmqpConnection::take_method(const amqp_frame_t& frame) {
    using What = Happening::What;
    Happening out;
    out.channel = frame.channel;
    const void* method = frame.payload.method.decoded;
    switch (frame.payload.method.id) {
        case AMQP_BASIC_DELIVER_METHOD:
            out.what = What::delivery;
            out.tag = static_cast<const amqp_basic_deliver_t*>(method)->delivery_tag;
            partial_[frame.channel] = {std::move(out), 0};
            return std::nullopt;
        case AMQP_BASIC_RETURN_METHOD:
            out.what = What::returned;
            out.text = text_of(static_cast<const amqp_basic_return_t*>(method)->routing_key);
            partial_[frame.channel] = {std::move(out), 0};
            return std::nullopt;
        case AMQP_BASIC_ACK_METHOD:
            out.what = What::confirmed;
            out.tag = static_cast<const amqp_basic_ack_t*>(method)->delivery_tag;
            out.multiple = static_cast<const amqp_basic_ack_t*>(method)->multiple;
            return out;
        case AMQP_BASIC_NACK_METHOD:
            out.what = What::refused;
            out.tag = static_cast<const amqp_basic_nack_t*>(method)->delivery_tag;
            out.multiple = static_cast<const amqp_basic_nack_t*>(method)->multiple;
            return out;
        case AMQP_BASIC_CANCEL_METHOD: out.what = What::cancelled; return out;
        case AMQP_CONNECTION_BLOCKED_METHOD:
            out.what = What::blocked;
            out.text = text_of(static_cast<const amqp_connection_blocked_t*>(method)->reason);
            return out;
        case AMQP_CONNECTION_UNBLOCKED_METHOD: out.what = What::unblocked; return out;
        case AMQP_CHANNEL_CLOSE_METHOD:
        case AMQP_CONNECTION_CLOSE_METHOD: break;
        default: return std::nullopt;
    }
    try {
        refused(frame.payload.method, "RabbitMQ", frame.channel);
    } catch (const ChannelRefused& refusal) {
        out.what = What::channel_closed;
        out.text = refusal.what();
        return out;
    }
}

// Content for a channel that was closed meanwhile belongs to nobody any more.
std::optional<Happening> AmqpConnection::take_content(const amqp_frame_t& frame) {
    const auto at = partial_.find(frame.channel);
    if (at == partial_.end()) return std::nullopt;
    Partial& partial = at->second;
    if (frame.frame_type == AMQP_FRAME_HEADER) {
        const auto* properties =
            static_cast<const amqp_basic_properties_t*>(frame.payload.properties.decoded);
        if (properties->_flags & AMQP_BASIC_MESSAGE_ID_FLAG)
            partial.happening.message_id = text_of(properties->message_id);
        partial.missing = frame.payload.properties.body_size;
        partial.happening.body.reserve(std::min<std::uint64_t>(partial.missing, frame_max));
    } else {
        const amqp_bytes_t fragment = frame.payload.body_fragment;
        partial.happening.body.append(static_cast<const char*>(fragment.bytes), fragment.len);
        partial.missing -= std::min<std::uint64_t>(partial.missing, fragment.len);
    }
    if (partial.missing > 0) return std::nullopt;
    Happening out = std::move(partial.happening);
    partial_.erase(at);
    return out;
}

void AmqpConnection::close() {
    const timeval patience = time_of(seconds{1});
    amqp_set_rpc_timeout(state_, &patience);
    amqp_connection_close(state_, AMQP_REPLY_SUCCESS);
}

}  // namespace ohm::bus
