// The flat binary form of declared structs, for the bus: members in order, each object behind its
// length, so that a newer writer may append members and an older reader skips them, and a newer
// reader keeps defaults for what an older one lacks. Never reorder or remove members of a struct
// that travels. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "wire/fields.hpp"

namespace ohm::wire {

void pack(std::string& out, const Type& type, const void* value);
// Takes one value off the front of `in`. False where the bytes are no such value; `in` is then
// undefined.
bool unpack(std::string_view& in, const Type& type, void* value);

template <class T>
void pack(std::string& out, const T& value) {
    pack(out, type_of<T>, &value);
}
template <class T>
std::string packed(const T& value) {
    std::string out;
    pack(out, type_of<T>, &value);
    return out;
}
template <class T>
bool unpack(std::string_view& in, T& value) {
    return unpack(in, type_of<T>, &value);
}

}  // namespace ohm::wire
