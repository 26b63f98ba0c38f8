#include "api/rest/service.hpp"

namespace ohm::api::rest {

Problem problem_of(const OperationAnswer& answer, wire::Decoder& decoder) {
    OperationRefused refusal;
    const bool readable =
        !decoder.decode(answer.body, refusal, {wire::Strictness::lenient}).has_value();
    if (!readable || refusal.code.empty())
        return answer.status == 503
                   ? Problem{.code = "queue_unavailable",
                             .detail = "The station's owner did not answer."}
                   : Problem{.code = "internal_error", .detail = "The log says more."};
    Problem problem{
        .code = refusal.code, .detail = refusal.detail, .errors = {}, .status = answer.status};
    if (!refusal.pointer.empty())
        problem.errors.push_back({.pointer = refusal.pointer, .detail = refusal.detail});
    return problem;
}

}  // namespace ohm::api::rest
