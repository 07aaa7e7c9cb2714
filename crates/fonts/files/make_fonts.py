#!/usr/bin/env python3
"""Makes the two built-in fonts of kapok-design from Debian's packages `fonts-inter` and `fonts-noto-cjk`.

Both sources are under the SIL Open Font License 1.1 (texts beside this file). The subsets carry names of their own, so
no reserved font name is used. Needs `pip install fonttools`.

    apt-get download fonts-inter fonts-noto-cjk
    for package in *.deb; do dpkg -x "$package" source; done
    python3 make_fonts.py source/usr/share/fonts/opentype .

kapok-latin-bold.otf   Inter Bold: ASCII, Latin-1, Latin Extended-A, common punctuation.
kapok-han-regular.otf  Noto Sans CJK SC Regular (bolder strokes would close the small counters of dense characters
                       when they are drawn with points): ASCII, Latin-1, CJK punctuation and full-width forms, and the 3,755 most
                       used simplified characters (level 1 of GB/T 2312) with a few that shows need beside them.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x149), *range(0x14A, 0x180)]
PUNCTUATION = [0x2010, 0x2011, 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026, 0x20AC, 0x2122, 0x2190,
               0x2191, 0x2192, 0x2193, 0x2212]
HAN_FORMS = [*range(0x3000, 0x3018), 0x301C, 0x30FB, *range(0xFF01, 0xFF5F), 0x2605, 0x2606, 0x2665, 0x25CF, 0x25CB]
# Beyond level 1, or written in the traditional way on festive pictures.
HAN_EXTRA = "囍春龍鳳馬雞羊豬財壽慶賀樂萬歲國廣東灣臺門華開飛機無與為樓橋電氣雲夢愛禧穗"


def gb2312_level_1():
    """Rows 16 to 55 of GB/T 2312, the characters in use every day."""
    characters = []
    for row in range(16, 56):
        for cell in range(1, 95):
            try:
                characters.append(ord(bytes([0xA0 + row, 0xA0 + cell]).decode("gb2312")))
            except UnicodeDecodeError:
                pass  # the last five cells of row 55 are empty
    return characters


def make(source, number, family, style, unicodes, notice, target):
    font = TTFont(source, fontNumber=number)
    options = subset.Options()
    options.hinting = False
    options.layout_features = ["kern", "mark", "mkmk"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG", "meta", "STAT"]
    options.glyph_names = False
    options.notdef_outline = True
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=unicodes)
    subsetter.subset(font)
    missing = set(unicodes) - set(font.getBestCmap())
    if missing:
        print(family, "lacks", " ".join(f"U+{code:04X}" for code in sorted(missing)))
    post_script = f"{family.replace(' ', '')}-{style}"
    for record in list(font["name"].names):
        new = {0: notice, 1: family, 2: style, 3: f"Kapok;{post_script}", 4: f"{family} {style}", 6: post_script}
        if record.nameID in new:
            record.string = new[record.nameID]
    if "CFF " in font:
        cff = font["CFF "].cff
        cff.fontNames = [post_script]
        top = cff.topDictIndex[0]
        for key, value in {"FullName": f"{family} {style}", "FamilyName": family, "Notice": notice}.items():
            if hasattr(top, key):
                setattr(top, key, value)
        for key in ("Copyright", "version"):
            if key in top.rawDict:
                del top.rawDict[key]
    font["head"].modified = font["head"].created  # the same bytes whenever it is made
    font.recalcTimestamp = False
    font.save(target)
    print(target, Path(target).stat().st_size, "bytes,", font["maxp"].numGlyphs, "glyphs")


def main():
    fonts, out = Path(sys.argv[1]), Path(sys.argv[2])
    ofl = " This Font Software is licensed under the SIL Open Font License, Version 1.1."
    make(fonts / "inter/Inter-Bold.otf", -1, "Kapok Latin", "Bold", LATIN + PUNCTUATION,
         "Copyright (c) 2016-2022 The Inter Project Authors; subset for Kapok." + ofl, out / "kapok-latin-bold.otf")
    han = {c for c in LATIN if c < 0x100} | set(PUNCTUATION) | set(HAN_FORMS) | set(gb2312_level_1()) | {ord(c) for c in HAN_EXTRA}
    make(fonts / "noto/NotoSansCJK-Regular.ttc", 2, "Kapok Han", "Regular", sorted(han),
         "Copyright 2014-2021 Adobe; subset for Kapok." + ofl, out / "kapok-han-regular.otf")


main()
