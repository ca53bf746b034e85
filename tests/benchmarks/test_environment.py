from benchmarks._environment import commit, environment


def test_fields_are_those_that_were_named():
    found = environment("machine", "versions")
    assert list(found) == ["machine", "versions"]
    assert "cores" in found["machine"]
    assert "numpy" in found["versions"]


def test_commit_is_a_name_or_nothing(monkeypatch):
    found = commit()
    assert found is None or len(found.removesuffix("-dirty")) == 12
    monkeypatch.setenv("PATH", "")
    assert commit() is None
