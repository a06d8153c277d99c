#include "fhir/json/xhtml.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace gantry::fhir::r4;

namespace {

std::string div(const std::string& content) {
    return R"(<div xmlns="http://www.w3.org/1999/xhtml">)" + content + "</div>";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(xhtml)

BOOST_AUTO_TEST_CASE(basic_formatting) {
    for (const auto& text :
         {div("x"), div("<p style='color:red'>x</p>"), div("<img src=\"#i\" alt=\"\"/>"),
          div("<a href='x'>&lt;&#160;&#xA0;</a>"),
          div("<table><tbody><tr><td rowspan=\"2\">1</td></tr></tbody></table>"), div("<!-- a --><![CDATA[<x>]]>"),
          std::string("<div xmlns='http://www.w3.org/1999/xhtml' xml:lang=\"en\" lang=\"en\" >x</div >"), div("é")})
        BOOST_TEST((check_xhtml(text).mistake == XhtmlMistake::none), text);
}

BOOST_AUTO_TEST_CASE(what_acts_or_loads_is_forbidden) {
    for (const auto& text :
         {div("<script>x</script>"), div("<p onclick=\"x\">x</p>"), div("<form>x</form>"), div("<iframe src='x'/>x"),
          div("<object>x</object>"), div("<link/>x"), div("<P>x</P>"), div("<p data-x='1'>x</p>"), div("<head/>x")})
        BOOST_TEST((check_xhtml(text).mistake == XhtmlMistake::forbidden), text);
}

BOOST_AUTO_TEST_CASE(nothing_to_be_seen) {
    for (const auto& text : {div(""), div(" \n"), div("<p><br/></p>"), div("<!-- x -->"),
                             std::string(R"(<div xmlns="http://www.w3.org/1999/xhtml"/>)")})
        BOOST_TEST((check_xhtml(text).mistake == XhtmlMistake::blank), text);
}

BOOST_AUTO_TEST_CASE(what_is_not_well_formed) {
    using namespace std::literals;
    for (const auto& text : {""s,
                             "x"s,
                             "<p>x</p>"s,
                             "<div>x</div>"s,
                             div("<p>"),
                             div("</p>"),
                             div("<p>x</div>"),
                             div("<b><i>x</b></i>"),
                             div("&nbsp;"),
                             div("& x"),
                             div("&#0;"),
                             div("&#xFFFF;"),
                             div("&#x110000;"),
                             div("&;"),
                             div("a < b"),
                             div("]]>"),
                             div("<p class=a>x</p>"),
                             div("<p class>x</p>"),
                             div("<p a='1' a='2'>x</p>"),
                             div("<p a='<'>x</p>"),
                             div("<p a='&'>x</p>"),
                             div("<!-- -- -->"),
                             div("<!DOCTYPE x>"),
                             div("<?php x?>"),
                             div("\x01"),
                             div("\xEF\xBF\xBE"),
                             div("<a:p xmlns:a='b'>x</a:p>"),
                             div("<svg xmlns='http://www.w3.org/2000/svg'/>"),
                             div("x") + "y",
                             div("<p x:y='1'>x</p>"),
                             div("<![CDATA[x"),
                             "<div xmlns=\"http://www.w3.org/1999/xhtml\""s,
                             div("<p/ >x"),
                             div("< p>x")})
        BOOST_TEST((check_xhtml(text).mistake == XhtmlMistake::malformed), text);
    std::string deep;
    for (int i = 0; i < 10'000; ++i) deep += "<b>";
    BOOST_TEST((check_xhtml(div(deep)).mistake == XhtmlMistake::malformed));
    std::string many = "<p";
    for (int i = 0; i < 10'000; ++i) many += " a" + std::to_string(i) + "=''";
    BOOST_TEST((check_xhtml(div(many + ">x</p>")).mistake == XhtmlMistake::malformed));
}

BOOST_AUTO_TEST_CASE(where_it_is) {
    const auto text = div("<p>x</p><script>y</script>");
    BOOST_TEST(check_xhtml(text).offset == text.find("<script"));
    BOOST_TEST(!check_xhtml(text).words.empty());
}

BOOST_AUTO_TEST_SUITE_END()
