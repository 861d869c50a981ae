using System.Text.Json;
using Nmf.Kernels;
using Nmf.Kernels.Tests;

namespace Nmf.Audio.Tests;

/// <summary>Against <c>tests/goldens/make_waveform_goldens.py</c>, which multiplies with matrices of atoms.</summary>
public sealed class SynthesisGoldenTests
{
    private static readonly JsonDocument Document =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "waveform.json")));

    public static TheoryData<int> Cases => [0, 1, 2, 3, 4];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Iterations_are_those_of_numpy(int number)
    {
        var golden = Document.RootElement[number];
        using var team = new WorkTeam(2);
        var solver = Create(golden, team);
        var objectives = golden.Numbers("objectives");
        Assert.Equal(9, objectives.Length);
        Close(objectives[0], solver.Objective());
        foreach (var expected in objectives[1..])
        {
            solver.Step();
            Close(expected, solver.Objective());
        }

        for (var j = 0; j < solver.Layers.Length; j++)
        {
            var layer = solver.Layers[j];
            All(golden.GetProperty("dictionaries")[j], layer.Dictionary.ToRowMajor());
            All(golden.GetProperty("activations")[j], layer.Activations.ToRowMajor());
            var parts = LayerParts.Of(layer, solver.Synthesized(j), 0);
            var time = new Matrix<double>(layer.Frame.Frames, layer.Frame.FrameLength);
            for (var n = 0; n < layer.Frame.Frames; n++)
                layer.Frame.Synthesize(parts.Coefficients.Row(n), time.Row(n), 0);
            var signal = new double[layer.Frame.Samples];
            layer.Frame.Subtract(time, 0, signal);
            All(golden.GetProperty("layer_signals")[j], [.. signal.Select(t => -t)]);
        }

        static void All(JsonElement expected, double[] actual)
        {
            var numbers = expected.Numbers();
            Assert.Equal(numbers.Length, actual.Length);
            Assert.All(numbers.Zip(actual), pair => Close(pair.First, pair.Second));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_objective_never_increases_and_a_step_allocates_nothing(int number)
    {
        using var team = new WorkTeam(1);
        var solver = Create(Document.RootElement[number], team);
        var previous = solver.Objective();
        for (var i = 0; i < 150; i++)
        {
            solver.Step();
            var current = solver.Objective();
            Assert.True(current <= previous + (1e-10 * Math.Abs(previous)), $"{i}: {previous:R} -> {current:R}");
            Assert.True(double.IsFinite(current));
            previous = current;
        }

        Allocation.AssertNone(() =>
        {
            solver.Step();
            solver.Objective();
        });
    }

    private static void Close(double expected, double actual)
        => Assert.Equal(expected, actual, 1e-9 * Math.Max(1, Math.Abs(expected)));

    private static SynthesisSolver Create(JsonElement golden, WorkTeam team)
    {
        var signal = golden.Numbers("signal");
        var isMarginal = golden.GetProperty("marginal").GetBoolean();
        var layers = golden.GetProperty("layers").EnumerateArray().Select((facts, j) =>
        {
            var numbers = facts.Numbers();
            var frame = new TightFrame(
                new StftOptions { FrameLength = (int)numbers[0], HopLength = (int)numbers[1] }, signal.Length,
                team.Threads);
            var layer = new SynthesisLayerState(frame, (int)numbers[2], team);
            Fill(layer.Dictionary, 11 + (2 * j));
            Fill(layer.Activations, 12 + (2 * j));
            return layer;
        }).ToArray();
        return new SynthesisSolver(
            signal, layers, golden.GetProperty("noise").GetDouble(), new SynthesisOptions
            {
                Likelihood = isMarginal ? SynthesisLikelihood.Marginal : SynthesisLikelihood.Joint,
                KeepsCoefficients = golden.GetProperty("kept").GetBoolean(),
            }, isKnown: false, team);
    }

    private static void Fill(Matrix<double> factor, int seed)
    {
        var numbers = Signals.Noise(factor.Rows * factor.Columns, seed);
        for (var at = 0; at < numbers.Length; at++)
            factor[at / factor.Columns, at % factor.Columns] = 0.5 + (0.4 * numbers[at]);
    }
}
