/// Characters that look like a plain ASCII one in many fonts, and are another: a command with them runs something else
/// than it seems to. After the confusables of Unicode Technical Standard 39, as far as they look the same and not only
/// alike.
enum LookAlikes {
    /// Letters of other alphabets; in a word of their own alphabet they are what they seem to be.
    static func isLetter(_ scalar: Unicode.Scalar) -> Bool { letters.contains(scalar) }

    /// What never stands for itself: other widths and styles of ASCII characters, and marks that look like ASCII's.
    static func isSymbol(_ scalar: Unicode.Scalar) -> Bool {
        symbols.contains(scalar) || styles.contains { $0.contains(scalar.value) }
    }

    /// The places of a line's letters that pass for ASCII ones: in a word with ASCII letters, or in one that has no
    /// other letters.
    static func places(in line: [Unicode.Scalar]) -> Set<Int> {
        var places: Set<Int> = []
        var begin = 0
        while begin < line.count {
            guard line[begin].properties.isAlphabetic else {
                begin += 1
                continue
            }
            let end = line[begin...].firstIndex { !isInWord($0) } ?? line.count
            let word = begin..<end
            let own = word.filter { isLetter(line[$0]) }
            let others = word.contains { line[$0].properties.isAlphabetic && !line[$0].isASCII && !isLetter(line[$0]) }
            if word.contains(where: { line[$0].isASCII && line[$0].properties.isAlphabetic }) || !others {
                places.formUnion(own)
            }
            begin = end
        }
        return places
    }

    private static func isInWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isAlphabetic || scalar.properties.numericType != nil { return true }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .spacingMark: return true
        default: return false
        }
    }

    private static let letters = Set(
        (cyrillic + greek + armenian + latin + others).unicodeScalars)
    private static let cyrillic = "аАВвсСԁеЕҽԌһНніІїЇјЈкКӏӀМмноОрРԚԛѕЅтТуУүҮѵѴԜԝхХҳгѡпбЗзѲѳ"
    private static let greek = "ΑαΒβΕΖΗηΙιΚκΜΝνΟοΡρΤτυΥΧχγωϲϳϹͿσ"
    private static let armenian = "օՕոսՍհՀցյՅքգզլԼոփդտ"
    private static let latin = "ıȷɑɡɩʟʀɪᴀʙᴄᴅᴇɢʜᴊᴋᴍɴᴏᴘᴛᴜᴠᴡʏᴢꜱſƖƚǀǃ"
    private static let others = "ⲟⲞⲣⲢⲥⲤᎪᎠᏴᏟᎬᏀᎻᎫᏦᏞᎷᏢᏒᏚᎢᏙᏔᏃ꓿ꓐꓚꓓꓰꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ"
    private static let symbols = Set((dashes + quotes + slashes + points + signs + brackets).unicodeScalars)
    private static let dashes = "‐‑‒–—―−⁃˗－＿﹍﹎﹏"
    private static let quotes = "‘’‚‛′‵ʹʼʻˈˋˊ“”„‟″‶｀"
    private static let slashes = "⁄∕⟋╱｡⧵∖＼﹨∣｜│┃❘⎮⏐ⵑ"
    private static let points = "․‥…⁏;；：׃∶꞉︰！。，‚¸．・"
    private static let signs = "＆＄﹩＃﹟＊﹡∗⁎＜‹﹤＞›﹥＝﹦∼～ˆ＾＠﹫％﹪٪＋﹢᛭"
    private static let brackets = "（）［］｛｝❨❩❲❳❴❵⦅⦆"
    /// Fullwidth forms, styles of letters for mathematics, Roman numerals, letters in circles, other digits of style.
    private static let styles: [ClosedRange<UInt32>] = [
        0xFF01...0xFF5E, 0x1D400...0x1D7FF, 0x2160...0x217F, 0x2100...0x214F, 0x24B6...0x24E9, 0x1F100...0x1F189,
        0x2070...0x209C, 0x1FBF0...0x1FBF9,
    ]
}
