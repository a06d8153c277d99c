#include "engine/sftp/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace gantry::sftp {
namespace {

using std::chrono::milliseconds, std::chrono::steady_clock;

constexpr std::size_t most_complaints = 4096, longest_words = 200;
constexpr milliseconds moment{200};

Error io(int reason) {
    return {ErrorCode::io, std::generic_category().message(reason), {}};
}

int left_of(Child::Deadline deadline) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 24LL * 3600 * 1000));
}

// What a new program gets of this one.
class Inheritance {
  public:
    Inheritance(int stream, int complaints) {
        ::posix_spawn_file_actions_init(&files_);
        ::posix_spawn_file_actions_adddup2(&files_, stream, STDIN_FILENO);
        ::posix_spawn_file_actions_adddup2(&files_, stream, STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&files_, complaints, STDERR_FILENO);
        // A listening socket that ssh has inherited would stay open after this program has gone.
        ::posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1);
        ::posix_spawnattr_init(&attributes_);
        sigset_t none, all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(&attributes_,
                                   POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    ~Inheritance() {
        ::posix_spawnattr_destroy(&attributes_);
        ::posix_spawn_file_actions_destroy(&files_);
    }
    Inheritance(const Inheritance&) = delete;
    Inheritance& operator=(const Inheritance&) = delete;

    // 0, or the reason.
    int spawn(pid_t& process, const std::vector<std::string>& command) const {
        std::vector<std::string> words(command);
        if (words.empty()) return ENOENT;
        std::vector<char*> arguments;
        for (auto& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        std::string path = "PATH=/usr/bin:/bin", language = "LC_ALL=C";
        const std::array<char*, 3> environment{path.data(), language.data(), nullptr};
        const auto program = words.front().find('/') == std::string::npos ? "/usr/bin/" + words.front() : words.front();
        return ::posix_spawn(&process, program.c_str(), &files_, &attributes_, arguments.data(), environment.data());
    }

  private:
    posix_spawn_file_actions_t files_{};
    posix_spawnattr_t attributes_{};
};

}  // namespace

Interrupt::Interrupt() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Interrupt::ring() {
    const std::uint64_t one = 1;
    (void)!::write(event_.number(), &one, sizeof one);
}

void Interrupt::clear() {
    std::uint64_t count = 0;
    (void)!::read(event_.number(), &count, sizeof count);
}

Result<std::unique_ptr<Child>> Child::start(const std::vector<std::string>& command, const Interrupt* interrupt) {
    int sockets[2], pipe[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) return io(errno);
    Descriptor ours(sockets[0]);
    const Descriptor theirs(sockets[1]);
    if (::pipe2(pipe, O_CLOEXEC) != 0) return io(errno);
    Descriptor complaints(pipe[0]);
    const Descriptor complaining(pipe[1]);
    ::fcntl(complaints.number(), F_SETFL, O_NONBLOCK);
    pid_t process = 0;
    if (const int failed = Inheritance(theirs.number(), complaining.number()).spawn(process, command); failed != 0)
        return Error{
            ErrorCode::io,
            (command.empty() ? "" : command.front()) + " cannot be started: " + std::generic_category().message(failed),
            {}};
    return std::unique_ptr<Child>(new Child(std::move(ours), std::move(complaints), process, interrupt));
}

Child::Child(Descriptor stream, Descriptor complaints, pid_t process, const Interrupt* interrupt)
    : stream_(std::move(stream)), complaints_(std::move(complaints)), process_(process), interrupt_(interrupt) {}

// With what it may have started itself: it leads a group of its own.
Child::~Child() {
    ::kill(-process_, SIGKILL);
    while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) continue;
}

// Until the stream has one of the events; what it complains about meanwhile is read, so that it never waits for that.
Result<void> Child::wait(short events, Deadline deadline) {
    for (;;) {
        pollfd files[] = {{stream_.number(), events, 0},
                          {interrupt_ ? interrupt_->descriptor() : -1, POLLIN, 0},
                          {complaints_.number(), POLLIN, 0}};
        const int ready = ::poll(files, std::size(files), left_of(deadline));
        if (ready < 0 && errno != EINTR) return io(errno);
        if (ready == 0) return Error{ErrorCode::net_timeout, {}, {}};
        if (ready < 0) continue;
        if (files[1].revents != 0) return Error{ErrorCode::net_closed, "it was interrupted", {}};
        if (files[2].revents != 0 && !hear_complaint()) complaints_ = Descriptor();
        if (files[0].revents != 0) return {};
    }
}

// False: there will be no more.
bool Child::hear_complaint() {
    std::array<char, 1024> bytes{};
    const auto got = ::read(complaints_.number(), bytes.data(), bytes.size());
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    said_.append(bytes.data(), static_cast<std::size_t>(got));
    if (said_.size() > most_complaints) said_.erase(0, said_.size() - most_complaints);
    return got > 0;
}

Result<std::string> Child::read(Deadline deadline) {
    std::string out(64u << 10, '\0');
    for (;;) {
        if (auto ready = wait(POLLIN, deadline); !ready) return ready.error();
        const auto got = ::recv(stream_.number(), out.data(), out.size(), MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (got <= 0) return Error{ErrorCode::net_closed, {}, {}};
        out.resize(static_cast<std::size_t>(got));
        return out;
    }
}

Result<void> Child::write(std::string_view bytes, Deadline deadline) {
    while (!bytes.empty()) {
        if (auto ready = wait(POLLOUT, deadline); !ready) return ready;
        const auto sent = ::send(stream_.number(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (sent < 0) return Error{ErrorCode::net_closed, {}, {}};
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return {};
}

std::string Child::last_words() {
    const auto limit = steady_clock::now() + moment;
    while (complaints_.open()) {
        pollfd file{complaints_.number(), POLLIN, 0};
        if (::poll(&file, 1, left_of(limit)) <= 0 || !hear_complaint()) break;
    }
    const auto end = said_.find_last_not_of("\r\n ");
    if (end == std::string::npos) return {};
    const auto line_end = said_.find_last_of("\r\n", end);
    const auto begin = line_end == std::string::npos ? 0 : line_end + 1;
    auto out = said_.substr(begin, std::min(end + 1 - begin, longest_words));
    std::replace_if(
        out.begin(), out.end(), [](unsigned char c) { return c < ' ' || c > '~'; }, '?');
    return out;
}

}  // namespace gantry::sftp
