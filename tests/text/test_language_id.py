from collections import Counter

import numpy as np
import pytest

from absclust.text.language_id import commonest_language, paper_languages, part_in
from tests.abstracts import CHINESE, FRENCH, GERMAN

SENTENCES = {
    "ar": "تدرس هذه المقالة الشبكات العصبية للتنبؤ بتدفق الأنهار. نحن نبين أن النتائج تعتمد على "
    "حجم الحوض في كل من هذه الحالات التي لم تكن معروفة.",
    "cs": "Tento článek zkoumá neuronové sítě pro předpověď průtoku řek. Ukazujeme, že výsledky "
    "závisí na velikosti povodí, protože se mění také v čase.",
    "da": "Denne artikel undersøger neurale netværk til at forudsige strømningen i floder. Vi "
    "viser, at resultaterne afhænger af oplandet og ikke er lineære.",
    "de": "Dieser Beitrag untersucht neuronale Netze für die Vorhersage von Abflüssen.",
    "en": "This paper studies neural networks for the prediction of river flow.",
    "es": "Este artículo estudia las redes neuronales para la predicción del caudal de los ríos.",
    "fr": "Cet article étudie les réseaux de neurones pour la prévision du débit des rivières.",
    "it": "Questo articolo studia le reti neurali per la previsione della portata dei fiumi. "
    "Mostriamo che i risultati dipendono dalla dimensione del bacino.",
    "ja": "本論文では、河川流量の予測のためのニューラルネットワークについて検討する。",
    "ko": "이 논문은 하천 유량 예측을 위한 신경망을 연구한다.",
    "nl": "Dit artikel onderzoekt neurale netwerken voor het voorspellen van de "
    "afvoer van rivieren.",
    "no": "Denne artikkelen undersøker nevrale nettverk for å forutsi strømningen i elver. Vi "
    "viser at resultatene avhenger av størrelsen på nedbørfeltet og ikke er lineære.",
    "pl": "W artykule zbadano sieci neuronowe do prognozowania przepływu rzek. Pokazujemy, że "
    "wyniki zależą od wielkości zlewni, a także od tego, jak jest ona użytkowana.",
    "pt": "Este artigo estuda as redes neuronais para a previsão do caudal dos rios. Mostramos que "
    "os resultados dependem do tamanho da bacia e não são lineares.",
    "ru": "В этой статье изучаются нейронные сети для прогнозирования стока рек.",
    "sv": "Denna artikel undersöker neurala nätverk för att förutsäga flödet i floder. Vi visar "
    "att resultaten beror på avrinningsområdet och inte är linjära.",
    "zh": "本文研究了用于河流流量预测的神经网络。",
}


@pytest.mark.parametrize(("language", "text"), SENTENCES.items())
def test_the_language_of_a_text(language, text):
    assert paper_languages([text]) == [language]


@pytest.mark.parametrize(("language", "themes"), [("de", GERMAN), ("fr", FRENCH), ("zh", CHINESE)])
def test_the_language_of_abstracts(language, themes):
    texts = [text for theme in themes.values() for text in theme]
    assert paper_languages(texts) == [language] * len(texts)


def test_a_text_of_unclear_language_goes_with_most_others():
    german = GERMAN["recht"][:2]
    assert paper_languages([*german, SENTENCES["en"], "Quantenmechanik"])[-1] == "de"
    assert paper_languages(["Quantum mechanics", "42", ""]) == ["en"] * 3


def test_names_and_terms_of_another_language_do_not_count():
    text = "The Méthodes of Poincaré and de la Vallée Poussin are read again by this author."
    assert paper_languages([text, "Deep RL (强化学习) for the control of robots"]) == ["en", "en"]


def test_real_records_of_two_languages(labelled):
    papers = labelled("tib_mixed_de_en")
    languages = paper_languages(
        [f"{t}. {a}" for t, a in zip(papers.title, papers.abstract, strict=True)]
    )
    assert np.mean(papers.lang == languages) > 0.99


@pytest.mark.parametrize("name", ["nlp_tracks", "pubmed5terms", "arxiv_ml"])
def test_real_english_abstracts(labelled, name):
    abstracts = labelled(name).abstract.head(1500).tolist()
    assert sum(language != "en" for language in paper_languages(abstracts)) <= 1


def test_of_two_languages_as_common_english_counts():
    assert commonest_language(Counter(de=2, en=2)) == "en"
    assert commonest_language(Counter(fr=2, de=2, en=1)) == "de"


def test_only_one_language_of_a_bilingual_abstract_counts():
    german, english = " ".join(GERMAN["recht"]), "The basic rights are protected by the court."
    text = f"{german} {' '.join([english] * 5)}"
    assert paper_languages([text]) == ["de"]
    assert part_in("de", text) == german
    many = " ".join([english] * 15)
    text = f"{many} {german}"
    assert paper_languages([text]) == ["en"]
    assert part_in("en", text) == many


@pytest.mark.parametrize(
    "text", [SENTENCES["en"], "E. coli and S. aureus made de novo.", "Owls", ""]
)
def test_an_english_text_stays_untouched(text):
    assert part_in("en", text) == text
