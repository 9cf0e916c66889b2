"""One file per program: what a person who looks at it would expect to be read.

The files in tests/data/exports were made for these tests. They imitate what the programs write:
headers, the order of fields, quoting, escapes, wrapping, line ends and furniture.
"""

import pandas as pd
import pytest

from absclust import read_abstracts
from absclust.corpus.corpus import build_corpus
from tests.io.test_formats import EXPORTS

# File -> for each record: title, year, first author, DOI.
EXPECTED = {
    "wos.bib": [
        ("Edge serrations of owl feathers & the noise of small turbines", 2021, "Okafor, Ngozi",
         "10.5555/jia.2021.0101"),
        ("What Does a Night* Sound Like? A Survey of 3 x 10(4) Hours", 2019, "Silva, Inês", ""),
        ("Soils that hum: vibration of wet clay under wind turbines", 2023, "Lindqvist, Åsa",
         "10.5555/ais.2023.0120"),
    ],
    "mendeley.bib": [
        ("Sleep & sand: what foxes do at 40 °C", 2019, "Haddad, Samir",
         "10.5555/978-0-00-000000-3_7"),
        ("A gearbox that tells: early faults in {small} turbines", 2020, "Yıldız, Çağla",
         "10.5555/wim20.11"),
        ("Notes on a field by the Østre Straße", None, "Boateng, Ama", ""),
    ],
    "better_bibtex.bib": [
        (r"Why Do Owls Say \mkbibquote{{{Hoo}}}? A Study of CO\textsubscript{2} and "
         r"\emph{{{Tyto}} Alba}", 2021, "Okafor, Ngozi", "10.5555/jio.2021.101"),
        ("Soils That Remember: a Model of $n$-th Order", 2022, "Silva, Inês",
         "10.48550/arXiv.2211.00001"),
        ("Vindens hukommelse", 2017, "Kjær, Søren", ""),
        ("Turbines and Their Neighbours", 2019, "Yıldız, Çağla", ""),
    ],
    "sciencedirect.bib": [
        ("Sleep spindles of barn owls in {EEG} and {CO2} of the nest", 2014, "Okafor, Ngozi",
         "http://dx.doi.org/10.5555/j.invneu.2014.08.001"),
        ("Chapter 2 - Soils and the “Hum” of Turbines", 2016, "Silva, Inês",
         "https://doi.org/10.5555/B978-0-00-000000-2.00002-1"),
        ("Wind over wet fields: A slow turbine for a fast wind", 2022, "Lindqvist, Åsa",
         "https://doi.org/10.5555/j.inven.2022.120001"),
    ],
    "scopus_old.csv": [
        ('Owls over wet fields: A "slow" study of 412 nights', 2017, "Okafor N.",
         "10.5555/jio.2017.0101"),
        ("Erratum: Soils that hum (Annals of Invented Soils (2016) 7 (12-15))", 2018, "Silva I.",
         "10.5555/ais.2018.17"),
        ("4th Invented Conference on Sound and Soil, ICSS 2018", 2018, "", ""),
    ],
    "scopus_short_header.csv": [
        ("Slow turbines, quiet villages", 2024, "Żak Ł.", "10.5555/inven.2024.7"),
        ("A worm counter", 2025, "Dvořáková H.", "10.5555/ais.2025.21"),
    ],
    "ieee.csv": [
        ('Listening "in the Dark": Arrays of Microphones for Owls', 2021, "N. Okafor",
         "10.5555/ICSS.2021.00101"),
        ("Early Faults in Small Turbines: A Gearbox That Tells", 2013, "Ç. Yıldız",
         "10.5555/TINV.2013.95"),
        ("Table of contents", 2013, "", "10.5555/TINV.2013.1"),
    ],
    "springer.csv": [
        ("Soils that hum: wet clay under turbines", 2020, "Inês Silva",
         "10.5555/s00000-020-00051-x"),
        ("Owls, Mice and Men", 2021, "Priya Raman", "10.5555/978-3-000-00000-9_14"),
        ("The Invented Handbook of Wind", 2021, "", "10.5555/978-3-000-00000-9"),
    ],
    "dimensions.csv": [
        ("Night flights of owls near slow turbines", 2022, "Okafor, Ngozi", "10.5555/jio.2022.33"),
        ("Quiet Villages", 2019, "Żak, Łukasz", "10.5555/978-3-000-00000-9_2"),
    ],
    "lens.csv": [
        ("Worms, lamps and lenses", 2020, "Hana Dvořáková", "10.5555/ais.2020.21"),
        ("BLUE: a slow rotor", 2021, "Łukasz Żak", ""),
    ],
    "embase.csv": [
        ("Sleep of infants in warm rooms: Fans, windows, and the role of the wind", 2019,
         "Okafor N.G.", "10.5555/fans.2019.33"),
        ("Hum and headache", 2011, "Lindqvist Å.", ""),
    ],
    "pubmed.csv": [
        ('Naps of "short" sleepers: a randomised trial of hammocks', 2022, "Okafor N",
         "10.5555/naps.2022.181"),
        ("[Sleep in the mountains]", 2008, "Núñez J.", ""),
    ],
    "rayyan.csv": [
        ("Fans, windows and the sleep of infants", 2021, "Okafor, Ngozi", "10.5555/fans.2021.2"),
        ("Owls of the old town", 2018, "Żak, Łukasz", ""),
    ],
    "publish_or_perish.csv": [
        ("Slow turbines and the owls of wet fields", 2015, "N Okafor", "10.5555/jio.2015.7"),
        ("[BOOK][B] A handbook of invented wind", None, "Ç Yıldız", ""),
        ("Notes on wet clay", 2018, "A Boateng", ""),
    ],
    "zotero_full.csv": [
        ('How <i>Tyto alba</i> finds "home": a study of CO<sub>2</sub>', 2021, "Okafor, Ngozi",
         "10.5555/jio.2021.55"),
        ("The Sound of Wet Clay", 2009, "Kjær, Søren", ""),
        ("A robot that counts earthworms", 2019, "Raman, Priya", "10.5555/wis.2019.7"),
        ("A page without author", None, "", ""),
    ],
    "ovid.ris": [
        ("The hum and the sleeper: Sleep near small turbines.", 2022, "Okafor, Ngozi A",
         "http://dx.doi.org/10.5555/ipsy.2022.101"),
        ("Listening to fields. [References].", 2016, "Moreau, Élise", ""),
        ("Fans and the first night: a pilot study", 2020, "Nguyen, Linh",
         "https://dx.doi.org/10.5555/aib.2020.e12"),
    ],
    "ebsco.ris": [
        ("Spatial dependence of worms: does wet clay matter?", 2014, "Lindqvist, Åsa",
         "10.5555/ais.2014.212"),
        ("The price of a quiet village.", 2017, "Kjær, Søren", ""),
        ("Owls take the early train.", 2013, "", ""),
    ],
    "proquest.ris": [
        ("Who hears the hum? Four years in a village", 2019, "Boateng, Ama",
         "http://dx.doi.org/10.5555/jis.2019.15"),
        ("Wet Clay and Its Listeners", 2018, "Yıldız, Çağla", ""),
    ],
    "cochrane.ris": [
        ("Fans for sleeping infants", 2021, "Okafor, N", "10.5555/14651858.CD900001.pub2"),
        ("Open windows in the first year: a randomised trial", 2018, "Nguyen, L", ""),
    ],
    "endnote_old.xml": [
        ("Owls & their fields: a count", 2003, "Okafor, Ngozi", ""),
        ("The soils of the moor", 1999, "Moreau, Élise", ""),
    ],
    "endnote_new.xml": [
        ("A robot for Lumbricus: counting worms by their hum", 2015, "Raman, Priya",
         "https://doi.org/10.5555/ais.2015.54"),
        ("Slow rotors", 2012, "Żak, Łukasz", ""),
    ],
    "arxiv_oai.xml": [
        (r'Soils that remember: a model with $n^2$ states and a memory of M\"uller type', 2020,
         "Silva, Inês", "10.5555/ais.2021.120"),
        ("Strings of wet clay", 1999, "Lei", ""),
    ],
    "dublin_core.xml": [
        ("Peat and patience: twelve winters on a moor", 2022, "Moreau, Élise",
         "10.5555/ais.v7i1.111"),
        ("How owls aim: a study of $412$ strikes", 2022, "Okafor, Ngozi", "10.5555/jio.2022.7"),
    ],
    "csl.json": [
        ("How <i>Tyto alba</i> finds home: a study of CO<sub>2</sub>", 2021, "Okafor, Ngozi",
         "10.5555/jio.2021.55"),
        ("The Sound of Wet Clay", 2009, "Kjær, Søren", ""),
        ("A robot that counts earthworms", 2019, "Raman, Priya",
         "https://doi.org/10.5555/wis.2019.7"),
        ("A page without author", 2020, "", ""),
    ],
    "crossref.json": [
        ("Night flights of owls near <i>slow</i> turbines", 2022, "Okafor, Ngozi",
         "10.5555/jio.2022.33"),
        ("Quiet Villages", 2019, "Żak, Łukasz", "10.5555/978-3-000-00000-9_2"),
        ("", None, "", "10.5555/ais.2018.cover"),
    ],
    "pubmed_xml.txt": [
        ("Hammocks and short sleepers: 10^3 naps.", 2022, "Núñez, José", "10.5555/naps.2022.181"),
        ("[Sleep in the mountains].", 2008, "Silva, Inês", ""),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_every_program_is_read(name):
    frame = read_abstracts(EXPORTS / name, merge_duplicates=False)
    dois = frame["doi"] if "doi" in frame else [""] * len(frame)
    years = [None if year is pd.NA else int(year) for year in frame["year"]]
    first = [people.split("; ")[0] for people in frame["authors"]]
    read = list(zip(frame["title"], years, first, dois, strict=True))
    assert read == EXPECTED[name]
    assert frame.attrs["broken"] == []


def test_lines_outside_records_are_named():
    skipped = {
        name: read_abstracts(EXPORTS / name).attrs["skipped"]
        for name in ("ovid.ris", "dimensions.csv", "arxiv_oai.xml", "cochrane.ris")
    }
    assert [line[:33] for line in skipped["ovid.ris"]] == ["Link to the Ovid Full Text or cit"] * 2
    assert skipped["dimensions.csv"][0].startswith("About the data: Exported on")
    assert skipped["arxiv_oai.xml"] == ["<record> without content: oai:arXiv.org:2105.99999"
                                        " 2021-05-05"]  # fmt: skip
    assert skipped["cochrane.ris"][0] == "Provider: John Wiley & Sons, Ltd"


def test_what_each_program_writes_in_its_own_way():
    frames = {name: read_abstracts(EXPORTS / name) for name in EXPECTED}
    zotero = frames["zotero_full.csv"]
    assert zotero["type"].tolist() == ["journalArticle", "thesis", "conferencePaper", "webpage"]
    assert zotero["genre"][1] == "PhD Thesis"
    assert zotero["keywords"][0].split("; ")[:3] == ["owls", "to read", "Animals"]
    assert frames["scopus_old.csv"]["authors"][0] == "Okafor N.; Müller J.-P.; van der Berg R."
    assert frames["scopus_old.csv"]["pages"][0] == "101-119"
    assert frames["springer.csv"]["authors"][0] == "Inês Silva; Jón Müller; Andrea van der Berg"
    assert frames["pubmed.csv"]["authors"][0].endswith("van der Berg R; Nap Trial Group")
    assert frames["rayyan.csv"]["authors"][0] == "Okafor, Ngozi; Müller, Jón; Fan Trial Group"
    assert frames["lens.csv"]["authors"][1] == "Łukasz Żak"  # not "null null"
    assert frames["csl.json"]["authors"][0] == (
        "Okafor, Ngozi; van der Berg, Renée; {Owl Survey Group}"
    )
    assert frames["better_bibtex.bib"]["authors"][0] == (
        "Okafor, Ngozi; ap Rhys, Llywelyn; van der Berg, Renée; {Owl Survey Group}"
    )
    assert frames["better_bibtex.bib"]["keywords"][0].split("; ")[2] == "Muscle, Skeletal"
    assert frames["ovid.ris"]["NL"][0] == "Inv Psychol"
    assert frames["ieee.csv"]["type"].tolist()[:2] == ["IEEE Conferences", "IEEE Magazines"]
    assert frames["dimensions.csv"]["type"].tolist() == ["Article", "Chapter"]


@pytest.mark.parametrize(
    ("name", "furniture"),
    [
        ("ovid.ris", "psyc"), ("ebsco.ris", "copyright"), ("ebsco.ris", "abstract from"),
        ("scopus_old.csv", "reserved"), ("embase.csv", "©"), ("wos.bib", "reserved"),
        ("crossref.json", "jats"),
    ],
)  # fmt: skip
def test_furniture_is_not_clustered(name, furniture):
    frame = read_abstracts(EXPORTS / name)
    assert frame["abstract"].str.lower().str.contains(furniture, regex=False).any()
    texts = build_corpus(frame).paper_texts
    assert not any(furniture in text.lower() for text in texts)
