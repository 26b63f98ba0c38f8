#include "api/files/tables.hpp"

namespace ohm::api::tables {
namespace {

using store::Kind;
using store::Mode;
constexpr Kind integer = Kind::integer, text = Kind::text, blob = Kind::bytes;

constexpr int things = 3, orders = 6, orders_then = 7;

}  // namespace

const store::Write file_order{"file_orders",
                              Mode::insert_if_absent,
                              1,
                              {{"command_id", blob},
                               {"station_no", integer},
                               {"direction", text},
                               {"type", text},
                               {"token_digest", blob},
                               {"image_id", blob},
                               {"request_id", integer},
                               {"state", text},
                               {"version", text},
                               {"version_before", text},
                               {"created_at", integer},
                               {"expires_at", integer}},
                              orders};
const store::Write file_order_request{
    "file_orders", Mode::update, 1, {{"command_id", blob}, {"request_id", integer}}, orders_then};
const store::Write file{"files",
                        Mode::insert_if_absent,
                        1,
                        {{"id", blob},
                         {"kind", text},
                         {"station_no", integer},
                         {"state", text},
                         {"bytes", integer},
                         {"chunk_bytes", integer},
                         {"created_at", integer},
                         {"touched_at", integer}},
                        things};
const store::Write file_stored{"files",
                               Mode::update,
                               1,
                               {{"id", blob},
                                {"state", text},
                                {"bytes", integer},
                                {"sha256", text},
                                {"md5", text},
                                {"touched_at", integer}},
                               things + 1};
const store::Write file_chunk{
    "file_chunks", Mode::upsert, 2, {{"file_id", blob}, {"seq", integer}, {"data", blob}}, things};
const store::Write file_order_received{"file_orders",
                                       Mode::update,
                                       1,
                                       {{"command_id", blob},
                                        {"state", text},
                                        {"file_id", blob},
                                        {"file_name", text},
                                        {"content_type", text},
                                        {"bytes_sent", integer},
                                        {"last_at", integer}},
                                       orders_then};
const store::Write firmware_image{"firmware_images",
                                  Mode::insert_if_absent,
                                  1,
                                  {{"id", blob},
                                   {"vendor", text},
                                   {"model", text},
                                   {"version", text},
                                   {"file_name", text},
                                   {"note", text},
                                   {"signing_certificate", text},
                                   {"signature", text},
                                   {"created_by", text},
                                   {"created_at", integer}},
                                  things};

}  // namespace ohm::api::tables
