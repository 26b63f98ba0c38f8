// The world outside, asked by the api: it answers soon, late, wrongly or never. One thread.
#pragma once

#include <functional>

#include "egress/outside.hpp"
#include "schedule.hpp"

namespace ohm::world {

class SimOutside final : public egress::Outside {
public:
    void use(Schedule& schedule) { schedule_ = &schedule; }

    void ask(egress::Request&& request, Done done) override {
        Random& random = schedule_->random;
        schedule_->trace("outside asked", request.url);
        if (random.chance(0.05)) return;
        egress::Answer answer{.status = 200, .body = R"({"accept":true})"};
        if (random.chance(0.1)) answer.body = "no JSON";
        if (random.chance(0.1)) answer = {.failure = egress::failure::unreachable};
        const Micros in = Delay{milliseconds{1}, milliseconds{2'500}}.draw(random);
        schedule_->after(in, [answer, done] { done(egress::Answer{answer}); });
    }

private:
    Schedule* schedule_ = nullptr;
};

}  // namespace ohm::world
