#include "channels/destinations/mllp_destination_options.hpp"

namespace gantry::channels {

const settings::Schema<MllpDestinationOptions>& mllp_destination_schema() {
    using Options = MllpDestinationOptions;
    using std::chrono::hours, std::chrono::milliseconds;
    static const auto schema =
        settings::Schema<Options>("mllp", "HL7 v2 over MLLP: each message is done when its receiver acknowledges it.")
            .option("host", &Options::host, "name or address of the receiver")
            .required()
            .example("\"ris.example\"")
            .option("port", &Options::port, "its TCP port")
            .range(1, 65535)
            .option("connect_timeout", &Options::connect_timeout, "for a connection to be made")
            .range(milliseconds(10), hours(1))
            .option("send_timeout", &Options::send_timeout, "for the receiver to take a message in")
            .range(milliseconds(10), hours(1))
            .option("reply_timeout", &Options::reply_timeout,
                    "for the acknowledgment, from when the message was sent; with wait_for application, for both")
            .range(milliseconds(10), hours(24))
            .option("keep", &Options::keep, "keeps the connection for the next message; false: one for each")
            .option("idle", &Options::idle, "a kept connection that was not used for so long is replaced by a new one")
            .range(milliseconds(10), hours(24))
            .option("wait_for", &Options::wait_for,
                    "in enhanced mode, when MSH-16 asks for an application acknowledgment: first, a commit accept (CA) "
                    "is enough; application, it is waited for on the same connection; application_apart, it may come "
                    "at any time and over another connection, and the delivery awaits it in the queue",
                    {{"first", Options::WaitFor::first},
                     {"application", Options::WaitFor::application},
                     {"application_apart", Options::WaitFor::application_apart}})
            .option("application_timeout", &Options::application_timeout,
                    "with wait_for application_apart, for the application acknowledgment, from the commit accept")
            .range(milliseconds(10), hours(24 * 30))
            .object("reply_actions", &Options::reply_actions, reply_actions_schema(),
                    "by MSA-1: done; retry, again later; dead, never; hold, a person decides")
            .option("control_id_echoed", &Options::control_id_echoed,
                    "the receiver names the message in MSA-2; false: one that leaves MSA-2 empty, each message then "
                    "goes over a connection of its own")
            .option("max_reply", &Options::max_reply, "a longer answer is none")
            .range(settings::ByteSize{1024}, settings::ByteSize{64u << 20})
            .option("release", &Options::release,
                    "of MLLP: 2, the receiver confirms each frame with a commit byte (06 or 15) before it answers")
            .range(1, 2)
            .option(
                "sequence_numbers", &Options::sequence_numbers,
                "counts the messages in MSH-13 (HL7 v2.9 2.10.1), for a receiver that refuses what is not the next; "
                "the destination's order must be strict")
            .object("tls", &Options::tls, net::tls_client_schema(),
                    "the connection speaks TLS; without it, plain text");
    return schema;
}

}  // namespace gantry::channels
