#include "api/rest/console.hpp"

#ifdef OHM_CONSOLE_PACK
// The assembler reads the file: a C++ array of it would take the compiler many seconds.
__asm__(
    ".pushsection .rodata\n"
    ".balign 16\n"
    ".globl ohm_console_begin\n"
    "ohm_console_begin:\n"
    ".incbin \"" OHM_CONSOLE_PACK
    "\"\n"
    ".globl ohm_console_end\n"
    "ohm_console_end:\n"
    ".byte 0\n"
    ".popsection\n");
extern "C" const char ohm_console_begin[];
extern "C" const char ohm_console_end[];
#endif

namespace ohm::api::rest {

std::string_view embedded_console_pack() {
#ifdef OHM_CONSOLE_PACK
    return {ohm_console_begin, static_cast<std::size_t>(ohm_console_end - ohm_console_begin)};
#else
    return {};
#endif
}

}  // namespace ohm::api::rest
