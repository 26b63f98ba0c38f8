// Bounds of files that stations fetch and send, and what happens when they are reached.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace ohm::limits {

constexpr std::size_t file_chunk_bytes = 128 * 1024;  // a row; what a transfer holds at once
constexpr std::int64_t file_reserve_bytes = 16 * 1024 * 1024;  // of an upload that says no length
constexpr std::size_t uploads_at_once = 32;                    // more: 503
constexpr std::size_t downloads_at_once = 256;                 // more: 503
constexpr minutes upload_silence{10};          // of the api that receives it: it has failed
constexpr seconds upload_validity{3'600};      // of a URL for a log
constexpr seconds download_validity{14'400};   // of a URL for firmware, from when it may be fetched
constexpr std::size_t logs_per_station = 100;  // oldest out
constexpr std::size_t multipart_head_bytes = 8 * 1024;    // of one part; more: 400
constexpr std::size_t multipart_field_bytes = 8 * 1024;   // a field that is no file; more: 400
constexpr std::size_t multipart_fields = 32;              // more: 400
constexpr std::size_t file_name_bytes = 200;              // as a station says it; longer: cut
constexpr std::size_t signing_certificate_bytes = 5'500;  // both versions' bound
constexpr std::size_t signature_characters = 800;
constexpr std::size_t firmware_text_bytes = 50;  // OCPP's bound of vendor, model and version

}  // namespace ohm::limits
