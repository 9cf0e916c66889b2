"""Texts that have broken programs that read texts, as one strategy for all tests."""

from hypothesis import strategies as st

# Each is a kind: what was written once in some file, and what stopped something that read it.
HOSTILE = [
    *("9" * n for n in (20, 400, 5000)),
    *(f"&#{sign}{'9' * n};" for sign in ("", "x", "-") for n in (3, 12, 5000)),
    "&#0;", "&#xD800;", "&#x110000;", "&" * 400, "&amp;" * 99, "&notanentity;", "&#;", "&#x;",
    "\x00", "\x01\x02\x1b[31m", "\x7f\x85\xa0", "\ud83d", "\udc80 \ud800", "\ufdd0\uffff\U0010ffff",
    "\u202e\u2066reversed\u2069", "\u200b\u200d\ufeff\u00ad", "e" + "\u0301" * 300, "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
    "1e999", "-1e999", "nan", "inf", "None", "null", "0x" + "f" * 300, "٣٤٥ ๑๒ ²³ ½ Ⅷ 一二", "20२५",
    "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", "\r=1", "a;=1", "'=1", "'",
    "<script>alert(1)</script>", "</script><!--", "<![CDATA[", "]]>", "${x}", "{{x}}", "%s%n", "{0}",
    "\\", "\\input{/etc/passwd}", "\\def\\x{\\x}\\x", "$" * 300, "{" * 300, "}" * 300, "\\{" * 99,
    "$x" * 200, "\\cite[" * 99, "@article{a,", "TY  - JOUR\nER  - \n", "\nER  - ", '"', '""",', "'" * 9,
    "../../etc/passwd", "a\x00b/c", "C:\\con", "javascript:alert(1)", "data:text/html,x", "10.1/<x>",
    "http://" + "a" * 2000, "10." + "1" * 9 + "/" + "x" * 2000, "a@" * 400, "© " * 99, "(" * 400,
    "强化学习用于机器人抓取", "強化学習でロボットが把持する", "로봇이 컵을 잡는다", "робот берёт чашку", "הרובוט תופס כוס",
    "الروبوت يمسك الكوب", "रोबोट कप पकड़ता है", "หุ่นยนต์จับแก้ว", "ρομπότ πιάνει", "ロボット" * 200, "𝐑𝐨𝐛𝐨𝐭", "ﬁﬂﬀ",
    "ẞßİıſŉǰΐ", "🤖👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿", "A" * 4000, "a b " * 900, "a, " * 900, "a. B " * 700, "-" * 900, "1,2-" * 300, "\n" * 900,
    " \t" * 900, "(RL) " * 300, "a/b" * 300, "O'" * 300,
]  # fmt: skip
# Any characters: half of a surrogate pair and control characters too.
ANY = st.text(st.characters(codec=None), max_size=80)
HOSTILE_TEXTS = st.lists(st.sampled_from(HOSTILE) | ANY, min_size=1, max_size=3).map(" ".join)
