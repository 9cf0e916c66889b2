import subprocess
import sys

import pytest

from absclust.text.segment import (
    can_end_chinese_phrase,
    is_chinese_subject,
    join_unspaced,
    space_chinese,
    space_japanese,
)


@pytest.mark.parametrize(
    ("text", "spaced"),
    [
        ("基于神经网络的机器翻译", "; 神经网络 ; 机器翻译"),
        ("风荷载", "风荷载"),
        ("BP神经网络", "BP 神经网络"),
        ("FI-代数", "FI-代数"),
        ("deep learning 模型", "deep learning 模型"),
        ("", ""),
    ],
)
def test_chinese(text, spaced):
    assert space_chinese(text) == spaced


def test_chinese_phrases_end_in_nouns_and_say_enough():
    assert can_end_chinese_phrase("模拟")  # a verb, as in 数值模拟
    assert not is_chinese_subject("模拟")
    assert can_end_chinese_phrase("水稻")
    assert is_chinese_subject("水稻")
    assert not is_chinese_subject("系统")
    assert not can_end_chinese_phrase("良好")


def test_japanese():
    assert space_japanese("深層学習モデルを用いた画像認識") == "深層学習 モデル ; 用 ; ; 画像認識"


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        (["神经网络", "模型"], "神经网络模型"),
        (["BP", "神经网络"], "BP神经网络"),
        (["deep", "learning"], "deep learning"),
    ],
)
def test_words_are_joined_as_the_script_writes_them(words, phrase):
    assert join_unspaced(words) == phrase


def test_segmenter_and_lists_are_not_loaded_for_english():
    code = (
        "import sys, numpy as np; from absclust.naming.evidence import Evidence\n"
        "from absclust.naming.names import name_themes\n"
        "evidence = Evidence.of(['This is the first of the robot arms.'] * 2, [''] * 2)\n"
        "name_themes(evidence, np.zeros(2, int))\n"
        "print([m for m in ('rjieba', 'stopwordsiso', 'Stemmer') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
