// Where a notification may be sent: a subscriber names an address, and this engine must not be made to ask places that
// only it can reach. Pure.
//
//   https                  any host by name or address, but this machine and addresses of a link
//   http, and this machine only hosts that the configuration names
//   addresses of a link    never: 169.254.0.0/16, fe80::/10, and fd00:ec2::254, where clouds tell secrets; nor 0.0.0.0
//
// A name that leads to such an address does not help: over https the server there must have a certificate for the name.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace gantry::fhir {

// Why not; empty: it may.
std::string wrong_endpoint(std::string_view url, const std::vector<std::string>& hosts);

}  // namespace gantry::fhir
