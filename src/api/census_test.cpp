#include "api/census.hpp"

#include <gtest/gtest.h>

#include "api/charging/record.hpp"

namespace ohm::api {
namespace {

void add(Stations& stations, int number, bool online) {
    auto station = std::make_unique<Station>();
    if (online) station->holder.connection = 1;
    station->key = "CP" + std::to_string(number);
    stations.insert(std::move(station));
}

TEST(Census, CountsAFewAtOnce) {
    Census census;
    Stations stations;
    for (int i = 0; i < 10; ++i) add(stations, i, i % 2 == 0);
    auto& transactions = (*stations.find("CP1"))->transactions;
    transactions = std::make_unique<StationTransactions>();
    transactions->list.push_back(std::make_unique<TransactionRecord>());
    census.go_on(stations);
    EXPECT_EQ(census.stations_online(), 5u);
    EXPECT_EQ(census.transactions_open(), 1u);
    stations.erase(stations.find("CP0"));
    census.go_on(stations);
    EXPECT_EQ(census.stations_online(), 4u);
}

TEST(Census, CountsManyByAndBy) {
    Census census{100};
    Stations stations;
    for (int i = 0; i < 1'000; ++i) add(stations, i, true);
    const auto calls = (stations.bucket_count() + 99) / 100;
    for (std::size_t i = 1; i < calls; ++i) census.go_on(stations);
    EXPECT_EQ(census.stations_online(), 0u) << "a part of them is no figure";
    census.go_on(stations);
    EXPECT_EQ(census.stations_online(), 1'000u);
}

TEST(Census, BeginsAnewWhenTheStationsMove) {
    Census census{100};
    Stations stations;
    for (int i = 0; i < 1'000; ++i) add(stations, i, true);
    for (int i = 0; i < 5; ++i) census.go_on(stations);
    stations.rehash(stations.bucket_count() * 4);
    const auto calls = (stations.bucket_count() + 99) / 100;
    for (std::size_t i = 0; i < calls; ++i) census.go_on(stations);
    EXPECT_EQ(census.stations_online(), 1'000u);
}

}  // namespace
}  // namespace ohm::api
