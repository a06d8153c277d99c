// The sixteen pairs of MSH-15 and MSH-16 × success, error, reject × a restart between both acknowledgments, on both
// sides of a running engine, compared cell by cell with the tables of docs/specs/acknowledgments.md.
//
//   durability_acknowledgments PROGRAM CONF DATA [--database sqlite|postgresql] [--spec FILE] [--log FILE]
//
// Last line: N passed, N failed.
#include <array>
#include <cstdio>
#include <random>
#include <set>
#include <thread>

#include "engine/net/client.hpp"
#include "tests/durability/acknowledgment_table.hpp"
#include "tests/durability/database.hpp"
#include "tests/durability/engine_process.hpp"
#include "tests/durability/ledger.hpp"
#include "tests/durability/partner.hpp"
#include "tests/durability/run_options.hpp"
#include "tests/durability/verdicts.hpp"

namespace {

using namespace gantry;
using namespace gantry::durability;
using std::chrono::milliseconds;

constexpr milliseconds patience(20'000);

std::string message_of(const Cell& cell, const std::string& control_id) {
    const auto patient = cell.what == 'E' ? "" : control_id + "^^^HOSP^MR";
    return "MSH|^~\\&|HIS|HOSP|GANTRY|RAD|20261123090000||" + std::string(cell.what == 'R' ? "ZZZ^Z01" : "ORM^O01") +
           "|" + control_id + "|P|2.5.1|||" + cell.accept + "|" + cell.application + "\rPID|1||" + patient +
           "||SMITH^ANNA||19610417|F\rORC|NW|" + control_id + "^HIS|||SC||||20261123090000\rOBR|1|" + control_id +
           "^HIS||CTABD^CT ABDOMEN^LOCAL||||||||||||||||||||CT|||^^^20301124093000^^R\r";
}

// The same for all: what is expected of the delivery, not what is in it.
std::string message_to_send(const Cell& cell, const std::string& control_id) {
    auto success = cell;
    success.what = 'S';
    return message_of(success, control_id);
}

std::string sentinel(const std::string& control_id) {
    return message_of({{}, {}, 'S', {}, {}}, control_id);
}

std::string acknowledgment(const std::string& code, const std::string& control_id, const std::string& own,
                           const std::string& application = "GANTRY", const std::string& accept = {}) {
    return "MSH|^~\\&|" + application + "|RAD|HIS|HOSP|20261123090001||ACK^O01^ACK|" + own + "|P|2.5.1|||" + accept +
           (accept.empty() ? "" : "|NE") + "\rMSA|" + code + "|" + control_id + "\r";
}

// One connection of a sender.
class Sender {
  public:
    explicit Sender(std::uint16_t port) {
        auto made = net::connect("127.0.0.1", port, patience);
        if (!made) throw std::runtime_error("nobody listens on port " + std::to_string(port));
        stream_ = std::move(*made);
    }
    void send(const std::string& message) {
        const auto frame = hl7::mllp_frame(message);
        if (!stream_->write(frame.data(), frame.size(), patience)) throw std::runtime_error("not taken");
    }
    // Empty: the connection has ended, or nothing came.
    std::string receive() {
        std::array<char, 4096> buffer;
        for (;;) {
            if (auto frame = decoder_.next()) return std::move(frame->content);
            const auto got = stream_->read(buffer.data(), buffer.size(), patience);
            if (!got || *got == 0) return {};
            decoder_.feed({buffer.data(), *got});
        }
    }
    // What a message is answered with: up to the answer of one in original mode that was sent behind it.
    std::vector<std::string> exchange(const std::string& message) {
        const auto last = "SENTINEL" + field_of(message, "MSH", 10) + std::to_string(++sentinels_);
        send(message);
        send(sentinel(last));
        std::vector<std::string> out;
        for (auto answer = receive(); !answer.empty(); answer = receive()) {
            if (field_of(answer, "MSA", 2) == last) return out;
            out.push_back(std::move(answer));
        }
        throw std::runtime_error("the connection ended before " + last + " was answered");
    }

  private:
    std::unique_ptr<ByteStream> stream_;
    hl7::MllpDecoder decoder_;
    int sentinels_ = 0;
};

// The codes of answers that name this message; "?" for others.
Words codes_of(const std::vector<std::string>& answers, const std::string& control_id) {
    Words out;
    for (const auto& answer : answers)
        out.push_back(field_of(answer, "MSA", 2) == control_id ? field_of(answer, "MSA", 1) : "?");
    return out;
}

struct State {
    long state = 0, attempts = 0;
    bool awaits = false;
    std::string word() const {
        if (state == 0) return awaits ? "awaits" : attempts > 0 ? "retry" : "waits";
        return state == 1 ? "done" : state == 6 ? "dead" : state == 7 ? "doubt" : "state " + std::to_string(state);
    }
};

class Matrix {
  public:
    explicit Matrix(const RunOptions& options)
        : options_(options),
          cells_(read_acknowledgment_tables(options.text("spec", "docs/specs/acknowledgments.md"))),
          database_(database_of(options.text("database", "sqlite"))),
          engine_(options.program, options.conf, options.data, options.log()) {
        const auto somewhere = std::random_device{}();
        const auto more = free_ports(somewhere), others = free_ports(somewhere + 100);
        apart_port_ = more.mllp, out_port_ = more.http, replies_port_ = more.dicom, his_port_ = others.mllp;
        counting_port_ = others.http;
        engine_.set("GANTRY_COUNTING_PORT", std::to_string(others.http));
        engine_.set("GANTRY_COUNTED_PORT", std::to_string(others.dicom));
        engine_.set("GANTRY_STORE", database_.store);
        engine_.set("GANTRY_APART_PORT", std::to_string(apart_port_));
        engine_.set("GANTRY_OUT_PORT", std::to_string(out_port_));
        engine_.set("GANTRY_REPLIES_PORT", std::to_string(replies_port_));
        engine_.set("GANTRY_HIS_PORT", std::to_string(his_port_));
    }

    int run() {
        Partner ris([this](const std::string& message) { return accept_level(message); });
        engine_.set("GANTRY_RECEIVER_PORT", std::to_string(ris.port()));
        start();
        receiving();
        apart("A", false);
        apart("B", true);
        sending(ris, "C", Way::same_connection);
        sending(ris, "D", Way::another_connection);
        sending(ris, "E", Way::after_a_restart);
        counting();
        verdicts_.require("the engine stops when asked", engine_.stop() == 0);
        return verdicts_.conclude();
    }

  private:
    enum class Way : std::uint8_t { same_connection, another_connection, after_a_restart };

    void start() {
        engine_.start();
        if (!engine_.ready()) throw std::runtime_error("the engine did not become ready");
    }
    void cut_off() {
        engine_.kill();
        start();
    }

    template <class Got>
    void compare(const std::string& what, const Got& got) {
        std::printf("-- %s\n", what.c_str());
        for (const auto& cell : cells_) {
            const auto [expected, found] = got(cell);
            std::printf("   MSH-15 %s MSH-16 %s %c: %s\n", cell.accept.c_str(), cell.application.c_str(), cell.what,
                        found.c_str());
            if (expected != found)
                verdicts_.require(what + ", " + cell.name() + ": " + expected + " is expected, and it is " + found,
                                  false);
        }
        verdicts_.require(what + ": " + std::to_string(cells_.size()) + " cells were compared", cells_.size() == 48);
    }

    void receiving() {
        std::map<std::string, std::vector<std::string>> first, again;
        {
            Sender sender(engine_.ports().mllp);
            for (const auto& cell : cells_) first[cell.name()] = sender.exchange(message_of(cell, "R" + cell.name()));
        }
        compare("received", [&](const Cell& cell) {
            return std::pair(joined(cell.received), joined(codes_of(first[cell.name()], "R" + cell.name())));
        });
        verdicts_.check("orders are answered by ORR at the application level, and by ACK at the other",
                        wrong_kinds(first));
        // Whatever its sender has read of the two.
        cut_off();
        Sender sender(engine_.ports().mllp);
        for (const auto& cell : cells_) again[cell.name()] = sender.exchange(message_of(cell, "R" + cell.name()));
        compare("received, and again after a restart", [&](const Cell& cell) {
            return std::pair(joined(cell.received), joined(codes_of(again[cell.name()], "R" + cell.name())));
        });
        long different = 0;
        for (const auto& cell : cells_)
            if (cell.what == 'S' && first[cell.name()] != again[cell.name()]) ++different;
        verdicts_.check("what was taken is answered again as it was", different);
        verdicts_.require("and is a duplicate in the ledger",
                          number("SELECT count(*) FROM message WHERE outcome = 4 AND control_id LIKE 'R%'") == 16);
    }

    static long wrong_kinds(const std::map<std::string, std::vector<std::string>>& answers) {
        long out = 0;
        for (const auto& [name, all] : answers)
            for (const auto& answer : all) {
                const bool order = field_of(answer, "MSA", 1) == "AA";
                if (field_of(answer, "MSH", 9) != (order                ? "ORR^O02^ORR_O02"
                                                   : name.back() == 'R' ? "ACK^Z01^ACK"
                                                                        : "ACK^O01^ACK"))
                    ++out;
                if (order && answer.find("\rORC|OK|") == std::string::npos) ++out;
            }
        return out;
    }

    // The sender's own port takes the application acknowledgments; with a restart it listens only after that.
    void apart(const std::string& pass, bool restart) {
        std::map<std::string, Words> here;
        std::unique_ptr<Partner> his;
        const auto listen = [&] {
            his = std::make_unique<Partner>(
                [](const std::string& message) {
                    return Words{
                        acknowledgment("CA", field_of(message, "MSH", 10), "H" + field_of(message, "MSH", 10))};
                },
                his_port_);
        };
        if (!restart) listen();
        {
            Sender sender(apart_port_);
            for (const auto& cell : cells_)
                here[cell.name()] = codes_of(sender.exchange(message_of(cell, pass + cell.name())), pass + cell.name());
        }
        if (restart) {
            cut_off();
            listen();
        }
        std::size_t expected = 0;
        for (const auto& cell : cells_) expected += cell.level('A').size();
        eventually([&] { return his->messages().size() >= expected && waiting("apart/his") == 0; });
        std::map<std::string, Words> there;
        for (const auto& message : his->messages())
            there[field_of(message, "MSA", 2)].push_back(field_of(message, "MSA", 1));
        compare(restart ? "application acknowledgment apart, after a restart" : "application acknowledgment apart",
                [&](const Cell& cell) {
                    return std::pair(joined(cell.level('C')) + ", " + joined(cell.level('A')),
                                     joined(here[cell.name()]) + ", " + joined(there[pass + cell.name()]));
                });
        verdicts_.require(
            "a refused message stays refused when its answer has left",
            number("SELECT count(*) FROM message WHERE outcome = 3 AND control_id LIKE '" + pass + "%'") == 32);
    }

    // Sequence numbers, sent by one channel to another, while the engine is cut off again and again.
    void counting() {
        constexpr int cuts = 4, at_once = 25;
        for (int life = 0; life < cuts; ++life) {
            {
                Sender sender(counting_port_);
                for (int i = 0; i < at_once; ++i) {
                    sender.send(sentinel("N" + std::to_string(life) + "-" + std::to_string(i)));
                    (void)sender.receive();
                }
            }
            const auto some = life * at_once + 5 + life;
            eventually([&] { return taken_in_turn() >= some; });
            cut_off();
        }
        eventually([&] { return waiting("counting/counted") == 0; });
        const long all = cuts * at_once;
        verdicts_.require("what is counted is delivered",
                          number("SELECT count(*) FROM delivery WHERE state = 1 AND destination = "
                                 "'counting/counted'") == all);
        verdicts_.require("and taken in its turn, once", taken_in_turn() == all);
        verdicts_.require("up to its number",
                          number("SELECT max(last) FROM sequence_number WHERE sender LIKE 'counted|%'") == all);
        verdicts_.check(
            "in the order it was sent",
            number("SELECT count(*) FROM message a JOIN message b ON b.id < a.id WHERE a.channel = 'counted' "
                   "AND b.channel = 'counted' AND a.outcome = 1 AND b.outcome = 1 AND (SELECT min(id) FROM "
                   "message m WHERE m.channel = 'counting' AND m.control_id = a.control_id) < (SELECT min(id) "
                   "FROM message m WHERE m.channel = 'counting' AND m.control_id = b.control_id)"));
    }
    long taken_in_turn() {
        return number(
            "SELECT count(*) FROM message WHERE channel = 'counted' AND outcome = 1 AND control_id LIKE 'N%'");
    }

    const Cell& cell_of(const std::string& control_id) const {
        for (const auto& cell : cells_)
            if (control_id.substr(1) == cell.name()) return cell;
        throw std::runtime_error("a message that nobody sent: " + control_id);
    }

    // What the receiver says at once. The application acknowledgment comes when the delivery awaits it.
    Words accept_level(const std::string& message) const {
        if (message.find("\rMSA|") != std::string::npos) return {};
        const auto id = field_of(message, "MSH", 10);
        Words out;
        for (const auto& code : cell_of(id).level('C')) out.push_back(acknowledgment(code, id, "c" + id));
        return out;
    }

    void sending(Partner& ris, const std::string& pass, Way way) {
        const std::string names[] = {"over the same connection", "over another connection", "after a restart"};
        const auto name = "sent, answered " + names[static_cast<int>(way)];
        // Doubt closes the connection, over which another acknowledgment may be awaited: these go last.
        const auto is_doubt = [](const Cell& cell) { return cell.sent.front() == "doubt"; };
        auto after = send(pass, [&](const Cell& cell) { return !is_doubt(cell); });
        if (way == Way::after_a_restart) {
            cut_off();
            std::this_thread::sleep_for(milliseconds(2500));  // the whole queue was read
            const auto now = states(pass);
            verdicts_.check("what was accepted awaits its answer after a restart as before", differences(now, after));
        }
        tell(ris, pass, way);
        after.merge(send(pass, is_doubt));
        eventually([&] { return answers_to_judge(pass) == 0; });
        time_is_up(pass);
        std::map<std::string, State> last;
        eventually([&] {
            last = states(pass);
            return all_are(last, pass, [](const Cell& cell) { return cell.sent.back(); });
        });
        compare(name, [&](const Cell& cell) {
            const auto id = pass + cell.name();
            auto found = after[id].word();
            if (cell.sent.size() > 1) found += " " + last[id].word();
            return std::pair(joined(cell.sent), found);
        });
        const auto received = ris.received();
        long twice = 0;
        for (const auto& cell : cells_)
            if (received.count(pass + cell.name()) == 0 || received.at(pass + cell.name()) != 1) ++twice;
        verdicts_.check("each was sent once", twice);
        if (way != Way::same_connection) check_replies(pass);
    }

    // Answers the states after the attempts.
    template <class Is>
    std::map<std::string, State> send(const std::string& pass, const Is& is) {
        {
            Sender sender(out_port_);
            for (const auto& cell : cells_)
                if (is(cell)) sender.exchange(message_to_send(cell, pass + cell.name()));
        }
        std::map<std::string, State> out;
        eventually([&] {
            out = states(pass);
            return std::all_of(cells_.begin(), cells_.end(), [&](const Cell& cell) {
                const auto found = out.find(pass + cell.name());
                return !is(cell) || (found != out.end() && found->second.word() == cell.sent.front());
            });
        });
        return out;
    }

    // Foreign ones and doubles too: they change nothing.
    void tell(Partner& ris, const std::string& pass, Way way) {
        if (way == Way::same_connection) {
            long gone = 0;
            for (const auto& cell : cells_)
                for (const auto& code : awaited(cell)) {
                    const auto id = pass + cell.name();
                    if (!ris.say(id, acknowledgment(code, id, "a" + id, "GANTRY", "AL"))) ++gone;
                }
            verdicts_.check("a connection is kept while an acknowledgment is awaited", gone);
            std::size_t expected = 0;
            for (const auto& cell : cells_) expected += awaited(cell).size();
            eventually([&] { return accepted_by_us(ris, pass) >= expected; });
            verdicts_.require("an application acknowledgment that asks for it is accepted",
                              accepted_by_us(ris, pass) == expected);
            return;
        }
        Sender sender(replies_port_);
        long unanswered = 0;
        const auto bring = [&](const std::string& message) {
            sender.send(message);
            const auto answer = sender.receive();
            if (field_of(answer, "MSA", 1) != "CA" || field_of(answer, "MSA", 2) != field_of(message, "MSH", 10))
                ++unanswered;
        };
        bring(acknowledgment("AA", pass + "NOBODY", "n" + pass, "GANTRY", "AL"));
        for (const auto& cell : cells_)
            for (const auto& code : awaited(cell)) {
                const auto id = pass + cell.name();
                bring(acknowledgment(code == "AA" ? "AE" : "AA", id, "f" + id, "SOMEBODY ELSE", "AL"));
                bring(acknowledgment(code, id, "a" + id, "GANTRY", "AL"));
                bring(acknowledgment(code == "AA" ? "AE" : "AA", id, "d" + id, "GANTRY", "AL"));
            }
        verdicts_.check("each is accepted, as it asks, and by nothing else", unanswered);
    }

    static Words awaited(const Cell& cell) { return cell.sent.front() == "awaits" ? cell.level('A') : Words(); }

    static std::size_t accepted_by_us(const Partner& ris, const std::string& pass) {
        std::set<std::string> out;
        for (const auto& message : ris.messages())
            if (field_of(message, "MSA", 1) == "CA" && field_of(message, "MSA", 2).rfind("a" + pass, 0) == 0)
                out.insert(field_of(message, "MSA", 2));
        return out.size();
    }

    void check_replies(const std::string& pass) {
        long expected = 0;
        for (const auto& cell : cells_) expected += static_cast<long>(awaited(cell).size());
        const auto with = [&](const std::string& letter, int outcome) {
            return number("SELECT count(*) FROM message WHERE outcome = " + std::to_string(outcome) +
                          " AND channel = 'replies' AND control_id LIKE '" + letter + pass + "%'");
        };
        verdicts_.require("an acknowledgment that is awaited is delivered", with("a", 1) == expected);
        verdicts_.require("a foreign one is filtered", with("f", 2) == expected && with("n", 2) == 1);
        verdicts_.require("a doubled one is filtered", with("d", 2) == expected);
    }

    template <class Expected>
    bool all_are(const std::map<std::string, State>& states, const std::string& pass, const Expected& expected) const {
        return std::all_of(cells_.begin(), cells_.end(), [&](const Cell& cell) {
            const auto found = states.find(pass + cell.name());
            return found != states.end() && found->second.word() == expected(cell);
        });
    }

    static long differences(const std::map<std::string, State>& now, const std::map<std::string, State>& before) {
        long out = now.size() == before.size() ? 0 : 1;
        for (const auto& [id, state] : before)
            if (now.count(id) == 0 || now.at(id).word() != state.word() || now.at(id).attempts != state.attempts) ++out;
        return out;
    }

    std::map<std::string, State> states(const std::string& pass) {
        std::map<std::string, State> out;
        for (const auto& row :
             rows("SELECT m.control_id, d.state, d.attempts, d.answer_until FROM delivery d JOIN message m "
                  "ON m.id = d.message WHERE d.destination = 'out/ris' AND m.control_id LIKE '" +
                  pass + "%'"))
            out[row[0]] = {std::stol(row[1]), std::stol(row[2]), row[3] != "0"};
        return out;
    }

    long answers_to_judge(const std::string&) { return number("SELECT count(*) FROM delivery WHERE answer <> ''"); }
    long waiting(const std::string& destination) {
        return number("SELECT count(*) FROM delivery WHERE state = 0 AND destination = '" + destination + "'");
    }

    // An hour later: what still awaits an answer has waited long enough.
    void time_is_up(const std::string&) {
        rows("UPDATE delivery SET answer_until = 1 WHERE answer_until <> 0 AND answer = '' RETURNING id");
    }

    long number(const std::string& sql) { return std::stol(rows(sql).at(0).at(0)); }

    // The engine is at work on it, so it may be locked for a moment.
    Ledger::Rows rows(const std::string& sql) {
        for (int i = 0;; ++i) {
            try {
                return open_ledger(database_.store, options_.data)->rows(sql);
            } catch (const std::runtime_error&) {
                if (i == 100) throw;
                std::this_thread::sleep_for(milliseconds(20));
            }
        }
    }

    // Or not: what is not there is found by whoever looks.
    template <class Is>
    static void eventually(const Is& is) {
        const auto limit = net::now() + patience;
        while (!is() && net::now() < limit) std::this_thread::sleep_for(milliseconds(50));
    }

    const RunOptions& options_;
    std::vector<Cell> cells_;
    Database database_;
    EngineProcess engine_;
    std::uint16_t apart_port_ = 0, out_port_ = 0, replies_port_ = 0, his_port_ = 0, counting_port_ = 0;
    Verdicts verdicts_;
};

}  // namespace

int main(int count, char** arguments) {
    const auto options = run_options(count, arguments);
    if (!options) {
        std::fprintf(stderr, "usage: durability_acknowledgments PROGRAM CONF DATA [--NAME VALUE]…\n");
        return 2;
    }
    try {
        return Matrix(*options).run();
    } catch (const std::exception& failure) {
        std::printf("%s\n0 passed, 1 failed\n", failure.what());
        return 1;
    }
}
