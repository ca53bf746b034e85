from types import SimpleNamespace

import pytest
import torch
from torch import nn

from fer_classic.neural._optimisation import Average, make_optimizer, make_schedule


def settings(**changes):
    usual = {
        "optimizer": "sgd",
        "learning_rate": 0.1,
        "weight_decay": 0.5,
        "schedule": "cosine",
        "warmup": 0.2,
        "plateau_factor": 0.1,
        "plateau_patience": 1,
    }
    return SimpleNamespace(**usual | changes)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_only_weights_decay(optimizer):
    module = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    decaying, others = make_optimizer(module, settings(optimizer=optimizer)).param_groups
    assert [p.shape for p in decaying["params"]] == [(2, 1, 3, 3)]
    assert [p.shape for p in others["params"]] == [(2,)] * 3
    assert (decaying["weight_decay"], others["weight_decay"]) == (0.5, 0.0)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_a_step_is_that_of_torchs_default(optimizer):
    weights = []
    for options in ({}, {"fused": False}):
        torch.manual_seed(0)
        module = nn.Linear(3, 2)
        steps = make_optimizer(module, settings(optimizer=optimizer))
        assert steps.param_groups[0]["fused"]
        for group in steps.param_groups:
            group.update(options)
        for _ in range(3):
            steps.zero_grad()
            module(torch.ones(1, 3)).square().sum().backward()
            steps.step()
        weights.append(module.weight.detach())
    torch.testing.assert_close(*weights)


def test_complex_weights_can_be_trained():
    module = nn.Linear(3, 2, dtype=torch.complex64)
    steps = make_optimizer(module, settings(optimizer="adam"))
    before = module.weight.detach().clone()
    module(torch.ones(1, 3, dtype=torch.complex64)).abs().sum().backward()
    steps.step()
    assert not torch.equal(module.weight, before)


def rates(n_steps, **changes):
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.1)
    schedule = make_schedule(optimizer, settings(**changes), n_steps)
    seen = []
    for _ in range(n_steps):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return seen


def test_cosine_with_warm_up():
    seen = rates(10)
    assert seen[:3] == pytest.approx([0.1 / 3, 0.2 / 3, 0.1])
    assert seen[6] == pytest.approx(0.05)
    assert seen == sorted(seen[:3]) + sorted(seen[3:], reverse=True)
    assert 0 < seen[-1] < 0.005


@pytest.mark.parametrize(("n_steps", "warmup"), [(1, 0.9), (2, 0.0), (5, 0.99)])
def test_a_cosine_of_few_steps(n_steps, warmup):
    assert all(0 < rate <= 0.1 for rate in rates(n_steps, warmup=warmup))


def test_a_constant_rate():
    assert rates(3, schedule="constant") == [0.1] * 3


def test_plateau():
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.1)
    schedule = make_schedule(optimizer, settings(schedule="plateau"), 10)
    seen = []
    for loss in (1.0, 0.9, 0.9, 0.9, 0.9):
        schedule.step(loss)
        seen.append(optimizer.param_groups[0]["lr"])
    assert seen == pytest.approx([0.1, 0.1, 0.1, 0.01, 0.01])


def test_the_average_by_hand():
    module = nn.Linear(1, 1, bias=False)
    average = Average(module, 0.999)
    expected = None
    for step, value in enumerate([1.0, 3.0, -2.0, 5.0]):
        nn.init.constant_(module.weight, value)
        average.update_parameters(module)
        decay = (1 + step) / (10 + step)
        expected = value if expected is None else decay * expected + (1 - decay) * value
    assert average.module.weight.item() == pytest.approx(expected)


def test_the_average_keeps_its_full_decay_later():
    module = nn.Linear(1, 1, bias=False)
    average = Average(module, 0.5)
    nn.init.constant_(module.weight, 0.0)
    for _ in range(30):
        average.update_parameters(module)
    nn.init.constant_(module.weight, 1.0)
    average.update_parameters(module)
    assert average.module.weight.item() == pytest.approx(0.5)


def test_an_average_goes_on_where_it_was():
    module = nn.Sequential(nn.Linear(1, 1), nn.BatchNorm1d(1))
    averages = [Average(module, 0.999), Average(module, 0.999)]
    for _ in range(5):
        averages[0].update_parameters(module)
    averages[1].load_state_dict(averages[0].state_dict())
    with torch.no_grad():
        module[0].weight += 1
    for average in averages:
        average.update_parameters(module)
    torch.testing.assert_close(averages[0].state_dict(), averages[1].state_dict())
