// Passwords that travel in commands: what of a payload must not be stored or logged. The clear text
// lives in memory and on the wire only. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ocpp/version.hpp"
#include "wire/codec.hpp"

namespace ohm::api::commands {

inline constexpr std::string_view mask = "***";

// The payload of a CALL with "***" in place of its secrets; nothing where it has none.
std::optional<std::string> without_secrets(wire::Decoder& decoder, std::string_view action,
                                           std::string_view payload);
// The same of a neutral command's parameters.
std::optional<std::string> parameters_without_secrets(wire::Decoder& decoder,
                                                      std::string_view command,
                                                      std::string_view parameters);
// The same of a CALLRESULT's payload: stations may tell a password that they should not.
std::optional<std::string> answer_without_secrets(wire::Decoder& decoder, std::string_view action,
                                                  std::string_view payload);
// The same of a station's NotifyReport.
std::optional<std::string> report_without_secrets(wire::Decoder& decoder, std::string_view payload);
// The same of what a station says of a token: a code that a driver types is a password (2.0.1 C04).
std::optional<std::string> call_without_code(wire::Decoder& decoder, std::string_view action,
                                             std::string_view payload);
// Whether a text that is about to be kept may hold one of them; errs on the safe side.
bool may_hold_secret(std::string_view text);

// The password in a CALL that gives the station a new one (1.6 whitepaper §8, 2.0.1 A01).
std::optional<std::string> new_password_in(wire::Decoder& decoder, std::string_view action,
                                           std::string_view payload);
// Whether the station's answer says that the new password counts.
enum class PasswordAnswer { accepted, after_reboot, refused };
PasswordAnswer password_answer(wire::Decoder& decoder, std::string_view action,
                               std::string_view payload);

}  // namespace ohm::api::commands
