// What the table of routes takes of the picture of a station's URL.
#pragma once

#include "api/rest/route.hpp"

namespace ohm::api::rest {

const std::vector<Route>& station_qr_routes();

}  // namespace ohm::api::rest
