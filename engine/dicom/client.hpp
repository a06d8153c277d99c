// Small SCUs: Verification and Modality Worklist, for demonstrations, the command line and tests. Blocking; any thread.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/dicom/dataset.hpp"

namespace gantry::dicom {

struct RemoteAe {
    std::string host;
    std::uint16_t port = 11112;
    std::string calling, called;
    std::chrono::seconds timeout{10};  // for each of connecting, negotiating and every answer
};

// C-ECHO. Errors: net_refused (no connection, or the association was rejected), net_closed, net_timeout.
Result<void> echo(const RemoteAe& remote);

// What findscu -k takes: {"0010,0010", ""} or {"(0040,0100)[0].0008,0060", "CT"}; a keyword works too. Values UTF-8.
using Key = std::pair<std::string, std::string>;

// The identifier that these keys make. Errors: usage for a key that cannot be understood.
Result<Dataset> query_keys(const std::vector<Key>& keys);

// C-FIND: the pending answers in the order they came, text decoded. Errors: as echo(); usage for a key that cannot be
// understood; dicom_bad_query when the peer ends with A9xx or Cxxx; storage_unavailable with A7xx.
Result<std::vector<Dataset>> find_worklist(const RemoteAe& remote, const std::vector<Key>& keys);

struct PrintableAttribute {
    std::string path;     // "(0040,0100)[0].(0008,0060)"
    std::string keyword;  // "Modality"
    std::string value;
};
std::vector<PrintableAttribute> printable(const Dataset& dataset);

}  // namespace gantry::dicom
