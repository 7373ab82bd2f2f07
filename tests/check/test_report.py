"""The validation report: what it finds, what it advises, and the command that prints it."""

import re
from dataclasses import replace

import ase.io
import numpy as np
import pytest
from typer.testing import CliRunner

from benchmarks.surroundings import exchanged, strained, with_noise
from symgnn.check import fit_surroundings, validation_report
from symgnn.cli import app
from symgnn.io.structures import read_glass, write_extxyz
from symgnn.paths import samples_folder
from tests.conftest import make_random_glass


@pytest.fixture(scope="module")
def sample():
    return read_glass(samples_folder() / "Cu64Zr36_500_1e12.xyz")


def kinds(glass):
    return [finding.kind for finding in validation_report(glass).findings]


def test_a_relaxed_glass_is_left_in_peace(sample):
    report = validation_report(sample)
    assert report.resembles_training
    assert report.findings == ()
    assert report.density == pytest.approx(0.063, abs=1e-3)
    assert len(report.percentile) == len(report.distance) == 500
    assert report.outside == (report.percentile > 95).mean() < 0.1
    assert set(report.shortest) == {"Cu-Cu", "Cu-Zr", "Zr-Zr"}
    assert report.lines()[-1] == "Nothing found that is unlike the training data."


def test_what_is_found(sample):
    assert kinds(with_noise(sample, 0.06)) == ["distances", "surroundings"]
    assert kinds(strained(sample, np.array([0.04, 0, 0]))) == ["density", "surroundings"]
    assert kinds(strained(sample, np.full(3, -0.02))) == ["density", "surroundings"]
    assert kinds(exchanged(sample, 0.1))[0] == "composition"
    gold = replace(sample, species=np.where(np.arange(500) == 7, 79, sample.species))
    report = validation_report(gold)
    assert [finding.kind for finding in report.findings] == ["elements"]
    assert (report.distance, report.percentile, report.outside) == (None, None, None)
    surface = replace(sample, pbc=np.array([True, True, False]))
    assert "density" in kinds(surface)
    assert validation_report(surface).density is None


def test_exchanged_types_are_asked_about_first(sample):
    wrong = replace(sample, species=np.where(sample.species == 29, 40, 29))
    report = validation_report(wrong)
    assert report.findings[0].kind == "types"
    assert report.findings[0].text.endswith(": are Cu and Zr exchanged?")
    copper, zirconium = report.shortest["Cu-Cu"], report.shortest["Zr-Zr"]
    assert copper[0] > zirconium[0]
    assert copper[1] < zirconium[1]
    told = [float(number) for number in re.findall(r"\d\.\d\d", report.findings[0].text)]
    assert told == pytest.approx([copper[0], zirconium[0], copper[1], zirconium[1]], abs=0.005)
    lines = [line for line in report.lines() if "nlike the training data" in line]
    assert lines[0].startswith("Unlike the training data: Cu-Cu 2.")
    assert "types" not in kinds(exchanged(sample, 0.3)) + kinds(with_noise(sample, 0.1))
    copper = replace(sample, species=np.full(500, 29))
    assert "types" not in kinds(copper)


def test_its_sentences(sample):
    text = "\n".join(validation_report(with_noise(sample, 0.06)).lines())
    assert "glass" in text or sample.name in text
    assert "beyond the 95th percentile, expected about 5%" in text
    assert "relax it: symgnn simulate verify FILE --relax OUT" in text
    assert "(training glasses: from " in text
    thin = "\n".join(validation_report(strained(sample, np.full(3, 0.02))).lines())
    assert "6% less dense than the training glasses (0.0630 to 0.0631)" in thin
    assert "46% Zr (trained on 36%)" in "\n".join(validation_report(exchanged(sample, 0.1)).lines())


def test_another_reference():
    own = [make_random_glass(200, seed) for seed in range(4)]
    assert validation_report(make_random_glass(200, 9)).findings
    assert not validation_report(own[0], fit_surroundings(own)).findings


def test_the_command(sample, tmp_path):
    write_extxyz(tmp_path / "noisy.xyz", with_noise(sample, 0.06))
    out = tmp_path / "out.xyz"
    done = CliRunner().invoke(app, ["check", str(tmp_path / "noisy.xyz"), "-o", str(out)])
    assert done.exit_code == 0, done.output
    assert "Unlike the training data" in done.output
    percentile = ase.io.read(out).arrays["training_percentile"]
    assert percentile == pytest.approx(validation_report(with_noise(sample, 0.06)).percentile, abs=1e-3)
