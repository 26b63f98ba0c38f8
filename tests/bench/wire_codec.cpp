// What a message costs without I/O: strict decoding (which is validating) and encoding of every
// CALL that stations send, by a random sample of each declared type; three common messages as they
// are seen in the field; frames; and batches of envelopes as the bus packs them. One core, the
// parser's memory warm. Run: ./dev bench wire_codec
#include <benchmark/benchmark.h>

#include "bus/envelope.hpp"
#include "ocpp/action.hpp"
#include "ocpp/frame.hpp"
#include "ocpp/v16/core.hpp"
#include "wire/codec.hpp"
#include "wire/sample.hpp"

namespace ohm {
namespace {

constexpr std::uint64_t sample_seed = 7;

constexpr std::string_view boot =
    R"({"chargePointVendor":"Vendor","chargePointModel":"Model 7","chargePointSerialNumber":"SN-000123","firmwareVersion":"1.2.3","iccid":"8949000000000000000","imsi":"262010000000000","meterType":"MT-1"})";
constexpr std::string_view status =
    R"({"connectorId":1,"errorCode":"NoError","info":"","status":"Charging","timestamp":"2026-01-01T12:00:00Z","vendorId":"org.example"})";
constexpr std::string_view samples =
    R"({"connectorId":1,"transactionId":4711,"meterValue":[{"timestamp":"2026-01-01T12:00:00Z","sampledValue":[{"value":"1234567","context":"Sample.Periodic","measurand":"Energy.Active.Import.Register","unit":"Wh"},{"value":"11000.5","context":"Sample.Periodic","measurand":"Power.Active.Import","unit":"W"},{"value":"16.0","context":"Sample.Periodic","measurand":"Current.Import","phase":"L1","unit":"A"},{"value":"55","context":"Sample.Periodic","measurand":"SoC","unit":"Percent"}]}]})";

void decode(benchmark::State& state, const std::string& json, const wire::Type& type) {
    wire::Decoder decoder;
    for (auto _ : state) {
        const auto message = type.make();
        if (decoder.decode(json, type, message.get(), {wire::Strictness::strict}, nullptr))
            state.SkipWithError("does not decode");
        benchmark::DoNotOptimize(message.get());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(json.size()));
}

void encode(benchmark::State& state, const std::string& json, const wire::Type& type) {
    wire::Decoder decoder;
    const auto message = type.make();
    if (decoder.decode(json, type, message.get(), {wire::Strictness::strict}, nullptr))
        state.SkipWithError("does not decode");
    std::string out;
    for (auto _ : state) {
        out.clear();
        wire::encode(out, type, message.get());
        benchmark::DoNotOptimize(out.data());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}

void add_codec(const std::string& name, const std::string& json, const wire::Type& type) {
    benchmark::RegisterBenchmark(
        ("decode/" + name).c_str(),
        [json, &type](benchmark::State& state) { decode(state, json, type); });
    benchmark::RegisterBenchmark(
        ("encode/" + name).c_str(),
        [json, &type](benchmark::State& state) { encode(state, json, type); });
}

void add_every_call(ocpp::Version version) {
    SeededRandom random{sample_seed};
    for (const ocpp::ActionInfo& action : ocpp::declared_actions(version)) {
        if (!ocpp::station_sends(action.from)) continue;
        add_codec(std::string{ocpp::short_name(version)} + "/" + std::string{action.name},
                  wire::random_json(*action.request, random, {wire::Strictness::strict}),
                  *action.request);
    }
}

void read_frame(benchmark::State& state) {
    const std::string frame = ocpp::call("4711", "MeterValues", samples);
    for (auto _ : state) {
        const ocpp::Head head = ocpp::read_head(frame);
        benchmark::DoNotOptimize(head.rest.data());
    }
}

void write_frame(benchmark::State& state) {
    for (auto _ : state) {
        const std::string frame = ocpp::call("4711", "MeterValues", samples);
        benchmark::DoNotOptimize(frame.data());
    }
}

void answer_heartbeat(benchmark::State& state) {
    for (auto _ : state) {
        const std::string frame = ocpp::heartbeat_result("\"4711\"", "2026-01-01T12:00:00Z");
        benchmark::DoNotOptimize(frame.data());
    }
}

bus::UpBatch batch_of(std::size_t envelopes) {
    bus::UpBatch batch{.sender = "worker-1", .incarnation = std::string(16, 'i'), .n = 1};
    for (std::size_t i = 0; i < envelopes; ++i) {
        bus::Envelope& envelope = batch.envelopes.items.emplace_back();
        envelope.kind = "call";
        envelope.station = "STATION-" + std::to_string(i);
        envelope.connection = 0x100 + i;
        envelope.frame_no = i;
        envelope.frame = ocpp::call("4711", "StatusNotification", status);
    }
    return batch;
}

// Per envelope: the time shown is of the batch.
void pack_batch(benchmark::State& state) {
    const bus::UpBatch batch = batch_of(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) {
        const std::string bytes = wire::packed(batch);
        benchmark::DoNotOptimize(bytes.data());
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

void unpack_batch(benchmark::State& state) {
    const std::string bytes = wire::packed(batch_of(static_cast<std::size_t>(state.range(0))));
    for (auto _ : state) {
        std::string_view rest = bytes;
        bus::UpBatch batch;
        if (!wire::unpack(rest, batch)) state.SkipWithError("does not unpack");
        benchmark::DoNotOptimize(batch.envelopes.items.data());
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

}  // namespace
}  // namespace ohm

int main(int argc, char** argv) {
    using namespace ohm;
    using namespace ohm::ocpp::v16;
    add_codec("typical/BootNotification", std::string{boot},
              wire::type_of<BootNotification::Request>);
    add_codec("typical/StatusNotification", std::string{status},
              wire::type_of<StatusNotification::Request>);
    add_codec("typical/MeterValues", std::string{samples}, wire::type_of<MeterValues::Request>);
    add_every_call(ocpp::Version::v16);
    add_every_call(ocpp::Version::v201);
    benchmark::RegisterBenchmark("frame/read", read_frame);
    benchmark::RegisterBenchmark("frame/write", write_frame);
    benchmark::RegisterBenchmark("frame/heartbeat_result", answer_heartbeat);
    benchmark::RegisterBenchmark("envelopes/pack", pack_batch)->Arg(1)->Arg(64);
    benchmark::RegisterBenchmark("envelopes/unpack", unpack_batch)->Arg(1)->Arg(64);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
