// The writes of files and of what was ordered of them. Static data.
#pragma once

#include "store/sql.hpp"

namespace ohm::api::tables {

extern const store::Write file_order, file_order_request;
extern const store::Write file, file_stored, file_chunk, file_order_received, firmware_image;

}  // namespace ohm::api::tables
