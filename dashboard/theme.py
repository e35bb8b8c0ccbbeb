"""How the dashboard looks: colours for light and dark, and the font it carries, as Streamlit's options."""

from __future__ import annotations

from typing import Any, Final

FONT: Final = "Vazirmatn"

_ARABIC = "U+0600-06FF,U+0750-077F,U+0870-08FF,U+200C-200E,U+2010-2011,U+FB50-FDFF,U+FE70-FEFC,U+1EE00-1EEF1"
_LATIN = (
    "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,"
    "U+2000-200B,U+200F,U+2012-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD"
)
_LATIN_MORE = (
    "U+0100-0130,U+0132-0151,U+0154-02BA,U+02BD-02C5,U+02C7-02CC,U+1E00-1E9F,U+20A0-20AB,U+20AD-20C0"
)

LIGHT: Final[dict[str, Any]] = {
    "primaryColor": "#0f766e",
    "backgroundColor": "#ffffff",
    "secondaryBackgroundColor": "#f3f6f7",
    "textColor": "#16232b",
    "linkColor": "#0b6b64",
    "borderColor": "#dfe6ea",
    "redColor": "#c2410c",
    "greenColor": "#15803d",
    "chartCategoricalColors": [
        "#0f766e", "#d97706", "#4f46e5", "#be185d", "#0284c7", "#65a30d", "#7c3aed", "#78716c",
    ],
}  # fmt: skip
DARK: Final[dict[str, Any]] = {
    "primaryColor": "#2dd4bf",
    "backgroundColor": "#0f171e",
    "secondaryBackgroundColor": "#18232c",
    "textColor": "#e6eef2",
    "linkColor": "#5eead4",
    "borderColor": "#2b3a45",
    "redColor": "#fb923c",
    "greenColor": "#4ade80",
    "chartCategoricalColors": [
        "#2dd4bf", "#fbbf24", "#818cf8", "#f472b6", "#38bdf8", "#a3e635", "#a78bfa", "#a8a29e",
    ],
}  # fmt: skip

SHARED: Final[dict[str, Any]] = {
    "font": f"{FONT}, sans-serif",
    "baseFontSize": 15,
    "baseRadius": "0.6rem",
    "showWidgetBorder": True,
    "headingFontSizes": ["1.75rem", "1.3rem", "1.1rem", "1rem", "0.95rem", "0.9rem"],
    "headingFontWeights": [700, 650, 650, 600, 600, 600],
    "fontFaces": [
        {
            "family": FONT,
            "url": f"app/static/vazirmatn-{part}-wght-normal.woff2",
            "weight": "100 900",
            "style": "normal",
            "unicodeRange": span,
        }
        for part, span in (("arabic", _ARABIC), ("latin", _LATIN), ("latin-ext", _LATIN_MORE))
    ],
}

OPTIONS: Final[dict[str, Any]] = (
    {f"theme_{name}": value for name, value in SHARED.items()}
    | {f"theme_light_{name}": value for name, value in LIGHT.items()}
    | {f"theme_dark_{name}": value for name, value in DARK.items()}
    | {
        "theme_light_sidebar_backgroundColor": "#f3f6f7",
        "theme_light_sidebar_secondaryBackgroundColor": "#e6edef",
        "theme_dark_sidebar_backgroundColor": "#0b1218",
        "theme_dark_sidebar_secondaryBackgroundColor": "#18232c",
    }
)
"""What ``streamlit.web.bootstrap`` takes as flags: the dots of a name written as underscores."""
