using Nmf.Kernels;
using PianoDecomposition.Sound;

namespace Nmf.Audio.Tests;

/// <summary>
/// The figure of Tan and Févotte (2013) on the piece of the piano samples: the standard deviations of the component
/// signals fall off a cliff behind the components that automatic relevance determination keeps, and slope without it.
/// </summary>
public sealed class RelevanceLoudnessTests
{
    private const int Rank = 18;
    private const int Iterations = 1000;

    [Fact]
    public void Signals_of_components_that_died_out_are_far_below_the_others()
    {
        var piece = PianoSynthesizer.Play();
        var stft = new Stft(new StftOptions { FrameLength = 1024, HopLength = 512, Window = StftWindow.Sine });
        var spectrogram = stft.Analyze(piece.Samples);
        var power = spectrogram.Power();
        var data = SpectralScaling.For(power).ToData(power);

        var relevance = Deviations(data, spectrogram, new() { Prior = RelevancePrior.HalfNormal, Shape = 5 });
        var plain = Deviations(data, spectrogram, null);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(" ", relevance.Select(x => x.ToString("G2"))));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(" ", plain.Select(x => x.ToString("G2"))));
        var (kept, cliff) = Cliff(relevance);
        Assert.InRange(kept, 4, 9);
        Assert.True(cliff > 10, $"The {kept} loudest components are only {cliff:F1} times as loud as the next.");
        Assert.True(Cliff(plain).Step < cliff / 2, $"The plain fit falls as steeply, by {Cliff(plain).Step:F1}.");
    }

    // The greatest ratio of one component's loudness to the next.
    private static (int Kept, double Step) Cliff(double[] deviations)
    {
        var kept = Enumerable.Range(1, deviations.Length - 1).MaxBy(k => deviations[k - 1] / deviations[k]);
        return (kept, deviations[kept - 1] / deviations[kept]);
    }

    private static double[] Deviations(NmfData<float> data, Spectrogram spectrogram, AutomaticRelevance? relevance)
    {
        var options = new NmfOptions
        {
            Rank = Rank,
            Problem = relevance is null
                ? BetaDivergence.ItakuraSaito
                : relevance with { Prune = false, Beta = BetaDivergence.ItakuraSaito },
            Solver = NmfSolver.MajorizationMinimization,
        };
        var random = new Random(2);
        var start = new NmfStart<float>(Factor(data.Features), Factor(data.Samples));
        using var team = new WorkTeam(1);
        var solver = Solver<float>.Create(data, options, start, team);
        for (var i = 0; i < Iterations; i++)
            solver.Step();
        var filter = new WienerFilter(solver.W);
        return [.. Enumerable.Range(0, Rank)
            .Select(k => Deviation(filter.Signal(spectrogram, solver.H, k))).OrderDescending()];

        Matrix<float> Factor(int rows)
        {
            var factor = new Matrix<float>(rows, Rank);
            for (var i = 0; i < rows; i++)
            {
                foreach (ref var x in factor.Row(i))
                    x = (float)(Math.Sqrt(data.Mean / Rank) * (0.8 + (0.4 * random.NextDouble())));
            }

            return factor;
        }
    }

    private static double Deviation(float[] signal)
    {
        var mean = signal.Average(x => (double)x);
        return Math.Sqrt(signal.Average(x => (x - mean) * (x - mean)));
    }
}
