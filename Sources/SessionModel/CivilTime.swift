/// A date and a time of day, in a time zone that whoever holds it knows.
package struct CivilTime: Hashable, Sendable {
    package let year: Int
    package let month: Int
    package let day: Int
    package let hour: Int
    package let minute: Int
    package let second: Int

    /// Reads `YYYYMMDD`, `YYYYMMDDHHMM` or `YYYYMMDDHHMMSS`; nil for other forms and for days that do not exist.
    package init?(digits: some Collection<UInt8>) {
        guard [8, 12, 14].contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let values = digits.map { Int($0) - 0x30 } + [Int](repeating: 0, count: 14 - digits.count)
        func number(_ range: Range<Int>) -> Int { values[range].reduce(0) { $0 * 10 + $1 } }
        year = number(0..<4)
        month = number(4..<6)
        day = number(6..<8)
        hour = number(8..<10)
        minute = number(10..<12)
        second = number(12..<14)
        guard (1970...9999).contains(year), (1...12).contains(month), hour < 24, minute < 60, second < 60,
            day >= 1, day <= Self.days(inMonth: month, of: year)
        else { return nil }
    }

    /// Seconds since 1970, were this the time in UTC.
    package var secondsInUTC: Int64 {
        var days = day - 1
        for earlier in 1..<month { days += Self.days(inMonth: earlier, of: year) }
        let past = year - 1
        days += (year - 1970) * 365 + (past / 4 - past / 100 + past / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400)
        return Int64(days) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
    }

    /// The date and time of day in UTC, of seconds since 1970.
    package init(secondsInUTC: Int64) {
        // Howard Hinnant's civil_from_days, with years that begin in March.
        let days = secondsInUTC / 86_400 + 719_468
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        month = Int(marchMonth < 10 ? marchMonth + 3 : marchMonth - 9)
        year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
        day = Int(dayOfYear - (153 * marchMonth + 2) / 5) + 1
        let second = Int(secondsInUTC % 86_400)
        hour = second / 3_600
        minute = second / 60 % 60
        self.second = second % 60
    }

    /// RFC 3339, as a time in UTC.
    package var text: String {
        func padded(_ number: Int, _ width: Int = 2) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month))-\(padded(day))T\(padded(hour)):\(padded(minute)):\(padded(second))Z"
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
