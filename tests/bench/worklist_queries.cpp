// How long a modality waits for its worklist: date + modality + AE queries on one kept association, and beside them the
// round trip of a C-ECHO and of the same bytes served from memory, which is what loopback and this program cost.
//
//   worklist_queries PORT CALLED QUERIES EXPECTED DATES MODALITIES STATIONS
//
// The last three are lists separated by commas; each query takes one of each, by chance. EXPECTED: how many answers
// every query must get. Prints one line: "query p50 p99 max  echo p50 p99  memory p50 p99  bytes", milliseconds.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/engine/dicom/raw_peer.hpp"

namespace {

using namespace gantry::dicom::samples;
using Clock = std::chrono::steady_clock;

[[noreturn]] void give_up(const std::string& what) {
    std::fprintf(stderr, "worklist_queries: %s\n", what.c_str());
    std::exit(1);
}

std::vector<std::string> list(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string one; std::getline(in, one, ',');) out.push_back(one);
    if (out.empty()) give_up("an empty list");
    return out;
}

// What a CT asks: these keys to match, the usual others to return.
std::string identifier(const std::string& date, const std::string& modality, const std::string& station) {
    const auto empty = [](std::uint32_t group, std::uint32_t number) { return element(group, number, ""); };
    const std::string step = text_element(0x0008, 0x0060, modality) + text_element(0x0040, 0x0001, station) +
                             text_element(0x0040, 0x0002, date) + empty(0x0040, 0x0003) + empty(0x0040, 0x0006) +
                             empty(0x0040, 0x0007) + empty(0x0040, 0x0008) + empty(0x0040, 0x0009) +
                             empty(0x0040, 0x0010) + empty(0x0040, 0x0011);
    return empty(0x0008, 0x0050) + empty(0x0008, 0x0090) + empty(0x0010, 0x0010) + empty(0x0010, 0x0020) +
           empty(0x0010, 0x0030) + empty(0x0010, 0x0040) + empty(0x0010, 0x1030) + empty(0x0010, 0x2000) +
           empty(0x0010, 0x2110) + empty(0x0020, 0x000D) + empty(0x0032, 0x1032) + empty(0x0032, 0x1060) +
           empty(0x0032, 0x1064) + sequence(0x0040, 0x0100, step) + empty(0x0040, 0x1001) + empty(0x0040, 0x1003);
}

struct Times {
    std::vector<double> milliseconds;  // sorted

    double percentile(double part) const {
        const auto rank = static_cast<std::size_t>(std::ceil(part * static_cast<double>(milliseconds.size())));
        return milliseconds.at(std::max<std::size_t>(rank, 1) - 1);
    }
};

Times measured(int count, const std::function<void()>& work) {
    Times out;
    for (int i = 0; i < count; ++i) {
        const auto begin = Clock::now();
        work();
        out.milliseconds.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
    }
    std::sort(out.milliseconds.begin(), out.milliseconds.end());
    return out;
}

// Answers every piece that arrives on one connection with the same bytes, for as long as the peer stays.
class Memory {
  public:
    explicit Memory(std::string bytes) : bytes_(std::move(bytes)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        socklen_t size = sizeof address;
        if (::listen(listener_, 1) != 0) give_up("cannot listen");
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    ~Memory() {
        thread_.join();
        ::close(listener_);
    }
    int port = 0;

  private:
    void serve() {
        const int peer = ::accept(listener_, nullptr, nullptr);
        std::array<char, 4096> request{};
        while (::recv(peer, request.data(), request.size(), 0) > 0) {
            if (::send(peer, bytes_.data(), bytes_.size(), MSG_NOSIGNAL) < 0) break;
        }
        ::close(peer);
    }
    const std::string bytes_;
    int listener_;
    std::thread thread_;
};

// The answers as they came, to be served again.
std::string recorded(RawAssociation& association, const std::string& keys) {
    if (!association.send(find_request() + pdv(2, keys))) give_up("the peer is gone");
    std::string out;
    for (;;) {
        const auto one = association.next_pdu();
        if (one.empty()) give_up("the peer is gone");
        out += one;
        // A command PDU with (0000,0800) = no data set and a status below FF00 is the last.
        constexpr std::string_view status("\0\0\0\x09\2\0\0\0", 8);
        const auto at = one.find(status);
        if (at != one.npos && one.at(at + 9) != '\xFF') return out;
    }
}

Times queries(RawAssociation& association, int count, std::size_t expected, const std::vector<std::string>& dates,
              const std::vector<std::string>& modalities, const std::vector<std::string>& stations) {
    std::mt19937 chance(20261123);
    const auto any = [&](const std::vector<std::string>& of) { return of[chance() % of.size()]; };
    return measured(count, [&] {
        const auto found = association.find(identifier(any(dates), any(modalities), any(stations)));
        if (found.status != std::uint16_t{0}) give_up("a query was not answered");
        if (found.pending.size() != expected) give_up(std::to_string(found.pending.size()) + " answers to a query");
    });
}

}  // namespace

int main(int count, char** arguments) {
    const std::vector<std::string> words(arguments + 1, arguments + count);
    if (words.size() != 7) give_up("usage: worklist_queries PORT CALLED QUERIES EXPECTED DATES MODALITIES STATIONS");
    const int asked = std::atoi(words[2].c_str());
    const auto expected = static_cast<std::size_t>(std::atoi(words[3].c_str()));
    const auto dates = list(words[4]), modalities = list(words[5]), stations = list(words[6]);
    RawAssociation association(std::atoi(words[0].c_str()));
    if (!association.open(words[1])) give_up("no association");
    queries(association, 20, expected, dates, modalities, stations);  // not counted: the first fill caches
    const auto query = queries(association, asked, expected, dates, modalities, stations);
    const auto echo = measured(asked, [&] {
        if (!association.echo()) give_up("a C-ECHO was not answered");
    });
    const auto keys = identifier(dates[0], modalities[0], stations[0]);
    const auto bytes = recorded(association, keys);
    Times memory;
    {
        Memory server(bytes);
        RawAssociation client(server.port);
        memory = measured(asked, [&] { client.find(keys); });
    }
    std::printf("%.3f %.3f %.3f %.3f %.3f %.3f %.3f %zu\n", query.percentile(0.5), query.percentile(0.99),
                query.milliseconds.back(), echo.percentile(0.5), echo.percentile(0.99), memory.percentile(0.5),
                memory.percentile(0.99), bytes.size());
}
