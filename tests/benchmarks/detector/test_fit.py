import torch

from benchmarks.detector.fit import fit
from benchmarks.detector.networks import LocalContrast, ProposalNetwork


def fitted(say=print, **settings):
    torch.manual_seed(0)
    network = ProposalNetwork()
    pictures = torch.randint(0, 256, (20, 1, 48, 48), dtype=torch.uint8)
    settings = {"steps": 2, "hard": pictures} | settings
    fit(network, LocalContrast(25), pictures, pictures, context=2, say=say, **settings)
    return network


def test_fitting_changes_the_network():
    network = fitted()
    assert not torch.equal(network[0].weight, fitted(steps=0)[0].weight)
    assert not network.training


def test_the_same_seed_gives_the_same_network():
    for one, other in zip(fitted().parameters(), fitted().parameters(), strict=True):
        assert torch.equal(one, other)


def test_nothing_was_mined():
    said = []
    fitted(say=said.append, steps=1, hard=torch.empty(0, 1, 48, 48, dtype=torch.uint8))
    assert not said
