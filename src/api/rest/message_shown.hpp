// How a frame of the message log looks in REST. Any thread.
#pragma once

#include <string>

#include "api/rest/resources.hpp"
#include "store/message_log.hpp"

namespace ohm::api::rest {

MessageShown message_of(const std::string& station_id, store::LoggedFrame&& frame);

}  // namespace ohm::api::rest
