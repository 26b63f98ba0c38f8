#include "api/facts/data_transfer.hpp"

#include <gtest/gtest.h>

namespace ohm::api {
namespace {

TEST(DataTransfer, UnknownVendorsAreToldSo) {
    EXPECT_EQ(answer_transfer("com.acme", "x").status.name(), "UnknownVendorId");
    EXPECT_EQ(answer_transfer("", "").status.name(), "UnknownVendorId");
}

TEST(DataTransfer, UnknownMessagesOfAKnownVendorToo) {
    EXPECT_EQ(answer_transfer("org.ohmstead", "x").status.name(), "UnknownMessageId");
    EXPECT_EQ(answer_transfer("org.ohmstead", "").status.name(), "UnknownMessageId");
    EXPECT_EQ(answer_transfer("org.openchargealliance.iso15118pnc", "x").status.name(),
              "UnknownMessageId");
}

TEST(DataTransfer, KnownMessagesHaveTheirAnswer) {
    EXPECT_EQ(answer_transfer("org.ohmstead", "Echo").status.name(), "Accepted");
    EXPECT_TRUE(answer_transfer("ORG.Ohmstead", "echo").echoes_data);
    EXPECT_FALSE(answer_transfer("org.ohmstead", "Note").echoes_data);
    EXPECT_EQ(answer_transfer("org.openchargealliance.iso15118pnc", "Authorize").status.name(),
              "Rejected");
}

}  // namespace
}  // namespace ohm::api
