using System.Numerics;
using System.Text.Json;
using Nmf.Kernels;

namespace Nmf.Audio.Tests;

/// <summary>Independent low-rank analysis and FastMNMF2 against
/// <c>tests/goldens/make_demixing_goldens.py</c>.</summary>
public sealed class DemixingGoldenTests
{
    private static readonly JsonElement[] Cases = [.. JsonDocument.Parse(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "demixing.json"))).RootElement.EnumerateArray()];

    public static TheoryData<string> Names => [.. Cases.Select(golden => golden.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Five_iterations_are_those_of_an_independent_program(string name)
    {
        var golden = Cases.Single(c => c.GetProperty("name").GetString() == name);
        var objectives = golden.Numbers("objectives");
        using var team = new WorkTeam(2);
        var solver = Create(golden, team);
        Assert.Equal(objectives[0], solver.Objective(), Math.Abs(objectives[0]) * 1e-9);
        for (var i = 1; i < objectives.Length; i++)
        {
            solver.Step();
            Assert.Equal(objectives[i], solver.Objective(), Math.Abs(objectives[i]) * 1e-9);
        }

        AssertClose(golden.Flat("demixingReal"), solver.Factors.DemixingReal);
        AssertClose(golden.Flat("demixingImaginary"), solver.Factors.DemixingImaginary);
        if (solver.Factors.HasGains)
            AssertClose(golden.Flat("gainsAfter"), solver.Factors.Gains);
        AssertClose(golden.Flat("dictionaryAfter"), solver.Factors.Dictionary.ToRowMajor());
        AssertClose(golden.Flat("activationsAfter"), solver.Factors.Activations.ToRowMajor());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_step_increases_the_objective(string name)
    {
        using var team = new WorkTeam(2);
        var solver = Create(Cases.Single(c => c.GetProperty("name").GetString() == name), team);
        var before = solver.Objective();
        for (var i = 0; i < 60; i++)
        {
            solver.Step();
            var after = solver.Objective();
            Assert.True(after <= before + (1e-9 * Math.Abs(before)), $"iteration {i}: {before} to {after}");
            before = after;
        }
    }

    private static DemixingSolver Create(JsonElement golden, WorkTeam team)
    {
        var mixture = MixtureData.From(Mixture(golden));
        Assert.Equal(0, mixture.Exponent);
        int[] source = [.. golden.Numbers("source").Select(j => (int)j)];
        var offsets = Enumerable.Range(0, source[^1] + 2).Select(j => source.Count(s => s < j)).ToArray();
        var start = new DemixingFactors(
            mixture.Channels, mixture.Bins, mixture.Frames, offsets, golden.GetProperty("learnsGains").GetBoolean());
        for (var f = 0; f < mixture.Bins; f++)
        {
            var unit = new Complex[mixture.Channels, mixture.Channels];
            for (var i = 0; i < mixture.Channels; i++)
                unit[i, i] = 1;
            start.SetDemixing(f, unit);
        }

        golden.Flat("gains").AsSpan()[..start.Gains.Length].CopyTo(start.Gains);
        Matrix<double>.FromRowMajor(golden.Flat("dictionary"), mixture.Bins, source.Length).CopyTo(start.Dictionary);
        Matrix<double>.FromRowMajor(golden.Flat("activations"), source.Length, mixture.Frames)
            .CopyTo(start.Activations);
        return new DemixingSolver(
            mixture, start, new bool[start.Sources], mixture.Floor, isInference: false, team);
    }

    private static MultichannelSpectrogram Mixture(JsonElement golden)
    {
        var channels = golden.GetProperty("channels").GetInt32();
        var (real, imaginary) = (golden.Flat("real"), golden.Flat("imaginary"));
        var frames = golden.GetProperty("activations")[0].GetArrayLength();
        var bins = golden.GetProperty("dictionary").GetArrayLength();
        var stft = new Stft(new StftOptions { FrameLength = 2 * (bins - 1), HopLength = bins - 1 });
        var length = Enumerable.Range(1, 10000).First(samples => stft.FrameCount(samples) == frames);
        var spectrograms = Enumerable.Range(0, channels).Select(_ => new Spectrogram(stft, frames, length)).ToArray();
        for (var at = 0; at < real.Length; at++)
        {
            var (f, n, i) = (at / channels / frames, at / channels % frames, at % channels);
            spectrograms[i].Frame(n)[2 * f] = (float)real[at];
            spectrograms[i].Frame(n)[(2 * f) + 1] = (float)imaginary[at];
        }

        return new MultichannelSpectrogram(8000, spectrograms);
    }

    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var scale = expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-9 * scale);
    }
}
