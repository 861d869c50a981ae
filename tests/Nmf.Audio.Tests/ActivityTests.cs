using System.Numerics;

namespace Nmf.Audio.Tests;

public sealed class ActivityTests
{
    private static readonly Stft Stft = new(Mixtures.Options);

    private static readonly ActivityTable Activity = new([new(0, 0, 0.5), new(0, 0.9, 1), new(1, 0.4, 1)]);

    private static readonly MultichannelOptions Options = new()
    {
        Sources = 2, ComponentsPerSource = 2, Activity = Activity, Starts = 2,
        Iterations = new() { MaximumIterations = 15 },
    };

    private static MultichannelSpectrogram Mixture { get; } =
        Stft.Analyze(Mixtures.Sum(Mixtures.Panned(Mixtures.Sources(2, 1))));

    [Fact]
    public void Sources_are_silent_where_they_are_not_marked_and_only_there()
    {
        foreach (var method in new MultichannelMethod[] { new ExpectationMaximization(), new MultiplicativeUpdates() })
        {
            foreach (var mixing in new[] { MixingKind.Convolutive, MixingKind.Instantaneous })
            {
                var model = MultichannelNmf.Fit(Mixture, Options with { Method = method, Mixing = mixing });
                foreach (var h in new[] { model.Activations, model.Infer(Mixture, activity: Activity) })
                {
                    for (var n = 0; n < Mixture.Frames; n++)
                    {
                        // Frames of 512 samples begin at 256 n - 256.
                        var (begin, end) = (256 * (n - 1) / 8000.0, (256 * (n + 1)) / 8000.0);
                        Assert.Equal(begin < 0.5 || end > 0.9, h[n, 0] > 0);
                        Assert.Equal(begin < 0.5 || end > 0.9, h[n, 1] > 0);
                        Assert.Equal(end > 0.4, h[n, 2] > 0);
                    }
                }

                Assert.Contains(Enumerable.Range(0, Mixture.Frames), n => model.Infer(Mixture)[n, 0] > 0
                    && model.Activations[n, 0] == 0);
            }
        }
    }

    [Fact]
    public void A_source_without_a_row_may_be_heard_at_any_time()
    {
        var options = Options with { Activity = new ActivityTable([new(0, 0.2, 0.5)]), Starts = 1 };
        var model = MultichannelNmf.Fit(Mixture, options);
        for (var n = 0; n < Mixture.Frames; n++)
        {
            Assert.True(model.Activations[n, 2] > 0 && model.Activations[n, 3] > 0);
            Assert.Equal(256 * (n - 1) < 0.5 * 8000 && 256 * (n + 1) > 0.2 * 8000, model.Activations[n, 0] > 0);
        }
    }

    [Fact]
    public void Marks_part_sources_that_random_starts_do_not()
    {
        // Each source is alone for a third of the time.
        var sources = Mixtures.Sources(2, 4);
        Array.Clear(sources[0], 0, 11_000);
        Array.Clear(sources[1], 20_000, 12_000);
        var images = Mixtures.Panned(sources);
        var mixture = Stft.Analyze(Mixtures.Sum(images));
        var guided = new MultichannelOptions
        {
            Sources = 2, ComponentsPerSource = 4, Mixing = MixingKind.Instantaneous,
            Activity = new ActivityTable([new(0, 1.375, 4), new(1, 0, 2.5)]),
        };
        var model = MultichannelNmf.Fit(mixture, guided);
        for (var j = 0; j < 2; j++)
        {
            var image = model.SourceImage(mixture, model.Activations, j).ToClip();
            Assert.True(Mixtures.Ratio(images[j], image) > 8, $"{j}: {Mixtures.Ratio(images[j], image)} dB");
        }
    }

    [Fact]
    public void Known_spectra_and_directions_stay()
    {
        var sources = Mixtures.Sources(2, 1);
        var known = SourceModel.Learn(
            [new AudioClip(Mixtures.SampleRate, sources[0])],
            new SourceModelOptions { Stft = Mixtures.Options, Rank = 3 });
        foreach (var method in new MultichannelMethod[] { new ExpectationMaximization(), new MultiplicativeUpdates() })
        {
            var options = Options with
            {
                Method = method, Activity = null, SourceModels = [known, null], Directions = [null, [3, 4]],
            };
            var model = MultichannelNmf.Fit(Mixture, options, MultichannelStart.Random(Mixture, options, 7));
            Assert.Equal((0..3, 3..5), (model.Components(0), model.Components(1)));
            for (var k = 0; k < 3; k++)
            {
                var sum = Enumerable.Range(0, Stft.Bins).Sum(f => (double)known.Dictionary[f, k]);
                for (var f = 0; f < Stft.Bins; f++)
                    Assert.Equal(known.Dictionary[f, k] / sum, model.Dictionary[f, k], 1e-12);
            }

            for (var f = 0; f < Stft.Bins; f++)
            {
                Assert.Equal(0.6, model.Mixing(f, 0, 1).Real, 1e-12);
                Assert.Equal(new Complex(0.8, 0), model.Mixing(f, 1, 1), new Near());
            }
        }

        Assert.Contains("source 1", Assert.Throws<ArgumentException>(() => MultichannelNmf.Fit(
            new Stft(new StftOptions()).Analyze(Mixtures.Sum(Mixtures.Panned(sources))),
            Options with { SourceModels = [null, known] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_are_read_and_what_is_wrong_is_named()
    {
        var table = ActivityTable.Read(new StringReader("source,from,to\n# who\n\n0, 0.5 ,1.25\n1;2;3\r\n1\t4\t5.5\n"));
        Assert.Equal([new(0, 0.5, 1.25), new(1, 2, 3), new(1, 4, 5.5)], table.Rows);
        foreach (var line in new[]
        {
            "0,1", "0,2,1", "-1,0,1", "a,0,1", "0,0,NaN", "0,0,Infinity", "0,-1,2", "0,1,2,3",
        })
        {
            Assert.Contains("Line 2", Assert.Throws<InvalidDataException>(
                () => ActivityTable.Read(new StringReader("0,0,1\n" + line))).Message, StringComparison.Ordinal);
        }

        Assert.Contains("Row 1", Assert.Throws<ArgumentException>(
            () => new ActivityTable([new(0, 2, 1)])).Message, StringComparison.Ordinal);
        Named("source 2", new(2, 0, 1));
        Named("after the end", new(0, 0, 1.2));
        var unpadded = new Stft(Mixtures.Options with { Padding = StftPadding.None }).Analyze(
            Mixtures.Sum(Mixtures.Panned(Mixtures.Sources(2, 1))));
        Assert.Contains("no frame", Assert.Throws<ArgumentException>(() => MultichannelNmf.Fit(
            unpadded, Options with { Activity = new ActivityTable([new(1, 0.995, 1)]) })).Message,
            StringComparison.Ordinal);

        static void Named(string what, SourceActivity row)
            => Assert.Contains(what, Assert.Throws<ArgumentException>(() => MultichannelNmf.Fit(
                Mixture, Options with { Activity = new ActivityTable([row]) })).Message, StringComparison.Ordinal);
    }

    private sealed class Near : IEqualityComparer<Complex>
    {
        public bool Equals(Complex x, Complex y) => (x - y).Magnitude < 1e-12;

        public int GetHashCode(Complex obj) => 0;
    }
}
