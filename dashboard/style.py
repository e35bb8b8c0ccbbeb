"""Rules that make a page run from right to left, and the few that both directions need. Constants only.

Streamlit has no such option. Each rule hangs on a ``data-testid`` of version 1.67; the browser test
looks at what comes out, so a release that renames one shows.
"""

from __future__ import annotations

from typing import Final

BOTH: Final = """
[data-testid="stMainBlockContainer"] { padding-top: 3.2rem; padding-bottom: 3rem; max-width: 76rem; }
[data-testid="stStatusWidget"], .st-key-address, [data-testid="InputInstructions"] { display: none; }
textarea, [data-testid="stTextInput"] input { unicode-bidi: plaintext; text-align: start; }
:is(a, button, input, textarea, summary, [tabindex="0"]):focus-visible
  { outline: 2px solid var(--st-primary-color, #0f9d8a); outline-offset: 2px; }
[data-testid="stCode"] :is(pre, code) { unicode-bidi: plaintext; text-align: start; }
[data-testid="stButtonGroup"] > div { flex-wrap: wrap; }
[data-testid="stHeading"] h1 { padding-bottom: 0.7rem; }
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding-inline: 0.9rem; }
}
"""

RIGHT_TO_LEFT: Final = """
html { direction: rtl; }
[data-testid="stElementContainer"], [data-testid="stMarkdownContainer"], [data-testid="stHeading"],
[data-testid="stText"], [data-testid="stCaptionContainer"] { text-align: start; }
[data-testid="stVegaLiteChart"], [data-testid="stDataFrame"], [data-testid="stCode"],
[data-testid="stDateInputField"] { direction: ltr; }
[data-testid="stMarkdownContainer"] ul, [data-testid="stMarkdownContainer"] ol
  { padding-inline-start: 1.5em; padding-inline-end: 0; }
[data-testid="stPaginationPrev"], [data-testid="stPaginationNext"],
[data-testid="stSidebarCollapseButton"] button, [data-testid="stExpandSidebarButton"],
[data-testid="stExpander"] summary > span > span:first-child [data-testid="stIconMaterial"]
  { transform: scaleX(-1); }
[data-testid="stButtonGroup"] > div { gap: 2px; }
[data-testid="stButtonGroup"] button { margin: 0; }
button[data-variant="segmented_control"] { border-radius: 0.5rem; border: 1px solid
  color-mix(in srgb, currentColor 25%, transparent); }
button[data-variant="segmented_control"][aria-checked="false"]
  { border-color: color-mix(in srgb, currentColor 25%, transparent) !important; }
.stApp:has([data-testid="stExpandSidebarButton"]) [data-testid="stSidebar"] { display: none; }
[data-testid="stSidebarResizeHandle"] { inset-inline-end: -6px; }
"""


def rules(language: str) -> str:
    """The style block of a page in this language."""
    return f"<style>{BOTH}{RIGHT_TO_LEFT if language == 'fa' else ''}</style>"
