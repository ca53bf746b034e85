from benchmarks.report.html.markup import figure, inline, name, table, title


def test_texts_are_escaped():
    hostile = '<b onclick="x()">\'&'
    safe = "&lt;b onclick=&quot;x()&quot;&gt;&#x27;&amp;"
    assert name(hostile).replace("<wbr>", "") == safe
    assert inline(hostile) == safe
    drawn = figure(hostile, "<p></p>", caption=hostile, commands=[hostile])
    drawn += table([hostile, hostile], [[hostile, hostile]])
    assert "<b onclick" not in drawn.replace("<wbr>", "")


def test_names_break_after_underscores():
    assert name("cnn__epochs=6") == "cnn_<wbr>_<wbr>epochs=<wbr>6"


def test_marks_become_badges():
    assert title("kfold (leaky)") == 'kfold <span class="mark">leaky</span>'
    assert title("official (persons unknown)").endswith('unknown">persons unknown</span>')
    assert inline("under kfold (leaky)") == 'under kfold <span class="mark">leaky</span>'
    assert table(["a", "k (leaky)"], [["r", "1"]]).count('class="leaky"') == 2


def test_sentences_are_marked_as_in_markdown():
    assert inline("**12 %** of *all* `a*b*c`") == (
        "<strong>12 %</strong> of <em>all</em> <code>a*b*c</code>"
    )
    assert inline("2 * 3 * 4 and svm_*") == "2 * 3 * 4 and svm_*"
