#!/usr/bin/env python3
"""Writes the transcripts that no program printed: what vttest tries, and text of many scripts."""
import pathlib
import random

HERE = pathlib.Path(__file__).parent
ESC = "\x1b"
CSI = ESC + "["

# What keeps or ends a wrap that is pending.
AFTER_FULL = ["\r", "\n", "\b", "\t", f"{CSI}K", f"{CSI}1K", f"{CSI}2K", f"{CSI}J", f"{CSI}C", f"{CSI}D", f"{CSI}A",
              f"{CSI}B", f"{CSI}X", f"{CSI}@", f"{CSI}P", f"{ESC}7{ESC}8", f"{CSI}1m", f"{CSI}m", f"{ESC}D", f"{ESC}M",
              f"{ESC}E", f"{CSI}L", f"{CSI}M", f"{CSI}S", f"{CSI}T", "\x0e\x0f", f"{CSI}?25h", f"{CSI}4h{CSI}4l",
              f"{CSI}80G", f"{CSI}12d", f"{CSI}?7l{CSI}?7h", f"{CSI}2;22r", f"{CSI}r", f"{CSI}b", f"{CSI}3b", f"{ESC}H",
              f"{CSI}1J", f"{CSI}I", f"{CSI}Z", f"{CSI}a", f"{CSI}5 q", f"{ESC}(0{ESC}(B", f"{CSI}?2004h", "\x07"]
# What cuts a wide character in half.
CUTS = [f"{CSI}X", f"{CSI}P", f"{CSI}@", "x", f"{CSI}K", f"{CSI}1K", "漢", f"{CSI}4hy{CSI}4l", "e\u0301", f"{CSI}2P",
        f"{CSI}3@", f"{CSI}3X"]


def at(row, column, text=""):
    return f"{CSI}{row};{column}H{text}"


def page(title):
    return f"{CSI}0m{CSI}r{CSI}?6l{CSI}H{CSI}2J{title}\r\n"


def moves():
    """vttest 1: cursor movements, a box of marks around the screen, autowrap, tabs, leading zeros, controls inside."""
    out = f"{ESC}#8" + at(9, 10, f"{CSI}1J") + at(18, 60, f"{CSI}0J{CSI}1K") + at(9, 71, f"{CSI}0K")
    for row in range(10, 17):
        out += at(row, 10, f"{CSI}1K") + at(row, 71, f"{CSI}0K")
    out += at(17, 30, f"{CSI}2K")
    for column in range(1, 81):
        out += at(24, column, "*") + f"{CSI}1;{column}f*"
    out += at(2, 2)
    for _ in range(2, 24):
        out += f"+{CSI}1D{ESC}D"
    out += at(23, 79)
    for _ in range(23, 1, -1):
        out += f"+{CSI}1D{ESC}M"
    out += at(2, 1)
    for row in range(2, 24):
        out += "*" + at(row, 80, "*") + f"{CSI}10D{ESC}E"
    out += at(2, 10) + f"{CSI}42D{CSI}2C" + "+" * 76 + at(23, 70) + f"{CSI}42C{CSI}2D"
    out += "".join(f"+{CSI}1D{CSI}1D\b" for _ in range(76)) + at(1, 1) + f"{CSI}10A{CSI}1A{CSI}0A" + at(24, 80)
    out += f"{CSI}10B{CSI}1B{CSI}0B" + at(10, 12) + (" " * 58 + f"{CSI}1B{CSI}58D") * 5 + f"{CSI}5A{CSI}1CThe screen."
    out += page("Autowrap") + f"{CSI}3;21r{CSI}?6h"
    for number in range(26):
        upper, lower = chr(65 + number), chr(97 + number)
        out += [at(19, 1, upper) + at(19, 80, lower) + "\n", at(18, 80, upper + lower) + at(19, 80) + "\b \b" + lower
                + "\n", at(19, 80, upper + "\b\b\t\t") + lower + at(19, 2, "\b" + upper) + "\n",
                at(19, 80) + "\r\n" + at(18, 1, upper) + at(18, 80, lower)][number % 4]
    out += page("Controls inside of sequences") + "A B C D E F G H I\r\n"
    out += "".join(f"{CSI}2\bC{letter}" for letter in "ABCDEFGHI") + "\r\nA "
    out += "".join(f"{CSI}\r{2 * n + 1}C{chr(65 + n)}" for n in range(1, 9)) + "\r\n" + "".join(
        f"{CSI}1{chr(11)}A{letter} " for letter in "ABCDEFGHI")
    out += page("Leading zeros") + f"{CSI}00000000004;000000001HThis is row 4{CSI}0000;0000H"
    out += page("Tabs") + f"{CSI}3g" + "".join(f"{CSI}3C{ESC}H" for _ in range(26)) + "\r"
    out += "".join(f"{CSI}2C{CSI}g" if n % 2 else "\t*" for n in range(20)) + "\r\n" + "\t*" * 30
    out += f"\r\n\t\ta{CSI}2Zb{CSI}99Zc"
    return out


def wraps():
    """A wrap that is pending, and everything that keeps or ends it."""
    out = page("Pending wrap")
    full = "0123456789" * 8
    for number, sequence in enumerate(after for after in AFTER_FULL if after[-1] != "b"):
        out += at(number % 20 + 3, 1, full + sequence + "<>")
        if number % 20 == 19:
            out += page("Pending wrap again")
    out += page("Without wrapping") + f"{CSI}?7l" + full + "abc\r\n" + full + f"\b\bxyz{CSI}?7h\r\n"
    out += full + f"{CSI}?7lA{CSI}?7hB" + at(24, 1, full) + full + full + "end"
    return out


def margins():
    """vttest 2: margins, origin mode, soft scrolling, and what respects them."""
    out = page("Margins")
    for top, bottom in [(1, 24), (12, 13), (5, 20), (1, 5), (20, 24)]:
        out += f"{CSI}{top};{bottom}r{CSI}?6h" + at(99, 1)
        out += "".join(f"line {n} within {top} and {bottom}\r\n" for n in range(30))
        out += at(1, 1) + "".join(f"{ESC}Mup {n}\r" for n in range(25)) + f"{CSI}?6l" + at(1, 40, "absolute")
    out += page("Outside") + f"{CSI}8;16r" + at(4, 1) + f"a{CSI}99Bb" + at(20, 1) + f"c{CSI}99Ad" + at(10, 1)
    out += f"e{CSI}99Ff{CSI}99Eg" + at(24, 1) + "h\n\ni" + at(1, 1) + f"{ESC}M{ESC}Mj"
    out += at(12, 5) + f"m{CSI}4Ln" + at(9, 1) + f"o{CSI}3Mp" + at(10, 9) + f"{CSI}2S{CSI}5Tq{CSI}40Sr"
    out += f"{CSI}16;8r" + at(10, 1, "s") + f"{CSI}8;8rt{CSI}ru{CSI};12rv{CSI}9;rw{CSI}5;99rx"
    out += page("Origin") + f"{CSI}5;10r{CSI}?6hA{CSI}3;3HB{CSI}99;9HC{CSI}2dD{CSI}9dE{ESC}7{CSI}?6lF{ESC}8G"
    return out + f"{CSI}r{CSI}HH{CSI}?6l"


def editing():
    """vttest 8: insert and delete of characters and lines, erasing with colours, repeating."""
    out = page("Editing")
    for row in range(2, 25):
        out += at(row, 1, chr(63 + row) * 80)
    out += at(4, 1) + f"{CSI}2;23r{CSI}?6h" + at(1, 1) + f"{CSI}3L{CSI}5M" + at(99, 99) + f"{CSI}M{CSI}L{CSI}?6l{CSI}r"
    for row in range(2, 12):
        out += at(row, row * 3) + f"{CSI}{row}P" + at(row + 11, row * 3) + f"{CSI}{row}@{CSI}4hins{CSI}4lert"
    out += at(5, 76) + f"{CSI}4h" + "over" + f"{CSI}4l" + at(6, 10) + f"{CSI}5Xx{CSI}99X" + at(7, 1) + f"{CSI}X"
    out += at(8, 70) + f"{CSI}9@" + at(9, 70) + f"{CSI}99P" + at(10, 1) + f"{CSI}99Ly" + at(12, 1) + f"{CSI}99M"
    out += page("Colours") + f"{CSI}44;31;1;4m"
    for row in range(3, 23):
        out += at(row, 1, "colour" * 10) + at(row, 20)
        out += [f"{CSI}K", f"{CSI}1K", f"{CSI}2K", f"{CSI}5X", f"{CSI}5P", f"{CSI}5@", f"{CSI}2L", f"{CSI}M", f"{CSI}S",
                f"{CSI}T"][row % 10] + f"{CSI}{40 + row % 8}m"
    out += f"{CSI}46m" + at(24, 1) + "\n\n" + at(1, 1) + f"{ESC}M{CSI}J{CSI}0mend"
    out += at(12, 40) + f"{CSI}42m{CSI}1J{CSI}m"
    out += page("Repeat") + f"a{CSI}5b{CSI}1;35m-{CSI}20b{CSI}m\r\n*{CSI}b|{CSI}60b\r\nx{CSI}0b"
    return out


def sets_and_styles():
    """vttest 3 and 11: character sets, every attribute, indexed and direct colours."""
    out = page("Sets")
    glyphs = "".join(chr(code) for code in range(0x20, 0x7F))
    for name in "B0":
        out += f"{ESC}({name}{glyphs}\r\n{ESC}){name}\x0e{glyphs}\x0f\r\n"
    out += f"{ESC}(B{ESC})0lqk\x0elqk\x0flqk{ESC}7\x0e{ESC}8lqk{ESC}(0lqk{ESC}7{ESC}(B{ESC}8lqk{ESC}(B\r\n"
    out += page("Styles")
    for code in [0, 1, 2, 3, 4, 5, 7, 8, 9, 21, "4:2", "4:3", "4:4", "4:5", "1;4", "1;5;7", "3;9;2", 30, 37, 41, 90,
                 97, 100, 107, "38;5;9", "48;5;200", "38;2;1;2;3", "48;2;4;5;6", "38:5:77", "38:2::9:8:7"]:
        out += f"{CSI}{code}m{code!s:12}{CSI}m "
    for on, off in [(1, 22), (2, 22), (3, 23), (4, 24), (5, 25), (7, 27), (8, 28), (9, 29), (31, 39), (42, 49)]:
        out += f"{CSI}1;2;3;4;5;7;8;9;31;42m{CSI}{off}m{on}/{off}{CSI}0m "
    out += f"\r\n{CSI};1mempty first{CSI}31;mand last{CSI}0;32;1mmany{CSI}m"
    for index in range(256):
        out += f"{CSI}48;5;{index}m {CSI}38;5;{255 - index}m#"
    return out + f"{CSI}m"


def screens():
    """vttest 11: alternate screens, saved cursors, soft and full reset, modes."""
    out = page("Main") + "".join(f"main {n}\r\n" for n in range(30))
    for mode in [47, 1047, 1049]:
        out += at(9, 9) + f"{CSI}?{mode}h{CSI}32malternate {mode}" + at(3, 3) + f"{ESC}7"
        out += at(20, 20) + f"x{ESC}8y{CSI}45m{CSI}J{CSI}2;5r" + at(5, 1) + f"\n\n\nz{CSI}r{CSI}0m"
        out += at(15, 15) + f"{CSI}?{mode}l" + f"back from {mode}{CSI}0m"
    out += at(2, 2) + f"{CSI}s" + at(13, 13, "c") + f"{CSI}ud"
    out += f"{CSI}?1h{ESC}={CSI}?25l{CSI}?2004h{CSI}4h{CSI}5 q{CSI}?1000h{CSI}?1006h{CSI}?1004h"
    out += at(14, 1) + f"{CSI}3;20r{CSI}4l{CSI}?25h{CSI}?1l{ESC}>{CSI}?6l{CSI}r"
    out += f"after a reset by hand{CSI}?1000;1006;1004l{CSI}?5h{CSI}?5l"
    out += f"{CSI}?1049h{CSI}Hgone{CSI}?1049l{ESC}c" + "after a full reset"
    out += "".join(f"\r\nline {n}" for n in range(40)) + f"{CSI}3J{CSI}?1049h"
    return out + "".join(f"\r\nhere {n}" for n in range(40))


def disputed():
    """What tmux 3.3 does otherwise than xterm: not shown to tmux, but to this terminal and its snapshots."""
    out = page("Outside of the margins, lines are neither inserted nor deleted") + f"{CSI}8;16r" + at(20, 1, "c")
    out += f"{CSI}3Lk{CSI}2Ml{CSI}r" + page("A restored cursor is kept within margins")
    out += f"{CSI}5;10r{CSI}?6h{CSI}9d"
    out += f"{ESC}7{CSI}?6l{CSI}2;3r{ESC}8I{CSI}?6l{CSI}r" + page("British") + f"{ESC}(A# {ESC}(B#{ESC})A\x0e#\x0f#"
    for on in [47, 1047, 1049]:
        out += page("A saved cursor for each screen") + at(7, 7, f"{CSI}33m{ESC}7{CSI}0m") + f"{CSI}?{on}h" + at(3, 3)
        out += f"{ESC}7" + at(9, 9) + f"{ESC}8y{CSI}?{on}l{ESC}8z{CSI}20h{CSI}?25l{CSI}?1h{CSI}2;9r{CSI}?6h{CSI}!p"
        out += " after"
    out += page("Modes of both screens") + f"{CSI}?1049h{ESC}c" + "left by a reset" + f"{CSI}20ha\nb{CSI}20l"
    out += at(2, 2) + f"{CSI}?1048h" + at(12, 12, "a") + f"{CSI}?1048lb{CSI}0;0rc{CSI}53moverlined{CSI}m"
    out += page("Wrapping inserted text") + "G" * 75 + at(1, 76) + f"{CSI}4hoverflowing{CSI}4l"
    out += page("Repeat") + f"{CSI}1;35m-{CSI}100b{CSI}m\r\n|{CSI}79b"
    out += at(12, 12) + f"{CSI}5a{CSI}3ex"
    out += at(2, 9, f"{CSI}99@") + f"{CSI}41m{CSI}?6h{CSI}?1049h{CSI}m{CSI}?6l{CSI}?1049lx"
    out += page("Tabs") + f"{CSI}3Ia{CSI}99Ib"
    for number, cut in enumerate(CUTS):
        out += at(8 + number, 1, "漢字漢字漢字e\u0301漢字") + at(8 + number, 4 + number % 2 * 3) + cut + "|"
    for number, piece in enumerate(["0123456789" * 8 + after + "<>" for after in AFTER_FULL]):
        out += at(number % 20 + 3, 1, piece)
    return out


def scripts():
    """Wide and combining characters, emoji, and what cuts them in half."""
    lines = ["漢字とひらがなとカタカナ、全角。", "한국어 텍스트를 여기에 적는다", "中文文本：你好，世界",
             "ｆｕｌｌｗｉｄｔｈ　ｔｅｘｔ", "Ελληνικά и кириллица",
             "e\u0301a\u0308o\u0302\u0323 cafe\u0301", "नमस्ते", "ไทย", "🎉🥳🚀😀 emoji",
             "עברית العربية", "│├─┤┼┴┬└┘┌┐ ▀▄█░▒▓",
             "ﬁ ﬂ ½ € ™ … — “”", "x\u0336y\u0336z\u0336"]
    out = page("Scripts")
    for number, line in enumerate(lines):
        out += f"{CSI}{31 + number % 7}m{line}{CSI}m\r\n"
    out += page("Margins") + ("漢字" * 25 + "\r\n") * 3 + "x" + "漢字" * 25 + "\r\n" + " " * 79 + "漢\r\n"
    out += "a" * 79 + "e\u0301" + "\u0302" + "b" + "\r\n" + f"{CSI}?7l" + "x" + "漢" * 50 + f"{CSI}?7h\r\n"
    for row in range(2, 20):
        out += at(row, 1, "".join(random.Random(row).choice(lines) for _ in range(2))[:38])
    for row in range(2, 20, 3):
        out += at(row, 1, "漢字" * 9) + at(row, row // 2 * 4 + 1) + [f"{CSI}2P", f"{CSI}2@", f"{CSI}2X", "漢"][row % 4]
    return out


def joined():
    """Emoji that are joined or varied: terminals disagree about their widths."""
    return page("Joined") + "👨‍👩‍👧 ❤️ 🏳️‍🌈 👍🏽 ☎️ 1️⃣ 🇩🇪\r\n" * 8 + "👩‍🚀" * 60


def mixed():
    """All of that in no order, from a steady generator."""
    choose = random.Random(2026)
    pieces = ["text ", "longer text here ", "漢字", "e\u0301", "x" * 30, "\r\n", "\r\n", "\n", "\r", "\t", "\b",
              "\x0e", "\x0f",
              f"{ESC}7", f"{ESC}8", f"{ESC}D", f"{ESC}M", f"{ESC}E", f"{ESC}H", f"{ESC}(0", f"{ESC}(B", f"{ESC})0",
              f"{CSI}4h", f"{CSI}4l", f"{CSI}?6h", f"{CSI}?6l", f"{CSI}?7l", f"{CSI}?7h", "other screen",
              f"{CSI}r", f"{CSI}m", f"{CSI}1m", f"{CSI}41m", f"{CSI}7;32m", f"{CSI}4:3m", f"{CSI}48;5;99m"]
    # Each screen has a saved cursor at all times, saved on it.
    out, alternate = f"{ESC}7", False
    for _ in range(6000):
        kind = choose.random()
        if kind < 0.55:
            # Lines are short: what follows a full one is in another transcript.
            out += at(choose.randint(1, 24), choose.randint(1, 40)) * (choose.random() < 0.5)
            piece = choose.choice(pieces)
            if piece == "other screen":
                alternate = not alternate
                # tmux's 1049 leaves the character sets as they are; xterm's saves and restores them.
                piece = f"{CSI}m{CSI}?6l{ESC}(B{ESC})B\x0f{CSI}?1049{'h' if alternate else 'l'}{ESC}7"
            out += piece
        elif kind < 0.75:
            out += at(choose.randint(1, 24), choose.randint(1, 80))
        elif kind < 0.95:
            out += f"{CSI}{choose.randint(1, 12)}{choose.choice('ABCDEFGPSTX@GdZ')}"
        elif kind < 0.99:
            out += f"{CSI}{choose.randint(0, 2)}{choose.choice('JK')}"
        else:
            out += f"{CSI}{choose.randint(1, 12)};{choose.randint(10, 24)}r"
    return out


for name, make in [("moves", moves), ("wraps", wraps), ("margins", margins), ("editing", editing),
                   ("sets-and-styles", sets_and_styles), ("screens", screens), ("scripts", scripts), ("joined", joined),
                   ("disputed", disputed), ("mixed", mixed)]:
    (HERE / f"{name}.bin").write_bytes(make().encode())
