// The rows of the tables of routes and components that are about facts which stations report.
#pragma once

#include <vector>

#include "api/rest/route.hpp"

namespace ohm::api::rest {

const std::vector<Route>& fact_routes();
const std::vector<Component>& fact_components();

}  // namespace ohm::api::rest
