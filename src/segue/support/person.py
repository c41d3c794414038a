"""Who asks for a human being, in the languages that customers write most; who only speaks of one does not."""

from __future__ import annotations

import re

_ENDS = (
    r"(?=\W*$|\s*[,.!?;:)\n]|\s+(?:please|pls|now|to|who|and|not|on|in|at|for|from|here|about|instead|or|call|look|asap"
    r"|immediately|today|rather|that|can|is|regarding)\b)"
)
"""After a noun: it stands for itself, unlike in `human resources` or `agent software`."""
_PEOPLE = (
    r"(?:(?:an?|the|some|any|your|another|one of your)\s+)?"
    r"(?:(?:real|live|actual|human|proper)\s+(?:person|people|agents?|beings?|representatives?|operators?|human"
    r"|employee|support|help|contact|advis[eo]r|colleague)"
    rf"|(?:humans?(?:\s+beings?)?|agent|operator|representative|supervisor){_ENDS}"
    r"|someone\s+(?:real|human)|somebody\s+(?:real|human)|member of (?:your |the )?(?:staff|team)"
    r"|person in charge|one of your (?:people|colleagues|advis[eo]rs|staff))"
)
_REACH = (
    r"(?:(?<!do i need to )(?<!do i have to )(?:talk|speak|chat|write|deal|discuss|get (?:hold of|through to)|reach"
    r"|connect(?:ed)?(?: me)?|put (?:me )?through|transfer(?:red)? me|transferred"
    r"|pass (?:me|this|it|my \w{1,12})(?: on)?"
    r"|hand (?:me|this|it|my \w{1,12}) over|get me|a call (?:with|from)))"
)
_ENGLISH = (
    rf"\b{_REACH}\b[^.?!\n]{{0,25}}\b(?:{_PEOPLE}|(?:a|another) person|(?:your|the|a) (?:manager|boss))\b",
    r"\btransfer (?:this )?to (?:an? |the )?(?:agent|human|operator|representative)\b",
    (
        r"\b(?:insist on|want to|need to|like to|let me|must) (?:talk|speak|chat)(?:ing)? (?:to|with)"
        r" (?:your )?customer"
        r" (?:service|care|support)\b"
    ),
    r"\b(?:talk|speak|chat) (?:to|with) (?:someone|somebody)\b",
    r"\b(?:connect me|put me through|(?:pass|hand) (?:me|this|it) (?:on|over)) (?:to|with) (?:someone|somebody)\b",
    (
        r"\b(?:want|need|(?:would|'d) like|prefer|give me|get|(?:can|could|may) (?:i|we)(?: please)? (?:have|get))\s+"
        rf"(?:to (?:have|see)\s+)?(?:{_PEOPLE}|a person{_ENDS})"
    ),
    rf"\b(?:is|are) there {_PEOPLE}|\bwhere (?:is|are) (?:the |your |all the )?(?:humans?|real people)\b",
    r"\bis (?:anyone|anybody|someone) (?:human|real)\b",
    (
        r"\b(?:have|let|can|could) (?:an? (?:actual |real )?(?:person|human)|someone (?:real|human)) (?:please )?"
        r"(?:answer|call|check|contact|deal|handle|help|look|read|reply|respond|see|take|talk|write)\b"
    ),
    (
        r"\b(?:can|could|would|will|have|let) (?:please )?(?:someone|somebody"
        r"|(?:an?|your|the) (?:colleague|manager|advis[eo]r)"
        r"|one of your \w{1,15})(?: of yours| (?:from|in|on|at) your \w{1,20})?(?: please)?"
        r" (?:please )?(?:call|ring|phone|give me a (?:call|ring)|take over)\b(?! (?:off|out|up))"
    ),
    r"\bescalate\b[^.?!\n]{0,20}\b(?:manager|supervisor|human|person|someone)\b",
    r"\b(?:no|not|without) (?:a |another |more )?(?:ro)?bots?\b[^.?!\n]{0,20}\bplease\b|\bno (?:ro)?bots? please\b",
    r"\bwith a (?:human|real person),? please\b",
    (
        r"\A\W*(?:(?:an?|real|live|human)\s+)*(?:human|agent|operator|representative|person|supervisor"
        r"|human (?:help|support))"
        r"(?:[\s,]+(?:please|pls|now))*\W*\Z"
    ),
)
_GERMAN_PEOPLE = (
    r"(?:mensch(?:en)?|mitarbeiter(?:in)?s?|person|kunden(?:berater|betreuer|service)(?:in)?|berater(?:in)?|vorgesetzten?"
    r"|chefs?|teamleiter(?:in)?|kolleg(?:en|in)|jemand(?:em|en)?|(?:menschlichen )?ansprechpartner(?:in)?)"
)
_GERMAN = (
    (
        rf"\bmit (?:\w{{1,12}} ){{0,3}}{_GERMAN_PEOPLE}\b[^.?!\n]{{0,20}}"
        r"\b(?:sprechen|reden|telefonieren|chatten|verbinden)\b"
    ),
    r"\bverbinden? (?:sie )?mich\b|\bstell(?:en|t)? (?:sie )?mich\b[^.?!\n]{0,25}\bdurch\b",
    rf"\b(?:leiten|leite) (?:sie )?(?:mich|das|es)\b[^.?!\n]{{0,25}}\b{_GERMAN_PEOPLE}\b",
    (
        r"\b(?:kann|könnte|soll|möge) (?:mich|mir) (?:bitte )?(?:jemand|ein mitarbeiter|einer)\b[^.?!\n]{0,15}"
        r"\b(?:an|zurück)rufen\b|\brufen sie mich\b[^.?!\n]{0,15}\b(?:an|zurück)\b"
    ),
    rf"\bgeben sie mir\b[^.?!\n]{{0,15}}\b{_GERMAN_PEOPLE}\b",
    r"\bgibt es\b[^.?!\n]{0,20}\b(?:menschen|mitarbeiter|echte person)\b",
    (
        r"\b(?:will|möchte|brauche|hätte gerne?) (?:bitte )?(?:einen?|ne) (?:\w{1,12} )?"
        r"(?:menschen|mitarbeiter(?:in)?|person|ansprechpartner(?:in)?)\b"
    ),
    r"\bkein(?:en)? (?:chat)?(?:bot|roboter)\b[^.?!\n]{0,20}\bbitte\b",
    rf"\A\W*(?:ein(?:en)? )?{_GERMAN_PEOPLE},? bitte\W*\Z",
)
_FRENCH_PEOPLE = (
    r"(?:quelqu['’]un|(?:(?:un|une|votre|le|la|l['’]|des) ?)(?:vrai(?:e)? |véritable |autre )?(?:personne|humain"
    r"|être humain|(?:télé)?conseill(?:er|ère)|agent|responsable|opérat(?:eur|rice)|supérieur|collaborat(?:eur|rice)))"
)
_FRENCH = (
    rf"\b(?:parler|discuter|échanger)(?: directement)? (?:à|avec) {_FRENCH_PEOPLE}\b",
    (
        rf"\b(?:passez|donnez|transférez)-moi (?:à |vers )?{_FRENCH_PEOPLE}\b"
        r"|\b(?:me mettre|mettez-moi) en (?:relation|contact) avec\b"
    ),
    rf"\b{_FRENCH_PEOPLE}\b[^.?!\n]{{0,20}}\bme (?:rappeler|rappelle|téléphoner)\b",
    rf"\b(?:rappelée?|contactée?) par {_FRENCH_PEOPLE}\b",
    rf"\b(?:je veux|je voudrais|j['’]aimerais|il me faut|y a-t-il)(?: avoir)? {_FRENCH_PEOPLE}",
    r"\A\W*un (?:conseiller|humain|agent),? (?:svp|s['’]il vous pla[iî]t)\W*\Z",
)
_SPANISH_PEOPLE = (
    r"(?:alguien|(?:una? |el |la |su |alg(?:ún|una) |otr[oa] )?(?:persona|humano|ser humano|agente|operador(?:a)?"
    r"|asesor(?:a)?|supervisor(?:a)?|gerente|encargad[oa]|responsable|representante))"
)
_SPANISH = (
    rf"\b(?:hablar|chatear|comunicarme)(?: directamente)? con {_SPANISH_PEOPLE}\b",
    (
        r"\b(?:p[áa]s[ae]n?me|p[óo]ng[ae]n?me|comun[íi]quen?me|con[ée]cten?me|transfi[ée]ran?me)"
        rf" (?:con|a) {_SPANISH_PEOPLE}\b"
    ),
    rf"\bque me (?:atienda|llame|ayude) {_SPANISH_PEOPLE}\b|\bllamarme (?:alguien|una persona)\b",
    rf"\b(?:quiero|necesito|prefiero) {_SPANISH_PEOPLE}\b|\bhay alg(?:ún|una) (?:persona real|humano|agente)\b",
)
_ITALIAN_PEOPLE = (
    r"(?:qualcuno|(?:una? |uno |il |la |un['’] ?|l['’] ?|un altro )?(?:persona|umano|essere umano|operatore|operatrice"
    r"|responsabile|consulente|superiore|addett[oa]))"
)
_ITALIAN = (
    rf"\bparlare(?: direttamente)? con {_ITALIAN_PEOPLE}\b",
    rf"\b(?:mi passi|passatemi|mi passate|mi metta in contatto con) {_ITALIAN_PEOPLE}\b",
    rf"\b{_ITALIAN_PEOPLE} (?:può|puo|potrebbe) (?:ri)?chiamarmi\b|\bpuò (?:ri)?chiamarmi qualcuno\b",
    rf"\b(?:ri)?chiamat[oa] da {_ITALIAN_PEOPLE}\b|\bc['’]è {_ITALIAN_PEOPLE}\b",
    rf"\b(?:voglio|vorrei|preferisco) {_ITALIAN_PEOPLE}\b",
)
_DUTCH_PEOPLE = r"(?:mens|medewerker|echt persoon|persoon|iemand|leidinggevende|collega|manager)"
_DUTCH = (
    (
        rf"\b{_DUTCH_PEOPLE}\b[^.?!\n]{{0,20}}\b(?:spreken|praten)\b"
        rf"|\b(?:spreken|praten) met (?:een |uw |je )?{_DUTCH_PEOPLE}\b"
    ),
    r"\b(?:mij|me) door(?:verbinden|verbind)?\b|\bdoorverbonden worden\b",
    r"\b(?:kan|kunt|wil|zou) (?:er )?(?:iemand|een medewerker)\b[^.?!\n]{0,15}\b(?:terug)?bellen\b",
    r"\bgeen (?:ro)?bot\b[^.?!\n]{0,20}\b(?:graag|aub|alstublieft)\b",
    r"\bis er een (?:echte? )?(?:mens|medewerker|persoon)\b",
)
_PORTUGUESE_PEOPLE = (
    r"(?:alguém|(?:uma? |o |a |seu |sua |outr[oa] |algum(?:a)? )?(?:atendente|pessoa|humano|ser humano|operador(?:a)?"
    r"|supervisor(?:a)?|gerente|responsável))"
)
_PORTUGUESE = (
    rf"\b(?:falar|conversar)(?: diretamente)? com {_PORTUGUESE_PEOPLE}\b",
    rf"\b(?:passar|passe|transferir|transfira)(?:-me)? (?:a|para|com) {_PORTUGUESE_PEOPLE}\b",
    rf"\b(?:quero|preciso de|prefiro) {_PORTUGUESE_PEOPLE}\b|\bhá alg(?:um humano|uma pessoa real)\b",
)
_WISHES = (*_ENGLISH, *_GERMAN, *_FRENCH, *_SPANISH, *_ITALIAN, *_DUTCH, *_PORTUGUESE)
_ASKED = re.compile("|".join(f"(?:{pattern})" for pattern in _WISHES), re.IGNORECASE)


def is_asked_for(text: str) -> bool:
    """Say whether a customer asks for a human being."""
    return _ASKED.search(text) is not None
