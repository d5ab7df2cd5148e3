"""In which languages patients are spoken to: on the kiosk's screens, and on the sheet that staff give them. One list.

French is the language that every sentence is written in; another one is here when all of them are translated.
"""

from dataclasses import dataclass

SOURCE = "fr"


@dataclass(frozen=True, slots=True)
class Language:
    code: str  # ISO 639-1, as gettext names its folder
    name: str  # as those who speak it write it
    in_french: str  # as staff read it in a sentence
    is_rtl: bool = False  # written from right to left


LANGUAGES = {
    one.code: one
    for one in (
        Language(SOURCE, "Français", "en français"),
        Language("en", "English", "en anglais"),
        Language("es", "Español", "en espagnol"),
        Language("pt", "Português", "en portugais"),
        Language("ar", "العربية", "en arabe", is_rtl=True),
    )
}
