import re

from benchmarks.report.html.strips import strips


def test_intervals_are_where_they_belong(section):
    (weakest,) = (row for row in section.rows if row.scores["accuracy"]["low"] == 0)
    weakest.scores["accuracy"]["low"] = 0.125
    html = strips(section.rows)
    # The axis goes from 10, the tens below 12.5, to 100 %.
    assert re.findall(r'x="([\d.]+%)" y="15">(\d+)</text>', html) == [
        ("11.1%", "20"), ("33.3%", "40"), ("55.6%", "60"), ("77.8%", "80"), ("100%", "100")
    ]  # fmt: skip
    (good,) = (line for line in html.split("<tr class") if "75.0 [50.0, 100.0]" in line)
    assert 'cx="72.2%"' in good
    assert '<line class="l" x1="44.4%" x2="100%"' in good


def test_leaky_rows_have_their_colour_and_the_word(section):
    lines = strips(section.rows).split("<tr class=")[1:]
    leaky = [line for line in lines if line.startswith('"cl')]
    assert len(leaky) == 1
    assert all('<span class="mark">leaky</span>' in line for line in leaky)
    assert not any("leaky" in line for line in lines if line not in leaky)
