// A file on its way, to us or from us: kept by the REST side as long as its connection lives. On
// the HTTP loop.
#pragma once

#include <string>

namespace ohm::api::rest {

class Transfer {
public:
    explicit Transfer(bool receives) : receives_{receives} {}
    virtual ~Transfer() = default;
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    bool receives() const { return receives_; }
    virtual void on_body(std::string&& piece, bool last) { (void)piece, (void)last; }
    virtual void on_drained() {}
    virtual void on_gone() = 0;  // the connection has ended

private:
    const bool receives_;
};

}  // namespace ohm::api::rest
