"""The Alt letters of the form; none is a letter of the menu bar (F E V P A S T H)."""

LETTERS = {
    "sym": "Y",
    "asb": "X",
    "plt": "L",
    "wbc": "W",
    "ldh": "D",
    "tp": "O",
    "alb": "M",
    "crp": "C",
    "pldh": "R",
    "ppro": "I",
    "no_fluid": "N",
    "sample": "B",
}


def with_mnemonic(text: str, name: str) -> str:
    """Return the text with its Alt letter marked: in the word, or else in brackets."""
    letter = LETTERS.get(name)
    if letter is None:
        return text
    place = text.upper().find(letter)
    if place < 0:
        return f"{text}(&{letter})"
    return f"{text[:place]}&{text[place:]}"
