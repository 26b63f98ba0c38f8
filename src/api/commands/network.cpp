// How a station reaches a CSMS: 2.0.1 B09.
#include "api/commands/tokens.hpp"
#include "ocpp/v201/provisioning.hpp"

namespace ohm::api::commands {

struct ApnWritten {
    Text<512> apn;
    Optional<Text<20>> user_name;
    Optional<wire::Secret<Text<20>>> password;
    Optional<wire::Secret<NotNegative>> sim_pin;
    Optional<Text<6>> preferred_network;
    Optional<bool> use_only_preferred_network;
    OneOf<"CHAP", "NONE", "PAP", "AUTO"> authentication;
    FIELDS(apn, user_name, password, sim_pin, preferred_network, use_only_preferred_network,
           authentication)
};
struct VpnWritten {
    Text<512> server;
    Text<20> user;
    Optional<Text<20>> group;
    wire::Secret<Text<20>> password;
    wire::Secret<Text<255>> key;
    OneOf<"IKEv2", "IPSec", "L2TP", "PPTP"> type;
    FIELDS(server, user, group, password, key, type)
};
struct NetworkProfileParameters {
    NotNegative slot;
    Text<512, 1> url;
    Int<1, 3> security_profile;
    OneOf<"Wired0", "Wired1", "Wired2", "Wired3", "Wireless0", "Wireless1", "Wireless2",
          "Wireless3">
        interface;
    Optional<OneOf<"OCPP20", "OCPP16", "OCPP15", "OCPP12">> ocpp_version;  // absent: OCPP20
    Optional<Int<1, 3600>> message_timeout_s;                              // absent: 30
    Optional<ApnWritten> apn;
    Optional<VpnWritten> vpn;
    Optional<bool> replace;  // although the station uses the slot
    FIELDS(slot, url, security_profile, interface, ocpp_version, message_timeout_s, apn, vpn,
           replace)
};

namespace {

using Profile = ocpp::v201::SetNetworkProfile;

Profile::Apn apn_of(const ApnWritten& written) {
    Profile::Apn apn;
    apn.apn = written.apn;
    apn.apnUserName = written.user_name;
    apn.apnPassword = written.password;
    if (written.sim_pin) apn.simPin.emplace().value = written.sim_pin->value;
    apn.preferredNetwork = written.preferred_network;
    apn.useOnlyPreferredNetwork = written.use_only_preferred_network;
    apn.apnAuthentication =
        decltype(apn.apnAuthentication)::of(written.authentication.name()).value();
    return apn;
}

Profile::Vpn vpn_of(const VpnWritten& written) {
    Profile::Vpn vpn;
    vpn.server = written.server;
    vpn.user = written.user;
    vpn.group = written.group;
    vpn.password = written.password;
    vpn.key = written.key;
    vpn.type = decltype(vpn.type)::of(written.type.name()).value();
    return vpn;
}

PreparedOrRefusal profile_v201(Preparing&, const NetworkProfileParameters& wanted) {
    constexpr std::int64_t message_timeout_s = 30;
    Profile::Request request;
    request.configurationSlot = {wanted.slot.value};
    auto& data = request.connectionData;
    data.ocppVersion = "OCPP20";
    if (wanted.ocpp_version)
        data.ocppVersion = decltype(data.ocppVersion)::of(wanted.ocpp_version->name()).value();
    data.ocppTransport = "JSON";
    data.ocppCsmsUrl = {wanted.url.value};
    data.messageTimeout = {wanted.message_timeout_s ? wanted.message_timeout_s->value
                                                    : message_timeout_s};
    data.securityProfile = {wanted.security_profile.value};
    data.ocppInterface = decltype(data.ocppInterface)::of(wanted.interface.name()).value();
    if (wanted.apn) data.apn = apn_of(*wanted.apn);
    if (wanted.vpn) data.vpn = vpn_of(*wanted.vpn);
    return call_of<Profile>(request);
}

constexpr NeutralCommand table[] = {
    neutral<NetworkProfileParameters, nullptr, profile_v201>(
        {.name = "set-network-profile",
         .tag = "commands",
         .summary = "Store how the station reaches a CSMS",
         .example = R"({"slot":1,"url":"wss://csms.example/ocpp","security_profile":2,)"
                    R"("interface":"Wired0"})",
         .instead = "set-variables sets the vendor's own key for the URL"}),
};

}  // namespace

Part network_commands() { return table; }

}  // namespace ohm::api::commands
