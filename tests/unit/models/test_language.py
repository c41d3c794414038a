"""The language of a customer's words: told from few of them, and not told where they do not say it."""

import time

import pytest

from benchmarks import data
from segue.models.language import LANGUAGES, language_of

WRITTEN = {
    "en": ["The tent leaks at the seam, what now?", "Could you resend the invoice for May?"],
    "de": ["Das Zelt ist an der Naht undicht", "Können Sie mir die Rechnung noch einmal schicken?"],
    "fr": ["La tente prend l'eau au niveau des coutures", "Pouvez-vous me renvoyer la facture ?"],
    "es": ["La tienda de campaña gotea por la costura", "¿Me pueden reenviar la factura?"],
    "it": ["La tenda perde acqua dalla cucitura", "Potete rimandarmi la fattura, per favore?"],
    "nl": ["De tent lekt bij de naad", "Kunt u mij de factuur nog een keer sturen?"],
    "pt": ["A tenda deixa entrar água pela costura", "Podem enviar-me a fatura novamente?"],
    "pl": ["Namiot przecieka przy szwie", "Czy mogą Państwo ponownie wysłać fakturę?"],
    "sv": ["Tältet läcker vid sömmen", "Kan ni skicka fakturan en gång till?"],
    "ru": ["Палатка протекает по шву", "Пришлите, пожалуйста, счёт ещё раз"],
    "ja": ["テントの縫い目から水が漏れます"],
    "zh": ["帐篷的接缝处漏水怎么办"],
}


@pytest.mark.parametrize(("language", "text"), [(key, text) for key, texts in WRITTEN.items() for text in texts])
def test_a_sentence_is_enough(language: str, text: str) -> None:
    assert language_of(text) == language
    assert language in LANGUAGES


@pytest.mark.parametrize(
    "text", ["", " ", "481207", "???", "ok", "👍", "AB-1234-XY", "asdf qwer", "https://example.com/hilfe", "\udcff"]
)
def test_what_says_nothing_has_no_language(text: str) -> None:
    assert language_of(text) == ""


def test_codes_addresses_and_capitals_do_not_change_the_language() -> None:
    assert language_of("BITTE STORNIEREN SIE DIE BESTELLUNG") == "de"
    assert (
        language_of("Wo ist AB-1234-XY? Bitte an jane.where@example.com, see https://example.com/where-is-it") == "de"
    )


def test_real_messages_in_english_are_hardly_ever_taken_for_anything_else() -> None:
    try:
        texts = [line["text"] for line in data.lines(data.folder("banking77") / "train.jsonl")][::20]
    except FileNotFoundError as missing:
        pytest.skip(str(missing))
    told = [language_of(text) for text in texts]
    assert sum(language == "en" for language in told) / len(told) >= 0.98
    assert sum(language not in ("en", "") for language in told) / len(told) <= 0.005


def test_no_text_takes_long() -> None:
    language_of("hello")  # the model is loaded once
    began = time.process_time()
    for text in ("x" * 100_000, "<" * 100_000, "@" * 100_000, "1" * 100_000, "www." * 25_000, "\0" * 100_000):
        language_of(text)
    assert time.process_time() - began < 1
