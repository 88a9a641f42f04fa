"""ContextNetwork: its leads, its members, and what training varies."""

import pytest
import torch

from skecg.modules import ContextNetwork

SMALL = {"n_filters": 8, "n_embedding": 6, "n_hidden": 7}
N_CONTEXT = 285  # fifteen beats of nineteen columns


def rows(n_beats, n_leads=2, seed=0):
    """Return windows, and the columns of the context and of the differences."""
    generator = torch.Generator().manual_seed(seed)
    beats = torch.randn(n_beats, n_leads, 63, generator=generator)
    aux = torch.randn(n_beats, N_CONTEXT + n_leads * 63, generator=generator)
    return beats, aux


def network(n_leads=2, **options):
    """Return a network whose running statistics are not those of a new one."""
    torch.manual_seed(0)
    made = ContextNetwork(
        n_leads, n_aux_features=N_CONTEXT + n_leads * 63, **SMALL, **options
    )
    for _ in range(3):
        made(*rows(60, n_leads, seed=1))
    return made


def with_leads(beats, aux, order):
    """Return rows of some of the leads, in another order."""
    differences = aux[:, N_CONTEXT:].unflatten(1, (-1, 63))[:, order]
    return beats[:, order], torch.cat([aux[:, :N_CONTEXT], differences.flatten(1)], 1)


def test_the_answer_is_the_mean_probability_of_the_members():
    made = network(n_members=3).eval()
    beats, aux = rows(10)
    found = made(beats, aux).exp()
    torch.testing.assert_close(found.sum(dim=1), torch.ones(10))
    alone = []
    for number in range(3):
        one = network(n_members=3).eval()
        one.members = one.members[number : number + 1]
        alone.append(one(beats, aux).softmax(dim=1))
    torch.testing.assert_close(found, torch.stack(alone).mean(dim=0))
    assert (alone[0] - alone[1]).abs().max() > 0.01


def test_a_class_that_is_all_but_ruled_out_has_a_finite_logit():
    made = network(n_members=2).eval()
    with torch.no_grad():
        for member in made.members:
            member.head[-1].bias[0] = 300
    logits = made(*rows(5))
    assert logits.isfinite().all()
    assert (logits[:, 1:] < -200).all()


def test_the_order_of_the_leads_does_not_matter():
    made = network(3).eval()
    given = rows(20, 3)
    torch.testing.assert_close(made(*with_leads(*given, [2, 0, 1])), made(*given))


@pytest.mark.parametrize("absent", [0, 1, 2])
def test_a_lead_of_zeros_is_not_there(absent):
    """So that one network reads rows of all numbers of leads."""
    made, beats, aux = network(3).eval(), *rows(20, 3)
    there = [lead for lead in range(3) if lead != absent]
    two = ContextNetwork(2, n_aux_features=N_CONTEXT + 126, **SMALL).eval()
    two.load_state_dict(made.state_dict())
    expected = two(*with_leads(beats, aux, there))
    beats[:, absent] = 0
    found = made(beats, aux)
    torch.testing.assert_close(found, expected)
    assert not torch.allclose(found, made(*rows(20, 3)), atol=1e-3)


def test_a_row_without_any_lead_is_decided_by_the_context():
    made, (beats, aux) = network().eval(), rows(20)
    beats, other = torch.zeros_like(beats), aux.clone()
    other[:, N_CONTEXT:] += 1
    assert made(beats, aux).isfinite().all()
    torch.testing.assert_close(made(beats, aux), made(beats, other))
    assert (made(beats, aux) - made(beats, aux + 1)).abs().max() > 0.01


@pytest.mark.parametrize("beat", range(15))
def test_every_beat_of_the_context_counts(beat):
    made, (beats, aux) = network().eval(), rows(20)
    other = aux.clone()
    other[:, 19 * beat : 19 * (beat + 1)] += 3
    assert (made(beats, aux) - made(beats, other)).abs().amax(dim=1).min() > 0


def test_training_varies_its_input():
    made, given = network(n_members=1, dropout=0.0), rows(30)
    torch.manual_seed(3)
    first = made(*given)
    assert (first - made(*given)).abs().amax(dim=1).min() > 0
    torch.manual_seed(3)
    torch.testing.assert_close(made(*given), first)
    made.eval()
    assert torch.equal(made(*given), made(*given))


def test_training_leaves_beats_past_the_ends_of_the_recording_alone():
    """Rows of zeros in the context say that there is no beat, in training too."""
    made = network(n_members=1, dropout=0.0)
    beats, aux = torch.zeros(30, 2, 63), torch.zeros(30, N_CONTEXT + 126)
    torch.testing.assert_close(made(beats, aux), made(beats, aux))
    aux[:, 19 * 7] = 1
    assert (made(beats, aux) - made(beats, aux)).abs().amax(dim=1).min() > 0


def test_each_beat_trains_one_member():
    made, given = network(n_members=3), rows(30)
    for share in range(3):
        made.zero_grad()
        made(*given)[10 * share : 10 * (share + 1)].sum().backward()
        trained = [
            any(p.grad is not None and p.grad.any() for p in member.parameters())
            for member in made.members
        ]
        assert trained == [number == share for number in range(3)]


@pytest.mark.parametrize("n_beats", [1, 2, 3, 4, 5])
def test_a_small_batch_trains(n_beats):
    made = network(n_members=3)
    made.zero_grad()
    logits = made(*rows(n_beats))
    assert logits.shape == (n_beats, 5)
    logits.logsumexp(dim=1).sum().backward()
    gradients = [p.grad for p in made.parameters() if p.grad is not None]
    assert gradients and all(x.isfinite().all() for x in gradients)


@pytest.mark.parametrize("n_members", [1, 4])
def test_members_and_classes_are_as_many_as_asked_for(n_members):
    made = network(n_members=n_members, n_classes=3)
    assert len(made.members) == n_members
    assert made(*rows(6)).shape == made.eval()(*rows(6)).shape == (6, 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_aux_features": 410}, "n_aux_features must be 2 x 63 .* got 410; pass"),
        ({"n_aux_features": 126}, "n_aux_features must be .* got 126"),
        ({"n_channels": 1}, r"n_aux_features must be 1 x 63 .* got 411"),
        (
            {"n_context": 5, "n_aux_features": 126 + 5 * 19},
            "n_context must be 15, .* got 5",
        ),
    ],
)
def test_errors_name_the_argument(options, message):
    with pytest.raises(ValueError, match=message):
        ContextNetwork(**options)


@pytest.mark.parametrize("turned", [[0], [1], [0, 1]])
def test_the_polarity_of_a_lead_does_not_matter(turned):
    made = network().eval()
    beats, aux = rows(20)
    sign = torch.ones(2)
    sign[turned] = -1
    differences = aux[:, N_CONTEXT:].unflatten(1, (2, 63)) * sign[:, None]
    others = torch.cat([aux[:, :N_CONTEXT], differences.flatten(1)], dim=1)
    torch.testing.assert_close(made(beats * sign[:, None], others), made(beats, aux))
