"""Abstracts in several languages, written for these tests: three subjects, four papers each."""

FRENCH = {
    "climat": [
        "Le recul des glaciers alpins. Cet article étudie l'effet du changement climatique sur les "
        "glaciers alpins. Nous montrons que la fonte des glaciers s'accélère depuis vingt ans et "
        "que le niveau de la mer en dépend. Les résultats confirment le réchauffement climatique.",
        "Fonte des glaces et niveau de la mer. Nous proposons un modèle de la fonte des glaces. Le "
        "réchauffement climatique élève le niveau de la mer, et les glaciers alpins perdent "
        "chaque année une partie de leur masse.",
        "Précipitations et changement climatique. Dans ce travail, nous présentons une analyse des "
        "précipitations extrêmes. Le changement climatique augmente leur fréquence, ce qui a "
        "également des conséquences pour les glaciers.",
        "Le réchauffement climatique en montagne. L'objectif de cette étude est de mesurer les "
        "précipitations en montagne. On observe que les glaciers reculent et que le changement "
        "climatique touche aussi la végétation.",
    ],
    "apprentissage": [
        "Réseaux de neurones et traduction automatique. Nous proposons une nouvelle méthode de "
        "traduction automatique fondée sur les réseaux de neurones profonds. Les résultats "
        "montrent que l'apprentissage profond est plus précis que les méthodes existantes.",
        "L'apprentissage profond pour la reconnaissance vocale. Cet article présente un modèle de "
        "reconnaissance vocale. L'apprentissage profond demande beaucoup de données, mais les "
        "réseaux de neurones donnent de bons résultats.",
        "Traduction automatique de langues rares. Dans cet article, nous étudions la traduction "
        "automatique quand les données manquent. L'apprentissage par transfert aide les réseaux "
        "de neurones.",
        "Reconnaissance vocale en milieu bruyant. Ce mémoire traite de la reconnaissance vocale. "
        "Les réseaux de neurones profonds sont comparés ; l'apprentissage profond est le plus "
        "efficace d'entre eux.",
    ],
    "histoire": [
        "La noblesse dans la Bourgogne médiévale. Cet article examine la noblesse bourguignonne à "
        "l'époque médiévale. Les archives notariales montrent que les alliances matrimoniales "
        "étaient nombreuses.",
        "Archives notariales et alliances matrimoniales. À partir des archives notariales, nous "
        "analysons les alliances matrimoniales de la noblesse. L'étude porte sur trois siècles "
        "et propose une lecture nouvelle de ces sources.",
        "Les villes médiévales et leurs marchands. Nous étudions les marchands des villes "
        "médiévales. Leurs archives notariales permettent de suivre le commerce du drap et les "
        "liens avec la noblesse.",
        "Le commerce du drap. Dans les villes médiévales, le commerce du drap enrichit les "
        "marchands. Cette contribution montre comment la noblesse en a profité elle aussi.",
    ],
}

GERMAN = {
    "lernen": [
        "Neuronale Netze für die maschinelle Übersetzung. In dieser Arbeit wird untersucht, wie "
        "sich neuronale Netze für die maschinelle Übersetzung eignen. Die Ergebnisse zeigen, dass "
        "das maschinelle Lernen den bisherigen Verfahren überlegen ist.",
        "Spracherkennung mit neuronalen Netzen. Dieser Beitrag stellt ein Verfahren der "
        "Spracherkennung vor. Es beruht auf tiefen neuronalen Netzen und kommt mit wenigen Daten "
        "aus. Mit maschinellem Lernen wird die Spracherkennung genauer.",
        "Maschinelles Lernen mit wenigen Daten. Vorgestellt wird ein Ansatz, der mit wenigen "
        "Beispielen auskommt. Untersucht wurden neuronale Netze der maschinellen Übersetzung.",
        "Zur Erklärbarkeit neuronaler Netze. Die vorliegende Arbeit untersucht, was neuronale "
        "Netze lernen. Die Spracherkennung dient dabei als Beispiel für maschinelles Lernen.",
    ],
    "recht": [
        "Der Schutz der Grundrechte in der Europäischen Union. Die Arbeit behandelt den Schutz der "
        "Grundrechte. Im Mittelpunkt steht die Rechtsprechung des Verfassungsgerichts zum "
        "Datenschutz.",
        "Datenschutz und Grundrechte. Der Beitrag untersucht, wie das Verfassungsgericht den "
        "Datenschutz aus den Grundrechten abgeleitet hat. Die Ergebnisse werden anhand der "
        "Rechtsprechung diskutiert.",
        "Die Rechtsprechung zum Kartellrecht. In diesem Buch wird die Rechtsprechung zum "
        "europäischen Kartellrecht dargestellt. Auch der Datenschutz spielt eine Rolle.",
        "Das europäische Kartellrecht. Ziel der Untersuchung ist es, das europäische Kartellrecht "
        "mit den Grundrechten zu vergleichen, die das Verfassungsgericht schützt.",
    ],
    "pflanzen": [
        "Photosynthese bei Trockenheit. Es wurde untersucht, wie Pflanzen auf Trockenheit "
        "reagieren. Die Photosynthese der Blätter nimmt ab, und der Stickstoff im Boden wird "
        "knapp.",
        "Stickstoff im Boden. Im Rahmen der Dissertation wurde der Stickstoff im Boden gemessen. "
        "Die Ergebnisse zeigen, dass Pflanzen ihn bei Trockenheit schlechter aufnehmen.",
        "Wie die Wurzeln Wasser aufnehmen. Die Wurzeln der Pflanzen nehmen bei Trockenheit weniger "
        "Wasser auf. Die Photosynthese wird dadurch langsamer, wie diese Studie zeigt.",
        "Blätter und Wurzeln. Zwischen Blättern und Wurzeln der Pflanzen besteht ein Gleichgewicht."
        " In der vorliegenden Studie wird gezeigt, wie Stickstoff die Photosynthese fördert.",
    ],
}

CHINESE = {
    "学习": [
        "基于神经网络的机器翻译研究。本文提出了一种基于神经网络的机器翻译方法,并进行了实验。结果表明,深度学习提高了机器翻译的质量。",
        "深度学习在语音识别中的应用。针对语音识别的问题,本文采用深度学习方法。实验结果表明,神经网络具有较好的效果。",
        "低资源条件下的机器翻译。本文研究了低资源语言的机器翻译,提出了利用神经网络的方法。结果表明该方法是有效的。",
        "噪声环境下的语音识别。分析了噪声对语音识别的影响,建立了神经网络模型。结果表明,深度学习优于传统方法。",
    ],
    "水稻": [
        "氮肥对水稻产量的影响。研究了氮肥对水稻产量的影响。结果表明,氮肥显著提高了水稻的产量,土壤肥力也得到了改善。",
        "水稻土壤肥力的研究。通过试验分析了水稻土壤肥力的变化。结果表明,氮肥对土壤肥力具有重要的作用。",
        "干旱条件下水稻的光合作用。探讨了干旱对水稻光合作用的影响。结果表明,光合作用明显下降,水稻产量降低。",
        "水稻光合作用与氮肥。本研究以水稻为对象,分析了氮肥和光合作用的关系,为提高水稻产量提供了依据。",
    ],
    "桥梁": [
        "大跨度悬索桥的振动分析。本文建立了悬索桥的有限元模型,分析了桥梁的振动。结果表明,风荷载是主要的影响因素。",
        "风荷载作用下桥梁的振动。针对风荷载的作用,提出了桥梁振动的计算方法,并通过有限元进行了验证。",
        "混凝土桥梁的有限元分析。采用有限元方法研究了混凝土桥梁的振动,讨论了混凝土的性能。",
        "悬索桥施工的研究。介绍了悬索桥的施工过程,分析了风荷载和混凝土对桥梁的影响,得到了有益的结论。",
    ],
}
