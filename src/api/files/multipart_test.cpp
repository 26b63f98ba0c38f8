#include "api/files/multipart.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "base/limits_files.hpp"

namespace ohm::api::files {
namespace {

struct Noted : Multipart::Taker {
    std::string said, file;
    bool wants = true;
    void on_field(std::string_view name, std::string_view value) override {
        said += std::string{name} + "=" + std::string{value} + ";";
    }
    bool on_file(const Multipart::Part& part) override {
        said += "[" + part.name + "|" + part.file_name + "|" + part.content_type + "]";
        return wants;
    }
    void on_file_bytes(std::string_view bytes) override { file += bytes; }
};

const std::string form =
    "--XX\r\nContent-Disposition: form-data; name=\"vendor\"\r\n\r\nacme\r\n"
    "--XX\r\ncontent-disposition: form-data; filename=\"a \\\"b\\\";.bin\"; name=file\r\n"
    "Content-Type: application/zip\r\n\r\n"
    "\r\n--X not the end\r\n--\r\n--XX\r\n"
    "Content-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n"
    "--XX--\r\nepilogue";

TEST(Multipart, IsTheSameHoweverItIsCut) {
    for (std::size_t cut = 1; cut < form.size(); ++cut) {
        Noted noted;
        Multipart parser{"XX", noted};
        for (std::size_t at = 0; at < form.size(); at += cut)
            ASSERT_TRUE(parser.feed(std::string_view{form}.substr(at, cut)));
        ASSERT_TRUE(parser.complete()) << cut;
        ASSERT_EQ(noted.said, "vendor=acme;[file|a \"b\";.bin|application/zip]empty=;") << cut;
        ASSERT_EQ(noted.file, "\r\n--X not the end\r\n--") << cut;
    }
}

TEST(Multipart, APreambleIsSkipped) {
    Noted noted;
    Multipart parser{"XX", noted};
    EXPECT_TRUE(parser.feed("hello\r\n" + form));
    EXPECT_TRUE(parser.complete());
}

TEST(Multipart, WhatIsCutOffIsNotComplete) {
    Noted noted;
    Multipart parser{"XX", noted};
    EXPECT_TRUE(parser.feed(form.substr(0, form.size() - 12)));
    EXPECT_FALSE(parser.complete());
}

TEST(Multipart, EveryPartIsBounded) {
    const std::string long_text(limits::multipart_field_bytes + 100, 'a');
    Noted noted;
    EXPECT_FALSE(Multipart("XX", noted)
                     .feed("--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n" + long_text +
                           "\r\n--XX--"));
    EXPECT_FALSE(Multipart("XX", noted).feed("--XX\r\nX: " + long_text));
    EXPECT_FALSE(Multipart("XX", noted).feed(long_text));
    EXPECT_FALSE(Multipart("XX", noted).feed("--XXoops"));
    std::string many;
    for (std::size_t i = 0; i <= limits::multipart_fields; ++i)
        many += "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n";
    EXPECT_FALSE(Multipart("XX", noted).feed(many + "--XX--"));
}

TEST(Multipart, AFileThatIsNotWantedIsDropped) {
    Noted noted;
    noted.wants = false;
    Multipart parser{"XX", noted};
    EXPECT_TRUE(parser.feed(form));
    EXPECT_EQ(noted.file, "");
}

TEST(Multipart, BoundariesOfContentTypes) {
    EXPECT_EQ(boundary_of("multipart/form-data; boundary=abc"), "abc");
    EXPECT_EQ(boundary_of("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\""), "a b");
    EXPECT_FALSE(boundary_of("multipart/form-data"));
    EXPECT_FALSE(boundary_of("application/zip; boundary=abc"));
    EXPECT_FALSE(boundary_of("multipart/form-data; boundary=" + std::string(71, 'a')));
}

}  // namespace
}  // namespace ohm::api::files
