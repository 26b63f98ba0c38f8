// What a message costs in wire/: strict decoding and encoding of three common messages of 1.6, with
// the parser's memory warm. Run: build/release/wire_codec
#include <benchmark/benchmark.h>

#include "ocpp/v16/core.hpp"
#include "wire/codec.hpp"

namespace ohm {
namespace {

using ocpp::v16::BootNotification;
using ocpp::v16::MeterValues;
using ocpp::v16::StatusNotification;

template <class Request>
constexpr std::string_view sample = "";
template <>
constexpr std::string_view sample<BootNotification::Request> =
    R"({"chargePointVendor":"Vendor","chargePointModel":"Model 7","chargePointSerialNumber":"SN-000123","firmwareVersion":"1.2.3","iccid":"8949000000000000000","imsi":"262010000000000","meterType":"MT-1"})";
template <>
constexpr std::string_view sample<StatusNotification::Request> =
    R"({"connectorId":1,"errorCode":"NoError","info":"","status":"Charging","timestamp":"2026-01-01T12:00:00Z","vendorId":"org.example"})";
template <>
constexpr std::string_view sample<MeterValues::Request> =
    R"({"connectorId":1,"transactionId":4711,"meterValue":[{"timestamp":"2026-01-01T12:00:00Z","sampledValue":[{"value":"1234567","context":"Sample.Periodic","measurand":"Energy.Active.Import.Register","unit":"Wh"},{"value":"11000.5","context":"Sample.Periodic","measurand":"Power.Active.Import","unit":"W"},{"value":"16.0","context":"Sample.Periodic","measurand":"Current.Import","phase":"L1","unit":"A"},{"value":"55","context":"Sample.Periodic","measurand":"SoC","unit":"Percent"}]}]})";

template <class T>
void decode(benchmark::State& state) {
    const std::string_view json = sample<T>;
    wire::Decoder decoder;
    for (auto _ : state) {
        T message;
        if (decoder.decode(json, message)) state.SkipWithError("does not decode");
        benchmark::DoNotOptimize(message);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(json.size()));
}

template <class T>
void encode(benchmark::State& state) {
    const std::string_view json = sample<T>;
    wire::Decoder decoder;
    T message;
    if (decoder.decode(json, message)) state.SkipWithError("does not decode");
    std::string out;
    for (auto _ : state) {
        out.clear();
        wire::encode(out, wire::type_of<T>, &message);
        benchmark::DoNotOptimize(out.data());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}

BENCHMARK_TEMPLATE(decode, BootNotification::Request);
BENCHMARK_TEMPLATE(encode, BootNotification::Request);
BENCHMARK_TEMPLATE(decode, StatusNotification::Request);
BENCHMARK_TEMPLATE(encode, StatusNotification::Request);
BENCHMARK_TEMPLATE(decode, MeterValues::Request);
BENCHMARK_TEMPLATE(encode, MeterValues::Request);

}  // namespace
}  // namespace ohm

BENCHMARK_MAIN();
