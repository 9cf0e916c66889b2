import json
import os
import re
import subprocess
import sys
from dataclasses import replace

import click
import pandas as pd
import pytest

import absclust
from absclust.cli import main
from absclust.cli.commands import absclust as absclust_command
from tests.conftest import SAMPLES
from tests.io.test_formats import EXPORTS

SAMPLE = str(SAMPLES / "abstracts.csv")


def test_prints_themes_and_what_was_set_aside(capsys, sample_themes):
    assert main(["cluster", SAMPLE]) == 0
    out = capsys.readouterr().out
    assert all(theme.name in out for theme in sample_themes)
    assert "no text and no theme: row 57" in out


@pytest.mark.slow
def test_writes_papers_themes_and_map(tmp_path, capsys, sample_themes):
    folder = tmp_path / "new" / "out"
    assert main(["cluster", SAMPLE, "--out", str(folder)]) == 0
    assert sorted(p.name for p in folder.iterdir()) == [
        "map.html",
        "map.png",
        "map.zip",
        "papers.bib",
        "papers.csv",
        "papers.ris",
        "sources.csv",
        "themes.csv",
    ]
    papers = pd.read_csv(folder / "papers.csv")
    assert papers["theme"].tolist() == sample_themes.labels.tolist()
    assert len(pd.read_csv(folder / "themes.csv")) == len(sample_themes)
    assert (folder / "map.png").read_bytes().startswith(b"\x89PNG")
    assert absclust.load(folder / "map.zip").fingerprint == sample_themes.fingerprint
    assert str(folder) in capsys.readouterr().out
    assert main(["search", str(folder), "reward hacking", "-n", "1"]) == 0
    assert "A Taxonomy of Reward Hacking" in capsys.readouterr().out


@pytest.fixture(scope="module")
def saved(tmp_path_factory, sample_themes):
    path = tmp_path_factory.mktemp("saved") / "map.zip"
    sample_themes.save(path)
    return str(path)


def test_search_shows_papers_best_first(saved, sample_themes, capsys):
    assert main(["search", saved, "reward hacking", "-n", "2"]) == 0
    head, best, about, second, _ = capsys.readouterr().out.splitlines()
    assert head == "score  paper"
    assert best == " 1.00  row 15: A Taxonomy of Reward Hacking in Language Model Training"
    theme = sample_themes[int(sample_themes.labels[15])]
    assert about == f"       theme {theme.id}, {theme.name} · 2024"
    assert second < best
    assert main(["search", saved, "reward hacking"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 21


def test_search_in_one_theme(saved, sample_themes, capsys):
    for theme in ("1", sample_themes[1].name):
        assert main(["search", saved, "reward hacking", "--theme", theme]) == 0
        abouts = capsys.readouterr().out.splitlines()[2::2]
        assert abouts
        assert all(f"theme 1, {sample_themes[1].name}" in about for about in abouts)


def test_search_shows_themes(saved, sample_themes, capsys):
    theme = sample_themes[3]
    assert main(["search", saved, theme.name, "--themes", "-n", "1"]) == 0
    head, name, keywords = capsys.readouterr().out.splitlines()
    assert head == "score  theme"
    assert name == f" 1.00  theme 3: {theme.name} ({theme.size} papers)"
    assert keywords.strip() == ", ".join(theme.keywords)


def test_search_that_finds_nothing(tmp_path, capsys):
    import numpy as np

    themes = absclust.cluster_abstracts(["Owls hoot.", "Mice hide."], embeddings=np.eye(2))
    themes.save(tmp_path / "map.zip")
    assert main(["search", str(tmp_path), "zebra"]) == 1
    captured = capsys.readouterr()
    assert captured.out == "nothing matches 'zebra'\n"
    assert captured.err.startswith("absclust: warning: ranked by words alone")
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize("source", [SAMPLES / "abstracts.bib", EXPORTS / "pubmed.nbib"])
def test_themes_go_to_reference_managers_wherever_papers_come_from(tmp_path, capsys, source):
    assert main(["cluster", str(source), "--out", str(tmp_path)]) == 0
    for kind in ("bib", "ris"):
        written = absclust.read_abstracts(tmp_path / f"papers.{kind}", merge_duplicates=False)
        assert written["keywords"].str.contains("theme: ").all()
        assert written["title"].tolist() == absclust.read_abstracts(source)["title"].tolist()
        assert f"papers.{kind}" in capsys.readouterr().out or kind == "ris"


def test_several_files_are_one_corpus_without_duplicates(tmp_path, capsys):
    files = [str(SAMPLES / "abstracts.bib"), str(SAMPLES / "abstracts.ris")]
    assert main(["cluster", *files, "--out", str(tmp_path)]) == 0
    assert (
        "32 records were identified (16 in abstracts.bib, 16 in abstracts.ris); 16 duplicates were "
        "merged; 16 papers were left, 1 of them without an abstract and 0 without a title too; "
        "16 papers were clustered"
    ) in capsys.readouterr().out
    sources = pd.read_csv(tmp_path / "sources.csv", index_col="file")
    assert sources["duplicates"].to_dict() == {
        "abstracts.bib": 0, "abstracts.ris": 16, "total": 16,
    }  # fmt: skip
    assert len(pd.read_csv(tmp_path / "papers.csv")) == 16


def test_a_data_set_is_given_alone(capsys, tmp_path):
    assert main(["cluster", SAMPLE, str(tmp_path), "--out", str(tmp_path)]) == 2
    assert "2 paths are given; expected one folder" in capsys.readouterr().err


def test_options_reach_the_clustering(capsys):
    assert main(["cluster", SAMPLE, "--n-themes", "3"]) == 0
    few = capsys.readouterr().out
    for granularity in ("fine", "4"):
        assert main(["cluster", SAMPLE, "--granularity", granularity]) == 0
        assert len(few.splitlines()) < len(capsys.readouterr().out.splitlines())


def test_labels_are_a_column_of_the_file(tmp_path, capsys):
    frame = pd.read_csv(SAMPLE)
    frame["coded"] = frame["intended_theme"].where(frame["intended_theme"] == "alignment")
    frame.to_csv(tmp_path / "coded.csv", index=False)
    assert main(["cluster", str(tmp_path / "coded.csv"), "--labels", "coded"]) == 0
    out = capsys.readouterr().out
    assert "17 rows with a given label, of 1 label" in out
    assert "alignment" in out
    assert main(["cluster", SAMPLE, "--labels", "codes"]) == 2
    assert "there is no column 'codes'; the columns are 'id', 'title'" in capsys.readouterr().err
    assert main(["cluster", str(tmp_path), "--labels", "coded", "--out", str(tmp_path)]) == 2
    assert "the themes of a data set are learnt from a sample" in capsys.readouterr().err


def test_a_page_says_which_lines_were_skipped(tmp_path, capsys):
    page = tmp_path / "page.txt"
    page.write_text("Log in\n\nOwls at night\n\n" + "Owls hoot at night. " * 12, "utf-8")
    assert main(["cluster", str(page)]) == 0
    assert "1 line of page.txt belongs to no paper: 'Log in'" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "code", "says"),
    [
        (["cluster", "nowhere.csv"], 3, "can't read nowhere.csv: No such file"),
        (["cluster", "paper.pdf"], 3, "paper.pdf: this is a PDF, which is not read; export"),
        (["cluster", SAMPLE, "--granularity", "-1"], 2, "granularity is -1.0"),
        (
            ["cluster", SAMPLE, "--granularity", "thin"],
            2,
            "granularity is 'thin'; expected 'broad',",
        ),
        (["cluster", SAMPLE, "--gran", "2"], 2, "No such option '--gran'"),
        (["cluster"], 2, "Missing argument 'FILE...'. See absclust cluster --help"),
        (["cluster", SAMPLE, "--out", "--json"], 2, "--json is an option; expected a value"),
        (["cluster", SAMPLE, "--seed-themes", SAMPLE], 3, "abstracts.csv: "),
        (["cluster", SAMPLE, "--vocabulary", "@none.txt"], 2, "can't read none.txt: No such file"),
        (["search", "nowhere", "owls"], 3, "can't read nowhere"),
        (["search", ".", "owls", "--themes", "--theme", "1"], 2, "are both given"),
        (["edit", "nowhere"], 2, "expected --plan FILE.toml"),
        (["edit", "nowhere", "--plan", "none.toml"], 3, "can't read nowhere"),
        (["cluster", SAMPLE, "--seed-themes", "none.toml"], 3, "none.toml: No such file"),
        (["read", SAMPLE, "--column", "title"], 2, "'title'; expected NAME=COLUMN, such as title="),
        (["read", SAMPLE, "--column", "titel=title"], 2, "'titel'"),
        (["cluster", "*.csv", "--out", "a", "--column", "title=t"], 2, "takes no --plan, --column"),
        (["nonesuch"], 2, "No such command 'nonesuch'"),
    ],
)
def test_bad_input_gives_one_line_and_a_code(argv, code, says, capsys):
    assert main(argv) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("absclust: error: ")
    assert says in captured.err


def test_messages_do_not_speak_python(tmp_path, capsys, sample_themes):
    loose = [replace(theme, stability=0.4) for theme in sample_themes]
    edited = replace(sample_themes, themes=tuple(loose))
    for number in range(12):
        edited = edited.rename({0: f"retrieval {number}"})
    edited.save(tmp_path)
    assert main(["info", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "renamed theme 0 ('retrieval 10') to 'retrieval 11'" in told
    assert "Loose (" in told
    assert "()" not in told
    assert main(["compare", str(tmp_path)]) == main(["info", str(tmp_path), "--theme", "99"]) == 2
    compared, unknown = capsys.readouterr().err.splitlines()
    assert compared.endswith("(before), neither is given; expected one of them")
    assert unknown.endswith("or a name, as in the table of themes")


def test_an_output_folder_that_can_not_be_made(tmp_path, capsys):
    (tmp_path / "file").write_text("x")
    assert main(["cluster", SAMPLE, "--out", str(tmp_path / "file" / "out")]) == 4
    assert capsys.readouterr().err.startswith("absclust: error: ")


def test_what_can_not_be_written_is_named_and_all_else_is_there(tmp_path, monkeypatch, capsys):
    def fail(*args, **kwargs):
        raise OSError(28, "No space left on device")

    def fail_to_draw(*args, **kwargs):
        raise RuntimeError("cannot cache function 'rdist'")

    monkeypatch.setattr(pd.DataFrame, "to_csv", fail)
    monkeypatch.setattr("absclust.report._picture", fail_to_draw)
    assert main(["cluster", SAMPLE, "--out", str(tmp_path)]) == 4
    found = capsys.readouterr()
    written = ["map.html", "map.zip", "papers.bib", "papers.ris"]
    assert sorted(path.name for path in tmp_path.iterdir()) == written
    assert "ThemeMap: 166 rows" in found.out
    assert f"Wrote map.zip, papers.ris, papers.bib, map.html to {tmp_path}" in found.out
    assert found.err.splitlines() == [
        *(
            f"absclust: error: can't write {tmp_path / name}.csv: No space left on device"
            for name in ("themes", "sources", "papers")
        ),
        "absclust: error: map.png is not written: cannot cache function 'rdist'",
    ]


def test_a_warning_is_one_line_without_code(tmp_path, capsys):
    page = tmp_path / "a.csv"
    page.write_text(
        "abstract\n" + "本文研究强化学习中的价值函数\n蛋白质折叠的分子动力学\n深海鱼类\n"
    )
    assert main(["cluster", str(page)]) == 0
    error = capsys.readouterr().err
    assert error.startswith("absclust: warning: the built-in model")
    assert error.count("\n") == 1


def test_version_and_usage(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == f"absclust {absclust.__version__}"
    assert main([]) == 2
    assert "Exit codes:" in capsys.readouterr().err


def test_installed_command_without_traceback(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "absclust", "cluster", str(tmp_path / "none.csv")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


def run(argv, capsys):
    """Run the command, and return its exit code, the JSON that it printed, and its messages."""
    code = main([*map(str, argv), "--json"])
    captured = capsys.readouterr()
    return code, json.loads(captured.out) if captured.out else None, captured.err


def test_an_option_takes_one_value_and_a_file_is_never_a_phrase(tmp_path, capsys):
    other = tmp_path / "other.csv"
    pd.DataFrame({"title": ["Owls hoot", "Owls fly"]}).to_csv(other)
    argv = ["cluster", SAMPLE, "--stop-phrases", "reward", other, "--stop-phrases", "graph"]
    code, found, _ = run(argv, capsys)
    assert code == 0
    assert [source["identified"] for source in found["sources"]] == [166, 2, 168]
    names = " ".join(theme["name"] for theme in found["themes"]).lower()
    assert "reward" not in names
    assert "graph" not in names
    assert main(["cluster", SAMPLE, "--stop-phrases", str(other)]) == 2
    assert f"{other} is a file or a folder; expected one phrase. @{other} reads" in (
        " ".join(capsys.readouterr().err.split())
    )


def test_phrases_and_seed_themes_come_from_files(tmp_path, capsys):
    phrases, seeds = tmp_path / "phrases.txt", tmp_path / "seeds.toml"
    phrases.write_text("# not these\nreward\n\ngraph\n", "utf-8")
    seeds.write_text(
        'Federation = ["federated learning"]\nChips = "hardware for models"\n', "utf-8"
    )
    argv = ["cluster", SAMPLE, "--stop-phrases", f"@{phrases}", "--seed-themes", seeds]
    code, found, _ = run(argv, capsys)
    names = [theme["name"] for theme in found["themes"]]
    assert code == 0
    assert {"Federation", "Chips"} <= set(names)
    assert not re.search("reward|graph", " ".join(names).lower())


def test_columns_are_named_on_the_command_line(tmp_path, capsys):
    file = tmp_path / "papers.csv"
    pd.DataFrame({"Bezeichnung": ["Owls = birds"], "Inhalt": ["Owls hoot."]}).to_csv(file)
    assert main(["read", str(file)]) == 3
    assert "--column abstract=" in capsys.readouterr().err
    columns = ["--column", "title=Bezeichnung", "--column", "abstract=Inhalt"]
    code, found, _ = run(["read", file, *columns], capsys)
    assert code == 0
    assert [found["papers"][0][name] for name in ("title", "abstract")] == [
        "Owls = birds",
        "Owls hoot.",
    ]
    saved = str(tmp_path / "new" / "map.zip")
    assert main(["cluster", str(file), *columns, "--tag", "birds", "--out", saved]) == 3
    assert main(["cluster", str(file), *columns, "--out", saved]) == 0
    for command in ("predict", "update"):
        assert main([command, saved, str(file), *columns]) == 0
        assert "Owls = birds" in capsys.readouterr().out or command == "update"


def test_the_folder_of_a_data_set_may_be_a_url(monkeypatch, capsys, tmp_path):
    given = {}

    def cluster_dataset(source, out, **options):
        given.update(source=source, out=out, **options)
        raise absclust.OptionError("far enough")

    monkeypatch.setattr(absclust, "cluster_dataset", cluster_dataset)
    argv = ["cluster", "s3://papers/*.parquet", "--out", "s3://papers/themes"]
    assert main([*argv, "--sample-size", "9", "--granularity", "2"]) == 2
    assert (given["source"], given["out"]) == (argv[1], argv[3])
    assert (given["sample_size"], given["granularity"], given["client"]) == (9, 2.0, None)


def test_help_explains_every_option(capsys):
    for name, command in absclust_command.commands.items():
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, f"{name} {option.opts} isn't explained"


def test_help_speaks_of_what_a_shell_can_pass(capsys):
    assert main(["cluster", "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "or path of a sentence-transformers model. [default: builtin]" in shown
    assert not re.search(r"callable|object|LLMNamer|fit_predict|\(list\[str\]\)", shown)


@pytest.fixture
def results(saved, tmp_path):
    """A folder of results, with the map in it alone."""
    import shutil

    (tmp_path / "results").mkdir()
    shutil.copy(saved, tmp_path / "results" / "map.zip")
    return tmp_path / "results"


def test_every_command_prints_json(results, tmp_path, capsys, sample_themes):
    code, found, _ = run(["info", results], capsys)
    assert [theme["name"] for theme in found["themes"]] == [t.name for t in sample_themes]
    assert found["fingerprint"] == sample_themes.fingerprint
    _, found, _ = run(["info", results, "--theme", "1"], capsys)
    assert found["name"] == sample_themes[1].name
    _, found, _ = run(["search", results, "reward hacking", "-n", "2"], capsys)
    assert found[0]["row"] == 15
    _, found, _ = run(["search", results, "robots", "--themes"], capsys)
    assert "robot" in " ".join(sample_themes[found[0]["theme"]].keywords).lower()
    _, found, _ = run(["predict", results, SAMPLES / "abstracts.bib"], capsys)
    assert len(found) == 16
    assert {"id", "title", "theme", "theme_name", "is_novel"} <= set(found[0])
    _, found, _ = run(["compare", results, "--before", "2024"], capsys)
    assert len(found) == len(sample_themes)
    _, found, _ = run(["compare", results, results], capsys)
    assert {change["news"] for change in found} == {"steady"}
    _, found, _ = run(["export", results, "--by", "year"], capsys)
    assert {"group", "theme"} <= set(found[0])
    for table in ("papers", "themes", "sources", "years", "keywords", "reading-list"):
        code, found, _ = run(["export", results, "--table", table], capsys)
        assert code == 0
        assert found
    code, found, _ = run(["read", SAMPLES / "abstracts.bib"], capsys)
    assert len(found["papers"]) == 16


def test_papers_and_tables_are_exported_by_the_suffix(results, tmp_path, capsys, sample_themes):
    files = [
        tmp_path / f"a.{kind}" for kind in ("ris", "bib", "csv", "parquet", "html", "svg", "xlsx")
    ]
    code, found, _ = run(["export", results, *files], capsys)
    assert code == 0
    assert found["written"] == [str(file) for file in files]
    assert "<svg" in files[5].read_text("utf-8")
    assert len(pd.read_parquet(files[3])) == 166
    assert files[0].read_text("utf-8").count("ER  - ") == 166
    themes = tmp_path / "themes.csv"
    assert main(["export", str(results), str(themes), "--table", "themes"]) == 0
    assert pd.read_csv(themes)["name"].tolist() == [theme.name for theme in sample_themes]
    years = tmp_path / "years.csv"
    assert main(["export", str(results), str(years), "--table", "years"]) == 0
    assert pd.read_csv(years).columns.tolist() == sample_themes.years().columns.tolist()
    capsys.readouterr()
    for name, command in {"list": ["export"], "found": ["search"]}.items():
        file = str(tmp_path / f"{name}.ris")
        more = [file, "--table", "reading-list"] if name == "list" else ["robots", "--out", file]
        assert main([*command, str(results), *more]) == 0
        found = absclust.read_abstracts(file)
        papers = sample_themes.papers().set_index("title").loc[found["title"]]
        assert found["abstract"].tolist() == papers["abstract"].tolist()
        assert found["keywords"].str.contains("theme: ").all()
        assert not {"row", "order", "covered", "score"} & {*found}
    capsys.readouterr()
    file = tmp_path / "a.doc"
    assert main(["export", str(results), str(file)]) == 4
    assert capsys.readouterr().err == (
        f"absclust: error: can't write {file}: expected a name that ends in .csv, .parquet, .xlsx, "
        ".ris, .bib, .html, .png, .pdf or .svg\n"
    )
    assert main(["export", str(results), str(file), "--table", "years"]) == 4
    assert "ends in .csv, .parquet, .xlsx, .html, .png" in capsys.readouterr().err


def test_files_become_one_clean_table(tmp_path, capsys):
    files = [SAMPLES / "abstracts.bib", SAMPLES / "abstracts.ris", EXPORTS / "zotero.bib"]
    out = tmp_path / "papers.csv"
    code, found, _ = run(["read", *files, "--out", out], capsys)
    assert code == 0
    assert len(pd.read_csv(out)) == len(found["papers"]) == 21
    assert sum(source["duplicates"] for source in found["sources"]) == 16
    assert len(found["broken"]) == 1
    assert main(["read", *map(str, files), "--keep-duplicates"]) == 0
    assert capsys.readouterr().out.startswith("37 papers\n")


def test_an_update_and_a_plan_of_edits_are_kept_in_the_map(
    results, tmp_path, capsys, sample_themes
):
    plan, new = tmp_path / "edits.toml", tmp_path / "new.csv"
    first, second = sample_themes[0].name, sample_themes[7].name
    plan.write_text(f'[rename]\n"{first}" = "Alignment"\n"No such theme" = "None"\n', "utf-8")
    pd.DataFrame({"title": ["Zebrafish larvae"], "abstract": ["They hatch."]}).to_csv(new)
    code, found, errors = run(["edit", results, "--plan", plan], capsys)
    assert code == 1
    assert "'No such theme', name = 'None': this edit no longer fits: theme" in errors
    assert found["edits"] == [f"renamed theme 0 ({first!r}) to 'Alignment'"]
    assert {"map.zip", "papers.csv", "map.html"} <= {path.name for path in results.iterdir()}
    code, found, errors = run(["update", results, new, "--plan", plan], capsys)
    assert code == 1  # the rename that was applied before is no misfit
    assert errors.count("no longer fits") == 1
    assert found["new_papers"] == 1
    again = absclust.load(results / "map.zip")
    assert again[0].name == "Alignment"
    assert again[7].name == second
    assert again.corpus.n_rows == 167


def test_a_bare_map_stays_one(saved, tmp_path, capsys, sample_themes):
    import shutil

    plan, folder = tmp_path / "edits.toml", tmp_path / "map2.zip"
    plan.write_text(f'[rename]\n"{sample_themes[0].name}" = "Alignment"\n')
    shutil.copy(saved, folder)
    assert main(["edit", str(folder), "--plan", str(plan)]) == 0
    assert f"Wrote {folder}" in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == {"edits.toml", "map2.zip"}
    assert "Alignment" in {theme.name for theme in absclust.load(folder)}


def test_warnings_and_stages_go_into_a_log_file(tmp_path, capsys):
    log = tmp_path / "run.log"
    assert main(["cluster", SAMPLE, "--log-file", str(log)]) == 0
    assert main(["search", str(tmp_path), "owls", "--log-file", str(log)]) == 3
    lines = log.read_text("utf-8").splitlines()
    assert all(
        re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ (INFO|WARNING|ERROR) ", line)
        for line in lines
    )
    assert any("INFO Finding themes: " in line for line in lines)
    assert any("WARNING 1 row has no text and no theme: row 57 (s058)" in line for line in lines)
    assert " ERROR " in lines[-1]
    assert capsys.readouterr().err.count("\n") == 1


def test_verbose_says_what_is_being_done_and_warns_once(tmp_path, capsys):
    page, log = tmp_path / "a.csv", tmp_path / "run.log"
    page.write_text("abstract\n本文研究强化学习中的价值函数\n蛋白质折叠的分子动力学\n深海鱼类\n")
    assert main(["cluster", str(page), "--verbose", "--log-file", str(log)]) == 0
    shown = capsys.readouterr().err
    assert "absclust: Finding themes: " in shown
    assert shown.count("the built-in model") == shown.count("warning: the built-in model") == 1
    assert log.read_text("utf-8").count("WARNING the built-in model") == 1


def test_an_error_of_a_data_set_is_logged_once(tmp_path, capsys):
    log, argv = tmp_path / "run.log", ["cluster", f"{tmp_path}/*.csv", "--out", str(tmp_path)]
    assert main([*argv, "--log-file", str(log)]) == 3
    assert log.read_text("utf-8").count(" ERROR ") == 1
    assert capsys.readouterr().err.count("no files of papers") == 1


def command(*argv, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "absclust", *map(str, argv)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,
    )


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_terminal_that_does_not_know_the_letters(tmp_path, encoding):
    papers = tmp_path / "papers.csv"
    pd.DataFrame(
        {
            "title": ["强化学习 – 值函数", "强化学习 策略", "ribosomes", "ribosome α"],
            "id": [*"abcd"],
        }
    ).to_csv(papers, index=False)
    started = command(
        "cluster",
        papers,
        "--out",
        tmp_path / "out",
        env=os.environ | {"PYTHONIOENCODING": encoding},
    )
    out, errors = started.communicate(timeout=300)
    assert started.returncode == 0
    assert b"ThemeMap: 4 rows" in out
    assert b"Traceback" not in errors
    assert (tmp_path / "out" / "map.html").is_file()


def test_a_reader_that_stops_reading_is_no_error(saved):
    started = command("info", saved, "--json")
    started.stdout.close()  # as head -1 does
    with started.stderr:
        assert started.stderr.read() == b""
    assert started.wait(timeout=300) == 141


def test_help_lists_every_exit_code(capsys):
    main(["--help"])
    shown = capsys.readouterr().out
    assert re.findall(r"^  +(\d)  \w", shown, re.MULTILINE) == list("012345")


def test_a_report_by_its_suffix(results, tmp_path, capsys):
    for name in ("a.md", "a.html", "a.docx", "a.xlsx"):
        assert main(["report", str(results), str(tmp_path / name)]) == 0
        assert (tmp_path / name).stat().st_size > 5_000
    assert main(["report", str(results), str(tmp_path / "a.pdf")]) == 4
