#include <boost/test/unit_test.hpp>

#include "fhir/json/json_writer.hpp"
#include "fhir/json/xml_reader.hpp"
#include "fhir/json/xml_writer.hpp"
#include "problems.hpp"

using namespace gantry::fhir::r4;

namespace {

const std::string head = R"(<?xml version="1.0" encoding="UTF-8"?>)";

std::string patient(const std::string& content) {
    return R"(<Patient xmlns="http://hl7.org/fhir">)" + content + "</Patient>";
}
std::string as_json(std::string_view xml) {
    const auto outcome = read_xml(xml);
    BOOST_REQUIRE_MESSAGE(outcome.ok(), xml << ": " << test::lines_of(outcome.issues));
    return write_json(*outcome.resource);
}
std::string as_xml(std::string_view json) {
    const auto outcome = read_json(json);
    BOOST_REQUIRE_MESSAGE(outcome.ok(), json);
    return write_xml(*outcome.resource);
}
// What is wrong with it, each as "line:column expression: words".
std::string issues_of(std::string_view xml) {
    std::string out;
    for (const auto& issue : read_xml(xml).issues)
        out += std::to_string(issue.position.line) + ":" + std::to_string(issue.position.column) + " " +
               issue.expression + ": " + issue.diagnostics + "\n";
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(xml)

BOOST_AUTO_TEST_CASE(xml_and_json_are_the_same_tree) {
    struct Row {
        std::string json, xml;
    };
    const Row rows[] = {
        {R"({"resourceType":"Patient","id":"a","active":true,"name":[{"id":"n","family":"M & <N>","given":["A","B"]}]})",
         patient(
             R"(<id value="a"/><active value="true"/><name id="n"><family value="M &amp; &lt;N&gt;"/><given value="A"/><given value="B"/></name>)")},
        {R"({"resourceType":"Patient","birthDate":"1970","_birthDate":{"id":"b","extension":[{"url":"u","valueDecimal":1.10}]}})",
         patient(
             R"(<birthDate id="b" value="1970"><extension url="u"><valueDecimal value="1.10"/></extension></birthDate>)")},
        {R"({"resourceType":"Patient","name":[{"given":[null,"b"],"_given":[{"extension":[{"url":"u","valueCode":"c"}]},null]}]})",
         patient(
             R"(<name><given><extension url="u"><valueCode value="c"/></extension></given><given value="b"/></name>)")},
        {R"({"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a&#160;<b>x</b><!-- y -->\n</div>"}})",
         patient("<text><status value=\"generated\"/><div xmlns=\"http://www.w3.org/1999/xhtml\">a&#160;<b>x</b><!-- y "
                 "-->\n</div></text>")},
        {R"({"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"x"}],"managingOrganization":{"reference":"#o"}})",
         patient(
             R"(<contained><Organization><id value="o"/><name value="x"/></Organization></contained><managingOrganization><reference value="#o"/></managingOrganization>)")},
        {R"({"resourceType":"Patient","name":[{"text":" a\tb\nc\r\"d\" é"}]})",
         patient("<name><text value=\" a&#9;b&#10;c&#13;&quot;d&quot; é\"/></name>")},
        {R"({"resourceType":"Patient"})", R"(<Patient xmlns="http://hl7.org/fhir"/>)"},
    };
    for (const auto& row : rows) {
        BOOST_TEST(as_xml(row.json) == head + row.xml);
        BOOST_TEST(as_json(row.xml) == row.json);
        BOOST_TEST(as_json(head + row.xml) == row.json);
    }
}

BOOST_AUTO_TEST_CASE(a_prefix_says_the_same) {
    BOOST_TEST(
        as_json(
            R"(<f:Patient xmlns:f="http://hl7.org/fhir" xmlns:h="http://www.w3.org/1999/xhtml"><f:text><f:status value="generated"/>)"
            R"(<h:div><h:p class="a">x &amp; y</h:p></h:div></f:text><f:active value="true"/></f:Patient>)") ==
        R"({"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p class=\"a\">x &amp; y</p></div>"},"active":true})");
}

BOOST_AUTO_TEST_CASE(pretty) {
    WriteOptions options;
    options.pretty = true;
    const auto outcome = read_json(
        R"({"resourceType":"Patient","name":[{"family":"M"}],"contained":[{"resourceType":"Basic","id":"b"}]})");
    BOOST_TEST(write_xml(*outcome.resource, options) == head + R"(
<Patient xmlns="http://hl7.org/fhir">
  <contained>
    <Basic>
      <id value="b"/>
    </Basic>
  </contained>
  <name>
    <family value="M"/>
  </name>
</Patient>
)");
}

BOOST_AUTO_TEST_CASE(problems_have_places) {
    BOOST_TEST(issues_of(patient("\n  <nmae/>")) ==
               "2:3 Patient.nmae: Patient has no such element, did you mean \"name\"?\n");
    BOOST_TEST(issues_of(patient("\n<gender value=\"male\"/>\n<active value=\"true\"/>")) ==
               "3:1 Patient: it stands after what comes later in the specification: active\n");
    BOOST_TEST(issues_of(patient(R"(<active value="true" x="1"/>)")) ==
               "1:38 Patient.active: an attribute that R4 does not have: x\n");
    BOOST_TEST(issues_of(patient(R"(<name value="x"/>)")) ==
               "1:38 Patient.name[0]: an attribute that R4 does not have: value\n");
    BOOST_TEST(issues_of(patient("text")) == "1:38 Patient: text where R4 has none\n");
    BOOST_TEST(issues_of(patient("<contained/>")) == "1:38 Patient: it holds no resource: contained\n");
    BOOST_TEST(issues_of(patient("<contained><Person2/></contained>")).find("it is no resource of R4") !=
               std::string::npos);
    BOOST_TEST(issues_of(patient("<contained><Basic/><Basic/></contained>")).find("one resource, not several") !=
               std::string::npos);
    BOOST_TEST(issues_of(patient(R"(<active xmlns="http://elsewhere" value="true"/>)")) ==
               "1:38 Patient.active: an element of another namespace\n");
    BOOST_TEST(issues_of(R"(<Patient xmlns="http://elsewhere"/>)") == "1:1 : it is not in the namespace of FHIR\n");
    BOOST_TEST(issues_of("<Patient/>") == "1:1 : it is not in the namespace of FHIR\n");
    BOOST_TEST(issues_of(R"(<HumanName xmlns="http://hl7.org/fhir"/>)") == "1:1 : it is no resource of R4\n");
}

BOOST_AUTO_TEST_CASE(values_that_json_could_not_hold_as_they_are) {
    const auto outcome = read_xml(patient(R"(<active value="TRUE"/><multipleBirthInteger value="01"/>)"));
    BOOST_REQUIRE(outcome.ok());
    BOOST_TEST(write_json(*outcome.resource) ==
               R"({"resourceType":"Patient","active":"TRUE","multipleBirthInteger":"01"})");
    BOOST_TEST(test::lines_of(validate(*outcome.resource)) == "value Patient.active\nvalue Patient.multipleBirth");
}

BOOST_AUTO_TEST_CASE(what_is_no_xml_that_is_read) {
    using namespace std::literals;
    const auto doctype = "<!DOCTYPE Patient [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>"s;
    std::string bomb = "<!DOCTYPE Patient [<!ENTITY a \"aaaaaaaaaa\">";
    for (char c = 'b'; c < 'k'; ++c) {
        bomb += std::string("<!ENTITY ") + c + " \"";
        for (int i = 0; i < 10; ++i) bomb += std::string("&") + static_cast<char>(c - 1) + ";";
        bomb += "\">";
    }
    for (const auto& text :
         {""s, "x"s, patient("").substr(0, 30), doctype + patient(R"(<id value="&a;"/>)"),
          bomb + "]>" + patient("<id value=\"&j;\"/>"), "<!DOCTYPE Patient>" + patient(""),
          patient(R"(<id value="&nbsp;"/>)"), patient("<id value='\x80'/>"),
          R"(<?xml version="1.0" encoding="ISO-8859-1"?>)" + patient(""), patient("<id value='a' value='b'/>"),
          patient("") + patient(""), patient("<id value='\x01'/>"), patient("<id></active>"),
          "<a:Patient xmlns=\"http://hl7.org/fhir\"/>"s, "\xFF\xFE<\0P\0"s}) {
        const auto outcome = read_xml(text);
        BOOST_TEST(!outcome.resource, text);
        BOOST_REQUIRE_EQUAL(outcome.issues.size(), 1u);
        BOOST_TEST((outcome.issues[0].severity == Severity::fatal), text);
    }
}

BOOST_AUTO_TEST_CASE(limits) {
    const auto nested = [](std::size_t levels) {
        std::string out;
        for (std::size_t i = 0; i < levels; ++i) out += "<extension url=\"u\">";
        for (std::size_t i = 0; i < levels; ++i) out += "</extension>";
        return patient(out);
    };
    BOOST_TEST(read_xml(nested(48)).ok());
    BOOST_TEST(read_json(write_json(*read_xml(nested(48)).resource)).ok());
    BOOST_TEST(!read_xml(nested(49)).resource);
    BOOST_TEST(!read_xml(nested(10'000)).resource);
    BOOST_TEST((read_xml(nested(10'000)).issues.at(0).type == IssueType::too_costly));
    ReadOptions small;
    small.max_bytes = 30;
    BOOST_TEST((read_xml(patient(""), small).issues.at(0).type == IssueType::too_costly));
    small = {};
    small.max_elements = 3;
    BOOST_TEST(!read_xml(patient("<name/><name/><name/><name/>"), small).resource);
}

BOOST_AUTO_TEST_CASE(unknown_elements_are_kept) {
    const auto text = patient(
        R"(<active value="true"/><colour value="red"><x>&lt;</x><y xmlns="http://other" xml:lang="en"/></colour>)");
    BOOST_TEST(!read_xml(text).ok());
    ReadOptions lenient;
    lenient.lenient = true;
    const auto outcome = read_xml(text, lenient);
    BOOST_REQUIRE(outcome.ok());
    const auto again = write_xml(*outcome.resource);
    BOOST_TEST(again.find(R"(<colour value="red"><x>&lt;</x><y xmlns="http://other" xml:lang="en"></y></colour>)") !=
               std::string::npos);
    BOOST_TEST(write_xml(*read_xml(again, lenient).resource) == again);
    BOOST_TEST(write_json(*outcome.resource) == R"({"resourceType":"Patient","active":true})");
}

BOOST_AUTO_TEST_CASE(what_xml_cannot_hold) {
    BOOST_TEST(as_xml("{\"resourceType\":\"Patient\",\"name\":[{\"text\":\"a\\u0001b\\uffff\"}]}") ==
               head + patient("<name><text value=\"a\xEF\xBF\xBD"
                              "b\xEF\xBF\xBD\"/></name>"));
    BOOST_TEST(
        as_xml(R"({"resourceType":"Patient","text":{"status":"generated","div":"<p>&nbsp;"}})") ==
        head +
            patient(
                R"(<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">&lt;p&gt;&amp;nbsp;</div></text>)"));
}

BOOST_AUTO_TEST_SUITE_END()
