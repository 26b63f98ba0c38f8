// Routes of batches of commands.
#include "api/rest/handlers.hpp"
#include "api/rest/route.hpp"
#include "base/limits.hpp"

namespace ohm::api::rest {

namespace {
const std::vector<QueryParameter> page_parameters{
    {"limit", R"({"type":"integer","minimum":1,"maximum":500,"default":50})", "Items a page."},
    {"cursor", R"({"type":"string"})", "next_cursor of the page before."}};
const std::vector<Route> route_table{
    {"POST",
     "/api/v1/command-batches",
     "commands:execute",
     "createCommandBatch",
     "commands",
     "Send one command to many stations, at a rate",
     create_batch,
     {},
     {.media = Media::json,
      .component = "CommandBatchWrite",
      .bytes_max = limits::http_body_bytes,
      .example = R"({"command":"reset","params":{"type":"on_idle"},)"
                 R"("select":{"filter":{"vendor":"acme"}},"concurrency":50,"rate":10,)"
                 R"("abort_on_failure_pct":5,"dry_run":true})"},
     {{200, "What a dry run would do.", Shape::object, "CommandBatch"},
      {202, "It runs; ask at Location.", Shape::object, "CommandBatch"}},
     {"rate_limited"}},
    {"GET",
     "/api/v1/command-batches",
     "commands:read",
     "listCommandBatches",
     "commands",
     "List batches of commands, newest first",
     list_batches,
     page_parameters,
     {},
     {{200, "A page.", Shape::list, "CommandBatch"}}},
    {"GET",
     "/api/v1/command-batches/{batch_id}",
     "commands:read",
     "getCommandBatch",
     "commands",
     "Show a batch and how far it is",
     show_batch,
     {},
     {},
     {{200, "Done.", Shape::object, "CommandBatch"}},
     {"not_found"}},
    {"GET",
     "/api/v1/command-batches/{batch_id}/items",
     "commands:read",
     "listCommandBatchItems",
     "commands",
     "List what became of each station of a batch",
     list_batch_items,
     [] {
         std::vector<QueryParameter> all = page_parameters;
         all.push_back({"expand", R"({"type":"string","enum":["response"]})",
                        "Besides: response, what each station answered."});
         return all;
     }(),
     {},
     {{200, "A page.", Shape::list, "CommandBatchItem"}},
     {"not_found"}},
    {"POST",
     "/api/v1/command-batches/{batch_id}/cancel",
     "commands:execute",
     "cancelCommandBatch",
     "commands",
     "Order nothing more of a batch, and withdraw what waits for its station",
     cancel_batch,
     {},
     {},
     {{202, "It is being cancelled.", Shape::object, "CommandBatch"}},
     {"not_found", "batch_not_running"}},
    {"POST",
     "/api/v1/command-batches/{batch_id}/retry-failed",
     "commands:execute",
     "retryCommandBatch",
     "commands",
     "Send a batch's command again to the stations where it was refused or failed",
     retry_batch,
     {},
     {},
     {{202, "It runs as a new batch; ask at Location.", Shape::object, "CommandBatch"}},
     {"not_found", "batch_not_repeatable", "rate_limited"}},
};
}  // namespace

const std::vector<Route>& batch_routes() { return route_table; }

}  // namespace ohm::api::rest
