#include "api/events/filter.hpp"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <sstream>

#include "api/events/types.hpp"
#include "wire/codec.hpp"

namespace ohm::api::events {
namespace {

Event event_of(const std::string& type, const std::string& subject = "CP1") {
    return {.partition = {2},
            .n = 41,
            .type = type,
            .subject = subject,
            .at = 1'500'000,
            .data = R"({"version":1})"};
}
Filter filter_of(const std::vector<std::string>& names) {
    Filter filter;
    EXPECT_FALSE(read_types(names, filter));
    return filter;
}

TEST(EventFilter, NamesAndGroups) {
    const Filter filter = filter_of({"transaction.*", "station.booted"});
    EXPECT_TRUE(matches(filter, event_of("transaction.ended")));
    EXPECT_TRUE(matches(filter, event_of("station.booted")));
    EXPECT_FALSE(matches(filter, event_of("station.connected")));
    EXPECT_TRUE(matches(filter_of({}), event_of("station.connected")));
    EXPECT_TRUE(matches(filter_of({"*"}), event_of("station.connected")));
}

TEST(EventFilter, WhatCanNeverComeIsNamed) {
    Filter filter;
    EXPECT_EQ(read_types({"station.*", "station.exploded"}, filter), "station.exploded");
    EXPECT_EQ(read_types({"stat.*"}, filter), "stat.*");
    EXPECT_EQ(read_types({".*"}, filter), ".*");
}

TEST(EventFilter, StationsAreComparedWithoutCase) {
    Filter filter;
    filter.station_key = "cp1";
    EXPECT_TRUE(matches(filter, event_of("station.booted", "CP1")));
    EXPECT_FALSE(matches(filter, event_of("station.booted", "CP11")));
}

TEST(EventFilter, AWorkerIsNoStationOfItsName) {
    Filter filter;
    EXPECT_TRUE(matches(filter, event_of("worker.left", "CP1")));
    filter.station_key = "cp1";
    EXPECT_FALSE(matches(filter, event_of("worker.left", "CP1")));
    EXPECT_NE(
        envelope_of(event_of("worker.left", "w 1"), "").find(R"("source":"/api/v1/workers/w%201")"),
        std::string::npos);
}

TEST(EventEnvelope, IsACloudEvent) {
    EXPECT_EQ(envelope_of(event_of("station.updated", "a \"b\""), "1.1.16"),
              R"({"specversion":"1.0","id":"2-41","source":"/api/v1/stations/a%20%22b%22",)"
              R"("type":"station.updated","subject":"a \"b\"","time":"1970-01-01T00:00:01.500Z",)"
              R"("sequence":"1.1.16","datacontenttype":"application/json","data":{"version":1}})");
}

TEST(EventTypes, AreDeclaredOnceWithAnExampleThatIsRight) {
    std::set<std::string_view> names;
    for (const EventType& type : event_types()) {
        EXPECT_TRUE(names.insert(type.name).second) << type.name;
        EXPECT_TRUE(wire::minify(type.example)) << type.name;
        std::string schema;
        wire::describe(schema, *type.data, {wire::Strictness::strict});
        EXPECT_TRUE(wire::minify(schema)) << type.name;
        EXPECT_FALSE(type.meaning.empty());
        for (std::size_t i = 0; i < type.data->field_count; ++i)
            EXPECT_NE(type.example.find("\"" + std::string{type.data->fields[i].name} + "\":"),
                      std::string_view::npos)
                << type.name << " " << type.data->fields[i].name;
    }
}

TEST(Protocol, EventsAreDocumentedAsDeclared) {
    const std::string here = __FILE__;
    const std::string path = here.substr(0, here.rfind("/src/api/")) + "/docs/EVENTS.md";
    if (std::getenv("OHM_WRITE_DOCS")) std::ofstream{path} << events_document();
    std::ifstream file{path};
    std::ostringstream text;
    text << file.rdbuf();
    EXPECT_EQ(text.str(), events_document()) << "run OHM_WRITE_DOCS=1 api_test";
}

}  // namespace
}  // namespace ohm::api::events
