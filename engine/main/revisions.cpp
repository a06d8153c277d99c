#include "engine/main/revisions.hpp"

#include <algorithm>
#include <charconv>
#include <ostream>
#include <sstream>

#include "engine/json/writer.hpp"
#include "engine/main/replace_file.hpp"
#include "engine/main/text_diff.hpp"

namespace gantry {
namespace {

constexpr int done = 0, wrong_usage = 2, io_failed = 74;

// A revision with what was before it.
struct Row {
    std::size_t number = 0;  // 1: the first there was
    const store::Revision* revision = nullptr;
    const store::Revision* before = nullptr;
};

std::string_view document_of(const store::Revision* revision) {
    return revision ? std::string_view(revision->content.document) : std::string_view();
}

std::string key_of(const std::string& name) {
    return name.find('/') == std::string::npos ? "channels/" + name : name;
}

// "mappings/orders-v2" for each line that only one of the lists has.
std::vector<std::string> changed_dependencies(const Row& row) {
    std::vector<std::string> out;
    if (!row.before) return out;
    for (const auto& line : diff_lines(row.before->content.depends, row.revision->content.depends)) {
        auto name = line.text.substr(0, line.text.find(' '));
        if (line.sign != ' ' && std::find(out.begin(), out.end(), name) == out.end()) out.push_back(std::move(name));
    }
    return out;
}

std::pair<std::size_t, std::size_t> added_and_removed(const Row& row) {
    const auto lines = diff_lines(document_of(row.before), document_of(row.revision));
    const auto count = [&](char sign) {
        return static_cast<std::size_t>(
            std::count_if(lines.begin(), lines.end(), [&](const auto& line) { return line.sign == sign; }));
    };
    return {count('+'), count('-')};
}

class RevisionsRun {
  public:
    RevisionsRun(const Configuration& configuration, const RevisionsCommand& command, std::ostream& out,
                 std::ostream& err)
        : configuration_(configuration), command_(command), out_(out), err_(err) {}

    int run() {
        const auto reader = store::open_revisions(configuration_.store_options(), command_.data);
        if (!reader) return fail(io_failed, reader.error().text());
        auto all = (*reader)->of(command_.name);
        if (!all) return fail(io_failed, all.error().text());
        revisions_ = std::move(*all);
        if (revisions_.empty()) return unknown_name();
        if (!command_.show.empty()) return with(command_.show, &RevisionsRun::show);
        if (!command_.diff.empty()) return with(command_.diff, &RevisionsRun::diff);
        if (!command_.restore.empty()) return with(command_.restore, &RevisionsRun::restore);
        return list();
    }

  private:
    int fail(int code, const std::string& words) {
        err_ << "gantry revisions: " << words << "\n";
        return code;
    }

    int unknown_name() {
        std::vector<std::string> names;
        for (const auto& [key, file] : configuration_.files)
            names.push_back(key.starts_with("channels/") ? key.substr(9) : key);
        const std::vector<std::string_view> views(names.begin(), names.end());
        return fail(wrong_usage, "nothing called \"" + command_.name + "\" was ever in force" +
                                     json::did_you_mean(command_.name, views));
    }

    Row row(std::size_t index) const {
        const auto* before = index + 1 < revisions_.size() ? &revisions_[index + 1] : nullptr;
        return {revisions_.size() - index, &revisions_[index], before};
    }

    int with(const std::string& which, int (RevisionsRun::*use)(const Row&)) {
        std::int64_t wanted = 0;
        const auto read = std::from_chars(which.data(), which.data() + which.size(), wanted);
        const bool number = read.ec == std::errc() && read.ptr == which.data() + which.size();
        for (std::size_t i = 0; number && i < revisions_.size(); ++i) {
            const auto found = row(i);
            if (static_cast<std::int64_t>(found.number) == wanted || found.revision->id == wanted)
                return (this->*use)(found);
        }
        return fail(wrong_usage, "there is no revision " + which + " of " + command_.name + ", only 1 to " +
                                     std::to_string(revisions_.size()));
    }

    int show(const Row& row) {
        out_ << row.revision->content.document;
        return done;
    }

    int diff(const Row& row) {
        out_ << unified_diff(document_of(row.before), document_of(row.revision));
        for (const auto& name : changed_dependencies(row)) out_ << "with another " << name << "\n";
        return done;
    }

    int restore(const Row& row) {
        const auto path = file_of();
        if (!replace_file(path, row.revision->content.document))
            return fail(io_failed, path.string() + " could not be written");
        out_ << path.lexically_normal().string() << " is as it was in revision " << row.number << "\n";
        tell_of_dependencies(*row.revision);
        if (!configuration_.options.watch) out_ << "to put it in force: gantry check, then SIGHUP to the engine\n";
        return done;
    }

    std::filesystem::path file_of() const {
        const auto key = key_of(command_.name);
        const auto slash = key.find('/');
        const auto& options = configuration_.options;
        const auto kind = key.substr(0, slash);
        const auto& directory = kind == "mappings" || kind == "scripts" ? options.mappings
                                : kind == "tables"                      ? options.tables
                                                                        : options.channels;
        return configuration_.directory_of(directory) / (key.substr(slash + 1) + (kind == "scripts" ? "" : ".json"));
    }

    // The document alone is brought back; what it was read with may have changed since.
    void tell_of_dependencies(const store::Revision& revision) {
        std::istringstream lines(revision.content.depends);
        for (std::string name, digest; lines >> name >> digest;) {
            const auto file = configuration_.files.find(name);
            if (file != configuration_.files.end() && file->second.digest == digest) continue;
            out_ << "it was read with another " << name << " than there is now; see: gantry revisions " << name << "\n";
        }
    }

    int list() {
        json::Writer writer(json::Form::pretty);
        writer.begin_array();
        for (std::size_t i = 0; i < revisions_.size(); ++i) {
            if (command_.json)
                write(writer, row(i));
            else
                print(row(i));
        }
        if (command_.json) out_ << writer.end_array().text() << "\n";
        if (!command_.json) tell_of_file();
        return done;
    }

    std::string time_of(const store::Revision& revision) const {
        return configuration_.zone->local(revision.created).iso();
    }

    void print(const Row& row) {
        const auto [added, removed] = added_and_removed(row);
        out_ << row.number << "  " << time_of(*row.revision) << "  " << row.revision->content.author << "  +" << added
             << " -" << removed << "  id " << row.revision->id;
        for (const auto& name : changed_dependencies(row)) out_ << "  " << name;
        out_ << "\n";
    }

    void write(json::Writer& out, const Row& row) {
        const auto [added, removed] = added_and_removed(row);
        out.begin_object().member("number", row.number).member("id", row.revision->id);
        out.member("created", time_of(*row.revision)).member("author", row.revision->content.author);
        out.member("digest", row.revision->digest).member("lines_added", added).member("lines_removed", removed);
        out.key("changed_dependencies").begin_array();
        for (const auto& name : changed_dependencies(row)) out.value(name);
        out.end_array().end_object();
    }

    void tell_of_file() {
        const auto file = configuration_.files.find(key_of(command_.name));
        if (file == configuration_.files.end())
            out_ << "there is no file of it now\n";
        else if (file->second.text != revisions_.front().content.document)
            out_ << file->second.path.lexically_normal().string() << " was changed since\n";
    }

    const Configuration& configuration_;
    const RevisionsCommand& command_;
    std::ostream &out_, &err_;
    std::vector<store::Revision> revisions_;  // newest first
};

}  // namespace

int run_revisions(const Configuration& configuration, const RevisionsCommand& command, std::ostream& out,
                  std::ostream& err) {
    return RevisionsRun(configuration, command, out, err).run();
}

}  // namespace gantry
