// One breach a name (CASE_…), each compiled alone by CMakeLists.txt. Without a name all is well.
#include "api/dispatch.hpp"
#include "api/rest/scopes.hpp"
#include "base/ids.hpp"
#include "ocpp/action.hpp"
#include "wire/fields.hpp"

namespace ohm {

using Colour = wire::OneOf<"Red", "Green">;

struct Point {
    wire::Integer x, y;
#if defined CASE_forgotten_member_inside
    FIELDS(x)
#else
    FIELDS(x, y)
#endif
};
struct Paint {
    static constexpr ocpp::From from = ocpp::From::station;
    struct Request {
        Colour colour;
        wire::Optional<wire::Text<20>> note;
        wire::List<Point> points;
#if defined CASE_forgotten_member
        FIELDS(colour, points)
#elif defined CASE_member_named_twice
        FIELDS(colour, points, points)
#elif !defined CASE_forgotten_fields
        FIELDS(colour, note, points)
#endif
    };
    struct Response {
        FIELDS()
    };
};
using Actions = ocpp::Actions<Paint>;

#if defined CASE_misspelt_literal
Colour colour() { return "Gren"; }
#else
Colour colour() { return "Green"; }
#endif

#if defined CASE_misspelt_comparison
bool is_green() { return colour().is("Gren"); }
#else
bool is_green() { return colour().is("Green"); }
#endif

#if defined CASE_misspelt_fallback
using Size = wire::OneOfElse<"Othr", "Small", "Other">;
#else
using Size = wire::OneOfElse<"Other", "Small", "Other">;
#endif

std::int64_t number(StationNo station) { return station.value; }
#if defined CASE_mixed_up_ids
std::int64_t of_another = number(ConnectionId{7});
#else
std::int64_t of_another = number(StationNo{7});
#endif

struct Painter : api::Handler {
#if !defined CASE_missing_handler
    Paint::Response on(const Paint::Request&) { return {}; }
#endif
};
const api::Routes painter_routes = api::routes<Painter>(Actions{});

// A route's first members, as its table writes them.
struct Declared {
    std::string_view method, path;
    api::rest::Scope scope;
    std::string_view operation_id;
};
#if defined CASE_misspelt_scope
const Declared declared{"GET", "/paint", "stations:raed", "listPaint"};
#elif defined CASE_missing_scope
const Declared declared{"GET", "/paint", "listPaint"};
#else
const Declared declared{"GET", "/paint", "stations:read", "listPaint"};
#endif

const wire::Type& first = *Actions::infos[0].request;
const wire::Type& size = wire::type_of<Size>;

}  // namespace ohm
