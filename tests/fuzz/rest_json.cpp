// Bodies of REST requests and of the operations behind them, and CSV files of stations. The first
// byte chooses the declaration, or CSV.
#include <array>
#include <vector>

#include "api/operations.hpp"
#include "api/rest/batch_resources.hpp"
#include "api/rest/certificate_resources.hpp"
#include "api/rest/charging_resources.hpp"
#include "api/rest/csv.hpp"
#include "api/rest/held_resources.hpp"
#include "api/rest/location_resources.hpp"
#include "api/rest/people_resources.hpp"
#include "api/rest/resources.hpp"
#include "api/rest/webhook_resources.hpp"
#include "declared.hpp"

namespace {

using namespace ohm::api;
using ohm::fuzz::require;

template <class... Structs>
constexpr std::array<const ohm::wire::Type*, sizeof...(Structs)> types_of{
    &ohm::wire::type_of<Structs>...};
constexpr auto types =
    types_of<StationCreate, StationPatch, CommandCreate, CredentialsWrite, StationImport,
             rest::CallWrite, rest::LogLevelWrite, rest::ImportWrite, rest::BatchWrite,
             rest::TrustedCertificateWrite, rest::TokenWrite, rest::TokenImportWrite,
             rest::AuthorizeWrite, rest::ReservationWrite, rest::LocalListSyncWrite,
             rest::LocationWrite, rest::UserWrite, rest::RoleWrite, rest::ApiKeyWrite,
             rest::DecisionWebhookWrite, rest::TransferHandlerWrite>;
constexpr ohm::wire::Rules strict{ohm::wire::Strictness::strict};

const ohm::wire::Type* type_of_choice(std::uint8_t choice) {
    const std::size_t index = choice % (types.size() + 1);
    return index == types.size() ? nullptr : types[index];
}

using Rows = std::vector<std::vector<std::string>>;

std::string written(const Rows& rows) {
    std::string out;
    for (const auto& row : rows) {
        for (const std::string& cell : row) {
            out += &cell == &row.front() ? "\"" : ",\"";
            for (const char c : cell) out.append(c == '"' ? 2 : 1, c);
            out += '"';
        }
        out += "\r\n";
    }
    return out;
}

// Whatever the cells hold, a file with them in quotes reads as them.
void check_cells(std::string_view text) {
    std::vector<std::string> cells{"first"};
    for (const std::string_view cell : ohm::split(text, ';')) cells.emplace_back(cell);
    require(rest::parse_csv(written({cells}), 1).rows == Rows{cells});
}

// A cell of nested JSON may come too deep for the decoder, which says so.
bool is_deep(const std::string& cell) {
    return std::count_if(cell.begin(), cell.end(), [](char c) { return c == '[' || c == '{'; }) >
           20;
}

void check_csv(std::string_view text) {
    constexpr std::size_t most = 20;
    if (!ohm::is_utf8(text)) return;
    check_cells(text);
    const rest::Csv csv = rest::parse_csv(text, most);
    require(csv.rows.size() <= most + 1);
    require(rest::parse_csv(written(csv.rows), most).rows == csv.rows);
    const ohm::wire::Type& type = ohm::wire::type_of<StationCreate>;
    for (const auto& row : csv.rows) {
        const std::string json = rest::json_of_row(type, csv.rows.front(), row);
        require(ohm::wire::minify(json) || std::any_of(row.begin(), row.end(), is_deep));
        ohm::fuzz::check_decoding(type, strict, json);
    }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max, unsigned seed) {
    return ohm::fuzz::mutate_json(
        data, size, max, seed, [](std::uint8_t choice, ohm::Random& random) {
            const ohm::wire::Type* type = type_of_choice(choice);
            if (type) return ohm::wire::random_json(*type, random, strict);
            return std::string{
                "id,name,call_timeout_s,labels\r\nCP1,\"A, b\",30,\"{\"\"a\"\":1}\"\r\n"};
        });
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes = ohm::fuzz::as_text(data + 1, size - 1);
    if (const ohm::wire::Type* type = type_of_choice(data[0]))
        ohm::fuzz::check_decoding(*type, strict, bytes);
    else
        check_csv(bytes);
    return 0;
}
