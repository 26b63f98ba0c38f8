#include "api/certificates/tables.hpp"

namespace ohm::api::tables {
namespace {

using store::Mode;
constexpr auto integer = store::Kind::integer;
constexpr auto text = store::Kind::text;
constexpr auto blob = store::Kind::bytes;
constexpr int certificates = 80;  // behind what stations report

}  // namespace

const store::Write new_certificate_request{"certificate_requests",
                                           Mode::insert_if_absent,
                                           2,
                                           {{"station_no", integer},
                                            {"csr_hash", integer},
                                            {"id", blob},
                                            {"certificate_type", text},
                                            {"csr", text},
                                            {"common_name", text},
                                            {"organization", text},
                                            {"state", text},
                                            {"reason", text},
                                            {"received_at", integer}},
                                           certificates};
const store::Write certificate_request_state{"certificate_requests",
                                             Mode::update,
                                             2,
                                             {{"station_no", integer},
                                              {"csr_hash", integer},
                                              {"state", text},
                                              {"reason", text},
                                              {"decided_at", integer},
                                              {"decided_by", text}},
                                             certificates + 1};
const store::Write issued_certificate{"issued_certificates",
                                      Mode::insert_if_absent,
                                      2,
                                      {{"station_no", integer},
                                       {"fingerprint", text},
                                       {"request_id", blob},
                                       {"certificate_type", text},
                                       {"serial_number", text},
                                       {"subject", text},
                                       {"issuer", text},
                                       {"not_before", integer},
                                       {"not_after", integer},
                                       {"chain", text},
                                       {"state", text},
                                       {"command_id", blob},
                                       {"issued_at", integer}},
                                      certificates + 2};
const store::Write issued_certificate_answer{
    "issued_certificates",
    Mode::update,
    2,
    {{"station_no", integer}, {"fingerprint", text}, {"state", text}, {"answered_at", integer}},
    certificates + 3};
const store::Write issued_certificate_use{
    "issued_certificates",
    Mode::update,
    2,
    {{"station_no", integer}, {"fingerprint", text}, {"used_at", integer}},
    certificates + 3};
const store::Write issued_certificate_end{
    "issued_certificates",
    Mode::update,
    2,
    {{"station_no", integer}, {"fingerprint", text}, {"revoked_at", integer}, {"revoked_by", text}},
    certificates + 3};
const store::Write client_certificate{"client_certificates",
                                      Mode::upsert,
                                      1,
                                      {{"station_no", integer},
                                       {"fingerprint", text},
                                       {"common_name", text},
                                       {"serial_number", text},
                                       {"not_after", integer},
                                       {"connected_at", integer}},
                                      certificates + 3};
const store::Write installed_certificate{"installed_certificates",
                                         Mode::upsert,
                                         6,
                                         {{"station_no", integer},
                                          {"certificate_type", text},
                                          {"hash_algorithm", text},
                                          {"serial_number", text},
                                          {"issuer_key_hash", text},
                                          {"issuer_name_hash", text},
                                          {"parent_serial_number", text},
                                          {"seen_at", integer}},
                                         certificates + 5};
const store::Write remove_installed_certificate{"installed_certificates",
                                                Mode::remove,
                                                6,
                                                {{"station_no", integer},
                                                 {"certificate_type", text},
                                                 {"hash_algorithm", text},
                                                 {"serial_number", text},
                                                 {"issuer_key_hash", text},
                                                 {"issuer_name_hash", text}},
                                                certificates + 4};
const store::Write installed_list{
    "installed_lists",
    Mode::upsert,
    2,
    {{"station_no", integer}, {"certificate_type", text}, {"listed_at", integer}},
    certificates + 4};
const store::Write certificate_name{"certificate_names",
                                    Mode::upsert,
                                    4,
                                    {{"hash_algorithm", text},
                                     {"serial_number", text},
                                     {"issuer_key_hash", text},
                                     {"issuer_name_hash", text},
                                     {"fingerprint", text},
                                     {"subject", text},
                                     {"not_after", integer}},
                                    certificates + 6};

}  // namespace ohm::api::tables
