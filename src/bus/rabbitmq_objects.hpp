// The names and arguments of everything declared at the broker, in one place: arguments of a queue
// that exists can never change. Pure; any thread.
#pragma once

#include <string>

#include "bus/rabbitmq.hpp"

namespace ohm::bus {

inline const std::string uplink_exchange = "ohm.up";    // direct, key = partition: worker → api
inline const std::string workers_exchange = "ohm.all";  // fanout: api → every worker
inline const std::string apis_exchange = "ohm.apis";    // fanout: api → every api

inline std::string uplink_queue_name(Partition partition) {
    return "ohm.u." + std::to_string(partition.value);
}

inline AmqpConnection::Queue uplink_queue(Partition partition, const RabbitMqOptions& options) {
    AmqpConnection::Queue queue{.name = uplink_queue_name(partition), .durable = true};
    if (options.quorum) {
        queue.arguments = {{.name = "x-queue-type", .text = "quorum"},
                           {.name = "x-single-active-consumer", .truth = true}};
    } else {
        queue.arguments = {{.name = "x-queue-type", .text = "classic"},
                           {.name = "x-queue-version", .number = 2}};
    }
    queue.arguments.push_back({.name = "x-max-length",
                               .number = static_cast<std::int64_t>(options.uplink_queue_batches)});
    queue.arguments.push_back({.name = "x-max-length-bytes",
                               .number = static_cast<std::int64_t>(options.uplink_queue_bytes)});
    queue.arguments.push_back({.name = "x-overflow", .text = "reject-publish"});
    return queue;
}

// A worker's or an api's own queue dies with its connection, hence a new name for each.
inline AmqpConnection::Queue own_queue(const std::string& name, const RabbitMqOptions& options) {
    return {.name = name,
            .exclusive = true,
            .auto_delete = true,
            .arguments = {{.name = "x-queue-type", .text = "classic"},
                          {.name = "x-max-length",
                           .number = static_cast<std::int64_t>(options.own_queue_batches)},
                          {.name = "x-max-length-bytes",
                           .number = static_cast<std::int64_t>(options.own_queue_bytes)},
                          {.name = "x-overflow", .text = "reject-publish"}}};
}

}  // namespace ohm::bus
