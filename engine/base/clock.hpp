// Time at the edge. Pure code is given an Instant; only edges own a Clock. Tests and case files give a fixed one.
#pragma once
#include <atomic>
#include <compare>
#include <cstdint>
#include <memory>
#include <string>

namespace gantry {

// Microseconds since 1970-01-01T00:00:00Z.
struct Instant {
    std::int64_t micros = 0;
    auto operator<=>(const Instant&) const = default;  // NOLINT(modernize-use-nullptr): the check misreads <=>
};

class Clock {
  public:
    virtual ~Clock() = default;
    // Any thread. May jump backwards, as a wall clock does.
    virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
  public:
    Instant now() const override;
};

class FixedClock final : public Clock {
  public:
    explicit FixedClock(Instant at) : at_(at.micros) {}
    Instant now() const override { return {at_.load(std::memory_order_relaxed)}; }
    void set(Instant at) { at_.store(at.micros, std::memory_order_relaxed); }

  private:
    std::atomic<std::int64_t> at_;
};

// A wall-clock reading in one zone, without the zone's name.
struct LocalTime {
    int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, micros = 0;
    int offset_minutes = 0;  // east of UTC

    std::string date() const;   // DICOM DA, HL7 DT: 20261123
    std::string time() const;   // DICOM TM: 090000
    std::string stamp() const;  // HL7 DTM with offset: 20261123090000+0100
    std::string iso() const;    // 2026-11-23T09:00:00.000000+01:00
};

// A time zone of the tz database. Immutable; any thread.
class Zone {
  public:
    // name: "Europe/Berlin", "UTC"; empty: the system's. Unknown names answer UTC with known() false.
    explicit Zone(const std::string& name = {});
    ~Zone();
    Zone(Zone&&) noexcept;
    Zone& operator=(Zone&&) noexcept;

    bool known() const;
    LocalTime local(Instant at) const;

    // What a wall-clock reading means in this zone. `ambiguous`: it happens twice (the first is taken); `missing`:
    // never.
    struct Reading {
        Instant at;
        int offset_minutes = 0;
        bool ambiguous = false;
        bool missing = false;
    };
    Reading at(int year, int month, int day, int hour, int minute, int second) const;

  private:
    struct Table;
    std::unique_ptr<Table> table_;
};

// Civil calendar, proleptic Gregorian.
std::int64_t days_from_civil(int year, int month, int day);
bool valid_date(int year, int month, int day);
// date: YYYYMMDD, valid. Answers the date `days` later (or earlier).
std::string shifted_date(const std::string& date, int days);

}  // namespace gantry
