// A hospital that sends anything: orders in every state, patient data, merges, appointments, duplicates, nonsense,
// about few enough people and examinations that everything meets everything. The same seed says the same.
#pragma once
#include <initializer_list>
#include <random>
#include <string>
#include <vector>

namespace gantry::testing {

class RandomMessages {
  public:
    explicit RandomMessages(unsigned seed) : random_(seed + 1) {}

    std::string next();

  private:
    unsigned below(unsigned most) { return static_cast<unsigned>(random_()) % most; }
    bool one_in(unsigned many) { return below(many) == 0; }
    std::string any(std::initializer_list<const char*> of) {
        return of.begin()[below(static_cast<unsigned>(of.size()))];
    }
    // A number of a kind that has so many.
    std::string number(const std::string& kind, unsigned many) { return kind + std::to_string(below(many)); }

    std::string fresh();
    std::string header(const std::string& type);
    std::string moment();
    std::string identifiers();
    std::string patient();
    std::string visit();
    std::string order_group(unsigned group);
    std::string order();
    std::string administration();
    std::string appointment();
    std::string nonsense();

    std::minstd_rand random_;
    unsigned control_ = 0;
    std::vector<std::string> sent_;
};

inline std::string RandomMessages::next() {
    if (!sent_.empty() && one_in(8)) return sent_[below(static_cast<unsigned>(sent_.size()))];
    sent_.push_back(fresh());
    return sent_.back();
}

inline std::string RandomMessages::fresh() {
    const auto dice = below(100);
    if (dice < 55) return order();
    if (dice < 80) return administration();
    if (dice < 96) return appointment();
    return nonsense();
}

// A control id that was used before now and then: the same id with other content is another message.
inline std::string RandomMessages::header(const std::string& type) {
    const auto id = one_in(40) ? below(control_ + 1) : ++control_;
    return "MSH|^~\\&|" + any({"HIS", "HIS", "RIS"}) + "|HOSP|GANTRY|RAD|" + moment() + "||" + type + "|M" +
           std::to_string(id) + "|P|" + any({"2.3.1", "2.5.1", "2.5.1"}) + "\r";
}

// Within two hours, so that what comes later is often older.
inline std::string RandomMessages::moment() {
    return std::to_string(202611230800 + below(2) * 100 + below(60)) + "00";
}

inline std::string RandomMessages::identifiers() {
    const auto who = below(6);
    auto out = "N" + std::to_string(who) + "^^^HOSPA^MR";
    if (one_in(3)) out += "~B" + std::to_string(who) + "^^^HOSPB^PI";
    if (one_in(25)) out += "~" + number("N", 6) + "^^^HOSPA^MR";
    if (one_in(30)) out = number("B", 6) + "^^^HOSPB^PI";
    return out;
}

inline std::string RandomMessages::patient() {
    const auto name = any({"DOE^JANE", "DOE^JANE", "DOE^JANE^M", "ROE^RICHARD", "MÜLLER^ÄNNE", "\"\"", ""});
    return "PID|1||" + identifiers() + "||" + name + "||" + any({"19800406", "19800406", "19411224", "", "\"\""}) +
           "|" + any({"F", "F", "M", "", "X"}) + "|||" + any({"", "1 STREET^^TOWN", "\"\""}) + "|||||||" +
           (one_in(3) ? number("AC", 3) : "") + "\r" +
           (one_in(5) ? "AL1|1|DA|^" + any({"LATEX", "PENICILLIN"}) + "\r" : "");
}

inline std::string RandomMessages::visit() {
    if (one_in(2)) return {};
    return "PV1|1|" + any({"I", "O"}) + "|" + any({"RAD^1^A", "WARD^7^B", "", "\"\""}) + "|||||" +
           any({"", "D200^REFERRER^RUTH"}) + "|||||||||||" + number("V", 4) + "\r";
}

inline std::string RandomMessages::order_group(unsigned group) {
    const auto control = any({"NW", "NW", "NW", "NW", "XO", "XO", "SC", "SC", "CA", "DC", "HD",
                              "RL", "OC", "RP", "RO", "SN", "NA", "PA", "CH", "RE", "OK", "ZZ"});
    const auto status = any({"", "SC", "SC", "IP", "CM", "CA", "DC", "HD", "A"});
    const auto numbers =
        (one_in(12) ? "" : number("P", 12) + "^HIS") + "|" + (one_in(5) ? number("F", 6) + "^GANTRY" : "");
    const auto start = "20261124" + any({"0900", "1030", "1500"});
    return "ORC|" + control + "|" + numbers + "||" + status + "||^^^" + start + "^^" + any({"R", "S", "A"}) + "||" +
           moment() + "|||" + any({"D100^ORDERER^OTTO", "D101^ORDERER^OLGA", ""}) + "\rOBR|" + std::to_string(group) +
           "|" + numbers + "|" +
           any({"CTABD^CT ABDOMEN^LOCAL", "CTHEAD^CT HEAD^LOCAL", "71020^CHEST^C4", "ODD^ODD^LOCAL"}) +
           "||||||||||||||" + (one_in(3) ? number("A", 12) : "") + "||||||" + any({"CT", "MR", "", ""}) + "|||||||^" +
           any({"PAIN", "FALL", "", "\"\""}) + "\r";
}

inline std::string RandomMessages::order() {
    auto out = header("ORM^O01") + patient() + visit() + order_group(1);
    if (one_in(6)) out += order_group(2);
    return out;
}

inline std::string RandomMessages::administration() {
    const auto event = any({"A01", "A02", "A03", "A04", "A08", "A08", "A31", "A11", "A13", "A28", "A18",
                            "A34", "A40", "A40", "A35", "A41", "A43", "A44", "A45", "A47", "A50", "A24"});
    auto out = header("ADT^" + event) + "EVN||" + moment() + "\r" + patient();
    const bool merges = event >= "A18" && event != "A28" && event != "A31" && event != "A24";
    if (merges)
        out += "MRG|" + number("N", 6) + "^^^HOSPA^MR||" + (one_in(2) ? number("AC", 3) : "") + "||" +
               (one_in(2) ? number("V", 4) : "") + "\r";
    return out + visit();
}

inline std::string RandomMessages::appointment() {
    const auto event = any({"S12", "S12", "S13", "S14", "S14", "S15", "S17", "S18", "S19", "S20", "S26"});
    const auto start = "20261125" + any({"0900", "1030", "1500"});
    auto out = header("SIU^" + event) + "SCH||" + number("AP", 4) + "|||||||||^^^" + start + "||||||||||||||" +
               any({"", "", "CONFIRMED", "ARRIVED", "COMPLETE", "NOSHOW"}) + "|" + number("P", 12) + "^HIS\r" +
               patient();
    for (unsigned item = 1; item <= below(3); ++item)
        out += "RGS|" + std::to_string(item) + "|A\rAIS|" + std::to_string(item) + "|A|" +
               any({"CTABD^CT ABDOMEN^LOCAL", "CTHEAD^CT HEAD^LOCAL"}) + "|" + start + "\r";
    return out;
}

inline std::string RandomMessages::nonsense() {
    switch (below(4)) {
        case 0:
            return "GOOD MORNING";
        case 1:
            return header("ORU^R01") + patient();
        case 2:
            return header("ORM^O01") + "PID|1||||DOE^JANE\r" + order_group(1);
        default:
            return "MSH|^~\\&|HIS\r";
    }
}

}  // namespace gantry::testing
