ESTIMATE = {"value": 0.5, "low": 0.4, "high": 0.6}


def texts(ax):
    return [text.get_text() for text in ax.texts]
