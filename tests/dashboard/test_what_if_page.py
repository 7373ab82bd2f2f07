from tests.dashboard.test_pages import opened, told


def test_it_opens_with_unrelaxed_changes_ranked(app):
    opened(app, "what_if", atom=7)
    assert not app.exception
    print(told(app.error), [c.value for c in app.caption], app.title[0].value)
    print(app.dataframe[0].value)
    print(app.query_params)
